"""Cohort development and times to event as readers see them, from what the gate has let through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from pipelines.counts import CERTAINTY, KNOWN_BEFORE_BIRTH, NOT_EXPOSED, SUBSTANCE_GROUP
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.times_to_event import TIMES_TO_EVENT
from pipelines.development import EXPOSED, EXPOSURE, OTHERS
from pipelines.disclosure import course_tables as course
from pipelines.disclosure import development_tables as development
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.places_and_periods import name
from pipelines.wilson import wilson_high, wilson_low

NUMBER, SUPPRESSED, MISSING, NOT_YET_DUE = "number", "suppressed", "missing", "not_yet_due"
GROUP = ("group_kind", "group_value")
SHARES = (development.ASSESSED, "typical", development.MONITOR_OR_CONCERN, "monitor", "concern")
MEDIAN = 0.5


def told(rows: pl.DataFrame, hidden: Flags) -> pl.DataFrame:
    """Of the rows of breakdowns those that nothing is hidden of; the rest is not there at all."""
    is_hidden = np.append(hidden, False)  # the last one is that of NO_CELL, -1
    shown = ~(is_hidden[rows["cell"].to_numpy()] | is_hidden[rows["cell_of"].to_numpy()])
    return rows.filter(pl.Series(shown)).drop("cell", "cell_of").rename({"kind": "group_kind", "group": "group_value"})


def published_development(rows: pl.DataFrame, assessed: pl.DataFrame, first_year: int, as_of: date) -> pl.LazyFrame:
    """One row for each period, band, domain, group and share, whatever its state.

    `assessed` is a share of the children who lived through the band, the results are shares of the assessed. Small
    groups stand together as `other_groups`, with their names in `members`. `missing`: nobody at all was assessed
    there, for `assessed` has no row of the period, band and domain.
    """
    place = pl.col("breakdown").str.split("|").list
    figure = pl.col("outcome").str.split(":").list
    figures = rows.filter(pl.col("breakdown").str.starts_with(development.TABLE) & pl.col("outcome").str.contains(":"))
    shares = figures.select(
        place.get(1).alias("period"),
        place.get(2).alias("age_band"),
        figure.get(0).alias("domain"),
        *GROUP,
        "members",
        figure.get(1).alias("share_of"),
        pl.col("count").alias("numerator"),
        pl.col("of").alias("denominator"),
        pl.lit(NUMBER).alias("state"),
    ).filter(pl.col("share_of").is_in(SHARES))
    keys = ["period", "age_band", "domain", *GROUP, "share_of"]
    return (
        _grid_of_development(first_year, as_of)
        .join(shares.select(keys), on=keys, how="anti")
        .join(assessed.with_columns(is_assessed=True), on=["period", "age_band", "domain"], how="left")
        .with_columns(_state_of_absent(pl.col("is_assessed").is_null()).alias("state"))
        .drop("is_passed", "is_assessed")
        .pipe(lambda absent: pl.concat([shares, absent], how="diagonal"))
        .lazy()
        .with_columns(*_wilson())
        .select(*keys, "members", "numerator", "denominator", "share", "low", "high", "state")
        .sort(keys)
    )


def _state_of_absent(nobody_assessed: pl.Expr) -> pl.Expr:
    is_open = pl.when(~pl.col("is_passed")).then(pl.lit(NOT_YET_DUE))
    return is_open.when(nobody_assessed).then(pl.lit(MISSING)).otherwise(pl.lit(SUPPRESSED))


def _wilson() -> list[pl.Expr]:
    """Share and Wilson's 95 % interval; null without numbers."""
    part, of = pl.col("numerator"), pl.col("denominator")
    share = pl.when(of > 0).then(part / of)
    return [share.alias("share"), wilson_low(part, of).alias("low"), wilson_high(part, of).alias("high")]


