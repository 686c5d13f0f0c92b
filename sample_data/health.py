"""Diagnoses of children and mothers, and the mothers' substance-use treatment: what tells, and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from sample_data.chance import Chance
from sample_data.days import NEVER, Days, Flags, Rows, Shares, earliest, where
from sample_data.families import Pregnancies
from sample_data.knowledge import BEFORE_BIRTH, Knowledge, Story
from sample_data.life import Life

NEWBORN_CODES = ("DP043", "DP044", "DP961", "DP962", "dp04.3", "DP961A")
LATE_CODES = ("DQ860", "DQ86.0", "DP043")
MOTHER_CODES = ("DF102", "DF112", "DF122", "DF132A", "DF142", "DF15.1", "DF192", "DO354", "DF101")
COMMON_OF_CHILD = ("DJ45", "DJ069", "DH669", "DK529", "DR620", "DZ001", "DL209", "DF900", "DS060", "DA084")
COMMON_OF_MOTHER = ("DO800", "DZ358", "DO140", "DF321", "DO244", "DO993", "DZ721")
CLEAR_OF_NEXT_DAYS = 61
"""What belongs between two pregnancies stays this far from the next one."""


@dataclass(frozen=True)
class Diagnosis:
    """One possible diagnosis per child or per mother of a pregnancy; `on` is NEVER where there is none."""

    of: Literal["child", "mother"]
    code: pl.Series
    on: Days
    is_refuted: bool = False


@dataclass(frozen=True)
class Treatment:
    """One possible course per pregnancy's mother; `start` is NEVER where there is none."""

    start: Days
    end: Days
    was_pregnant: Rows


def diagnose_children(life: Life, knowledge: Knowledge) -> tuple[list[Diagnosis], Days]:
    """Diagnoses of children, and the first day on which one of them told of the exposure."""
    chance, birth = life.chance("diagnoses of children"), life.children.birth
    size = len(birth)
    known = knowledge.known
    at_birth = birth + chance.between(0, 6, size)
    second = (known < birth) & chance.happens(0.12, size)
    newborn = where(second, at_birth, NEVER)
    newborn = where(knowledge.tells(Story.NEWBORN_DIAGNOSIS), known, newborn)
    late = np.maximum(birth + 200, np.minimum(known, NEVER - 9999) + 30) + chance.waiting(900, size)
    late = where((known < NEVER) & chance.happens(0.05, size), late, NEVER)
    late = where(knowledge.tells(Story.LATE_DIAGNOSIS), known, late)
    newborn, late = (where(life.is_about(on), on, NEVER) for on in (newborn, late))
    telling = [
        Diagnosis("child", _codes(chance, NEWBORN_CODES, size), newborn),
        Diagnosis("child", _codes(chance, LATE_CODES, size), late),
    ]
    return [*telling, *_silent_of_children(chance, life)], earliest(newborn, late)


def diagnose_mothers(life: Life, knowledge: Knowledge) -> list[Diagnosis]:
    """Diagnoses of mothers: in pregnancy they tell of an exposure; between pregnancies, or refuted, they do not."""
    chance, pregnancies = life.chance("diagnoses of mothers"), life.pregnancies
    size = pregnancies.count
    on = _told_by_mother(chance, pregnancies, knowledge, Story.MOTHER_DIAGNOSIS, pregnancies.conceived + 28)
    second = _second_sign(chance, pregnancies, knowledge, 0.12)
    told = where(on < NEVER, on, second)
    between = _between_pregnancies(chance, life, np.where(pregnancies.is_exposed, 0.1, 0.01))
    inside = chance.between(pregnancies.conceived + 28, pregnancies.ends_on - 1)
    refuted = where(chance.happens(0.002, size), inside, NEVER)
    tobacco = where(chance.happens(0.02, size), inside, NEVER)
    common = where(chance.happens(0.4, size), inside + chance.between(0, 200, size), NEVER)
    return [
        Diagnosis("mother", _codes(chance, MOTHER_CODES, size), told),
        Diagnosis("mother", _codes(chance, ("DF102", "DF112"), size), between),
        Diagnosis("mother", _codes(chance, ("DF10", "DO354"), size), refuted, is_refuted=True),
        Diagnosis("mother", _codes(chance, ("DF172",), size), tobacco),
        Diagnosis("mother", _codes(chance, COMMON_OF_MOTHER, size), common),
    ]


