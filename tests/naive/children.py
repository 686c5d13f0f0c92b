"""A child of the as-of view with every row that is about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.residences import Spell, residence_on, spells_of
from naive.world import Row, World


@dataclass(frozen=True)
class Child:
    child_id: str
    birth_date: date
    death_date: date | None
    gestational_age_days: int | None
    pregnancy: Row | None
    """None without a link, and when the pregnancy is not in the view."""
    exposures: list[Row]
    handovers: list[Row]
    own_diagnoses: list[Row]
    mothers_diagnoses: list[Row]
    mothers_treatments: list[Row]
    records: list[Row]
    contacts: list[Row]
    spells: list[Spell]

    def is_alive_on(self, day: date) -> bool:
        """The day of death is a day alive."""
        return self.death_date is None or self.death_date >= day

    def responsible_municipality(self, due_date: date, as_of: date) -> str | None:
        """Where the child lives when it is due, or as of the run when that is earlier; else the pregnancy's."""
        municipality = residence_on(self.spells, min(due_date, as_of))
        if municipality is None and self.pregnancy is not None:
            municipality = self.pregnancy["municipality_code"]
        return municipality


def children_of(view: World) -> list[Child]:
    return [_child_with_its_rows(row, view) for row in view["children"]]


def _child_with_its_rows(row: Row, view: World) -> Child:
    child_id, pregnancy_id, mother_id = row["child_id"], row["pregnancy_id"], row["mother_id"]

    def about_the_child(other: Row) -> bool:
        """A row that names a child is about that child only; one that names only a pregnancy, about its children."""
        if other["child_id"] is not None:
            return bool(other["child_id"] == child_id)
        return pregnancy_id is not None and other["pregnancy_id"] == pregnancy_id

    def of_the_mother(other: Row) -> bool:
        return mother_id is not None and other["person_id"] == mother_id

    return Child(
        child_id=child_id,
        birth_date=row["birth_date"],
        death_date=row["death_date"],
        gestational_age_days=row["gestational_age_days"],
        pregnancy=next((p for p in view["pregnancies"] if p["pregnancy_id"] == pregnancy_id), None),
        exposures=[other for other in view["exposures"] if about_the_child(other)],
        handovers=[other for other in view["handovers"] if about_the_child(other)],
        own_diagnoses=[other for other in view["diagnoses"] if other["person_id"] == child_id],
        mothers_diagnoses=[other for other in view["diagnoses"] if of_the_mother(other)],
        mothers_treatments=[other for other in view["treatments"] if of_the_mother(other)],
        records=[other for other in view["support_records"] if other["child_id"] == child_id],
        contacts=[other for other in view["contacts"] if other["child_id"] == child_id],
        spells=spells_of([other for other in view["residences"] if other["child_id"] == child_id]),
    )
