"""Somebody who wants to know: every small count that was hidden, from all that was published, by whole-number programs.

Shares no code with the gate. What he knows: every figure and every sum of every release, the rules by which figures are
hidden, that counts are whole numbers, and of which groups it was said that nobody is in them. Of corrections he
believes that what they do not show to be otherwise is as it was, as long as that fits what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.linked_tables import NO_DENOMINATOR, LinkedTables, Published

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
HIDDEN, INFEASIBLE = -1, 2
AT_ONCE = 500
"""Unknowns that are looked at in one program: parts that have nothing to do with each other, side by side."""


@dataclass(frozen=True, eq=False)
class Shown:
    """One release as it was published; and the truth, which says only what is asked about."""

    published: Published
    tables: LinkedTables
    is_correction: bool = False


@dataclass(frozen=True)
class Broken:
    """A sensitive count that tells too much: its name, its ends, and the values from 1 to t-1 that are left of it."""

    name: str
    least: int
    most: int
    possible: tuple[int, ...]

    @property
    def is_recovered(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True)
class Attack:
    """`attacked` counts were asked about, in `parts` of the system; of `unsolved` questions the solver made nothing."""

    broken: list[Broken]
    sensitive: int
    attacked: int
    parts: int
    unsolved: int


@dataclass(frozen=True, eq=False)
class Knowledge:
    """`values` of all cells, -1 where hidden; rows say total = sum of parts; `least` by the rules; `apart` cells are 0
    or at least so much; `inside` pairs of a part and its whole."""

    names: list[str]
    values: Whole
    least: Whole
    rows: sparse.csr_array
    inside: list[tuple[int, int]]
    apart: dict[int, int]
    asked: dict[int, int]


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
    names = [""] * len(values)
    for one, cells in zip(releases, at, strict=True):
        _rules(one, cells, values, least, inside, apart)
        for cell, name in zip(cells.tolist(), one.tables.names, strict=True):
            names[cell] = name
        for cell in cells[sensitive(one.tables)].tolist():
            asked[cell] = one.tables.threshold
    return Knowledge(names, values, least, _rows(releases, at, len(values)), sorted(inside), apart, asked)


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


Question = tuple[int, dict[int, int]]
"""A part, and values that some of its cells are tried with all at once."""


class Siege:
    """Asks of every sensitive cell of some parts whether it can have each value from 1 to t-1; each answer shows values
    of many other cells too. Several are asked together, and apart where together they cannot be."""

    def __init__(
        self, facts: Knowledge, chosen: Sequence[Part], random: np.random.Generator, asked: dict[int, int]
    ) -> None:
        self.facts, self.parts, self.random = facts, chosen, random
        self.open: list[dict[int, set[int]]] = [
            {at: set(range(1, asked[cell])) for at, cell in enumerate(part.cells.tolist()) if cell in asked}
            for part in chosen
        ]
        self.together = [1] * len(chosen)
        self.never: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self.unsolved = 0

    def is_impossible(self, at: int) -> bool:
        """Whether a part fits no counts at all."""
        return bool(self._solved([(at, {})]).status == INFEASIBLE)

    def lay(self) -> None:
        """Until nothing is open."""
        while todo := [at for at, open_ in enumerate(self.open) if any(open_.values())]:
            for group in self._side_by_side(todo):
                self._try([(at, self._values(at)) for at in group])

    def _side_by_side(self, todo: Iterable[int]) -> list[list[int]]:
        groups: list[list[int]] = [[]]
        size = 0
        for at in todo:
            size += self.parts[at].size
            if groups[-1] and size > AT_ONCE:
                groups.append([])
                size = self.parts[at].size
            groups[-1].append(at)
        return groups

    def _values(self, at: int) -> dict[int, int]:
        """Some cells with something open, each with one of its open values."""
        cells = [cell for cell, values in self.open[at].items() if values]
        chosen = self.random.permutation(len(cells))[: self.together[at]].tolist()
        return {cells[each]: int(self.random.choice(sorted(self.open[at][cells[each]]))) for each in chosen}

    def _try(self, asked: Sequence[Question]) -> None:
        solved = self._solved(asked)
        if solved.x is not None:
            self._learn(asked, np.rint(solved.x))
        elif len(asked) > 1:
            self._try(asked[: len(asked) // 2])
            self._try(asked[len(asked) // 2 :])
        else:
            self._fewer(*asked[0], is_impossible=solved.status == INFEASIBLE)

    def _fewer(self, at: int, values: dict[int, int], *, is_impossible: bool) -> None:
        if len(values) > 1:
            self.together[at] = max(1, len(values) // 4)
            self._try([(at, dict(list(values.items())[: len(values) // 2]))])
            return
        for cell, value in values.items():
            self.open[at][cell].discard(value)
            if is_impossible:
                self.never[at, cell].add(value)
            else:
                self.unsolved += 1

    def _solved(self, asked: Sequence[Question], cost: NDArray[np.float64] | None = None) -> OptimizeResult:
        chosen = [self.parts[at] for at, _ in asked]
        low, high = (np.concatenate([getattr(part, end) for part in chosen]) for end in ("low", "high"))
        starts = np.cumsum([0, *(part.size for part in chosen)]).tolist()
        for (_, values), start in zip(asked, starts, strict=False):
            for cell, value in values.items():
                low[start + cell], high[start + cell] = max(low[start + cell], value), min(high[start + cell], value)
        if (low > high).any():
            return OptimizeResult(x=None, status=INFEASIBLE)
        wanted = self.random.integers(0, 3, len(low)).astype(np.float64) if cost is None else cost
        told = LinearConstraint(
            sparse.csc_array(sparse.block_diag([part.matrix for part in chosen])),
            np.concatenate([part.least for part in chosen]),
            np.concatenate([part.most for part in chosen]),
        )
        in_fractions = milp(wanted, bounds=Bounds(low, high), constraints=told, options={"time_limit": 60.0})
        if in_fractions.status == INFEASIBLE or _is_whole(in_fractions.x):
            return in_fractions
        return milp(
            wanted,
            integrality=np.ones(len(low)),
            bounds=Bounds(low, high),
            constraints=told,
            options={"time_limit": 60.0, "mip_rel_gap": 1.0 if cost is None else 0.0},
        )

    def _learn(self, asked: Sequence[Question], solution: NDArray[np.float64]) -> None:
        start = 0
        for at, values in asked:
            part = self.parts[at]
            own = solution[start : start + part.size]
            if not _holds(part, own):
                raise ArithmeticError("the solver's answer does not fit what was published")
            for cell, open_ in self.open[at].items():
                open_.discard(int(own[cell]))
            self.together[at] = max(self.together[at], 2 * len(values))
            start += part.size

    def broken(self) -> list[Broken]:
        """What is lost of each cell that has lost something, with its ends."""
        found = []
        for (at, cell), never in self.never.items():
            number = int(self.parts[at].cells[cell])
            left = tuple(sorted(set(range(1, self.facts.asked[number])) - never))
            found.append(Broken(self.facts.names[number], self._end(at, cell, 1.0), self._end(at, cell, -1.0), left))
        return found

    def _end(self, at: int, cell: int, sign: float) -> int:
        cost = np.zeros(self.parts[at].size)
        cost[cell] = sign
        solved = self._solved([(at, {})], cost)
        return int(np.rint(solved.x[cell])) if solved.x is not None else -1


def _is_whole(solution: NDArray[np.float64] | None) -> bool:
    return solution is not None and bool((abs(solution - np.rint(solution)) < 1e-6).all())


def _holds(part: Part, solution: NDArray[np.float64]) -> bool:
    sums = part.matrix @ solution
    is_in = (sums >= part.least - 1e-6) & (sums <= part.most + 1e-6)
    return bool(is_in.all() and (solution >= part.low).all() and (solution <= part.high).all())


def attack(
    releases: Sequence[Shown], random: np.random.Generator, *, at_most: int | None = None, largest: int = 20_000
) -> Attack:
    """All sensitive counts of all releases, or some drawn at random. Parts of more than `largest` unknowns are left."""
    facts = _consistent(releases, random)
    shown = [cell for cell in facts.asked if facts.values[cell] >= 0]
    asked = _drawn({cell: t for cell, t in facts.asked.items() if facts.values[cell] < 0}, random, at_most)
    siege = Siege(facts, [part for part in parts(replace(facts, asked=asked)) if part.size <= largest], random, asked)
    attacked = sum(map(len, siege.open)) + len(shown)
    siege.lay()
    values = [(facts.names[cell], int(facts.values[cell])) for cell in shown]
    broken = [*(Broken(name, value, value, ()) for name, value in values), *siege.broken()]
    return Attack(broken, len(facts.asked), attacked, len(siege.parts), siege.unsolved)


def _consistent(releases: Sequence[Shown], random: np.random.Generator) -> Knowledge:
    """Where what he believes of corrections fits no counts at all, he takes that part of each correction for new."""
    renewed: Renewed = frozenset()
    while True:
        facts = knowledge(releases, renewed)
        if not any(one.is_correction for one in releases):
            return facts
        every = parts(facts)
        siege = Siege(facts, every, random, {})
        wrong = [part for at, part in enumerate(every) if siege.is_impossible(at)]
        names = {facts.names[cell] for part in wrong for cell in part.cells.tolist()}
        anew = {(at, name) for at, one in enumerate(releases) if one.is_correction for name in names}
        if not anew - renewed:
            return facts
        renewed |= anew


def _drawn(asked: dict[int, int], random: np.random.Generator, at_most: int | None) -> dict[int, int]:
    if at_most is None or len(asked) <= at_most:
        return asked
    cells = list(asked)
    return {cells[at]: asked[cells[at]] for at in random.choice(len(cells), at_most, replace=False).tolist()}
