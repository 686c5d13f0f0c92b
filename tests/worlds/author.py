"""The author of a random world: draws days that lie on or beside the boundaries of the rules, and writes rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from naive import Reference
from naive.world import TABLE_NAMES, Row, World

T = TypeVar("T")
Names = dict[str, str | None]
"""Whom a row is about: `child_id` and `pregnancy_id`."""

DISTANCES = (0, 0, 0, 0, 7, 14, 14, 21, 28, 30, 30, 31, 90, -7, -14, -30, -31, -100, -280, -365)
"""Days between one event and the next that some rule speaks of."""
MUNICIPALITIES = ("0101", "0147", "0751", "0411")
ACTORS = (
    *("gp", "midwife", "maternity_ward", "neonatal_ward", "paediatric_ward", "family_clinic", "foster_care", "other"),
    *("family_department", "substance_treatment", "health_visitor", "educational_psychology", "daycare", "school"),
)


class Author:
    """Writes the rows of one world.

    `days` are the days that matter to the family at hand. A quiet family has little evidence: one day decides alone.
    """

    def __init__(self, random: Random, as_of: date, reference: Reference) -> None:
        self.random = random
        self.as_of = as_of
        self.reference = reference
        self.world: World = {table: [] for table in TABLE_NAMES}
        self.days: list[date] = []
        self.window_starts: list[date] = []
        self.known_days: list[date] = []
        self.is_quiet = False

    def one_of(self, *choices: T) -> T:
        return self.random.choice(choices)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def near(self, days: Sequence[date]) -> date:
        """A day at a boundary's distance from one of the days, give or take one; kept as a day that matters."""
        distance = self.one_of(*DISTANCES) + self.one_of(-1, 0, 0, 1)
        return self.on(self.one_of(*days) + timedelta(days=distance))

    def on(self, day: date) -> date:
        self.days.append(day)
        return day

    def by(self, day: date, *distances: int) -> date:
        """The day at one of these distances, kept as a day that matters."""
        return self.on(day + timedelta(days=self.one_of(*distances)))

    def perhaps(self, share: float, value: T) -> T | None:
        return value if self.happens(share) else None

    def add(self, table: str, id_column: str | None = None, **cells: Any) -> Row:
        row: Row = dict(cells)
        if id_column is not None:
            row = {id_column: f"{table[:2]}{len(self.world[table])}"} | row
        self.world[table].append(row)
        return row

    def whom(self, child: Row | None, pregnancy_id: str | None) -> Names:
        """The child only, the pregnancy only, or both; seldom a child of another pregnancy with this one."""
        child_id = child["child_id"] if child is not None else None
        if self.happens(0.05) and self.world["children"]:
            child_id = self.one_of(*self.world["children"])["child_id"]
        named = self.one_of("child", "pregnancy", "both")
        if child_id is None or pregnancy_id is None:
            named = "both"
        return {
            "child_id": child_id if named != "pregnancy" else None,
            "pregnancy_id": pregnancy_id if named != "child" else None,
        }
