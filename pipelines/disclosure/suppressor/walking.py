"""Large systems: a walk over whole-number solutions that visits every small value of every cell that needs it.

Each step makes many moves at once, none of which shares an atom with another, so that every point on the way is a
solution that agrees with all that is shown: whatever value a hidden cell has on the way is possible. Where no move is
left that is free, the moves that are worth most are opened, and what they change is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.linked_tables import Flags, Integers, Numbers
from pipelines.disclosure.suppressor.attack import Deadline
from pipelines.disclosure.suppressor.moves import Moves
from pipelines.disclosure.suppressor.system import System

STEPS = 14
"""Steps without anything hidden between two rounds of opening."""
SHARE_OPENED = 0.25
ROUNDS = 60


@dataclass
class Walk:
    """Where the walk stands, what is hidden, and which small values each cell has had."""

    system: System
    moves: Moves
    hidden: Flags
    counts: Integers
    visited: Flags
    chance: np.random.Generator
    deadline: Deadline

    @classmethod
    def begun(
        cls, system: System, moves: Moves, hidden: Flags, chance: np.random.Generator, deadline: Deadline
    ) -> Walk:
        """At the true counts."""
        visited = np.zeros((len(system), system.threshold - 1), dtype=np.bool_)
        walk = cls(system, moves, hidden.copy(), system.counts.copy(), visited, chance, deadline)
        walk._note(np.arange(len(system)))
        return walk

    def cover(self, needed: Flags) -> Flags:
        """Walks and hides until the needed cells have had all small values; those that never had are returned."""
        for _ in range(ROUNDS):
            self._steps(needed)
            left = needed & ~self.visited.all(axis=1)
            if not left.any() or not self._opened(left):
                break
        return needed & ~self.visited.all(axis=1)

    def witness(self, cells: Integers, change: Integers) -> None:
        """A solution found elsewhere: these true counts with a change; what it changes is hidden."""
        counts = self.system.counts[cells] + change
        small = (change != 0) & (counts >= 1) & (counts < self.system.threshold)
        self.visited[cells[small], counts[small] - 1] = True
        self.hidden[cells[change != 0]] = True

    def _steps(self, needed: Flags) -> None:
        free = np.flatnonzero(self._price() == 0)
        moves = self.moves.only(free)
        idle = 0
        for _ in range(STEPS):
            self.deadline.left()
            before = int(self.visited[needed].sum())
            if not self._step(moves, needed):
                break
            idle = idle + 1 if int(self.visited[needed].sum()) == before else 0
            if idle >= 3:
                break

    def _price(self) -> Numbers:
        """What it costs to hide what each move changes."""
        shown = np.where(self.hidden, 0.0, np.where(self.system.fixed, np.inf, self.system.worth))
        return price(self.moves, shown)

    def _wish(self, needed: Flags) -> Numbers:
        """Up or down for each cell that lacks a value, with a random weight so that opposite wishes do not cancel."""
        lacks = ~self.visited & needed[:, None]
        values = np.array(self.system.values)
        above = (lacks & (values > self.counts[:, None])).any(axis=1)
        below = (lacks & (values < self.counts[:, None])).any(axis=1)
        wish = above.astype(np.float32) - (below & ~above).astype(np.float32)
        return np.asarray(wish * self.chance.uniform(0.2, 1.0, len(self.counts)), dtype=np.float32)

    def _step(self, moves: Moves, needed: Flags) -> bool:
        """Whether anything moved."""
        gain = moves.touched @ self._wish(needed)
        way = np.sign(gain).astype(np.int64)
        signs = moves.signs * way[:, None]
        can = (way != 0) & ((self.counts[moves.atoms] + signs) >= 0).all(axis=1)
        chosen = apart(moves.atoms, np.abs(gain) * can, np.flatnonzero(can), len(self.system))
        if not len(chosen):
            return False
        change = np.rint(moves.touched[chosen].T @ way[chosen].astype(np.float32)).astype(np.int64)
        self.counts += change
        self._note(np.flatnonzero(change))
        return True

    def _note(self, cells: Integers) -> None:
        small = cells[(self.counts[cells] >= 1) & (self.counts[cells] < self.system.threshold)]
        self.visited[small, self.counts[small] - 1] = True

    def _room(self) -> Numbers:
        """How often each move could be made, forth and back, as far as that is of use."""
        atoms = self.counts[self.moves.atoms]
        most = self.system.threshold - 1
        forth = np.where(self.moves.signs < 0, atoms, most).min(axis=1)
        back = np.where(self.moves.signs > 0, atoms, most).min(axis=1)
        return np.asarray(np.minimum(forth, most) + np.minimum(back, most), dtype=np.float64)

    def _opened(self, left: Flags) -> bool:
        """Hides what the most useful moves change; whether there was any."""
        cost = self._price()
        wish = self._wish(left)
        gain = moves_gain(self.moves, wish) * self._room()
        way = np.sign(self.moves.touched @ wish).astype(np.int64)
        can = (way != 0) & ((self.counts[self.moves.atoms] + self.moves.signs * way[:, None]) >= 0).all(axis=1)
        usable = np.flatnonzero(can & np.isfinite(cost) & (cost > 0) & (gain > 0))
        if not len(usable):
            return False
        worth = np.zeros(len(cost))
        worth[usable] = gain[usable] / cost[usable]
        chosen = apart(self.moves.atoms, worth, usable, len(self.system))
        chosen = chosen[np.argsort(-worth[chosen], kind="stable")][: max(1, int(len(chosen) * SHARE_OPENED))]
        self.hidden[self.moves.touched[chosen].indices] = True
        return True


def price(moves: Moves, shown: Numbers) -> Numbers:
    """The sum over what each move changes."""
    changed = moves.touched.copy()
    changed.data = np.ones_like(changed.data)
    return np.asarray(changed @ shown.astype(np.float32), dtype=np.float64)


def moves_gain(moves: Moves, wish: Numbers) -> Numbers:
    """How much of the wishes each move touches."""
    return np.asarray(np.abs(moves.touched @ wish), dtype=np.float64)


def apart(atoms: Integers, rank: Numbers, candidates: Integers, cells: int) -> Integers:
    """Those candidates that come before all others that share an atom with them."""
    order = candidates[np.argsort(-rank[candidates], kind="stable")]
    place = np.arange(len(order))
    first = np.full(cells, len(order), dtype=np.int64)
    np.minimum.at(first, atoms[order].ravel(), np.repeat(place, atoms.shape[1]))
    chosen: Integers = order[(first[atoms[order]] == place[:, None]).all(axis=1)]
    return chosen
