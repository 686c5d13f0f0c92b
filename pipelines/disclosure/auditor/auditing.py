"""The verdict: every suppressed cell keeps all values from 1 to t-1 possible, or visibly has none of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.auditor.bounds import Bounds, propagated, starting
from pipelines.disclosure.auditor.form import faults
from pipelines.disclosure.auditor.judgement import Findings, judged, published_small
from pipelines.disclosure.auditor.knowledge import Knowledge, known, numbered
from pipelines.disclosure.auditor.questions import questions
from pipelines.disclosure.auditor.reduction import reduced
from pipelines.disclosure.auditor.singly import decide
from pipelines.disclosure.auditor.solver import Clock, Problem, SolverTrouble, TimeIsUp
from pipelines.disclosure.auditor.system import System, systems, ties
from pipelines.disclosure.auditor.verdict import Verdict, refused
from pipelines.disclosure.auditor.witnesses import NoSolution, Witnesses, gather
from pipelines.disclosure.linked_tables import Flags, Integers, Published

CONTRADICTION = "contradiction: no counts at all fit what was published"
TIME_LIMIT = "the time limit came before the proof"
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


def audit(
    published: Published,
    *,
    earlier: Sequence[Published] = (),
    sensitive: Flags | None = None,
    corrections: Sequence[bool] = (),
    counts: Integers | None = None,
    time_limit: float = 600.0,
) -> Verdict:
    """Whether `published` may go out beside all that is in the ledger (`earlier`, in order of time).

    `sensitive` cells, where known, must keep every value from 1 to t-1; the criterion that needs no true counts is
    judged in any case. `corrections` tells of each release, `published` last, whether it corrects earlier figures.
    `counts` may be the true ones: nothing is believed because of them, they only serve as a first solution to check.
    Whatever goes wrong is a reason, never a clean verdict.
    """
    started = time.monotonic()
    declared = tuple(corrections) or (False,) * (len(earlier) + 1)
    releases = Releases((*earlier, published), declared)
    wrong = [fault for release in releases.published for fault in faults(release)]
    if len(declared) != len(earlier) + 1:
        wrong.append("form: corrections do not match the releases")
    if wrong:
        return refused(len(published), *dict.fromkeys(wrong))
    clock = Clock(started + time_limit)
    return _with_corrections(releases, sensitive, counts, clock, started)


def _with_corrections(
    releases: Releases, sensitive: Flags | None, counts: Integers | None, clock: Clock, started: float
) -> Verdict:
    """A correction leaves as many cells the same as it can: what is the same tells an attacker most."""
    renewed: list[frozenset[int]] = [frozenset()] * len(releases.published)
    for _ in range(CORRECTIONS):
        numbering = numbered(releases.published, releases.corrections, renewed)
        facts = known(releases.published, numbering)
        try:
            findings = _found(facts, releases.published[-1], sensitive, counts, clock)
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


def _found(
    facts: Knowledge, published: Published, sensitive: Flags | None, counts: Integers | None, clock: Clock
) -> Findings:
    relations_only = _consistent(facts, propagated(facts, starting(facts), with_rules=False))
    bounds = _consistent(facts, propagated(facts, relations_only, with_rules=True))
    tied = ties(facts, relations_only, bounds)
    if tied.contradictory:
        raise Contradiction(np.arange(len(facts)))
    asked = np.zeros(len(facts), dtype=bool)
    asked[: len(published)] = False if sensitive is None else sensitive
    findings = Findings.from_bounds(facts, bounds, asked)
    findings.leaks += published_small(published)
    solution = counts if counts is not None and len(counts) == len(facts) else None
    for system in systems(tied, bounds):
        _examine(system, findings, solution, clock)
    return findings


def _examine(system: System, findings: Findings, counts: Integers | None, clock: Clock) -> None:
    """One part of what is hidden; what cannot be finished stays open."""
    thresholds = np.where(findings.is_open[system.cells], findings.thresholds[system.cells], 0)
    try:
        smaller = reduced(system)
        asked = questions(smaller, thresholds)
        given = smaller.sums(counts[system.cells]) if counts is not None else None
        witnesses = Witnesses.of(Problem(smaller.rows, smaller.high), given, clock)
        if len(asked):
            gather(witnesses, asked, clock)
            decide(witnesses, asked, clock)
        judged(findings, system.cells, asked, witnesses, clock)
    except NoSolution:
        raise Contradiction(system.cells) from None
    except TimeIsUp:
        findings.reasons.append(TIME_LIMIT)
    except (SolverTrouble, ArithmeticError):
        findings.reasons.append(TROUBLE)


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
