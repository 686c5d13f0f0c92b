"""Linked count tables as they are, and as the public sees them. Data only: no rule of disclosure stands here.

Cells are numbered from 0 in the order of their names; everything refers to a cell by its number. A relation says that
one cell, the total, is the sum of other cells, its parts; a cell may be total and part in any number of relations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

NO_DENOMINATOR = -1
NOT_SHOWN = -1


@dataclass(frozen=True, eq=False)
class Relations:
    """Relation r: cell `totals[r]` is the sum of the cells `parts[starts[r] : starts[r + 1]]` (never empty)."""

    totals: Integers
    parts: Integers
    starts: Integers

    @classmethod
    def of(cls, relations: Iterable[tuple[int, Sequence[int]]]) -> Relations:
        """From pairs of a total and its parts; for tables small enough to be written down."""
        pairs = list(relations)
        starts = np.cumsum([0, *(len(parts) for _, parts in pairs)], dtype=np.int64)
        parts = np.fromiter((part for _, some in pairs for part in some), dtype=np.int64, count=int(starts[-1]))
        return cls(np.array([total for total, _ in pairs], dtype=np.int64), parts, starts)

    @classmethod
    def joined(cls, several: Sequence[Relations]) -> Relations:
        """All relations of several, one after the other."""
        if not several:
            return cls.of(())
        lengths = np.concatenate([one.lengths for one in several])
        return cls(
            np.concatenate([one.totals for one in several]),
            np.concatenate([one.parts for one in several]),
            np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)]),
        )

    def __len__(self) -> int:
        return len(self.totals)

    def __iter__(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Total and parts of each relation, as plain numbers."""
        starts = self.starts.tolist()
        for at, total in enumerate(self.totals.tolist()):
            yield total, tuple(self.parts[starts[at] : starts[at + 1]].tolist())

    @property
    def lengths(self) -> Integers:
        """How many parts each relation has."""
        return np.diff(self.starts)

    @property
    def of_parts(self) -> Integers:
        """The relation that each entry of `parts` stands in."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    def sums(self, counts: Integers) -> Integers:
        """The sum of the parts of each relation."""
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts[self.parts], dtype=np.int64)])
        sums: Integers = before[self.starts[1:]] - before[self.starts[:-1]]
        return sums

    def broken(self, counts: Integers) -> Integers:
        """The relations whose total is not the sum of its parts."""
        return np.flatnonzero(self.sums(counts) != counts[self.totals])

    def matrix(self, cells: int) -> sparse.csr_array:
        """One row a relation, one column a cell: 1 for a part, -1 for the total; times the counts it is 0."""
        relation = np.arange(len(self), dtype=np.int64)
        values = np.concatenate([np.ones(len(self.parts)), -np.ones(len(self))])
        rows = np.concatenate([self.of_parts, relation])
        columns = np.concatenate([self.parts, self.totals])
        return sparse.csr_array((values, (rows, columns)), shape=(len(self), cells))


@dataclass(frozen=True, eq=False)
class LinkedTables:
    """Exact counts of all cells of a release, never to be shown.

    `denominators` has the cell's denominator (its `rate_of`) or NO_DENOMINATOR. `weights` say how much a cell is worth
    showing. `known` cells were published before with this very value: they can no longer be hidden.
    """

    names: Sequence[str]
    counts: Integers
    denominators: Integers
    relations: Relations
    threshold: int = 5
    weights: Numbers | None = None
    known: Flags | None = None

    def __len__(self) -> int:
        return len(self.counts)

    @classmethod
    def of(
        cls,
        counts: dict[str, int],
        relations: dict[str, Sequence[str]] | Iterable[tuple[str, Sequence[str]]],
        rate_of: dict[str, str] | None = None,
        threshold: int = 5,
    ) -> LinkedTables:
        """From counts by name; for tables small enough to be written down."""
        number = {name: at for at, name in enumerate(counts)}
        pairs = relations.items() if isinstance(relations, dict) else relations
        denominators = np.full(len(counts), NO_DENOMINATOR, dtype=np.int64)
        for name, denominator in (rate_of or {}).items():
            denominators[number[name]] = number[denominator]
        return cls(
            names=tuple(counts),
            counts=np.array(list(counts.values()), dtype=np.int64),
            denominators=denominators,
            relations=Relations.of((number[total], [number[part] for part in parts]) for total, parts in pairs),
            threshold=threshold,
        )


def joined(one: LinkedTables, other: LinkedTables) -> LinkedTables:
    """Both in one system, the cells of the other after those of the one; no name may stand in both."""
    offset, of = len(one), other.denominators
    theirs = other.relations
    return LinkedTables(
        names=(*one.names, *other.names),
        counts=np.concatenate([one.counts, other.counts]),
        denominators=np.concatenate([one.denominators, np.where(of == NO_DENOMINATOR, of, of + offset)]),
        relations=Relations.joined(
            [one.relations, Relations(theirs.totals + offset, theirs.parts + offset, theirs.starts)]
        ),
        threshold=one.threshold,
    )


@dataclass(frozen=True)
class PublishedRate:
    """A share that was shown: (value - half) * denominator <= numerator <= (value + half) * denominator.

    `half` is half of the rounding step: a share shown as 33.3 % is value 0.333 and half 0.0005.
    """

    numerator: int
    denominator: int
    value: Fraction
    half: Fraction


@dataclass(frozen=True, eq=False)
class Published:
    """What the public sees: the count of a suppressed cell is NOT_SHOWN; cells, relations and threshold are known."""

    names: Sequence[str]
    counts: Integers
    suppressed: Flags
    rate_suppressed: Flags
    relations: Relations
    threshold: int
    denominators: Integers
    rates: tuple[PublishedRate, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.counts)

    @classmethod
    def of(cls, tables: LinkedTables, hidden: Flags) -> Published:
        """The tables without their hidden cells; a rate falls with its numerator and with its denominator."""
        has_rate = tables.denominators != NO_DENOMINATOR
        return cls(
            names=tables.names,
            counts=np.where(hidden, NOT_SHOWN, tables.counts),
            suppressed=hidden,
            rate_suppressed=hidden | (has_rate & hidden[tables.denominators]),
            relations=tables.relations,
            threshold=tables.threshold,
            denominators=tables.denominators,
        )
