"""What the auditor says of a release, and on what ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from pipelines.disclosure.linked_tables import Flags, Integers

ENDLESS = 1 << 40
"""No upper bound is known. Sums over a million cells of it stay within 64 bits."""


class Proof(IntEnum):
    """How the range of a cell was shown, by the hardest way that one of its values took.

    A value is shown by a whole-number solution that is checked against every relation: WITNESS when it was found
    without a solver, LP or MILP when one of these proposed it. A value is refuted by BOUNDS, by the prices of an LP, or
    by a MILP. UNASKED are hidden cells that are not sensitive, where only sensitive ones are judged.
    """

    PUBLISHED = 0
    WITNESS = 1
    BOUNDS = 2
    LP = 3
    MILP = 4
    OPEN = 5
    UNASKED = 6


@dataclass(frozen=True)
class Leak:
    """A cell whose range tells more than it may. For the steward only: neither shown nor logged with its values.

    Cells of earlier releases alone are numbered after those of the release. `possible` are the values from 1 to t-1
    that remain.
    """

    cell: int
    lower: int = field(repr=False)
    upper: int = field(repr=False)
    possible: tuple[int, ...] = field(repr=False)
    why: str


PUBLISHED_SMALL = "published_small"
NARROWED = "narrowed"
SENSITIVE_NARROWED = "sensitive_narrowed"


@dataclass(frozen=True, eq=False)
class Verdict:
    """Clean only when every suppressed cell of the release and of the ledger was judged, and none tells too much.

    `lower` and `upper` hold for each cell of the release; they are its exact interval where `exact`, else outer bounds
    (a cell that is proven by witnesses needs no exact ends). `reasons` are empty when clean; they name no count.
    """

    clean: bool
    reasons: tuple[str, ...]
    leaks: tuple[Leak, ...] = field(repr=False)
    lower: Integers = field(repr=False)
    upper: Integers = field(repr=False)
    exact: Flags = field(repr=False)
    proof: Integers = field(repr=False)
    seconds: float = 0.0

    @property
    def proven(self) -> dict[str, int]:
        """How many suppressed cells were judged how; `open` were not."""
        return {way.name.lower(): int((self.proof == way).sum()) for way in Proof if way is not Proof.PUBLISHED}


def refused(cells: int, *reasons: str) -> Verdict:
    """Not clean before anything was computed."""
    open_ends = np.full(cells, ENDLESS, dtype=np.int64)
    nothing = np.zeros(cells, dtype=np.int64)
    return Verdict(False, reasons, (), nothing, open_ends, np.zeros(cells, dtype=bool), nothing + Proof.OPEN)
