"""The bootstrap of a statistic of sums over independent units, with bias-corrected and accelerated (BCa) intervals.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), 14.3 and 15.4; the same formulas as
`scipy.stats.bootstrap`, for many statistics and thousands of units at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

AT_ONCE = 100
"""Resamples that are drawn together: enough to be quick, few enough for the memory."""


@dataclass(frozen=True)
class Resampled:
    """Statistics (one per cell) with their bootstrap draws (resamples x cells).

    `squares` and `cubes` are the sums of the squared and cubed jackknife influences of the units. NaN: no statistic.
    """

    estimate: Array
    draws: Array
    squares: Array
    cubes: Array

    def minus(self, other: Resampled) -> Resampled:
        """The difference of two independent samples, draw by draw; its influences are those of both."""
        return Resampled(
            self.estimate - other.estimate,
            self.draws - other.draws,
            self.squares + other.squares,
            self.cubes - other.cubes,
        )

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Low and high ends of the BCa interval.

        NaN where there is nothing to resample: no statistic, one unit alone, or units that are all alike. Draws without
        a statistic (none of its units was drawn) are left out.
        """
        bias, acceleration = self._bias(), self._acceleration()
        ends = [_shifted(bias, acceleration, tail) for tail in ((1 - level) / 2, (1 + level) / 2)]
        ordered = np.sort(self.draws, axis=0)
        low, high = (_quantile(ordered, share) for share in ends)
        return low, high

    def _bias(self) -> Array:
        """How far the estimate lies from the middle of its draws, as a normal deviate; ties count half."""
        from scipy.special import ndtri

        with np.errstate(invalid="ignore", divide="ignore"):
            below = (self.draws < self.estimate).sum(axis=0) + (self.draws <= self.estimate).sum(axis=0)
            return np.asarray(ndtri(below / (2 * np.isfinite(self.draws).sum(axis=0))), dtype=np.float64)

    def _acceleration(self) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.squares > 0, self.cubes / (6 * self.squares**1.5), np.nan)


def resampled(units: Array, statistic: Callable[[Array], Array], resamples: int, seed: int | list[int]) -> Resampled:
    """Resample the rows of `units` with replacement; `statistic` maps sums of rows (many x columns) to cells.

    The same seed gives the same resamples whatever the columns are.
    """
    many = len(units)
    if many == 0:
        nothing = np.full_like(statistic(np.zeros((1, units.shape[1])))[0], np.nan)
        return Resampled(nothing, np.full((resamples, len(nothing)), np.nan), nothing, nothing)
    whole = units.sum(axis=0)
    left_out = statistic(whole - units)
    influence = (many - 1) / many * (left_out.mean(axis=0) - left_out)
    random = np.random.default_rng(seed)
    draws = [statistic(_times_drawn(random, many, part) @ units) for part in _parts(resamples)]
    squared = influence**2
    squares, cubes = squared.sum(axis=0), (squared * influence).sum(axis=0)
    return Resampled(statistic(whole[None, :])[0], np.concatenate(draws), squares, cubes)


def _parts(resamples: int) -> list[int]:
    return [min(AT_ONCE, resamples - done) for done in range(0, resamples, AT_ONCE)]


def _times_drawn(random: np.random.Generator, many: int, resamples: int) -> Array:
    """How often each unit is drawn in each resample."""
    drawn = random.integers(0, many, size=(resamples, many)) + np.arange(resamples)[:, None] * many
    return np.bincount(drawn.ravel(), minlength=resamples * many).reshape(resamples, many).astype(np.float64)


def _shifted(bias: Array, acceleration: Array, tail: float) -> Array:
    """The share of draws below the end of a BCa interval."""
    from scipy.special import ndtr, ndtri

    with np.errstate(invalid="ignore", divide="ignore"):
        deviate = bias + ndtri(tail)
        return np.asarray(ndtr(bias + deviate / (1 - acceleration * deviate)), dtype=np.float64)


def _quantile(ordered: Array, share: Array) -> Array:
    """Linear between the two draws beside it. `ordered` has its NaN last."""
    known = np.isfinite(ordered).sum(axis=0)
    usable = (known > 0) & np.isfinite(share)
    place = np.where(usable, share, 0) * np.maximum(known - 1, 0)
    before = np.floor(place).astype(np.int64)
    after = np.minimum(before + 1, np.maximum(known - 1, 0))
    first, second = (np.take_along_axis(ordered, at[None, :], axis=0)[0] for at in (before, after))
    return np.where(usable, first + (second - first) * (place - before), np.nan)
