"""The age bands of cohort development: whole years by birthday, `[from, to)`, and a child's age on a day."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class AgeBand:
    """From the birthday on which the child turns `from_year` to the day before it turns `to_year`."""

    from_year: int
    to_year: int

    @property
    def name(self) -> str:
        """`3-5`: three and four years old."""
        return f"{self.from_year}-{self.to_year}"


AGE_BANDS = (
    AgeBand(0, 1),
    AgeBand(1, 2),
    AgeBand(2, 3),
    AgeBand(3, 5),
    AgeBand(5, 7),
    AgeBand(7, 12),
    AgeBand(12, 18),
    AgeBand(18, 25),
)
AGE_BAND = pl.Enum([band.name for band in AGE_BANDS])


def birthday(birth_date: str, years: int) -> pl.Expr:
    """The day on which the child turns so many years; born on 29 February, on 28 February in common years."""
    return pl.col(birth_date).dt.offset_by(f"{years}y")


def age_in_years(birth_date: str, day: str) -> pl.Expr:
    """Whole years by birthday, negative before birth; a child turns n on its birthday, that day included."""
    birth, on = pl.col(birth_date).dt, pl.col(day).dt
    is_leap_child = (birth.month() == 2) & (birth.day() == 29)
    turns = pl.when(is_leap_child & ~on.is_leap_year()).then(228).otherwise(_month_and_day(birth_date))
    return on.year() - birth.year() - (_month_and_day(day) < turns).cast(pl.Int32)


def age_band(birth_date: str, day: str) -> pl.Expr:
    """The band of the child's age on a day; null before birth and from the last band's end."""
    band_of = {year: band.name for band in AGE_BANDS for year in range(band.from_year, band.to_year)}
    return age_in_years(birth_date, day).replace_strict(band_of, default=None, return_dtype=AGE_BAND)


def _month_and_day(day: str) -> pl.Expr:
    """`229` for 29 February: days of different years in the order of the calendar."""
    return pl.col(day).dt.month().cast(pl.Int16) * 100 + pl.col(day).dt.day()
