"""Days as whole numbers since 1970-01-01, so that thousands of lives are computed at once."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]

NEVER = 1_000_000
"""A day after every other: what never happens, or what nobody wrote down. Written as null."""

YEAR = 365.25


def day_number(day: date) -> int:
    """The number of a calendar day."""
    return int(np.datetime64(day, "D").astype(np.int64))


def add_months(days: Days, months: int) -> Days:
    """The same day of a later month, clamped to the month's end (29 February becomes 28 in a common year)."""
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    day_of_month = dates - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    last_day = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")
    clamped = np.minimum(day_of_month, last_day - np.timedelta64(1, "D"))
    return _numbers(target.astype("datetime64[D]") + clamped)


def first_of_august(birth: Days, *, in_year_turning: int) -> Days:
    """1 August of the calendar year in which the child reaches that age."""
    january = (birth.astype("datetime64[D]").astype("datetime64[Y]") + np.timedelta64(in_year_turning, "Y")).astype(
        "datetime64[M]"
    )
    return _numbers((january + np.timedelta64(7, "M")).astype("datetime64[D]"))


def years_since_2021(days: Days) -> Shares:
    """How far a day is from the middle of the sample's time, in years; NEVER is read as 2021."""
    written = np.where(days < NEVER, days, day_number(date(2021, 1, 1)))
    return (written - day_number(date(2021, 1, 1))) / YEAR


def earliest(*candidates: Days) -> Days:
    """The first of several days, place by place."""
    first = candidates[0]
    for other in candidates[1:]:
        first = np.minimum(first, other)
    return first


def where(is_so: Flags, then: Days | int, otherwise: Days | int) -> Days:
    """`then` where it is so, else `otherwise`, as whole days."""
    return np.where(is_so, then, otherwise).astype(np.int64)


def _numbers(dates: npt.NDArray[np.datetime64]) -> Days:
    return dates.astype("datetime64[D]").astype(np.int64)
