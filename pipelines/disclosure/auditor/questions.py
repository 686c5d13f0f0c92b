"""What has to be shown of each cell, once for all that are written alike, and what solutions have shown so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.reduction import Reduced, distinct_columns
from pipelines.disclosure.auditor.verdict import Proof
from pipelines.disclosure.linked_tables import Flags, Integers

Matrix: TypeAlias = sparse.csr_array


@dataclass(eq=False)
class Questions:
    """Question q: which values from 1 to `threshold[q]` - 1 can be reached?

    `seen[q, v - 1]`: a checked solution reaches v; `never[q, v - 1]`: proven that none does. `of_cell` has the
    question of each cell of the system that is asked for, -1 for others. `way` is the hardest that it took so far;
    `must`: a sensitive cell asks, for which it is no answer that no value can be reached. `unsure`: only cells ask of
    which a leak might be older than the release.
    """

    constant: Integers
    least: Matrix
    most: Matrix
    threshold: Integers
    of_cell: Integers
    must: Flags
    unsure: Flags
    seen: Flags = field(init=False)
    never: Flags = field(init=False)
    way: Integers = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.constant), max(int(self.threshold.max(initial=1)) - 1, 0))
        self.seen, self.never = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        self.way = np.full(len(self.constant), Proof.WITNESS, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.constant)

    @property
    def asked(self) -> Flags:
        """Values that count for the question's threshold."""
        return np.arange(1, self.seen.shape[1] + 1) < self.threshold[:, None]

    @property
    def open(self) -> Flags:
        """Values not decided yet."""
        return self.asked & ~self.seen & ~self.never

    def leaky(self, questions: Sequence[int] | slice = slice(None)) -> Flags:
        """Of which it is sure that they tell too much: a value is lost, and not visibly all of them."""
        asked = self.asked[questions]
        lost = np.asarray((self.never[questions] & asked).any(axis=1))
        some = np.asarray((self.seen[questions] & asked).any(axis=1))
        leaky: Flags = lost & (self.must[questions] | (some & ~self.unsure[questions]))
        return leaky

    def bounded(self, low: Integers, high: Integers) -> None:
        """Values outside of what each question can be at all, by bounds that hold of its cells."""
        values = np.arange(1, self.seen.shape[1] + 1)
        self.never |= (values < low[:, None]) | (values > high[:, None])

    def learn(self, solution: Integers, way: Proof) -> int:
        """What a checked solution shows; how many values are new."""
        low, high = self.least @ solution + self.constant, self.most @ solution + self.constant
        return self._see(np.arange(len(self)), low, high, way)

    def learn_changes(self, base: Integers, worlds: Matrix, way: Proof) -> int:
        """What checked solutions show that are `base` and a row of changes each; how many values are new."""
        open_ones = np.flatnonzero(self.open.any(axis=1))
        least, most = self.least[open_ones], self.most[open_ones]
        low_at, low_by = _moved(least, worlds)
        high_at, high_by = _moved(most, worlds)
        places = np.union1d(low_at, high_at)
        question = places // max(worlds.shape[0], 1)
        low, high = (least @ base)[question], (most @ base)[question]
        low[np.searchsorted(places, low_at)] += low_by
        high[np.searchsorted(places, high_at)] += high_by
        asked = open_ones[question]
        return self._see(asked, low + self.constant[asked], high + self.constant[asked], way)

    def _see(self, questions: Integers, low: Integers, high: Integers, way: Proof) -> int:
        """Each of the questions can be from `low` to `high`; a question may come more than once."""
        new = np.zeros_like(self.seen)
        for value in range(1, self.seen.shape[1] + 1):
            new[questions[(low <= value) & (value <= high)], value - 1] = True
        new &= self.open
        self.seen |= new
        gained = np.asarray(new.any(axis=1))
        self.way[gained] = np.maximum(self.way[gained], way)
        return int(new.sum())


def _moved(reach: Matrix, worlds: Matrix) -> tuple[Integers, Integers]:
    """By how much each world moves each question: its place (question times worlds, plus world) and the change."""
    moved = sparse.coo_array(reach @ worlds.T)
    at: Integers = moved.coords[0].astype(np.int64) * worlds.shape[0] + moved.coords[1]
    order = np.argsort(at)
    return at[order], moved.data[order]


def questions(reduced: Reduced, thresholds: Integers, sensitive: Flags, unsure: Flags) -> Questions:
    """Cells with a threshold, those with the same expression and threshold together."""
    asked = np.flatnonzero(thresholds > 0)
    limits = sparse.csr_array(np.stack([reduced.constant[asked], thresholds[asked]], axis=1))
    least, most = reduced.least[asked], reduced.most[asked]
    first, kind = distinct_columns(sparse.csc_array(sparse.hstack([least, most, limits]).T))
    of_cell = np.full(len(thresholds), -1, dtype=np.int64)
    of_cell[asked] = kind
    must, sure = np.zeros(len(first), dtype=bool), np.zeros(len(first), dtype=bool)
    must[kind[sensitive[asked]]] = True
    sure[kind[~unsure[asked]]] = True
    return Questions(
        constant=reduced.constant[asked][first],
        least=sparse.csr_array(least[first]),
        most=sparse.csr_array(most[first]),
        threshold=thresholds[asked][first],
        of_cell=of_cell,
        must=must,
        unsure=~sure,
    )
