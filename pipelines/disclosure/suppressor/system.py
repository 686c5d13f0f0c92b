"""The linked tables as equations, and what must hold of them once some cells are hidden."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.disclosure.linked_tables import Flags, Integers, LinkedTables, Numbers, Relations

MOST_LEVELS = 20
WORTH_OF_A_SMALL_GROUP = 0.1
"""A cell whose group has fewer members than the threshold is hardly worth showing: most of its counts are sensitive."""


@dataclass(frozen=True, eq=False)
class System:
    """`equations @ counts == 0`; cell `numerators[k]` is never above cell `denominators[k]`.

    Sensitive cells must keep each of 1..threshold-1 possible. `worth` is what it costs to hide a cell, `fixed` cells
    cannot be hidden.
    """

    counts: Integers
    equations: sparse.csr_array
    numerators: Integers
    denominators: Integers
    threshold: int
    sensitive: Flags
    fixed: Flags
    worth: Numbers

    @classmethod
    def of(cls, tables: LinkedTables) -> Self:
        """All cells of the tables."""
        cells = len(tables)
        numerators = np.flatnonzero(tables.denominators >= 0)
        equations = tables.relations.matrix(cells)
        return cls(
            counts=tables.counts,
            equations=equations,
            numerators=numerators,
            denominators=tables.denominators[numerators],
            threshold=tables.threshold,
            sensitive=sensitive(tables),
            fixed=np.zeros(cells, dtype=np.bool_) if tables.known is None else tables.known,
            worth=worth(tables) if tables.weights is None else np.maximum(tables.weights, 1e-3),
        )

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def values(self) -> range:
        """What a sensitive count may be, for all that the public knows."""
        return range(1, self.threshold)

    def content(self) -> bytes:
        """Equal for systems that are equal in everything: a component that did not change keeps its pattern."""
        ordered = self.equations.sorted_indices()
        arrays = (self.counts, ordered.indptr, ordered.indices, ordered.data, self.numerators, self.denominators)
        digest = hashlib.sha256(str(self.threshold).encode())
        for array in (*arrays, self.sensitive, self.fixed, self.worth):
            digest.update(str(len(array)).encode() + np.ascontiguousarray(array).tobytes())
        return digest.digest()

    def components(self) -> Integers:
        """The number of the component of each cell: no relation and no share leads from one to another."""
        shares = sparse.csr_array(
            (np.ones(len(self.numerators)), (self.numerators, self.denominators)), shape=(len(self), len(self))
        )
        links = sparse.csr_array(abs(self.equations))
        both = sparse.block_array([[shares, links.T], [links, None]], format="csr")
        return np.asarray(csgraph.connected_components(both, directed=False)[1][: len(self)], dtype=np.int64)

    def with_relations(self, kept: Integers) -> System:
        """The system with fewer relations: more is possible in it."""
        return replace(self, equations=sparse.csr_array(self.equations[kept]))

    def part(self, cells: Integers) -> System:
        """The system of these cells alone, all others staying as they are; equations that none of them is in fall."""
        equations = self.equations[:, cells]
        equations = equations[np.flatnonzero(np.diff(equations.indptr))]
        place = np.full(len(self), -1, dtype=np.int64)
        place[cells] = np.arange(len(cells))
        inside = (place[self.numerators] >= 0) & (place[self.denominators] >= 0)
        return replace(
            self,
            counts=self.counts[cells],
            equations=equations,
            numerators=place[self.numerators[inside]],
            denominators=place[self.denominators[inside]],
            sensitive=self.sensitive[cells],
            fixed=self.fixed[cells],
            worth=self.worth[cells],
        )


def sensitive(tables: LinkedTables) -> Flags:
    """Small counts; a zero in a small group; everyone of a group in one category."""
    counts, threshold = tables.counts, tables.threshold
    has_group = tables.denominators >= 0
    group = np.where(has_group, counts[tables.denominators], 0)
    small = (counts >= 1) & (counts < threshold)
    zero_of_few = (counts == 0) & (group >= 1) & (group < threshold)
    everyone = has_group & (counts > 0) & (counts == group)
    flags: Flags = small | zero_of_few | everyone
    return flags


def worth(tables: LinkedTables) -> Numbers:
    """More for a large count and for a total of many; little for a cell of a group that is too small to be shown."""
    counts = tables.counts
    group = np.where(tables.denominators >= 0, counts[tables.denominators], counts)
    value = 1 + np.log2(1.0 + counts) / 4 + np.log2(breadth(tables.relations, len(counts)))
    worthy: Numbers = np.where(group >= tables.threshold, value, WORTH_OF_A_SMALL_GROUP)
    return worthy


def breadth(relations: Relations, cells: int) -> Numbers:
    """How many cells that are no total stand below a cell, itself included."""
    below = np.ones(cells)
    for _ in range(MOST_LEVELS):
        before = np.concatenate([[0.0], np.cumsum(below[relations.parts])])
        wider = below.copy()
        np.maximum.at(wider, relations.totals, before[relations.starts[1:]] - before[relations.starts[:-1]])
        if np.array_equal(wider, below):
            break
        below = wider
    return below
