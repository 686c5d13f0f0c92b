"""Municipalities beside the country: limits, verdicts and ranks of one measure in one period.

From published shares, or from a steward's exact counts: the same columns, the same rules. Only rows whose state is
`number`, with a denominator above 0, take part. The others keep their row and state, and are `incomparable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.statistics.funnel_limits import funnel_limits
from pipelines.statistics.overdispersion import Overdispersion, overdispersion
from pipelines.wilson import wilson_high, wilson_low

VERDICTS = ("better", "similar", "worse", "incomparable")
BETTER, SIMILAR, WORSE, INCOMPARABLE = VERDICTS
LIMITS = ("low_998", "low_95", "high_95", "high_998")
BESIDE = {"target": pl.Float64(), "correlation": pl.Float64(), **{limit: pl.Float64() for limit in LIMITS}}
LARGEST_PART = 0.5
"""A place with more than this part of the country's children would mostly be compared with itself."""

FEWEST_PEERS = 3


@dataclass(frozen=True)
class Target:
    """The two counts of the country; both null when they are hidden."""

    numerator: int | None
    denominator: int | None

    @property
    def share(self) -> float | None:
        """Null when hidden, of nobody, or impossible (more counted than there are)."""
        if self.numerator is None or not self.denominator or not 0 <= self.numerator <= self.denominator:
            return None
        return self.numerator / self.denominator


def compared(
    shares: pl.LazyFrame, country: Target, *, high_is_good: bool, rank_floor: int, is_adjusted: bool = True
) -> pl.LazyFrame:
    """`place, numerator, denominator, state` (one row each) with interval, limits, verdict and rank.

    `share, low, high` (Wilson, 95 %); `target` (the country's share); `correlation` (see `overdispersion`; 0 when
    `is_adjusted` is false); the four limits; `z` in standard deviations of the funnel, null where it has none;
    `verdict`: outside of the 95 % limits is better or worse, as the polarity says, on a limit is similar; `is_clear`:
    outside of the 99.8 % limits; `rank`: 1 is best, ties share the better one, null under a denominator of
    `rank_floor`; `ranked`: how many places have one. Incomparable: no number, nobody there, the country hidden or
    empty, or a place with more than half of the country's children.
    """

    def beside(rows: pl.DataFrame) -> pl.DataFrame:
        return _beside_country(rows, country, dispersion(rows, country).correlation if is_adjusted else 0.0)

    return (
        _with_shares(shares)
        .map_batches(beside, schema=_schema(shares))
        .pipe(_judged, high_is_good=high_is_good)
        .pipe(_ranked, high_is_good=high_is_good, rank_floor=rank_floor)
    )


def compared_alone(shares: pl.LazyFrame, country: Target, correlation: float, *, high_is_good: bool) -> pl.LazyFrame:
    """The columns of `compared` but the ranks, where the usual variation is known: the `correlation` of `dispersion`.

    A reader who may see one place alone gets the verdict that all places together give it.
    """
    return (
        _with_shares(shares)
        .map_batches(lambda rows: _beside_country(rows, country, correlation), schema=_schema(shares))
        .pipe(_judged, high_is_good=high_is_good)
    )


def among_peers(
    shares: pl.LazyFrame,
    place: str,
    peers: Sequence[str],
    *,
    high_is_good: bool,
    rank_floor: int,
    correlation: float = 0.0,
) -> pl.LazyFrame:
    """The columns of `compared` for one place and its peers; only the place itself gets limits and a verdict.

    The target is what the peers' figures add up to, without the place's own. It comes from few children, so its own
    uncertainty widens the limits: they are those of one more place after the peers were seen (Jeffreys prior). Peers
    are too few to tell how much places usually differ: `correlation` is what `dispersion` found in the whole country.
    Fewer than three peers with a figure: incomparable. Ranks are those inside the group.
    """
    others = [peer for peer in peers if peer != place]
    group = shares.filter(pl.col("place").is_in([place, *others]))
    return (
        _with_shares(group)
        .map_batches(lambda rows: _beside_peers(rows, place, correlation), schema=_schema(shares))
        .pipe(_judged, high_is_good=high_is_good)
        .pipe(_ranked, high_is_good=high_is_good, rank_floor=rank_floor)
    )


def limit_curves(rows: pl.DataFrame, points: int = 120) -> pl.DataFrame:
    """`denominator` and the four limits, to draw the funnel of what `compared` made; no row where nothing has limits.

    Denominators go from a little below the smallest to a little above the largest, even steps of their logarithm.
    """
    limited = rows.filter(pl.col("low_95").is_not_null())
    if limited.is_empty():
        return rows.select(pl.col("denominator").cast(pl.Int64), *LIMITS).clear()
    counts = limited["denominator"].to_numpy()
    ends = max(counts.min() / 1.3, 1.0), counts.max() * 1.3
    sizes = np.unique(np.geomspace(*ends, points).round().astype(np.int64))
    target, correlation = limited.select("target", "correlation").row(0)
    limits = funnel_limits(sizes, target, correlation)
    return pl.DataFrame({"denominator": sizes, **{limit: getattr(limits, limit) for limit in LIMITS}})


