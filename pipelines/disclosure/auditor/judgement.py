"""From what is possible to what may go out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.disclosure.auditor.bounds import Bounds
from pipelines.disclosure.auditor.knowledge import Knowledge
from pipelines.disclosure.auditor.questions import Questions
from pipelines.disclosure.auditor.singly import Asked
from pipelines.disclosure.auditor.solver import Clock, TimeIsUp
from pipelines.disclosure.auditor.verdict import (
    ENDLESS,
    NARROWED,
    PUBLISHED_SMALL,
    SENSITIVE_NARROWED,
    Leak,
    Proof,
    Verdict,
)
from pipelines.disclosure.auditor.witnesses import Witnesses
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Flags, Integers, Published

UNPROVEN = "not every suppressed cell was proven"
LEAKY = "small counts can be worked out or narrowed"
ENDS_OF = 2_000
"""Leaks whose exact ends are computed; of further ones the outer bounds are kept."""


@dataclass(eq=False)
class Findings:
    """What is known of each cell so far. `thresholds` is 0 where nothing is asked."""

    low: Integers
    high: Integers
    exact: Flags
    thresholds: Integers
    sensitive: Flags
    proof: Integers
    leaks: list[Leak] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def from_bounds(cls, facts: Knowledge, bounds: Bounds, sensitive: Flags, unasked: Flags) -> Findings:
        """Cells whose bounds alone decide: none of 1 to t-1 is within them, or they are known."""
        asked = (facts.thresholds > 0) & ~unasked
        outside = (bounds.low >= facts.thresholds) | (bounds.high == 0)
        proof = np.where(asked, np.where(outside | bounds.fixed, Proof.BOUNDS, Proof.OPEN), Proof.PUBLISHED)
        proof[unasked] = Proof.UNASKED
        found = cls(bounds.low, bounds.high, bounds.fixed, facts.thresholds, sensitive, proof.astype(np.int64))
        for cell in np.flatnonzero(asked & outside & sensitive).tolist():
            found.leak(cell, (), SENSITIVE_NARROWED)
        for cell in np.flatnonzero(asked & bounds.fixed & ~outside).tolist():
            found.leak(cell, (int(bounds.low[cell]),), SENSITIVE_NARROWED if sensitive[cell] else NARROWED)
        return found

    @property
    def is_open(self) -> Flags:
        """Cells that still have to be proven."""
        is_open: Flags = self.proof == Proof.OPEN
        return is_open

    def leak(self, cell: int, possible: tuple[int, ...], why: str) -> None:
        """A cell that tells too much."""
        self.leaks.append(Leak(cell, int(self.low[cell]), int(self.high[cell]), possible, why))

    def forget(self, cells: set[int]) -> None:
        """Leaks that are none."""
        self.leaks = [leak for leak in self.leaks if leak.cell not in cells]

    def verdict(self, size: int, reasons: tuple[str, ...], seconds: float) -> Verdict:
        """Clean only without a reason, without a leak, and with nothing open."""
        told = list(dict.fromkeys(reasons))
        if self.leaks:
            told.append(LEAKY)
        if self.is_open.any() and not told:
            told.append(UNPROVEN)
        cells = slice(0, size)
        return Verdict(
            clean=not told,
            reasons=tuple(told),
            leaks=tuple(self.leaks),
            lower=self.low[cells],
            upper=self.high[cells],
            exact=self.exact[cells],
            proof=self.proof,
            seconds=seconds,
        )


def forbidden(published: Published, counts: Integers) -> Flags:
    """Counts that the rules forbid to show: 1 to t-1, a zero of a small group, everyone of a group."""
    has = published.denominators != NO_DENOMINATOR
    base = np.where(has, counts[published.denominators], -1) if len(published) else counts
    small = (counts >= 1) & (counts < published.threshold)
    zero_of_few = (counts == 0) & (base >= 1) & (base < published.threshold)
    everyone = (counts > 0) & has & (counts == base)
    return np.asarray(small | zero_of_few | everyone, dtype=np.bool_)


def published_small(published: Published, sensitive: Flags) -> list[Leak]:
    """Sensitive counts that are shown all the same."""
    counts = published.counts
    told = forbidden(published, counts) | (sensitive[: len(published)] & ~published.suppressed)
    return [
        Leak(cell, int(counts[cell]), int(counts[cell]), (), PUBLISHED_SMALL) for cell in np.flatnonzero(told).tolist()
    ]


def judged(findings: Findings, cells: Integers, asked: Questions, witnesses: Witnesses, clock: Clock) -> None:
    """Every question's answer to the cells that asked it."""
    any_seen = np.asarray((asked.seen & asked.asked).any(axis=1))
    lost = np.asarray((asked.never & asked.asked).any(axis=1))
    decided = ~np.asarray(asked.open.any(axis=1))
    way = np.where(lost & (asked.way == Proof.WITNESS), Proof.BOUNDS, asked.way)
    has = asked.of_cell >= 0
    kind, cell = asked.of_cell[has], cells[has]
    findings.proof[cell] = np.where(decided[kind], way[kind], Proof.OPEN)
    is_leak = lost[kind] & (any_seen[kind] | findings.sensitive[cell])
    ends: dict[int, tuple[int, int] | None] = {}
    for at in np.flatnonzero(is_leak).tolist():
        question = int(kind[at])
        if question not in ends and len(ends) < ENDS_OF:
            ends[question] = _ends(Asked.of(witnesses, asked, question), clock)
        _leak(findings, int(cell[at]), asked, question, ends.get(question))


def _ends(asked: Asked, clock: Clock) -> tuple[int, int] | None:
    """The exact interval, unless there is no time left for it."""
    try:
        return asked.end(asked.least, 1, clock), asked.end(asked.most, -1, clock)
    except TimeIsUp:
        return None


def _leak(findings: Findings, cell: int, asked: Questions, question: int, ends: tuple[int, int] | None) -> None:
    if ends is not None:
        findings.low[cell], findings.high[cell] = ends[0], min(ends[1], ENDLESS)
        findings.exact[cell] = True
    possible = tuple((np.flatnonzero(asked.asked[question] & ~asked.never[question]) + 1).tolist())
    findings.leak(cell, possible, SENSITIVE_NARROWED if findings.sensitive[cell] else NARROWED)
