"""What a page may show of a count: the five states, and the suppression of small counts, in this one place.

This is the first, primary suppression (counts from 1 to threshold - 1); the gate that also protects against adding and
subtracting published figures comes between the store and the pages later. Nothing here depends on who looks.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import polars as pl

State = Literal["number", "suppressed", "missing", "not_applicable", "not_yet_due"]
STATES: tuple[State, ...] = ("number", "suppressed", "missing", "not_applicable", "not_yet_due")


OF_FIGURES = frozenset(
    {"cohorts", "counts", "feeds", "linkage", "reporting", "shares", "sizes", "volume", "volume_by_year"}
)
"""Frames of checks whose rows are figures of a municipality, not records of persons: a count of them is never small."""


def smallest_shown(frame: str, threshold: int) -> int:
    """The smallest count of rows of a frame, beside none, that may be told of a municipality."""
    return 1 if frame in OF_FIGURES else threshold


def is_small(count: pl.Expr, threshold: int) -> pl.Expr:
    """Counts that may point at a child: from 1 to threshold - 1. Zero is not small; null stays null."""
    return count.is_between(1, threshold - 1)


def state_of_share(numerator: pl.Expr, denominator: pl.Expr, pending: pl.Expr, threshold: int) -> pl.Expr:
    """The state of numerator / denominator, as text.

    `pending` counts what is not due yet or was met before it was due: it tells *not yet due* from *not applicable*.
    A null denominator is *missing*: nobody counted. The rest of the denominator must not be small either, for it is
    what the share leaves over.
    """
    small = (
        is_small(denominator, threshold) | is_small(numerator, threshold) | is_small(denominator - numerator, threshold)
    )
    return (
        pl.when(denominator.is_null() | numerator.is_null())
        .then(pl.lit("missing"))
        .when(denominator.eq(0) & pending.fill_null(0).gt(0))
        .then(pl.lit("not_yet_due"))
        .when(denominator.eq(0))
        .then(pl.lit("not_applicable"))
        .when(small)
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit("number"))
    )


def shown_in_chain(children: list[int], threshold: int) -> list[bool]:
    """Which counts of a funnel may be shown, first to last; each is part of the one before.

    A count is hidden when it is small or when it differs by a small count from the last one shown: those children
    could be found by subtraction. A hidden group hides all that it consists of, so a funnel that begins small is
    hidden whole.
    """
    shown: list[bool] = []
    last: int | None = None
    for position, count in enumerate(children):
        begins_small = position > 0 and last is None
        hidden = begins_small or _small(count, threshold) or (last is not None and _small(last - count, threshold))
        shown.append(not hidden)
        last = last if hidden else count
    return shown


def lost_shown(shown: list[bool]) -> list[bool]:
    """Whether the number lost at each step may be shown: only between two shown counts (none is lost at the first)."""
    return [False, *(before and after for before, after in pairwise(shown))]


def shown_parts(parts: list[int], threshold: int) -> list[bool]:
    """Which parts of a shown total may be shown.

    Small parts are hidden. The total minus the shown parts gives the sum of the hidden ones: as long as that sum fixes
    or narrows them (one hidden part, or a sum that small parts alone can make), the smallest shown part is hidden too.
    """
    hidden = {position for position, part in enumerate(parts) if _small(part, threshold)}
    others = sorted((part, position) for position, part in enumerate(parts) if part > 0 and position not in hidden)
    while hidden and others and sum(parts[position] for position in hidden) <= (threshold - 1) * len(hidden):
        hidden.add(others.pop(0)[1])
    return [position not in hidden for position in range(len(parts))]


def gives_away(parts: list[int], shown: list[bool], threshold: int) -> bool:
    """Whether a shown total tells too much of the parts that `shown_parts` has hidden.

    Where there was nothing larger left to hide, small parts stand alone behind the total. It may be shown if each of
    them could still have every small value: 3 and 2 of 5, but not 4 and 4 of 8, nor five times 1 of 5. Then either the
    total or whose parts they are has to be hidden too.
    """
    hidden = [part for part, is_shown in zip(parts, shown, strict=True) if not is_shown]
    rest, others, most = sum(hidden), len(hidden) - 1, threshold - 1
    if not hidden or rest > most * len(hidden):
        return False
    return not others + most <= rest <= others * most + 1


def _small(count: int, threshold: int) -> bool:
    return 1 <= count < threshold
