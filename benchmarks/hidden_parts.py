"""What is hidden as linear conditions on whole numbers, falling apart into what has nothing to do with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from benchmarks.public_knowledge import Knowledge, Whole


@dataclass(frozen=True, eq=False)
class Part:
    """Unknowns that are tied to each other, numbered from 0: least <= matrix x <= most, and ends of each. The first
    `cells` are cells of the system; behind them stand the switches of those that are 0 or large."""

    cells: Whole
    matrix: sparse.csr_array
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def size(self) -> int:
        return len(self.low)


def parts(facts: Knowledge) -> list[Part]:
    """What is hidden, falling apart into what has nothing to do with each other; only where something is asked."""
    hidden = np.flatnonzero(facts.values < 0)
    column = np.full(len(facts.values), -1, dtype=np.int64)
    column[hidden] = np.arange(len(hidden))
    known = np.where(facts.values < 0, 0, facts.values)
    sums, right = _told_sums(facts.rows[:, hidden], -(facts.rows @ known))
    pairs = [(column[part], column[whole]) for part, whole in facts.inside if facts.values[whole] < 0]
    most = np.full(len(hidden), np.inf)
    for part, whole in facts.inside:
        if facts.values[whole] >= 0:
            most[column[part]] = min(most[column[part]], float(facts.values[whole]))
    rows = sparse.csr_array(sparse.vstack([sums, _differences(pairs, len(hidden))]))
    ends = (
        np.concatenate([right, np.full(len(pairs), -np.inf)]),
        np.concatenate([right, np.zeros(len(pairs))]),
    )
    return _separate(facts, hidden, rows, ends, most)


def _told_sums(rows: sparse.csr_array, right: NDArray[np.float64]) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Those that say something of what is hidden."""
    says = np.diff(rows.indptr) > 0
    return sparse.csr_array(rows[says]), np.asarray(right[says], dtype=np.float64)


def _differences(pairs: Sequence[tuple[int, int]], size: int) -> sparse.csr_array:
    """One row for each pair: the first minus the second."""
    row = np.repeat(np.arange(len(pairs)), 2)
    values = np.tile([1.0, -1.0], len(pairs))
    columns = np.array(pairs, dtype=np.int64).reshape(-1)
    return sparse.csr_array((values, (row, columns)), shape=(len(pairs), size))


def _separate(
    facts: Knowledge,
    hidden: Whole,
    rows: sparse.csr_array,
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    most: NDArray[np.float64],
) -> list[Part]:
    linked = abs(rows)
    several, of_cell = connected_components(linked.T @ linked, directed=False)
    of_row = of_cell[rows.indices[rows.indptr[:-1]]] if rows.shape[0] else np.zeros(0, dtype=np.int64)
    is_asked = np.zeros(several, dtype=np.bool_)
    is_asked[of_cell[np.isin(hidden, list(facts.asked))]] = True
    cells_of, rows_of = _grouped(of_cell, several), _grouped(of_row, several)
    found = []
    for at in np.flatnonzero(is_asked).tolist():
        own, lines = cells_of[at], rows_of[at]
        cells = hidden[own]
        found.append(
            _with_switches(
                Part(
                    cells,
                    sparse.csr_array(rows[lines][:, own]),
                    ends[0][lines],
                    ends[1][lines],
                    facts.least[cells].astype(float),
                    most[own],
                ),
                facts,
            )
        )
    return found


def _grouped(labels: Whole, several: int) -> list[Whole]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(1, several)))


def _with_switches(part: Part, facts: Knowledge) -> Part:
    """0 or at least t: x >= t y and x <= most y, with y 0 or 1. Where somebody is known to be there, at least t."""
    low = part.low.copy()
    open_ = []
    for at, cell in enumerate(part.cells.tolist()):
        if (least := facts.apart.get(cell)) and low[at] > 0:
            low[at] = max(low[at], least)
        elif least:
            open_.append((at, least))
    if not open_:
        return Part(part.cells, part.matrix, part.least, part.most, low, part.high)
    extra, ceiling = len(open_), 1e6
    blocks = sparse.lil_array((2 * extra, part.size + extra))
    for row, (at, least) in enumerate(open_):
        blocks[2 * row, at], blocks[2 * row, part.size + row] = 1.0, -float(least)
        blocks[2 * row + 1, at], blocks[2 * row + 1, part.size + row] = 1.0, -ceiling
    wide = sparse.hstack([part.matrix, sparse.csr_array((part.matrix.shape[0], extra))])
    return Part(
        part.cells,
        sparse.csr_array(sparse.vstack([wide, blocks])),
        np.concatenate([part.least, np.tile([0.0, -np.inf], extra)]),
        np.concatenate([part.most, np.tile([np.inf, 0.0], extra)]),
        np.concatenate([low, np.zeros(extra)]),
        np.concatenate([part.high, np.ones(extra)]),
    )
