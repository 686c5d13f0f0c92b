"""Solutions that show many values at once: first of the whole system, aimed at what is not shown yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.auditor.knowledge import UNKNOWN
from pipelines.disclosure.auditor.questions import Questions
from pipelines.disclosure.auditor.solver import Answer, Clock, Problem, SolverTrouble, State, solved, whole_values
from pipelines.disclosure.auditor.system import Rows, stacked
from pipelines.disclosure.auditor.verdict import ENDLESS, Proof
from pipelines.disclosure.linked_tables import Flags, Integers, Numbers

AIMED_AT_ONCE = 128
"""Questions of one component."""
WIDER, SHORT = 3, 10
"""How often what is not whole is solved anew with more around it, and how long a row may be to count as near."""
FRUITFUL = 10
"""If fewer than one in so many questions gets a value, half as many are asked at once; then each by itself."""


class NoSolution(Exception):
    """What was published contradicts itself."""


@dataclass(eq=False)
class Witnesses:
    """A problem, its components, and one whole solution to start from."""

    problem: Problem
    component: Integers
    base: Integers

    @classmethod
    def of(cls, problem: Problem, given: Integers, clock: Clock) -> Witnesses:
        """`given` is what the caller knows of a solution, UNKNOWN elsewhere; it counts where it meets every row."""
        component = components(problem.rows, len(problem.high))
        found = cls(problem, component, given.copy())
        free = found.base == UNKNOWN
        found.base[free] = 0
        if free.any() and not free.all():
            found._fill(found.base, free, clock)
        unknowns = np.flatnonzero(np.isin(component, found._unmet(found.base)))
        if len(unknowns):
            problem = _on_the_large_side(problem.chosen(unknowns))
            answer = solved(problem, np.zeros(len(unknowns)), clock, whole=False)
            found.base = found.made_whole(answer, unknowns, clock)
        return found

    def made_whole(self, answer: Answer, unknowns: Integers, clock: Clock) -> Integers:
        """A continuous solution, with what is not whole solved anew: around it, else by whole components."""
        values = self.base.copy()
        faulty = np.unique(self.component[unknowns])
        if answer.state is State.FOUND:
            values, faulty = self.near(answer, unknowns, clock)
        for part in faulty.tolist():
            values[self.component == part] = self._solve(part, clock)
        if not self.problem.rows.met_by(values):
            raise SolverTrouble
        return values

    def near(self, answer: Answer, unknowns: Integers, clock: Clock) -> tuple[Integers, Integers]:
        """Whole numbers near a continuous solution, and the components where none were found: they are as before."""
        values = self.base.copy()
        values[unknowns], is_whole = whole_values(answer.values)
        free = np.zeros(len(values), dtype=bool)
        free[unknowns[~is_whole]] = True
        for _ in range(WIDER):
            if not free.any():
                break
            if self._fill(values, free, clock):
                break
            free = self._wider(free)
        faulty = self._unmet(values)
        kept = np.isin(self.component, faulty)
        values[kept] = self.base[kept]
        return values, faulty

    def _fill(self, values: Integers, free: Flags, clock: Clock) -> bool:
        """The free unknowns in whole numbers beside the others as they are; whether there are any."""
        inside = np.flatnonzero(free)
        rows = self.problem.rows
        rest = np.where(free, 0, values)
        touching = np.diff(rows.matrix[:, inside].indptr) > 0
        some, shift = rows.chosen(touching), (rows.matrix @ rest)[touching]
        low = np.where(some.low <= -ENDLESS, -ENDLESS, some.low + some.threshold - shift)
        high = np.where(some.high >= ENDLESS, ENDLESS, some.high - shift)
        left = Rows(sparse.csr_array(some.matrix[:, inside]), low, high, some.threshold * 0)
        answer = solved(Problem(left, self.problem.high[inside]), np.zeros(len(inside)), clock, whole=True)
        if answer.state is State.FOUND:
            values[inside] = whole_values(answer.values)[0]
        return answer.state is State.FOUND

    def _wider(self, free: Flags) -> Flags:
        """Also the unknowns that share a short row with a free one."""
        matrix = self.problem.rows.matrix
        short = (matrix.astype(bool).astype(np.int64) @ free > 0) & (np.diff(matrix.indptr) <= SHORT)
        wider: Flags = free | (abs(matrix).T @ short.astype(np.int64) > 0)
        return wider

    def _unmet(self, values: Integers) -> Integers:
        """Components in which a rounded solution does not meet a row."""
        rows = self.problem.rows
        left = rows.matrix @ values
        over = left - rows.low
        wrong = (over < 0) | (left > rows.high) | ((over > 0) & (over < rows.threshold))
        entry = np.repeat(wrong, np.diff(rows.matrix.indptr))
        if (wrong & (np.diff(rows.matrix.indptr) == 0)).any():
            raise NoSolution
        return np.unique(self.component[rows.matrix.indices[entry]])

    def _solve(self, part: int, clock: Clock) -> Integers:
        inside = np.flatnonzero(self.component == part)
        answer = solved(self.problem.chosen(inside), np.zeros(len(inside)), clock, whole=True)
        if answer.state is State.IMPOSSIBLE:
            raise NoSolution
        return whole_values(answer.values)[0]


def _on_the_large_side(problem: Problem) -> Problem:
    """Rows that are 0 or at least a threshold, taken as at least the threshold."""
    rows = problem.rows
    return replace(problem, rows=Rows(rows.matrix, rows.low + rows.threshold, rows.high, rows.threshold * 0))


def components(rows: Rows, unknowns: int) -> Integers:
    """Which unknowns have to do with each other through rows."""
    if not len(rows):
        return np.arange(unknowns)
    matrix = abs(rows.matrix)
    graph = sparse.block_array([[None, matrix.T], [matrix, None]], format="csr")
    _, part = connected_components(graph, directed=False)
    component: Integers = part[:unknowns].astype(np.int64)
    return component


def gather(witnesses: Witnesses, asked: Questions, clock: Clock, seed: int = 5) -> None:
    """Rounds of one solution each, as close as it can to one open value of several questions of every component.
    Questions stand in each other's way: where few come through, fewer are asked at once."""
    random = np.random.default_rng(seed)
    several = AIMED_AT_ONCE
    while several and asked.open.any():
        chosen = _some(witnesses, asked, random, several)
        solution = aimed(witnesses, asked, chosen, random, clock)
        gained = asked.learn(solution, Proof.LP) if solution is not None else 0
        if gained * FRUITFUL < len(chosen):
            several //= 2


