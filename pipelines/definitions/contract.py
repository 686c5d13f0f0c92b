"""The words in which a canonical table is declared: columns with type, need, enumeration, reference and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Identifier = Literal["person", "pregnancy"]
Reference = Literal["pregnancies", "children", "municipalities", "services"]

EARLIEST_DATE = "1900-01-01"
LATEST_DATE = "2199-12-31"
"""A date outside these is a typing error (year 23) or a sentinel (year 9999), not a day: it breaks the type."""

SOURCE = "_source"
ROW = "_row"
IDENTITY_FAULT = "_identity_fault_"
"""Columns that a source gives beside the contract's: file name, row number in that file (the first is 1), and for each
person column why a number could not become a pseudonym."""


@dataclass(frozen=True)
class Column:
    """One column. `optional` means that null is allowed and is read as unknown."""

    name: str
    dtype: pl.DataType
    meaning_da: str
    meaning_en: str
    optional: bool = False
    allowed: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    references: Reference | None = None
    identifier: Identifier | None = None

    @property
    def type_name(self) -> str:
        """The type in the contract's words."""
        return {pl.String: "str", pl.Date: "date", pl.Boolean: "bool", pl.Int64: "int", pl.Float64: "float"}[
            type(self.dtype)
        ]


@dataclass(frozen=True)
class Table:
    """One canonical table.

    `known_by` is the knowledge date of a row (null: known always); `learned_later` are dates inside the row that become
    null while they lie after the as-of date.
    """

    name: str
    title_da: str
    title_en: str
    row_da: str
    row_en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    known_by: str
    learned_later: tuple[str, ...] = ()
    at_least_one_of: tuple[str, ...] = ()
    ends_after: tuple[str, str] | None = None
    pair_in_schedule: tuple[str, str] | None = None

    @property
    def column_names(self) -> list[str]:
        """Names in the order of the contract."""
        return [column.name for column in self.columns]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Names and Polars types as in a file (identifiers are text)."""
        return {column.name: column.dtype for column in self.columns}

    def column(self, name: str) -> Column:
        """The declared column of that name."""
        return next(column for column in self.columns if column.name == name)


def text(name: str, meaning_da: str, meaning_en: str, *, optional: bool = False) -> Column:
    """Free of any list; never empty."""
    return Column(name, pl.String(), meaning_da, meaning_en, optional)


def event(name: str, meaning_da: str, meaning_en: str) -> Column:
    """The key of an event: the sender's own, kept as text."""
    return Column(name, pl.String(), meaning_da, meaning_en)


def person(
    name: str, meaning_da: str, meaning_en: str, *, references: Reference | None = None, optional: bool = False
) -> Column:
    """A person's pseudonym."""
    return Column(name, pl.String(), meaning_da, meaning_en, optional, references=references, identifier="person")


def pregnancy(
    name: str, meaning_da: str, meaning_en: str, *, references: Reference | None = None, optional: bool = False
) -> Column:
    """A pregnancy's id."""
    return Column(name, pl.String(), meaning_da, meaning_en, optional, references=references, identifier="pregnancy")


def code(name: str, meaning_da: str, meaning_en: str, *, references: Reference, optional: bool = False) -> Column:
    """A code that a reference file lists."""
    return Column(name, pl.String(), meaning_da, meaning_en, optional, references=references)


def one_of(name: str, allowed: tuple[str, ...], meaning_da: str, meaning_en: str, *, optional: bool = False) -> Column:
    """A value of a closed list."""
    return Column(name, pl.String(), meaning_da, meaning_en, optional, allowed=allowed)


def date(name: str, meaning_da: str, meaning_en: str, *, optional: bool = False) -> Column:
    """A calendar date."""
    return Column(name, pl.Date(), meaning_da, meaning_en, optional)


def flag(name: str, meaning_da: str, meaning_en: str, *, optional: bool = False) -> Column:
    """True, false, or null for unknown."""
    return Column(name, pl.Boolean(), meaning_da, meaning_en, optional)


def number(name: str, meaning_da: str, meaning_en: str, *, optional: bool = False) -> Column:
    """A finite decimal number."""
    return Column(name, pl.Float64(), meaning_da, meaning_en, optional)


def whole_number(
    name: str, meaning_da: str, meaning_en: str, *, lowest: int | None = None, highest: int | None = None
) -> Column:
    """A whole number, optional, within bounds where the contract gives them (both included)."""
    return Column(name, pl.Int64(), meaning_da, meaning_en, True, lowest=lowest, highest=highest)
