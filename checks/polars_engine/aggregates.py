"""One figure per column or table: an expression that goes into the one pass, and what is made of its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # no stubs
import polars as pl

from .column_conditions import outside
from .domain import Domain
from .errors import UnreadableConditionError
from .values import literal, members

SHOWN = 20


@dataclass(frozen=True)
class Aggregate:
    """`finish` makes the metric's value of the figure that the pass gives."""

    expression: pl.Expr
    finish: Callable[[Any], Any] = lambda figure: figure


def row_count(domain: Domain) -> Aggregate:
    """Rows that count."""
    return Aggregate(domain.row_count())


def smallest(domain: Domain) -> Aggregate:
    """Of values that are there; of none, nothing."""
    return Aggregate(domain.among(domain.value).min())


def largest(domain: Domain) -> Aggregate:
    """Of values that are there; of none, nothing."""
    return Aggregate(domain.among(domain.value).max())


def mean(domain: Domain) -> Aggregate:
    """Of values that are there."""
    return Aggregate(domain.numbers().mean())


def median(domain: Domain) -> Aggregate:
    """Half-way between the two in the middle."""
    return Aggregate(domain.numbers().median())


def total(domain: Domain) -> Aggregate:
    """Of no values: 0."""
    return Aggregate(domain.numbers().sum())


def standard_deviation(domain: Domain) -> Aggregate:
    """Of a sample (n - 1); none for fewer than two values."""
    return Aggregate(domain.numbers().std())


def non_null_count(domain: Domain) -> Aggregate:
    """Values that are there; numpy's number, because GX divides by it where there are none."""
    return Aggregate(_present(domain).count(), np.int64)


def null_count(domain: Domain) -> Aggregate:
    """Missing values among the rows that count."""
    return Aggregate(domain.only(domain.value.is_null()).sum())


def non_null_proportion(domain: Domain) -> Aggregate:
    """Of no rows: 0."""
    return Aggregate(_share(_present(domain).count(), domain.row_count()), _or_zero)


def distinct_count(domain: Domain) -> Aggregate:
    """Distinct values; missing is none."""
    return Aggregate(_present(domain).drop_nulls().n_unique())


def unique_proportion(domain: Domain) -> Aggregate:
    """Distinct values among the values that are there."""
    present = _present(domain)
    return Aggregate(_share(present.drop_nulls().n_unique(), present.count()), _or_zero)


def most_common(domain: Domain) -> Aggregate:
    """All values of the highest count, in order: ties are told."""
    return Aggregate(_present(domain).drop_nulls().mode().sort().implode(), list)


def quantiles(
    domain: Domain, quantiles: Sequence[float], allow_relative_error: str | bool | None = "nearest"
) -> Aggregate:
    """`allow_relative_error` names the interpolation, as in the pandas engine."""
    how = allow_relative_error or "nearest"
    if how not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise UnreadableConditionError(
            "allow_relative_error must name an interpolation: linear, lower, higher, midpoint, nearest"
        )
    numbers = domain.numbers()
    return Aggregate(pl.concat_list([numbers.quantile(each, how) for each in quantiles]), list)


def distinct_outside_set_count(domain: Domain, value_set: Iterable[Any]) -> Aggregate:
    """Distinct values that are no members."""
    return Aggregate(_outside_set(domain, value_set).n_unique())


def distinct_outside_set(domain: Domain, value_set: Iterable[Any], limit: int | None = None) -> Aggregate:
    """The first of them, in order."""
    listed = _outside_set(domain, value_set).unique().sort().head(limit or SHOWN)
    return Aggregate(listed.implode(), list)


def absent_from_column_count(domain: Domain, value_set: Iterable[Any]) -> Aggregate:
    """Members that the column never has."""
    given = _distinct(value_set, domain)
    return Aggregate(_seen(domain, given).n_unique(), lambda seen: len(given) - seen)


def absent_from_column(domain: Domain, value_set: Iterable[Any], limit: int | None = None) -> Aggregate:
    """The first of them, in the order given."""
    given = _distinct(value_set, domain)
    return Aggregate(
        _seen(domain, given).unique().implode(),
        lambda seen: [each for each in given if each not in set(seen)][: limit or SHOWN],
    )


def value_counts(domain: Domain, sort: str = "value", collate: str | None = None) -> Aggregate:
    """A pandas Series (GX computes with it), in order of value whatever `sort` says; no collation."""
    if sort != "value" or collate is not None:
        raise UnreadableConditionError("values are counted in order of value, without a collation")
    counted = _present(domain).drop_nulls().value_counts(name="number of rows").sort().implode()
    return Aggregate(counted, _as_pandas)


def histogram(domain: Domain, bins: Sequence[float]) -> Aggregate:
    """Each bin without its upper end, the last with it."""
    numbers, last = domain.numbers(), len(bins) - 2
    each = [
        numbers.is_between(bins[i], bins[i + 1], closed="both" if i == last else "left").sum() for i in range(last + 1)
    ]
    return Aggregate(pl.concat_list(each), list)


def between_count(
    domain: Domain,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool | None = False,
    strict_max: bool | None = False,
) -> Aggregate:
    """Both ends belong unless they are strict."""
    lower, upper = literal(min_value, domain.dtype), literal(max_value, domain.dtype)
    beyond = outside(domain.value, lower, upper, strict_min=bool(strict_min), strict_max=bool(strict_max))
    return Aggregate(domain.only(~beyond).sum())


def _present(domain: Domain) -> pl.Expr:
    return domain.among(domain.value)


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return part / whole


def _or_zero(share: float | None) -> float:
    return 0 if share is None or isnan(share) else share


def _outside_set(domain: Domain, value_set: Iterable[Any]) -> pl.Expr:
    value = _present(domain)
    return value.filter(~value.is_in(members(value_set, domain.dtype).implode()))


def _distinct(value_set: Iterable[Any], domain: Domain) -> list[Any]:
    return list(dict.fromkeys(literal(each, domain.dtype) for each in value_set))


def _seen(domain: Domain, given: list[Any]) -> pl.Expr:
    value = _present(domain)
    return value.filter(value.is_in(members(given, domain.dtype).implode()))


def _as_pandas(counted: Sequence[dict[str, Any]]) -> Any:
    rows = [tuple(each.values()) for each in counted]
    series = pd.Series([count for _, count in rows], index=[each for each, _ in rows], name="count", dtype="int64")
    series.index.name = "value"
    return series
