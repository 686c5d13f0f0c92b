"""Where readers are told that nobody is counted: only where it follows from what else they are told.

If it were told everywhere, whatever is suppressed would be known to be at least 1, and five suppressed places that add
up to five would be 1 each. So what is suppressed may be nobody, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import Flags


def evident(axes: Sequence[Axis], empty: Flags, told: Flags, released: Flags) -> Flags:
    """The empty combinations that readers may know to be empty. All flags have one dimension for each axis.

    `empty`: nobody is counted; `told`: the count is shown; `released`: it is a cell, or empty. What is part of nothing
    that is released is told as such: it adds up to nothing with others.
    """
    known = np.where(empty, _on_top(axes, released), told)
    found = -1
    while found != (found := int(known.sum())):
        for at, total, parts in _sums(axes):
            _follow(np.moveaxis(known, at, 0), np.moveaxis(empty, at, 0), total, parts)
    return np.asarray(known & empty, dtype=np.bool_)


def _sums(axes: Sequence[Axis]) -> Iterator[tuple[int, int, list[int]]]:
    """All sums of all axes: the axis, the total and its parts."""
    for at, axis in enumerate(axes):
        for each in axis.sums:
            for parts in each.ways:
                yield at, each.total, list(parts)


def _on_top(axes: Sequence[Axis], released: Flags) -> Flags:
    on_top = np.ones_like(released)
    for at, total, parts in _sums(axes):
        np.moveaxis(on_top, at, 0)[parts] &= ~np.moveaxis(released, at, 0)[total]
    return on_top


def _follow(known: Flags, empty: Flags, total: int, parts: list[int]) -> None:
    """Nobody is left beside parts that are known to be the whole; and a whole of nobodies is nobody."""
    is_spent = known[total] & (known[parts] | empty[parts]).all(axis=0)
    known[parts] |= is_spent & empty[parts]
    known[total] |= empty[total] & known[parts].all(axis=0)
