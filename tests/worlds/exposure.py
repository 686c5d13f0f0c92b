"""What is known of a pregnancy: registrations, diagnoses, treatment, referral and notification."""

from __future__ import annotations

from datetime import date

from naive.world import Row

from worlds.author import ACTORS, MUNICIPALITIES, Author, Names
from worlds.handovers import write_handover

SUBSTANCES = ("alcohol", "alcohol", "opioids", "cannabis", "unspecified")
CODES_OF_CHILD = ("DP043", "dp04.3", "DP044A", "DP961", "DP962", "DQ860", "DP042", "DP041", "DQ86", "DF102")
CODES_OF_MOTHER = ("DF102", "df10.2", "DF112A", "DF19", "DO354", "DF17", "DF1", "DO35", "DP043")


def write_events_of_pregnancy(author: Author, pregnancy: Row, children: list[Row]) -> None:
    pregnancy_id = pregnancy["pregnancy_id"]
    start = [day for day in (pregnancy["first_contact_date"], pregnancy["due_date"], *author.days) if day is not None]
    for _ in range(author.one_of(0, 0, 1) if author.is_quiet else author.one_of(0, 0, 1, 1, 2)):
        ends = [day for day in (pregnancy["end_date"], pregnancy["due_date"]) if day is not None]
        at_the_end = author.by(author.one_of(*ends, author.as_of), -1, 0, 1)
        registered = at_the_end if author.is_quiet else author.near(start)
        write_exposure(author, author.whom(author.one_of(None, *children), pregnancy_id), registered)
    for kind in ("referral", "prebirth_notification"):
        if author.happens(0.5):
            write_handover(
                author,
                author.whom(author.one_of(None, None, *children), pregnancy_id),
                kind,
                author.near(start),
                from_actor=author.one_of(*ACTORS),
                to_actor=author.one_of("family_clinic", "family_department", "health_visitor", "gp"),
            )


def write_exposure(author: Author, names: Names, registered: date) -> None:
    """Some suspicions are ruled out: a day before, on the day, a day after; at times for the other name."""
    author.known_days.append(registered)
    certainty = author.one_of("confirmed", "confirmed", "suspected", "suspected", "suspected", "ruled_out")
    substance = author.one_of(*SUBSTANCES)
    _registration(author, names, registered, certainty, substance)
    if certainty == "suspected" and author.happens(0.35):
        others = author.world["exposures"][-3:]
        other = author.one_of(*others)
        other_names = {"child_id": other["child_id"], "pregnancy_id": other["pregnancy_id"]}
        later = author.by(registered, -1, 0, 1, 30)
        _registration(author, author.one_of(names, names, other_names), later, "ruled_out", substance)


def _registration(author: Author, names: Names, registered: date, certainty: str, substance: str) -> None:
    author.add(
        "exposures",
        "exposure_id",
        **names,
        substance=substance,
        is_prescribed=author.one_of(None, True),
        certainty=certainty,
        trimester_1=None,
        trimester_2=author.one_of(None, True),
        trimester_3=None,
        detected_date=author.perhaps(0.6, author.by(registered, 0, -1, 1, -29, -30, -31, -100)),
        registered_date=registered,
        recorded_by=author.one_of(*ACTORS),
    )


def write_diagnoses_and_treatments(author: Author, person: str, *, is_mother: bool) -> None:
    codes = CODES_OF_MOTHER if is_mother else CODES_OF_CHILD
    wanted = author.one_of(0, 0, 0, 1) if author.is_quiet else author.one_of(0, 0, 0, 1, 1, 2)
    at_the_window = [*author.window_starts, *author.known_days]
    days = {author.by(author.one_of(*at_the_window), -1, 0, 1) for _ in range(wanted)}
    days |= {author.near(author.days) for _ in range(wanted)}
    for day in sorted(days):
        author.add(
            "diagnoses",
            person_id=person,
            sks_code=author.one_of(*codes),
            diagnosed_date=day,
            is_refuted=author.happens(0.2),
        )
    if is_mother and author.happens(0.35):
        _treatment(author, person)


def _treatment(author: Author, mother: str) -> None:
    """A course that begins or ends on or beside a day that matters, such as the start of a pregnancy's window."""
    boundaries = author.window_starts if author.happens(0.5) else author.days
    start, end = author.near(author.days), author.by(author.one_of(*boundaries), -1, 0, 1)
    author.add(
        "treatments",
        "treatment_id",
        person_id=mother,
        substance=author.one_of(*SUBSTANCES, None),
        start_date=min(start, end),
        end_date=author.perhaps(0.7, max(start, end)),
        municipality_code=author.one_of(*MUNICIPALITIES, None),
        was_pregnant=None,
    )
