"""Which planted defects were named, by which checks, and what was named although nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.planting import AGAIN, NUMBER
from checks.findings import NAMED, NO_NAME
from pipelines.definitions.tables import TABLE_NAMES, table_named
from pipelines.identity import surrogate


@dataclass(frozen=True)
class Named:
    """What the checks of one store named.

    `statuses`: `check_id`, `status`, `severity`, of all rows together. `failures`: `check_id`, `row_key`. `keys`: the
    columns of the row keys of each check. `pseudonyms`: everybody whom a result can name; of others a row key has the
    store's own number.
    """

    statuses: pl.DataFrame
    failures: pl.DataFrame
    keys: Mapping[str, Sequence[str]]
    pseudonyms: pl.Series

    @property
    def alarms(self) -> pl.DataFrame:
        """Checks that fail or cannot be calculated, with the rows that they name; those left out that only inform."""
        is_alarm = pl.col("status").is_in(["failed", "error"]) & (pl.col("severity") != "info")
        rows = self.failures.group_by("check_id").agg(pl.len().cast(pl.Int64).alias("rows"))
        alarms = self.statuses.filter(is_alarm).join(rows, on="check_id", how="left")
        return alarms.select("check_id", "status", pl.col("rows").fill_null(0)).sort("check_id")

    def by(self, check_id: str) -> pl.DataFrame:
        """The failing rows of one check, with the columns of its keys."""
        key = self.keys[check_id]
        rows = self.failures.filter(pl.col("check_id") == check_id)
        parts = pl.col("row_key").str.splitn("|", len(key)).struct.rename_fields(list(key))
        return rows.select(parts.alias("_key")).unnest("_key")


def found(defect: Defect, patches: Iterable[Patch], check_id: str, named: Named) -> set[int]:
    """Numbers of the planted defects of which the check names a row by its whole key."""
    rows = named.by(check_id)
    numbers: set[int] = set()
    for patch in patches:
        planted = _in_quarantine(patch) if defect.quarantined else _accepted(patch, named)
        if set(rows.columns) <= set(planted.columns):
            keys = planted.with_columns(pl.col(rows.columns).cast(pl.String).fill_null(""))
            numbers |= set(keys.join(rows, on=rows.columns, how="semi")[NUMBER])
    return numbers


def _in_quarantine(patch: Patch) -> pl.DataFrame:
    """A row that was set aside is known by file and row number: its own key may be what is wrong with it."""
    blank = [pl.lit("").alias(name) for name in table_named(patch.table).key]
    return patch.planted.with_columns(
        *blank, pl.lit(f"{patch.table}.parquet").alias("source"), (pl.col(ROW) + 1).cast(pl.String).alias("row_number")
    )


def _accepted(patch: Patch, named: Named) -> pl.DataFrame:
    """A row that was accepted is known by its key; a person whom no result names by the store's own number."""
    planted = patch.planted.with_columns(pl.lit("").alias("source"), pl.lit("").alias("row_number"))
    known = named.pseudonyms.implode()
    return planted.with_columns(
        pl.when(pl.col(name).is_in(known))
        .then(name)
        .otherwise(pl.concat_str(pl.lit(NO_NAME), surrogate(pl.col(name), identifier).cast(pl.String)))
        .alias(name)
        for name, identifier in NAMED.items()
        if name in planted.columns
    )


def families(clean: Clean) -> pl.DataFrame:
    """`part`, family: to which family the persons, pregnancies and events in a row key belong."""
    parts = []
    for name in TABLE_NAMES:
        rows = clean.rows(name)
        ids = {table_named(name).key[0]} | (set(rows.columns) & set(NAMED))
        parts += [rows.select(pl.col(one).alias("part"), FAMILY) for one in sorted(ids)]
    return pl.concat(parts).drop_nulls().unique("part", keep="first", maintain_order=True)


def false_alarms(named: Named, before: Named, patches: Iterable[Patch], known: pl.DataFrame) -> pl.DataFrame:
    """Findings (`check_id`, `row_key`) that were not there before, in families in which nothing was planted.

    `known`: from `families`. Rows of none of them, such as a municipality's month, are nobody's false alarm here.
    """
    fresh = named.failures.join(before.failures, on=["check_id", "row_key"], how="anti")
    told = [patch.planted.select(FAMILY) for patch in patches if FAMILY in patch.planted.columns]
    touched = pl.concat([pl.DataFrame(schema={FAMILY: pl.String}), *told]).unique()
    part = pl.col("row_key").str.split("|").alias("part")
    of_families = (
        fresh.with_columns(part)
        .explode("part")
        .with_columns(pl.col("part").str.strip_suffix(AGAIN))
        .join(known, on="part")
    )
    planted = of_families.join(touched, on=FAMILY, how="semi")
    alarms = of_families.join(planted, on=["check_id", "row_key"], how="anti")
    return alarms.select("check_id", "row_key").unique(maintain_order=True)
