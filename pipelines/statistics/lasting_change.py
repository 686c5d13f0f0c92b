"""A lasting change of a share over time: a CUSUM of likelihood ratios whose baseline is learnt from the series itself.

At the end of each period t, and for each period c in which a change may have begun, the counts of c to t are held
against those of the baseline before c: z is the signed root of twice the log likelihood ratio of two shares against
one. The baseline's own uncertainty is in it, since its counts are. A change is found when |z| reaches the limit for
some c, with at least eight periods before and two after, and each of the last two has gone at least a quarter of the
way from the old level to the new: one odd period is no lasting change.

A change that is found *stands*: c is fixed, and what has come since is held against the old baseline in each later
period. When it no longer reaches the limit it did not last, and is forgotten. When it has lasted for ten periods it is
the new normal: the new baseline begins with c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEVER = -1


@dataclass(frozen=True)
class Rule:
    """How many periods a baseline needs, how many a change, the limit of |z|, and how far the last periods have to go.

    The limit is calibrated by simulation (`benchmarks/statistics.py`): the fewest false alarms with which a drop of 20
    points from 0.6 among 50 children a period, where chance is largest, is surely found within two periods in 80 %.
    """

    baseline: int = 8
    after: int = 2
    limit: float = 2.6
    part_of_the_way: float = 0.25


@dataclass(frozen=True)
class LastingChanges:
    """Of each series: the change that stands at its end. All are 0, and `since` is -1, where none does.

    `since` is the position of its first period; `z` is negative for a fall; `found` counts all changes that were found
    on the way, those that did not last included.
    """

    since: Counts
    z: Numbers
    before_numerator: Counts
    before_denominator: Counts
    after_numerator: Counts
    after_denominator: Counts
    found: Counts


def lasting_changes(numerators: Counts, denominators: Counts, rule: Rule | None = None) -> LastingChanges:
    """Series in rows, periods in columns, oldest first. A period without a figure is a gap at the *end* of a row.

    Periods without a figure are left out before (the caller moves the others together) and filled with a denominator of
    0 at the end of the row: nothing is judged there. A denominator of 0 elsewhere counts as a period that says nothing.
    """
    watch = _Watch(numerators, denominators, rule or Rule())
    for period in range(numerators.shape[1]):
        watch.look(period)
    return watch.result()


def signed_root(x1: Counts, n1: Counts, x2: Counts, n2: Counts) -> Numbers:
    """z of the second share against the first: about standard normal when both are the same; 0 without children."""
    together = _likelihood(x1 + x2, n1 + n2)
    twice = 2 * (_likelihood(x1, n1) + _likelihood(x2, n2) - together)
    rises = np.sign(x2 * n1.astype(np.float64) - x1 * n2.astype(np.float64))
    return np.asarray(rises * np.sqrt(np.maximum(twice, 0)), dtype=np.float64)


def _likelihood(x: Counts, n: Counts) -> Numbers:
    whole = np.maximum(n, 1)
    return np.asarray(xlogy(x, x / whole) + xlogy(n - x, (n - x) / whole), dtype=np.float64)


class _Watch:
    """The state of all series while time goes on: where the baseline begins, and which change stands."""

    def __init__(self, numerators: Counts, denominators: Counts, rule: Rule) -> None:
        series = numerators.shape[0]
        self.rule = rule
        self.x, self.n = numerators, denominators
        self.sum_x, self.sum_n = _summed(numerators), _summed(denominators)
        self.rows = np.arange(series)
        self.start = np.zeros(series, np.int64)
        self.since = np.full(series, NEVER, np.int64)
        self.z = np.zeros(series)
        self.found = np.zeros(series, np.int64)
        self.end = np.zeros(series, np.int64)

    def look(self, period: int) -> None:
        """At the end of one period: what stood is held against its baseline again, then a change is looked for."""
        told = self.n[:, period] > 0
        self.end = np.where(told, period + 1, self.end)
        self._settle(told)
        self._search(period, told & (self.since == NEVER))

    def _settle(self, told: Flags) -> None:
        stands = told & (self.since != NEVER)
        z = self._against_baseline(np.maximum(self.since, 0))
        did_not_last = stands & (np.abs(z) < self.rule.limit)
        is_normal = stands & ~did_not_last & (self.end - self.since >= self.rule.baseline + self.rule.after)
        self.start = np.where(is_normal, self.since, self.start)
        self.z = np.where(stands, z, self.z)
        self.since = np.where(did_not_last | is_normal, NEVER, self.since)

    def _search(self, period: int, searched: Flags) -> None:
        """The c with the largest |z| among the last periods; the first of those that tie."""
        best, since = np.zeros(len(self.rows)), np.full(len(self.rows), NEVER, np.int64)
        first = max(period + 1 - self.rule.baseline, self.rule.baseline)
        for c in range(first, period + 2 - self.rule.after):
            z = self._against_baseline(np.full(len(self.rows), c))
            fits = searched & (c - self.start >= self.rule.baseline) & (np.abs(z) > np.abs(best))
            best, since = np.where(fits, z, best), np.where(fits, c, since)
        is_found = (np.abs(best) >= self.rule.limit) & self._goes_on(period, since)
        self.since = np.where(is_found, since, self.since)
        self.z = np.where(is_found, best, self.z)
        self.found += is_found

    def _against_baseline(self, c: Counts) -> Numbers:
        return signed_root(*self._sides(c))

    def _sides(self, c: Counts) -> tuple[Counts, Counts, Counts, Counts]:
        """Counts of the baseline before c, and of c up to the end."""
        before = [total[self.rows, c] - total[self.rows, self.start] for total in (self.sum_x, self.sum_n)]
        after = [total[self.rows, self.end] - total[self.rows, c] for total in (self.sum_x, self.sum_n)]
        return before[0], before[1], after[0], after[1]

    def _goes_on(self, period: int, c: Counts) -> Flags:
        """Whether each of the last periods has gone at least part of the way from the level before c to that since."""
        x1, n1, x2, n2 = self._sides(np.maximum(c, 0))
        before = x1 / np.maximum(n1, 1)
        change = x2 / np.maximum(n2, 1) - before
        goes_on = np.ones(len(self.rows), dtype=np.bool_)
        for last in range(max(period + 1 - self.rule.after, 0), period + 1):
            own = self.x[:, last] / np.maximum(self.n[:, last], 1) - before
            goes_on &= own * np.sign(change) >= self.rule.part_of_the_way * np.abs(change)
        return goes_on

    def result(self) -> LastingChanges:
        stands = self.since != NEVER
        sides = [np.where(stands, side, 0) for side in self._sides(np.maximum(self.since, 0))]
        return LastingChanges(
            self.since,
            np.where(stands, self.z, 0.0),
            sides[0],
            sides[1],
            sides[2],
            sides[3],
            self.found,
        )


def _summed(counts: Counts) -> Counts:
    return np.concatenate([np.zeros((counts.shape[0], 1), np.int64), np.cumsum(counts, axis=1)], axis=1)
