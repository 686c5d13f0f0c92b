"""Chance with a seed: each theme has a stream of its own, so that a change in one theme leaves the others alone."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from sample_data.days import Days, Flags, Rows, Shares


class Chance:
    """A stream of chance for one theme of one batch of one seed."""

    def __init__(self, seed: int, batch: int, theme: str) -> None:
        self._stream = np.random.default_rng([seed, batch, zlib.crc32(theme.encode())])

    def happens(self, share: float | Shares, size: int) -> Flags:
        """True with that probability."""
        return self._stream.random(size) < share

    def between(self, low: int | Days, high: int | Days, size: int | None = None) -> Days:
        """A whole number from low to high, both included; low where high is below it."""
        width = np.maximum(np.asarray(high) - np.asarray(low), 0) + 1
        shape = size if size is not None else np.broadcast(low, high).size
        drawn: Days = (np.asarray(low) + np.floor(self._stream.random(shape) * width)).astype(np.int64)
        return drawn

    def waiting(self, mean_days: float | Shares, size: int) -> Days:
        """An exponential waiting time in whole days."""
        return np.floor(self._stream.exponential(mean_days, size)).astype(np.int64)

    def normal(self, mean: float | Shares | Days, spread: float | Shares, size: int) -> Shares:
        """A normal deviate."""
        return self._stream.normal(mean, spread, size)

    def pick(self, weights: Sequence[float] | Shares, size: int) -> Rows:
        """The place of one option, drawn by weight."""
        share = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = np.searchsorted(share, self._stream.random(size) * share[-1], side="right")
        places: Rows = np.minimum(drawn, len(share) - 1).astype(np.int64)
        return places


def success(base: float, quality: Shares, years: Shares, *, slope: float = 0.06) -> Shares:
    """The chance that work is done: its base in 2021, better where quality is high, and a little better every year."""
    odds = np.log(base / (1 - base)) + 0.8 * quality + slope * years
    shares: Shares = 1 / (1 + np.exp(-odds))
    return shares
