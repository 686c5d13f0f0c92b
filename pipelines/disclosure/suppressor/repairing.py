"""The incremental heuristic: every value that is not yet possible gets the witness that hides least.

What a witness changes is hidden, so each value that it shows possible stays possible whatever is hidden later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.suppressor.attack import Attacker
from pipelines.disclosure.suppressor.failures import CannotBeProtected
from pipelines.disclosure.suppressor.system import System


class Stuck(Exception):
    """These cells are not sensitive, but once hidden they could never have all of the small values."""

    def __init__(self, cells: Flags) -> None:
        self.cells = cells
        super().__init__()


@dataclass
class Pattern:
    """What is hidden, and the witnesses that all changes are confined to it.

    `possible` has, for each cell and value 1..threshold-1, whether a witness (or the truth) has it. `large` are cells
    that were proven to have none of them as long as nothing more is hidden.
    """

    system: System
    hidden: Flags
    witnesses: list[Integers]
    possible: Flags
    large: Flags

    @classmethod
    def of(cls, system: System, hidden: Flags, witnesses: Sequence[Integers] = ()) -> Pattern:
        """Hidden cells and known witnesses."""
        nothing = np.zeros((len(system), system.threshold - 1), dtype=np.bool_)
        pattern = cls(system, hidden.copy(), [], nothing, np.zeros(len(system), dtype=np.bool_))
        pattern._note(np.zeros(len(system), dtype=np.int64))
        for change in witnesses:
            pattern.add(change)
        return pattern

    @classmethod
    def primary(cls, system: System) -> Pattern:
        """The sensitive cells alone; it leaks."""
        return cls.of(system, system.sensitive)

    def add(self, change: Integers) -> None:
        """A witness; what it changes is hidden from now on."""
        self.witnesses.append(change)
        self._note(change)
        if (change != 0)[~self.hidden].any():
            self.hidden |= change != 0
            self.large[:] = False

    def without(self, cell: int) -> Pattern:
        """The cell is shown again: witnesses that change it are none any more, and what was large stays so."""
        hidden = self.hidden.copy()
        hidden[cell] = False
        pattern = Pattern.of(self.system, hidden, [change for change in self.witnesses if not change[cell]])
        pattern.large = self.large.copy()
        return pattern

    def _note(self, change: Integers) -> None:
        counts = self.system.counts + change
        small = np.flatnonzero((counts >= 1) & (counts < self.system.threshold))
        self.possible[small, counts[small] - 1] = True

    def missing(self, cells: Flags) -> list[tuple[int, int]]:
        """Cell and value, of these cells, that no witness shows; the values furthest from the truth first."""
        wanted = np.argwhere(~self.possible & cells[:, None])
        distance = np.abs(self.system.counts[wanted[:, 0]] - wanted[:, 1] - 1)
        order = np.lexsort((wanted[:, 0], -distance))
        return [(int(cell), int(at) + 1) for cell, at in wanted[order]]


def repaired(pattern: Pattern, attacker: Attacker) -> Pattern:
    """Hides until every sensitive cell and every cell that might be one keeps its whole range."""
    _cover(pattern, attacker, pattern.system.sensitive)
    while (narrowed := half_way(pattern, attacker)).any():
        _cover(pattern, attacker, narrowed)
    return pattern


def _cover(pattern: Pattern, attacker: Attacker, cells: Flags) -> None:
    for cell, value in pattern.missing(cells):
        if pattern.possible[cell, value - 1]:
            continue
        change = attacker.cheapest(pattern.hidden, cell, value)
        if change is None:
            raise _failure(pattern.system, cell)
        pattern.add(change)


def _failure(system: System, cell: int) -> Exception:
    return CannotBeProtected(()) if system.sensitive[cell] else Stuck(np.arange(len(system)) == cell)


def half_way(pattern: Pattern, attacker: Attacker) -> Flags:
    """Hidden cells, not sensitive, for which some of 1..threshold-1 is possible but not known to be all.

    The public cannot tell them from a sensitive cell whose range was narrowed, and neither can the auditor.
    """
    flags = np.zeros(len(pattern.system), dtype=np.bool_)
    doubtful = pattern.hidden & ~pattern.system.sensitive & ~pattern.large & ~pattern.possible.all(axis=1)
    for cell in np.flatnonzero(doubtful).tolist():
        flags[cell] = pattern.possible[cell].any() or attacker.can_be_small(pattern.hidden, cell)
        pattern.large[cell] = not flags[cell]
    return flags
