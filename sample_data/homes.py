"""Where the children live: spells in municipalities, moves, time abroad, and what the population register writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.chance import Chance
from sample_data.days import NEVER, YEAR, Days, Flags, Rows, Shares
from sample_data.families import HORIZON_DAYS, Children, Pregnancies
from sample_data.places import Places

MOST_SPELLS = 4
LEAST_SPELL_DAYS = 150
"""So long between two moves: the hand-over of one move can never be taken for that of another."""
MOVE_GAP_DAYS = 31
ABROAD_FOR_GOOD, ABROAD_AND_BACK, WITHIN_MUNICIPALITY, TO_OUTSIDE, SHORT_ABSENCE, ELSEWHERE = range(6)


@dataclass(frozen=True)
class Move:
    """A change of municipality per child; `on` is NEVER where there is none."""

    on: Days
    old: Rows
    new: Rows


@dataclass(frozen=True)
class Homes:
    """Spells as (spell, child); `start` is NEVER where there is no such spell. Not listed: the feed lost the child."""

    start: Days
    end: Days
    place: Rows
    is_listed: Flags

    def covers(self, on: Days) -> Flags:
        """Does a spell cover the day? A child whom the feed lost counts as covered: nothing is known of it."""
        is_inside: Flags = (self.start <= on) & (on < self.end)
        covered: Flags = np.any(is_inside, axis=0)
        return covered | ~self.is_listed

    def place_on(self, on: Days) -> Rows:
        """The municipality on a day of each child; before the first spell the first, in an absence the one left."""
        return self.place_of(np.arange(self.start.shape[1]), on)

    def place_of(self, child: Rows, on: Days) -> Rows:
        """The municipality of some children on some days."""
        begun = (self.start[:, child] <= on).sum(axis=0)
        found: Rows = self.place[np.maximum(begun - 1, 0), child]
        return found

    def moves(self) -> list[Move]:
        """First, second, third change of municipality; a longer absence is not a move between two municipalities."""
        found = []
        for spell in range(1, MOST_SPELLS):
            is_move = (self.start[spell] < NEVER) & (self.place[spell] != self.place[spell - 1])
            is_move &= (self.start[spell] - self.end[spell - 1] <= MOVE_GAP_DAYS) & self.is_listed
            on = np.where(is_move, self.start[spell], NEVER)
            found.append(Move(on, self.place[spell - 1], self.place[spell]))
        return found


def make_homes(chance: Chance, places: Places, pregnancies: Pregnancies, children: Children, as_of: int) -> Homes:
    """A home from birth on; exposed children move oftener. Twins live together."""
    size = children.count
    rate = np.where(pregnancies.is_exposed[children.pregnancy], 0.085, 0.038) / YEAR
    is_listed_late = chance.happens(0.004, size) & (children.death > children.birth + 40)
    start = [children.birth + np.where(is_listed_late, chance.between(8, 40, size), 0)]
    end: list[Days] = []
    place = [pregnancies.home[children.pregnancy]]
    for _ in range(MOST_SPELLS - 1):
        leave, back, where_to = _next_move(chance, places, start[-1], place[-1], rate)
        is_seen = (leave <= as_of + HORIZON_DAYS) & (leave < children.death)
        end.append(np.where(is_seen, leave, NEVER))
        is_back = is_seen & (back <= as_of + HORIZON_DAYS) & (back < children.death)
        start.append(np.where(is_back, back, NEVER))
        place.append(np.where(is_back, where_to, place[-1]))
    end.append(np.full(size, NEVER))
    homes = Homes(np.stack(start), np.stack(end), np.stack(place), ~chance.happens(0.003, size))
    _live_together(homes, np.flatnonzero(children.is_second_twin), children.death)
    return homes


def _live_together(homes: Homes, second: Rows, death: Days) -> None:
    """The second twin lives where the first does. A twin who died does not come along on a later move."""
    for spells in (homes.start, homes.end, homes.place):
        spells[:, second] = spells[:, second - 1]
    homes.is_listed[second] = homes.is_listed[second - 1]
    later = homes.start[1:, second]
    homes.start[1:, second] = np.where(later < death[second], later, NEVER)


def _next_move(chance: Chance, places: Places, start: Days, old: Rows, rate: Shares) -> tuple[Days, Days, Rows]:
    """The day of leaving, the first day of the next spell (NEVER: gone for good), and its municipality."""
    size = len(start)
    sort = chance.pick([0.05, 0.06, 0.05, 0.002, 0.04, 0.798], size)
    leave = np.minimum(start + LEAST_SPELL_DAYS + chance.waiting(1 / rate, size), NEVER)
    absent = np.choose(
        sort,
        [np.full(size, NEVER), chance.between(20, 700, size), 0, 0, chance.between(1, MOVE_GAP_DAYS, size), 0],
    )
    other = places.homes(chance, size)
    where_to = np.choose(
        sort, [old, np.where(chance.happens(0.5, size), old, other), old, places.outside, other, other]
    )
    return leave, np.minimum(leave + absent, NEVER), where_to