def dispersion(rows: pl.DataFrame, country: Target) -> Overdispersion:
    """How much more shares differ than chance explains. `rows` as `compared` takes them; hidden places take no part."""
    if country.share is None or country.denominator is None:
        return Overdispersion(0, None, 0.0)
    known = rows.filter(_takes_part())
    numerators, denominators = known["numerator"].to_numpy(), known["denominator"].to_numpy()
    whole = max(country.denominator, int(denominators.sum()))
    return overdispersion(numerators, denominators, country.share, whole)


def _takes_part() -> pl.Expr:
    """A number of somebody. Counts that cannot be (more counted than there are) take no part either."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    is_number = pl.col("state").cast(pl.String) == "number"
    return (is_number & (denominator > 0) & numerator.is_between(0, denominator)).fill_null(value=False)


def _with_shares(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Share and Wilson's interval where the place takes part; what does not is never read, whatever stands there."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    known = pl.when(_takes_part())
    return rows.with_columns(
        known.then(numerator / denominator).alias("share"),
        known.then(wilson_low(numerator, denominator)).alias("low"),
        known.then(wilson_high(numerator, denominator)).alias("high"),
    )


def _schema(shares: pl.LazyFrame) -> pl.Schema:
    schema = _with_shares(shares).collect_schema()
    return pl.Schema({**schema, **BESIDE})


def _beside_country(rows: pl.DataFrame, country: Target, correlation: float) -> pl.DataFrame:
    target = country.share
    if target is None or country.denominator is None:
        return _without_limits(rows)
    fits = _takes_part() & (pl.col("denominator") <= country.denominator * LARGEST_PART)
    return _with_limits(rows, fits, target, correlation)


def _beside_peers(rows: pl.DataFrame, place: str, correlation: float) -> pl.DataFrame:
    others = rows.filter(_takes_part() & (pl.col("place") != place))
    if others.height < FEWEST_PEERS:
        return _without_limits(rows)
    counted, whole = int(others["numerator"].sum()) + 0.5, int(others["denominator"].sum()) + 1
    together = 1 - (1 - correlation) * (1 - 1 / (whole + 1))
    return _with_limits(rows, _takes_part() & (pl.col("place") == place), counted / whole, together)


def _without_limits(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in BESIDE.items())


def _with_limits(rows: pl.DataFrame, fits: pl.Expr, target: float, correlation: float) -> pl.DataFrame:
    """Limits of the rows that fit, for each denominator once; the target and the correlation on all rows."""
    sizes = rows.filter(fits)["denominator"].unique().cast(pl.Int64)
    limits = funnel_limits(sizes.to_numpy(), target, correlation)
    by_size = pl.DataFrame({"denominator": sizes, **{limit: getattr(limits, limit) for limit in LIMITS}})
    placed = rows.with_columns(pl.lit(target).alias("target"), pl.lit(float(correlation)).alias("correlation"))
    return placed.join(
        by_size.with_columns(pl.col("denominator").cast(rows.schema["denominator"])),
        on="denominator",
        how="left",
        maintain_order="left",
    ).with_columns(pl.when(fits).then(pl.col(limit)).alias(limit) for limit in LIMITS)


def _judged(rows: pl.LazyFrame, *, high_is_good: bool) -> pl.LazyFrame:
    """Verdict by the limits; null limits make it incomparable."""
    share, n, target = pl.col("share"), pl.col("denominator"), pl.col("target")
    above, below = share > pl.col("high_95"), share < pl.col("low_95")
    is_clear = (share > pl.col("high_998")) | (share < pl.col("low_998"))
    verdict = (
        pl.when(pl.col("low_95").is_null() | share.is_null())
        .then(pl.lit(INCOMPARABLE))
        .when(above)
        .then(pl.lit(BETTER if high_is_good else WORSE))
        .when(below)
        .then(pl.lit(WORSE if high_is_good else BETTER))
        .otherwise(pl.lit(SIMILAR))
    )
    variance = target * (1 - target) * (1 + (n - 1) * pl.col("correlation")) / n
    has_z = pl.col("low_95").is_not_null() & (variance > 0)
    return rows.with_columns(
        pl.when(has_z).then((share - target) / variance.sqrt()).alias("z"),
        verdict.cast(pl.Enum(VERDICTS)).alias("verdict"),
        is_clear.fill_null(value=False).alias("is_clear"),
    )


def _ranked(rows: pl.LazyFrame, *, high_is_good: bool, rank_floor: int) -> pl.LazyFrame:
    """A rank needs no country, but a denominator of at least the floor."""
    ranked = pl.when(pl.col("share").is_not_null() & (pl.col("denominator") >= rank_floor)).then(pl.col("share"))
    return rows.with_columns(
        ranked.rank("min", descending=high_is_good).cast(pl.Int64).alias("rank"),
        ranked.is_not_null().sum().cast(pl.Int64).alias("ranked"),
    )