def groups_of_exposed() -> list[tuple[str, str]]:
    """Every value of the traits that there can be."""
    of_kinds = {"substance_group": SUBSTANCE_GROUP, "certainty": CERTAINTY, "known_before_birth": KNOWN_BEFORE_BIRTH}
    return [
        (kind, value)
        for kind, values in of_kinds.items()
        for value in values.categories.to_list()
        if value != NOT_EXPOSED
    ]


PASSED = {"period": pl.String(), "age_band": pl.String(), "is_passed": pl.Boolean()}


def _grid_of_development(first_year: int, as_of: date) -> pl.DataFrame:
    """All that somebody may ask for."""
    periods = [
        (name(years), band.name, development.has_passed(years, band, as_of))
        for years in development.periods_of_births(first_year, as_of)
        for band in AGE_BANDS
    ]
    groups = [(EXPOSURE, EXPOSED), (EXPOSURE, OTHERS), *groups_of_exposed()]
    return (
        pl.DataFrame(periods, schema=PASSED, orient="row")
        .join(pl.DataFrame({"domain": e.DOMAINS}), how="cross")
        .join(pl.DataFrame(groups, schema=list(GROUP), orient="row"), how="cross")
        .join(pl.DataFrame({"share_of": SHARES}), how="cross")
    )


def published_z_scores(rows: pl.DataFrame, z_sums: pl.DataFrame, threshold: int) -> pl.LazyFrame:
    """Mean z-scores with t-intervals of groups whose number assessed is told, where at least `threshold` of them have
    one. Only these have a row; how many have a z-score is not told."""
    from pipelines.statistics.mean_interval import with_mean

    keys = ["period", "age_band", "domain", *GROUP]
    place, figure = pl.col("breakdown").str.split("|").list, pl.col("outcome").str.split(":").list
    assessed = rows.filter(
        pl.col("breakdown").str.starts_with(development.TABLE) & (figure.get(1, null_on_oob=True) == "assessed")
    ).select(
        place.get(1).alias("period"),
        place.get(2).alias("age_band"),
        figure.get(0).alias("domain"),
        *GROUP,
        "members",
        pl.col("members").alias("member"),
    )
    summed = (
        assessed.explode("member")
        .join(z_sums.rename({"group_value": "member"}), on=["period", "age_band", "domain", "group_kind", "member"])
        .group_by(*keys, "members")
        .agg(pl.col("z_children", "z_sum", "z_squares").sum())
        .filter(pl.col("z_children") >= threshold)
    )
    means = with_mean(summed.lazy(), "z_children", "z_sum", "z_squares")
    return means.select(*keys, "members", pl.col("mean", "low", "high").round(2)).sort(keys)


def published_curves(rows: pl.DataFrame, first_years: dict[str, int], as_of: date) -> pl.LazyFrame:
    """One row for each interval, period, group and day on which its curve may step, and one without a day where there
    is no curve. `share`: those with the event by then, of all who began, with Wilson's 95 % interval. Nobody's
    following ends before the last day, so this is the cumulative incidence; death and leaving the country compete.

    `at_risk`: still followed, without the event; null where a small number could be worked out from it.
    """
    place, figure = pl.col("breakdown").str.split("|").list, pl.col("outcome").str.split(":").list
    of_courses = rows.filter(pl.col("breakdown").str.starts_with(course.TABLE)).with_columns(
        place.get(1).alias("interval"),
        place.get(2).alias("period"),
        figure.get(0).alias("ending"),
        figure.get(1, null_on_oob=True).cast(pl.Int32).alias("days"),
    )
    keys = ["interval", "period", *GROUP, "members"]
    steps = (
        of_courses.filter((pl.col("ending") == course.EVENT) & pl.col("days").is_not_null())
        .sort("days")
        .select(
            *keys, "days", pl.col("count").cum_sum().over(keys).alias("numerator"), pl.col("of").alias("denominator")
        )
    )
    curves = steps.join(_competing(of_courses, keys), on=[*keys, "days"], how="left", nulls_equal=True).with_columns(
        (pl.col("denominator") - pl.col("numerator") - pl.col("gone")).alias("at_risk"), pl.lit(NUMBER).alias("state")
    )
    absent = _grid_of_courses(first_years, as_of).join(curves, on=["interval", "period", *GROUP], how="anti")
    return (
        pl.concat([curves, absent], how="diagonal")
        .lazy()
        .with_columns(*_wilson())
        .select(*keys, "days", "numerator", "denominator", "share", "low", "high", "at_risk", "state")
        .sort("interval", "period", *GROUP, "days")
    )


