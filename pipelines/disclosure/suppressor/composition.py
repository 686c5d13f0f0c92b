"""What each total consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.suppressor.system import System

MOST_LEVELS = 30


@dataclass(frozen=True, eq=False)
class Composition:
    """Cells that are no total are atoms. `atoms_of`, cells by cells: the atoms that a cell consists of.

    A total may be the sum of others in several ways; the one with most atoms counts here.
    """

    is_atom: Flags
    atoms_of: sparse.csr_array

    @classmethod
    def of(cls, system: System) -> Composition:
        """Of all cells of a system."""
        defining = _defining(system)
        is_atom = np.diff(defining.indptr) == 0
        return cls(is_atom, _expanded(defining, is_atom, _levels(defining)))


def parts_of(system: System) -> sparse.csr_array:
    """The equations without their totals."""
    parts = system.equations.copy()
    parts.data = np.maximum(parts.data, 0)
    parts.eliminate_zeros()
    return sparse.csr_array(parts)


def _defining(system: System) -> sparse.csr_array:
    """Row i: the parts of cell i in its widest relation; nothing for an atom."""
    cells, parts = len(system), parts_of(system)
    totals = np.asarray(system.equations.argmin(axis=1)).ravel()
    breadth, relation_of = np.ones(cells), np.full(cells, -1, dtype=np.int64)
    for _ in range(MOST_LEVELS):
        width = parts @ breadth
        order = np.argsort(width, kind="stable")
        relation_of[totals[order]] = order
        has = relation_of >= 0
        wider = np.where(has, width[relation_of], 1.0)
        if np.array_equal(wider, breadth):
            break
        breadth = wider
    owners = np.flatnonzero(relation_of >= 0)
    chosen = parts[relation_of[owners]]
    lengths = np.zeros(cells, dtype=np.int64)
    lengths[owners] = np.diff(chosen.indptr)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_array((chosen.data, chosen.indices, starts), shape=(cells, cells))


def _levels(defining: sparse.csr_array) -> Integers:
    """0 for an atom, one more than the highest part for a total."""
    cells = defining.shape[0]
    level = np.zeros(cells, dtype=np.int64)
    rows = np.repeat(np.arange(cells), np.diff(defining.indptr))
    for _ in range(MOST_LEVELS):
        higher = np.zeros(cells, dtype=np.int64)
        np.maximum.at(higher, rows, level[defining.indices] + 1)
        if np.array_equal(higher, level):
            break
        level = higher
    return level


def _expanded(defining: sparse.csr_array, is_atom: Flags, level: Integers) -> sparse.csr_array:
    """From the lowest totals upwards."""
    below = sparse.csr_array(sparse.diags_array(is_atom.astype(np.float32), format="csr"))
    below.eliminate_zeros()
    for height in range(1, int(level.max(initial=0)) + 1):
        chosen = sparse.diags_array((level == height).astype(np.float32), format="csr")
        below = sparse.csr_array(below + chosen @ defining.astype(np.float32) @ below)
    below.eliminate_zeros()
    return below
