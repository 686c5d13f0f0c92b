"""A duty: something due to be done by somebody on a day. Its status is settled in the order of 2.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.children import Child
from naive.world import Row


@dataclass(frozen=True)
class Duty:
    """An obligation before its status is known."""

    child_id: str | None
    pregnancy_id: str | None
    kind: str
    subject_id: str
    trigger_date: date
    due_date: date
    met_date: date | None
    reason_if_overdue: str
    municipality_code: str | None
    sector: str
    severity: str
    recommendation: str
    is_denied: bool = False
    """A support record that says there was no exposure."""


def settled(duty: Duty, excuse: str | None, as_of: date) -> Row:
    status, reason = _status(duty, excuse, as_of)
    return {
        "child_id": duty.child_id,
        "pregnancy_id": duty.pregnancy_id,
        "kind": duty.kind,
        "subject_id": duty.subject_id,
        "trigger_date": duty.trigger_date,
        "due_date": duty.due_date,
        "met_date": duty.met_date,
        "status": status,
        "reason": reason,
        "municipality_code": duty.municipality_code,
        "sector": duty.sector,
        "severity": duty.severity,
        "recommendation": duty.recommendation,
    }


def _status(duty: Duty, excuse: str | None, as_of: date) -> tuple[str, str | None]:
    if duty.met_date is not None:
        return ("met" if duty.met_date <= duty.due_date else "late"), None
    if excuse is not None:
        return "excused", excuse
    if as_of <= duty.due_date:
        return "not_due", None
    if duty.is_denied:
        return "contradicted", None
    return "overdue", duty.reason_if_overdue


def excuse_of_child(child: Child, due_date: date, as_of: date) -> str | None:
    """Dead on or before the due date; or living nowhere on a due date that has come. No spell at all is no excuse."""
    if child.death_date is not None and child.death_date <= due_date:
        return "died"
    has_come = due_date <= as_of
    lives_nowhere = not any(spell.covers(due_date) for spell in child.spells)
    if has_come and lives_nowhere and child.spells:
        return "not_resident"
    return None


def excuse_of_pregnancy(pregnancy: Row, due_date: date) -> str | None:
    """A loss or a stillbirth on or before the due date of the duty."""
    was_lost = pregnancy["outcome"] in ("loss", "stillbirth")
    if was_lost and pregnancy["end_date"] is not None and pregnancy["end_date"] <= due_date:
        return "pregnancy_ended"
    return None
