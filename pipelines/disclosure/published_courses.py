"""Times to event as readers see them, from what the gate has let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import TIMES_TO_EVENT, TimeToEvent
from pipelines.disclosure import course_tables as course
from pipelines.disclosure.development_tables import periods_of_births
from pipelines.disclosure.places_and_periods import name
from pipelines.disclosure.published_development import (
    ENOUGH_FOR_TENS,
    GROUP,
    NOT_YET_DUE,
    NUMBER,
    ROUGHLY,
    SUPPRESSED,
    groups_of_exposed,
    in_tens,
    with_wilson,
)

KEYS = ("interval", "period", *GROUP, "members")
HALF = 0.5
FEWEST = 20
"""Of fewer children no curve is told: twentieths would say how many they are."""

NOT_REACHED = "not_reached"


def exact_curves(rows: pl.DataFrame, competing: pl.DataFrame) -> pl.DataFrame:
    """Every told step: `days, numerator, denominator, share, low, high, at_risk`, exact and never to be shown.

    Nobody's following ends before the last day, so the share with the event is the cumulative incidence of Aalen and
    Johansen, death and leaving the country competing, and its interval is Wilson's.
    """
    place, figure = pl.col("breakdown").str.split("|").list, pl.col("outcome").str.split(":").list
    steps = (
        rows.filter(pl.col("breakdown").str.starts_with(course.TABLE))
        .with_columns(
            place.get(1).alias("interval"),
            place.get(2).alias("period"),
            figure.get(1, null_on_oob=True).cast(pl.Int32).alias("days"),
        )
        .sort("days")
        .select(
            *KEYS, "days", pl.col("count").cum_sum().over(KEYS).alias("numerator"), pl.col("of").alias("denominator")
        )
    )
    gone = pl.col("gone").fill_null(0)
    return (
        steps.join(_gone(steps, competing), on=[*KEYS, "days"], how="left")
        .with_columns((pl.col("denominator") - pl.col("numerator") - gone).alias("at_risk"))
        .with_columns(*with_wilson())
    )


def _gone(steps: pl.DataFrame, competing: pl.DataFrame) -> pl.DataFrame:
    """How many of a group had died or left by each of its days."""
    of_member = ["interval", "period", "group_kind", "member"]
    members = steps.with_columns(pl.col("members").alias("member")).explode("member")
    return (
        members.join(competing.rename({"group_value": "member"}), on=of_member)
        .filter(pl.col("bin") <= pl.col("days"))
        .group_by(*KEYS, "days")
        .agg(pl.col("competing").sum().alias("gone"))
    )


def published_curves(
    exact: pl.DataFrame, first_years: Mapping[str, int], reference: Reference, as_of: date
) -> pl.LazyFrame:
    """One row for each interval, period, group and day on which its curve steps, and one without a day where there is
    no curve. Children who began and those still `at_risk` are told in tens, and shares so roughly that every number of
    the ten could have them: other figures count nearly the same children, and the difference would be those who died
    or left."""
    curves = exact.filter(pl.col("denominator") >= FEWEST).select(
        *KEYS,
        "days",
        in_tens(pl.col("denominator")).alias("children"),
        *(_roughly(each) for each in ("share", "low", "high")),
        in_tens(pl.col("at_risk")).alias("at_risk"),
        pl.lit(NUMBER).alias("state"),
    )
    absent = _grid(first_years, reference, as_of).join(curves, on=["interval", "period", *GROUP], how="anti")
    return pl.concat([curves, absent], how="diagonal").lazy().sort("interval", "period", *GROUP, "days")


def _roughly(share: str) -> pl.Expr:
    """In hundredths, of fewer than a hundred children in twentieths."""
    exact, twentieths = pl.col(share), (pl.col(share) * 20).round() / 20
    is_few = pl.col("denominator") < ENOUGH_FOR_TENS
    return pl.when(is_few).then(twentieths).otherwise(exact.round(ROUGHLY)).alias(share)


def published_medians(exact: pl.DataFrame, threshold: int) -> pl.LazyFrame:
    """The first told day by which half of the children had the event, where that was reached and at least `threshold`
    children are on either side; `not_reached` else. Small groups that stand together are told apart by `members`."""
    is_half = (pl.col("share") >= HALF) & (pl.col("numerator") >= threshold)
    has_rest = (pl.col("denominator") - pl.col("denominator") // 2) >= threshold
    state = pl.when(pl.col("median_days").is_null()).then(pl.lit(NOT_REACHED)).otherwise(pl.lit(NUMBER))
    return (
        exact.lazy()
        .filter(pl.col("denominator") >= FEWEST)
        .group_by(KEYS)
        .agg(pl.col("days").filter(is_half & has_rest).min().alias("median_days"))
        .with_columns(state.alias("state"))
        .sort("interval", "period", *GROUP, pl.col("members").list.join(" "))
    )


def _grid(first_years: Mapping[str, int], reference: Reference, as_of: date) -> pl.DataFrame:
    """Every interval, period and group; `not_yet_due` where nobody can have been followed for long enough."""
    regions = [("region", code) for code in _regions(reference, as_of)]
    traits = [group for group in groups_of_exposed() if group[0] != "certainty"]
    asked = [
        (declared.name, name(years), *group, len(course.horizon(declared, years, as_of)) < 2)
        for declared in TIMES_TO_EVENT
        if declared.name in first_years
        for years in periods_of_births(first_years[declared.name], as_of)
        for group in [(course.ALL, course.ALL), *_others(declared), *regions, *traits]
    ]
    names = dict.fromkeys(("interval", "period", *GROUP), pl.String())
    state = pl.when("is_open").then(pl.lit(NOT_YET_DUE)).otherwise(pl.lit(SUPPRESSED)).alias("state")
    grid = pl.DataFrame(asked, schema={**names, "is_open": pl.Boolean()}, orient="row")
    return grid.with_columns(state).drop("is_open")


def _others(declared: TimeToEvent) -> Sequence[tuple[str, str]]:
    return [(course.EXPOSURE, course.NOT_EXPOSED)] if declared.population == "all" else []


def _regions(reference: Reference, as_of: date) -> list[str]:
    """Those in force on the day."""
    in_force = (pl.col("valid_from") <= as_of) & (pl.col("valid_to") > as_of).fill_null(value=True)
    rows = reference.municipalities.filter(in_force).select(pl.coalesce("region_code", "region_name"))
    return sorted(set(rows.to_series().to_list()))
