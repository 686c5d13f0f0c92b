"""Counts along several axes at once, and the linked tables of what is released of them. No word of the domain here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, Relations

NOT_RELEASED = -1
View = tuple[Sequence[int], ...]
"""The groups that are released together, for each axis: all their combinations are cells."""


@dataclass(frozen=True, eq=False)
class Cube:
    """Counts of every combination of groups; the last axis is the outcome, and `rate_of` its denominators by group."""

    axes: tuple[Axis, ...]
    counts: Integers
    rate_of: Integers

    @classmethod
    def of(cls, axes: Sequence[Axis], leaves: Integers, rate_of: Integers) -> Cube:
        """From the counts of the leaves, added up along every axis (as floats: they are exact far beyond any count)."""
        counts = leaves.astype(np.float64)
        for at, axis in enumerate(axes):
            counts = np.moveaxis(np.tensordot(axis.members.astype(np.float64), counts, axes=(1, at)), 0, at)
        return cls(tuple(axes), np.ascontiguousarray(counts, dtype=np.int64), rate_of)

    def released(self, views: Sequence[View], empty: Flags) -> Cells:
        """The cells of all views, without those that are empty for all to see."""
        chosen = np.zeros(self.counts.shape, dtype=np.bool_)
        for view in views:
            chosen[np.ix_(*view)] = True
        chosen &= ~empty
        numbers = np.full(self.counts.shape, NOT_RELEASED, dtype=np.int64)
        numbers[chosen] = np.arange(int(chosen.sum()))
        return Cells(self, numbers, tuple(views))


@dataclass(frozen=True, eq=False)
class Cells:
    """`numbers` has the cell's number at its place in the cube, NOT_RELEASED elsewhere."""

    cube: Cube
    numbers: Integers
    views: tuple[View, ...]

    def __len__(self) -> int:
        return int(self.numbers.max(initial=NOT_RELEASED)) + 1

    @property
    def places(self) -> tuple[NDArray[np.int64], ...]:
        """For each axis the group of every cell, in the order of the cells."""
        return np.nonzero(self.numbers != NOT_RELEASED)

    @property
    def counts(self) -> Integers:
        """In the order of the cells."""
        counts: Integers = self.cube.counts[self.numbers != NOT_RELEASED]
        return counts

    @property
    def denominators(self) -> Integers:
        """The cell of the denominator in the same place and period, or NO_DENOMINATOR."""
        *others, outcomes = self.places
        denominator = self.cube.rate_of[outcomes]
        cells: Integers = self.numbers[(*others, denominator)]
        return np.where(denominator == NO_DENOMINATOR, NO_DENOMINATOR, cells)

    @property
    def relations(self) -> Relations:
        """All sums along all axes of all views, each once."""
        found = [
            self._sums(view, at, total, parts)
            for view in self.views
            for at, axis in enumerate(self.cube.axes)
            for total, parts in _sums_within(axis, view[at])
        ]
        return _each_once(Relations.joined(found))

    def _sums(self, view: View, at: int, total: int, parts: tuple[int, ...]) -> Relations:
        """One sum of an axis, for every combination of the groups of the other axes. Empty parts add nothing."""
        others = [groups for axis, groups in enumerate(view) if axis != at]
        plane = np.moveaxis(self.numbers, at, 0)
        totals = plane[total][np.ix_(*others)].ravel()
        of_parts = np.stack([plane[part][np.ix_(*others)].ravel() for part in parts], axis=1)[totals != NOT_RELEASED]
        totals = totals[totals != NOT_RELEASED]
        shown = of_parts != NOT_RELEASED
        filled = shown.any(axis=1)
        lengths = shown[filled].sum(axis=1)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])
        return Relations(totals[filled], of_parts[filled][shown[filled]], starts)


def _sums_within(axis: Axis, groups: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    inside = frozenset(groups)
    ways = [(each.total, each.within(inside)) for each in axis.sums]
    return [(total, parts) for total, parts in ways if parts]


def _each_once(relations: Relations) -> Relations:
    """Views that overlap give the same sum twice: same total, same length, same parts."""
    if not len(relations):
        return relations
    lengths = relations.lengths
    first, of_all = relations.parts[relations.starts[:-1]], relations.sums(np.arange(relations.parts.max() + 1))
    keys = np.stack([relations.totals, lengths, first, of_all], axis=1)
    _, kept = np.unique(keys, axis=0, return_index=True)
    kept = np.sort(kept)
    is_kept = np.zeros(len(relations), dtype=np.bool_)
    is_kept[kept] = True
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths[kept], dtype=np.int64)])
    return Relations(relations.totals[kept], relations.parts[is_kept[relations.of_parts]], starts)
