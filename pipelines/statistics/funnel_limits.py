"""Funnel limits of a share around a target: exact for every denominator, small ones included.

Spiegelhalter 2005 (Statistics in Medicine 24, 1185-1202, A.1.1) interpolates between two counts of the binomial
distribution. His lower limit is used as it is. His upper limit marks a count whose own tail is still above the level;
here it is the mirror image of the lower limit (of those not counted, around 1 - target), one child higher. So what lies
outside has at most the stated probability, whatever the denominator, and a share and its complement agree.

With overdispersion the counts are beta-binomial: each place's own share is drawn around the target. `correlation` is
the correlation of two children of the same place (0: binomial), the variance of a share is
target (1 - target) / n x (1 + (n - 1) x correlation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

TAIL_95, TAIL_998 = 0.025, 0.001
"""The probability beyond each of the two limits on one side."""

AT_A_TIME = 1 << 16


@dataclass(frozen=True)
class FunnelLimits:
    """Shares between 0 and 1, one of each for every denominator. A share on a limit is inside."""

    low_998: Numbers
    low_95: Numbers
    high_95: Numbers
    high_998: Numbers


def funnel_limits(denominators: Counts, target: float, correlation: float = 0.0) -> FunnelLimits:
    """Limits of 95 % and 99.8 % for denominators of at least 1, a target from 0 to 1, a correlation in [0, 1)."""
    low_95, low_998 = lower_limits(denominators, target, correlation, (TAIL_95, TAIL_998))
    high_95, high_998 = (1 - low for low in lower_limits(denominators, 1 - target, correlation, (TAIL_95, TAIL_998)))
    return FunnelLimits(low_998, low_95, high_95, high_998)


def lower_limits(
    denominators: Counts, target: float, correlation: float, tails: tuple[float, ...]
) -> tuple[Numbers, ...]:
    """For each tail p: (r - a) / n with r the smallest count with P(R <= r) > p and a the interpolation; at least 0."""
    if not len(denominators):
        return tuple(np.zeros(0) for _ in tails)
    distinct, back = np.unique(denominators, return_inverse=True)
    products = _Products.up_to(int(distinct.max()), target, correlation)
    parts = [_limits(block, products, tails) for block in _blocks(distinct)]
    return tuple(np.concatenate(of_tail)[back] for of_tail in zip(*parts, strict=True))


def _blocks(denominators: Counts) -> list[Counts]:
    """Together they need millions of chances: as many at a time as stay close at hand, and one denominator at least."""
    begun = np.cumsum(denominators + 1) // AT_A_TIME
    return np.split(denominators, np.flatnonzero(np.diff(begun)) + 1)


def _limits(denominators: Counts, products: _Products, tails: tuple[float, ...]) -> list[Numbers]:
    starts = np.concatenate([[0], np.cumsum(denominators + 1)[:-1]])
    chances = _chances(denominators, products)
    cumulated = _cumulated(chances, starts, denominators)
    limits = []
    for tail in tails:
        first = np.minimum(np.add.reduceat((cumulated <= tail).astype(np.int64), starts), denominators)
        at = starts + first
        within = np.divide(cumulated[at] - tail, chances[at], out=np.ones(len(at)), where=chances[at] > 0)
        limits.append(np.clip((first - within.clip(0, 1)) / denominators, 0, 1))
    return limits


@dataclass(frozen=True)
class _Products:
    """Logarithms of what the chances are made of, by the number of factors (see `_rising`)."""

    factorial: Numbers
    counted: Numbers
    not_counted: Numbers
    whole: Numbers

    @staticmethod
    def up_to(largest: int, target: float, correlation: float) -> _Products:
        """For denominators of at most `largest`."""
        spread = correlation / (1 - correlation)
        beginnings = ((1.0, 1.0), (target, spread), (1 - target, spread), (1.0, spread))
        return _Products(*(_rising(first, step, largest) for first, step in beginnings))


def _chances(denominators: Counts, products: _Products) -> Numbers:
    """P(R = 0), ..., P(R = n) for each n, one after the other."""
    sizes = denominators + 1
    wholes = np.repeat(denominators, sizes)
    parts = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    factorial = products.factorial
    ways = factorial[wholes] - factorial[parts] - factorial[wholes - parts]
    logarithms = ways + products.counted[parts] + products.not_counted[wholes - parts] - products.whole[wholes]
    return np.asarray(np.exp(logarithms), dtype=np.float64)


def _rising(first: float, step: float, largest: int) -> Numbers:
    """Logarithms of first (first + step) (first + 2 step) ..., with 0, 1, ... `largest` factors."""
    with np.errstate(divide="ignore"):
        return np.concatenate([[0.0], np.cumsum(np.log(first + step * np.arange(largest)))])


def _cumulated(chances: Numbers, starts: Counts, denominators: Counts) -> Numbers:
    """P(R <= r) inside the stretch of each denominator."""
    running = np.cumsum(chances)
    before = np.concatenate([[0.0], running])[starts]
    return np.asarray(running - np.repeat(before, denominators + 1), dtype=np.float64)
