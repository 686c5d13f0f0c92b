"""The words all files of the judge share: a row, a world, and the columns of the tables that it gives back."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]
"""Canonical table name to rows with the contract's columns; `None` is unknown."""

TABLE_NAMES = (
    "pregnancies",
    "exposures",
    "children",
    "residences",
    "diagnoses",
    "treatments",
    "handovers",
    "support_records",
    "contacts",
    "assessments",
    "costs",
)

EVIDENCE_COLUMNS = ("child_id", "source", "source_id", "evidence_date", "known_date", "certainty", "substance")
EXPOSED_COLUMNS = (
    "child_id",
    "first_evidence_date",
    "first_known_date",
    "certainty",
    "substance_group",
    "known_before_birth",
)
OBLIGATION_COLUMNS = (
    "child_id",
    "pregnancy_id",
    "kind",
    "subject_id",
    "trigger_date",
    "due_date",
    "met_date",
    "status",
    "reason",
    "municipality_code",
    "sector",
    "severity",
    "recommendation",
)
COUNT_COLUMNS = (
    "measure",
    "year",
    "municipality_code",
    "denominator",
    "numerator_ever",
    "numerator_timely",
    "early",
    "excused",
    "not_due",
    "lost_to_follow_up",
    "lost_to_documentation",
)

MUNICIPAL_ACTORS = frozenset(
    {"family_department", "substance_treatment", "health_visitor", "educational_psychology", "daycare", "school"}
)
