"""Chooses the pattern: each component of the tables by the best way that its size allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.disclosure.linked_tables import Flags, LinkedTables
from pipelines.disclosure.suppressor.attack import Attacker, Deadline
from pipelines.disclosure.suppressor.cheapest import cheapest
from pipelines.disclosure.suppressor.failures import CannotBeProtected
from pipelines.disclosure.suppressor.neighbourhoods import protected_by_walking
from pipelines.disclosure.suppressor.repairing import Pattern, Stuck, repaired
from pipelines.disclosure.suppressor.system import System
from pipelines.disclosure.suppressor.tidying import tidied

EXACT_UP_TO = 24
"""Cells that may or may not be hidden in a component that is solved exactly."""
ROUNDS = 60
LARGE = 1500
"""More cells than this, and solving for one value after the other takes too long."""
PUBLIC_WORTH = 1e6


def suppress(tables: LinkedTables, *, time_limit: float | None = None) -> Flags:
    """Which cells are hidden; the same for the same tables, whatever the machine.

    Every sensitive count keeps each of 1..threshold-1 possible, and every other hidden count either that too or none
    of them. Raises CannotBeProtected where published cells make that impossible, SuppressionFailed when the solver or
    the time gives out.
    """
    system = System.of(tables)
    deadline = Deadline(time_limit)
    try:
        return _suppressed(system, deadline)
    except CannotBeProtected:
        withheld = _would_be_withheld(system, deadline)
        raise CannotBeProtected([tables.names[cell] for cell in np.flatnonzero(withheld).tolist()]) from None


def _suppressed(system: System, deadline: Deadline) -> Flags:
    hidden = system.sensitive.copy()
    if (hidden & system.fixed).any():
        raise CannotBeProtected(())
    component = system.components()
    order = np.argsort(component, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(component[order])) + 1)
    found: dict[bytes, Flags] = {}
    for cells in groups:
        if system.sensitive[cells].any():
            part = system.part(cells)
            key = part.content()
            if key not in found:
                found[key] = protected(part, deadline)
            hidden[cells] = found[key]
    return hidden


def protected(system: System, deadline: Deadline) -> Flags:
    """The pattern of one component. A cell that, once hidden, could never have all small values stays shown."""
    while True:
        try:
            return protected_by_walking(system, deadline) if len(system) > LARGE else _small(system, deadline)
        except Stuck as stuck:
            system = replace(system, fixed=system.fixed | stuck.cells)


def _small(system: System, deadline: Deadline) -> Flags:
    attacker = Attacker(system, deadline)
    pattern = tidied(repaired(Pattern.primary(system), attacker), attacker)
    if np.count_nonzero(~system.sensitive & ~system.fixed) <= EXACT_UP_TO:
        pattern = cheapest(pattern, attacker, ROUNDS) or pattern
    return pattern.hidden


def _would_be_withheld(system: System, deadline: Deadline) -> Flags:
    """The public cells that a pattern would hide if it could, as few as it takes; none if even that would not do."""
    dear = replace(
        system,
        fixed=np.zeros(len(system), dtype=np.bool_),
        worth=np.where(system.fixed, PUBLIC_WORTH, system.worth),
    )
    try:
        return _suppressed(dear, deadline) & system.fixed
    except CannotBeProtected:
        return system.sensitive & system.fixed
