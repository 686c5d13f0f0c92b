"""How sure a share is and how sure a change of it: Wilson's interval, and Newcombe's for a difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["better", "similar", "worse"]


@dataclass(frozen=True)
class Interval:
    """A share with its 95 % interval, all between 0 and 1 (a difference: between -1 and 1)."""

    value: float
    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        """Whether the two intervals share a point: then the figures cannot tell the two apart."""
        return self.low <= other.high and other.low <= self.high


def change(earlier: Interval, later: Interval) -> Interval:
    """Later minus earlier, with Newcombe's interval (his method 10: from two Wilson intervals, independent groups)."""
    difference = later.value - earlier.value
    below = ((later.value - later.low) ** 2 + (earlier.high - earlier.value) ** 2) ** 0.5
    above = ((later.high - later.value) ** 2 + (earlier.value - earlier.low) ** 2) ** 0.5
    return Interval(difference, difference - below, difference + above)


def direction(difference: Interval, *, high_is_good: bool) -> Direction:
    """Whether a change is more than chance: its interval keeps clear of 0."""
    if difference.low <= 0 <= difference.high:
        return "similar"
    return "better" if (difference.value > 0) == high_is_good else "worse"
