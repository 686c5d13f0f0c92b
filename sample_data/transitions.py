"""Moves, placement, school and adult life: does the knowledge come along?"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.chance import Chance, success
from sample_data.days import NEVER, Days, Flags, Rows, add_months, first_of_august, where, years_since_2021
from sample_data.handing import NOWHERE, SAYS, Handing, actors, make_handing
from sample_data.homes import Move
from sample_data.knowledge import Knowledge, Story
from sample_data.life import Life
from sample_data.losses import Ledger, reason_of

MOVE_DAYS = 30
PLACEMENT_DAYS = 30
SCHOOL_AGE, ADULT_MONTHS = 6, 216


def along_on_moves(life: Life, knowledge: Knowledge, ledger: Ledger) -> list[Handing]:
    """First, second and third move of each child, with what the municipality left told the new one."""
    moves = life.homes.moves()
    first: Days = np.min([move.on for move in moves], axis=0)
    return [_along(life, knowledge, ledger, move, move.on == first, order) for order, move in enumerate(moves)]


def _along(life: Life, knowledge: Knowledge, ledger: Ledger, move: Move, is_first: Flags, order: int) -> Handing:
    chance = life.chance(f"move {order}")
    size = life.children.count
    told_by_it = knowledge.tells(Story.MOVE) & is_first
    is_known = knowledge.known <= move.on
    handing = make_handing(
        chance,
        "municipal_move",
        sent=where(move.on < NEVER, move.on + chance.between(-20, 15, size), NEVER),
        due=move.on + MOVE_DAYS,
        known=np.where(is_known, knowledge.known, NEVER),
        good=success(0.45, life.places.receipt[move.old], years_since_2021(move.on)),
        from_actor=actors(size, "family_department", "health_visitor", drawn=chance.pick([0.7, 0.3], size)),
        to_actor=actors(size, "family_department", "health_visitor", drawn=chance.pick([0.8, 0.2], size)),
        from_place=np.where(chance.happens(0.9, size), move.old, NOWHERE),
        to_place=move.new,
    )
    is_support_case = chance.happens(0.06, size)
    handing = handing.only((is_known | is_support_case) & (handing.sent <= life.children.death))
    handing = _same_day(handing, told_by_it, knowledge.known)
    lost = life.is_lost(trigger=move.on, due=move.on + MOVE_DAYS, met=handing.arrives()) & is_known & ~told_by_it
    subject = pl.Series(move.on).cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")
    ledger.of_children("carried_at_move", lost, _reason(life, handing), subject)
    return handing


def into_school(life: Life, knowledge: Knowledge, ledger: Ledger) -> Handing:
    """The school start, due on 1 August of the year in which the child turns six."""
    starts = first_of_august(life.children.birth, in_year_turning=SCHOOL_AGE)
    size = life.children.count
    chance = life.chance("school start")
    handing = _to_next(chance, life, knowledge, starts, "school_start", ("daycare", "school"), 0.35)
    handing = _same_day(handing, knowledge.tells(Story.SCHOOL), knowledge.known)
    lost = life.is_lost(trigger=starts, due=starts, met=handing.arrives()) & (knowledge.known <= starts)
    lost &= ~knowledge.tells(Story.SCHOOL)
    ledger.of_children("carried_at_transition", lost, _reason(life, handing), "school_start")
    return handing.only((knowledge.known < NEVER) | chance.happens(0.1, size))


def into_adult_life(life: Life, knowledge: Knowledge, ledger: Ledger) -> Handing:
    """The eighteenth birthday."""
    birthday = add_months(life.children.birth, ADULT_MONTHS)
    chance = life.chance("adulthood")
    handing = _to_next(chance, life, knowledge, birthday, "adulthood", ("family_department", "other"), 0.3)
    handing = handing.only(knowledge.known < NEVER)
    lost = life.is_lost(trigger=birthday, due=birthday, met=handing.arrives()) & (knowledge.known <= birthday)
    ledger.of_children("carried_at_transition", lost, _reason(life, handing), "adulthood")
    return handing


def into_placement(life: Life, knowledge: Knowledge, ledger: Ledger, placed: Days, subject: pl.Series) -> Handing:
    """What the foster family is told when a child is placed (`placed`: the day its record is opened)."""
    chance = life.chance("placement")
    size = life.children.count
    home = life.homes.place_on(np.minimum(placed, life.horizon))
    handing = make_handing(
        chance,
        "placement",
        sent=where(placed < NEVER, placed + chance.between(-5, 20, size), NEVER),
        due=placed + PLACEMENT_DAYS,
        known=np.where(knowledge.known <= placed, knowledge.known, NEVER),
        good=success(0.5, life.places.receipt[home], years_since_2021(placed)),
        from_actor=actors(size, "family_department"),
        to_actor=actors(size, "foster_care", "other", drawn=chance.pick([0.85, 0.15], size)),
        from_place=home,
        to_place=np.full(size, NOWHERE),
    )
    handing = handing.only(handing.sent <= life.children.death)
    lost = life.is_lost(trigger=placed, due=placed + PLACEMENT_DAYS, met=handing.arrives())
    ledger.of_children("carried_at_transition", lost & (knowledge.known <= placed), _reason(life, handing), subject)
    return handing


def _to_next(
    chance: Chance, life: Life, knowledge: Knowledge, on: Days, kind: str, way: tuple[str, str], base: float
) -> Handing:
    """A hand-over in the months before a day on which everybody changes place."""
    size = life.children.count
    home = life.homes.place_on(np.minimum(on, life.horizon))
    sent = on - chance.between(-10, 100, size)
    handing = make_handing(
        chance,
        kind,
        sent=sent,
        due=on,
        known=np.where(knowledge.known <= on, knowledge.known, NEVER),
        good=success(base, life.places.receipt[home], years_since_2021(on)),
        from_actor=actors(size, way[0]),
        to_actor=actors(size, way[1]),
        from_place=home,
        to_place=home,
    )
    return handing.only((handing.sent <= life.children.death) & (handing.sent <= on + 90))


def _same_day(handing: Handing, told_by_it: Flags, known: Days) -> Handing:
    """The hand-over by which the exposure came to be known is sent and confirmed that day."""
    return Handing(
        handing.kind,
        np.where(told_by_it, known, handing.sent),
        np.where(told_by_it, known, handing.received),
        np.where(told_by_it, SAYS, handing.says),
        handing.from_actor,
        handing.to_actor,
        handing.from_place,
        handing.to_place,
    )


def _reason(life: Life, handing: Handing) -> Rows:
    """The reason of a loss at a transition that has one possible hand-over."""
    is_sent = handing.sent <= life.as_of
    return reason_of(stated=is_sent & handing.carries, left_out=is_sent & ~handing.carries)
