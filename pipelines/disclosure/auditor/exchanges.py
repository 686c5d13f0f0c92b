"""Witnesses near a known solution, without a solver: a few children change places between hidden counts.

One count is raised or lowered by one. Each row that this breaks is mended by another count of the row, until one count
mends all that is left: it is found by the random mark of its rows, not by search. In a table with margins this is the
exchange between two rows and two columns. Exchanges add up: a count that has to move by thirty takes thirty children
from wherever they are. What comes out is a proposal like a solver's, and counts after the same check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.questions import Questions
from pipelines.disclosure.auditor.solver import Clock
from pipelines.disclosure.auditor.system import Matrix, Rows
from pipelines.disclosure.auditor.verdict import Proof
from pipelines.disclosure.auditor.witnesses import Witnesses
from pipelines.disclosure.linked_tables import Integers

Exchange: TypeAlias = tuple[tuple[int, int], ...]
"""Unknowns and their changes, 1 or -1."""

AT_ONCE = 2_000
"""Questions whose witnesses are checked together."""

FOUR = 4
"""How many counts an exchange touches at most: more would be found, and a solver finds them faster."""

STEPS = 3_000
"""How many counts are looked at for one question."""

FRUITLESS = 20
"""If fewer than one in so many values is shown, the rest is left to solvers."""

WRAP = (1 << 64) - 1


def exchanged(witnesses: Witnesses, asked: Questions, clock: Clock) -> None:
    """Every open value is tried; what exchanges do not reach stays open."""
    questions = np.flatnonzero(asked.open.any(axis=1))
    if not len(questions):
        return
    neighbours = Neighbours.of(witnesses.problem.rows, witnesses.base)
    for start in range(0, len(questions), AT_ONCE):
        clock.check()
        chunk = questions[start : start + AT_ONCE]
        before = int(asked.open[chunk].sum())
        worlds = neighbours.worlds(asked, chunk[asked.open[chunk].any(axis=1)], witnesses.base)
        asked.learn_changes(witnesses.base, worlds[checked(witnesses, worlds)], Proof.WITNESS)
        if (before - int(asked.open[chunk].sum())) * FRUITLESS < before:
            break


def checked(witnesses: Witnesses, worlds: Matrix) -> Integers:
    """The worlds that meet every row, in 64-bit arithmetic. A world is a row of changes to the base, which does."""
    rows, base = witnesses.problem.rows, witnesses.base
    wrong = np.zeros(worlds.shape[0], dtype=bool)
    entry = np.repeat(np.arange(worlds.shape[0]), np.diff(worlds.indptr))
    wrong[entry[base[worlds.indices] + worlds.data < 0]] = True
    shift = sparse.coo_array(worlds @ rows.matrix.T)
    row = shift.coords[1]
    over = (rows.matrix @ base)[row] + shift.data - rows.low[row]
    outside = (over < 0) | (over > rows.high[row] - rows.low[row]) | ((over > 0) & (over < rows.threshold[row]))
    wrong[shift.coords[0][outside & (shift.data != 0)]] = True
    return np.flatnonzero(~wrong)


@dataclass(eq=False)
class Neighbours:
    """A problem as plain lists to walk through. `left` is what a count can still give."""

    marks: list[int]
    at_mark: dict[int, int]
    rows: list[list[tuple[int, int]]]
    members: list[list[tuple[int, int]]]
    left: list[int]
    blocked: frozenset[int] = frozenset()
    steps: int = 0

    @classmethod
    def of(cls, rows: Rows, base: Integers) -> Neighbours:
        """Members of each row with the largest first, for they have most to give."""
        matrix = rows.matrix
        random = np.random.default_rng(64).integers(1, 2**63, size=max(len(rows), 1), dtype=np.uint64)
        marks = (sparse.csr_array(matrix.T).astype(np.uint64) @ random[: len(rows)]).tolist()
        row = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
        order = np.lexsort((-base[matrix.indices], row))
        pairs = list(zip(matrix.indices[order].tolist(), matrix.data[order].tolist(), strict=True))
        ends = matrix.indptr.tolist()
        by_unknown = sparse.csc_array(matrix)
        places = list(zip(by_unknown.indices.tolist(), by_unknown.data.tolist(), strict=True))
        columns = by_unknown.indptr.tolist()
        return cls(
            marks=marks,
            at_mark={mark: at for at, mark in enumerate(marks)},
            rows=[places[columns[at] : columns[at + 1]] for at in range(len(marks))],
            members=[pairs[ends[at] : ends[at + 1]] for at in range(len(rows))],
            left=base.tolist(),
        )

    def worlds(self, asked: Questions, questions: Integers, base: Integers) -> Matrix:
        """One row of changes for each open value that exchanges seem to reach."""
        low = (asked.least[questions] @ base + asked.constant[questions]).tolist()
        high = (asked.most[questions] @ base + asked.constant[questions]).tolist()
        found: list[dict[int, int]] = []
        for at, question in enumerate(questions.tolist()):
            values = (np.flatnonzero(asked.open[question]) + 1).tolist()
            up, down = [v - high[at] for v in values if v > high[at]], [low[at] - v for v in values if v < low[at]]
            for reach, change, distances in ((asked.most, 1, up), (asked.least, -1, down[::-1])):
                if distances:
                    unknowns = reach.indices[reach.indptr[question] : reach.indptr[question + 1]].tolist()
                    found += cut(self._moved(unknowns, change, distances[-1]), distances)
        return _matrix(found, len(base))

    def _moved(self, unknowns: list[int], change: int, distance: int) -> list[tuple[Exchange, int]]:
        """Exchanges that move the sum of the unknowns, each with how often it is made; maybe not as far."""
        self.blocked, self.steps = frozenset(unknowns), STEPS
        moved: list[tuple[Exchange, int]] = []
        for unknown in unknowns:
            for exchange in self._with(unknown, change):
                often = min(distance, self._at_most(exchange))
                if often > 0:
                    self._make(exchange, often)
                    moved.append((exchange, often))
                    distance -= often
                if not distance:
                    break
            if not distance or self.steps < 0:
                break
        for exchange, often in moved:
            self._make(exchange, -often)
        return moved

    def _at_most(self, exchange: Exchange) -> int:
        """How often an exchange can be made; never when it has an unknown twice."""
        if len({unknown for unknown, _ in exchange}) < len(exchange):
            return 0
        return min((self.left[unknown] for unknown, change in exchange if change < 0), default=WRAP)

    def _make(self, exchange: Exchange, often: int) -> None:
        for unknown, change in exchange:
            self.left[unknown] += change * often

    def _with(self, unknown: int, change: int) -> Iterator[Exchange]:
        broken = {row: change * coefficient for row, coefficient in self.rows[unknown]}
        if not broken:
            yield ((unknown, change),)
            return
        for others in self._mended(change * self.marks[unknown] & WRAP, broken, FOUR - 1):
            yield ((unknown, change), *others)

    def _mended(self, rest: int, broken: dict[int, int], most: int) -> Iterator[Exchange]:
        """At most so many further changes that mend all broken rows; `rest` is the sum of the marks so far."""
        row = min(broken, key=lambda at: (broken[at] < 0, len(self.members[at])))
        amount, marks, left = broken[row], self.marks, self.left
        for unknown, coefficient in self.members[row]:
            self.steps -= 1
            if self.steps < 0:
                return
            change = -amount * coefficient
            if abs(change) != 1 or unknown in self.blocked or (change < 0 and left[unknown] <= 0):
                continue
            over = (rest + change * marks[unknown]) & WRAP
            if not over:
                yield ((unknown, change),)
            elif most > 2:
                for others in self._mended(over, self._still_broken(broken, unknown, change), most - 1):
                    yield ((unknown, change), *others)
            elif (last := self._last(over)) is not None:
                yield ((unknown, change), last)

    def _last(self, over: int) -> tuple[int, int] | None:
        """The one count that mends all that is left, if there is one that can."""
        unknown = self.at_mark.get(over)
        if unknown is not None:
            return None if unknown in self.blocked or self.left[unknown] <= 0 else (unknown, -1)
        unknown = self.at_mark.get(-over & WRAP)
        return None if unknown is None or unknown in self.blocked else (unknown, 1)

    def _still_broken(self, broken: dict[int, int], unknown: int, change: int) -> dict[int, int]:
        now = dict(broken)
        for row, coefficient in self.rows[unknown]:
            now[row] = now.get(row, 0) + change * coefficient
            if not now[row]:
                del now[row]
        return now


def cut(moved: Iterable[tuple[Exchange, int]], distances: list[int]) -> Iterator[dict[int, int]]:
    """The changes after each of the distances (the shortest first) that the exchanges reach."""
    changes: dict[int, int] = {}
    wanted, gone = list(distances), 0
    for exchange, often in moved:
        left = often
        while left and wanted:
            now = min(left, wanted[0] - gone)
            for unknown, change in exchange:
                changes[unknown] = changes.get(unknown, 0) + change * now
            gone, left = gone + now, left - now
            if gone == wanted[0]:
                wanted.pop(0)
                yield dict(changes)


def _matrix(worlds: list[dict[int, int]], unknowns: int) -> Matrix:
    lengths = np.array([0, *(len(world) for world in worlds)], dtype=np.int64)
    columns = np.fromiter((unknown for world in worlds for unknown in world), dtype=np.int64)
    changes = np.fromiter((change for world in worlds for change in world.values()), dtype=np.int64)
    return sparse.csr_array((changes, columns, np.cumsum(lengths)), shape=(len(worlds), unknowns))
