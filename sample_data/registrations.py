"""Registrations of an exposure: of the pregnancy, of the child, the second ones, and those that rule it out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.definitions.enumerations import ACTORS, SUBSTANCES
from sample_data.chance import Chance, success
from sample_data.days import NEVER, Days, Flags, Rows, earliest, where, years_since_2021
from sample_data.families import LOSS, STILLBIRTH
from sample_data.handing import actors
from sample_data.knowledge import BEFORE_BIRTH, Knowledge, Story
from sample_data.life import Life
from sample_data.losses import REASON, Ledger

CONFIRMED, SUSPECTED, RULED_OUT = range(3)
REGISTERED_DAYS = 30
ON_RECORD_DAYS = 30
SUBSTANCE_WEIGHTS = {
    "alcohol": 0.42,
    "cannabis": 0.12,
    "cocaine": 0.04,
    "amphetamines": 0.03,
    "opioids": 0.08,
    "opioid_substitution": 0.04,
    "benzodiazepines": 0.1,
    "z_drugs": 0.03,
    "other_medicine": 0.09,
    "other": 0.01,
    "unspecified": 0.04,
}
MEDICINES = ("opioids", "opioid_substitution", "benzodiazepines", "z_drugs", "other_medicine")


@dataclass(frozen=True)
class Registration:
    """One possible registration per pregnancy or per child. `on` is NEVER where there is none."""

    of_child: bool
    names_pregnancy_too: Flags
    substance: Rows
    certainty: Rows
    detected: Days
    on: Days
    by: Rows


@dataclass(frozen=True)
class Registrations:
    """All of them, and per child the days that count."""

    rows: list[Registration]
    of_pregnancy_or_child: Days
    naming_child: Days


def substances(life: Life) -> Rows:
    """The substance of each pregnancy's exposure."""
    chance = life.chance("substance")
    options = np.array([SUBSTANCES.index(name) for name in SUBSTANCE_WEIGHTS])
    drawn: Rows = options[chance.pick(list(SUBSTANCE_WEIGHTS.values()), life.pregnancies.count)]
    return drawn


def register(life: Life, knowledge: Knowledge, substance: Rows) -> Registrations:
    """First registrations, later ones, and rulings-out that cancel or do not."""
    chance = life.chance("registrations")
    stays_confirmed = chance.happens(0.06, life.pregnancies.count)
    first = _first_of_pregnancy(chance, life, knowledge, substance, stays_confirmed)
    second = _second_of_pregnancy(chance, life, knowledge, substance, stays_confirmed)
    own = _of_child(chance, life, knowledge, life.of_child(substance), life.of_child(stays_confirmed))
    other = _ruled_out(chance, life, knowledge, substance, stays_confirmed)
    stands = life.of_child(knowledge.ruled_out) > life.as_of
    first_on = where(stands, life.of_child(first.on), NEVER)
    return Registrations(
        rows=[first, second, own, *other],
        of_pregnancy_or_child=earliest(first_on, life.of_child(second.on), own.on),
        naming_child=own.on,
    )


def registered(life: Life, knowledge: Knowledge, registrations: Registrations, ledger: Ledger) -> None:
    """Known, and by the as-of day registered by nobody."""
    due = np.maximum(life.children.birth, knowledge.shown + REGISTERED_DAYS)
    lost = life.is_lost(trigger=knowledge.shown, due=due, met=registrations.of_pregnancy_or_child)
    ledger.of_children("registered", lost & (knowledge.known <= life.as_of), REASON["not_registered"])


def confirmed_in(life: Life, registrations: Registrations) -> Flags:
    """The pregnancies of which a registration that names them confirms an exposure."""
    is_confirmed = np.zeros(life.pregnancies.count, dtype=bool)
    for one in registrations.rows:
        says_so = (one.certainty == CONFIRMED) & (one.on <= life.horizon) & one.names_pregnancy_too
        is_confirmed[life.children.pregnancy[says_so] if one.of_child else says_so] = True
    return is_confirmed


def on_child_record(
    life: Life,
    knowledge: Knowledge,
    registrations: Registrations,
    diagnosed: Days,
    recorded: list[Days],
    ledger: Ledger,
) -> None:
    """Known, and nowhere in the child's own papers: no registration that names it, no diagnosis, no support record."""
    trigger = np.maximum(life.children.birth, knowledge.known)
    written = earliest(registrations.naming_child, diagnosed, *recorded)
    lost = life.is_lost(trigger=trigger, due=trigger + ON_RECORD_DAYS, met=written)
    ledger.of_children("on_child_record", lost, REASON["not_registered"])


def _first_of_pregnancy(
    chance: Chance, life: Life, knowledge: Knowledge, substance: Rows, stays_confirmed: Flags
) -> Registration:
    """The registration by which antenatal care made it known (or suspected what was later ruled out)."""
    size = life.pregnancies.count
    told = knowledge.pregnancy_tells(Story.ANTENATAL_REGISTRATION, Story.RULED_OUT)
    is_doubted = chance.happens(0.4, size) & ~stays_confirmed
    is_doubted |= knowledge.pregnancy_tells(Story.RULED_OUT)
    is_same_day = knowledge.detected_in_pregnancy == knowledge.known_in_pregnancy
    detected = where(is_same_day & chance.happens(0.5, size), NEVER, knowledge.detected_in_pregnancy)
    return Registration(
        of_child=False,
        names_pregnancy_too=np.ones(size, dtype=bool),
        substance=substance,
        certainty=where(is_doubted, SUSPECTED, CONFIRMED),
        detected=detected,
        on=where(told, knowledge.known_in_pregnancy, NEVER),
        by=actors(size, "midwife", "gp", "family_clinic", drawn=chance.pick([0.6, 0.15, 0.25], size)),
    )


