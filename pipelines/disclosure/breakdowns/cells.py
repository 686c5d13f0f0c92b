"""Breakdowns as linked tables for the gate: what is told, and behind it every group and outcome as a hidden cell.

The hidden cells are there for the auditor: it must find that each small one of them can still be anything, also beside
earlier releases, in which other groups were told together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipelines.disclosure.breakdowns.classes import Bins, Class, Split, Told, told_of_parts, told_of_whole, told_sizes
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, LinkedTables, Relations

OTHER = "other_groups"
"""The name of the groups that are told together; which they are stands in `members`."""

NO_CELL = -1
TABLES = 10
"""Numbers kept for the tables of one breakdown: its wholes, and each of its divisions."""


@dataclass(frozen=True)
class Division:
    """Groups, by number, that divide the group `whole`: each of its children is in exactly one of them."""

    whole: int
    members: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Breakdown:
    """counts: groups, outcomes; the last outcome is all children. `splits` stand parents first.

    `share_of` has for each outcome the one that it is shown as a share of (all children: themselves). What is `untold`
    decides how far groups may be told apart, and is never told itself: all children, and what is left of them.
    `groups` are named `kind=value`. `wholes` stand beside each other; every other group is in a division of a whole.
    """

    name: str
    groups: tuple[str, ...]
    wholes: tuple[int, ...]
    divisions: tuple[Division, ...]
    outcomes: tuple[str, ...]
    share_of: tuple[int, ...]
    untold: frozenset[int]
    splits: tuple[Split, ...]
    counts: Integers


ROWS = {
    "breakdown": pl.String(),
    "kind": pl.String(),
    "group": pl.String(),
    "members": pl.List(pl.String()),
    "outcome": pl.String(),
    "parts": pl.List(pl.String()),
    "count": pl.Int64(),
    "of": pl.Int64(),
    "cell": pl.Int64(),
    "cell_of": pl.Int64(),
}
"""A figure that may be told: of which group, which outcome (the last of its `parts`, where several are told together),
its number, what it is a share `of`, and the cells of both. What is no cell is a zero that everybody sees, or untold."""


@dataclass(eq=False)
class Protected:
    """All breakdowns in one system. `belongs_to` has the number of each cell's table."""

    tables: LinkedTables
    hidden: Flags
    belongs_to: Integers
    rows: pl.DataFrame


def protected(breakdowns: Sequence[Breakdown], threshold: int) -> Protected:
    """What may be told of each, chosen so that nothing told is sensitive; the auditor judges it afterwards."""
    drawing = _Drawing(threshold)
    for number, breakdown in enumerate(breakdowns):
        _Writing(drawing, breakdown, number).write()
    return drawing.finished()


@dataclass(eq=False)
class _Drawing:
    """Cells and relations as they are written down, one breakdown after another."""

    threshold: int
    names: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    denominators: list[int] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    belongs_to: list[int] = field(default_factory=list)
    relations: list[tuple[int, list[int]]] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def cell(self, name: str, count: int, of: int, table: int) -> int:
        """A new cell, hidden until somebody shows it."""
        self.names.append(name)
        self.counts.append(count)
        self.denominators.append(of if of != NO_CELL else NO_DENOMINATOR)
        self.hidden.append(True)
        self.belongs_to.append(table)
        return len(self.names) - 1

    def sum_of(self, total: int, parts: Sequence[int]) -> None:
        """The total is the sum of those parts that are cells."""
        some = [part for part in parts if part != NO_CELL]
        if total != NO_CELL and some and some != [total]:
            self.relations.append((total, some))

    def finished(self) -> Protected:
        """As arrays."""
        tables = LinkedTables(
            names=tuple(self.names),
            counts=np.array(self.counts, dtype=np.int64),
            denominators=np.array(self.denominators, dtype=np.int64),
            relations=Relations.of(self.relations),
            threshold=self.threshold,
        )
        rows = pl.DataFrame(self.rows, schema=ROWS, orient="row")
        belongs_to = np.array(self.belongs_to, dtype=np.int64)
        return Protected(tables, np.array(self.hidden, dtype=np.bool_), belongs_to, rows)


Figure = tuple[Class, tuple[int, ...]]
"""Some groups together, and some outcomes together."""