def treat_mothers(life: Life, knowledge: Knowledge) -> list[Treatment]:
    """Courses that reach into a pregnancy (and so tell), and courses after it (which do not)."""
    chance, pregnancies = life.chance("treatments"), life.pregnancies
    earliest_start = np.maximum(pregnancies.previous_end + 30, pregnancies.conceived - 400)
    start = _told_by_mother(chance, pregnancies, knowledge, Story.TREATMENT, earliest_start)
    second = _second_sign(chance, pregnancies, knowledge, 0.1)
    after = _between_pregnancies(chance, life, np.where(pregnancies.is_exposed, 0.12, 0.0))
    return [_course(chance, pregnancies, on) for on in (start, second, after)]


def _course(chance: Chance, pregnancies: Pregnancies, start: Days) -> Treatment:
    """It ends clear of the next pregnancy; without a next one it may run on."""
    size = len(start)
    last_day = np.minimum(pregnancies.next_conceived - CLEAR_OF_NEXT_DAYS, start + 900)
    end = chance.between(np.maximum(start, pregnancies.conceived + 28) + 1, last_day)
    runs_on = (pregnancies.next_conceived == NEVER) & chance.happens(0.3, size)
    was_pregnant = where((start >= pregnancies.conceived) & (start <= pregnancies.ends_on), 1, 0)
    return Treatment(
        start, where(runs_on | (start == NEVER), NEVER, end), where(chance.happens(0.2, size), -1, was_pregnant)
    )


def _told_by_mother(
    chance: Chance, pregnancies: Pregnancies, knowledge: Knowledge, story: Story, earliest_day: Days
) -> Days:
    """The day of the mother's own sign. Care learns of it at the first contact: an earlier day tells on that day."""
    known = knowledge.known_in_pregnancy
    before = chance.between(earliest_day, np.minimum(known, pregnancies.ends_on - 2))
    is_own_day = (pregnancies.first_contact < NEVER) & (known > pregnancies.first_contact)
    return where(knowledge.pregnancy_tells(story), where(is_own_day, known, before), NEVER)


def _second_sign(chance: Chance, pregnancies: Pregnancies, knowledge: Knowledge, share: float) -> Days:
    """A further sign of the mother, later in a pregnancy of which care already knows."""
    known = knowledge.known_in_pregnancy
    has_room = knowledge.pregnancy_tells(*BEFORE_BIRTH) & (known < pregnancies.ends_on - 3)
    on = chance.between(np.minimum(known + 1, NEVER), pregnancies.ends_on - 1)
    return where(has_room & chance.happens(share, len(known)), on, NEVER)


def _between_pregnancies(chance: Chance, life: Life, share: Shares) -> Days:
    """A sign after one pregnancy and clear of the next: it tells nothing of either."""
    pregnancies = life.pregnancies
    last_day = np.minimum(pregnancies.next_conceived - CLEAR_OF_NEXT_DAYS - 40, pregnancies.ends_on + 700)
    on = chance.between(pregnancies.ends_on + 15, np.maximum(last_day, pregnancies.ends_on + 15))
    return where(chance.happens(share, len(on)) & (last_day > pregnancies.ends_on + 15), on, NEVER)


def _silent_of_children(chance: Chance, life: Life) -> list[Diagnosis]:
    """Diagnoses out of scope (tobacco, medicine), refuted ones, a mother's code on a child, and everyday illness."""
    birth = life.children.birth
    size = len(birth)
    at_birth = birth + chance.between(0, 5, size)
    rare = [(("DP042",), 0.02, False), (("DP041",), 0.004, False), (("DP043", "DQ860"), 0.0015, True)]
    silent = [_some(chance, life, codes, at_birth, share, refuted) for codes, share, refuted in rare]
    in_youth = birth + chance.between(13 * 365, 17 * 365, size)
    silent.append(_some(chance, life, ("DF100", "DF120"), in_youth, 0.02, False))
    for share in (0.45, 0.25, 0.12):
        any_day = birth + chance.between(np.full(size, 3), np.maximum(life.horizon - birth, 4))
        silent.append(_some(chance, life, COMMON_OF_CHILD, any_day, share, False))
    silent.append(_some(chance, life, ("DP599",), at_birth, 0.07, False))
    return silent


def _some(chance: Chance, life: Life, codes: tuple[str, ...], on: Days, share: float, refuted: bool) -> Diagnosis:
    size = len(on)
    happened: Flags = chance.happens(share, size) & life.is_about(on)
    return Diagnosis("child", _codes(chance, codes, size), where(happened, on, NEVER), refuted)


def _codes(chance: Chance, codes: tuple[str, ...], size: int) -> pl.Series:
    return pl.Series(codes).gather(chance.pick([1.0] * len(codes), size))
