"""The clean-up: what turns out not to be needed is shown again, the most worthy cell first."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.linked_tables import Flags
from pipelines.disclosure.suppressor.attack import Attacker
from pipelines.disclosure.suppressor.repairing import Pattern, half_way


def tidied(pattern: Pattern, attacker: Attacker) -> Pattern:
    """No cell of the outcome could be shown alone without giving something away."""
    system = pattern.system
    spare = np.flatnonzero(pattern.hidden & ~system.sensitive)
    for cell in spare[np.lexsort((spare, -system.worth[spare]))]:
        pattern = _without(pattern, attacker, int(cell)) or pattern
    return pattern


def _without(pattern: Pattern, attacker: Attacker, cell: int) -> Pattern | None:
    """The pattern with this cell shown, if it still protects."""
    trial = pattern.without(cell)
    if not _proven(trial, attacker, trial.system.sensitive):
        return None
    narrowed = half_way(trial, attacker)
    return trial if _proven(trial, attacker, narrowed) else None


def _proven(trial: Pattern, attacker: Attacker, cells: Flags) -> bool:
    """Whether all values of these cells are possible with nothing more hidden; collects the witnesses."""
    for cell, value in trial.missing(cells):
        if trial.possible[cell, value - 1]:
            continue
        change = attacker.witness(trial.hidden, cell, value, value)
        if change is None:
            return False
        trial.add(change)
    return True
