"""What happens to a child: records, residences and moves, transitions with their hand-overs, contacts."""

from __future__ import annotations

from datetime import date, timedelta

from naive.dates import months_after
from naive.follow_up import day_of_age
from naive.residences import moves_of, spells_of
from naive.world import Row

from worlds.author import ACTORS, MUNICIPALITIES, Author
from worlds.exposure import write_exposure
from worlds.handovers import write_handover, write_move_handover

RECORD_TYPES = ("notification", "child_plan", "placement", "placement", "health_visitor", "other")


def write_childhood(author: Author, child: Row, pregnancies: list[Row]) -> None:
    pregnancy_id = child["pregnancy_id"] or author.one_of(None, *[p["pregnancy_id"] for p in pregnancies])
    if author.happens(0.75):
        clinic = [
            day_of_age(child["birth_date"], row) for row in author.reference.schedule if row.applies_to == "exposed"
        ]
        at_an_examination = author.by(author.one_of(*clinic), -1, 0, 1)
        registered = at_an_examination if author.is_quiet else author.near([child["birth_date"], *author.days])
        write_exposure(author, author.whom(child, pregnancy_id), registered)
    for _ in range(author.one_of(0, 0, 1) if author.is_quiet else author.one_of(0, 1, 1, 2, 3)):
        _record(author, child)
    _residences(author, child, pregnancy_id)
    _transitions(author, child, pregnancy_id)
    _contacts(author, child)
    if author.happens(0.18):
        anywhere = author.near([child["birth_date"], *author.days])
        in_time = author.by(author.one_of(child["birth_date"], *author.known_days), 0, 1, 13, 14, 15, 29, 30, 31)
        child["death_date"] = author.one_of(anywhere, in_time, in_time, *_transition_days(child).values())


def _record(author: Author, child: Row) -> None:
    opened = author.near([child["birth_date"], *author.days])
    author.add(
        "support_records",
        "record_id",
        child_id=child["child_id"],
        municipality_code=author.one_of(*MUNICIPALITIES),
        record_type=author.one_of(*RECORD_TYPES),
        opened_date=opened,
        closed_date=author.perhaps(
            0.4, author.by(author.one_of(*author.known_days, opened, author.as_of), -1, 0, 1, 60)
        ),
        exposure_status=author.one_of("recorded", "recorded", "denied", "not_recorded", None),
        exposure_recorded_date=author.perhaps(0.6, author.by(opened, 0, 29, 30, 31, 60, -1, -40)),
    )


def _residences(author: Author, child: Row, pregnancy_id: str | None) -> None:
    """Spells that follow on each other, overlap, or leave a gap of up to, just, or more than a move may have."""
    start = author.by(child["birth_date"], 0, 0, 0, 0, 1, -1, 15)
    rows = []
    wanted = author.one_of(0, 1, 1, 1, 2, 2, 3, 4)
    for spell in range(wanted):
        end = max(author.near([start, *author.days]), start + timedelta(days=1))
        rows.append(
            author.add(
                "residences",
                child_id=child["child_id"],
                from_date=start,
                municipality_code=author.one_of(*MUNICIPALITIES),
                to_date=author.perhaps(0.2 if spell == wanted - 1 else 0.7, end),
            )
        )
        start = max(author.by(end, 0, 0, 0, 1, 30, 31, 32, -5), start + timedelta(days=1))
    names = author.whom(child, pregnancy_id)
    for move in moves_of(spells_of(rows), longest_gap_days=40):
        if author.happens(0.8):
            write_move_handover(author, names, move)


def _transition_days(child: Row) -> dict[str, date]:
    return {
        "school_start": date(child["birth_date"].year + 6, 8, 1),
        "adulthood": months_after(child["birth_date"], 216),
    }


def _transitions(author: Author, child: Row, pregnancy_id: str | None) -> None:
    to_come = _transition_days(child) | {"discharge": child["birth_date"]}
    placements = [
        row["opened_date"]
        for row in author.world["support_records"]
        if row["child_id"] == child["child_id"] and row["record_type"] == "placement"
    ]
    author.days += to_come.values()
    for kind, day in [*to_come.items(), *[("placement", opened) for opened in placements]]:
        for _ in range(author.one_of(0, 1, 1, 2)):
            sent = author.by(day, -366, -365, -364, -1, 0, 1, 5) if author.happens(0.6) else author.near(author.days)
            actors = {"from_actor": author.one_of(*ACTORS), "to_actor": author.one_of(*ACTORS)}
            write_handover(author, author.whom(child, pregnancy_id), kind, sent, received_near=day, **actors)


def _contacts(author: Author, child: Row) -> None:
    for planned in author.reference.schedule:
        day = day_of_age(child["birth_date"], planned)
        opens, closes = day - timedelta(days=planned.opens_days), day + timedelta(days=planned.closes_days)
        if opens > author.as_of + timedelta(days=2):
            continue
        others = [row.contact_code for row in author.reference.schedule if row.programme == planned.programme]
        days = [opens, opens, closes, closes, day, author.as_of]
        for _ in range(author.one_of(0, 0, 1, 1, 1, 2, 3)):
            contact_date = author.by(author.one_of(*days), -40, -1, 0, 0, 1, 10)
            days += [contact_date] * 6
            author.add(
                "contacts",
                "contact_id",
                child_id=child["child_id"],
                programme=planned.programme,
                contact_code=planned.contact_code if author.happens(0.7) else author.one_of(*others),
                contact_date=contact_date,
                status=author.one_of("attended", "attended", "no_show", "declined", "cancelled"),
                municipality_code=author.one_of(*MUNICIPALITIES, None),
            )
