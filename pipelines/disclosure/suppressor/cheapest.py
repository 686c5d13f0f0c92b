"""The cheapest pattern of a small system, exactly: cuts until no attack is left.

A master problem chooses what is hidden at least cost. Each attack that succeeds (a value that the public could rule
out) gives a cut: grow the pattern while the attack still succeeds; some cell outside the grown pattern must be hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.suppressor.attack import INFEASIBLE, Attacker
from pipelines.disclosure.suppressor.failures import CannotBeProtected, SuppressionFailed
from pipelines.disclosure.suppressor.repairing import Pattern, half_way
from pipelines.disclosure.suppressor.system import System


@dataclass(frozen=True)
class Cut:
    """Some cell of `any_of` is hidden, unless some cell of `unless_shown` is shown."""

    any_of: tuple[int, ...]
    unless_shown: tuple[int, ...] = ()


@dataclass
class Master:
    """The cheapest choice of hidden cells under the cuts found so far."""

    system: System
    cuts: dict[Cut, None] = field(default_factory=dict)

    def choice(self) -> Flags:
        """Which cells are hidden."""
        system = self.system
        least = system.sensitive.astype(np.float64)
        most = np.where(system.fixed & ~system.sensitive, 0.0, 1.0)
        rows = np.zeros((len(self.cuts), len(system)))
        bound = np.zeros(len(self.cuts))
        for row, cut in enumerate(self.cuts):
            rows[row, list(cut.any_of)] = 1
            rows[row, list(cut.unless_shown)] -= 1
            bound[row] = 1 - len(cut.unless_shown)
        constraints = [LinearConstraint(rows, bound, np.inf)] if self.cuts else None
        answer = milp(
            system.worth, integrality=np.ones(len(system)), bounds=Bounds(least, most), constraints=constraints
        )
        if answer.status == INFEASIBLE:
            raise CannotBeProtected(())
        if answer.x is None:
            raise SuppressionFailed("The solver gave no answer; nothing is published.", to_do="Report the tables.")
        choice: Flags = answer.x > 0.5
        return choice


def cheapest(pattern: Pattern, attacker: Attacker, rounds: int) -> Pattern | None:
    """The cheapest pattern that protects, or None when it was not found within so many rounds."""
    master = Master(pattern.system)
    pool = list(pattern.witnesses)
    for _ in range(rounds):
        hidden = master.choice()
        trial = Pattern.of(pattern.system, hidden, [change for change in pool if not change[~hidden].any()])
        known = len(trial.witnesses)
        cuts = list(_cuts(trial, attacker))
        pool += trial.witnesses[known:]
        if not cuts:
            return trial
        master.cuts |= dict.fromkeys(cuts)
    return None


def _cuts(trial: Pattern, attacker: Attacker) -> Iterator[Cut]:
    """What each successful attack demands; none when the pattern protects. Collects the witnesses it meets."""
    found = False
    for cut in _of_sensitive(trial, attacker):
        found = True
        yield cut
    if found:
        return
    for cell in np.flatnonzero(half_way(trial, attacker)):
        yield from _of_half_way(trial, attacker, int(cell))


def _of_sensitive(trial: Pattern, attacker: Attacker) -> Iterator[Cut]:
    for cell, value in trial.missing(trial.system.sensitive):
        if trial.possible[cell, value - 1]:
            continue
        change = attacker.witness(trial.hidden, cell, value, value)
        if change is None:
            yield Cut(_outside(trial, attacker, cell, value))
        else:
            trial.add(change)


def _of_half_way(trial: Pattern, attacker: Attacker, cell: int) -> Iterator[Cut]:
    """A cell that may be small must be able to be anything small, as long as what makes it so stays hidden."""
    small = attacker.witness(trial.hidden, cell, 1, trial.system.threshold - 1)
    because = np.flatnonzero(trial.hidden if small is None else small != 0)
    if small is not None:
        trial.add(small)
    for value in trial.system.values:
        if trial.possible[cell, value - 1]:
            continue
        change = attacker.witness(trial.hidden, cell, value, value)
        if change is None:
            yield Cut(_outside(trial, attacker, cell, value), tuple(int(one) for one in because))
        else:
            trial.add(change)


def _outside(trial: Pattern, attacker: Attacker, cell: int, value: int) -> tuple[int, ...]:
    """The cells outside the largest pattern found under which the cell still cannot have the value."""
    grown = trial.hidden.copy()
    spare = np.flatnonzero(~grown & ~trial.system.fixed)
    outside = []
    for other in spare[np.lexsort((spare, trial.system.worth[spare]))]:
        grown[other] = True
        if attacker.witness(grown, cell, value, value) is not None:
            grown[other] = False
            outside.append(int(other))
    return tuple(outside)
