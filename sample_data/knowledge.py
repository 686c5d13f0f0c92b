"""When the exposure became known, and to whom: the one decision from which everything that falls due follows.

Each discovered exposure has one story: how it first came to be known. All later writing about it is dated after that
day, so the day of knowledge is a decision of this file and never a result of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sample_data.chance import Chance
from sample_data.days import NEVER, Days, Flags, Rows, first_of_august
from sample_data.families import LIVE_BIRTH
from sample_data.life import Life


class Story(IntEnum):
    """How an exposure first came to be known."""

    UNDETECTED = 0
    ANTENATAL_REGISTRATION = 1
    TREATMENT = 2
    MOTHER_DIAGNOSIS = 3
    NOTIFICATION = 4
    REFERRAL = 5
    NEWBORN_DIAGNOSIS = 6
    DISCHARGE = 7
    SUPPORT_RECORD = 8
    CHILD_REGISTRATION = 9
    LATE_DIAGNOSIS = 10
    MOVE = 11
    SCHOOL = 12
    RULED_OUT = 13


STORY_WEIGHTS = (0.30, 0.24, 0.08, 0.08, 0.045, 0.03, 0.07, 0.035, 0.06, 0.06, 0.02, 0.012, 0.012)
"""From UNDETECTED to SCHOOL. Under-detection is the rule: self-report finds a third of alcohol use."""
BEFORE_BIRTH = (
    Story.ANTENATAL_REGISTRATION,
    Story.TREATMENT,
    Story.MOTHER_DIAGNOSIS,
    Story.NOTIFICATION,
    Story.REFERRAL,
)
ABOUT_ONE_CHILD = (
    Story.NEWBORN_DIAGNOSIS,
    Story.DISCHARGE,
    Story.SUPPORT_RECORD,
    Story.CHILD_REGISTRATION,
    Story.LATE_DIAGNOSIS,
    Story.MOVE,
    Story.SCHOOL,
)


@dataclass(frozen=True)
class Knowledge:
    """Per pregnancy (names with `pregnancy`) and per child. Days are NEVER where nothing was ever known.

    `known` is the day somebody first wrote it down, `shown` the day it showed itself. `noticed` is the day on which the
    care of the pregnancy knew, only when that was before its end. `ruled_out` ends a suspicion. `is_tied`: the health
    visitor registered it on the very day of the hospital's diagnosis, so that a first knower is municipal.
    """

    story_of_pregnancy: Rows
    detected_in_pregnancy: Days
    known_in_pregnancy: Days
    noticed: Days
    ruled_out: Days
    ruled_out_for_child_only: Flags
    by_municipality: Flags
    story: Rows
    known: Days
    shown: Days
    is_municipal: Flags
    is_tied: Flags

    def tells(self, *stories: Story) -> Flags:
        """Which children have one of these stories?"""
        return np.isin(self.story, stories)

    def pregnancy_tells(self, *stories: Story) -> Flags:
        """Which pregnancies have one of these stories?"""
        return np.isin(self.story_of_pregnancy, stories)


@dataclass(frozen=True)
class _InPregnancy:
    """What is decided per pregnancy: when it showed, when it was written, and what the care of the pregnancy knew."""

    story: Rows
    detected: Days
    known: Days
    noticed: Days
    ruled_out: Days
    for_child_only: Flags
    by_municipality: Flags


def make_knowledge(life: Life) -> Knowledge:
    """Decide every story."""
    chance = life.chance("knowledge")
    before = _in_pregnancy(chance, life)
    story = life.of_child(before.story)
    is_of_one = np.isin(story, ABOUT_ONE_CHILD)
    story = np.where(is_of_one & life.children.is_second_twin, Story.UNDETECTED, story)
    story = np.where((story == Story.MOVE) & (_first_move(life) == NEVER), Story.CHILD_REGISTRATION, story)
    known, shown = _after_birth(chance, life, story)
    own_suspicion_stands = life.of_child(before.ruled_out) > life.as_of
    from_pregnancy = np.isin(story, (*BEFORE_BIRTH, Story.RULED_OUT)) & own_suspicion_stands
    known = np.where(from_pregnancy, life.of_child(before.known), known)
    shown = np.where(from_pregnancy, life.of_child(before.detected), shown)
    by_visitor = np.isin(story, (Story.CHILD_REGISTRATION,)) & chance.happens(0.6, len(story))
    is_tied = (story == Story.NEWBORN_DIAGNOSIS) & chance.happens(0.08, len(story))
    is_municipal = is_tied | by_visitor | np.isin(story, (Story.SUPPORT_RECORD, Story.MOVE, Story.SCHOOL))
    return Knowledge(
        story_of_pregnancy=before.story,
        detected_in_pregnancy=before.detected,
        known_in_pregnancy=before.known,
        noticed=before.noticed,
        ruled_out=before.ruled_out,
        ruled_out_for_child_only=before.for_child_only,
        by_municipality=before.by_municipality,
        story=np.where(known < NEVER, story, np.where(story == Story.RULED_OUT, story, Story.UNDETECTED)),
        known=known,
        shown=np.minimum(known, shown),
        is_municipal=is_municipal | life.of_child(before.by_municipality),
        is_tied=is_tied,
    )


def _in_pregnancy(chance: Chance, life: Life) -> _InPregnancy:
    pregnancies = life.pregnancies
    size = pregnancies.count
    story = np.where(pregnancies.is_exposed, chance.pick(STORY_WEIGHTS, size), Story.UNDETECTED)
    has_child = pregnancies.outcome == LIVE_BIRTH
    story = np.where(np.isin(story, BEFORE_BIRTH) | has_child, story, Story.UNDETECTED)
    story = np.where(~pregnancies.is_exposed & chance.happens(0.006, size), Story.RULED_OUT, story)
    detected, known = _before_birth(chance, life, story)
    ruled_out = np.where(story == Story.RULED_OUT, known + chance.between(3, 240, size), NEVER)
    child_only = (pregnancies.born == 1) & (ruled_out > pregnancies.ends_on) & chance.happens(0.5, size)
    end = pregnancies.end_seen(life.as_of)
    is_noticed = (detected < end) & (known < end) & ((ruled_out > life.as_of) | child_only)
    has_care = pregnancies.first_contact < NEVER
    needs_care = np.isin(story, (Story.TREATMENT, Story.MOTHER_DIAGNOSIS))
    return _InPregnancy(
        story=story,
        detected=detected,
        known=known,
        noticed=np.where(is_noticed & (has_care | ~needs_care), known, NEVER),
        ruled_out=ruled_out,
        for_child_only=child_only,
        by_municipality=(story == Story.NOTIFICATION) & chance.happens(0.3, size),
    )


def _before_birth(chance: Chance, life: Life, story: Rows) -> tuple[Days, Days]:
    """The day it showed itself and the day it was written, for stories of the pregnancy.

    A registration may come some weeks after it was detected, now and then after birth. Treatment and diagnosis of the
    mother tell antenatal care nothing before her first contact; without any, they are known at birth.
    """
    pregnancies = life.pregnancies
    size = pregnancies.count
    last_day = pregnancies.ends_on - 1
    visit = np.where(pregnancies.first_contact < NEVER, pregnancies.first_contact, pregnancies.conceived + 100)
    visit = np.minimum(visit, last_day)
    detected = chance.between(visit, visit + (last_day - visit) * 6 // 10)
    written = detected + np.where(chance.happens(0.6, size), 0, chance.between(1, 40, size))
    is_slow = chance.happens(0.07, size) & (pregnancies.outcome == LIVE_BIRTH)
    written = np.where(is_slow, pregnancies.ends_on + chance.between(1, 70, size), np.minimum(written, last_day))
    of_mother = chance.between(pregnancies.conceived + 28, np.maximum(last_day - 2, pregnancies.conceived + 28))
    of_mother = np.where(
        pregnancies.first_contact < NEVER, np.maximum(of_mother, pregnancies.first_contact), pregnancies.ends_on
    )
    is_of_mother = np.isin(story, (Story.TREATMENT, Story.MOTHER_DIAGNOSIS))
    is_registration = np.isin(story, (Story.ANTENATAL_REGISTRATION, Story.RULED_OUT))
    known = np.where(is_of_mother, of_mother, np.where(is_registration, written, detected))
    tells = is_of_mother | is_registration | np.isin(story, (Story.NOTIFICATION, Story.REFERRAL))
    shown = np.where(is_registration & ~chance.happens(0.15, size), detected, known)
    return np.where(tells, np.minimum(shown, known), NEVER), np.where(tells, known, NEVER)


def _after_birth(chance: Chance, life: Life, story: Rows) -> tuple[Days, Days]:
    """The day of knowledge and of showing for stories of one child; nothing is learned of a child dead or abroad."""
    birth = life.children.birth
    size = len(birth)
    late = birth + 20 + chance.waiting(1000, size)
    moved = _first_move(life)
    school = first_of_august(birth, in_year_turning=6)
    day = {
        Story.NEWBORN_DIAGNOSIS: birth + chance.between(0, 9, size),
        Story.DISCHARGE: birth + chance.between(1, 6, size),
        Story.SUPPORT_RECORD: late,
        Story.CHILD_REGISTRATION: late,
        Story.LATE_DIAGNOSIS: birth + 180 + chance.waiting(1300, size),
        Story.MOVE: moved - chance.between(0, 20, size),
        Story.SCHOOL: school - chance.between(5, 60, size),
    }
    known = np.full(size, NEVER)
    for told, on in day.items():
        known = np.where(story == told, on, known)
    known = np.where((known < NEVER) & life.is_about(known), known, NEVER)
    seen = np.maximum(birth, known - chance.between(0, 50, size))
    shown = np.where((story == Story.CHILD_REGISTRATION) & (known < NEVER), seen, known)
    return known, shown


def _first_move(life: Life) -> Days:
    first: Days = np.min([move.on for move in life.homes.moves()], axis=0)
    return first