def _some(witnesses: Witnesses, asked: Questions, random: np.random.Generator, several: int) -> Integers:
    """Of every component so many open questions, at random."""
    still_open = np.flatnonzero(asked.open.any(axis=1))
    component = witnesses.component[asked.most.indices[asked.most.indptr[still_open]]]
    order = np.lexsort((random.random(len(still_open)), component))
    first = np.searchsorted(component[order], component[order])
    chosen: Integers = np.sort(still_open[order[np.arange(len(order)) - first < several]])
    return chosen


def aimed(
    witnesses: Witnesses, asked: Questions, chosen: Integers, random: np.random.Generator, clock: Clock
) -> Integers | None:
    """The solution with the smallest sum of distances from the values; components that are not whole stay."""
    value = 1 + (asked.open[chosen] * random.random((len(chosen), asked.seen.shape[1]))).argmax(axis=1)
    unknowns = np.flatnonzero(np.isin(witnesses.component, np.unique(witnesses.component[_touched(asked, chosen)])))
    problem, objective = _with_distances(
        _on_the_large_side(witnesses.problem.chosen(unknowns)), asked, chosen, value, unknowns
    )
    answer = solved(problem, objective, clock, whole=False)
    if answer.state is not State.FOUND:
        return None
    solution, _ = witnesses.near(Answer(State.FOUND, answer.values[: len(unknowns)]), unknowns, clock)
    return solution if witnesses.problem.rows.met_by(solution) else None


def _touched(asked: Questions, chosen: Integers) -> Integers:
    return np.unique(asked.most[chosen].indices)


def _with_distances(
    problem: Problem, asked: Questions, chosen: Integers, value: Integers, unknowns: Integers
) -> tuple[Problem, Numbers]:
    """One more unknown for each chosen question: how far its reach lies from its value."""
    wanted = value - asked.constant[chosen]
    least, most = asked.least[chosen][:, unknowns], asked.most[chosen][:, unknowns]
    one = sparse.identity(len(chosen), dtype=np.int64, format="csr")
    nothing = np.zeros(len(chosen), dtype=np.int64)
    wide = sparse.hstack([problem.rows.matrix, sparse.csr_array((len(problem.rows), len(chosen)), dtype=np.int64)])
    rows = stacked(
        [
            replace(problem.rows, matrix=sparse.csr_array(wide)),
            Rows(sparse.csr_array(sparse.hstack([least, -one])), nothing - ENDLESS, wanted, nothing),
            Rows(sparse.csr_array(sparse.hstack([most, one])), wanted, nothing + ENDLESS, nothing),
        ]
    )
    high = np.append(problem.high, np.full(len(chosen), ENDLESS))
    return Problem(rows, high), np.append(np.zeros(len(unknowns)), np.ones(len(chosen)))
