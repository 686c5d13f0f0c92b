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


HOME = ("home_code", "home_from", "home_end", "has_several_homes")
"""Where a child lived that has lived in one place only; null for the others."""


def only_homes(child_spells: pl.LazyFrame) -> pl.LazyFrame:
    """`child_id` and HOME of every child with a spell, one row each."""
    is_single = pl.len() == 1
    return child_spells.group_by("child_id").agg(
        pl.when(is_single).then(pl.col("municipality_code").first()).alias("home_code"),
        pl.when(is_single).then(pl.col("from_date").first()).alias("home_from"),
        pl.when(is_single).then(pl.col("end_date").first()).alias("home_end"),
        (~is_single).alias("has_several_homes"),
    )


def with_residence(rows: pl.LazyFrame, child_spells: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Adds `residence_code`, `is_resident` and `has_spell` for the child on the date in column `day`.

    The code is that of the spell covering the day, of several the one begun last; when none covers it, of the latest
    spell begun before; else of the earliest spell; null without any spell. `is_resident` is true when a spell covers
    the day.
    """
    at_home = rows.join(only_homes(child_spells), on="child_id", how="left")
    return with_residence_in_life(at_home, child_spells, day).drop(HOME)


def with_residence_in_life(rows: pl.LazyFrame, child_spells: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """The same for rows that have HOME of their child: only the days of those who moved are paired with spells."""
    has_several = pl.col("has_several_homes").fill_null(value=False)
    movers = rows.filter(has_several)
    there = pl.col("home_from") <= pl.col(day)
    still_there = (pl.col(day) < pl.col("home_end")).fill_null(value=True)
    stayed = rows.filter(~has_several).with_columns(
        pl.col("home_code").alias("residence_code"),
        (there & still_there).fill_null(value=False).alias("is_resident"),
        pl.col("home_from").is_not_null().alias("has_spell"),
    )
    on_the_day = _residence_of_movers(movers, child_spells, day)
    moved = movers.join(on_the_day, on=["child_id", day], how="left").with_columns(
        pl.col("is_resident").fill_null(value=False), pl.lit(value=True).alias("has_spell")
    )
    return pl.concat([stayed, moved])


def _residence_of_movers(rows: pl.LazyFrame, child_spells: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """For children with several spells: the best spell for each of their dates, by rank and then by start."""
    began_before = pl.col("from_date") < pl.col(day)
    rank = pl.when(covers(day)).then(COVERS).when(began_before).then(BEFORE).otherwise(AFTER)
    started = pl.col("from_date").cast(pl.Int64)
    later_is_better = pl.when(rank > AFTER).then(started).otherwise(-started)
    return (
        rows.select("child_id", day)
        .unique()
        .join(child_spells, on="child_id")
        .with_columns((rank * 10_000_000 + later_is_better).alias("preference"), covers(day).alias("covers_day"))
        .group_by("child_id", day)
        .agg(
            pl.col("municipality_code").get(pl.col("preference").arg_max()).alias("residence_code"),
            pl.col("covers_day").any().alias("is_resident"),
        )
    )
