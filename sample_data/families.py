"""Mothers, their pregnancies in time order, and the children born of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_data.chance import Chance
from sample_data.days import NEVER, YEAR, Days, Flags, Rows
from sample_data.places import Places

LIVE_BIRTH, STILLBIRTH, LOSS, UNKNOWN = range(4)
"""Places in the contract's list of outcomes."""

MOST_PREGNANCIES = 4
REST_DAYS = 120
"""Least time between a pregnancy and the next: what belongs to one can never fall into the window of the other."""
HORIZON_DAYS = 60
"""Events are written up to this long after the as-of date, so that the as-of view has something to hide."""
TERM_DAYS = 259
FULL_PREGNANCY_DAYS = 280


@dataclass(frozen=True)
class Pregnancies:
    """One place per pregnancy. `ends_on` is what nature does; `end_date` is what is registered (NEVER: nothing).

    `previous_end` and `next_conceived` are of the same mother; without one, long ago and NEVER.
    """

    mother: Rows
    home: Rows
    conceived: Days
    ends_on: Days
    end_date: Days
    due_date: Days
    first_contact: Days
    outcome: Rows
    born: Rows
    is_exposed: Flags
    previous_end: Days
    next_conceived: Days

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.mother)

    def chosen(self, wanted: Flags) -> Pregnancies:
        """Only the wanted ones."""
        return Pregnancies(**{name: values[wanted] for name, values in vars(self).items()})

    def end_seen(self, as_of: int) -> Days:
        """The end as one knows it on the as-of day: registered, else the due date, else none."""
        return np.where(self.end_date <= as_of, self.end_date, self.due_date)


@dataclass(frozen=True)
class Children:
    """One place per live-born child, in the order of their pregnancies; twins stand side by side."""

    pregnancy: Rows
    birth: Days
    death: Days
    is_female: Flags
    gestation: Days
    weight: Rows
    is_second_twin: Flags

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.birth)


def make_pregnancies(chance: Chance, places: Places, *, children: int, as_of: int) -> tuple[Pregnancies, Days]:
    """Pregnancies that bring exactly so many children, and the birth dates of their mothers."""
    everything, mother_birth = _timelines(chance, places, mothers=children + 60, as_of=as_of)
    brought = np.cumsum(everything.born)
    kept = everything.chosen(brought - everything.born < children)
    surplus = max(int(kept.born.sum()) - children, 0)
    kept.born[np.flatnonzero(kept.born)[-1]] -= surplus
    mothers, mother = np.unique(kept.mother, return_inverse=True)
    return replace(kept, mother=mother.astype(np.int64)), mother_birth[mothers]


def _timelines(chance: Chance, places: Places, *, mothers: int, as_of: int) -> tuple[Pregnancies, Days]:
    is_user = chance.happens(0.045, mothers)
    planned = chance.pick([0.55, 0.30, 0.11, 0.04], mothers) + 1
    home = places.homes(chance, mothers)
    conceived = _first_conceptions(chance, mothers, as_of)
    mother_birth = conceived - np.clip(chance.normal(29, 5, mothers) * YEAR, 17 * YEAR, 43 * YEAR).astype(np.int64)
    previous_end = np.full(mothers, -NEVER)
    steps = []
    for order in range(MOST_PREGNANCIES):
        home = np.where(chance.happens(0.06, mothers), places.homes(chance, mothers), home)
        one = _one_each(chance, home, conceived, previous_end, is_user & chance.happens(0.85, mothers), as_of)
        wanted = (order < planned) & (conceived <= as_of - 30)
        steps.append((one, wanted))
        previous_end = one.ends_on
        conceived = one.ends_on + REST_DAYS + chance.waiting(420, mothers)
    woven = Pregnancies(**{name: _woven([vars(one)[name] for one, _ in steps]) for name in vars(steps[0][0])})
    chosen = woven.chosen(_woven([wanted for _, wanted in steps]))
    is_last = np.append(chosen.mother[1:] != chosen.mother[:-1], True)
    following = np.where(is_last, NEVER, np.append(chosen.conceived[1:], NEVER))
    return replace(chosen, next_conceived=following), mother_birth


