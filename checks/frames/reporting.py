"""The frame of who has reported lately: municipalities in deliveries, with the months of which nothing came."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.frames.frame import Frame, Subject

PLACE = ["delivery", "municipality_code"]
USUAL_MONTHS = 24
LATEST_MONTHS = 12
LONGEST_SILENCE_MONTHS = 24
"""A delivery that ended longer ago than this is history: nobody waits for more of it."""

FORGOTTEN_MONTHS = 60
"""Nor of a municipality that has been silent in it for so long; until then it is told."""


def reporting(subject: Subject) -> Frame:
    """Each municipality in each delivery that was alive in the last two years, by the whole months before `as_of`.

    `missing_lately` and `missing_before` are months without a row in the last twelve and in the twelve before, those
    left out that are declared incomplete (`declared_incomplete`, in both); months after the end of a whole delivery are
    missing like others. `usual` is the municipality's own rows a month in the two years up to its last row, so that it
    is not forgotten while it is silent, for five years. Nothing is missing before its first row.
    """
    this_month = pl.lit(subject.days.as_of).dt.truncate("1mo")
    before = subject.read("reporting").filter(pl.col("month") < this_month)
    known = before.select(*PLACE, "month", "rows", (pl.col("state") == "declared_incomplete").alias("is_declared"))
    rows = (
        _months_of_places(known, subject.days.as_of)
        .join(known, on=[*PLACE, "month"], how="left")
        .group_by(PLACE)
        .agg(*_counted(this_month))
        .join(_usual(known), on=PLACE)
    )
    titles = ("Indberetning de seneste to år", "Reporting of the last two years")
    return Frame("reporting", rows, ("delivery", "municipality_code"), "municipality_code", *titles)


def _months_of_places(known: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The last two years of each municipality from its first row on, in deliveries with a row in them."""
    this_month = pl.lit(as_of).dt.truncate("1mo")
    earliest, latest = this_month.dt.offset_by(f"-{LONGEST_SILENCE_MONTHS}mo"), this_month.dt.offset_by("-1mo")
    has_rows = known.filter(pl.col("rows") > 0)
    alive = has_rows.filter(pl.col("month") >= earliest).select("delivery").unique()
    places = has_rows.group_by(PLACE).agg(pl.col("month").min().alias("first"), pl.col("month").max().alias("last"))
    awaited = places.filter(pl.col("last") >= this_month.dt.offset_by(f"-{FORGOTTEN_MONTHS}mo"))
    span = pl.date_ranges(pl.max_horizontal("first", earliest), latest, "1mo")
    return awaited.join(alive, on="delivery", how="semi").select(*PLACE, span.alias("month")).explode("month")


def _counted(this_month: pl.Expr) -> list[pl.Expr]:
    is_declared = pl.col("is_declared").fill_null(value=False)
    is_missing = (pl.col("rows").fill_null(0) == 0) & ~is_declared
    is_late = pl.col("month") >= this_month.dt.offset_by(f"-{LATEST_MONTHS}mo")
    parts = {
        "missing_lately": is_missing & is_late,
        "missing_before": is_missing & ~is_late,
        "declared_incomplete": is_declared,
    }
    return [part.sum().cast(pl.Int64).alias(name) for name, part in parts.items()]


def _usual(known: pl.LazyFrame) -> pl.LazyFrame:
    """Rows a month in the two years up to the last month with any, or since the first; in a year at least."""
    has_rows = known.filter(pl.col("rows") > 0)
    spans = has_rows.group_by(PLACE).agg(
        pl.col("month").max().alias("last"),
        pl.max_horizontal(pl.col("month").min(), pl.col("month").max().dt.offset_by(f"-{USUAL_MONTHS - 1}mo")).alias(
            "begin"
        ),
    )
    months = (pl.col("last").dt.year() - pl.col("begin").dt.year()) * 12 + (
        pl.col("last").dt.month().cast(pl.Int32) - pl.col("begin").dt.month().cast(pl.Int32)
    )
    return (
        has_rows.join(spans, on=PLACE)
        .filter(pl.col("month") >= pl.col("begin"))
        .group_by(PLACE)
        .agg((pl.col("rows").sum() / pl.max_horizontal(months.first() + 1, LATEST_MONTHS)).alias("usual"))
    )
