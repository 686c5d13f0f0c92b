"""What witnesses did not show, value by value: an exact answer, or none at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.questions import Questions
from pipelines.disclosure.auditor.solver import Clock, Problem, SolverTrouble, State, proven_least, solved, whole_values
from pipelines.disclosure.auditor.system import Matrix, Rows, stacked
from pipelines.disclosure.auditor.verdict import ENDLESS
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

    def solution(self, low: int, high: int, clock: Clock) -> Integers | None:
        """A checked solution with the cell from `low` to `high`; None where there is none."""
        problem = self.within(low, high)
        answer = solved(problem, np.zeros(len(self.unknowns)), clock, whole=True)
        if answer.state is State.IMPOSSIBLE:
            return None
        values = whole_values(answer.values)[0]
        if not problem.rows.met_by(values):
            raise SolverTrouble
        return values

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


def _decide(asked: Asked, witnesses: Witnesses, questions: Questions, question: int, clock: Clock) -> None:
    threshold = int(questions.threshold[question])
    if not questions.seen[question].any():
        bound = proven_least(asked.problem, asked.least.toarray()[0], clock)
        if bound is not None and asked.constant + bound >= threshold:
            questions.never[question] = questions.asked[question]
            return
        if _ask(asked, witnesses, questions, question, (1, threshold - 1), clock):
            return
    while questions.open[question].any():
        value = int(np.flatnonzero(questions.open[question])[0]) + 1
        _ask(asked, witnesses, questions, question, (value, value), clock)


def _ask(
    asked: Asked, witnesses: Witnesses, questions: Questions, question: int, values: tuple[int, int], clock: Clock
) -> bool:
    """One call; whether none of the values is possible."""
    found = asked.solution(*values, clock)
    if found is None:
        between = np.arange(1, questions.seen.shape[1] + 1)
        questions.never[question] |= (values[0] <= between) & (between <= values[1])
        questions.by_milp[question] = True
        return True
    solution = witnesses.base.copy()
    solution[asked.unknowns] = found
    if not witnesses.problem.rows.met_by(solution):
        raise SolverTrouble
    if not questions.learn(solution):
        raise SolverTrouble
    return False
