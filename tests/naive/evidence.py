"""Evidence of prenatal exposure (2.1), one function per source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.children import Child
from naive.dates import days_before, earlier_of
from naive.reference import CodePrefix, Reference
from naive.world import MUNICIPAL_ACTORS, Row


@dataclass(frozen=True)
class Evidence:
    source: str
    source_id: str
    evidence_date: date
    known_date: date
    certainty: str
    substance: str | None
    row: Row
    """The row it was read from."""

    @property
    def is_municipal(self) -> bool:
        """Whether a municipal actor knew. Treatment of the mother is not knowledge of the child."""
        return (
            self.source == "support_record"
            or (self.source == "registration" and self.row["recorded_by"] in MUNICIPAL_ACTORS)
            or (self.source == "handover" and self.row["from_actor"] in MUNICIPAL_ACTORS)
        )


def evidence_of(child: Child, reference: Reference) -> list[Evidence]:
    gestation_days = child.gestational_age_days
    if gestation_days is None:
        gestation_days = reference.days("gestation_default_days")
    window_start = days_before(child.birth_date, gestation_days)
    first_contact = first_contact_of(child)
    return [
        *registrations(child.exposures),
        *_child_diagnoses(child.own_diagnoses, reference),
        *mother_diagnoses(child.mothers_diagnoses, window_start, child.birth_date, first_contact, reference),
        *mother_treatments(child.mothers_treatments, window_start, child.birth_date, first_contact),
        *handovers(child.handovers),
        *_support_records(child.records),
    ]


def first_contact_of(child: Child) -> date:
    """Never after the birth; a missing link or date must not make the exposure look known earlier."""
    first_contact = child.pregnancy["first_contact_date"] if child.pregnancy is not None else None
    return earlier_of(first_contact, child.birth_date) or child.birth_date


def uncancelled(exposures: list[Row]) -> list[Row]:
    """Confirmed rows, and suspected rows that no ruled out row of the same substance follows (same day included)."""
    ruled_out = [row for row in exposures if row["certainty"] == "ruled_out"]

    def is_cancelled(row: Row) -> bool:
        return any(
            other["substance"] == row["substance"] and other["registered_date"] >= row["registered_date"]
            for other in ruled_out
        )

    confirmed = [row for row in exposures if row["certainty"] == "confirmed"]
    return confirmed + [row for row in exposures if row["certainty"] == "suspected" and not is_cancelled(row)]


def registrations(exposures: list[Row]) -> list[Evidence]:
    return [
        Evidence(
            source="registration",
            source_id=row["exposure_id"],
            evidence_date=earlier_of(row["detected_date"], row["registered_date"]) or row["registered_date"],
            known_date=row["registered_date"],
            certainty=row["certainty"],
            substance=row["substance"],
            row=row,
        )
        for row in uncancelled(exposures)
    ]


def _child_diagnoses(diagnoses: list[Row], reference: Reference) -> list[Evidence]:
    found = []
    for row in diagnoses:
        listed = code_in_list(row["sks_code"], "child", reference)
        if listed is not None and not row["is_refuted"]:
            found.append(_diagnosis("child_diagnosis", row, row["diagnosed_date"], "confirmed", listed))
    return found


def mother_diagnoses(
    diagnoses: list[Row], window_start: date, window_end: date, first_contact: date, reference: Reference
) -> list[Evidence]:
    """Dated in the window, both days included; not known before the first contact."""
    found = []
    for row in diagnoses:
        listed = code_in_list(row["sks_code"], "mother", reference)
        in_window = window_start <= row["diagnosed_date"] <= window_end
        if listed is not None and in_window and not row["is_refuted"]:
            seen = max(row["diagnosed_date"], first_contact)
            found.append(_diagnosis("mother_diagnosis", row, seen, "probable", listed))
    return found


def _diagnosis(source: str, row: Row, seen: date, certainty: str, listed: CodePrefix) -> Evidence:
    source_id = f"{row['person_id']}|{row['sks_code']}|{row['diagnosed_date'].isoformat()}"
    return Evidence(source, source_id, seen, seen, certainty, listed.substance, row)


def code_in_list(sks_code: str, bearer: str, reference: Reference) -> CodePrefix | None:
    """The longest prefix of the bearer's list that the code starts with; dots and case do not matter."""
    fitting = [
        listed
        for listed in reference.code_prefixes
        if listed.in_scope and listed.bearer == bearer and _plain(sks_code).startswith(_plain(listed.prefix))
    ]
    return max(fitting, key=lambda listed: len(_plain(listed.prefix)), default=None)


def _plain(code: str) -> str:
    return code.replace(".", "").upper()


def mother_treatments(
    treatments: list[Row], window_start: date, window_end: date, first_contact: date
) -> list[Evidence]:
    """Courses that overlap the window; known when it began, the course began, and she had been seen."""
    found = []
    for row in treatments:
        is_over_before = row["end_date"] is not None and row["end_date"] < window_start
        if row["start_date"] <= window_end and not is_over_before:
            seen = max(row["start_date"], window_start, first_contact)
            found.append(
                Evidence("mother_treatment", row["treatment_id"], seen, seen, "probable", row["substance"], row)
            )
    return found


def handovers(rows: list[Row]) -> list[Evidence]:
    return [
        Evidence("handover", row["handover_id"], row["sent_date"], row["sent_date"], "probable", None, row)
        for row in rows
        if row["has_exposure"] is True
    ]


def _support_records(records: list[Row]) -> list[Evidence]:
    found = []
    for row in records:
        if row["exposure_status"] == "recorded":
            seen = row["exposure_recorded_date"] or row["opened_date"]
            found.append(Evidence("support_record", row["record_id"], seen, seen, "probable", None, row))
    return found
