"""The exported counts (3.1): one row per measure, calendar year of the due date and responsible municipality."""

from __future__ import annotations

from datetime import date

from naive.world import Row


def counts_of(obligations: list[Row], as_of: date) -> list[Row]:
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in obligations:
        key = (measure_of(row), row["due_date"].year, municipality_of(row))
        groups.setdefault(key, []).append(row)
    return [_count(*key, rows, as_of) for key, rows in groups.items()]


def measure_of(obligation: Row) -> str:
    """The kind; the kind and transition; or the programme and contact code."""
    kind: str = obligation["kind"]
    subject_id: str = obligation["subject_id"]
    if kind == "follow_up":
        return subject_id
    if kind == "carried_at_transition":
        transition, _, _ = subject_id.partition(":")
        return f"carried_at_transition:{transition}"
    return kind


def municipality_of(obligation: Row) -> str:
    """0411 (Christiansø) belongs to no municipality."""
    code: str | None = obligation["municipality_code"]
    if code is None:
        return "unknown"
    return "outside" if code == "0411" else code


def _count(measure: str, year: int, municipality: str, rows: list[Row], as_of: date) -> Row:
    """Denominator, numerators and lost are of what was due before the as-of day; met before it is due is `early`."""
    due = [row for row in rows if row["due_date"] < as_of]

    def how_many(obligations: list[Row], *statuses: str) -> int:
        return sum(row["status"] in statuses for row in obligations)

    def lost_as(*reasons: str) -> int:
        return sum(row["status"] == "overdue" and row["reason"] in reasons for row in due)

    return {
        "measure": measure,
        "year": year,
        "municipality_code": municipality,
        "denominator": how_many(due, "met", "late", "overdue", "contradicted"),
        "numerator_ever": how_many(due, "met", "late"),
        "numerator_timely": how_many(due, "met"),
        "early": how_many(rows, "met", "late") - how_many(due, "met", "late"),
        "excused": how_many(rows, "excused"),
        "not_due": how_many(rows, "not_due"),
        "lost_to_follow_up": lost_as("no_contact", "no_show"),
        "lost_to_documentation": lost_as("undocumented", "too_early", "not_confirmed"),
    }
