"""The as-of view (contract): the rows known on a day, with what was learned later turned back to unknown."""

from __future__ import annotations

from datetime import date

from naive.world import TABLE_NAMES, Row, World

KNOWLEDGE_DATE = {
    "pregnancies": "first_contact_date",
    "exposures": "registered_date",
    "children": "birth_date",
    "residences": "from_date",
    "diagnoses": "diagnosed_date",
    "treatments": "start_date",
    "handovers": "sent_date",
    "support_records": "opened_date",
    "contacts": "contact_date",
    "assessments": "assessed_date",
    "costs": "start_date",
}
LEARNED_LATER = {
    "children": "death_date",
    "residences": "to_date",
    "handovers": "received_date",
    "support_records": "closed_date",
    "treatments": "end_date",
}


def as_of_view(world: World, as_of: date) -> World:
    return {
        table: [_as_known(table, row, as_of) for row in world[table] if is_known(table, row, as_of)]
        for table in TABLE_NAMES
    }


def is_known(table: str, row: Row, as_of: date) -> bool:
    """Only a pregnancy can lack its knowledge date, and is then always known."""
    knowledge_date = row[KNOWLEDGE_DATE[table]]
    return knowledge_date is None or knowledge_date <= as_of


def _as_known(table: str, row: Row, as_of: date) -> Row:
    seen = dict(row)
    later = LEARNED_LATER.get(table)
    if later is not None and is_after(row[later], as_of):
        seen[later] = None
    if table == "pregnancies":
        if is_after(row["end_date"], as_of):
            seen |= {"end_date": None, "outcome": "unknown"}
        if is_after(row["asked_date"], as_of):
            seen |= {"asked_date": None, "alcohol_asked": None, "substances_asked": None}
    if table == "support_records" and is_after(row["exposure_recorded_date"], as_of):
        seen |= {"exposure_recorded_date": None, "exposure_status": "not_recorded"}
    return seen


def is_after(day: date | None, as_of: date) -> bool:
    return day is not None and day > as_of
