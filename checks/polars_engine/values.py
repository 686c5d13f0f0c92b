"""A column as the checks see it, and a check's arguments in the column's own type.

NaN reads as missing, in every check: as in Great Expectations' pandas engine, and because a NaN that counts as a
number passes every lower bound. Infinity is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

import polars as pl

from .errors import UnreadableConditionError


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
    if dtype == pl.Time:
        return time.fromisoformat(given)
    moment = datetime.fromisoformat(given)
    return moment.date() if dtype == pl.Date and moment == datetime.combine(moment, time()) else moment


def members(given: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """A set of arguments as values of the column's type. What the type cannot hold (1.5 among whole numbers, noon among
    dates) is no member; missing is never a member. A set of another kind (text among numbers) is left as it is: Polars
    refuses to compare it, and the check is an error."""
    found = [literal(each, dtype) for each in given if each is not None]
    if dtype in (pl.Date, pl.Datetime):
        found = [datetime.combine(each, time()) if type(each) is date else each for each in found]
    if dtype == pl.Null or not found:
        return pl.Series(found[:0], dtype=dtype)
    listed = pl.Series(found, strict=not all(type(each) in (int, float) for each in found))
    if _kind(dtype) != _kind(listed.dtype):
        return listed
    if isinstance(dtype, pl.Enum):
        return listed.filter(listed.is_in(dtype.categories)).cast(dtype)
    held = listed.cast(dtype, strict=False)
    return held.filter((held.cast(listed.dtype) == listed).fill_null(False))


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "number"
    if dtype in (pl.Date, pl.Datetime):
        return "moment"
    return "text" if dtype in (pl.String, pl.Enum, pl.Categorical) else str(dtype.base_type())


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