def _competing(of_courses: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """How many had died or left by each day on which that is told; where it is told that nobody had, by every day."""
    days = of_courses.filter(pl.col("days").is_not_null()).select(*keys, "days").unique()
    steps = of_courses.filter((pl.col("ending") == course.COMPETING) & pl.col("days").is_not_null()).sort("days")
    known = steps.select(*keys, "days", pl.col("count").cum_sum().over(keys).alias("gone"))
    nobody = of_courses.filter((pl.col("outcome") == course.COMPETING) & (pl.col("count") == 0)).select(keys)
    all_arrive = [declared.name for declared in TIMES_TO_EVENT if declared.all_arrive]
    without = pl.concat([nobody, of_courses.filter(pl.col("interval").is_in(all_arrive)).select(keys).unique()])
    zero = days.join(without, on=keys, how="semi").with_columns(pl.lit(0, pl.Int64).alias("gone"))
    return pl.concat([known.join(zero, on=[*keys, "days"], how="anti"), zero])


def _grid_of_courses(first_years: dict[str, int], as_of: date) -> pl.DataFrame:
    """Every interval, period and group; `not_yet_due` where nobody can have been followed for long enough."""
    regions = [("region", code) for code in sorted(_regions())]
    traits = [group for group in groups_of_exposed() if group[0] != "certainty"]
    asked = [
        (declared.name, name(years), *group, _is_open(declared.name, years, as_of))
        for declared in TIMES_TO_EVENT
        if declared.name in first_years
        for years in development.periods_of_births(first_years[declared.name], as_of)
        for group in [(course.ALL, course.ALL), *_others(declared.population), *regions, *traits]
    ]
    names = dict.fromkeys(("interval", "period", *GROUP), pl.String())
    schema = {**names, "is_open": pl.Boolean()}
    state = pl.when("is_open").then(pl.lit(NOT_YET_DUE)).otherwise(pl.lit(SUPPRESSED)).alias("state")
    return pl.DataFrame(asked, schema=schema, orient="row").with_columns(state).drop("is_open")


def _others(population: str) -> list[tuple[str, str]]:
    return [(course.EXPOSURE, course.NOT_EXPOSED)] if population == "all" else []


def _is_open(interval: str, years: Sequence[int], as_of: date) -> bool:
    declared = next(each for each in TIMES_TO_EVENT if each.name == interval)
    return len(course.horizon(declared, years, as_of)) < 2


def _regions() -> set[str]:
    from pipelines.definitions.reference import Reference

    rows = Reference.load().municipalities.select(pl.coalesce("region_code", "region_name"))
    return set(rows.to_series().to_list())


def published_medians(curves: pl.LazyFrame, threshold: int) -> pl.LazyFrame:
    """The first told day by which half of the children had the event, where that was reached and at least `threshold`
    children are on either side; `not_reached` else. Small groups that stand together are told apart by `members`."""
    keys = ["interval", "period", *GROUP, "members"]
    is_half = (pl.col("share") >= MEDIAN) & (pl.col("numerator") >= threshold)
    has_rest = (pl.col("denominator") - pl.col("denominator") // 2) >= threshold
    return (
        curves.filter(pl.col("state") == NUMBER)
        .group_by(keys)
        .agg(pl.col("days").filter(is_half & has_rest).min().alias("median_days"))
        .with_columns(
            state=pl.when(pl.col("median_days").is_null()).then(pl.lit("not_reached")).otherwise(pl.lit(NUMBER))
        )
        .sort("interval", "period", *GROUP, pl.col("members").list.join(" "))
    )
