"""Where a child lived on a day: spells of residence, the one that covers a date, and what stands in when none does."""

from __future__ import annotations

import polars as pl

COVERS, BEFORE, AFTER = 2, 1, 0


def spells(residences: pl.LazyFrame) -> pl.LazyFrame:
    """`child_id, from_date, end_date, municipality_code`, ordered by child and start.

    The end is not included. A spell without `to_date` ends when the child's next one begins, the last one never (null).
    """
    same_child = pl.col("child_id") == pl.col("child_id").shift(-1)
    next_start = pl.when(same_child).then(pl.col("from_date").shift(-1))
    return (
        residences.select("child_id", "from_date", "to_date", "municipality_code")
        .sort("child_id", "from_date")
        .with_columns(pl.coalesce("to_date", next_start).alias("end_date"))
        .select("child_id", "from_date", "end_date", "municipality_code")
    )


def covers(day: str) -> pl.Expr:
    """The spell `[from_date, end_date)` contains the day."""
    not_ended = (pl.col(day) < pl.col("end_date")).fill_null(value=True)
    return (pl.col("from_date") <= pl.col(day)) & not_ended


def with_residence(rows: pl.LazyFrame, child_spells: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Adds `residence_code`, `is_resident` and `has_spell` for the child on the date in column `day`.

    The code is that of the spell covering the day, of several the one begun last; when none covers it, of the latest
    spell begun before; else of the earliest spell; null without any spell. `is_resident` is true when a spell covers
    the day. Most children have lived in one place only, so those are looked up without pairing dates and spells.
    """
    is_single = pl.len().over("child_id") == 1
    counted = child_spells.with_columns(is_single.alias("is_single"))
    single = counted.filter("is_single").drop("is_single")
    several = counted.filter(~pl.col("is_single")).drop("is_single")
    on_the_day = _residence_of_movers(rows, several, day)
    return (
        rows.join(single, on="child_id", how="left")
        .join(on_the_day, on=["child_id", day], how="left")
        .with_columns(
            pl.coalesce("municipality_code", "mover_code").alias("residence_code"),
            pl.coalesce("mover_is_resident", covers(day)).fill_null(value=False).alias("is_resident"),
            pl.any_horizontal(pl.col("from_date", "mover_code").is_not_null()).alias("has_spell"),
        )
        .drop("from_date", "end_date", "municipality_code", "mover_code", "mover_is_resident")
    )


def _residence_of_movers(rows: pl.LazyFrame, several: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """For children with several spells: the best spell for each of their dates, by rank and then by start."""
    began_before = pl.col("from_date") < pl.col(day)
    rank = pl.when(covers(day)).then(COVERS).when(began_before).then(BEFORE).otherwise(AFTER)
    started = pl.col("from_date").cast(pl.Int64)
    later_is_better = pl.when(rank > AFTER).then(started).otherwise(-started)
    return (
        rows.select("child_id", day)
        .join(several.select("child_id").unique(), on="child_id", how="semi")
        .unique()
        .join(several, on="child_id")
        .with_columns((rank * 10_000_000 + later_is_better).alias("preference"), covers(day).alias("covers_day"))
        .group_by("child_id", day)
        .agg(
            pl.col("municipality_code").get(pl.col("preference").arg_max()).alias("mover_code"),
            pl.col("covers_day").any().alias("mover_is_resident"),
        )
    )
