"""Counts along several axes at once, and the linked tables of what is released of them. No word of the domain here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.disclosure.hierarchies import Axis
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, Relations

NOT_RELEASED = -1
EMPTY = -2


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

    def released(self, chosen: Flags, empty: Flags) -> Cells:
        """The chosen cells, without those that are empty for all to see."""
        numbers = np.full(self.counts.shape, NOT_RELEASED, dtype=np.int64)
        numbers[empty] = EMPTY
        is_cell = chosen & ~empty
        numbers[is_cell] = np.arange(int(is_cell.sum()))
        return Cells(self, numbers)


@dataclass(frozen=True, eq=False)
class Cells:
    """`numbers` has the cell's number at its place in the cube, EMPTY where everybody sees a zero that is no cell, and
    NOT_RELEASED elsewhere."""

    cube: Cube
    numbers: Integers

    def __len__(self) -> int:
        return int(self.numbers.max(initial=NOT_RELEASED)) + 1

    @property
    def is_empty(self) -> Flags:
        """Where everybody sees that nobody is counted."""
        return np.asarray(self.numbers == EMPTY, dtype=np.bool_)

    @property
    def places(self) -> tuple[NDArray[np.int64], ...]:
        """For each axis the group of every cell, in the order of the cells."""
        return np.nonzero(self.numbers >= 0)

    @property
    def counts(self) -> Integers:
        """In the order of the cells."""
        counts: Integers = self.cube.counts[self.numbers >= 0]
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
        """All sums along all axes, each by the nearest way all of whose parts are cells or empty."""
        found = []
        for at, axis in enumerate(self.cube.axes):
            for each in axis.sums:
                open_ = np.moveaxis(self.numbers, at, 0)[each.total] >= 0
                for parts in each.ways:
                    sums, known = self._sums(at, each.total, parts, open_)
                    found.append(sums)
                    open_ &= ~known
        return Relations.joined(found)

    def _sums(self, at: int, total: int, parts: tuple[int, ...], open_: Flags) -> tuple[Relations, Flags]:
        """One sum of an axis for every combination of the other axes that is open, and where it holds."""
        plane = np.moveaxis(self.numbers, at, 0)
        of_parts = np.stack([plane[part] for part in parts], axis=-1)
        known: Flags = open_ & (of_parts != NOT_RELEASED).all(axis=-1) & (of_parts >= 0).any(axis=-1)
        totals, rows = plane[total][known], of_parts[known]
        lengths = (rows >= 0).sum(axis=1)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])
        return Relations(totals, rows[rows >= 0], starts), known
