"""Who wrote the diagnosis down, who was told, and in which records it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.chance import success
from sample_data.days import NEVER, Days, Flags, Rows, add_months, earliest, first_of_august, where, years_since_2021
from sample_data.target_group.lives import Lives

PREPARED_DAYS = 200
"""How long before a birthday or a school start a hand-over may be sent."""


@dataclass(frozen=True)
class Handover:
    """One possible hand-over per child of the same kind; `sent` is NEVER where there is none."""

    kind: str
    from_actor: str
    to_actor: str
    from_home: Rows
    to_home: Rows
    sent: Days
    received: Days
    states_it: Flags


@dataclass(frozen=True)
class Record:
    """One possible support record per child; `recorded` is the day on which the diagnosis was written in (or NEVER)."""

    record_type: str
    home: Rows
    opened: Days
    closed: Days
    recorded: Days
    is_denied: Flags


@dataclass(frozen=True)
class Told:
    """Everything that was told; `known` is the first day on which anybody had written it down."""

    diagnosed: Days
    registered: Days
    handovers: list[Handover]
    records: list[Record]
    known: Days


def tell(lives: Lives) -> Told:
    """A diagnosis is made, registered or not, handed over or not, and written into records or not."""
    chance, size = lives.chance("knowledge"), lives.count
    has_a_row = chance.happens(0.9, size)
    diagnosed = lives.happens_on(where(has_a_row, lives.shown, NEVER))
    lag = where(chance.happens(0.7, size), chance.between(0, 55, size), 60 + chance.waiting(300, size))
    registers = success(0.62, lives.places.record_keeping[lives.home], years_since_2021(lives.shown))
    registered = lives.happens_on(where(chance.happens(registers, size) | ~has_a_row, lives.shown + lag, NEVER))
    known = earliest(diagnosed, registered)
    records = _records(lives, known)
    placed = [_at_placement(lives, known, record) for record in records if record.record_type == "placement"]
    handovers = [_from_hospital(lives, known), _at_move(lives, known), *_at_transitions(lives, known), *placed]
    return Told(diagnosed, registered, handovers, records, known)


def _handed(lives: Lives, theme: str, known: Days, sent: Days, good: float) -> tuple[Days, Days, Flags]:
    """Sent where it is known and somebody sends it; received some days after, or never confirmed."""
    chance, size = lives.chance(theme), lives.count
    sends = success(good, lives.places.receipt[lives.home_on(sent)], years_since_2021(sent))
    on = lives.happens_on(where((known <= sent) & chance.happens(sends, size), sent, NEVER))
    received = lives.happens_on(where(chance.happens(0.85, size), on + 1 + chance.waiting(9, size), NEVER))
    return on, received, chance.happens(0.9, size)


def _from_hospital(lives: Lives, known: Days) -> Handover:
    wait = lives.chance("hospital").waiting(14, lives.count)
    on, received, states_it = _handed(lives, "from hospital", known, np.minimum(known + wait, NEVER), 0.6)
    home = lives.home_on(on)
    return Handover("referral", "paediatric_ward", "family_department", home, home, on, received, states_it)


def _at_move(lives: Lives, known: Days) -> Handover:
    days = lives.chance("move").between(-14, 12, lives.count)
    sent = where(lives.moved < NEVER, lives.moved + days, NEVER)
    on, received, states_it = _handed(lives, "at move", known, sent, 0.5)
    names = ("family_department", "family_department")
    return Handover("municipal_move", *names, lives.home, lives.new_home, on, received, states_it)


def _at_transitions(lives: Lives, known: Days) -> list[Handover]:
    school = first_of_august(lives.birth, in_year_turning=lives.reference.days_of("school_start_age"))
    adult = add_months(lives.birth, 12 * lives.reference.days_of("adulthood_age"))
    made = []
    for kind, day, to_actor, good in (("school_start", school, "school", 0.5), ("adulthood", adult, "other", 0.4)):
        early = lives.chance(f"{kind} early").between(-PREPARED_DAYS, 20, lives.count)
        on, received, states_it = _handed(lives, kind, known, day + early, good)
        home = lives.home_on(day)
        made.append(Handover(kind, "family_department", to_actor, home, home, on, received, states_it))
    return made


def _at_placement(lives: Lives, known: Days, record: Record) -> Handover:
    wait = lives.chance("placement").between(-20, 40, lives.count)
    sent = where(record.opened < NEVER, record.opened + wait, NEVER)
    on, received, states_it = _handed(lives, "placement", known, sent, 0.55)
    names = ("family_department", "foster_care")
    return Handover("placement", *names, record.home, record.home, on, received, states_it)


def _records(lives: Lives, known: Days) -> list[Record]:
    """A record of each type for some of the members some time after the diagnosis, and for a few other children."""
    carrying = lives.reference.record_types.filter(carries_exposure=True)["record_type"].to_list()
    return [_record(lives, record_type, known) for record_type in carrying]


def _record(lives: Lives, record_type: str, known: Days) -> Record:
    chance, size = lives.chance(f"record {record_type}"), lives.count
    opens = chance.happens(np.where(lives.is_member, 0.16, 0.006), size)
    start = where(lives.is_member & (lives.shown < NEVER), lives.shown, lives.birth + 400)
    opened = lives.happens_on(where(opens, start + chance.waiting(900, size), NEVER))
    writes = success(0.6, lives.places.record_keeping[lives.home_on(opened)], years_since_2021(opened))
    is_written = chance.happens(writes, size) & (known < NEVER) & (opened < NEVER)
    recorded = np.maximum(opened, known) + where(chance.happens(0.75, size), 0, chance.waiting(60, size))
    closed = lives.happens_on(where(chance.happens(0.4, size), opened + 90 + chance.waiting(700, size), NEVER))
    return Record(
        record_type=record_type,
        home=lives.home_on(opened),
        opened=opened,
        closed=closed,
        recorded=lives.happens_on(where(is_written & (recorded < closed), recorded, NEVER)),
        is_denied=chance.happens(0.04, size) & ~is_written,
    )
