"""The lives of a batch before anybody writes anything down, and when something due in them counts as lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sample_data.chance import Chance
from sample_data.days import Days, Flags
from sample_data.families import (
    HORIZON_DAYS,
    LOSS,
    STILLBIRTH,
    Children,
    Pregnancies,
    make_children,
    make_pregnancies,
)
from sample_data.homes import Homes, make_homes
from sample_data.places import Places

Kind = TypeVar("Kind", bound=np.generic)
BATCH = 100_000
"""Most children in one batch of families; bounds the memory of a large sample."""


@dataclass(frozen=True)
class Life:
    """The families of one batch and the day from which they are looked at."""

    seed: int
    batch: int
    as_of: int
    places: Places
    pregnancies: Pregnancies
    mother_birth: Days
    children: Children
    homes: Homes

    @property
    def horizon(self) -> int:
        """The last day on which anything is written."""
        return self.as_of + HORIZON_DAYS

    def chance(self, theme: str) -> Chance:
        """The stream of chance of one theme of this batch."""
        return Chance(self.seed, self.batch, theme)

    def first_number(self, per_child: int) -> int:
        """The first number of this batch for events of which there are at most so many per child."""
        return self.batch * BATCH * per_child

    def of_child(self, values: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """A value of the pregnancy, read for each child."""
        return values[self.children.pregnancy]

    def is_about(self, on: Days) -> Flags:
        """Is the child alive and in the country that day, and the day written at all?"""
        return (on >= self.children.birth) & (on <= self.children.death) & (on <= self.horizon) & self.homes.covers(on)

    def is_lost(self, *, trigger: Days, due: Days, met: Days) -> Flags:
        """What fell due before the as-of day for a living resident child, and was not done by then.

        A child dead on the due day, or without a home on it, is excused; one dead before the trigger owes nothing. A
        child of whose home the register has told nothing by the as-of day is not excused.
        """
        began: Flags = (self.children.birth <= self.as_of) & (trigger <= self.as_of) & (trigger <= self.children.death)
        is_open: Flags = (due < self.as_of) & (met > self.as_of)
        no_home_told_yet = self.homes.start[0] > self.as_of
        is_unexcused: Flags = (self.children.death > due) & (self.homes.covers(due) | no_home_told_yet)
        return began & is_open & is_unexcused

    def is_lost_before_birth(self, *, trigger: Days, due: Days, met: Days) -> Flags:
        """The same for a pregnancy: excused when it ended in a loss or stillbirth on or before the due day."""
        ended: Flags = np.isin(self.pregnancies.outcome, (LOSS, STILLBIRTH)) & (self.pregnancies.end_date <= due)
        return (trigger <= self.as_of) & (due < self.as_of) & (met > self.as_of) & ~ended


def make_life(places: Places, *, seed: int, batch: int, children: int, as_of: int) -> Life:
    """Families and homes."""
    families = Chance(seed, batch, "families")
    pregnancies, mother_birth = make_pregnancies(families, places, children=children, as_of=as_of)
    born = make_children(Chance(seed, batch, "children"), pregnancies)
    homes = make_homes(Chance(seed, batch, "homes"), places, pregnancies, born, as_of)
    return Life(seed, batch, as_of, places, pregnancies, mother_birth, born, homes)
