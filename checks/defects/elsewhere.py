"""What planting brought about where nothing was planted: false alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

import polars as pl

from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.found import Named, as_keys, by_number
from checks.defects.planting import AGAIN
from checks.findings import FINDING, NAMED, NO_NAME
from pipelines.definitions.tables import TABLE_NAMES, table_named

Planted = tuple[Defect, Sequence[Patch]]
NAMING = (*NAMED, "pseudonym")
"""Columns that say whom a row is about."""


def families(clean: Clean) -> pl.DataFrame:
    """`part`, family: to which family the persons, pregnancies and events in a row key belong.

    Persons and pregnancies have two names there: a pseudonym, and the store's own number for it.
    """
    parts = []
    for name in TABLE_NAMES:
        rows = clean.rows(name)
        ids = {table_named(name).key[0]} | (set(rows.columns) & set(NAMED))
        parts += [rows.select(pl.col(one).alias("part"), FAMILY) for one in sorted(ids)]
        parts += [rows.select(by_number(one).alias("part"), FAMILY) for one in sorted(ids & set(NAMED))]
    return pl.concat(parts).drop_nulls().unique("part", keep="first", maintain_order=True)


def touched(tables: Mapping[str, pl.DataFrame], patches: Iterable[Patch], known: pl.DataFrame) -> pl.DataFrame:
    """Families with a row that was changed or removed, or that stands among the planted ones.

    `tables`: those into which was planted. `known`: from `families`.
    """
    families_of = [pl.DataFrame(schema={FAMILY: pl.String})]
    for patch in patches:
        places = [rows.select(ROW) for rows in (patch.changed, patch.removed) if rows.height]
        placed = tables[patch.table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        hit = [placed.join(rows, on=ROW, how="semi") for rows in places]
        parts = [_part(rows, name) for rows in (patch.planted, *hit) for name in NAMING if name in rows.columns]
        families_of += [known.join(part, on="part", how="semi").select(FAMILY) for part in parts]
    return pl.concat(families_of).unique()


def _part(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    number = pl.concat_str(pl.lit(NO_NAME), pl.col(name).cast(pl.String))
    return rows.select((number if rows.schema[name] == pl.Int64 else pl.col(name).cast(pl.String)).alias("part"))


def told_in(patches: Iterable[Patch]) -> pl.DataFrame:
    """Families of which it is said that something was planted in them."""
    told = [patch.planted.select(FAMILY) for patch in patches if FAMILY in patch.planted.columns]
    return pl.concat([pl.DataFrame(schema={FAMILY: pl.String}), *told]).unique()


def false_alarms(named: Named, before: Named, hit: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Findings (`check_id`, `row_key`) that were not there before, in families in which nothing was planted (`hit`: in
    these there was), and checks that can no longer be calculated, with an empty key.

    `known`: from `families`. Rows of none of them, such as a municipality's month, are looked at by `beside`.
    """
    fresh = named.failures.join(before.failures, on=FINDING, how="anti")
    part = pl.col("row_key").str.split("|").alias("part")
    of_families = (
        fresh.with_columns(part)
        .explode("part")
        .with_columns(pl.col("part").str.strip_suffix(AGAIN))
        .join(known, on="part")
    )
    planted = of_families.join(hit, on=FAMILY, how="semi")
    alarms = of_families.join(planted, on=FINDING, how="anti")
    broken = named.statuses.filter(pl.col("status") == "error").select("check_id", pl.lit("").alias("row_key"))
    return pl.concat([alarms.select(FINDING), broken]).unique(maintain_order=True)


def beside(planted: Sequence[Planted], named: Named, before: Named, known: pl.DataFrame) -> pl.DataFrame:
    """Findings of the finders about rows of no family (a month, a year, a law, a table) in which none was planted."""
    finders = sorted({check_id for defect, _ in planted for check_id in defect.finders})
    fresh = named.failures.join(before.failures, on=FINDING, how="anti")
    of_nobody = replace(named, failures=fresh.filter(~_names_somebody(known)))
    left = [pl.DataFrame(schema=dict.fromkeys(FINDING, pl.String))]
    for check_id in finders:
        rows, key = of_nobody.by(check_id), list(named.keys[check_id])
        for defect, patches in planted:
            for patch in patches:
                rows = _not_of(rows, as_keys(defect, patch, named), key, is_finder=check_id in defect.finders)
        row_key = pl.concat_str(key, separator="|").alias("row_key")
        left.append(rows.select(pl.lit(check_id).alias("check_id"), row_key))
    return pl.concat(left)


def _not_of(rows: pl.DataFrame, planted: pl.DataFrame, key: Sequence[str], *, is_finder: bool) -> pl.DataFrame:
    """Findings that are not what was planted. A finder has to name it by its whole key; what it does to other checks
    of the same world, they tell of the same feed and place: by as much of the beginning of their key as it has."""
    shared = list(takewhile(lambda name: name in planted.columns, key))
    if not shared or (is_finder and shared != list(key)):
        return rows
    return rows.join(planted, on=shared, how="anti")


def _names_somebody(known: pl.DataFrame) -> pl.Expr:
    parts = pl.col("row_key").str.split("|").list.eval(pl.element().str.strip_suffix(AGAIN))
    return parts.list.eval(pl.element().is_in(known["part"].implode())).list.any()