def _second_of_pregnancy(
    chance: Chance, life: Life, knowledge: Knowledge, substance: Rows, stays_confirmed: Flags
) -> Registration:
    """A later registration of a pregnancy whose exposure is known otherwise; sometimes of a second substance."""
    size = life.pregnancies.count
    share = np.where(knowledge.pregnancy_tells(Story.ANTENATAL_REGISTRATION), 0.15, 0.35)
    told = knowledge.pregnancy_tells(*BEFORE_BIRTH) & chance.happens(share, size)
    on = where(told, knowledge.known_in_pregnancy + chance.between(1, 60, size), NEVER)
    is_over = np.isin(life.pregnancies.outcome, (LOSS, STILLBIRTH)) & (on > life.pregnancies.end_date)
    is_second = chance.happens(0.2, size)
    return Registration(
        of_child=False,
        names_pregnancy_too=np.ones(size, dtype=bool),
        substance=where(is_second, (substance + 1) % len(SUBSTANCES), substance),
        certainty=where(chance.happens(0.2, size) & ~stays_confirmed, SUSPECTED, CONFIRMED),
        detected=np.full(size, NEVER),
        on=where(is_over | (on > life.horizon), NEVER, on),
        by=actors(size, "midwife", "family_clinic", "substance_treatment", drawn=chance.pick([0.5, 0.4, 0.1], size)),
    )


def _of_child(
    chance: Chance, life: Life, knowledge: Knowledge, substance: Rows, stays_confirmed: Flags
) -> Registration:
    """The registration that names the child: in time, late, or never; or the one that first made it known."""
    size = life.children.count
    start = np.maximum(life.children.birth, knowledge.known + 1)
    good = success(0.42, life.places.record_keeping[life.of_child(life.pregnancies.home)], years_since_2021(start))
    late = where(chance.happens(0.2, size), start + chance.between(40, 300, size), NEVER)
    on = where(chance.happens(good, size), start + chance.between(0, 28, size), late)
    on = where((knowledge.known < NEVER) & life.is_about(np.minimum(on, NEVER)), on, NEVER)
    is_first = knowledge.tells(Story.CHILD_REGISTRATION)
    told = is_first | knowledge.is_tied
    by_ward = actors(
        size, "maternity_ward", "paediatric_ward", "family_clinic", drawn=chance.pick([0.4, 0.4, 0.2], size)
    )
    by_municipality = actors(size, "health_visitor", "family_department", drawn=chance.pick([0.6, 0.4], size))
    by_either = where(chance.happens(0.35, size), by_municipality, by_ward)
    by = where(told, where(knowledge.is_municipal, by_municipality, by_ward), by_either)
    return Registration(
        of_child=True,
        names_pregnancy_too=chance.happens(0.3, size),
        substance=substance,
        certainty=where(chance.happens(0.2, size) & ~stays_confirmed, SUSPECTED, CONFIRMED),
        detected=where(is_first, knowledge.shown, NEVER),
        on=where(told, knowledge.known, on),
        by=where(knowledge.is_tied, ACTORS.index("health_visitor"), by),
    )


def _ruled_out(
    chance: Chance, life: Life, knowledge: Knowledge, substance: Rows, stays_confirmed: Flags
) -> list[Registration]:
    """Rulings-out: those that end a suspicion, and some that end nothing.

    Another substance, a day before the suspicion, or a registration that is confirmed: then it stands.
    """
    size = life.pregnancies.count
    antenatal = knowledge.pregnancy_tells(Story.ANTENATAL_REGISTRATION)
    known = knowledge.known_in_pregnancy
    by = actors(size, "family_clinic", "midwife", drawn=chance.pick([0.7, 0.3], size))
    sort = chance.pick([0.04, 0.04, 0.92], size)
    other_on = where(antenatal & (sort == 0), known + chance.between(1, 60, size), NEVER)
    before_on = where(antenatal & (sort == 1), known - chance.between(1, 20, size), NEVER)
    firm_on = where(antenatal & stays_confirmed & (sort == 2), known + chance.between(1, 90, size), NEVER)
    ends = where(knowledge.ruled_out_for_child_only, NEVER, knowledge.ruled_out)
    ends_for_child = where(knowledge.ruled_out_for_child_only, knowledge.ruled_out, NEVER)
    third = (substance + 3) % len(SUBSTANCES)
    rows = [(third, other_on), (substance, before_on), (substance, firm_on), (substance, ends)]
    of_pregnancy = [_ruling(kind, np.minimum(on, NEVER), by, of_child=False) for kind, on in rows]
    of_child = _ruling(life.of_child(substance), life.of_child(ends_for_child), life.of_child(by), of_child=True)
    return [*of_pregnancy, of_child]


def _ruling(substance: Rows, on: Days, by: Rows, *, of_child: bool) -> Registration:
    size = len(on)
    return Registration(
        of_child=of_child,
        names_pregnancy_too=np.zeros(size, dtype=bool),
        substance=substance,
        certainty=np.full(size, RULED_OUT),
        detected=np.full(size, NEVER),
        on=on,
        by=by,
    )
