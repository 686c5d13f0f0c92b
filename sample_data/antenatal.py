"""The care of the pregnancy: was she asked, was she referred, and was there a plan before birth?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.chance import Chance, success
from sample_data.days import NEVER, Days, Flags, Rows, years_since_2021
from sample_data.families import LOSS, STILLBIRTH
from sample_data.handing import NOWHERE, SAYS, UNSAID, Handing, actors, make_handing
from sample_data.knowledge import Knowledge, Story
from sample_data.life import Life
from sample_data.losses import REASON, Ledger

YES, NO, NOT_WRITTEN = 1, 0, -1
SCREENED_DAYS = 28
REFERRED_DAYS = 14


@dataclass(frozen=True)
class Screening:
    """What was asked, and when (NEVER: no date written)."""

    alcohol: Rows
    substances: Rows
    asked: Days


def screen(life: Life, ledger: Ledger) -> Screening:
    """Both questions in time, late, one of them only, or none; sometimes both without a date."""
    pregnancies, chance = life.pregnancies, life.chance("screening")
    size = pregnancies.count
    first = pregnancies.first_contact
    came = first <= life.horizon
    good = chance.happens(success(0.8, life.places.antenatal[pregnancies.home], years_since_2021(first)), size)
    mishap = chance.pick([0.15, 0.35, 0.2, 0.3], size)
    is_late, is_half, is_no = (~good & (mishap == fate) for fate in range(3))
    day = first + chance.between(0, 24, size)
    day = np.where(is_late, first + SCREENED_DAYS + chance.between(1, 60, size), day)
    both = (good | is_late) & came & (day <= pregnancies.ends_on) & (day <= life.horizon)
    is_dated = both & (is_late | chance.happens(0.9, size))
    alcohol = np.where(both | (is_half & came), YES, np.where(is_no & came, NO, NOT_WRITTEN))
    substances = np.where(both, YES, np.where((is_no | is_half) & came & chance.happens(0.5, size), NO, NOT_WRITTEN))
    asked = np.where(is_dated, day, NEVER)
    known_met = np.where(both, np.where(is_dated, day, first), NEVER)
    lost = life.is_lost_before_birth(trigger=first, due=first + SCREENED_DAYS, met=known_met)
    ledger.of_pregnancies("screened", lost, REASON["not_asked"])
    return Screening(alcohol, substances, asked)


def refer(life: Life, knowledge: Knowledge, ledger: Ledger) -> Handing:
    """The referral to the family clinic or the family department, due two weeks after antenatal care knew."""
    pregnancies, chance = life.pregnancies, life.chance("referral")
    size = pregnancies.count
    noticed, end = knowledge.noticed, pregnancies.end_seen(life.as_of)
    due = np.minimum(noticed + REFERRED_DAYS, end)
    good = chance.happens(success(0.62, life.places.antenatal[pregnancies.home], years_since_2021(noticed)), size)
    sent = np.where(good, chance.between(noticed + 1, np.maximum(noticed + 1, due)), NEVER)
    sent = np.where(~good & chance.happens(0.25, size), np.maximum(due, noticed) + chance.between(1, 40, size), sent)
    sent = np.where((noticed < NEVER) & ~_is_over(life, sent), sent, NEVER)
    is_first = knowledge.pregnancy_tells(Story.REFERRAL)
    sent = np.where(is_first, knowledge.known_in_pregnancy, sent)
    to_department = ~is_first & chance.happens(0.25, size)
    says = np.where(to_department | knowledge.pregnancy_tells(Story.RULED_OUT), UNSAID, SAYS)
    received = np.where(chance.happens(0.8, size) & (sent < NEVER), sent + chance.between(0, 20, size), NEVER)
    lost = life.is_lost_before_birth(trigger=noticed, due=due, met=sent) & (noticed < NEVER)
    ledger.of_pregnancies("referred", lost, REASON["no_referral"])
    return Handing(
        kind="referral",
        sent=sent,
        received=received,
        says=says,
        from_actor=actors(size, "gp", "midwife", drawn=chance.pick([0.4, 0.6], size)),
        to_actor=np.where(to_department, actors(size, "family_department"), actors(size, "family_clinic")),
        from_place=np.full(size, NOWHERE),
        to_place=np.where(to_department, pregnancies.home, NOWHERE),
    )


def plan(life: Life, knowledge: Knowledge, ledger: Ledger) -> Handing:
    """The notification to the municipality before birth, due on the due date or the end when that comes first."""
    pregnancies, chance = life.pregnancies, life.chance("plan before birth")
    noticed = knowledge.noticed
    due = np.where(
        pregnancies.due_date < NEVER, np.minimum(pregnancies.due_date, pregnancies.end_seen(life.as_of)), -NEVER
    )
    handing = _notification(chance, life, knowledge, due)
    told = knowledge.pregnancy_tells(Story.NOTIFICATION)
    states = handing.says == SAYS
    met = np.where(states, handing.sent, NEVER)
    is_due = (noticed < due) & (due > -NEVER) & (noticed < NEVER)
    lost = is_due & life.is_lost_before_birth(trigger=noticed, due=due, met=met)
    left_out = ~told & (handing.sent <= life.as_of) & ~states
    ledger.of_pregnancies(
        "plan_before_birth", lost, np.where(left_out, REASON["exposure_left_out"], REASON["no_handover"])
    )
    return handing


def _notification(chance: Chance, life: Life, knowledge: Knowledge, due: Days) -> Handing:
    pregnancies = life.pregnancies
    size = pregnancies.count
    noticed = knowledge.noticed
    planned = chance.between(noticed + 1, np.maximum(noticed + 1, due))
    is_late = chance.happens(0.12, size)
    planned = np.where(is_late, np.maximum(due, noticed) + chance.between(1, 20, size), planned)
    is_ruled_out = knowledge.pregnancy_tells(Story.RULED_OUT) & (knowledge.ruled_out <= life.as_of)
    other_worry = chance.happens(0.015, size) & (pregnancies.first_contact < NEVER)
    worry_day = chance.between(np.minimum(pregnancies.first_contact, NEVER - 1), pregnancies.ends_on - 1)
    sent = np.where(noticed < NEVER, planned, np.where(other_worry, worry_day, NEVER))
    drawn = make_handing(
        chance,
        "prebirth_notification",
        sent=np.where(_is_over(life, sent), NEVER, sent),
        due=np.minimum(sent + 21, NEVER),
        known=np.where(is_ruled_out, NEVER, noticed),
        good=success(0.5, life.places.receipt[pregnancies.home], years_since_2021(pregnancies.ends_on)),
        from_actor=actors(
            size, "midwife", "family_clinic", "substance_treatment", drawn=chance.pick([0.5, 0.35, 0.15], size)
        ),
        to_actor=actors(size, "family_department"),
        from_place=np.full(size, NOWHERE),
        to_place=pregnancies.home,
    )
    return _first_notice(chance, life, knowledge, drawn)


def _first_notice(chance: Chance, life: Life, knowledge: Knowledge, drawn: Handing) -> Handing:
    """Where the notification itself is how the exposure became known, it was sent that day and states it."""
    size = life.pregnancies.count
    told = knowledge.pregnancy_tells(Story.NOTIFICATION)
    known = knowledge.known_in_pregnancy
    confirmed = np.where(chance.happens(0.75, size), known + chance.between(0, 14, size), NEVER)
    first_actor = np.where(
        knowledge.by_municipality,
        actors(size, "substance_treatment"),
        actors(size, "gp", "midwife", drawn=chance.pick([0.4, 0.6], size)),
    )
    return Handing(
        kind=drawn.kind,
        sent=np.where(told, known, drawn.sent),
        received=np.where(told, confirmed, drawn.received),
        says=np.where(told, SAYS, drawn.says),
        from_actor=np.where(told, first_actor, drawn.from_actor),
        to_actor=drawn.to_actor,
        from_place=drawn.from_place,
        to_place=drawn.to_place,
    )


def _is_over(life: Life, on: Days) -> Flags:
    """Nobody writes about a pregnancy that has ended without a living child, or after the last day of writing."""
    ended = np.isin(life.pregnancies.outcome, (LOSS, STILLBIRTH)) & (on > life.pregnancies.end_date)
    return ended | (on > life.horizon)
