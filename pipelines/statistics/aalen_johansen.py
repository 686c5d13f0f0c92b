"""Cumulative incidence with competing events (Aalen and Johansen 1978), for many groups at once, from counts by day.

Counts, not persons: a row says how many of a group had the event, a competing event, or were followed no further on a
day. On one day events and competing events come before the end of following, so whoever was followed to a day was at
risk on it. Where nothing competes, the curve is one minus Kaplan and Meier's.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.wilson import wilson_high, wilson_low

HALF = 0.5
ROUNDING = 1e-9
"""A share that misses a quantile by less has reached it: sums of fractions are not exact in a computer."""

ESTIMATES = ("survival", "cumulative_incidence", "competing_incidence", "standard_error", "low", "high")
NUMBERS = ("events", "competing", "censored")
NUMBER, NOT_REACHED, NOT_FOLLOWED = "number", "not_reached", "not_yet_due"


def curves(
    counts: pl.LazyFrame,
    by: Sequence[str],
    event: str = "event",
    competing: Sequence[str] = (),
    censored: str = "censored",
) -> pl.LazyFrame:
    """One row per group and day on which something happened, and always one for day 0; sorted by group and day.

    `counts` has the columns `by` (at least one), `days` (whole, 0 or more) and the numbers named; the same day may
    stand in several rows. A group without anybody has no row. `standard_error` is that of the delta method (Marubini
    and Valsecchi 1995, as in statsmodels); after the last one at risk has gone it stays what it was before.
    """
    return (
        _by_day(counts, by, event, competing, censored)
        .with_columns(_gone().cum_sum(reverse=True).over(by, order_by="days").alias("at_risk"))
        .filter(pl.col("at_risk") > 0)
        .with_columns((1 - _ended() / pl.col("at_risk")).cum_prod().over(by, order_by="days").alias("survival"))
        .with_columns(
            pl.col("survival").shift(1, fill_value=1.0).over(by, order_by="days").alias("survival_before"),
        )
        .with_columns(
            _incidence("events", by).alias("cumulative_incidence"),
            _incidence("competing", by).alias("competing_incidence"),
        )
        .with_columns(_variance(by).clip(lower_bound=0).sqrt().alias("standard_error"))
        .with_columns(_effective_number(by).alias("effective_number"))
        .with_columns(_interval())
        .drop("survival_before", "effective_number")
        .sort(*by, "days")
    )


def _by_day(
    counts: pl.LazyFrame, by: Sequence[str], event: str, competing: Sequence[str], censored: str
) -> pl.LazyFrame:
    together = pl.sum_horizontal(competing) if competing else pl.lit(0)
    rows = counts.select(
        *by,
        pl.col("days").cast(pl.Int32),
        pl.col(event).cast(pl.Int64).alias("events"),
        together.cast(pl.Int64).alias("competing"),
        pl.col(censored).cast(pl.Int64).alias("censored"),
    )
    first_days = rows.select(by).unique().with_columns(pl.lit(0, pl.Int32).alias("days"))
    return pl.concat([rows, first_days], how="diagonal").group_by(*by, "days").agg(pl.col(NUMBERS).sum())


def _ended() -> pl.Expr:
    return pl.col("events") + pl.col("competing")


def _gone() -> pl.Expr:
    return _ended() + pl.col("censored")


def _incidence(ending: str, by: Sequence[str]) -> pl.Expr:
    step = pl.col("survival_before") * pl.col(ending) / pl.col("at_risk")
    return step.cum_sum().over(by, order_by="days").clip(0, 1)


def _variance(by: Sequence[str]) -> pl.Expr:
    """Delta method: what the survival adds, what the events add, and the covariance of the two.

    On the day on which the last one at risk goes nothing can follow, so the first term is 0 there.
    """

    def summed(term: pl.Expr) -> pl.Expr:
        return term.cum_sum().over(by, order_by="days")

    at_risk, events, share = pl.col("at_risk"), pl.col("events"), pl.col("cumulative_incidence")
    left_over = at_risk - _ended()
    hazard = pl.when(left_over > 0).then(_ended() / (at_risk * left_over)).otherwise(0.0)
    step = pl.col("survival_before") * events / at_risk**2
    own = pl.col("survival_before") ** 2 * (at_risk - events) * events / at_risk**3
    of_survival = share**2 * summed(hazard) - 2 * share * summed(share * hazard) + summed(share**2 * hazard)
    return of_survival + summed(own) - 2 * share * summed(step) + 2 * summed(share * step)


def _effective_number(by: Sequence[str]) -> pl.Expr:
    """How many children, all followed to the day, would know the share as well (share x (1 - share) / variance).

    At a share of 0 or 1 the variance says nothing: those count whose story is known, that is all but the censored.
    """
    share, variance = pl.col("cumulative_incidence"), pl.col("standard_error") ** 2
    known = _gone().sum().over(by) - pl.col("censored").cum_sum().over(by, order_by="days")
    is_between = (share > 0) & (share < 1 - ROUNDING) & (variance > 0)
    return pl.when(is_between).then(share * (1 - share) / variance).otherwise(known.cast(pl.Float64))


def _interval() -> list[pl.Expr]:
    """Wilson's 95 % interval of the share among the effective number; where no story is known, from 0 to 1.

    Without censoring it is the Wilson interval of the plain share.
    """
    number = pl.col("effective_number")
    part = pl.col("cumulative_incidence") * number
    return [
        wilson_low(part, number).fill_null(0.0).alias("low"),
        wilson_high(part, number).fill_null(1.0).alias("high"),
    ]


def quantile_days(curve: pl.LazyFrame, by: Sequence[str], quantile: float = HALF) -> pl.LazyFrame:
    """The day on which each group's curve reaches the quantile: `days, low_days, high_days, state`.

    Null with state `not_reached` where it never does: others, or the end of following, came first. The interval is
    where the band crosses the quantile; an end that it does not reach is null.
    """

    def first_day(column: str) -> pl.Expr:
        return pl.col("days").filter(pl.col(column) >= quantile - ROUNDING).min()

    reached = curve.group_by(by).agg(
        first_day("cumulative_incidence").alias("quantile_day"),
        first_day("high").alias("low_days"),
        first_day("low").alias("high_days"),
    )
    is_reached = pl.col("quantile_day").is_not_null()
    return reached.select(
        *by,
        pl.col("quantile_day").alias("days"),
        pl.when(is_reached).then("low_days").alias("low_days"),
        pl.when(is_reached).then("high_days").alias("high_days"),
        pl.when(is_reached).then(pl.lit(NUMBER)).otherwise(pl.lit(NOT_REACHED)).alias("state"),
    ).sort(by)


def curve_on_grid(curve: pl.LazyFrame, grid: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Each curve on the days of `grid` only: a column `days`, and those of `by` for which the days differ.

    The share is that of the last step up to the day; `at_risk` are those followed to the day or longer. When nobody is
    left and the story is not over for all, share and interval are null and the state is `not_yet_due`.
    """
    shared = [column for column in grid.collect_schema().names() if column in by]
    groups = curve.select(by).unique()
    days = grid.with_columns(pl.col("days").cast(pl.Int32))
    wanted = (groups.join(days, on=shared) if shared else groups.join(days, how="cross")).sort("days")
    steps = curve.sort("days")
    estimates = steps.select(*by, "days", *ESTIMATES)
    followed = steps.select(*by, "days", "at_risk")
    is_known = (pl.col("at_risk") > 0) | (pl.col("survival") <= ROUNDING)
    return (
        wanted.join_asof(estimates, on="days", by=list(by), strategy="backward", check_sortedness=False)
        .join_asof(followed, on="days", by=list(by), strategy="forward", check_sortedness=False)
        .with_columns(pl.col("at_risk").fill_null(0))
        .with_columns(
            pl.when(is_known).then(pl.lit(NUMBER)).otherwise(pl.lit(NOT_FOLLOWED)).alias("state"),
            *(pl.when(is_known).then(column).alias(column) for column in ESTIMATES),
        )
        .sort(*by, "days")
    )
