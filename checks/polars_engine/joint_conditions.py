"""Several columns of one row: "this row is unexpected". A comparison that a missing value leaves open is unexpected
among the rows that count; which rows those are is said by `ignore_row_if`."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import combinations
from typing import Any

import polars as pl

from .domain import Domain
from .duplicates import Repeated
from .named_rules import rule_named
from .values import fits, members


def pair_equal(domain: Domain) -> pl.Expr:
    """The two differ, or one is missing."""
    first, second = domain.values
    return (first != second).fill_null(True)


def pair_a_greater_than_b(domain: Domain, or_equal: bool | None = False) -> pl.Expr:
    """The first is not the greater, or one is missing."""
    first, second = domain.values
    return (first < second if or_equal else first <= second).fill_null(True)


def pair_in_set(domain: Domain, value_pairs_set: Iterable[Sequence[Any]] | None) -> pl.Expr:
    """A missing value matches None in a pair."""
    if value_pairs_set is None:
        return pl.lit(False)
    dtypes = [domain.schema[each] for each in domain.columns]
    pairs = list(value_pairs_set)
    for place, dtype in enumerate(dtypes):
        members((pair[place] for pair in pairs), dtype)  # a set meant for another column is an error
    within = [_is(domain.values[0], a, dtypes[0]) & _is(domain.values[1], b, dtypes[1]) for a, b in pairs]
    return ~reduce(operator.or_, within, pl.lit(False))


def _is(value: pl.Expr, given: Any, dtype: pl.DataType) -> pl.Expr:
    if given is None:
        return value.is_null()
    if not fits(given, dtype):
        return pl.lit(False)
    return value.is_in(members([given], dtype).implode()).fill_null(False)


def compound_unique(domain: Domain) -> Repeated:
    """Every row whose combination occurs twice among the rows that count; missing is equal to missing."""
    together = pl.struct(value.alias(name) for name, value in zip(domain.columns, domain.values, strict=True))
    kept = pl.lit(True) if domain.kept is None else domain.kept.fill_null(False)
    among = together if domain.kept is None else pl.struct(together.alias("values"), kept.alias("kept"))
    return Repeated(among, kept, is_dear=True)


def sum_equals(domain: Domain, sum_total: float) -> pl.Expr:
    """Another sum, or none because a value is missing."""
    return (pl.sum_horizontal(domain.values, ignore_nulls=False) != sum_total).fill_null(True)


def all_equal(domain: Domain) -> pl.Expr:
    """One differs from the first; missing equals missing."""
    first, *others = domain.values
    return reduce(operator.or_, [first.ne_missing(each) for each in others], pl.lit(False))


def unique_within_record(domain: Domain) -> pl.Expr:
    """Two missing values are two of the same."""
    return reduce(operator.or_, [a.eq_missing(b) for a, b in combinations(domain.values, 2)], pl.lit(False))


def rule_kept(_domain: Domain, rule: str) -> pl.Expr:
    """As it was written: true is unexpected, null keeps the rule."""
    return rule_named(rule).unexpected
