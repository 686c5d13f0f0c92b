"""Figures that are made from several children at once: quantiles, costs, curves, and when each may be shown.

Rule 5 of the gate. Pure functions: the caller counts, these say what may go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor


def quantile_may_be_shown(children: int, quantile: float, threshold: int) -> bool:
    """At least t children lie on either side; so never a minimum (0) or a maximum (1), which is one child's value.

    The median of 2t children has t on either side, that of 2t + 1 too, with one child in the middle.
    """
    below, above = children * quantile, children * (1 - quantile)
    return min(floor(below + 1e-9), floor(above + 1e-9)) >= threshold


def mean_may_be_shown(children: int, threshold: int) -> bool:
    """At least t children are behind a mean."""
    return children >= threshold


def sum_may_be_shown(amounts: Sequence[float], threshold: int) -> bool:
    """A sum or mean of amounts, one for each child: at least t children have one, and none has above half of the sum.

    A child without costs stands behind no cost. Amounts that are paid back count by their size: a large payment and its
    repayment belong to a child as well. Exactly half is allowed.
    """
    sizes = [abs(amount) for amount in amounts if amount]
    return len(sizes) >= threshold and max(sizes) * 2 <= sum(sizes)


def steps_of_a_curve(events: Sequence[int], at_risk: Sequence[int], threshold: int) -> list[bool]:
    """Where a curve may step, in order of time: when at least t events have come since the last step that was shown.

    `at_risk` are the children still followed just before each time. A step needs t of them left after it too, or its
    last children could be counted off. What has come since then is part of the next step, or is not shown at all.
    """
    shown: list[bool] = []
    waiting = 0
    for happened, followed in zip(events, at_risk, strict=True):
        waiting += happened
        steps = happened > 0 and waiting >= threshold and followed - happened >= threshold
        shown.append(steps)
        waiting = 0 if steps else waiting
    return shown
