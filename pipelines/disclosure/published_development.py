"""Cohort development as readers see it, from what the gate has let through."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.counts import CERTAINTY, KNOWN_BEFORE_BIRTH, NOT_EXPOSED, substance_groups
from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.reference import Reference
from pipelines.development import EXPOSED, EXPOSURE, OTHERS
from pipelines.disclosure import development_tables as development
from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.places_and_periods import name
from pipelines.wilson import wilson_high, wilson_low

NUMBER, SUPPRESSED, MISSING, NOT_YET_DUE = "number", "suppressed", "missing", "not_yet_due"
GROUP = ("group_kind", "group_value")
SHARES = (development.ASSESSED, "typical", development.MONITOR_OR_CONCERN, "monitor", "concern")
ROUGHLY = 2
"""Digits of a share whose denominator is told in tens only."""

ENOUGH_FOR_TENS = 100
"""From so many children on, a share of them is right within a twentieth when only the ten is known."""

FEW_SCORES = 50
"""Under so many z-scores a mean is told with one decimal."""


def told(rows: pl.DataFrame, hidden: Flags) -> pl.DataFrame:
    """Of the rows of breakdowns those that nothing is hidden of; the rest is not there at all."""
    is_hidden = np.append(hidden, False)  # the last one is that of NO_CELL, -1
    shown = ~(is_hidden[rows["cell"].to_numpy()] | is_hidden[rows["cell_of"].to_numpy()])
    return rows.filter(pl.Series(shown)).drop("cell", "cell_of").rename({"kind": "group_kind", "group": "group_value"})


def published_development(rows: pl.DataFrame, assessed: pl.DataFrame, first_year: int, as_of: date) -> pl.LazyFrame:
    """One row for each period, band, domain, group and share, whatever its state.

    `assessed` is a share of the children who lived through the band; these are told in tens, and the share is worked
    out from that: those of the next band are nearly the same children. Results are shares of the assessed, exact. Small
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
        .with_columns(*with_wilson())
        .pipe(_roughly)
        .select(*keys, "members", "numerator", "denominator", "share", "low", "high", "state")
        .sort(keys)
    )


def _state_of_absent(nobody_assessed: pl.Expr) -> pl.Expr:
    is_open = pl.when(~pl.col("is_passed")).then(pl.lit(NOT_YET_DUE))
    return is_open.when(nobody_assessed).then(pl.lit(MISSING)).otherwise(pl.lit(SUPPRESSED))


def with_wilson() -> list[pl.Expr]:
    """Share and Wilson's 95 % interval; null without numbers."""
    part, of = pl.col("numerator"), pl.col("denominator")
    share = pl.when(of > 0).then(part / of)
    return [share.alias("share"), wilson_low(part, of).alias("low"), wilson_high(part, of).alias("high")]


def _roughly(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Shares assessed of a number of children that is told in tens: worked out from that number, or the exact one would
    follow, and hidden where ten children more or less make a large difference."""
    is_rough = pl.col("share_of") == development.ASSESSED
    part, tens = pl.col("numerator"), in_tens(pl.col("denominator"))
    is_told = ~is_rough | (tens >= ENOUGH_FOR_TENS).fill_null(value=False)
    figures = {
        "share": (part / tens).clip(upper_bound=1),
        "low": wilson_low(pl.min_horizontal(part, tens), tens),
        "high": wilson_high(pl.min_horizontal(part, tens), tens),
    }
    rough = [pl.when(is_rough).then(each.round(ROUGHLY)).otherwise(name).alias(name) for name, each in figures.items()]
    is_hidden = ~is_told & (pl.col("state") == NUMBER)
    return rows.with_columns(
        *rough, pl.when(is_rough).then(tens).otherwise("denominator").alias("denominator")
    ).with_columns(
        *(pl.when(~is_hidden).then(name).alias(name) for name in ("numerator", "denominator", *SHARE)),
        pl.when(is_hidden).then(pl.lit(SUPPRESSED)).otherwise("state").alias("state"),
    )


SHARE = ("share", "low", "high")


def in_tens(children: pl.Expr) -> pl.Expr:
    """To the nearest ten, so that two numbers of nearly the same children do not tell their difference."""
    return (children + 5) // 10 * 10


def groups_of_exposed() -> list[tuple[str, str]]:
    """Every value of the traits that there can be."""
    substances = substance_groups(Reference.load())
    of_kinds = {"substance_group": substances, "certainty": CERTAINTY, "known_before_birth": KNOWN_BEFORE_BIRTH}
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
    """Mean z-scores with t-intervals of groups whose number assessed is told. Only these have a row.

    At least `threshold` children have a score in each group that has any; where one of a division has fewer, none of
    the division is told, for it would follow from the others. How many have a score is not told.
    """
    from pipelines.statistics.mean_interval import with_mean

    keys = ["period", "age_band", "domain", *GROUP]
    place, figure = pl.col("breakdown").str.split("|").list, pl.col("outcome").str.split(":").list
    is_assessed = figure.get(1, null_on_oob=True) == development.ASSESSED
    assessed = rows.filter(pl.col("breakdown").str.starts_with(development.TABLE) & is_assessed).select(
        place.get(1).alias("period"),
        place.get(2).alias("age_band"),
        figure.get(0).alias("domain"),
        *GROUP,
        "members",
        pl.col("members").alias("member"),
    )
    by_member = z_sums.rename({"group_value": "member"})
    summed = (
        assessed.explode("member")
        .join(by_member, on=["period", "age_band", "domain", "group_kind", "member"])
        .group_by(*keys, "members")
        .agg(pl.col("z_children", "z_sum", "z_squares").sum())
    )
    has_few = (pl.col("z_children") < threshold).any().over("period", "age_band", "domain", "group_kind")
    is_alone = pl.col("group_kind") == EXPOSURE
    told = summed.filter(pl.when(is_alone).then(pl.col("z_children") >= threshold).otherwise(~has_few))
    means = with_mean(told.lazy(), "z_children", "z_sum", "z_squares")
    is_few = pl.col("z_children") < FEW_SCORES
    rounded = [
        pl.when(is_few).then(pl.col(each).round(1)).otherwise(pl.col(each).round(2)).alias(each)
        for each in ("mean", "low", "high")
    ]
    return means.select(*keys, "members", *rounded).sort(keys)
