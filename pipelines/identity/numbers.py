"""Persons' numbers as text: CPR and replacement numbers, test numbers, and what can be read off them.

A number is its pattern (day, month, year, serial). Whether the day is in the calendar is not asked: 31 February has no
birth date but is a number all the same, and the same person in every file.
"""

from __future__ import annotations

import re

import polars as pl

_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_TEST_DAY = "(?:6[1-9]|[78][0-9]|9[01])"
_MONTH_AND_YEAR = "(?:0[1-9]|1[0-2])[0-9]{2}"
_REPLACEMENT_SERIAL = "[01567][A-Z]{2}[0-9]"
"""National `[17]` and regional `[056]`, two letters, a digit: for the unknown, foreigners, and newborns at first."""

_SERIAL = f"(?:[0-9]{{4}}|{_REPLACEMENT_SERIAL})"
REAL_NUMBER = re.compile(f"^{_DAY}{_MONTH_AND_YEAR}{_SERIAL}$")
TEST_NUMBER = re.compile(f"^{_TEST_DAY}{_MONTH_AND_YEAR}{_SERIAL}$")
"""A test number has 60 added to the day and is nobody's."""

_DATE_IN_TEXT = f"(?:{_DAY}|{_TEST_DAY}){_MONTH_AND_YEAR}"
_SERIAL_IN_TEXT = "(?:[0-9]{4}|[01567][A-Za-z]{2}[0-9])"
NUMBER_IN_TEXT = f"{_DATE_IN_TEXT}[- ]?{_SERIAL_IN_TEXT}"
NUMBER_AS_TOKEN = f"(?:^|[^0-9]){_DATE_IN_TEXT}[-\u2010-\u2015_/ ]?{_SERIAL_IN_TEXT}(?:$|[^0-9])"
"""Something like a person's number inside a longer text, real or test form, not within a longer run of digits.

Date and serial may be apart by a hyphen or dash, an underscore, a slash or a blank: what senders wrote is looked at
more closely than our own files. A day and a time in a file's name (`300926_0830`) look the same and are taken for it.
"""

NUMBER_FOUND = re.compile(f"(?<![0-9A-Fa-f])(?<![0-9][.]){NUMBER_IN_TEXT}(?![0-9A-Fa-f])(?![.][0-9])")
"""The same in Python's words, and not in hexadecimal text nor after a decimal point; two neighbours are two."""

TEST_DAYS_ADDED = 60
_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def masked(text: str) -> str:
    """The text with a star for each sign of a number in it: for paths in messages."""
    return NUMBER_FOUND.sub(lambda found: "*" * len(found.group()), text)


def bare(number: pl.Expr) -> pl.Expr:
    """The number without hyphen and blanks, letters as capitals: one person however it was written."""
    return number.str.replace_all("[- ]", "").str.to_uppercase()


def is_number(number: pl.Expr, form: re.Pattern[str]) -> pl.Expr:
    """Whether a bare number has the form; null stays null."""
    return number.str.contains(form.pattern)


def has_lost_its_zero(number: pl.Expr) -> pl.Expr:
    """Nine characters that would be a real number after a zero: a program took it for a figure. It is not mended.

    No test number begins with zero, so this is about real numbers in demo mode, too.
    """
    return is_number(pl.concat_str(pl.lit("0"), number), REAL_NUMBER)


def is_replacement_number(number: pl.Expr) -> pl.Expr:
    """Whether the serial of the number has letters."""
    return bare(number).str.contains(f"^[0-9]{{6}}{_REPLACEMENT_SERIAL}$")


def birth_date_of(number: pl.Expr) -> pl.Expr:
    """The birth date by the century rule: the seventh digit and the year together give the century.

    Null where it is not certain: for a replacement number (its seventh character names the issuer, not the century; the
    nearest past would be a guess), for a day that is not in the calendar, and for what is no number. 60 is taken from
    the day of a test number.
    """
    plain = bare(number)
    day, month, year, century = (_digits(plain, at, size) for at, size in ((0, 2), (2, 2), (4, 2), (6, 1)))
    day = pl.when(day > TEST_DAYS_ADDED).then(day - TEST_DAYS_ADDED).otherwise(day)
    whole = year + _century(century, year)
    text = pl.concat_str(*(part.cast(pl.String).str.zfill(2) for part in (whole, month, day)), separator="-")
    return pl.when(plain.str.contains("^[0-9]{10}$")).then(text.str.to_date("%Y-%m-%d", strict=False))


def _century(digit: pl.Expr, year: pl.Expr) -> pl.Expr:
    early = pl.when(digit.is_in([4, 9])).then(year <= 36).otherwise(year <= 57)
    late = pl.when(digit.is_in([4, 9])).then(1900).otherwise(1800)
    return pl.when(digit <= 3).then(1900).when(early).then(2000).otherwise(late)


def has_valid_checksum(number: pl.Expr) -> pl.Expr:
    """Modulus 11 of a CPR number: a hint, never a fault; since 1 October 2007 valid numbers fail it.

    Null for replacement and test numbers, which have no checksum, and for what is no number.
    """
    plain = bare(number)
    weighed = pl.sum_horizontal(_digits(plain, at, 1) * weight for at, weight in enumerate(_WEIGHTS))
    is_cpr = plain.str.contains("^[0-9]{10}$") & is_number(plain, REAL_NUMBER)
    return pl.when(is_cpr).then(weighed % 11 == 0)


def _digits(plain: pl.Expr, at: int, size: int) -> pl.Expr:
    return plain.str.slice(at, size).cast(pl.Int32, strict=False)
