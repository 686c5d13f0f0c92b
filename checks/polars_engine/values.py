"""A column as the checks see it, and a check's arguments in the column's own type.

NaN reads as missing, in every check: as in Great Expectations' pandas engine, and because a NaN that counts as a
number passes every lower bound. Infinity is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from numbers import Real
from typing import Any

import polars as pl

from .errors import UnreadableConditionError

LARGEST_WHOLE = range(-(2**127), 2**127)
"""No type of whole numbers holds more."""


def value(column: str, schema: pl.Schema) -> pl.Expr:
    """The column with NaN read as missing. A column that the table lacks is an error that names those it has."""
    if column not in schema:
        raise UnreadableConditionError(f'the table has no column "{column}"; it has: {", ".join(schema)}')
    return pl.col(column).fill_nan(None) if schema[column].is_float() else pl.col(column)


def numbers(column: str, schema: pl.Schema) -> pl.Expr:
    """The column where only a number makes sense; booleans count as 0 and 1, as they do in pandas."""
    found = value(column, schema)
    if not (schema[column].is_numeric() or schema[column] == pl.Boolean):
        raise UnreadableConditionError(f'"{column}" must hold numbers; it holds {schema[column]}')
    return found


def text(column: str, schema: pl.Schema) -> pl.Expr:
    """The column where only text makes sense: String, Enum and Categorical."""
    found = value(column, schema)
    if schema[column] == pl.Null:
        return found.cast(pl.String)
    if schema[column] not in (pl.String, pl.Enum, pl.Categorical):
        raise UnreadableConditionError(f'"{column}" must hold text; it holds {schema[column]}')
    return found if schema[column] == pl.String else found.cast(pl.String)


def literal(given: Any, dtype: pl.DataType) -> Any:
    """One argument of a check in the column's type: ISO text becomes a date or moment where the column holds those
    (a suite read from JSON has no dates)."""
    if not isinstance(given, str) or not dtype.is_temporal():
        return given
    try:
        if dtype == pl.Time:
            return time.fromisoformat(given)
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UnreadableConditionError(f'"{given}" is no day or time; the column holds {dtype}') from None
    return moment.date() if dtype == pl.Date and moment == datetime.combine(moment, time()) else moment


def members(given: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """A set of arguments as values of the column's type. What the type cannot hold (1.5 among whole numbers, noon among
    dates, a word among numbers) is no member; missing is never a member; True is 1 and False is 0, as in Python. Where
    not one is of the column's kind, the set was meant for another column: an error."""
    there = [each for each in given if each is not None]
    fitting = [each for each in there if fits(each, dtype)]
    if there and not fitting and dtype != pl.Null:
        raise UnreadableConditionError(f"the column holds {dtype}; nothing in the set is of that kind")
    if dtype == pl.Null or not fitting:
        return pl.Series([], dtype=dtype)
    if dtype.is_integer() or dtype == pl.Boolean:
        whole = [int(each) for each in fitting if isfinite(each) and each == int(each)]
        return _held(pl.Series([each for each in whole if each in LARGEST_WHOLE], dtype=pl.Int128), dtype)
    if dtype.is_float():
        return pl.Series([float(each) for each in fitting], dtype=dtype)
    if isinstance(dtype, pl.Enum):
        return pl.Series([each for each in fitting if each in dtype.categories], dtype=dtype)
    found = [literal(each, dtype) for each in fitting]
    if dtype in (pl.Date, pl.Datetime):
        found = [datetime.combine(each, time()) if type(each) is date else each for each in found]
    return _held(pl.Series(found), dtype)


def fits(given: Any, dtype: pl.DataType) -> bool:
    """One argument is of the column's kind: a number, a word, a day or moment. Other types take everything."""
    if dtype.is_numeric() or dtype == pl.Boolean:
        return isinstance(given, Real | Decimal)
    if dtype in (pl.String, pl.Enum, pl.Categorical):
        return isinstance(given, str)
    if dtype not in (pl.Date, pl.Datetime):
        return True
    try:
        return isinstance(literal(given, dtype), date)
    except UnreadableConditionError:
        return False


def _held(listed: pl.Series, dtype: pl.DataType) -> pl.Series:
    held = listed.cast(dtype, strict=False)
    return held.filter((held.cast(listed.dtype) == listed).fill_null(False))


def by_distinct_value(judge: Callable[[Any], bool]) -> Callable[[pl.Series], pl.Series]:
    """A plain function's answer for each row, asked once per distinct value: for what Polars itself cannot judge
    (JSON, dates in free text). Missing values stay missing."""

    def answers(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        judged = pl.Series([judge(each) for each in distinct], dtype=pl.Boolean)
        if distinct.is_empty():
            return pl.repeat(None, column.len(), dtype=pl.Boolean, eager=True)
        return column.replace_strict(distinct, judged, default=None, return_dtype=pl.Boolean)

    return answers
