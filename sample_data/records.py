"""Support records of the municipality: which are opened, and what becomes of the exposure in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions.enumerations import EXPOSURE_STATUSES, RECORD_TYPES
from pipelines.definitions.reference import Reference
from sample_data.chance import Chance, success
from sample_data.days import NEVER, YEAR, Days, Flags, Rows, where, years_since_2021
from sample_data.knowledge import Knowledge, Story
from sample_data.life import Life
from sample_data.losses import CONTRADICTED, REASON, Ledger
from sample_data.naming import event_names

CARRIED_DAYS = 30
RECORDED, DENIED, NOT_RECORDED, NO_STATUS = (*(EXPOSURE_STATUSES.index(s) for s in EXPOSURE_STATUSES), -1)
ROUNDS = 5
FIRST_NOTICE, PLACEMENT = 3, 4
"""Three ordinary rounds; then the record by which the exposure became known; then the placement."""
ORDINARY_TYPES = {
    "notification": 0.24,
    "screening": 0.1,
    "clarification": 0.06,
    "child_assessment": 0.12,
    "child_plan": 0.08,
    "support_measure": 0.14,
    "educational_psychology": 0.08,
    "daycare_support": 0.05,
    "special_education": 0.03,
    "health_visitor": 0.05,
    "disability_support": 0.02,
    "other": 0.03,
}
DAYCARE_SUPPORT, SPECIAL_EDUCATION = (RECORD_TYPES.index(name) for name in ("daycare_support", "special_education"))
OLDEST_IN_DAYCARE, YOUNGEST_IN_SCHOOL = 8 * YEAR, 4 * YEAR
AT_ANY_AGE = {
    name: share for name, share in ORDINARY_TYPES.items() if name not in ("daycare_support", "special_education")
}


@dataclass(frozen=True)
class Record:
    """One possible record per child. NEVER stands for none in `opened`, for no day written in `status_on`."""

    number: Rows
    place: Rows
    type: Rows
    opened: Days
    closed: Days
    status: Rows
    status_on: Days

    @property
    def recorded(self) -> Days:
        """The day from which the record states the exposure (an undated status counts from the opening)."""
        stated = where(self.status_on < NEVER, self.status_on, self.opened)
        return where((self.status == RECORDED) & (self.opened < NEVER), stated, NEVER)


def open_records(life: Life, knowledge: Knowledge, ledger: Ledger) -> list[Record]:
    """The records of all rounds; those that should carry the exposure and do not are written down."""
    records = []
    for turn in range(ROUNDS):
        chance = life.chance(f"support records {turn}")
        record = (
            _first_notice(chance, life, knowledge) if turn == FIRST_NOTICE else _ordinary(chance, life, knowledge, turn)
        )
        if turn != FIRST_NOTICE:
            _write_down(life, knowledge, record, ledger)
        records.append(record)
    return records


def placement_subjects(record: Record) -> pl.Series:
    """The subject of the transition that a placement is."""
    return pl.select("placement:" + pl.lit(event_names("s", record.number))).to_series()


def _ordinary(chance: Chance, life: Life, knowledge: Knowledge, turn: int) -> Record:
    opened = _opening(chance, life, knowledge, turn)
    place = life.homes.place_on(np.minimum(opened, life.horizon))
    kind = _types(chance, life, turn, opened - life.children.birth)
    is_short = chance.happens(0.6, len(opened)) & (turn != PLACEMENT)
    closed = where(is_short & (opened < NEVER), opened + chance.between(60, 1200, len(opened)), NEVER)
    status, status_on = _status(chance, life, knowledge, opened, closed, place)
    closed = where((closed < NEVER) & (status == RECORDED), np.maximum(closed, _day_of(status_on, opened) + 10), closed)
    return Record(_numbers(life, turn), place, kind, opened, np.minimum(closed, NEVER), status, status_on)


def _opening(chance: Chance, life: Life, knowledge: Knowledge, turn: int) -> Days:
    """Exposed children have more records, and sooner after the day of knowledge."""
    birth = life.children.birth
    size = len(birth)
    known = knowledge.known < NEVER
    share = np.where(known, (0.55, 0.35, 0.2, 0, 0.08)[turn], (0.07, 0.02, 0.005, 0, 0.004)[turn])
    any_time = birth + chance.between(np.full(size, 10), np.maximum(life.horizon - birth, 20))
    soon = np.maximum(birth, knowledge.known) + chance.between(2, 240, size)
    opened = np.where(known & chance.happens(0.6, size), soon, any_time)
    return where(chance.happens(share, size) & life.is_about(opened), opened, NEVER)


def _status(
    chance: Chance, life: Life, knowledge: Knowledge, opened: Days, closed: Days, place: Rows
) -> tuple[Rows, Days]:
    """Recorded in time, picked up late, denied, silent; before anything is known, silent or denied.

    What will be stated after the last day of writing is silent until then.
    """
    size = len(opened)
    start = np.maximum(opened, knowledge.known)
    good = success(0.58, life.places.record_keeping[place], years_since_2021(np.minimum(start, NEVER)))
    carries, picks_up = chance.happens(good, size), chance.happens(0.3, size)
    earliest = np.maximum(opened, knowledge.known + 1)
    day = np.where(carries, earliest + chance.between(0, 24, size), start + CARRIED_DAYS + chance.between(1, 220, size))
    can_state = (knowledge.known < NEVER) & (closed > knowledge.known) & (day <= life.children.death)
    will_state = (carries | picks_up) & can_state
    states = will_state & (day <= life.horizon)
    is_undated = states & carries & (knowledge.known < opened) & chance.happens(0.4, size)
    denies = ~will_state & chance.happens(0.2, size)
    denied_on = where(chance.happens(0.5, size), opened + chance.between(0, 20, size), NEVER)
    silent = where(chance.happens(0.6, size), NOT_RECORDED, NO_STATUS)
    status = np.where(states, RECORDED, np.where(denies, DENIED, silent))
    return status, where(states & ~is_undated, day, where(denies, np.minimum(denied_on, NEVER), NEVER))


def _first_notice(chance: Chance, life: Life, knowledge: Knowledge) -> Record:
    """The record in which the exposure was first written: it is itself the knowledge, so it owes nothing."""
    size = life.children.count
    told = knowledge.tells(Story.SUPPORT_RECORD) & (knowledge.known < NEVER)
    lag = where(chance.happens(0.6, size), 0, chance.between(5, 200, size))
    opened = where(told, np.maximum(life.children.birth, knowledge.known - lag), NEVER)
    closed = where(told & chance.happens(0.4, size), knowledge.known + chance.between(60, 900, size), NEVER)
    assessing = [RECORD_TYPES.index(name) for name in ("child_assessment", "clarification", "health_visitor")]
    kind = np.array(assessing)[chance.pick([0.5, 0.2, 0.3], size)]
    place = life.homes.place_on(np.minimum(opened, life.horizon))
    is_undated = (opened == knowledge.known) & chance.happens(0.5, size)
    status_on = where(is_undated, NEVER, knowledge.known)
    return Record(_numbers(life, FIRST_NOTICE), place, kind, opened, closed, np.full(size, RECORDED), status_on)


def _write_down(life: Life, knowledge: Knowledge, record: Record, ledger: Ledger) -> None:
    """A record that was closed before anybody knew owes nothing; nor does one of a type that carries no exposure."""
    must_carry = _carrying_types()[record.type]
    was_over = (record.closed <= life.as_of) & (record.closed < knowledge.known)
    trigger = np.maximum(record.opened, knowledge.known)
    lost = life.is_lost(trigger=trigger, due=trigger + CARRIED_DAYS, met=record.recorded) & must_carry & ~was_over
    reason = where(record.status == DENIED, CONTRADICTED, REASON["silent"])
    ledger.of_children("carried_in_record", lost, reason, event_names("s", record.number))


def _carrying_types() -> Flags:
    listed = Reference.load().record_types
    carrying = listed.filter(pl.col("carries_exposure"))["record_type"].to_list()
    return np.array([name in carrying for name in RECORD_TYPES])


def _types(chance: Chance, life: Life, turn: int, age: Days) -> Rows:
    """Every type at every age; but support in day care and special education only while the child can be there."""
    size = len(age)
    if turn == PLACEMENT:
        return np.full(size, RECORD_TYPES.index("placement"))
    drawn = _drawn(chance, ORDINARY_TYPES, size)
    instead = _drawn(life.chance(f"support records of any age {turn}"), AT_ANY_AGE, size)
    is_too_old = (drawn == DAYCARE_SUPPORT) & (age > OLDEST_IN_DAYCARE)
    is_too_young = (drawn == SPECIAL_EDUCATION) & (age < YOUNGEST_IN_SCHOOL)
    return where(is_too_old | is_too_young, instead, drawn)


def _drawn(chance: Chance, shares: dict[str, float], size: int) -> Rows:
    places: Rows = np.array([RECORD_TYPES.index(name) for name in shares])
    return places[chance.pick(list(shares.values()), size)]


def _day_of(status_on: Days, opened: Days) -> Days:
    return where(status_on < NEVER, status_on, opened)


def _numbers(life: Life, turn: int) -> Rows:
    """A record's number is fixed by batch, round and child, so that its name is known before the rows are gathered."""
    return life.first_number(ROUNDS) + turn * life.children.count + np.arange(life.children.count)
