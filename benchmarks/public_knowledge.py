"""What somebody knows who has read every release: figures, sums, and what follows from knowing the rules.

Shares no code with the gate. Of corrections he believes that what they do not show to be otherwise is as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipelines.disclosure.linked_tables import NO_DENOMINATOR, LinkedTables, Published

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
HIDDEN = -1


@dataclass(frozen=True, eq=False)
class Shown:
    """One release as it was published; and the truth, which says only what is asked about."""

    published: Published
    tables: LinkedTables
    is_correction: bool = False


@dataclass(frozen=True, eq=False)
class Knowledge:
    """`values` of all cells, -1 where hidden; rows say total = sum of parts; `least` by the rules; `apart` cells are 0
    or at least so much; `inside` pairs of a part and its whole. `counts` are what the asked ones were, when
    they were asked about, and `counts_of_wholes` their denominators, which `wholes` names: they only judge what has
    been found."""

    names: list[str]
    values: Whole
    least: Whole
    rows: sparse.csr_array
    inside: list[tuple[int, int]]
    apart: dict[int, int]
    asked: dict[int, int]
    counts: dict[int, set[int]]
    wholes: dict[int, int]
    counts_of_wholes: dict[int, set[int]]


Renewed = frozenset[tuple[int, str]]
"""Release and name of cells that a correction has made anew though nothing that is shown says so."""


def knowledge(releases: Sequence[Shown], renewed: Renewed = frozenset()) -> Knowledge:
    """Everything in one system. What has the same name is the same, unless a correction shows another figure, or hides
    one that was shown (what stays as it was is not hidden again)."""
    at, values = _numbered(releases, renewed)
    least = np.zeros(len(values), dtype=np.int64)
    inside: set[tuple[int, int]] = set()
    apart: dict[int, int] = {}
    asked: dict[int, int] = {}
    counts: defaultdict[int, set[int]] = defaultdict(set)
    wholes: dict[int, int] = {}
    of_wholes: defaultdict[int, set[int]] = defaultdict(set)
    names = [""] * len(values)
    for one, cells in zip(releases, at, strict=True):
        _rules(one, cells, values, least, inside, apart)
        for cell, name in zip(cells.tolist(), one.tables.names, strict=True):
            names[cell] = name
        is_asked = sensitive(one.tables)
        for cell, count in zip(cells[is_asked].tolist(), one.tables.counts[is_asked].tolist(), strict=True):
            asked[cell] = one.tables.threshold
            counts[cell].add(count)
        wholes |= _wholes(one, cells, is_asked, of_wholes)
    rows = _rows(releases, at, len(values))
    return Knowledge(names, values, least, rows, sorted(inside), apart, asked, counts, wholes, of_wholes)


def _wholes(one: Shown, cells: Whole, is_asked: Flags, counts: defaultdict[int, set[int]]) -> dict[int, int]:
    """The denominator of each cell that is asked about; what it was is added to `counts`."""
    of = one.tables.denominators
    own = np.flatnonzero(is_asked & (of != NO_DENOMINATOR))
    for whole in np.unique(of[own]).tolist():
        counts[int(cells[whole])].add(int(one.tables.counts[whole]))
    return dict(zip(cells[own].tolist(), cells[of[own]].tolist(), strict=True))


def _numbered(releases: Sequence[Shown], renewed: Renewed) -> tuple[list[Whole], Whole]:
    """The number of each cell of each release, and what is known of each number."""
    number: dict[str, int] = {}
    values: list[int] = []
    at = []
    for position, one in enumerate(releases):
        cells = []
        for name, count in zip(one.published.names, one.published.counts.tolist(), strict=True):
            known = values[number[name]] if name in number else HIDDEN
            is_other = one.is_correction and (known not in {HIDDEN, count} or (position, name) in renewed)
            if name not in number or is_other:
                number[name] = len(values)
                values.append(HIDDEN)
            if count != HIDDEN:
                values[number[name]] = count
            cells.append(number[name])
        at.append(np.array(cells, dtype=np.int64))
    return at, np.array(values, dtype=np.int64)


def sensitive(tables: LinkedTables) -> Flags:
    """By the words of the rules: 1 to t-1, nobody of 1 to t-1, everybody of a denominator."""
    counts, has = tables.counts, tables.denominators != NO_DENOMINATOR
    whole = np.where(has, counts[tables.denominators], 0)
    few = (counts > 0) & (counts < tables.threshold)
    nobody = (counts == 0) & (whole > 0) & (whole < tables.threshold)
    return np.asarray(few | nobody | (has & (counts > 0) & (counts == whole)), dtype=np.bool_)


def _rules(
    one: Shown,
    cells: Whole,
    values: Whole,
    least: Whole,
    inside: set[tuple[int, int]],
    apart: dict[int, int],
) -> None:
    """A hidden part is inside its whole; what is shown of a hidden whole is 0 of at least t, or less than all of it.
    And of what is part of nothing it would have been said if nobody was there."""
    of, has = one.published.denominators, one.published.denominators != NO_DENOMINATOR
    on_top = cells[np.setdiff1d(of[has], one.published.relations.parts)]
    least[on_top] = np.maximum(least[on_top], 1)
    for part, whole in zip(cells[has].tolist(), cells[of[has]].tolist(), strict=True):
        if values[part] < 0:
            inside.add((part, whole))
        elif values[whole] < 0 and values[part] == 0:
            apart[whole] = max(apart.get(whole, 0), one.published.threshold)
        elif values[whole] < 0:
            least[whole] = max(int(least[whole]), int(values[part]) + 1)


def _rows(releases: Sequence[Shown], at: Sequence[Whole], size: int) -> sparse.csr_array:
    matrices = []
    for one, cells in zip(releases, at, strict=True):
        own = one.published.relations.matrix(len(one.published)).tocoo()
        matrices.append(sparse.csr_array((own.data, (own.row, cells[own.col])), shape=(own.shape[0], size)))
    return sparse.csr_array(sparse.vstack(matrices))
