"""A family: its births, its pregnancies (also lost and unlinked ones), its children."""

from __future__ import annotations

from datetime import date, timedelta

from naive.dates import months_after
from naive.world import Row

from worlds.author import MUNICIPALITIES, Author
from worlds.childhood import write_childhood
from worlds.exposure import write_diagnoses_and_treatments, write_events_of_pregnancy


def write_family(author: Author) -> None:
    birth = _birth_date(author)
    author.days = [birth, birth, author.as_of]
    author.known_days = [birth]
    author.window_starts = [birth - timedelta(days=280)]
    author.is_quiet = author.happens(0.3)
    mother = f"mo{len(author.world['pregnancies'])}"
    if author.happens(0.1) and author.world["children"]:
        mother = author.one_of(*author.world["children"])["child_id"]
    pregnancies = [_pregnancy(author, mother, birth) for _ in range(author.one_of(0, 1, 1, 1, 1, 1, 2))]
    children = [_child(author, mother, birth, pregnancies) for _ in range(author.one_of(0, 1, 1, 1, 1, 1, 2))]
    for pregnancy in pregnancies:
        write_events_of_pregnancy(author, pregnancy, children)
    for child in children:
        write_childhood(author, child, pregnancies)
    for person in (mother, *[child["child_id"] for child in children]):
        write_diagnoses_and_treatments(author, person, is_mother=person == mother)


def _birth_date(author: Author) -> date:
    """A birth that puts some due date close to the as-of day, a recent or coming birth, or 29 February."""
    planned = author.one_of(*author.reference.schedule)
    boundary = author.as_of - timedelta(days=author.one_of(planned.closes_days, -planned.opens_days, 0))
    months = planned.due_age if planned.due_unit == "months" else 0
    days = planned.due_age if planned.due_unit == "days" else 0
    at_milestone = months_after(boundary, -months) - timedelta(days=days + author.one_of(-1, 0, 1))
    in_a_leap_year = date(author.one_of(2004, 2008, 2012, 2016, 2020, 2024), 2, 29)
    recent = author.as_of - timedelta(days=author.one_of(-150, -90, -20, -1, 0, 1, 14, 15, 30, 31, 60, 100, 200))
    starting_school = date(author.as_of.year - 6, author.one_of(1, 8, 12), author.one_of(1, 2, 28))
    of_age = months_after(author.as_of, -216) + timedelta(days=author.one_of(-1, 0, 1, -40))
    return author.one_of(at_milestone, at_milestone, in_a_leap_year, recent, starting_school, of_age)


def _pregnancy(author: Author, mother: str, birth: date) -> Row:
    outcome = author.one_of("live_birth", "live_birth", "live_birth", "unknown", "loss", "stillbirth")
    ended = author.by(birth, 0, 0, 0, 0, -8, -7, -6, 6, 7, 8, -100)
    due = author.by(birth, 0, 0, 7, -20, -21, -22, 100, 279, 280, 281)
    first_contact = author.by(birth, -220, -200, -100, -29, -28, -27, -10, -1, 0, 1, 20)
    if author.happens(0.15):
        first_contact = author.by(author.as_of, -29, -28, -27, -1, 0, 1)
    asked = author.by(first_contact, 0, 27, 28, 29, -3) if author.happens(0.8) else author.by(author.as_of, -1, 0, 1)
    row = author.add(
        "pregnancies",
        "pregnancy_id",
        mother_id=mother,
        municipality_code=author.one_of(*MUNICIPALITIES, None),
        first_contact_date=author.perhaps(0.85, first_contact),
        due_date=author.perhaps(0.8, due),
        end_date=author.perhaps(0.65, ended),
        outcome=outcome,
        care_level=author.one_of(None, 1, 4),
        alcohol_asked=author.one_of(True, True, False, None),
        substances_asked=author.one_of(True, True, False, None),
        asked_date=author.perhaps(0.6, asked),
    )
    author.window_starts.append((row["due_date"] or ended) - timedelta(days=280))
    return row


def _child(author: Author, mother: str, birth: date, pregnancies: list[Row]) -> Row:
    pregnancy_id = author.one_of(*pregnancies)["pregnancy_id"] if pregnancies and author.happens(0.5) else None
    gestation = author.one_of(None, None, 280, 259, 160)
    birth = author.by(birth, 0, 0, 0, 1)
    author.window_starts.append(birth - timedelta(days=gestation or 280))
    return author.add(
        "children",
        "child_id",
        pregnancy_id=pregnancy_id,
        mother_id=author.perhaps(0.8, mother),
        birth_date=birth,
        sex=author.one_of("female", "male", "unknown"),
        gestational_age_days=gestation,
        birth_weight_g=author.one_of(None, 2900),
        death_date=None,
    )
