"""The rows and columns that a check is about. Nothing is filtered: the rows that count are an expression."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import polars as pl

from .errors import UnreadableConditionError
from .row_conditions import row_condition
from .values import numbers, text, value

IGNORED_WHEN_ALL = ("both_values_are_missing", "all_values_are_missing")
IGNORED_WHEN_ANY = ("either_value_is_missing", "any_value_is_missing")
NEVER_IGNORED = ("neither", "never")


@dataclass(frozen=True)
class Domain:
    """Columns of one check, and `kept`: true for the rows that it is about (None: all rows)."""

    schema: pl.Schema
    columns: tuple[str, ...]
    kept: pl.Expr | None
    kind: Literal["table", "column", "pair", "list"] = "table"

    @property
    def column(self) -> str:
        """Of a check of one column."""
        return self.columns[0]

    @property
    def dtype(self) -> pl.DataType:
        """Of a check of one column."""
        return self.schema[self.column]

    @property
    def value(self) -> pl.Expr:
        """NaN read as missing."""
        return value(self.column, self.schema)

    @property
    def text(self) -> pl.Expr:
        """An error where it is not text."""
        return text(self.column, self.schema)

    @property
    def values(self) -> list[pl.Expr]:
        """NaN read as missing, in the order of the check."""
        return [value(each, self.schema) for each in self.columns]

    def among(self, expression: pl.Expr) -> pl.Expr:
        """Missing outside the rows that count: for everything that looks at other rows (mean, duplicates, order)."""
        return expression if self.kept is None else pl.when(self.kept).then(expression)

    def numbers(self) -> pl.Expr:
        """An error where it holds none; missing outside the rows that count."""
        return self.among(numbers(self.column, self.schema))

    def only(self, unexpected: pl.Expr) -> pl.Expr:
        """Never true outside the rows that count."""
        return unexpected if self.kept is None else unexpected & self.kept

    def row_count(self) -> pl.Expr:
        """Rows that count."""
        return pl.len() if self.kept is None else self.kept.sum()


def domain_of(kwargs: Mapping[str, Any], schema: pl.Schema) -> Domain:
    """From the domain part of a metric: `column`, `column_A` and `column_B`, or `column_list`; or the table."""
    kind, columns = _columns(kwargs)
    values = [value(each, schema) for each in columns]
    rules = _not_ignored(kwargs.get("ignore_row_if"), values)
    if kwargs.get("row_condition"):
        rules.append(row_condition(kwargs["row_condition"], schema, kwargs.get("condition_parser")))
    return Domain(schema, columns, reduce(operator.and_, rules) if rules else None, kind)


def _columns(kwargs: Mapping[str, Any]) -> tuple[Literal["table", "column", "pair", "list"], tuple[str, ...]]:
    if kwargs.get("column_list"):
        return "list", tuple(kwargs["column_list"])
    if kwargs.get("column_A"):
        return "pair", (kwargs["column_A"], kwargs["column_B"])
    return ("column", (kwargs["column"],)) if kwargs.get("column") else ("table", ())


def _not_ignored(rule: str | None, values: list[pl.Expr]) -> list[pl.Expr]:
    present = [each.is_not_null() for each in values]
    if rule is None or rule in NEVER_IGNORED:
        return []
    if rule in IGNORED_WHEN_ALL:
        return [pl.any_horizontal(present)]
    if rule in IGNORED_WHEN_ANY:
        return [pl.all_horizontal(present)]
    raise UnreadableConditionError(f'ignore_row_if cannot be "{rule}"')
