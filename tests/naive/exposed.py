"""What all evidence of one child comes to (2.1): when it showed, when it was known, by whom first, how certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.children import Child
from naive.evidence import Evidence
from naive.world import Row

STRENGTH = ("suspected", "probable", "confirmed")


@dataclass(frozen=True)
class Exposure:
    """E and K of the specification are `first_evidence_date` and `first_known_date`."""

    evidence: list[Evidence]
    first_evidence_date: date
    first_known_date: date
    first_knowers: list[Evidence]

    @property
    def a_first_knower_is_municipal(self) -> bool:
        return any(knower.is_municipal for knower in self.first_knowers)

    @property
    def every_first_knower_is_municipal(self) -> bool:
        return all(knower.is_municipal for knower in self.first_knowers)


def exposure_of(evidence: list[Evidence]) -> Exposure | None:
    """None for a child without evidence: it is not an exposed child."""
    if not evidence:
        return None
    first_known_date = min(row.known_date for row in evidence)
    return Exposure(
        evidence=evidence,
        first_evidence_date=min(row.evidence_date for row in evidence),
        first_known_date=first_known_date,
        first_knowers=[row for row in evidence if row.known_date == first_known_date],
    )


def exposed_row(child: Child, exposure: Exposure) -> Row:
    return {
        "child_id": child.child_id,
        "first_evidence_date": exposure.first_evidence_date,
        "first_known_date": exposure.first_known_date,
        "certainty": max((row.certainty for row in exposure.evidence), key=STRENGTH.index),
        "substance_group": substance_group(exposure.evidence),
        "known_before_birth": exposure.first_known_date < child.birth_date,
    }


def substance_group(evidence: list[Evidence]) -> str:
    """`unspecified` and missing do not count as a substance."""
    substances = {row.substance for row in evidence} - {None, "unspecified"}
    if not substances:
        return "unspecified"
    return "multiple" if len(substances) > 1 else str(substances.pop())
