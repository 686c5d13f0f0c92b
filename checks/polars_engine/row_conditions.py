"""Great Expectations' row conditions as expressions. A row whose condition is unknown (null) is not among the rows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import polars as pl
from great_expectations.expectations.legacy_row_conditions import parse_great_expectations_condition
from great_expectations.expectations.row_conditions import (
    AndCondition,
    Column,
    ComparisonCondition,
    Condition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)

from .errors import UnreadableConditionError
from .values import literal, members, value

COMPARISONS: Mapping[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS_THAN: operator.lt,
    Operator.LESS_THAN_OR_EQUAL: operator.le,
    Operator.GREATER_THAN: operator.gt,
    Operator.GREATER_THAN_OR_EQUAL: operator.ge,
}
PARSERS = ("great_expectations", "great_expectations__experimental__")


def row_condition(given: Any, schema: pl.Schema, parser: str | None = None) -> pl.Expr:
    """A condition object, its dictionary (a suite read from JSON) or the older text `col("a") > 3`.

    The text of another engine's query language (pandas, Spark) is refused: it would have to be evaluated.
    """
    condition = deserialize_row_condition(given) if not isinstance(given, str) else _of_text(given, parser)
    if isinstance(condition, AndCondition):
        return reduce(operator.and_, [row_condition(each, schema) for each in condition.conditions])
    if isinstance(condition, OrCondition):
        return reduce(operator.or_, [row_condition(each, schema) for each in condition.conditions])
    if isinstance(condition, NullityCondition):
        found = value(condition.column.name, schema)
        return found.is_null() if condition.is_null else found.is_not_null()
    if isinstance(condition, ComparisonCondition):
        return _comparison(condition, schema)
    raise UnreadableConditionError(
        "a row_condition in the query text of another engine cannot be read; "
        'write it with great_expectations.expectations.conditions.Column, as in Column("age") > 3'
    )


def _comparison(condition: ComparisonCondition, schema: pl.Schema) -> pl.Expr:
    column, dtype = value(condition.column.name, schema), schema[condition.column.name]
    if condition.operator in {Operator.IN, Operator.NOT_IN}:
        within = column.is_in(members(condition.parameter, dtype).implode())
        return within if condition.operator == Operator.IN else ~within
    return COMPARISONS[condition.operator](column, literal(condition.parameter, dtype))


def _of_text(condition: str, parser: str | None) -> Condition | None:
    """Nothing where the text is in another engine's language."""
    if parser not in PARSERS:
        return None
    parsed: Any = parse_great_expectations_condition(condition)
    column = Column(str(parsed["column"]))
    if "notnull" in parsed:
        return NullityCondition(column=column, is_null=False)
    given = parsed["condition_value"] if "condition_value" in parsed else float(parsed["fnumber"])
    return ComparisonCondition(column=column, operator=Operator(str(parsed["op"])), parameter=given)
