"""Where a child lived: spells in order of their start, and the moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from naive.world import Row


@dataclass(frozen=True)
class Spell:
    """`to_date` is the first day that is not part of it; None is still running."""

    from_date: date
    to_date: date | None
    municipality_code: str

    def covers(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day < self.to_date)


@dataclass(frozen=True)
class Move:
    day: date
    from_municipality: str
    to_municipality: str
    next_change: date | None
    """The start of the next spell with another municipality than the new one."""


def spells_of(rows: list[Row]) -> list[Spell]:
    """A spell without an end ends when the child's next one begins."""
    ordered = sorted(rows, key=lambda row: row["from_date"])
    spells = []
    for position, row in enumerate(ordered):
        to_date = row["to_date"]
        if to_date is None and position + 1 < len(ordered):
            to_date = ordered[position + 1]["from_date"]
        spells.append(Spell(row["from_date"], to_date, row["municipality_code"]))
    return spells


def moves_of(spells: list[Spell], longest_gap_days: int) -> list[Move]:
    """Changes of municipality from one spell to the next; a longer absence between the two is not a move."""
    moves = []
    for position in range(1, len(spells)):
        old, new = spells[position - 1], spells[position]
        if old.municipality_code == new.municipality_code or old.to_date is None:
            continue
        if (new.from_date - old.to_date).days > longest_gap_days:
            continue
        later = [s.from_date for s in spells[position + 1 :] if s.municipality_code != new.municipality_code]
        moves.append(Move(new.from_date, old.municipality_code, new.municipality_code, later[0] if later else None))
    return moves


def residence_on(spells: list[Spell], day: date) -> str | None:
    """The municipality on that day; without one the last before it, else the first; None for a child without spells."""
    covering = [spell for spell in spells if spell.covers(day)]
    before = [spell for spell in spells if spell.from_date < day]
    if covering:
        return covering[-1].municipality_code
    if before:
        return before[-1].municipality_code
    if spells:
        return spells[0].municipality_code
    return None
