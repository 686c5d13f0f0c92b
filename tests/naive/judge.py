"""The story: linked, seen as of a day, evidence, obligations, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.children import Child, children_of
from naive.counts import counts_of
from naive.evidence import Evidence, evidence_of
from naive.exposed import exposed_row, exposure_of
from naive.linkage import linked
from naive.obligations import obligations_of
from naive.pregnancies import pregnancy_obligations
from naive.reference import Reference
from naive.view import as_of_view
from naive.world import Row, World


@dataclass(frozen=True)
class Verdict:
    """The four exported tables, with the columns of the specification, in no particular order."""

    evidence: list[Row]
    exposed: list[Row]
    obligations: list[Row]
    counts: list[Row]


def judge(world: World, as_of: date, reference: Reference) -> Verdict:
    view = as_of_view(linked(world, reference), as_of)
    evidence, exposed, obligations = [], [], []
    for child in children_of(view):
        found = evidence_of(child, reference)
        exposure = exposure_of(found)
        evidence += [_evidence_row(child, row) for row in found]
        if exposure is not None:
            exposed.append(exposed_row(child, exposure))
        obligations += obligations_of(child, exposure, as_of, reference)
    obligations += pregnancy_obligations(view, as_of, reference)
    return Verdict(evidence, exposed, obligations, counts_of(obligations, as_of))


def _evidence_row(child: Child, row: Evidence) -> Row:
    return {
        "child_id": child.child_id,
        "source": row.source,
        "source_id": row.source_id,
        "evidence_date": row.evidence_date,
        "known_date": row.known_date,
        "certainty": row.certainty,
        "substance": row.substance,
    }
