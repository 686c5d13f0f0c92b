"""Which planted defects were named, and by which checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from checks.defects.clean import ROW
from checks.defects.declared import Defect, Patch
from checks.defects.planting import NUMBER
from checks.findings import NAMED, NO_NAME
from pipelines.definitions.tables import table_named
from pipelines.identity import surrogate

SAID: dict[str, pl.DataType] = {
    "check_id": pl.String(),
    "status": pl.String(),
    "severity": pl.String(),
    "rows": pl.Int64(),
}


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
    def said(self) -> pl.DataFrame:
        """SAID: every check that names a row, fails or cannot be calculated, whatever its severity."""
        rows = self.failures.group_by("check_id").agg(pl.len().cast(pl.Int64).alias("rows"))
        all_checks = self.statuses.join(rows, on="check_id", how="left").with_columns(pl.col("rows").fill_null(0))
        says = (pl.col("rows") > 0) | pl.col("status").is_in(["failed", "error"])
        return all_checks.filter(says).select(list(SAID)).sort("check_id")

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
        keys = as_keys(defect, patch, named)
        if set(rows.columns) <= set(keys.columns):
            numbers |= set(keys.join(rows, on=rows.columns, how="semi")[NUMBER])
    return numbers


def as_keys(defect: Defect, patch: Patch, named: Named) -> pl.DataFrame:
    """The planted rows as the keys of checks have them."""
    planted = _in_quarantine(patch) if defect.quarantined else _accepted(patch, named)
    return planted.select(NUMBER, pl.exclude(NUMBER).cast(pl.String).fill_null(""))


def _in_quarantine(patch: Patch) -> pl.DataFrame:
    """A row that was set aside is known by file and row number: its own key may be what is wrong with it."""
    blank = [pl.lit("").alias(name) for name in table_named(patch.table).key]
    return patch.planted.with_columns(
        *blank, pl.lit(f"{patch.table}.parquet").alias("source"), (pl.col(ROW) + 1).cast(pl.String).alias("row_number")
    )


def _accepted(patch: Patch, named: Named) -> pl.DataFrame:
    """A row that was accepted is known by its key; a person whom no result names by the store's own number."""
    of_no_file = [pl.lit("").alias(name) for name in ("source", "row_number") if name not in patch.planted.columns]
    planted = patch.planted.with_columns(of_no_file)
    known = named.pseudonyms.implode()
    return planted.with_columns(
        pl.when(pl.col(name).is_in(known) | pl.col(name).str.starts_with(NO_NAME))
        .then(name)
        .otherwise(by_number(name))
        .alias(name)
        for name in NAMED
        if name in planted.columns
    )


def by_number(name: str) -> pl.Expr:
    """A person or pregnancy by the store's own number, as a row key has it."""
    return pl.concat_str(pl.lit(NO_NAME), surrogate(pl.col(name), NAMED[name]).cast(pl.String))
