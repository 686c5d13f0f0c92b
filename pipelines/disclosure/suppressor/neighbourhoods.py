"""Large systems: what the walk leaves over, one value after the other, each looked at with its neighbours only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from pipelines.disclosure.linked_tables import Flags, Integers
from pipelines.disclosure.suppressor.attack import Attacker, Deadline
from pipelines.disclosure.suppressor.bounds import bounds
from pipelines.disclosure.suppressor.failures import CannotBeProtected
from pipelines.disclosure.suppressor.moves import moves_of
from pipelines.disclosure.suppressor.repairing import Stuck
from pipelines.disclosure.suppressor.system import System
from pipelines.disclosure.suppressor.walking import Walk

MOVES_OF_AN_ATOM = 20
FIRST_LOOK, WIDER = 400, 6


def protected_by_walking(system: System, deadline: Deadline) -> Flags:
    """The pattern of a large component: a walk for most of it, a solver for the rest."""
    chance = np.random.default_rng(len(system))
    walk = Walk.begun(system, moves_of(system, chance, MOVES_OF_AN_ATOM), system.sensitive, chance, deadline)
    walk.cover(system.sensitive)
    rest = Rest(walk, deadline)
    rest.cover(np.flatnonzero(system.sensitive & ~walk.visited.all(axis=1)))
    while len(narrowed := rest.half_way()):
        rest.cover(narrowed)
    return walk.hidden


class Rest:
    """The cells that still lack a value."""

    def __init__(self, walk: Walk, deadline: Deadline) -> None:
        self.walk, self.system, self.deadline = walk, walk.system, deadline
        self._relations = sparse.csr_array(abs(self.system.equations))
        self._of_cells = sparse.csr_array(self._relations.T)

    def cover(self, cells: Integers) -> None:
        """Hides, for each value that a cell lacks, what the cheapest witness nearby changes."""
        for cell in cells.tolist():
            for value in self.system.values:
                if not self.walk.visited[cell, value - 1]:
                    self._witness(cell, value)

    def half_way(self) -> Integers:
        """Hidden cells, not sensitive, that may have some of the small values but were not seen to have all."""
        walk = self.walk
        least, most = bounds(self.system, walk.hidden)
        doubtful = walk.hidden & ~self.system.sensitive & (least < self.system.threshold) & (most >= 1)
        doubtful &= ~walk.visited.all(axis=1)
        seen = doubtful & walk.visited.any(axis=1)
        others = [cell for cell in np.flatnonzero(doubtful & ~seen).tolist() if self._may_be_small(cell)]
        return np.sort(np.concatenate([np.flatnonzero(seen), np.array(others, dtype=np.int64)]))

    def _witness(self, cell: int, value: int) -> None:
        for near in self._looks(cell):
            part = self.system.part(near)
            change = Attacker(part, self.deadline).cheapest(
                self.walk.hidden[near], int(np.searchsorted(near, cell)), value
            )
            if change is not None:
                self.walk.witness(near, change)
                return
        raise CannotBeProtected(()) if self.system.sensitive[cell] else Stuck(np.arange(len(self.system)) == cell)

    def _may_be_small(self, cell: int) -> bool:
        """Judged by the relations nearby alone: it may say yes where more relations would say no."""
        near = next(self._looks(cell))
        inside = np.zeros(len(self.system), dtype=np.float64)
        inside[near] = 1
        unseen = self._relations @ (self.walk.hidden * (1 - inside))
        kept = np.flatnonzero(unseen == 0)
        part = self.system.with_relations(kept).part(near)
        return Attacker(part, self.deadline).can_be_small(self.walk.hidden[near], int(np.searchsorted(near, cell)))

    def _looks(self, cell: int) -> Iterator[Integers]:
        """The cells nearby, more and more of them, in the end all."""
        size = FIRST_LOOK
        while size < len(self.system):
            yield self._near(cell, size)
            size *= WIDER
        yield np.arange(len(self.system))

    def _near(self, cell: int, size: int) -> Integers:
        near = np.array([cell])
        while len(near) < size:
            relations = np.unique(self._of_cells[near].indices)
            wider = np.unique(self._relations[relations].indices)
            if len(wider) == len(near):
                break
            near = wider.astype(np.int64)
        return near
