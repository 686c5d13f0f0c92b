"""Slips of the hand and of programs, as expressions: what stands in a field instead of what was meant."""

from __future__ import annotations

from datetime import date

import polars as pl

UNSET_DATE = pl.lit(date(1900, 1, 1))
"""What some systems write where nobody entered a date."""

FAR_AHEAD = pl.lit(date(2096, 5, 17))
"""A year of two digits, 96, read as one of this century."""

UNTIL_FURTHER_NOTICE = pl.lit(date(2199, 12, 31))
"""The end of what has no end, in systems that want one."""

END_OF_TIME = "9999-12-31"
TEST_NUMBER = "680125-4001"
"""A test number: 60 is added to the day, it is nobody's."""


def days(number: int) -> pl.Expr:
    """A span of days."""
    return pl.duration(days=number)


def with_day_and_month_swapped(column: str) -> pl.Expr:
    """3 November written as 11 March; null where no such day is."""
    day, month = pl.col(column).dt.day(), pl.col(column).dt.month()
    return pl.when(day <= 12).then(pl.date(pl.col(column).dt.year(), day, month))


def is_far_from_swapped(column: str, least_days: int) -> pl.Expr:
    """The swapped date is a date, and another one by at least so many days."""
    return (with_day_and_month_swapped(column) - pl.col(column)).dt.total_days().abs() >= least_days


def new_years_day(column: str) -> pl.Expr:
    """Only the year was known."""
    return pl.col(column).dt.truncate("1y")


def without_leading_zero(column: str) -> pl.Expr:
    """A spreadsheet took the code for a number: 0101 became 101."""
    return pl.col(column).str.strip_chars_start("0")


def has_leading_zero(column: str) -> pl.Expr:
    """The code has one to lose."""
    return pl.col(column).str.starts_with("0")


def somebody_unknown(column: str) -> pl.Expr:
    """A pseudonym that nobody has."""
    return pl.concat_str(pl.lit("x-ukendt-"), column)


def as_person_number(birth_date: str) -> pl.Expr:
    """Something in the form of a person's number, made of the synthetic child's birth date."""
    return pl.concat_str(pl.col(birth_date).dt.strftime("%d%m%y"), pl.lit("-4001"))
