"""What the readers of checks and of deliveries may tell of counts of rows beyond a steward's own municipality.

Figures of children are no matter of this module: they are read as the gate has published them. What is told here are
numbers of rows of a register or of a check, to national coordination, and only where none of them is small or gives a
small one away. Nothing here depends on who looks.
"""

from __future__ import annotations

import polars as pl

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
