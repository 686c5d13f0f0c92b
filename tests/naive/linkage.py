"""Which pregnancy and which mother a child has (5.4). Found before the as-of view, and kept."""

from __future__ import annotations

from datetime import date

from naive.dates import days_after, days_before
from naive.reference import Reference
from naive.world import Row, World


def linked(world: World, reference: Reference) -> World:
    """The world with `pregnancy_id` and `mother_id` of each child filled in where they can be."""
    return {**world, "children": [_linked_child(child, world["pregnancies"], reference) for child in world["children"]]}


def _linked_child(child: Row, pregnancies: list[Row], reference: Reference) -> Row:
    pregnancy_id = child["pregnancy_id"]
    if pregnancy_id is None:
        candidates = [p["pregnancy_id"] for p in pregnancies if could_be_of(p, child, reference)]
        pregnancy_id = candidates[0] if len(candidates) == 1 else None
    mother_id = child["mother_id"]
    if mother_id is None:
        for pregnancy in pregnancies:
            if pregnancy["pregnancy_id"] == pregnancy_id:
                mother_id = pregnancy["mother_id"]
    return {**child, "pregnancy_id": pregnancy_id, "mother_id": mother_id}


def could_be_of(pregnancy: Row, child: Row, reference: Reference) -> bool:
    """Same mother, not lost, and ended near the birth; without an end, a birth in the time around the due date."""
    if child["mother_id"] is None or pregnancy["mother_id"] != child["mother_id"]:
        return False
    if pregnancy["outcome"] in ("loss", "stillbirth"):
        return False
    birth: date = child["birth_date"]
    end: date | None = pregnancy["end_date"]
    due: date | None = pregnancy["due_date"]
    if end is not None:
        return abs((end - birth).days) <= reference.days("link_end_days")
    if due is None:
        return False
    first_day = days_before(due, reference.days("gestation_default_days"))
    last_day = days_after(due, reference.days("link_after_due_days"))
    return first_day <= birth <= last_day
