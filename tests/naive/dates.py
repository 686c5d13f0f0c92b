"""Calendar arithmetic: days, months that are clamped to the month's end, birthdays."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def days_before(day: date, days: int) -> date:
    return day - timedelta(days=days)


def months_after(day: date, months: int) -> date:
    """The same day of the month, or the last day of a month that is too short."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def birthday(birth_date: date, age: int) -> date:
    """A child born on 29 February has its birthday on 28 February in common years."""
    return months_after(birth_date, 12 * age)


def earliest(days: list[date]) -> date | None:
    return min(days, default=None)


def earlier_of(*days: date | None) -> date | None:
    """The earliest of the days that are known; None when none is."""
    return earliest([day for day in days if day is not None])
