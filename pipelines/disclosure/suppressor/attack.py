"""What an attacker could still believe: whole-number solutions that agree with everything that is shown.

A witness is a change of the true counts, zero on every cell that is shown, after which all relations still hold.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pipelines.disclosure.linked_tables import Flags, Integers, Numbers
from pipelines.disclosure.suppressor.failures import SuppressionFailed
from pipelines.disclosure.suppressor.system import System

SOLVED, INFEASIBLE = 0, 2
NEARLY_FREE = 1e-3
"""What a unit of change costs in a cell that is hidden already: of two witnesses the one that changes less."""


@dataclass
class Deadline:
    """Seconds that are left; None is for ever."""

    seconds: float | None
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Raises when the time is up."""
        if self.seconds is None:
            return np.inf
        left = self.began + self.seconds - time.monotonic()
        if left <= 0:
            raise SuppressionFailed(
                "No pattern was found within the time limit; nothing is published.",
                to_do="Give it more time, or publish fewer cells at once.",
            )
        return left


class Attacker:
    """Searches witnesses in one system. Changes are split in what is added and what is taken."""

    def __init__(self, system: System, deadline: Deadline) -> None:
        self.system, self.deadline = system, deadline
        cells, shares = len(system), len(system.numerators)
        row = np.arange(shares)
        excess = sparse.csr_array(
            (
                np.concatenate([np.ones(shares), -np.ones(shares)]),
                (np.concatenate([row, row]), np.concatenate([system.numerators, system.denominators])),
            ),
            shape=(shares, cells),
        )
        self._rows = sparse.vstack([system.equations, excess], format="csc")
        room = (system.counts[system.denominators] - system.counts[system.numerators]).astype(np.float64)
        balanced = np.zeros(system.equations.shape[0])
        self._lower = np.concatenate([balanced, np.full(shares, -np.inf)])
        self._upper = np.concatenate([balanced, room])

    def witness(self, hidden: Flags, cell: int, lowest: int, highest: int) -> Integers | None:
        """A change of hidden cells alone that brings the cell within lowest..highest; None when there is none."""
        columns = np.flatnonzero(hidden)
        costs = np.full(len(self.system), NEARLY_FREE)
        return self._solved(columns, costs, cell, lowest, highest)

    def cheapest(self, hidden: Flags, cell: int, value: int) -> Integers | None:
        """A change that brings the cell to the value and touches little that is shown; None when there is none."""
        columns = np.flatnonzero(hidden | ~self.system.fixed)
        costs = np.where(hidden, NEARLY_FREE, self.system.worth)
        return self._solved(columns, costs, cell, value, value)

    def can_be_small(self, hidden: Flags, cell: int) -> bool:
        """Whether any of 1..threshold-1 is possible, even if numerators could be above denominators."""
        columns = np.flatnonzero(hidden)
        equations = self.system.equations.shape[0]
        counts = self.system.counts[columns].astype(np.float64)
        lower, upper = -counts, np.full(len(columns), np.inf)
        at = int(np.searchsorted(columns, cell))
        lower[at], upper[at] = 1 - counts[at], self.system.threshold - 1 - counts[at]
        rows = self._rows[:equations, columns]
        kept = np.flatnonzero(np.diff(rows.tocsr().indptr))
        rows = rows[kept]
        answer = self._milp(np.zeros(len(columns)), rows, np.zeros(len(kept)), np.zeros(len(kept)), lower, upper, 0)
        if answer is None:
            return False
        if np.array_equal(answer, np.round(answer)):
            return True
        answer = self._milp(np.zeros(len(columns)), rows, np.zeros(len(kept)), np.zeros(len(kept)), lower, upper, 1)
        return answer is not None

    def _solved(self, columns: Integers, costs: Numbers, cell: int, lowest: int, highest: int) -> Integers | None:
        counts = self.system.counts[columns].astype(np.float64)
        at = int(np.searchsorted(columns, cell))
        added, taken = np.full(len(columns), np.inf), counts.copy()
        up, down = lowest - counts[at], highest - counts[at]
        least = np.zeros(2 * len(columns))
        if up >= 0:
            least[at], added[at], taken[at] = up, down, 0
        elif down <= 0:
            least[len(columns) + at], taken[at], added[at] = -down, -up, 0
        most = np.concatenate([added, taken])
        rows = self._rows[:, columns]
        kept = np.flatnonzero(np.diff(rows.tocsr().indptr))
        rows = rows[kept]
        doubled = sparse.hstack([rows, -rows], format="csc")
        cost = np.concatenate([costs[columns], costs[columns]])
        for whole in (0, 1):
            answer = self._milp(cost, doubled, self._lower[kept], self._upper[kept], least, most, whole)
            if answer is None:
                return None
            change = self._checked(columns, answer)
            if change is not None and lowest <= self.system.counts[cell] + change[cell] <= highest:
                return change
        raise SuppressionFailed("The solver's answer does not hold in whole numbers; nothing is published.")

    def _checked(self, columns: Integers, answer: Numbers) -> Integers | None:
        """The answer in whole numbers if everything still holds exactly, else None."""
        split = answer[: len(columns)] - answer[len(columns) :]
        change = np.zeros(len(self.system), dtype=np.int64)
        change[columns] = np.round(split).astype(np.int64)
        return change if holds(self.system, change) else None

    def _milp(
        self,
        cost: Numbers,
        rows: sparse.csc_array,
        lower: Numbers,
        upper: Numbers,
        least: Numbers,
        most: Numbers,
        whole: int,
    ) -> Numbers | None:
        limit = self.deadline.left()
        options = {} if np.isinf(limit) else {"time_limit": limit}
        answer = milp(
            cost,
            integrality=np.full(len(cost), whole),
            bounds=Bounds(least, most),
            constraints=[LinearConstraint(rows, lower, upper)] if rows.shape[0] else None,
            options=options,
        )
        if answer.status == INFEASIBLE:
            return None
        if answer.x is None or answer.status != SOLVED:
            self.deadline.left()
            raise SuppressionFailed("The solver gave no answer; nothing is published.", to_do="Report the tables.")
        return np.asarray(answer.x, dtype=np.float64)


def holds(system: System, change: Integers) -> bool:
    """Whether the changed counts are counts, satisfy every relation, and no numerator is above its denominator."""
    counts = system.counts + change
    return bool(
        (counts >= 0).all()
        and not (system.equations.astype(np.int64) @ change).any()
        and (counts[system.numerators] <= counts[system.denominators]).all()
    )
