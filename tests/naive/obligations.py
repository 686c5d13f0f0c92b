"""Kinds 1 to 4 and the sum of all kinds for one child (2.2)."""

from __future__ import annotations

from datetime import date

from naive.children import Child
from naive.dates import days_after, earliest
from naive.duties import Duty, excuse_of_child, settled
from naive.evidence import uncancelled
from naive.exposed import Exposure
from naive.follow_up import follow_up
from naive.handovers import met_or_reason
from naive.reference import Reference
from naive.transitions import carried_at_move, carried_at_transition
from naive.world import MUNICIPAL_ACTORS, Row


def obligations_of(child: Child, exposure: Exposure | None, as_of: date, reference: Reference) -> list[Row]:
    """An obligation exists only when its trigger has come, and the child was alive then."""
    duties = follow_up(child, exposure, as_of, reference)
    if exposure is not None:
        duties += registered(child, exposure, as_of, reference)
        duties += on_child_record(child, exposure, as_of, reference)
        duties += handed_over(child, exposure, as_of, reference)
        duties += carried_in_record(child, exposure, reference)
        duties += carried_at_move(child, exposure, reference)
        duties += carried_at_transition(child, exposure, as_of, reference)
    return [
        settled(duty, excuse_of_child(child, duty.due_date, as_of), as_of)
        for duty in duties
        if duty.trigger_date <= as_of and child.is_alive_on(duty.trigger_date)
    ]


def registered(child: Child, exposure: Exposure, as_of: date, reference: Reference) -> list[Duty]:
    deadline = reference.deadline("registered")
    trigger = exposure.first_evidence_date
    due = max(child.birth_date, days_after(trigger, deadline.days))
    return [
        Duty(
            child_id=child.child_id,
            pregnancy_id=None,
            kind="registered",
            subject_id=child.child_id,
            trigger_date=trigger,
            due_date=due,
            met_date=earliest([row["registered_date"] for row in uncancelled(child.exposures)]),
            reason_if_overdue="not_registered",
            municipality_code=child.responsible_municipality(due, as_of),
            sector="municipality" if exposure.every_first_knower_is_municipal else "region",
            severity=deadline.severity,
            recommendation=deadline.recommendation,
        )
    ]


def on_child_record(child: Child, exposure: Exposure, as_of: date, reference: Reference) -> list[Duty]:
    deadline = reference.deadline("on_child_record")
    trigger = max(child.birth_date, exposure.first_known_date)
    due = days_after(trigger, deadline.days)
    naming_the_child = [
        row["registered_date"] for row in uncancelled(child.exposures) if row["child_id"] == child.child_id
    ]
    in_the_childs_own_papers = [
        row.known_date for row in exposure.evidence if row.source in ("child_diagnosis", "support_record")
    ]
    return [
        Duty(
            child_id=child.child_id,
            pregnancy_id=None,
            kind="on_child_record",
            subject_id=child.child_id,
            trigger_date=trigger,
            due_date=due,
            met_date=earliest(naming_the_child + in_the_childs_own_papers),
            reason_if_overdue="not_registered",
            municipality_code=child.responsible_municipality(due, as_of),
            sector="municipality",
            severity=deadline.severity,
            recommendation=deadline.recommendation,
        )
    ]


def handed_over(child: Child, exposure: Exposure, as_of: date, reference: Reference) -> list[Duty]:
    """From the region to the municipality; nothing is owed when a municipal actor was among the first to know."""
    if exposure.a_first_knower_is_municipal:
        return []
    deadline = reference.deadline("handed_over")
    trigger = max(child.birth_date, exposure.first_known_date)
    due = days_after(trigger, deadline.days)
    into_the_municipality = [
        row
        for row in child.handovers
        if row["to_actor"] in MUNICIPAL_ACTORS and row["from_actor"] not in MUNICIPAL_ACTORS
    ]
    met_date, reason = met_or_reason(into_the_municipality)
    return [
        Duty(
            child_id=child.child_id,
            pregnancy_id=None,
            kind="handed_over",
            subject_id=child.child_id,
            trigger_date=trigger,
            due_date=due,
            met_date=met_date,
            reason_if_overdue=reason,
            municipality_code=child.responsible_municipality(due, as_of),
            sector="region",
            severity=deadline.severity,
            recommendation=deadline.recommendation,
        )
    ]


def carried_in_record(child: Child, exposure: Exposure, reference: Reference) -> list[Duty]:
    deadline = reference.deadline("carried_in_record")
    duties = []
    for record in child.records:
        if record["record_type"] not in reference.types_that_carry_exposure:
            continue
        if record["closed_date"] is not None and record["closed_date"] < exposure.first_known_date:
            continue
        if any(row.source == "support_record" and row.row is record for row in exposure.first_knowers):
            continue
        trigger = max(record["opened_date"], exposure.first_known_date)
        is_recorded = record["exposure_status"] == "recorded"
        duties.append(
            Duty(
                child_id=child.child_id,
                pregnancy_id=None,
                kind="carried_in_record",
                subject_id=record["record_id"],
                trigger_date=trigger,
                due_date=days_after(trigger, deadline.days),
                met_date=(record["exposure_recorded_date"] or record["opened_date"]) if is_recorded else None,
                reason_if_overdue="silent",
                municipality_code=record["municipality_code"],
                sector="municipality",
                severity=deadline.severity,
                recommendation=deadline.recommendation,
                is_denied=record["exposure_status"] == "denied",
            )
        )
    return duties