def _woven(steps: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """First, second, ... of the first mother, then of the second: time order inside each mother."""
    return np.stack(steps, axis=1).ravel()


def _first_conceptions(chance: Chance, mothers: int, as_of: int) -> Days:
    """Most within the last nine years; a thinner tail of children who are now up to nineteen.

    Of two days the earlier in a quarter of the draws: later pregnancies of the same mothers fill the recent years.
    """
    recent = chance.between(-250, int(8.6 * YEAR), mothers)
    other = chance.between(-250, int(8.6 * YEAR), mothers)
    recent = np.where(chance.happens(0.25, mothers), np.maximum(recent, other), recent)
    older = chance.between(int(8.6 * YEAR), int(19.2 * YEAR), mothers)
    return as_of - FULL_PREGNANCY_DAYS - np.where(chance.happens(0.2, mothers), older, recent)


def _one_each(
    chance: Chance, home: Rows, conceived: Days, previous_end: Days, is_exposed: Flags, as_of: int
) -> Pregnancies:
    """One pregnancy of every mother, with what nature and the registers make of it."""
    size = len(conceived)
    outcome = chance.pick([0.865, 0.005, 0.124, 0.006], size)
    twins = chance.happens(0.016, size)
    length = _lengths(chance, outcome, twins, is_exposed)
    ends_on = conceived + length
    is_running = ends_on > as_of + HORIZON_DAYS
    outcome = np.where(is_running, UNKNOWN, outcome)
    end_date = np.where(outcome == UNKNOWN, NEVER, ends_on)
    is_settled_term = (outcome == LIVE_BIRTH) & (length >= TERM_DAYS) & (length < 294) & (ends_on <= as_of)
    lacks_due_date = is_settled_term & chance.happens(0.01, size)
    due_date = np.where(lacks_due_date, NEVER, conceived + FULL_PREGNANCY_DAYS)
    visited = np.minimum(conceived + chance.between(45, 100, size), ends_on - 3)
    never_came = chance.happens(np.where(is_exposed, 0.05, 0.012), size) & (end_date <= as_of)
    return Pregnancies(
        mother=np.arange(size),
        home=home,
        conceived=conceived,
        ends_on=ends_on,
        end_date=end_date,
        due_date=due_date,
        first_contact=np.where(never_came, NEVER, visited),
        outcome=outcome,
        born=np.where(outcome == LIVE_BIRTH, 1 + twins, 0),
        is_exposed=is_exposed,
        previous_end=previous_end,
        next_conceived=np.full(size, NEVER),
    )


def _lengths(chance: Chance, outcome: Rows, twins: Flags, is_exposed: Flags) -> Days:
    """Days from conception date (as antenatal care counts it) to the end."""
    size = len(outcome)
    is_preterm = chance.happens(np.where(twins, 0.45, np.where(is_exposed, 0.14, 0.055)), size)
    term = np.clip(chance.normal(280, 9, size), TERM_DAYS, 301).astype(np.int64)
    preterm = TERM_DAYS - 1 - np.minimum(chance.waiting(18, size), 85)
    live = np.where(is_preterm, preterm, term)
    by_outcome = [live, chance.between(160, 292, size), chance.between(52, 150, size), np.full(size, 280)]
    return np.choose(outcome, by_outcome)


def make_children(chance: Chance, pregnancies: Pregnancies) -> Children:
    """The live-born children; a few die, most of them in their first weeks."""
    pregnancy = np.repeat(np.arange(pregnancies.count), pregnancies.born)
    size = len(pregnancy)
    birth = pregnancies.ends_on[pregnancy]
    gestation = (pregnancies.ends_on - pregnancies.conceived)[pregnancy]
    second = np.append(False, pregnancy[1:] == pregnancy[:-1]) if size else np.zeros(0, dtype=bool)
    exposed = pregnancies.is_exposed[pregnancy]
    weight = 3500 + (gestation - 280) * 26 - 220 * exposed - 500 * (pregnancies.born[pregnancy] > 1)
    weight = np.clip(weight + chance.normal(0, 430, size), 420, 5900).astype(np.int64)
    return Children(
        pregnancy=pregnancy,
        birth=birth,
        death=_deaths(chance, birth, exposed),
        is_female=chance.happens(0.487, size),
        gestation=np.where((gestation >= TERM_DAYS) & chance.happens(0.02, size), NEVER, gestation),
        weight=np.where(chance.happens(0.01, size), NEVER, weight),
        is_second_twin=second,
    )


def _deaths(chance: Chance, birth: Days, exposed: Flags) -> Days:
    size = len(birth)
    early = chance.happens(np.where(exposed, 0.009, 0.0035), size)
    later = chance.happens(np.where(exposed, 0.008, 0.0025), size)
    in_first_weeks = birth + chance.waiting(25, size)
    in_childhood = birth + 30 + chance.waiting(900, size)
    return np.where(early, in_first_weeks, np.where(later, in_childhood, NEVER))
