"""The verdict: every suppressed cell keeps all values from 1 to t-1 possible, or visibly has none of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.auditor.changes import changes
from pipelines.disclosure.auditor.examining import Contradiction, Inquiry, examined
from pipelines.disclosure.auditor.form import faults, faults_of_counts
from pipelines.disclosure.auditor.judgement import Findings, forbidden, published_small
from pipelines.disclosure.auditor.knowledge import UNKNOWN, Numbering, known, numbered
from pipelines.disclosure.auditor.solver import Clock
from pipelines.disclosure.auditor.verdict import Verdict, refused
from pipelines.disclosure.linked_tables import Flags, Integers, Published

CONTRADICTION = "contradiction: no counts at all fit what was published"
CORRECTIONS = 20
"""How often a correction is taken apart further before it is called a contradiction."""


@dataclass(frozen=True, eq=False)
class Releases:
    """All releases in order of time, the one to be judged last."""

    published: tuple[Published, ...]
    corrections: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Truth:
    """What the caller knows of the release beyond what is published. `counts` are there where `is_blind` is not."""

    sensitive: Flags
    counts: Integers | None
    is_blind: bool

    @classmethod
    def of(cls, published: Published, sensitive: Flags | None, counts: Integers | None, *, blind: bool) -> Truth:
        """What counts make sensitive by the rules is sensitive, whatever the caller says."""
        told = np.zeros(len(published), dtype=bool) if sensitive is None else sensitive
        return cls(told if counts is None else told | forbidden(published, counts), counts, blind)

    def inquiry(self, cells: int, published: Published) -> Inquiry:
        """What is asked of the cells of the release, which come first, and of those that only earlier releases have."""
        release = slice(0, len(published))
        sensitive, unasked, unsure = (np.zeros(cells, dtype=bool) for _ in range(3))
        counts = np.full(cells, UNKNOWN, dtype=np.int64)
        sensitive[release] = self.sensitive
        if self.counts is not None:
            counts[release] = self.counts
        if not self.is_blind:
            unasked[release] = published.suppressed & ~self.sensitive
            unsure[len(published) :] = True
        return Inquiry(sensitive, unasked, unsure, counts)


def audit(
    published: Published,
    *,
    earlier: Sequence[Published] = (),
    sensitive: Flags | None = None,
    corrections: Sequence[bool] = (),
    counts: Integers | None = None,
    blind: bool = True,
    time_limit: float = 600.0,
) -> Verdict:
    """Whether `published` may go out beside all that is in the ledger (`earlier`, in order of time).

    `sensitive` cells, where known, must keep every value from 1 to t-1. `blind`: the criterion that needs no true
    counts is judged as well; without it only sensitive cells of the release are asked about, and those that only
    earlier releases have, of which nobody says what they are. `counts` may be the true ones: no value is believed
    because of them. They are a first solution, checked like any other, and they are what makes a count sensitive;
    counts that contradict what is published are refused. `corrections` tells of each release, `published` last, whether
    it corrects earlier figures. Whatever goes wrong is a reason, never a clean verdict.
    """
    started = time.monotonic()
    declared = tuple(corrections) or (False,) * (len(earlier) + 1)
    releases = Releases((*earlier, published), declared)
    wrong = [fault for release in releases.published for fault in faults(release)]
    if len(declared) != len(earlier) + 1:
        wrong.append("form: corrections do not match the releases")
    wrong += faults_of_counts(published, sensitive, counts, blind=blind) if not wrong else []
    if wrong:
        return refused(len(published), *dict.fromkeys(wrong))
    clock = Clock(started + time_limit)
    return _with_corrections(releases, Truth.of(published, sensitive, counts, blind=blind), clock, started)


def _with_corrections(releases: Releases, truth: Truth, clock: Clock, started: float) -> Verdict:
    """A correction leaves as many cells the same as it can: what is the same tells an attacker most."""
    renewed: list[frozenset[int]] = [frozenset()] * len(releases.published)
    if truth.counts is not None:
        renewed = changes(releases.published, releases.corrections, truth.counts)
    for _ in range(CORRECTIONS):
        numbering = numbered(releases.published, releases.corrections, renewed)
        facts = known(releases.published, numbering)
        try:
            inquiry = truth.inquiry(len(facts), releases.published[-1])
            small = published_small(releases.published[-1], truth.sensitive)
            findings = examined(facts, inquiry, small, clock)
            if not truth.is_blind:
                findings.forget(known_before(releases, numbering, findings, inquiry, renewed, clock))
        except Contradiction as error:
            wider = _taken_apart(releases, numbering.cells, renewed, error.cells)
            if wider == renewed:
                return refused(len(releases.published[-1]), CONTRADICTION)
            renewed = wider
            continue
        reasons = (*dict.fromkeys(facts.clashes), *findings.reasons)
        return findings.verdict(len(releases.published[-1]), reasons, time.monotonic() - started)
    return refused(len(releases.published[-1]), CONTRADICTION)


def _taken_apart(
    releases: Releases, cells: tuple[Integers, ...], renewed: list[frozenset[int]], wrong: Integers
) -> list[frozenset[int]]:
    """Where nothing fits, the whole component is new in each correction that has a part in it."""
    return [
        old | frozenset(np.flatnonzero(np.isin(at, wrong)).tolist()) if is_correction else old
        for old, at, is_correction in zip(renewed, cells, releases.corrections, strict=True)
    ]


def known_before(
    releases: Releases,
    numbering: Numbering,
    findings: Findings,
    inquiry: Inquiry,
    renewed: list[frozenset[int]],
    clock: Clock,
) -> set[int]:
    """Cells of earlier releases alone that look narrowed, and were so before this release: then they were not
    sensitive, or they would not have gone out like that. Nobody else says what they are."""
    narrowed = {leak.cell for leak in findings.leaks if inquiry.unsure[leak.cell]}
    if not narrowed:
        return set()
    before = numbered(releases.published[:-1], releases.corrections[:-1], renewed[:-1])
    facts = known(releases.published[:-1], before)
    now = np.full(len(facts), UNKNOWN, dtype=np.int64)
    for old, new in zip(before.cells, numbering.cells, strict=False):
        now[old] = new
    asked = np.isin(now, list(narrowed))
    nobody = np.zeros(len(facts), dtype=bool)
    unasked = (facts.thresholds > 0) & ~asked
    told = examined(facts, Inquiry(asked, unasked, nobody, inquiry.counts[now]), [], clock.without_leak())
    return set(now[[leak.cell for leak in told.leaks]].tolist())
