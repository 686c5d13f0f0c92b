"""Direct standardisation: proportions of groups as if their strata were mixed alike, and their ratio.

A stratum's table has `events` and `people` of each group. Each person weighs as many people of the standard as it
stands for, so that strata in which a group has only one or two people are no trouble: variances are those of a
weighted mean over people (or over clusters of people), not of each stratum by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.wilson import wilson_high, wilson_low

NUMBER, NOT_APPLICABLE = "number", "not_applicable"
NOBODY, NO_EVENTS = "nobody", "no_events"
"""Why there is no ratio: no stratum with people of both groups, or no event in the group that is compared with."""


@dataclass(frozen=True)
class Strata:
    """The columns of a table of strata: comparisons that stand apart (one at least), what is held alike, the groups."""

    by: Sequence[str]
    within: Sequence[str]
    group: str = "group"

    @property
    def each(self) -> list[str]:
        """The columns that name a stratum."""
        return [*self.by, *self.within]


def with_weights(strata: pl.LazyFrame, shape: Strata, standard: str | None = None) -> pl.LazyFrame:
    """Adds `weight`, the people of the standard that one person of the row stands for; null where none can be had.

    The standard is the people of one group, or of all groups together (null). Only strata in which every group of the
    comparison has people have weights: elsewhere nothing says what the missing group would have been. With no columns
    `within`, the whole comparison is one stratum and its figures are the crude ones.
    """
    people, group = pl.col("people"), pl.col(shape.group)
    has_people = people > 0
    groups = group.filter(has_people).n_unique()
    is_common = (groups.over(shape.each) == groups.over(shape.by)) & has_people
    counted = people if standard is None else pl.when(group == standard).then(people).otherwise(0)
    weight = counted.sum().over(shape.each) / people.sum().over([*shape.each, shape.group])
    return strata.with_columns(pl.when(is_common & (weight > 0)).then(weight).alias("weight"))


def sums_over_people(weighted: pl.LazyFrame, shape: Strata) -> pl.LazyFrame:
    """What `proportions` asks for, when each person is one draw."""
    weight, events, people = pl.col("weight"), pl.col("events"), pl.col("people")
    is_in = weight.is_not_null()
    return weighted.group_by(*shape.by, shape.group).agg(
        people.filter(is_in).sum(),
        events.filter(is_in).sum(),
        people.filter(~is_in).sum().alias("left_out"),
        (weight * people).sum().alias("weight_sum"),
        (weight * events).sum().alias("weighted_events"),
        (weight**2 * events).sum().alias("events_squared"),
        (weight**2 * events).sum().alias("events_by_weight"),
        (weight**2 * people).sum().alias("weight_squared"),
    )


def proportions(sums: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `proportion`, `variance` and the 95 % interval `low`, `high`; null for a group without people.

    The variance is the sandwich of a weighted mean. The interval is Wilson's, with the number of independent people
    that would have this variance; where nobody or everybody had the event, with Kish's effective number.
    """
    total, p = pl.col("weight_sum"), pl.col("proportion")
    spread = pl.col("events_squared") - 2 * p * pl.col("events_by_weight") + p**2 * pl.col("weight_squared")
    effective = pl.when(pl.col("variance") > 0).then(p * (1 - p) / pl.col("variance"))
    return (
        sums.with_columns(pl.when(total > 0).then(pl.col("weighted_events") / total).alias("proportion"))
        .with_columns((spread.clip(lower_bound=0) / total**2).alias("variance"))
        .with_columns(
            pl.when(p.is_between(0, 1, closed="none"))
            .then(effective)
            .otherwise(total**2 / pl.col("weight_squared"))
            .alias("effective")
        )
        .with_columns(
            pl.when(p.is_not_null()).then(value).alias(name)
            for name, value in {
                "variance": pl.col("variance"),
                "low": wilson_low(p * pl.col("effective"), pl.col("effective")),
                "high": wilson_high(p * pl.col("effective"), pl.col("effective")),
            }.items()
        )
        .drop("weight_sum", "weighted_events", "events_squared", "events_by_weight", "weight_squared", "effective")
    )


def ratios(told: pl.LazyFrame, shape: Strata, group: str, reference: str) -> pl.LazyFrame:
    """`ratio, low, high, state, reason` of one group's proportion to another's, one row per comparison.

    The 95 % interval is made of those of the two proportions (Donner and Zou 2012, MOVER). Unlike that of the logarithm
    it holds from five people on, and with no event in the first group: the ratio is then 0, with an upper end. With no
    event in the reference there is no ratio: it is `not_applicable`, and `reason` says why.
    """
    own, other = _of_group(told, shape, group, ""), _of_group(told, shape, reference, "reference_")
    p, q = pl.col("proportion"), pl.col("reference_proportion")
    reason = pl.when(p.is_null() | q.is_null()).then(pl.lit(NOBODY)).when(q == 0).then(pl.lit(NO_EVENTS))
    is_number = pl.col("reason").is_null()
    figures = {"ratio": p / q, "ratio_low": _ratio_low(), "ratio_high": _ratio_high()}
    return (
        own.join(other, on=list(shape.by), how="full", coalesce=True)
        .with_columns(reason.alias("reason"))
        .with_columns(
            *(pl.when(is_number).then(figure).alias(name) for name, figure in figures.items()),
            pl.when(is_number).then(pl.lit(NUMBER)).otherwise(pl.lit(NOT_APPLICABLE)).alias("state"),
        )
        .drop("low", "high", "reference_low", "reference_high")
        .rename({"ratio_low": "low", "ratio_high": "high"})
    )


def _ratio_low() -> pl.Expr:
    """0 when nobody of the first group had the event."""
    p, q, low, high = (pl.col(name) for name in ("proportion", "reference_proportion", "low", "reference_high"))
    reach = low * (2 * p - low)
    root = ((p * q) ** 2 - reach * high * (2 * q - high)).clip(lower_bound=0).sqrt()
    return pl.when(p > 0).then(reach / (p * q + root)).otherwise(0.0)


def _ratio_high() -> pl.Expr:
    p, q, high, low = (pl.col(name) for name in ("proportion", "reference_proportion", "high", "reference_low"))
    reach = low * (2 * q - low)
    root = ((p * q) ** 2 - reach * high * (2 * p - high)).clip(lower_bound=0).sqrt()
    return (p * q + root) / reach


def _of_group(told: pl.LazyFrame, shape: Strata, group: str, prefix: str) -> pl.LazyFrame:
    columns = ("people", "events", "left_out", "proportion", "variance", "low", "high")
    names = {column: f"{prefix}{column}" for column in columns}
    return told.filter(pl.col(shape.group) == group).select(*shape.by, *columns).rename(names)
