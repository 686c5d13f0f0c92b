"""Whether a share has changed for good: improving, worsening, no change, or why it cannot be said.

A series is one measure in one place over quarters, years or other periods that do not overlap. The rule is
`pipelines.statistics.lasting_change`. What was suppressed, missing or of nobody is a gap: it is no zero and not judged.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.special import ndtr

from pipelines.statistics.lasting_change import Rule, lasting_changes

TRENDS = ("improving", "worsening", "no_change", "cannot_be_said")
IMPROVING, WORSENING, NO_CHANGE, CANNOT_BE_SAID = TRENDS
REASONS = ("unknown_period", "overlapping_periods", "unknown_polarity", "too_few_periods", "no_recent_figure")
UNKNOWN_PERIOD, OVERLAPPING, UNKNOWN_POLARITY, TOO_FEW, NOT_RECENT = REASONS

SERIES = ("measure", "place")
OF_QUARTERS, OF_LONGER_PERIODS = Rule(baseline=8), Rule(baseline=4)
"""Two years of quarters are a baseline; of years, and of longer periods side by side, four."""

CHANGE = pl.Schema(
    {
        "since": pl.Int64(),
        "z": pl.Float64(),
        "before_numerator": pl.Int64(),
        "before_denominator": pl.Int64(),
        "after_numerator": pl.Int64(),
        "after_denominator": pl.Int64(),
    }
)


def trends(figures: pl.LazyFrame, polarity: Mapping[str, bool]) -> pl.LazyFrame:
    """`measure, place, period, numerator, denominator, state` -> one row for each measure and place.

    `polarity` says of each measure whether a high share is good. `trend`; `reason`, null unless it cannot be said;
    `since_period`, `before_share`, `after_share`, their counts and `z` where a change stands, else null; `last_period`
    with a figure; `p_value` of the change (1 without one, null where nothing can be said). Periods are `2024-Q1`,
    `2024` or `2022-2024`. Overlapping periods of a series are refused: they share children, so they are no independent
    evidence. Periods that are not yet due are as if they were not there.
    """
    placed = figures.filter(pl.col("state").cast(pl.String) != "not_yet_due").with_columns(
        _first_quarter().alias("first"), _last_quarter().alias("last")
    )
    about = placed.group_by(SERIES).agg(*_about_series()).join(placed.select(*_about_frame()), how="cross")
    return (
        about.join(_changes(placed), on=SERIES, how="left")
        .with_columns(_reason(polarity).alias("reason"))
        .with_columns(_trend(polarity).alias("trend"))
        .pipe(_told)
        .sort(SERIES)
    )


def _first_quarter() -> pl.Expr:
    """Quarters since year 0 of the beginning of a period; null when its name is no period."""
    return _year("^(\\d{4})(?:-Q[1-4]|-\\d{4})?$") * 4 + _quarter().fill_null(1) - 1


def _last_quarter() -> pl.Expr:
    return pl.coalesce(
        _year("^\\d{4}-(\\d{4})$") * 4 + 3,
        _year("^(\\d{4})-Q[1-4]$") * 4 + _quarter() - 1,
        _year("^(\\d{4})$") * 4 + 3,
    )


def _year(pattern: str) -> pl.Expr:
    return pl.col("period").str.extract(pattern, 1).cast(pl.Int64)


def _quarter() -> pl.Expr:
    return pl.col("period").str.extract("^\\d{4}-Q([1-4])$", 1).cast(pl.Int64)


def _is_told() -> pl.Expr:
    """A number of somebody; counts that cannot be are a gap."""
    is_number = pl.col("state").cast(pl.String) == "number"
    counted = pl.col("numerator").is_between(0, pl.col("denominator"))
    return (is_number & (pl.col("denominator") > 0) & counted).fill_null(value=False)


def _about_series() -> list[pl.Expr]:
    """What decides whether anything can be said: unreadable or overlapping periods, and how many have a figure."""
    begin, end = pl.col("first").sort_by("first"), pl.col("last").sort_by("first")
    return [
        (pl.col("first").is_null() | pl.col("last").is_null() | (pl.col("last") < pl.col("first")))
        .any()
        .alias("is_unknown"),
        (begin.shift(-1) <= end.cum_max()).fill_null(value=False).any().alias("is_overlapping"),
        _is_told().sum().alias("periods"),
        pl.col("last").filter(_is_told()).max().alias("last_told"),
        pl.col("period").filter(_is_told()).sort_by(pl.col("last").filter(_is_told())).last().alias("last_period"),
    ]


def _about_frame() -> list[pl.Expr]:
    """Where the last two periods of the whole frame begin, and whether there are quarters, told or not."""
    lasts = pl.col("last").drop_nulls().unique().sort(descending=True)
    return [
        lasts.head(2).min().alias("recent_from"),
        _has_quarters().alias("has_quarters"),
    ]


def _has_quarters() -> pl.Expr:
    """One rule for the whole frame: that of the changes is that of their p-values."""
    return ((pl.col("last") - pl.col("first")).min() == 0).fill_null(value=False)


def _changes(placed: pl.LazyFrame) -> pl.LazyFrame:
    """The change that stands in each series, with the name of the period in which it began."""
    with_rule = placed.with_columns(_has_quarters().alias("has_quarters"))
    told = with_rule.filter(_is_told() & pl.col("first").is_not_null()).sort(*SERIES, "first")
    numbered = told.with_columns(pl.int_range(pl.len()).over(SERIES).cast(pl.Int64).alias("position"))
    schema = numbered.select(SERIES).collect_schema()
    found = numbered.map_batches(_searched, schema=pl.Schema({**schema, **CHANGE}))
    names = numbered.select(*SERIES, pl.col("position").alias("since"), pl.col("period").alias("since_period"))
    return found.join(names, on=[*SERIES, "since"], how="left")


def _searched(rows: pl.DataFrame) -> pl.DataFrame:
    """All series beside each other in one table of periods, judged at once."""
    series = rows.select(SERIES).unique(maintain_order=True).with_row_index("row")
    at = rows.join(series, on=SERIES, how="left", maintain_order="left")["row"].to_numpy()
    positions = rows["position"].to_numpy()
    shape = (series.height, int(positions.max(initial=0)) + 1)
    numerators, denominators = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    numerators[at, positions], denominators[at, positions] = (
        rows["numerator"].to_numpy(),
        rows["denominator"].to_numpy(),
    )
    rule = OF_QUARTERS if rows["has_quarters"].any() else OF_LONGER_PERIODS
    found = lasting_changes(numerators, denominators, rule)
    return series.drop("row").with_columns(pl.Series(name, getattr(found, name)) for name in CHANGE)


def _baseline() -> pl.Expr:
    return pl.when("has_quarters").then(OF_QUARTERS.baseline).otherwise(OF_LONGER_PERIODS.baseline)


def _reason(polarity: Mapping[str, bool]) -> pl.Expr:
    """The first that holds, in the order of `REASONS`."""
    return (
        pl.when("is_unknown")
        .then(pl.lit(UNKNOWN_PERIOD))
        .when("is_overlapping")
        .then(pl.lit(OVERLAPPING))
        .when(~pl.col("measure").cast(pl.String).is_in(list(polarity)))
        .then(pl.lit(UNKNOWN_POLARITY))
        .when(pl.col("periods") < _baseline() + OF_QUARTERS.after)
        .then(pl.lit(TOO_FEW))
        .when(pl.col("last_told") < pl.col("recent_from"))
        .then(pl.lit(NOT_RECENT))
    ).cast(pl.Enum(REASONS))


def _trend(polarity: Mapping[str, bool]) -> pl.Expr:
    good = [measure for measure, high_is_good in polarity.items() if high_is_good]
    rises, is_good = pl.col("z") > 0, pl.col("measure").cast(pl.String).is_in(good)
    return (
        pl.when(pl.col("reason").is_not_null())
        .then(pl.lit(CANNOT_BE_SAID))
        .when(pl.col("since") < 0)
        .then(pl.lit(NO_CHANGE))
        .when(rises == is_good)
        .then(pl.lit(IMPROVING))
        .otherwise(pl.lit(WORSENING))
    ).cast(pl.Enum(TRENDS))


def _told(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Only what may be said: counts, shares and z where a change stands."""
    stands = pl.col("trend").is_in([IMPROVING, WORSENING])
    is_judged = pl.col("trend") != CANNOT_BE_SAID
    counts = [name for name in CHANGE if name.endswith("ator")]
    changed = [pl.when(stands).then(pl.col(name)).alias(name) for name in ("since_period", "z", *counts)]
    shares = [
        pl.when(stands).then(pl.col(f"{side}_numerator") / pl.col(f"{side}_denominator")).alias(f"{side}_share")
        for side in ("before", "after")
    ]
    p_value = pl.when(is_judged).then(pl.when(stands).then(_p_value()).otherwise(1.0))
    return rows.select(*SERIES, "trend", "reason", "last_period", *changed, *shares, p_value.alias("p_value"))


def _p_value() -> pl.Expr:
    """Of the largest |z| among the places where a change that still stands may have begun: Bonferroni's bound."""
    two_sided = pl.col("z").map_batches(lambda z: pl.Series(2 * ndtr(-z.abs().to_numpy())), return_dtype=pl.Float64)
    return (two_sided * _baseline()).clip(0, 1)
