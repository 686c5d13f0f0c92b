"""Months that were reported or not, row by row of a strip; and how much of what was to be expected is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

MONTHS = 24
STATES = ("reported", "missing", "declared_incomplete", "too_few_to_say")
LACKING = ("missing", "declared_incomplete")


@dataclass(frozen=True)
class Strip:
    """One delivery, or one municipality: the state of each month, null where the delivery has no such month."""

    name: str
    states: tuple[str | None, ...]

    def number(self, state: str) -> int:
        """Months in this state."""
        return sum(known == state for known in self.states)

    @property
    def lacking(self) -> int:
        """Months that are not there although they should be, or are said to be incomplete."""
        return sum(self.number(state) for state in LACKING)


def months_until(last: date, number: int = MONTHS) -> list[date]:
    """The first days of the last months, oldest first; the month of the day is the last one."""
    at = last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(at - number + 1, at + 1)]


def strips(reporting: pl.DataFrame, by: str, months: list[date]) -> list[Strip]:
    """One strip per value of the column `by`; those that lack most come first, then by name."""
    named = reporting.filter(pl.col("month").is_in(months)).partition_by(by, as_dict=True)
    found = [Strip(str(key[0]), _states(rows, months)) for key, rows in named.items()]
    return sorted(found, key=lambda strip: (-strip.lacking, strip.name))


def _states(rows: pl.DataFrame, months: list[date]) -> tuple[str | None, ...]:
    known = dict(rows.select("month", "state").iter_rows())
    return tuple(known.get(month) for month in months)


@dataclass(frozen=True)
class Completeness:
    """Months in which something was to be expected: those that came, those that are missing, those said to lack."""

    reported: int
    missing: int
    declared: int

    @property
    def expected(self) -> int:
        """All of them; months with too few rows to say anything are not among them."""
        return self.reported + self.missing + self.declared

    @property
    def share(self) -> float | None:
        """Reported of expected; none when nothing was."""
        return self.reported / self.expected if self.expected else None


def completeness(reporting: pl.DataFrame, months: list[date]) -> Completeness:
    """Over all deliveries and municipalities of the months."""
    rows = reporting.filter(pl.col("month").is_in(months))
    counted = [rows.filter(pl.col("state") == state).height for state in ("reported", "missing", "declared_incomplete")]
    return Completeness(*counted)


def lacking_most(reporting: pl.DataFrame, months: list[date]) -> list[str]:
    """Deliveries of the months, those that lack most first."""
    rows = reporting.filter(pl.col("month").is_in(months))
    counted = rows.group_by("delivery").agg(pl.col("state").is_in(LACKING).sum().alias("lacking"))
    return counted.sort("lacking", "delivery", descending=[True, False])["delivery"].to_list()
