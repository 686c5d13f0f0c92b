"""Somebody who wants to know: every small count that was hidden, from all that was published, by whole-number programs.

Shares no code with the gate. What he knows: every figure and every sum of every release, the rules by which figures are
hidden, that counts are whole numbers, and of which groups it was said that nobody is in them. Of corrections he
believes that what they do not show to be otherwise is as it was, as long as that fits what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from benchmarks.hidden_parts import Part, parts
from benchmarks.public_knowledge import Knowledge, Renewed, Shown, knowledge

INFEASIBLE = 2
AT_ONCE = 500
"""Unknowns that are looked at in one program: parts that have nothing to do with each other, side by side."""


@dataclass(frozen=True)
class Broken:
    """A sensitive count that tells too much: its name, its ends, and the values from 1 to t-1 that are left of it.
    `counts` are what it was when it was released, and as what it was released again after others had changed. Nobody
    of few is a secret of the few: `whole` are the ends of how many he believes them to be, `wholes` how many they were.
    What he has found `by_mistake` rests on counts that he took for unchanged and that were not.
    """

    name: str
    least: int
    most: int
    possible: tuple[int, ...]
    counts: frozenset[int]
    whole: tuple[int, int] | None = None
    wholes: frozenset[int] = frozenset()
    by_mistake: bool = False

    @property
    def is_recovered(self) -> bool:
        return self.least == self.most and not self.is_mistaken

    @property
    def is_mistaken(self) -> bool:
        """He believes what is not so, or what he could not know: something had changed that he took for unchanged."""
        is_wrong = self.by_mistake or not any(self.least <= count <= self.most for count in self.counts)
        return is_wrong or (self.whole is not None and not any(within(count, self.whole) for count in self.wholes))


def within(count: int, ends: tuple[int, int]) -> bool:
    """Ends included."""
    return ends[0] <= count <= ends[1]


@dataclass(frozen=True)
class Attack:
    """Of `broken` counts he knows too much, or believes what is not so. `attacked` were asked about, in `parts` of the
    system; of `unsolved` questions the solver made nothing."""

    broken: list[Broken]
    sensitive: int
    attacked: int
    parts: int
    unsolved: int


Question = tuple[int, dict[int, int]]
"""A part, and values that some of its cells are tried with all at once."""


class Siege:
    """Asks of every sensitive cell of some parts whether it can have each value from 1 to t-1; each answer shows values
    of many other cells too. Several are asked together, and apart where together they cannot be."""

    def __init__(
        self, facts: Knowledge, chosen: Sequence[Part], random: np.random.Generator, asked: dict[int, int]
    ) -> None:
        self.facts, self.parts, self.random = facts, chosen, random
        self.open: list[dict[int, set[int]]] = [
            {at: set(range(1, asked[cell])) for at, cell in enumerate(part.cells.tolist()) if cell in asked}
            for part in chosen
        ]
        self.together = [1] * len(chosen)
        self.never: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self.unsolved = 0

    def is_impossible(self, at: int) -> bool:
        """Whether a part fits no counts at all."""
        return bool(self._solved([(at, {})]).status == INFEASIBLE)

    def lay(self) -> None:
        """Until nothing is open."""
        while todo := [at for at, open_ in enumerate(self.open) if any(open_.values())]:
            for group in self._side_by_side(todo):
                self._try([(at, self._values(at)) for at in group])

    def _side_by_side(self, todo: Iterable[int]) -> list[list[int]]:
        groups: list[list[int]] = [[]]
        size = 0
        for at in todo:
            size += self.parts[at].size
            if groups[-1] and size > AT_ONCE:
                groups.append([])
                size = self.parts[at].size
            groups[-1].append(at)
        return groups

    def _values(self, at: int) -> dict[int, int]:
        """Some cells with something open, each with one of its open values."""
        cells = [cell for cell, values in self.open[at].items() if values]
        chosen = self.random.permutation(len(cells))[: self.together[at]].tolist()
        return {cells[each]: int(self.random.choice(sorted(self.open[at][cells[each]]))) for each in chosen}

    def _try(self, asked: Sequence[Question]) -> None:
        solved = self._solved(asked)
        if solved.x is not None:
            self._learn(asked, np.rint(solved.x))
        elif len(asked) > 1:
            self._try(asked[: len(asked) // 2])
            self._try(asked[len(asked) // 2 :])
        else:
            self._fewer(*asked[0], is_impossible=solved.status == INFEASIBLE)

    def _fewer(self, at: int, values: dict[int, int], *, is_impossible: bool) -> None:
        if len(values) > 1:
            self.together[at] = max(1, len(values) // 4)
            self._try([(at, dict(list(values.items())[: len(values) // 2]))])
            return
        for cell, value in values.items():
            self.open[at][cell].discard(value)
            if is_impossible:
                self.never[at, cell].add(value)
            else:
                self.unsolved += 1

    def _solved(self, asked: Sequence[Question], cost: NDArray[np.float64] | None = None) -> OptimizeResult:
        chosen = [self.parts[at] for at, _ in asked]
        low, high = (np.concatenate([getattr(part, end) for part in chosen]) for end in ("low", "high"))
        starts = np.cumsum([0, *(part.size for part in chosen)]).tolist()
        for (_, values), start in zip(asked, starts, strict=False):
            for cell, value in values.items():
                low[start + cell], high[start + cell] = max(low[start + cell], value), min(high[start + cell], value)
        if (low > high).any():
            return OptimizeResult(x=None, status=INFEASIBLE)
        wanted = self.random.integers(0, 3, len(low)).astype(np.float64) if cost is None else cost
        told = LinearConstraint(
            sparse.csc_array(sparse.block_diag([part.matrix for part in chosen])),
            np.concatenate([part.least for part in chosen]),
            np.concatenate([part.most for part in chosen]),
        )
        in_fractions = milp(wanted, bounds=Bounds(low, high), constraints=told, options={"time_limit": 60.0})
        if in_fractions.status == INFEASIBLE or _is_whole(in_fractions.x):
            return in_fractions
        return milp(
            wanted,
            integrality=np.ones(len(low)),
            bounds=Bounds(low, high),
            constraints=told,
            options={"time_limit": 60.0, "mip_rel_gap": 1.0 if cost is None else 0.0},
        )

    def _learn(self, asked: Sequence[Question], solution: NDArray[np.float64]) -> None:
        start = 0
        for at, values in asked:
            part = self.parts[at]
            own = solution[start : start + part.size]
            if not _holds(part, own):
                raise ArithmeticError("the solver's answer does not fit what was published")
            for cell, open_ in self.open[at].items():
                open_.discard(int(own[cell]))
            self.together[at] = max(self.together[at], 2 * len(values))
            start += part.size

    def broken(self) -> list[Broken]:
        """What is lost of each cell that has lost something, with its ends."""
        found = []
        for (at, cell), never in self.never.items():
            number = int(self.parts[at].cells[cell])
            left = tuple(sorted(set(range(1, self.facts.asked[number])) - never))
            ends = self._ends(at, cell)
            told = self.facts.names[number], *ends, left, frozenset(self.facts.counts[number])
            found.append(Broken(*told, *self._of_whole(at, number, ends)))
        return found

    def _of_whole(self, at: int, number: int, ends: tuple[int, int]) -> tuple[tuple[int, int] | None, frozenset[int]]:
        """What he believes of the denominator when he has found nobody, and what it was."""
        if ends != (0, 0):
            return None, frozenset()
        whole = self.facts.wholes[number]
        if self.facts.values[whole] >= 0:
            told = int(self.facts.values[whole])
            return (told, told), frozenset(self.facts.counts_of_wholes[whole])
        place = np.flatnonzero(self.parts[at].cells == whole)
        return (self._ends(at, int(place[0])) if len(place) else None), frozenset(self.facts.counts_of_wholes[whole])

    def _ends(self, at: int, cell: int) -> tuple[int, int]:
        return self._end(at, cell, 1.0), self._end(at, cell, -1.0)

    def _end(self, at: int, cell: int, sign: float) -> int:
        cost = np.zeros(self.parts[at].size)
        cost[cell] = sign
        solved = self._solved([(at, {})], cost)
        return int(np.rint(solved.x[cell])) if solved.x is not None else -1


def _is_whole(solution: NDArray[np.float64] | None) -> bool:
    return solution is not None and bool((abs(solution - np.rint(solution)) < 1e-6).all())


def _holds(part: Part, solution: NDArray[np.float64]) -> bool:
    sums = part.matrix @ solution
    is_in = (sums >= part.least - 1e-6) & (sums <= part.most + 1e-6)
    return bool(is_in.all() and (solution >= part.low).all() and (solution <= part.high).all())


def attack(
    releases: Sequence[Shown], random: np.random.Generator, *, at_most: int | None = None, largest: int = 20_000
) -> Attack:
    """All sensitive counts of all releases, or some drawn at random. Parts of more than `largest` unknowns are left."""
    facts = _consistent(releases, random)
    shown = [cell for cell in facts.asked if facts.values[cell] >= 0]
    asked = _drawn({cell: t for cell, t in facts.asked.items() if facts.values[cell] < 0}, random, at_most)
    siege = Siege(facts, [part for part in parts(replace(facts, asked=asked)) if part.size <= largest], random, asked)
    attacked = sum(map(len, siege.open)) + len(shown)
    siege.lay()
    values = [(facts.names[cell], int(facts.values[cell]), frozenset(facts.counts[cell])) for cell in shown]
    known = [Broken(name, value, value, (), counts) for name, value, counts in values]
    found = [replace(each, by_mistake=_is_by_mistake(each, releases, random)) for each in siege.broken()]
    return Attack([*known, *found], len(facts.asked), attacked, len(siege.parts), siege.unsolved)


def _is_by_mistake(found: Broken, releases: Sequence[Shown], random: np.random.Generator) -> bool:
    """Whether nothing would be found if he knew which counts the corrections have changed."""
    changed = _changed(releases)
    if not changed:
        return False
    facts = knowledge(releases, changed)
    cells = [cell for cell in facts.asked if facts.names[cell] == found.name]
    asked = {cell: facts.asked[cell] for cell in cells if facts.values[cell] < 0}
    siege = Siege(facts, parts(replace(facts, asked=asked)), random, asked)
    siege.lay()
    return len(asked) == len(cells) and not siege.never


def _changed(releases: Sequence[Shown]) -> Renewed:
    """Release and name of the cells of corrections that were otherwise before, or no cells at all."""
    found: set[tuple[int, str]] = set()
    before: dict[str, int] = {}
    for at, one in enumerate(releases):
        now = dict(zip(one.tables.names, one.tables.counts.tolist(), strict=True))
        if one.is_correction:
            found |= {(at, name) for name, count in now.items() if before.get(name) != count}
        before = now
    return frozenset(found)


def _consistent(releases: Sequence[Shown], random: np.random.Generator) -> Knowledge:
    """Where what he believes of corrections fits no counts at all, he takes that part of each correction for new."""
    renewed: Renewed = frozenset()
    while True:
        facts = knowledge(releases, renewed)
        if not any(one.is_correction for one in releases):
            return facts
        every = parts(facts)
        siege = Siege(facts, every, random, {})
        wrong = [part for at, part in enumerate(every) if siege.is_impossible(at)]
        names = {facts.names[cell] for part in wrong for cell in part.cells.tolist()}
        anew = {(at, name) for at, one in enumerate(releases) if one.is_correction for name in names}
        if not anew - renewed:
            return facts
        renewed |= anew


def _drawn(asked: dict[int, int], random: np.random.Generator, at_most: int | None) -> dict[int, int]:
    if at_most is None or len(asked) <= at_most:
        return asked
    cells = list(asked)
    return {cells[at]: asked[cells[at]] for at in random.choice(len(cells), at_most, replace=False).tolist()}
