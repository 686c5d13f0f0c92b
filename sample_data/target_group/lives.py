"""Children from birth to the age at which the group ends, where they live, and which of them have a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions.reference import Reference
from sample_data.chance import Chance
from sample_data.days import NEVER, YEAR, Days, Flags, Rows, add_months, where
from sample_data.naming import pseudonyms
from sample_data.places import Places, make_places

MEMBERS = 0.045
"""Share of children with a diagnosis of the list: far more than in life, so that a small sample can show something."""

CHILDREN_NUMBERED_FROM = 9_000_000
BIRTHS_END = 60
"""The last births lie so many days before the as-of date."""


@dataclass(frozen=True)
class Lives:
    """One place per child. `code` is a place in the evidence list; `shown` the day the diagnosis was made (NEVER:
    none); `moved` the day of the only move, from `home` to `new_home`; `ends` the birthday with which it ends."""

    seed: int
    as_of: int
    reference: Reference
    places: Places
    names: pl.Series
    birth: Days
    death: Days
    ends: Days
    home: Rows
    moved: Days
    new_home: Rows
    is_member: Flags
    code: Rows
    shown: Days

    @property
    def count(self) -> int:
        """How many children."""
        return len(self.birth)

    def chance(self, theme: str) -> Chance:
        """The stream of a theme."""
        return Chance(self.seed, 0, f"target group: {theme}")

    def home_on(self, day: Days) -> Rows:
        """The place of the municipality where each child lives on its day."""
        return where(day >= self.moved, self.new_home, self.home)

    def happens_on(self, day: Days) -> Days:
        """The day where the child is alive and of the group's age on it, and it is not after the as-of date."""
        is_so = (day >= self.birth) & (day < self.death) & (day < self.ends) & (day <= self.as_of)
        return where(is_so, day, NEVER)


def make_lives(reference: Reference, *, children: int, seed: int, as_of: int) -> Lives:
    """So many children born evenly over the years of the group's age."""
    chance, places = Chance(seed, 0, "target group: lives"), make_places(seed)
    years = reference.target.until_age or 18
    birth = np.sort(as_of - BIRTHS_END - chance.between(0, int(years * YEAR) - BIRTHS_END, children))
    ends = add_months(birth, 12 * years)
    home = places.homes(chance, children)
    is_member = chance.happens(MEMBERS, children)
    new_home = places.homes(chance, children)
    moves = chance.happens(0.28, children) & (new_home != home)
    death = _deaths(chance, birth, is_member)
    moved = where(moves, birth + chance.between(200, 15 * 365, children), NEVER)
    shown = birth + _age_at_diagnosis(chance, children)
    return Lives(
        seed=seed,
        as_of=as_of,
        reference=reference,
        places=places,
        names=pseudonyms("c-", np.arange(children) + CHILDREN_NUMBERED_FROM, seed),
        birth=birth,
        death=death,
        ends=ends,
        home=home,
        moved=where((moved <= as_of) & (moved < death), moved, NEVER),
        new_home=new_home,
        is_member=is_member,
        code=chance.pick(np.linspace(2.0, 1.0, reference.exposure_codes.height), children),
        shown=where(is_member & (shown < ends), shown, NEVER),
    )


def _deaths(chance: Chance, birth: Days, is_member: Flags) -> Days:
    dies = chance.happens(np.where(is_member, 0.03, 0.003), len(birth))
    return where(dies, birth + 30 + chance.waiting(2500, len(birth)), NEVER)


def _age_at_diagnosis(chance: Chance, size: int) -> Days:
    """Many in the first months, some after years of not knowing."""
    early, late = chance.waiting(200, size), 400 + chance.waiting(1900, size)
    return where(chance.happens(0.55, size), early, late)
