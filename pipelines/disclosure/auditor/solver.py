"""HiGHS behind one door. What it says is a proposal: a solution counts after a check in whole numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from scipy import optimize, sparse

from pipelines.disclosure.auditor.system import Rows
from pipelines.disclosure.auditor.verdict import ENDLESS
from pipelines.disclosure.linked_tables import Flags, Integers, Numbers

NEAR = 1e-6
SCALE = 1 << 16


class TimeIsUp(Exception):
    """The time limit came before the proof."""


class SolverTrouble(Exception):
    """The solver did not come to an answer; nothing is concluded from that."""


class State(Enum):
    """What is known after a call."""

    FOUND = "found"
    IMPOSSIBLE = "impossible"


AFTER_A_LEAK = 20.0
"""Seconds for the rest once it is sure that nothing goes out: the verdict stands, only its list may be longer."""


@dataclass(eq=False)
class Clock:
    """When to stop, in the clock's own seconds."""

    ends: float
    is_leaky: bool = False

    def check(self) -> None:
        """TimeIsUp when it is."""
        _ = self.left

    def without_leak(self) -> Clock:
        """The same time for another matter."""
        return Clock(self.ends)

    def leak(self) -> None:
        """It is sure what the verdict is."""
        if not self.is_leaky:
            self.is_leaky, self.ends = True, min(self.ends, time.monotonic() + AFTER_A_LEAK)

    @property
    def left(self) -> float:
        """Seconds that are left; none is an end."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeIsUp
        return left


@dataclass(frozen=True, eq=False)
class Answer:
    """A proposed solution (not yet whole where the problem was continuous), or none."""

    state: State
    values: Numbers


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows over unknowns from 0 to `high`; disjunctions are rows with a threshold."""

    rows: Rows
    high: Integers

    def chosen(self, unknowns: Integers) -> Problem:
        """The rows and columns of whole components."""
        rows = self.rows.columns(unknowns)
        return Problem(rows.chosen(np.diff(rows.matrix.indptr) > 0), self.high[unknowns])


def solved(problem: Problem, objective: Numbers, clock: Clock, *, whole: bool) -> Answer:
    """Smallest `objective`. With `whole`, in whole numbers and with the disjunctions; else neither."""
    if not len(objective):
        met = problem.rows.met_by(np.zeros(0, dtype=np.int64))
        return Answer(State.FOUND if met else State.IMPOSSIBLE, np.zeros(0))
    rows = problem.rows
    result = optimize.milp(
        objective,
        integrality=np.full(len(objective), int(whole)),
        bounds=optimize.Bounds(0, _limits(problem.high)),
        constraints=optimize.LinearConstraint(sparse.csc_array(rows.matrix), -_limits(-rows.low), _limits(rows.high))
        if len(rows)
        else None,
        options={"time_limit": clock.left, "mip_rel_gap": 0.0},
    )
    answer = _answer(result)
    return _divided(problem, objective, answer, clock) if whole and answer.state is State.FOUND else answer


def _answer(result: optimize.OptimizeResult) -> Answer:
    if result.status == 0 and result.x is not None:
        return Answer(State.FOUND, result.x)
    if result.status == 2:
        return Answer(State.IMPOSSIBLE, np.zeros(0))
    if result.status == 1:
        raise TimeIsUp
    raise SolverTrouble


def _divided(problem: Problem, objective: Numbers, answer: Answer, clock: Clock) -> Answer:
    """Where a row is from 1 to its threshold - 1, the better of both sides: 0, or at least the threshold."""
    rows = problem.rows
    values, _ = whole_values(answer.values)
    over = rows.matrix @ values - rows.low
    between = np.flatnonzero((over > 0) & (over < rows.threshold))
    if not len(between):
        return answer
    row = int(between[0])
    low, high, threshold = rows.low.copy(), rows.high.copy(), rows.threshold.copy()
    threshold[row], high[row] = 0, low[row]
    none = solved(replace(problem, rows=Rows(rows.matrix, rows.low, high, threshold)), objective, clock, whole=True)
    low[row] += rows.threshold[row]
    many = solved(replace(problem, rows=Rows(rows.matrix, low, rows.high, threshold)), objective, clock, whole=True)
    found = [one for one in (none, many) if one.state is State.FOUND]
    return min(found, key=lambda one: float(objective @ one.values)) if found else none


def _limits(high: Integers) -> Numbers:
    return np.where(high >= ENDLESS, np.inf, high.astype(np.float64))


def whole_values(values: Numbers) -> tuple[Integers, Flags]:
    """Rounded values, and which of them were whole numbers."""
    rounded = np.rint(values)
    return rounded.astype(np.int64), np.abs(values - rounded) < NEAR


def proven_least(problem: Problem, objective: Integers, clock: Clock) -> int | None:
    """A lower bound of a whole-number objective that holds by whole-number arithmetic; None where the LP gives none.

    The LP's prices are rounded to fractions; whatever they are, prices times limits plus what they leave over for each
    unknown is a bound.
    """
    prices = _prices(problem, objective, clock)
    if prices is None:
        return None
    rows = problem.rows
    scaled = np.rint(prices * SCALE).astype(np.int64)
    scaled[(scaled > 0) & (rows.low <= -ENDLESS)] = 0
    scaled[(scaled < 0) & (rows.high >= ENDLESS)] = 0
    over = objective * SCALE - rows.matrix.T @ scaled
    if (problem.high[over < 0] >= ENDLESS).any():
        return None
    limits = np.where(scaled > 0, rows.low, np.where(scaled < 0, rows.high, 0))
    worth = sum(int(price) * int(limit) for price, limit in zip(scaled, limits, strict=True) if price)
    given = sum(int(left) * int(top) for left, top in zip(over[over < 0], problem.high[over < 0], strict=True))
    return -((-(worth + given)) // SCALE)


def _prices(problem: Problem, objective: Integers, clock: Clock) -> Numbers | None:
    """The LP's dual values, one a row."""
    rows = problem.rows
    same = rows.low == rows.high
    below, above = ~same & (rows.high < ENDLESS), ~same & (rows.low > -ENDLESS)
    upper = sparse.vstack([rows.matrix[below], -rows.matrix[above]], format="csr")
    result = optimize.linprog(
        objective.astype(np.float64),
        A_ub=upper if upper.shape[0] else None,
        b_ub=np.concatenate([rows.high[below], -rows.low[above]]) if upper.shape[0] else None,
        A_eq=rows.matrix[same] if same.any() else None,
        b_eq=rows.low[same] if same.any() else None,
        bounds=np.stack([np.zeros(len(objective)), _limits(problem.high)], axis=1),
        method="highs",
        options={"time_limit": clock.left},
    )
    if result.status != 0:
        return None
    prices = np.zeros(len(rows))
    if same.any():
        prices[same] = result.eqlin.marginals
    if upper.shape[0]:
        prices[below] += result.ineqlin.marginals[: int(below.sum())]
        prices[above] -= result.ineqlin.marginals[int(below.sum()) :]
    return prices
