"""Everything that is known, part by part: bounds, then what is hidden in connected components, the cheap ways first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.auditor.bounds import Bounds, propagated, starting
from pipelines.disclosure.auditor.exchanges import exchanged
from pipelines.disclosure.auditor.judgement import Findings, judged
from pipelines.disclosure.auditor.knowledge import Knowledge
from pipelines.disclosure.auditor.questions import Questions, questions
from pipelines.disclosure.auditor.reduction import reduced
from pipelines.disclosure.auditor.singly import decide
from pipelines.disclosure.auditor.solver import Clock, Problem, SolverTrouble, TimeIsUp
from pipelines.disclosure.auditor.system import System, systems, ties
from pipelines.disclosure.auditor.verdict import ENDLESS, Leak, Proof
from pipelines.disclosure.auditor.witnesses import NoSolution, Witnesses, gather
from pipelines.disclosure.linked_tables import Flags, Integers

TIME_LIMIT = "the time limit came before the proof"
CUT_SHORT = "after the first leak not every cell was judged"
TROUBLE = "the solver came to no answer"


class Contradiction(Exception):
    """Cells of the component in which nothing fits."""

    def __init__(self, cells: Integers) -> None:
        self.cells = cells
        super().__init__()


@dataclass(frozen=True, eq=False)
class Inquiry:
    """What is asked of the cells of what is known: each is `sensitive`, `unasked`, or one of which nobody says what it
    is. A leak of an `unsure` cell is not yet certain to be one. `counts` are the true ones, UNKNOWN where not known."""

    sensitive: Flags
    unasked: Flags
    unsure: Flags
    counts: Integers


def examined(facts: Knowledge, inquiry: Inquiry, leaks: list[Leak], clock: Clock) -> Findings:
    """All that can be found out; `leaks` are known already. Contradiction where no counts at all fit."""
    relations_only = _consistent(facts, propagated(facts, starting(facts), with_rules=False))
    bounds = _consistent(facts, propagated(facts, relations_only, with_rules=True))
    tied = ties(facts, relations_only, bounds)
    if tied.contradictory:
        raise Contradiction(np.arange(len(facts)))
    findings = Findings.from_bounds(facts, bounds, inquiry.sensitive, inquiry.unasked)
    findings.leaks += leaks
    if any(not inquiry.unsure[leak.cell] for leak in findings.leaks):
        clock.leak()
    wrong = []
    for system in systems(tied, bounds):
        try:
            _examine(system, bounds, findings, inquiry, clock)
        except NoSolution:
            wrong.append(system.cells)
    if wrong:
        raise Contradiction(np.concatenate(wrong))
    return findings


def _examine(system: System, bounds: Bounds, findings: Findings, inquiry: Inquiry, clock: Clock) -> None:
    """One part of what is hidden; what cannot be finished stays open."""
    cells = system.cells
    thresholds = np.where(findings.is_open[cells], findings.thresholds[cells], 0)
    try:
        clock.check()
        smaller = reduced(system)
        asked = questions(smaller, thresholds, inquiry.sensitive[cells], inquiry.unsure[cells])
        asked.bounded(*_of_questions(asked, bounds, cells))
        witnesses = Witnesses.of(Problem(smaller.rows, smaller.high), smaller.sums(inquiry.counts[cells]), clock)
        _answer(asked, witnesses, findings, clock)
        judged(findings, cells, asked, witnesses, clock)
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
    """The cheap ways first. What no time is left for stays open."""
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
