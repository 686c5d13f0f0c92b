"""Kinds 5 and 6 (2.2): knowledge follows the child when it moves, and at school start, placement and adulthood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.children import Child
from naive.dates import birthday, days_after, days_before
from naive.duties import Duty
from naive.exposed import Exposure
from naive.handovers import all_knowledge_came_with, met_or_reason
from naive.reference import Reference
from naive.residences import Move, moves_of
from naive.world import MUNICIPAL_ACTORS, Row


def carried_at_move(child: Child, exposure: Exposure, reference: Reference) -> list[Duty]:
    deadline = reference.deadline("carried_at_move")
    duties = []
    for move in moves_of(child.spells, reference.days("move_gap_days")):
        fitting = [row for row in child.handovers if _fits_the_move(row, move, deadline.sent_window_days)]
        if not (child.birth_date < move.day and exposure.first_known_date <= move.day):
            continue
        if all_knowledge_came_with(fitting, exposure):
            continue
        met_date, reason = met_or_reason(fitting)
        duties.append(
            Duty(
                child_id=child.child_id,
                pregnancy_id=None,
                kind="carried_at_move",
                subject_id=move.day.isoformat(),
                trigger_date=move.day,
                due_date=days_after(move.day, deadline.days),
                met_date=met_date,
                reason_if_overdue=reason,
                municipality_code=move.from_municipality,
                sector="municipality",
                severity=deadline.severity,
                recommendation=deadline.recommendation,
            )
        )
    return duties


def _fits_the_move(handover: Row, move: Move, sent_window_days: int) -> bool:
    """Every condition but the exposure and the receipt."""
    sent = handover["sent_date"]
    return (
        handover["kind"] == "municipal_move"
        and handover["to_actor"] in MUNICIPAL_ACTORS
        and handover["to_municipality_code"] == move.to_municipality
        and handover["from_municipality_code"] in (None, move.from_municipality)
        and sent >= days_before(move.day, sent_window_days)
        and (move.next_change is None or sent < move.next_change)
    )


@dataclass(frozen=True)
class Transition:
    """`placed_by` is the municipality of a placement's record; without one, the child's residence decides."""

    name: str
    subject_id: str
    day: date
    placed_by: str | None = None


def transitions_of(child: Child, reference: Reference) -> list[Transition]:
    """School starts on 1 August of the year the child turns six; a placement begins when its record is opened."""
    school_start = date(child.birth_date.year + reference.days("school_start_age"), 8, 1)
    adulthood = birthday(child.birth_date, reference.days("adulthood_age"))
    placements = [
        Transition("placement", f"placement:{row['record_id']}", row["opened_date"], row["municipality_code"])
        for row in child.records
        if row["record_type"] == "placement"
    ]
    return [
        Transition("school_start", "school_start", school_start),
        Transition("adulthood", "adulthood", adulthood),
        *placements,
    ]


def carried_at_transition(child: Child, exposure: Exposure, as_of: date, reference: Reference) -> list[Duty]:
    duties = []
    for transition in transitions_of(child, reference):
        deadline = reference.deadline("carried_at_transition", transition.name)
        earliest_sent = days_before(transition.day, deadline.sent_window_days)
        fitting = [
            row for row in child.handovers if row["kind"] == transition.name and row["sent_date"] >= earliest_sent
        ]
        if exposure.first_known_date > transition.day or all_knowledge_came_with(fitting, exposure):
            continue
        due = days_after(transition.day, deadline.days)
        met_date, reason = met_or_reason(fitting)
        duties.append(
            Duty(
                child_id=child.child_id,
                pregnancy_id=None,
                kind="carried_at_transition",
                subject_id=transition.subject_id,
                trigger_date=transition.day,
                due_date=due,
                met_date=met_date,
                reason_if_overdue=reason,
                municipality_code=transition.placed_by or child.responsible_municipality(due, as_of),
                sector="municipality",
                severity=deadline.severity,
                recommendation=deadline.recommendation,
            )
        )
    return duties
