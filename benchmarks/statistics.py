"""How often intervals hold the truth, and how often comparison and trend are right. Exact or simulated; no store.

`python -m benchmarks.statistics` prints the tables; about a minute.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from benchmarks import curve_intervals, ratio_intervals
from pipelines.alerts import FALSE_PART, alerts
from pipelines.definitions.reference import Reference
from pipelines.statistics.funnel_limits import FunnelLimits, funnel_limits
from pipelines.statistics.lasting_change import NEVER, Rule, lasting_changes
from pipelines.statistics.overdispersion import overdispersion
from pipelines.trends import OF_LONGER_PERIODS, OF_QUARTERS, trends
from pipelines.wilson import wilson_high, wilson_low

Counts = npt.NDArray[np.int64]
SIZES = (5, 10, 20, 50, 100, 200, 500)
SHARES = (0.05, 0.3, 0.5, 0.7, 0.9, 0.97)
COUNTRIES, SERIES, LISTS = 600, 10_000, 20
INHABITANTS_PER_CHILD = 700
QUARTERS = [f"{year}-Q{quarter}" for year in range(2019, 2026) for quarter in (1, 2, 3, 4)]


def measure() -> list[str]:
    """All tables as lines of Markdown."""
    parts = (
        wilson_coverage(),
        false_alarms(),
        exact_alarms(),
        found_changes(),
        false_changes(),
        false_lists(),
        ratio_intervals.measure(),
        curve_intervals.measure(),
    )
    return [line for part in parts for line in (*part, "")][:-1]


def wilson_coverage() -> list[str]:
    """Exact, by summing over all counts; shares on an even grid between 0 and 1."""
    grid = (np.arange(2000) + 0.5) / 2000
    lines = [
        "Wilson's 95 % interval, exact (target: 93–97 % on average over shares spread evenly between 0 and 1):",
        "",
        "| n | average | lowest | at a share of | highest | shares with 93–97 % | average, shares from 5 % to 95 % |",
        "|---|---|---|---|---|---|---|",
    ]
    for n in SIZES:
        holds = _held_by_wilson(n, grid)
        inner = holds[(grid >= 0.05) & (grid <= 0.95)]
        within = float(((holds >= 0.93) & (holds <= 0.97)).mean())
        lines.append(
            f"| {n} | {holds.mean():.1%} | {holds.min():.1%} | {grid[holds.argmin()]:.2%} | {holds.max():.1%} "
            f"| {within:.0%} | {inner.mean():.1%} |"
        )
    return lines


def _held_by_wilson(n: int, grid: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    counts = np.arange(n + 1)
    ends = pl.DataFrame({"x": counts}).select(
        wilson_low(pl.col("x"), pl.lit(n)).alias("low"), wilson_high(pl.col("x"), pl.lit(n)).alias("high")
    )
    low, high = ends["low"].to_numpy()[:, None], ends["high"].to_numpy()[:, None]
    chances = stats.binom.pmf(counts[:, None], n, grid[None, :])
    return np.asarray((chances * ((low <= grid) & (grid <= high))).sum(axis=0))


def municipal_sizes() -> Counts:
    """98 denominators from 5 to 500, as unlike as Danish municipalities are."""
    people = Reference.load().municipalities.unique("municipality_code", keep="first").sort("municipality_code")
    sizes = (people["population_2016"].to_numpy() / INHABITANTS_PER_CHILD).round().clip(5, 500)
    return np.asarray(sizes, dtype=np.int64)


def false_alarms() -> list[str]:
    """Countries of 98 municipalities; correlation 0: all are equal."""
    sizes = municipal_sizes()
    lines = [
        f"Municipalities outside of the limits; {COUNTRIES:,} simulated countries of {len(sizes)} municipalities with "
        f"denominators from {sizes.min()} to {sizes.max()} (median {int(np.median(sizes))}). Correlation 0: all are "
        "equal (target: at most 5 % and 0.2 %, within a point). As published: limits of Spiegelhalter 2005, A.1.1.",
        "",
        "| share | correlation | chance alone 95 % | 99.8 % | with overdispersion 95 % | 99.8 % | countries adjusted "
        "| as published 95 % | 99.8 % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for correlation, shares in ((0.0, SHARES), (0.01, (0.7, 0.9)), (0.03, (0.7, 0.9))):
        for share in shares:
            told = np.mean(list(_alarms_of_countries(sizes, share, correlation)), axis=0)
            cells = " | ".join(f"{part:.1%}" if at == 4 else f"{part:.2%}" for at, part in enumerate(told))
            lines.append(f"| {share} | {correlation} | {cells} |")
    return lines


def _alarms_of_countries(sizes: Counts, share: float, correlation: float) -> Iterable[list[float]]:
    random = np.random.default_rng(round(share * 1000) + round(correlation * 10_000))
    for _ in range(COUNTRIES):
        own = _own_shares(random, len(sizes), share, correlation)
        counted = random.binomial(sizes, own)
        target, whole = counted.sum() / sizes.sum(), int(sizes.sum())
        usual = overdispersion(counted, sizes, target, whole).correlation
        plain = funnel_limits(sizes, target)
        adjusted = funnel_limits(sizes, target, usual) if usual else plain
        as_published = FunnelLimits(plain.low_998, plain.low_95, plain.high_95 - 1 / sizes, plain.high_998 - 1 / sizes)
        shares = counted / sizes
        yield [
            *_outside(shares, plain), *_outside(shares, adjusted), float(usual > 0), *_outside(shares, as_published),
        ]  # fmt: skip


def _own_shares(random: np.random.Generator, places: int, share: float, correlation: float) -> npt.NDArray[np.float64]:
    if not correlation:
        return np.full(places, share)
    size = 1 / correlation - 1
    return random.beta(share * size, (1 - share) * size, places)


def _outside(shares: npt.NDArray[np.float64], limits: FunnelLimits) -> tuple[float, float]:
    wide = (shares < limits.low_95) | (shares > limits.high_95)
    clear = (shares < limits.low_998) | (shares > limits.high_998)
    return float(wide.mean()), float(clear.mean())


def exact_alarms() -> list[str]:
    """The chance of a false alarm at each denominator, exactly, when the target is known."""
    lines = [
        "The same for one municipality and a known target, exact, denominators from 1 to 500:",
        "",
        "| share | highest at 95 % | at 99.8 % | average 95 %, denominators 5–20 | 21–500 |",
        "|---|---|---|---|---|",
    ]
    sizes = np.arange(1, 501)
    for share in SHARES:
        limits = funnel_limits(sizes, share)
        chances = [
            stats.binom.cdf(np.ceil(low * sizes - 1e-9) - 1, sizes, share)
            + stats.binom.sf(np.floor(high * sizes + 1e-9), sizes, share)
            for low, high in ((limits.low_95, limits.high_95), (limits.low_998, limits.high_998))
        ]
        small, large = chances[0][4:20].mean(), chances[0][20:].mean()
        lines.append(f"| {share} | {chances[0].max():.2%} | {chances[1].max():.2%} | {small:.2%} | {large:.2%} |")
    return lines


def found_changes() -> list[str]:
    """A change at the end of a baseline, found at the end of the second quarter after it."""
    lines = [
        f"A lasting change of 20 points, 50 children a quarter, found within two quarters (target: at least 80 %); "
        f"{SERIES:,} series each, baseline learnt from the quarters before:",
        "",
        "| from | to | baseline 8 quarters | 12 quarters | 20 quarters |",
        "|---|---|---|---|---|",
    ]
    for before, after in ((0.6, 0.4), (0.7, 0.5), (0.8, 0.6), (0.9, 0.7), (0.5, 0.7), (0.7, 0.9)):
        found = [_found_within_two(before, after, quarters) for quarters in (8, 12, 20)]
        lines.append(f"| {before} | {after} | " + " | ".join(f"{part:.1%}" for part in found) + " |")
    return lines


def _found_within_two(before: float, after: float, quarters: int) -> float:
    random = np.random.default_rng(quarters)
    shares = np.array([before] * quarters + [after] * 2)
    counted = random.binomial(50, shares, (SERIES, quarters + 2))
    found = lasting_changes(counted, np.full_like(counted, 50))
    return float(((found.since != NEVER) & (np.sign(found.z) == np.sign(after - before))).mean())


def false_changes() -> list[str]:
    """Series in which nothing changes, watched for 20 periods after their baseline."""
    lines = [
        f"Changes found in five years (20 quarters after a baseline of 8) where nothing changes (target: at most 1 a "
        f"series); {SERIES:,} series each; in the last column 20 years after a baseline of 4:",
        "",
        "| children a quarter | share 0.5 | 0.7 | 0.9 | 0.97 | share 0.7, years |",
        "|---|---|---|---|---|---|",
    ]
    for size in (*SIZES, "5 to 95"):
        found = [_found_by_chance(size, share, OF_QUARTERS) for share in (0.5, 0.7, 0.9, 0.97)]
        found.append(_found_by_chance(size, 0.7, OF_LONGER_PERIODS))
        lines.append(f"| {size} | " + " | ".join(f"{part:.2f}" for part in found) + " |")
    return lines


def _found_by_chance(size: int | str, share: float, rule: Rule) -> float:
    random = np.random.default_rng(round(share * 100))
    shape = (SERIES, rule.baseline + 20)
    sizes = random.integers(5, 96, shape) if isinstance(size, str) else np.full(shape, size)
    return float(lasting_changes(random.binomial(sizes, share), sizes, rule).found.mean())


def false_lists() -> list[str]:
    """The alert list of a country: 98 places, 30 measures, 28 quarters."""
    lines = [
        f"Alert lists over 98 places and 30 measures ({LISTS} lists each; of those listed at most {FALSE_PART:.0%} "
        "shall be chance, on average), quarters of 5 to 95 children, a fall of 20 points in the last year:",
        "",
        "| series that fall | listed | of them chance | of those that fall, listed | changes that stand alone |",
        "|---|---|---|---|---|",
    ]
    for part in (0.0, 0.01, 0.1):
        told = np.array([_listed(part, seed) for seed in range(LISTS)])
        listed, false, stood = told[:, 0].mean(), told[:, 1].mean(), told[:, 2].mean()
        fell = round(98 * 30 * part)
        chance = float(np.mean(told[:, 1] / np.maximum(told[:, 0], 1)))
        power = f"{(listed - false) / fell:.0%}" if fell else "–"
        lines.append(f"| {fell} of {98 * 30:,} | {listed:.1f} | {chance:.1%} | {power} | {stood:.0f} |")
    return lines


def _listed(part: float, seed: int) -> tuple[int, int, int]:
    random = np.random.default_rng(seed)
    series = 98 * 30
    shares = np.repeat(random.uniform(0.4, 0.95, series)[:, None], len(QUARTERS), axis=1)
    falls = np.arange(series) < round(series * part)
    shares[falls, -4:] -= 0.2
    sizes = random.integers(5, 96, shares.shape)
    figures = pl.LazyFrame(
        {
            "measure": np.repeat(np.arange(series) // 98, len(QUARTERS)).astype(str),
            "place": np.repeat(np.arange(series), len(QUARTERS)).astype(str),
            "period": QUARTERS * series,
            "numerator": random.binomial(sizes, shares).ravel(),
            "denominator": sizes.ravel(),
        }
    ).with_columns(pl.lit("number").alias("state"))
    judged = trends(figures, {str(measure): True for measure in range(30)}).collect()
    listed = alerts(judged.lazy()).collect()["place"].cast(pl.Int64).to_numpy()
    return len(listed), int((listed >= falls.sum()).sum()), int(judged["since_period"].is_not_null().sum())


if __name__ == "__main__":
    print("\n".join(measure()))
