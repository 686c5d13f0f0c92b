"""What has to be shown of each cell, once for all that are written alike, and what solutions have shown so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from scipy import sparse

from pipelines.disclosure.auditor.reduction import Reduced, distinct_columns
from pipelines.disclosure.linked_tables import Flags, Integers

Matrix: TypeAlias = sparse.csr_array


@dataclass(eq=False)
class Questions:
    """Question q: which values from 1 to `threshold[q]` - 1 can be reached?

    `seen[q, v - 1]`: a checked solution reaches v; `never[q, v - 1]`: proven that none does. `of_cell` has the
    question of each cell of the system that is asked for, -1 for others.
    """

    constant: Integers
    least: Matrix
    most: Matrix
    threshold: Integers
    of_cell: Integers
    seen: Flags = field(init=False)
    never: Flags = field(init=False)
    by_milp: Flags = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.constant), max(int(self.threshold.max(initial=1)) - 1, 0))
        self.seen, self.never = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        self.by_milp = np.zeros(len(self.constant), dtype=bool)

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

    def learn(self, solution: Integers) -> int:
        """What a checked solution shows; how many values are new."""
        low, high = self.least @ solution + self.constant, self.most @ solution + self.constant
        values = np.arange(1, self.seen.shape[1] + 1)
        now = (low[:, None] <= values) & (values <= high[:, None])
        new = int((now & self.open).sum())
        self.seen |= now
        return new


def questions(reduced: Reduced, thresholds: Integers) -> Questions:
    """Cells with a threshold, those with the same expression and threshold together."""
    asked = np.flatnonzero(thresholds > 0)
    limits = sparse.csr_array(np.stack([reduced.constant[asked], thresholds[asked]], axis=1))
    least, most = reduced.least[asked], reduced.most[asked]
    first, kind = distinct_columns(sparse.csc_array(sparse.hstack([least, most, limits]).T))
    of_cell = np.full(len(thresholds), -1, dtype=np.int64)
    of_cell[asked] = kind
    return Questions(
        constant=reduced.constant[asked][first],
        least=sparse.csr_array(least[first]),
        most=sparse.csr_array(most[first]),
        threshold=thresholds[asked][first],
        of_cell=of_cell,
    )
