"""What witnesses did not show, value by value: an exact answer, or none at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.questions import Questions
from pipelines.disclosure.auditor.solver import Clock, Problem, SolverTrouble, State, proven_least, solved, whole_values
from pipelines.disclosure.auditor.system import Matrix, Rows, stacked
from pipelines.disclosure.auditor.verdict import ENDLESS, Proof
from pipelines.disclosure.auditor.witnesses import Witnesses
from pipelines.disclosure.linked_tables import Integers


@dataclass(frozen=True, eq=False)
class Asked:
    """One question over the components that it touches."""

    problem: Problem
    unknowns: Integers
    constant: int
    least: Matrix
    most: Matrix

    @classmethod
    def of(cls, witnesses: Witnesses, questions: Questions, question: int) -> Asked:
        """The part of the system that can bear on the question."""
        touched = np.unique(witnesses.component[questions.most[[question]].indices])
        unknowns = np.flatnonzero(np.isin(witnesses.component, touched))
        return cls(
            witnesses.problem.chosen(unknowns),
            unknowns,
            int(questions.constant[question]),
            sparse.csr_array(questions.least[[question]][:, unknowns]),
            sparse.csr_array(questions.most[[question]][:, unknowns]),
        )

    def within(self, low: int, high: int) -> Problem:
        """The problem with the cell somewhere from `low` to `high`."""
        none, one = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)
        rows = [
            self.problem.rows,
            Rows(self.least, none - ENDLESS, one * (high - self.constant), none),
            Rows(self.most, one * (low - self.constant), none + ENDLESS, none),
        ]
        return Problem(stacked(rows), self.problem.high)

    def solution(self, low: int, high: int, clock: Clock, *, whole: bool) -> Integers | None:
        """A checked solution with the cell from `low` to `high`; None where there is none, or no LP's is whole."""
        problem = self.within(low, high)
        answer = solved(problem, np.zeros(len(self.unknowns)), clock, whole=whole)
        if answer.state is State.IMPOSSIBLE:
            return None
        values = whole_values(answer.values)[0]
        if problem.rows.met_by(values):
            return values
        if whole:
            raise SolverTrouble
        return None

    def proven_ends(self, clock: Clock) -> tuple[int, int]:
        """Bounds of the cell that hold by whole-number arithmetic, whatever the LP's prices are worth."""
        least = proven_least(self.problem, self.least.toarray()[0], clock)
        most = proven_least(self.problem, -self.most.toarray()[0], clock)
        return (
            0 if least is None else self.constant + least,
            ENDLESS if most is None else self.constant - most,
        )

    def end(self, reach: Matrix, sign: int, clock: Clock) -> int:
        """The smallest (sign 1) or, with -1, the largest value; no end above ENDLESS."""
        objective = sign * reach.toarray()[0]
        if sign < 0 and self._endless(objective):
            return ENDLESS
        answer = solved(self.problem, objective.astype(np.float64), clock, whole=True)
        if answer.state is State.IMPOSSIBLE:
            raise SolverTrouble
        return self.constant + sign * int(objective @ whole_values(answer.values)[0])

    def _endless(self, objective: Integers) -> bool:
        return bool((self.problem.high[objective < 0] >= ENDLESS).any())


def decide(witnesses: Witnesses, questions: Questions, clock: Clock) -> None:
    """Every open value becomes seen or never."""
    for question in np.flatnonzero(questions.open.any(axis=1)).tolist():
        if questions.open[question].any():
            _decide(Asked.of(witnesses, questions, question), witnesses, questions, question, clock)
        if questions.leaky([question]).any():
            clock.leak()


def _decide(asked: Asked, witnesses: Witnesses, questions: Questions, question: int, clock: Clock) -> None:
    """A solution for each value by an LP; where there is none, what prices refute, and the rest by MILPs."""
    _try(asked, witnesses, questions, question, clock)
    if not questions.open[question].any():
        return
    least, most = asked.proven_ends(clock)
    values = np.arange(1, questions.seen.shape[1] + 1)
    beyond = questions.open[question] & ((values < least) | (values > most))
    questions.never[question] |= beyond
    if beyond.any():
        questions.way[question] = max(questions.way[question], Proof.LP)
    if not questions.seen[question].any():
        open_values = (np.flatnonzero(questions.open[question]) + 1).tolist()
        if open_values and _ask(asked, witnesses, questions, question, (open_values[0], open_values[-1]), clock):
            return
    while questions.open[question].any():
        value = int(np.flatnonzero(questions.open[question])[0]) + 1
        _ask(asked, witnesses, questions, question, (value, value), clock)


def _try(asked: Asked, witnesses: Witnesses, questions: Questions, question: int, clock: Clock) -> None:
    """LPs for the open values until one does not come out."""
    while questions.open[question].any():
        value = int(np.flatnonzero(questions.open[question])[-1]) + 1
        found = asked.solution(value, value, clock, whole=False)
        if found is None:
            return
        _learn(asked, witnesses, questions, found, Proof.LP)


def _learn(asked: Asked, witnesses: Witnesses, questions: Questions, found: Integers, way: Proof) -> None:
    """A solution of the question's components within the whole one; trouble if it shows nothing after all."""
    solution = witnesses.base.copy()
    solution[asked.unknowns] = found
    if not witnesses.problem.rows.met_by(solution) or not questions.learn(solution, way):
        raise SolverTrouble


def _ask(
    asked: Asked, witnesses: Witnesses, questions: Questions, question: int, values: tuple[int, int], clock: Clock
) -> bool:
    """One MILP; whether none of the values is possible."""
    found = asked.solution(*values, clock, whole=True)
    if found is None:
        between = np.arange(1, questions.seen.shape[1] + 1)
        questions.never[question] |= (values[0] <= between) & (between <= values[1])
        questions.way[question] = Proof.MILP
        return True
    _learn(asked, witnesses, questions, found, Proof.MILP)
    return False
