"""Obligations towards a pregnancy (2.6): screened, referred, a plan before birth."""

from __future__ import annotations

from datetime import date
from typing import Any

from naive.dates import days_after, days_before, earlier_of, earliest
from naive.duties import Duty, excuse_of_pregnancy, settled
from naive.evidence import Evidence, handovers, mother_diagnoses, mother_treatments, registrations
from naive.reference import Reference
from naive.world import MUNICIPAL_ACTORS, Row, World


def pregnancy_obligations(view: World, as_of: date, reference: Reference) -> list[Row]:
    return [
        settled(duty, excuse_of_pregnancy(pregnancy, duty.due_date), as_of)
        for pregnancy in view["pregnancies"]
        for duty in _duties(pregnancy, view, reference)
        if duty.trigger_date <= as_of
    ]


def _duties(pregnancy: Row, view: World, reference: Reference) -> list[Duty]:
    """ "Names the pregnancy" holds whether or not a child is named too."""
    naming = [row for row in view["handovers"] if row["pregnancy_id"] == pregnancy["pregnancy_id"]]
    end = end_of(pregnancy)
    first_known = earliest([row.known_date for row in evidence_of_pregnancy(pregnancy, view, reference)])
    duties = screened(pregnancy, reference)
    if first_known is not None and (end is None or first_known < end):
        duties += referred(pregnancy, naming, first_known, reference)
        duties += plan_before_birth(pregnancy, naming, first_known, reference)
    return duties


def end_of(pregnancy: Row) -> date | None:
    """The end date, else the due date; None is still running."""
    end: date | None = pregnancy["end_date"]
    due: date | None = pregnancy["due_date"]
    return end or due


def evidence_of_pregnancy(pregnancy: Row, view: World, reference: Reference) -> list[Evidence]:
    """What names the pregnancy, or is of the mother and in its window, and showed itself strictly before its end."""
    pregnancy_id, mother_id = pregnancy["pregnancy_id"], pregnancy["mother_id"]
    end = end_of(pregnancy)
    found = [
        *registrations([row for row in view["exposures"] if row["pregnancy_id"] == pregnancy_id]),
        *handovers([row for row in view["handovers"] if row["pregnancy_id"] == pregnancy_id]),
    ]
    first_contact = pregnancy["first_contact_date"]
    if end is not None and first_contact is not None:
        counted_from = pregnancy["due_date"] or pregnancy["end_date"]
        window_start = days_before(counted_from, reference.days("gestation_default_days"))
        diagnoses = [row for row in view["diagnoses"] if row["person_id"] == mother_id]
        treatments = [row for row in view["treatments"] if row["person_id"] == mother_id]
        found += mother_diagnoses(diagnoses, window_start, end, first_contact, reference)
        found += mother_treatments(treatments, window_start, end, first_contact)
    return [row for row in found if end is None or row.evidence_date < end]


def screened(pregnancy: Row, reference: Reference) -> list[Duty]:
    first_contact = pregnancy["first_contact_date"]
    if first_contact is None:
        return []
    asked_about_both = pregnancy["alcohol_asked"] is True and pregnancy["substances_asked"] is True
    return [
        Duty(
            kind="screened",
            trigger_date=first_contact,
            due_date=days_after(first_contact, reference.deadline("screened").days),
            met_date=(pregnancy["asked_date"] or first_contact) if asked_about_both else None,
            reason_if_overdue="not_asked",
            sector="region",
            **_of(pregnancy, "screened", reference),
        )
    ]


def referred(pregnancy: Row, naming: list[Row], first_known: date, reference: Reference) -> list[Duty]:
    in_time = days_after(first_known, reference.deadline("referred").days)
    sent = [
        row["sent_date"]
        for row in naming
        if row["kind"] == "referral" and row["to_actor"] in ("family_clinic", "family_department")
    ]
    return [
        Duty(
            kind="referred",
            trigger_date=first_known,
            due_date=earlier_of(in_time, end_of(pregnancy)) or in_time,
            met_date=earliest(sent),
            reason_if_overdue="no_referral",
            sector="region",
            **_of(pregnancy, "referred", reference),
        )
    ]


def plan_before_birth(pregnancy: Row, naming: list[Row], first_known: date, reference: Reference) -> list[Duty]:
    """Only for a pregnancy with a due date; due on it, or on the day the pregnancy ended when that is earlier."""
    last_day = earlier_of(pregnancy["due_date"], pregnancy["end_date"])
    if pregnancy["due_date"] is None or last_day is None:
        return []
    due = days_after(last_day, reference.deadline("plan_before_birth").days)
    if first_known >= due:
        return []
    notifications = [
        row for row in naming if row["kind"] == "prebirth_notification" and row["to_actor"] in MUNICIPAL_ACTORS
    ]
    return [
        Duty(
            kind="plan_before_birth",
            trigger_date=first_known,
            due_date=due,
            met_date=earliest([row["sent_date"] for row in notifications if row["has_exposure"] is True]),
            reason_if_overdue="exposure_left_out" if notifications else "no_handover",
            sector="municipality",
            **_of(pregnancy, "plan_before_birth", reference),
        )
    ]


def _of(pregnancy: Row, kind: str, reference: Reference) -> dict[str, Any]:
    """What every obligation of a pregnancy has in the same way."""
    deadline = reference.deadline(kind)
    return {
        "child_id": None,
        "pregnancy_id": pregnancy["pregnancy_id"],
        "subject_id": pregnancy["pregnancy_id"],
        "municipality_code": pregnancy["municipality_code"],
        "severity": deadline.severity,
        "recommendation": deadline.recommendation,
    }
