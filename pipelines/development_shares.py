"""Shares and crude ratios of development, from counts as they are told: some may be hidden.

A figure is made only of counts that are all told. One that is not takes its state from the first count that is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.development import EXPOSED, NOT_ASSESSED, OTHERS
from pipelines.statistics.standardisation import NOT_APPLICABLE, NUMBER, Strata, proportions, ratios, sums_over_people
from pipelines.wilson import wilson_high, wilson_low

ASSESSED, MISSING = "assessed", "missing"
EVENTS_OF = {"concern": ("concern",), "monitor_or_concern": ("monitor", "concern")}


def development_shares(told: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """`share_of, numerator, denominator, share, low, high, state` for each of the keys, with Wilson's 95 % interval.

    `told` has the keys, `outcome`, `children` and `state` (see `development_counts`). Typical, monitor and concern are
    shares of the assessed; `assessed` is a share of all who lived through the band. An outcome without a row is
    `missing`, never 0.
    """
    wide = _wide(told, keys)
    of_results = [_share(wide, keys, result, pl.col(result), e.RESULTS) for result in e.RESULTS]
    everybody = (*e.RESULTS, NOT_ASSESSED)
    assessed = _share(wide, keys, ASSESSED, pl.sum_horizontal(e.RESULTS), everybody)
    return pl.concat([*of_results, assessed])


def crude_ratios(told: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Exposed against others among the assessed, for `concern` and `monitor_or_concern` (column `outcome`).

    `told` holds the groups of one kind, in `group_value`. `ratio, low, high` only where all six counts are told;
    otherwise `state` is that of the hidden one.
    """
    wide = _wide(told, [*keys, "group_value"]).filter(pl.col("group_value").is_in([EXPOSED, OTHERS]))
    shape = Strata(by=(*keys, "outcome"), within=(), group="group_value")
    rows = pl.concat(
        wide.select(
            *keys,
            pl.lit(outcome).alias("outcome"),
            "group_value",
            _state(e.RESULTS).alias("told"),
            pl.sum_horizontal(events).alias("events"),
            pl.sum_horizontal(e.RESULTS).alias("people"),
        )
        for outcome, events in EVENTS_OF.items()
    )
    hidden = rows.filter(pl.col("told") != NUMBER).group_by(shape.by).agg(pl.col("told").first())
    whole = rows.filter(pl.col("told") == NUMBER).with_columns(pl.lit(1.0).alias("weight"))
    found = ratios(proportions(sums_over_people(whole, shape)), shape, EXPOSED, OTHERS)
    is_told = pl.col("told").is_null()
    return (
        found.join(hidden, on=list(shape.by), how="full", coalesce=True)
        .with_columns(pl.when(is_told).then(name).alias(name) for name in ("ratio", "low", "high", "reason"))
        .with_columns(pl.when(is_told).then("state").otherwise("told").alias("state"))
        .select(*shape.by, "ratio", "low", "high", "state", "reason")
    )


def _wide(told: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """A column of children and one of the state for each outcome."""
    outcomes = (*e.RESULTS, NOT_ASSESSED)
    is_it = {outcome: pl.col("outcome") == outcome for outcome in outcomes}
    return told.group_by(keys).agg(
        *(pl.col("children").filter(is_it[outcome]).first().alias(outcome) for outcome in outcomes),
        *(pl.col("state").filter(is_it[outcome]).first().alias(f"state_{outcome}") for outcome in outcomes),
    )


def _state(outcomes: Sequence[str]) -> pl.Expr:
    """A number when every count is told; else the state of the first that is not."""
    states = [pl.col(f"state_{outcome}").fill_null(MISSING) for outcome in outcomes]
    hidden = [pl.when(state != NUMBER).then(state) for state in states]
    return pl.coalesce(*hidden, pl.lit(NUMBER))


def _share(wide: pl.LazyFrame, keys: Sequence[str], of: str, part: pl.Expr, whole: Sequence[str]) -> pl.LazyFrame:
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    told = _state(whole)
    counted = pl.sum_horizontal(whole)
    state = pl.when((told == NUMBER) & (counted == 0)).then(pl.lit(NOT_APPLICABLE)).otherwise(told)
    return (
        wide.with_columns(
            pl.lit(of).alias("share_of"),
            pl.when(told == NUMBER).then(part).alias("numerator"),
            pl.when(told == NUMBER).then(counted).alias("denominator"),
            state.alias("state"),
        )
        .with_columns(
            pl.when(denominator > 0).then(numerator / denominator).alias("share"),
            wilson_low(numerator, denominator).alias("low"),
            wilson_high(numerator, denominator).alias("high"),
        )
        .select(*keys, "share_of", "numerator", "denominator", "share", "low", "high", "state")
    )
