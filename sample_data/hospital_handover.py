"""From hospital, clinic and doctor to the municipality: the discharge, a later hand-over, and the end of the clinic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sample_data.chance import success
from sample_data.days import NEVER, YEAR, Days, Flags, years_since_2021
from sample_data.handing import NOWHERE, SAYS, Handing, actors, make_handing
from sample_data.knowledge import Knowledge, Story
from sample_data.life import Life
from sample_data.losses import Ledger, reason_of

HANDED_OVER_DAYS = 14


def discharge(life: Life, knowledge: Knowledge) -> Handing:
    """The discharge from the maternity ward, written for a third of all children and for most of the exposed ones."""
    chance, children = life.chance("discharge"), life.children
    size = children.count
    leaves = children.birth + chance.between(1, 6, size)
    known_in_time = np.where(knowledge.known <= children.birth + 4, knowledge.known, NEVER)
    is_written = chance.happens(np.where(knowledge.known < NEVER, 0.75, 0.3), size)
    home = life.homes.place_on(leaves)
    is_first = knowledge.tells(Story.DISCHARGE)
    drawn = make_handing(
        chance,
        "discharge",
        sent=leaves,
        due=children.birth + HANDED_OVER_DAYS,
        known=known_in_time,
        good=success(0.6, life.places.receipt[home], years_since_2021(leaves)),
        from_actor=actors(size, "maternity_ward", "neonatal_ward", drawn=chance.pick([0.85, 0.15], size)),
        to_actor=actors(size, "health_visitor"),
        from_place=np.full(size, NOWHERE),
        to_place=home,
    ).only((is_written | is_first) & ~knowledge.tells(Story.NEWBORN_DIAGNOSIS) & life.is_about(leaves))
    confirmed = np.where(chance.happens(0.7, size), knowledge.known + chance.between(0, 20, size), NEVER)
    return replace(
        drawn,
        sent=np.where(is_first, knowledge.known, drawn.sent),
        received=np.where(is_first, confirmed, drawn.received),
        says=np.where(is_first, SAYS, drawn.says),
    )


def told_later(life: Life, knowledge: Knowledge) -> Handing:
    """A letter from the children's ward or the doctor, soon after an exposure came to be known after birth."""
    chance = life.chance("letter to the municipality")
    size = life.children.count
    start = np.maximum(life.children.birth, knowledge.known)
    sent = start + chance.between(1, 12, size)
    is_written = (knowledge.known >= life.children.birth) & (knowledge.known < NEVER) & ~knowledge.is_municipal
    is_written |= (knowledge.known < NEVER) & chance.happens(0.1, size)
    home = life.homes.place_on(sent)
    return make_handing(
        chance,
        "other",
        sent=sent,
        due=start + HANDED_OVER_DAYS,
        known=knowledge.known,
        good=success(0.55, life.places.receipt[home], years_since_2021(sent)),
        from_actor=actors(size, "paediatric_ward", "gp", drawn=chance.pick([0.7, 0.3], size)),
        to_actor=actors(size, "family_department"),
        from_place=np.full(size, NOWHERE),
        to_place=home,
    ).only(is_written & life.is_about(sent))


def clinic_ends(life: Life, knowledge: Knowledge) -> Handing:
    """The family clinic lets go at school age and tells the municipality, now and then with the exposure."""
    chance = life.chance("end of the family clinic")
    size = life.children.count
    sent = life.children.birth + chance.between(int(5.6 * YEAR), int(6.3 * YEAR), size)
    home = life.homes.place_on(sent)
    return make_handing(
        chance,
        "family_clinic_end",
        sent=sent,
        due=sent + 30,
        known=knowledge.known,
        good=success(0.5, life.places.receipt[home], years_since_2021(sent)),
        from_actor=actors(size, "family_clinic"),
        to_actor=actors(size, "health_visitor", "school", drawn=chance.pick([0.6, 0.4], size)),
        from_place=np.full(size, NOWHERE),
        to_place=home,
    ).only((knowledge.known < sent) & chance.happens(0.25, size) & life.is_about(sent))


def hand_over(life: Life, knowledge: Knowledge, handings: list[Handing], ledger: Ledger) -> None:
    """Write down the children of whom the municipality was never told with a receipt.

    `handings` are all that can tell it: from before birth (read for each child) and after. Where the municipality knew
    first, nothing is due.
    """
    entering = [handing.only(handing.enters_municipality) for handing in handings]
    trigger = np.maximum(life.children.birth, knowledge.known)
    arrived: Days = np.min([handing.arrives() for handing in entering], axis=0)
    lost = life.is_lost(trigger=trigger, due=trigger + HANDED_OVER_DAYS, met=arrived) & ~knowledge.is_municipal
    stated: Flags = np.any([handing.carries & (handing.sent <= life.as_of) for handing in entering], axis=0)
    left_out: Flags = np.any([~handing.carries & (handing.sent <= life.as_of) for handing in entering], axis=0)
    ledger.of_children("handed_over", lost, reason_of(stated=stated, left_out=left_out))
