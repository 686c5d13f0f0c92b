"""The follow-up schedule as days in each child's life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.definitions.reference import Reference
from sample_data.days import Days, add_months

ATTENDANCE = {
    "health_visitor": (0.965, 0.96, 0.95, 0.93, 0.9, 0.93, 0.88, 0.87),
    "gp": (0.95, 0.93, 0.92, 0.86, 0.84, 0.82, 0.8),
    "family_clinic": (0.86, 0.84, 0.8, 0.74, 0.72),
}
"""Share of children who are seen in an average municipality in 2021, by the order of due age."""


@dataclass(frozen=True)
class Milestone:
    """One row of the schedule. Ages in months or days, windows in days."""

    programme: str
    code: str
    age: int
    in_months: bool
    opens: int
    closes: int
    attendance: float

    def due_on(self, birth: Days) -> Days:
        """The day of that age."""
        return add_months(birth, self.age) if self.in_months else birth + self.age


@dataclass(frozen=True)
class Window:
    """The days of one milestone for each child: `opens` and `closes` are both inside.

    A visit that comes too early falls on `early_from` or later, a late one on `late_until` or earlier. Neither reaches
    into the window of another visit (but for the two first visits of the health visitor, whose windows overlap).
    """

    due_on: Days
    opens: Days
    closes: Days
    early_from: Days
    late_until: Days


def milestones(programme: str) -> list[Milestone]:
    """The rows of one programme by age."""
    listed = Reference.load().schedule.filter(programme=programme)
    rows = sorted(listed.to_dicts(), key=lambda row: row["due_age"] * (30.44 if row["due_unit"] == "months" else 1))
    shares = ATTENDANCE[programme]
    return [
        Milestone(
            programme=programme,
            code=row["contact_code"],
            age=row["due_age"],
            in_months=row["due_unit"] == "months",
            opens=row["opens_days"],
            closes=row["closes_days"],
            attendance=shares[min(place, len(shares) - 1)],
        )
        for place, row in enumerate(rows)
    ]


def windows(rows: list[Milestone], birth: Days) -> list[Window]:
    """The windows of a programme, with the room between each and its neighbours."""
    due_on = [row.due_on(birth) for row in rows]
    opens = [due - row.opens for row, due in zip(rows, due_on, strict=True)]
    closes = [due + row.closes for row, due in zip(rows, due_on, strict=True)]
    found = []
    for place in range(len(rows)):
        before = np.maximum(closes[place - 1] + 1, opens[place] - 40) if place else opens[place] - 15
        early_from = np.where(before < opens[place], before, birth)
        after = opens[place + 1] - 1 if place + 1 < len(rows) else closes[place] + 90
        late_until = np.minimum(np.maximum(after, closes[place] + 6), closes[place] + 90)
        found.append(Window(due_on[place], opens[place], closes[place], np.maximum(early_from, birth), late_until))
    return found
