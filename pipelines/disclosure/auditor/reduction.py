"""The same system with fewer unknowns, exactly.

A hidden total is written as the sum of what is below it until only *atoms* are left: hidden cells that are no total.
What is left of the relations are rows over atoms. Atoms that stand alike in every row are one *group*: only their sum
is known, and every way to divide it is possible. Where many places are hidden under the same published totals, a
million cells become a few thousand groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.knowledge import UNKNOWN
from pipelines.disclosure.auditor.system import Rows, System
from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import Integers

Matrix: TypeAlias = sparse.csr_array


@dataclass(frozen=True, eq=False)
class Written:
    """Cell i is `constant[i]` + row i of `atoms` times the atoms' values."""

    atoms: Matrix
    constant: Integers
    cell_of_atom: Integers


@dataclass(frozen=True, eq=False)
class Reduced:
    """Whole numbers s >= 0, one a group, with `rows.low` <= `rows.matrix` s <= `rows.high`.

    Given s, cell i can have every value from `constant[i]` + `least[i]` s to `constant[i]` + `most[i]` s. `high` bounds
    each group from above; `group_of_atom` and `cell_of_atom` tell what a group is made of.
    """

    rows: Rows
    high: Integers
    constant: Integers
    least: Matrix
    most: Matrix
    group_of_atom: Integers
    cell_of_atom: Integers

    def sums(self, counts: Integers) -> Integers:
        """The groups of a solution that is known cell by cell; UNKNOWN where one of a group's cells is."""
        totals = np.zeros(len(self.high), dtype=np.int64)
        of_atoms = counts[self.cell_of_atom]
        np.add.at(totals, self.group_of_atom, of_atoms)
        totals[self.group_of_atom[of_atoms == UNKNOWN]] = UNKNOWN
        return totals


def reduced(system: System) -> Reduced:
    """Groups and rows of a system of hidden cells."""
    written = _written(system)
    rows = system.remaining.over(written.atoms, written.constant)
    marks = sparse.vstack([rows.matrix, _counted_twice(written.atoms)], format="csc")
    first, group = distinct_columns(marks)
    grouping = sparse.csr_array(
        (np.ones(len(group), dtype=np.int64), (np.arange(len(group)), group)), shape=(len(group), len(first))
    )
    least, most = _reach(written.atoms @ grouping, np.bincount(group, minlength=len(first)))
    ceiling = np.zeros(len(first), dtype=np.int64)
    np.add.at(ceiling, group, system.high[written.cell_of_atom])
    return Reduced(
        rows=_once(rows.columns(first)),
        high=np.minimum(ceiling, ENDLESS),
        constant=written.constant,
        least=least,
        most=most,
        group_of_atom=group,
        cell_of_atom=written.cell_of_atom,
    )


def _written(system: System) -> Written:
    """Totals replaced by their parts, from the top down; the first relation of a total is its definition."""
    size = len(system.high)
    of_cell = system.definitions
    cells = np.flatnonzero(~system.is_defined)
    level = sparse.csr_array(
        (np.ones(len(cells), dtype=np.int64), (cells, np.arange(len(cells)))), shape=(size, len(cells))
    )
    atoms, constant, step = level, system.constants.copy(), system.constants
    while level.nnz or step.any():
        level, step = of_cell @ level, of_cell @ step
        atoms, constant = atoms + level, constant + step
    return Written(sparse.csr_array(atoms), constant, cells)


def _counted_twice(atoms: Matrix) -> Matrix:
    """Cells that count an atom more than once: their atoms are put together only where they count alike."""
    twice = np.unique(_row_of_entry(atoms)[atoms.data > 1])
    return atoms[twice]


def _row_of_entry(matrix: Matrix) -> Integers:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _reach(counted: Matrix, sizes: Integers) -> tuple[Matrix, Matrix]:
    """A cell has all of a group's sum if it holds all its atoms, and anything from none to all if it holds some."""
    whole = counted.data // sizes[counted.indices]
    most = counted.copy()
    most.data = np.maximum(whole, 1)
    least = counted.copy()
    least.data = whole
    least.eliminate_zeros()
    return least, most


def distinct_columns(matrix: sparse.csc_array) -> tuple[Integers, Integers]:
    """The first of each kind of column, and the kind of each column. Found by a sum of random marks, then compared."""
    matrix = sparse.csc_array(matrix)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    lengths = np.diff(matrix.indptr)
    marks = np.random.default_rng(41).integers(1, 2**63, size=(2, matrix.shape[0]), dtype=np.uint64)
    entries = matrix.data.astype(np.int64).astype(np.uint64) * marks[:, matrix.indices]
    sums = np.zeros((3, matrix.shape[1]), dtype=np.uint64)
    before = np.concatenate([np.zeros((2, 1), dtype=np.uint64), np.cumsum(entries, axis=1)], axis=1)
    sums[:2] = before[:, matrix.indptr[1:]] - before[:, matrix.indptr[:-1]]
    sums[2] = lengths
    order = np.lexsort(sums)
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (sums[:, order[1:]] != sums[:, order[:-1]]).any(axis=0)
    kind = np.empty(len(order), dtype=np.int64)
    kind[order] = np.cumsum(is_new) - 1
    first = order[is_new]
    _compare(matrix, lengths, first[kind])
    return first, kind


def _compare(matrix: sparse.csc_array, lengths: Integers, twin: Integers) -> None:
    """Every column is entry for entry its twin; otherwise the marks have failed and nothing is proven."""
    column = np.repeat(np.arange(len(lengths)), lengths)
    places = np.arange(matrix.nnz) - matrix.indptr[:-1][column] + matrix.indptr[:-1][twin[column]]
    if (matrix.indices != matrix.indices[places]).any() or (matrix.data != matrix.data[places]).any():
        raise ArithmeticError("two different columns have the same marks")


def _once(rows: Rows) -> Rows:
    """Rows with the same left side and limits, once."""
    limits = sparse.csr_array(np.stack([rows.low, rows.high, rows.threshold], axis=1))
    first, _ = distinct_columns(sparse.csc_array(sparse.hstack([rows.matrix, limits]).T))
    return rows.chosen(np.sort(first))
