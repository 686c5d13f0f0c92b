"""Kind 7 (2.2): each row of the schedule for each child that it applies to, and why a contact was lost."""

from __future__ import annotations

from datetime import date

from naive.children import Child
from naive.dates import days_after, days_before, earliest, months_after
from naive.duties import Duty
from naive.exposed import Exposure
from naive.reference import Reference, ScheduleRow
from naive.world import Row


def follow_up(child: Child, exposure: Exposure | None, as_of: date, reference: Reference) -> list[Duty]:
    duties = []
    for planned in reference.schedule:
        due_age_day = day_of_age(child.birth_date, planned)
        if planned.applies_to == "exposed" and (exposure is None or exposure.first_known_date > due_age_day):
            continue
        trigger = days_before(due_age_day, planned.opens_days)
        due = days_after(due_age_day, planned.closes_days)
        duties.append(
            Duty(
                child_id=child.child_id,
                pregnancy_id=None,
                kind="follow_up",
                subject_id=f"{planned.programme}:{planned.contact_code}",
                trigger_date=trigger,
                due_date=due,
                met_date=earliest([day for day in _attended(child, planned) if day >= trigger]),
                reason_if_overdue=reason_for_loss(child, planned, trigger, due),
                municipality_code=child.responsible_municipality(due, as_of),
                sector="municipality" if planned.programme == "health_visitor" else "region",
                severity=planned.severity,
                recommendation=planned.recommendation,
            )
        )
    return duties


def day_of_age(birth_date: date, planned: ScheduleRow) -> date:
    if planned.due_unit == "months":
        return months_after(birth_date, planned.due_age)
    return days_after(birth_date, planned.due_age)


def _planned_here(child: Child, planned: ScheduleRow) -> list[Row]:
    return [
        row
        for row in child.contacts
        if row["programme"] == planned.programme and row["contact_code"] == planned.contact_code
    ]


def _attended(child: Child, planned: ScheduleRow) -> list[date]:
    return [row["contact_date"] for row in _planned_here(child, planned) if row["status"] == "attended"]


def reason_for_loss(child: Child, planned: ScheduleRow, trigger: date, due: date) -> str:
    """First that fits: no-show or decline (the latest decides), too early, under another code, no contact."""
    attended = _attended(child, planned)
    turned_down = [
        (row["contact_date"], row["status"])
        for row in _planned_here(child, planned)
        if (row["status"] in ("no_show", "declined") and row["contact_date"] >= trigger)
        or (row["status"] == "declined" and not any(day > row["contact_date"] for day in attended))
    ]
    if turned_down:
        latest = max(day for day, _ in turned_down)
        return "declined" if (latest, "declined") in turned_down else "no_show"
    if any(day < trigger for day in attended):
        return "too_early"
    seen_under_another_code = any(
        row["programme"] == planned.programme
        and row["contact_code"] != planned.contact_code
        and row["status"] == "attended"
        and trigger <= row["contact_date"] <= due
        for row in child.contacts
    )
    return "undocumented" if seen_under_another_code else "no_contact"