class _Writing:
    """One breakdown: what is told of wholes, then of the groups that divide them; then all of it as cells."""

    def __init__(self, drawing: _Drawing, breakdown: Breakdown, number: int) -> None:
        self.drawing, self.breakdown, self.number = drawing, breakdown, number
        self.everybody = len(breakdown.outcomes) - 1
        self.told: list[Figure] = []
        self.empty: set[tuple[int, int]] = set()
        self.apart: list[set[int]] = [set() for _ in breakdown.divisions]
        self.cells: dict[Figure, int] = {}

    def write(self) -> None:
        """Everything that stands in the tables, and the rows of what is told."""
        for whole in self.breakdown.wholes:
            self._whole(whole)
        self.empty = set(self._seen_to_be_empty())
        self._hidden_cells()
        self.drawing.rows.extend(self._row(*figure) for figure in self.told)

    def _seen_to_be_empty(self) -> Iterator[tuple[int, int]]:
        """Groups and outcomes that nobody is counted in for all to see: a zero is told of them, or of a whole that they
        are part of. These are no cells."""
        own = self.breakdown
        parts = {split.whole: split.parts for split in own.splits}
        members: dict[int, list[int]] = {group: [] for group in own.wholes}
        for division in own.divisions:
            members[division.whole] = [*members[division.whole], *division.members]
        open_ = [
            (group, each)
            for groups, outcomes in self.told
            for group in groups
            for each in outcomes
            if self._count(groups, outcomes) == 0
        ]
        while open_:
            group, outcome = open_.pop()
            yield group, outcome
            open_ += [(member, outcome) for member in members.get(group, ())]
            open_ += [(group, part) for part in parts.get(outcome, ())]

    def _count(self, groups: Class, outcomes: tuple[int, ...]) -> int:
        return int(self.breakdown.counts[np.ix_(groups, outcomes)].sum())

    def _hidden_cells(self) -> None:
        """Every outcome of a whole; of groups those at which they are told apart somehow, for elsewhere nothing is said
        of them that is not said of the whole."""
        own = self.breakdown
        of_group = {whole: set(range(self.everybody + 1)) for whole in own.wholes}
        for division, outcomes in zip(own.divisions, self.apart, strict=True):
            of_group |= dict.fromkeys(division.members, outcomes)
        for group, outcomes in sorted(of_group.items()):
            self._cells_of_group(group, outcomes)
        for division, outcomes in zip(own.divisions, self.apart, strict=True):
            for outcome in sorted(outcomes):
                parts = [self._cell((member,), (outcome,)) for member in division.members]
                self.drawing.sum_of(self._cell((division.whole,), (outcome,)), parts)

    def _cells_of_group(self, group: int, outcomes: set[int]) -> None:
        for split in self.breakdown.splits:
            if not outcomes.issuperset(split.parts):
                continue
            parts = [self._cell((group,), (part,)) for part in split.parts]
            self.drawing.sum_of(self._cell((group,), (split.whole,)), parts)

    def _table(self, groups: Class) -> int:
        """A whole is a table of its own, and so is each division: the auditor may hold back one without the other."""
        divisions = self.breakdown.divisions
        own = next((at for at, each in enumerate(divisions, start=1) if groups[0] in each.members), 0)
        return self.number * TABLES + own

    def _cell(self, groups: Class, outcomes: tuple[int, ...]) -> int:
        """The cell of some groups and outcomes together; it is made, with its sum, when it is asked for first."""
        key = (groups, outcomes)
        if key not in self.cells:
            self.cells[key] = self._made(groups, outcomes)
        return self.cells[key]

    def _made(self, groups: Class, outcomes: tuple[int, ...]) -> int:
        own, count = self.breakdown, self._count(groups, outcomes)
        if all((group, each) in self.empty for group in groups for each in outcomes):
            return NO_CELL
        of = NO_CELL if outcomes == (self.everybody,) else self._cell(groups, (own.share_of[outcomes[0]],))
        names = "+".join(own.groups[group] for group in groups), "+".join(own.outcomes[each] for each in outcomes)
        cell = self.drawing.cell("|".join((own.name, *names)), count, of, self._table(groups))
        if len(groups) * len(outcomes) > 1:
            self.drawing.sum_of(cell, [self._cell((group,), (each,)) for group in groups for each in outcomes])
        return cell

    def _whole(self, whole: int) -> None:
        """What is told of a whole, as long as its groups can bear it, and then of the groups of each division."""
        own, threshold = self.breakdown, self.drawing.threshold
        if own.counts[whole, self.everybody] < threshold:
            return
        divisions = [at for at, each in enumerate(own.divisions) if each.whole == whole]
        of_all: Bins = ((self.everybody,),)
        sizes = [
            Told(told_sizes(own.counts[:, self.everybody], own.divisions[at].members, threshold), of_all)
            for at in divisions
        ]
        self._tell(Told(((whole,),), of_all), divisions, sizes)
        told = {self.everybody: sizes}
        for split in own.splits:
            if split.whole not in told:
                continue
            found = told_of_whole(own.counts[whole], split, threshold)
            parts = [
                told_of_parts(own.counts, each.classes, split, threshold, found.bins) for each in told[split.whole]
            ]
            if found.is_anything and all(each.is_anything for each in parts):
                self._tell(replace(found, classes=((whole,),)), divisions, parts)
                told |= dict.fromkeys(split.parts, parts)

    def _tell(self, of_whole: Told, divisions: Sequence[int], of_divisions: Sequence[Told]) -> None:
        """A division in one class says nothing that the whole does not."""
        apart = [(at, told) for at, told in zip(divisions, of_divisions, strict=True) if len(told.classes) > 1]
        for told in (of_whole, *(told for _, told in apart)):
            self.told += [(groups, outcomes) for groups in told.classes for outcomes in self._tellable(told.bins)]
        for at, told in apart:
            self.apart[at].update(outcome for outcomes in self._tellable(told.bins) for outcome in outcomes)

    def _tellable(self, bins: Bins) -> Bins:
        return tuple(outcomes for outcomes in bins if not self.breakdown.untold.intersection(outcomes))

    def _row(self, groups: Class, outcomes: tuple[int, ...]) -> tuple[object, ...]:
        """Shown from now on, with the number of children that it is one of."""
        own = self.breakdown
        above = (own.share_of[outcomes[0]],)
        is_untold = above[0] in own.untold
        cell, cell_of = self._cell(groups, outcomes), NO_CELL if is_untold else self._cell(groups, above)
        for shown in (cell, cell_of):
            if shown != NO_CELL:
                self.drawing.hidden[shown] = False
        kind = own.groups[groups[0]].split("=", maxsplit=1)[0]
        members = [own.groups[group].split("=", maxsplit=1)[1] for group in groups]
        name = members[0] if len(groups) == 1 else OTHER
        parts = [own.outcomes[each] for each in outcomes]
        counts = self._count(groups, outcomes), self._count(groups, above)
        return (own.name, kind, name, members, parts[-1], parts, *counts, cell, cell_of)
