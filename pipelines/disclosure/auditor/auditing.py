"""The verdict: every suppressed cell keeps all values from 1 to t-1 possible, or visibly has none of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.auditor.bounds import Bounds, propagated, starting
from pipelines.disclosure.auditor.exchanges import exchanged
from pipelines.disclosure.auditor.form import faults, faults_of_counts
from pipelines.disclosure.auditor.judgement import Findings, forbidden, judged, published_small
from pipelines.disclosure.auditor.knowledge import UNKNOWN, Knowledge, known, numbered
from pipelines.disclosure.auditor.questions import Questions, questions
from pipelines.disclosure.auditor.reduction import reduced
from pipelines.disclosure.auditor.singly import decide
from pipelines.disclosure.auditor.solver import Clock, Problem, SolverTrouble, TimeIsUp
from pipelines.disclosure.auditor.system import System, systems, ties
from pipelines.disclosure.auditor.verdict import ENDLESS, Proof, Verdict, refused
from pipelines.disclosure.auditor.witnesses import NoSolution, Witnesses, gather
from pipelines.disclosure.linked_tables import Flags, Integers, Published

CONTRADICTION = "contradiction: no counts at all fit what was published"
TIME_LIMIT = "the time limit came before the proof"
CUT_SHORT = "after the first leak not every cell was judged"
TROUBLE = "the solver came to no answer"
CORRECTIONS = 20
"""How often a correction is taken apart further before it is called a contradiction."""


class Contradiction(Exception):
    """Cells of the component in which nothing fits."""

    def __init__(self, cells: Integers) -> None:
        self.cells = cells
        super().__init__()


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
    for _ in range(CORRECTIONS):
        numbering = numbered(releases.published, releases.corrections, renewed)
        facts = known(releases.published, numbering)
        try:
            findings = _found(facts, releases.published[-1], truth, clock)
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


def _found(facts: Knowledge, published: Published, truth: Truth, clock: Clock) -> Findings:
    relations_only = _consistent(facts, propagated(facts, starting(facts), with_rules=False))
    bounds = _consistent(facts, propagated(facts, relations_only, with_rules=True))
    tied = ties(facts, relations_only, bounds)
    if tied.contradictory:
        raise Contradiction(np.arange(len(facts)))
    sensitive, unasked = np.zeros(len(facts), dtype=bool), np.zeros(len(facts), dtype=bool)
    sensitive[: len(published)] = truth.sensitive
    unasked[: len(published)] = published.suppressed & ~truth.sensitive & (not truth.is_blind)
    findings = Findings.from_bounds(facts, bounds, sensitive, unasked)
    findings.leaks += published_small(published, sensitive)
    if findings.leaks:
        clock.leak()
    solution = np.full(len(facts), UNKNOWN, dtype=np.int64)
    if truth.counts is not None:
        solution[: len(published)] = truth.counts
    for system in systems(tied, bounds):
        _examine(system, bounds, findings, solution, clock)
    return findings


def _examine(system: System, bounds: Bounds, findings: Findings, counts: Integers, clock: Clock) -> None:
    """One part of what is hidden; what cannot be finished stays open."""
    thresholds = np.where(findings.is_open[system.cells], findings.thresholds[system.cells], 0)
    try:
        clock.check()
        smaller = reduced(system)
        asked = questions(smaller, thresholds, findings.sensitive[system.cells])
        asked.bounded(*_of_questions(asked, bounds, system.cells))
        given = smaller.sums(counts[system.cells])
        witnesses = Witnesses.of(Problem(smaller.rows, smaller.high), given, clock)
        _answer(asked, witnesses, findings, clock)
        judged(findings, system.cells, asked, witnesses, clock)
    except NoSolution:
        raise Contradiction(system.cells) from None
    except TimeIsUp:
        findings.reasons.append(CUT_SHORT if clock.is_leaky else TIME_LIMIT)
    except (SolverTrouble, ArithmeticError):
        findings.reasons.append(TROUBLE)


def _of_questions(asked: Questions, bounds: Bounds, cells: Integers) -> tuple[Integers, Integers]:
    """Bounds of each question: those of all its cells, which are one expression."""
    has = asked.of_cell >= 0
    low, high = np.zeros(len(asked), dtype=np.int64), np.full(len(asked), ENDLESS, dtype=np.int64)
    np.maximum.at(low, asked.of_cell[has], bounds.low[cells[has]])
    np.minimum.at(high, asked.of_cell[has], bounds.high[cells[has]])
    return low, high


def _answer(asked: Questions, witnesses: Witnesses, findings: Findings, clock: Clock) -> None:
    """The cheap ways first. Once there is a leak, what no time is left for stays open."""
    try:
        asked.learn(witnesses.base, Proof.WITNESS)
        if asked.leaky().any():
            clock.leak()
        exchanged(witnesses, asked, clock)
        gather(witnesses, asked, clock)
        decide(witnesses, asked, clock)
    except TimeIsUp:
        findings.reasons.append(CUT_SHORT if clock.is_leaky else TIME_LIMIT)


def _consistent(facts: Knowledge, bounds: Bounds) -> Bounds:
    """The bounds, unless a cell has no possible value."""
    wrong = bounds.contradictory
    if not wrong.any():
        return bounds
    matrix = sparse.csr_array(abs(facts.relations.matrix(len(facts))))
    free = sparse.csr_array(matrix[:, facts.unknown | wrong])
    graph = sparse.block_array([[None, free.T], [free, None]], format="csr")
    part = connected_components(graph, directed=False)[1][: free.shape[1]]
    cells = np.flatnonzero(facts.unknown | wrong)
    raise Contradiction(cells[np.isin(part, part[wrong[cells]])])
