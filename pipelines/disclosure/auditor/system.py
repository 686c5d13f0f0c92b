"""The hidden cells of a part of what is known, and what ties them together: all in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.auditor.bounds import Bounds
from pipelines.disclosure.auditor.knowledge import Knowledge
from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import Flags, Integers

Matrix: TypeAlias = sparse.csr_array
LARGEST = 60_000
"""Hidden cells that are looked at together, unless a connected component is larger."""


@dataclass(frozen=True, eq=False)
class Rows:
    """`low` <= matrix times values <= `high` (ENDLESS: no limit). Where `threshold` is set, the left side minus `low`
    is not from 1 to `threshold` - 1."""

    matrix: Matrix
    low: Integers
    high: Integers
    threshold: Integers

    def __len__(self) -> int:
        return len(self.low)

    def chosen(self, rows: Integers | Flags) -> Rows:
        """Some of the rows."""
        return Rows(sparse.csr_array(self.matrix[rows]), self.low[rows], self.high[rows], self.threshold[rows])

    def columns(self, columns: Integers) -> Rows:
        """All rows over some of the columns."""
        return Rows(sparse.csr_array(self.matrix[:, columns]), self.low, self.high, self.threshold)

    def over(self, atoms: Matrix, constant: Integers) -> Rows:
        """With each cell written out; without the rows that hold of themselves."""
        matrix = sparse.csr_array(self.matrix @ atoms)
        matrix.eliminate_zeros()
        shift = self.matrix @ constant
        low = np.where(self.low <= -ENDLESS, -ENDLESS, self.low - shift)
        high = np.where(self.high >= ENDLESS, ENDLESS, self.high - shift)
        rows = Rows(matrix, low, high, self.threshold)
        return rows.chosen(~rows.idle)

    @property
    def idle(self) -> Flags:
        """Rows that every solution meets: nothing on the left and 0 allowed; or only parts, and no limit above 0."""
        lengths = np.diff(self.matrix.indptr)
        row = np.repeat(np.arange(len(self)), lengths)
        negative = np.zeros(len(self), dtype=bool)
        negative[row[self.matrix.data < 0]] = True
        nothing = (lengths == 0) & (self.low <= 0) & (self.high >= 0)
        always = ~negative & (self.low <= 0) & (self.high >= ENDLESS)
        idle: Flags = (nothing | always) & (self.threshold == 0)
        return idle

    def met_by(self, values: Integers) -> bool:
        """Whether whole numbers meet every row and none is negative; in 64-bit arithmetic."""
        left = self.matrix @ values
        within = bool(((left >= self.low) & (left <= self.high)).all()) and not (values < 0).any()
        above = (left - self.low)[self.threshold > 0]
        return within and not ((above > 0) & (above < self.threshold[self.threshold > 0])).any()


def stacked(several: list[Rows]) -> Rows:
    """All rows of several over the same columns."""
    return Rows(
        sparse.vstack([one.matrix for one in several], format="csr"),
        np.concatenate([one.low for one in several]),
        np.concatenate([one.high for one in several]),
        np.concatenate([one.threshold for one in several]),
    )


@dataclass(frozen=True, eq=False)
class System:
    """Hidden cells 0..n-1 (`cells`: their numbers in what is known), upper bounds, and rows that tie them.

    Of each hidden total one relation is its definition: row i of `definitions` has its hidden parts, `constants[i]` the
    sum of its known ones. `remaining` are all other rows.
    """

    cells: Integers
    high: Integers
    definitions: Matrix
    constants: Integers
    is_defined: Flags
    remaining: Rows


@dataclass(frozen=True, eq=False)
class Ties:
    """All rows over all hidden cells; `total` is the hidden total of each relation, or -1."""

    cells: Integers
    rows: Rows
    total: Integers
    contradictory: bool


def ties(facts: Knowledge, relations_only: Bounds, bounds: Bounds) -> Ties:
    """Relations, shares and rules over the cells of unknown value, without limits that the relations imply."""
    fixed = bounds.fixed
    cells = np.flatnonzero(~fixed)
    values = np.where(fixed, bounds.low, 0)
    everything = _relations(facts)
    stated = _limits(facts, relations_only, cells)
    inside = _inside(facts)
    rates = _rates(facts)
    apart = _apart(facts)
    rows = stacked([everything, stated, inside, rates, apart])
    total = np.concatenate([facts.relations.totals, np.full(len(rows) - len(everything), -1)])
    place = np.full(len(facts), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    shift = rows.matrix @ values
    low = np.where(rows.low <= -ENDLESS, -ENDLESS, rows.low - shift)
    high = np.where(rows.high >= ENDLESS, ENDLESS, rows.high - shift)
    left = Rows(sparse.csr_array(rows.matrix[:, cells]), low, high, rows.threshold)
    kept = np.diff(left.matrix.indptr) > 0
    settled = left.chosen(~kept)
    return Ties(cells, left.chosen(kept), np.where(total >= 0, place[total], -1)[kept], not _holds(settled))


def _holds(rows: Rows) -> bool:
    """Whether rows without a hidden cell are true."""
    return rows.met_by(np.zeros(rows.matrix.shape[1], dtype=np.int64))


def _relations(facts: Knowledge) -> Rows:
    matrix = sparse.csr_array(facts.relations.matrix(len(facts)).astype(np.int64))
    nothing = np.zeros(len(facts.relations), dtype=np.int64)
    return Rows(matrix, nothing, nothing, nothing)


def _limits(facts: Knowledge, relations_only: Bounds, cells: Integers) -> Rows:
    told = cells[(facts.low[cells] > relations_only.low[cells]) | (facts.high[cells] < relations_only.high[cells])]
    return Rows(_units(told, len(facts)), facts.low[told], facts.high[told], np.zeros(len(told), dtype=np.int64))


def _inside(facts: Knowledge) -> Rows:
    part, whole = facts.inside.T
    nothing = np.zeros(len(part), dtype=np.int64)
    matrix = sparse.csr_array(_units(whole, len(facts)) - _units(part, len(facts)))
    return Rows(matrix, nothing, nothing + ENDLESS, nothing)


def _apart(facts: Knowledge) -> Rows:
    cell, threshold = facts.apart.T
    nothing = np.zeros(len(cell), dtype=np.int64)
    return Rows(_units(cell, len(facts)), nothing, nothing + ENDLESS, threshold)


def _rates(facts: Knowledge) -> Rows:
    """(value - half) D <= N <= (value + half) D, both sides made whole numbers."""
    entries: list[tuple[int, int, int]] = []
    for at, rate in enumerate(facts.rates):
        least, most = rate.value - rate.half, rate.value + rate.half
        entries += [(2 * at, rate.numerator, least.denominator), (2 * at, rate.denominator, -least.numerator)]
        entries += [(2 * at + 1, rate.numerator, -most.denominator), (2 * at + 1, rate.denominator, most.numerator)]
    row, column, value = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    size = 2 * len(facts.rates)
    nothing = np.zeros(size, dtype=np.int64)
    return Rows(sparse.csr_array((value, (row, column)), shape=(size, len(facts))), nothing, nothing + ENDLESS, nothing)


def _units(cells: Integers, size: int) -> Matrix:
    ones = np.ones(len(cells), dtype=np.int64)
    return sparse.csr_array((ones, (np.arange(len(cells)), cells)), shape=(len(cells), size))


def systems(tied: Ties, bounds: Bounds) -> list[System]:
    """Connected components, small ones put together: what no row connects has nothing to do with each other."""
    size = len(tied.cells)
    if not size:
        return []
    matrix = abs(tied.rows.matrix)
    graph = sparse.block_array([[None, matrix.T], [matrix, None]], format="csr") if len(tied.rows) else None
    part = connected_components(graph, directed=False)[1] if graph is not None else np.arange(size)
    bundle = _bundles(part[:size])[part]
    of_cell, of_row = bundle[:size], bundle[size:]
    cells_by, rows_by = np.argsort(of_cell, kind="stable"), np.argsort(of_row, kind="stable")
    several = int(of_cell.max()) + 1
    cell_ends = np.searchsorted(of_cell[cells_by], np.arange(several + 1))
    row_ends = np.searchsorted(of_row[rows_by], np.arange(several + 1))
    return [
        _system(tied, bounds, cells_by[cell_ends[n] : cell_ends[n + 1]], rows_by[row_ends[n] : row_ends[n + 1]])
        for n in range(several)
    ]


def _bundles(part: Integers) -> Integers:
    """Components to bundles of at most LARGEST cells, or one that is larger alone."""
    sizes = np.bincount(part)
    bundle = np.zeros(len(sizes), dtype=np.int64)
    number, filled = 0, 0
    for at, cells in enumerate(sizes.tolist()):
        if filled and filled + cells > LARGEST:
            number, filled = number + 1, 0
        bundle[at] = number
        filled += cells
    return bundle


def _system(tied: Ties, bounds: Bounds, cells: Integers, rows: Integers) -> System:
    place = np.full(len(tied.cells), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    some = tied.rows.chosen(rows)
    some = some.columns(cells)
    total = np.where(tied.total[rows] >= 0, place[tied.total[rows]], -1)
    high = bounds.high[tied.cells[cells]]
    definition = _definitions(some, total, len(cells))
    by_cell = total[definition]
    matrix = some.matrix[definition] + _units(by_cell, len(cells))
    order = sparse.csr_array(
        (np.ones(len(by_cell), np.int64), (by_cell, np.arange(len(by_cell)))), (len(cells), len(by_cell))
    )
    constants = np.zeros(len(cells), dtype=np.int64)
    constants[by_cell] = -some.low[definition]
    is_defined = np.zeros(len(cells), dtype=bool)
    is_defined[by_cell] = True
    others = np.ones(len(rows), dtype=bool)
    others[definition] = False
    definitions = sparse.csr_array(order @ matrix)
    definitions.eliminate_zeros()
    return System(tied.cells[cells], high, definitions, constants, is_defined, some.chosen(others))


def _definitions(rows: Rows, total: Integers, size: int) -> Integers:
    """One relation for each hidden total; none where cells are parts of themselves in a circle."""
    has = np.flatnonzero(total >= 0)
    _, first = np.unique(total[has], return_index=True)
    chosen: Integers = has[first]
    by_cell = total[chosen]
    parts = sparse.csr_array(rows.matrix[chosen] + _units(by_cell, size)).tocoo()
    graph = sparse.csr_array((np.ones(parts.nnz), (by_cell[parts.row], parts.col)), shape=(size, size))
    graph.eliminate_zeros()
    circles = connected_components(graph, directed=True, connection="strong")[0] < size
    return chosen[:0] if circles or (graph.diagonal() != 0).any() else chosen
