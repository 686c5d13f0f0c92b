"""Gaps of one municipality as the answer of DEQM's `$care-gaps` (FHIR R4): for each child a document of what is open.

Rows of persons, under their pseudonyms: for a data steward of that municipality alone. Only what somebody can still
act on is in it: open gaps, and obligations that are not due yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from pipelines.definitions.enumerations import UNKNOWN
from pipelines.definitions.measures import Measure
from pipelines.fhir_measures import (
    GAP_STATUS_EXTENSION,
    TERMINOLOGY,
    URN,
    Resource,
    canonical,
    coded,
    entry,
    full_url,
    gap_status,
    improvement,
    population,
)
from pipelines.store import Snapshot

STATUS = {
    "met": "closed-gap",
    "late": "closed-gap",
    "overdue": "open-gap",
    "contradicted": "open-gap",
    "not_due": "prospective-gap",
    "excused": "not-applicable",
}
"""Status of an obligation to DEQM's gap status."""

ACTED_ON = ("open-gap", "prospective-gap")
SEVERITY = {"critical": "high", "warning": "moderate", "info": "low"}
LOINC_GAPS_REPORT = ("http://loinc.org", "96315-7", "Gaps in care report")
COUNTED = {"initial-population": 1, "denominator": 1, "numerator": 0}
"""An obligation that is open or not due yet: one of one, and not met."""


def gap_rows(run: Snapshot, municipality_code: str) -> pl.DataFrame:
    """Obligations of the municipality that are acted on, with `subject_kind`, `subject` (a pseudonym), `gap` and
    `number`, by subject and due date; `unknown` for those without a municipality."""
    is_theirs = pl.col("municipality_code").fill_null(UNKNOWN) == municipality_code
    statuses = pl.col("status").cast(pl.String).replace_strict(STATUS, return_dtype=pl.String)
    identities = run.table("identities").select("kind", "id", "pseudonym")
    order = ["subject_kind", "subject", "due_date", "measure", "subject_id"]
    return (
        run.table("obligations")
        .filter(is_theirs)
        .with_columns(
            statuses.alias("gap"),
            pl.when(pl.col("child_id").is_not_null())
            .then(pl.lit("person"))
            .otherwise(pl.lit("pregnancy"))
            .alias("subject_kind"),
            pl.coalesce("child_id", "pregnancy_id").alias("id"),
        )
        .filter(pl.col("gap").is_in(ACTED_ON))
        .join(identities, left_on=["subject_kind", "id"], right_on=["kind", "id"], how="left")
        .rename({"pseudonym": "subject"})
        .select(*order, "trigger_date", "gap", "reason", "severity")
        .sort(order, nulls_last=True)
        .with_columns(pl.int_range(pl.len()).over("subject_kind", "subject").alias("number"))
        .collect()
    )


def care_gaps(
    rows: pl.DataFrame, measures: Iterable[Measure], run: Mapping[str, Any], municipality_code: str
) -> Resource:
    """`Parameters` with a document for each child or pregnancy that has something open or coming."""
    named: dict[str | None, Measure] = {}
    for measure in measures:
        named.setdefault(measure.measure, measure)
    documents = [
        _document(list(of_subject.iter_rows(named=True)), named, run, municipality_code)
        for of_subject in rows.partition_by("subject_kind", "subject", maintain_order=True)
    ]
    returned = [{"name": "return", "resource": document} for document in documents]
    return {"resourceType": "Parameters", **({"parameter": returned} if returned else {})}


def _document(
    rows: list[dict[str, Any]], measures: Mapping[str | None, Measure], run: Mapping[str, Any], municipality_code: str
) -> Resource:
    kind, subject = rows[0]["subject_kind"], rows[0]["subject"]
    moment = run["finished_at"].isoformat(timespec="seconds")
    whom = (run["run_id"], kind, subject)
    patient = {"resourceType": "Patient", "identifier": [{"system": f"{URN}:{kind}", "value": subject}]}
    reports = [_report(row, measures[row["measure"]], whom, run, municipality_code) for row in rows]
    issues = [_issue(row, whom, run["finished_at"]) for row in rows]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": full_url("document", *whom)},
        "type": "document",
        "timestamp": moment,
        "entry": [
            entry(_composition(rows, whom, moment), "Composition", *whom),
            entry(patient, "Patient", *whom),
            *(entry(report, "MeasureReport", *whom, str(at)) for at, report in enumerate(reports)),
            *(entry(issue, "DetectedIssue", *whom, str(at)) for at, issue in enumerate(issues)),
        ],
    }


def _composition(rows: list[dict[str, Any]], whom: tuple[str, ...], moment: str) -> Resource:
    """A section for each obligation: the report that it is about, and what was detected."""
    sections = [
        {
            "title": row["measure"],
            "focus": {"reference": full_url("MeasureReport", *whom, str(row["number"]))},
            "entry": [{"reference": full_url("DetectedIssue", *whom, str(row["number"]))}],
        }
        for row in rows
    ]
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": coded(*LOINC_GAPS_REPORT),
        "subject": {"reference": full_url("Patient", *whom)},
        "date": moment,
        "author": [{"type": "Device", "display": "Rød tråd"}],
        "title": "Gaps in care report",
        "section": sections,
    }


def _report(
    row: Mapping[str, Any], measure: Measure, whom: tuple[str, ...], run: Mapping[str, Any], municipality_code: str
) -> Resource:
    """Of one obligation: from the day that it exists until the day that it is due."""
    counted = [{"code": population(code), "count": count} for code, count in COUNTED.items()]
    return {
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": "individual",
        "measure": canonical(measure, run["reference_version"]),
        "subject": {"reference": full_url("Patient", *whom)},
        "date": run["finished_at"].isoformat(timespec="seconds"),
        "reporter": {
            "type": "Organization",
            "identifier": {"system": f"{URN}:municipality", "value": municipality_code},
        },
        "period": {"start": row["trigger_date"].isoformat(), "end": row["due_date"].isoformat()},
        "improvementNotation": improvement(measure),
        "group": [{"population": counted}],
    }


def _issue(row: Mapping[str, Any], whom: tuple[str, ...], moment: datetime) -> Resource:
    """What is open. `detail`: the reason, as the worklist names it; an obligation that is not due yet has none."""
    return {
        "resourceType": "DetectedIssue",
        "modifierExtension": [{"url": GAP_STATUS_EXTENSION, "valueCodeableConcept": gap_status(row["gap"])}],
        "status": "final",
        "code": coded(f"{TERMINOLOGY}/v3-ActCode", "CAREGAP", "Care Gaps"),
        "severity": SEVERITY[row["severity"]],
        "patient": {"reference": full_url("Patient", *whom)},
        "identifiedDateTime": moment.isoformat(timespec="seconds"),
        "evidence": [{"detail": [{"reference": full_url("MeasureReport", *whom, str(row["number"]))}]}],
        **({"detail": row["reason"]} if row["reason"] else {}),
    }
