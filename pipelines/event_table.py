"""How many children had the event, died, left or were followed no further, per day and group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.times_to_event import BEYOND, TIMES_TO_EVENT
from pipelines.residence import with_residence
from pipelines.time_to_event import ENDINGS, INTERVAL, Course

COMPETING = ("died", "left")
GROUP_KINDS = ("all", "exposure", "region", "substance_group", "known_before_birth")
EXPOSED, NOT_EXPOSED = "exposed", "not_exposed"
NUMBERS = (*ENDINGS, "before_origin")
ROW = ("interval", "cohort", "days", "ending", "is_before_origin")


def event_table(rows: pl.LazyFrame, course: Course, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """`interval, group_kind, group_value, cohort, days` and how many children ended there and how; additive.

    Columns of `rows` that are named in `beside` divide the counts further.

    `all` are all exposed children, and regions, substance groups and known before birth divide them; `exposure` sets
    them beside all others where an interval has others. The region is that of the residence on the first day followed,
    which nothing that comes later can change, under its name on `as_of`. `before_origin` is part of `event` on day 0.
    """
    grouped = pl.concat([_exposed_with_groups(rows, course, beside), _others(rows, course, beside)])
    cells = grouped.group_by(*beside, "interval", *GROUP_KINDS, "cohort", "days").agg(_numbers())
    return (
        cells.unpivot(
            on=list(GROUP_KINDS),
            index=[*beside, "interval", "cohort", "days", *NUMBERS],
            variable_name="group_kind",
            value_name="group_value",
        )
        .filter(pl.col("group_value").is_not_null())
        .group_by(*beside, "interval", "group_kind", "group_value", "cohort", "days")
        .agg(pl.col(NUMBERS).sum())
    )


def _exposed_with_groups(rows: pl.LazyFrame, course: Course, beside: Sequence[str]) -> pl.LazyFrame:
    traits = course.exposed.select("child_id", "substance_group", "known_before_birth")
    of_exposed = with_residence(rows.join(traits, on="child_id"), course.spells, "origin_date")
    return of_exposed.select(
        *beside,
        *ROW,
        pl.lit("all").alias("all"),
        pl.lit(EXPOSED).alias("exposure"),
        _region("residence_code", course).alias("region"),
        pl.col("substance_group", "known_before_birth").cast(pl.String),
    )


def _others(rows: pl.LazyFrame, course: Course, beside: Sequence[str]) -> pl.LazyFrame:
    """They are in one group only."""
    groups = [pl.lit(NOT_EXPOSED if kind == "exposure" else None, pl.String).alias(kind) for kind in GROUP_KINDS]
    return rows.join(course.exposed, on="child_id", how="anti").select(*beside, *ROW, *groups)


def _region(code: str, course: Course) -> pl.Expr:
    """As in the funnel: Christiansø reads `outside`, no municipality `unknown`; a region without a code is named."""
    in_force = (pl.col("valid_from") <= course.as_of) & (pl.col("valid_to") > course.as_of).fill_null(value=True)
    rows = course.reference.municipalities.filter(in_force).select(
        "municipality_code", pl.coalesce("region_code", "region_name")
    )
    regions = {e.OUTSIDE_CODE: e.OUTSIDE, **dict(rows.iter_rows())}
    return pl.col(code).cast(pl.String).replace_strict(regions, default=e.UNKNOWN, return_dtype=pl.String)


def _numbers() -> list[pl.Expr]:
    endings = [(pl.col("ending") == ending).sum().cast(pl.Int64).alias(ending) for ending in ENDINGS]
    return [*endings, pl.col("is_before_origin").sum().cast(pl.Int64).alias("before_origin")]


def grids() -> pl.LazyFrame:
    """`interval, days`: the days on which each curve may be shown."""
    shown = [(declared.name, day) for declared in TIMES_TO_EVENT for day in declared.grid]
    return pl.LazyFrame(shown, schema={"interval": INTERVAL, "days": pl.Int32}, orient="row")


def binned(events: pl.LazyFrame, beside: Sequence[str] = ()) -> pl.LazyFrame:
    """`interval, cohort, group_kind, group_value, bin, event, competing, censored`: what a curve on the grid is.

    A bin is named by its last day and begins after the last day of the bin before; bin 0 is day 0, `BEYOND` all that
    comes after the grid. Additive over groups and cohorts, as the event table is. Empty bins have no row.
    """
    beyond = pl.LazyFrame(
        [(declared.name, BEYOND) for declared in TIMES_TO_EVENT],
        schema={"interval": INTERVAL, "days": pl.Int32},
        orient="row",
    )
    upper = pl.concat([grids(), beyond]).with_columns(pl.col("days").alias("bin")).sort("days")
    keys = [*beside, "interval", "cohort", "group_kind", "group_value", "bin"]
    return (
        events.sort("days")
        .join_asof(upper, on="days", by="interval", strategy="forward", check_sortedness=False)
        .with_columns(pl.sum_horizontal(COMPETING).alias("competing"))
        .group_by(keys)
        .agg(pl.col("event", "competing", "censored").sum())
    )
