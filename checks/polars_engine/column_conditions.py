"""One column, row by row: each function gives "this row is unexpected". Null is never unexpected: a missing value is
not judged, unless the check is about missing values."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

import polars as pl

from .domain import Domain
from .duplicates import Repeated
from .errors import UnreadableConditionError
from .values import literal, members


def null(domain: Domain) -> pl.Expr:
    """A value is there."""
    return domain.value.is_not_null()


def not_null(domain: Domain) -> pl.Expr:
    """No value is there."""
    return domain.value.is_null()


def in_set(domain: Domain, value_set: Iterable[Any] | None) -> pl.Expr:
    """No set: nothing is unexpected, as Great Expectations has it."""
    if value_set is None:
        return pl.lit(False)
    return ~domain.value.is_in(members(value_set, domain.dtype).implode())


def not_in_set(domain: Domain, value_set: Iterable[Any] | None) -> pl.Expr:
    """A member of the set; no set, no members."""
    if value_set is None:
        return pl.lit(False)
    return domain.value.is_in(members(value_set, domain.dtype).implode())


def between(
    domain: Domain,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> pl.Expr:
    """Both ends belong to the interval unless they are strict."""
    lower, upper = literal(min_value, domain.dtype), literal(max_value, domain.dtype)
    return outside(domain.value, lower, upper, strict_min=strict_min, strict_max=strict_max)


def outside(value: pl.Expr, lower: Any, upper: Any, *, strict_min: bool, strict_max: bool) -> pl.Expr:
    """True beyond one of the ends that are given."""
    if lower is None and upper is None:
        raise UnreadableConditionError("min_value and max_value cannot both be missing")
    if lower is not None and upper is not None and lower > upper:
        raise UnreadableConditionError("min_value cannot be greater than max_value")
    beyond = list[pl.Expr]()
    if lower is not None:
        beyond.append(value <= lower if strict_min else value < lower)
    if upper is not None:
        beyond.append(value >= upper if strict_max else value > upper)
    return reduce(operator.or_, beyond)


def unique(domain: Domain) -> Repeated:
    """Every row of a value that occurs twice among the rows that count."""
    value = domain.among(domain.value)
    return Repeated(value, value.is_not_null(), is_dear=domain.dtype == pl.String)


def increasing(domain: Domain, strictly: bool | None = False) -> pl.Expr:
    """Against the last value before it that is there; the first has none and passes."""
    value, before = _with_last(domain)
    return value <= before if strictly else value < before


def decreasing(domain: Domain, strictly: bool | None = False) -> pl.Expr:
    """As `increasing`, the other way."""
    value, before = _with_last(domain)
    return value >= before if strictly else value > before


def _with_last(domain: Domain) -> tuple[pl.Expr, pl.Expr]:
    value = domain.among(domain.value)
    return value, value.forward_fill().shift(1)


def z_score(domain: Domain, threshold: float, double_sided: bool = True) -> pl.Expr:
    """Sample standard deviation. Where there is none (fewer than two values, all alike) nothing is unexpected."""
    value = domain.numbers()
    score = (value - value.mean()) / value.std()
    score = score.fill_nan(None)
    return score.abs() >= abs(threshold) if double_sided else score >= threshold


def outliers(domain: Domain, method: str = "iqr", multiplier: float = 1.5) -> pl.Expr:
    """`iqr`: beyond the quartiles by that many interquartile ranges; `std`: at least that many sample standard
    deviations from the mean. Without spread, only what differs from the centre."""
    value = domain.numbers()
    if method == "iqr":
        first, third = value.quantile(0.25, "linear"), value.quantile(0.75, "linear")
        reach = (third - first) * multiplier
        return (value < first - reach) | (value > third + reach)
    if method == "std":
        reach, centre = value.std() * multiplier, value.mean()
        return pl.when(reach <= 0).then(value != centre).otherwise((value - centre).abs() >= reach)
    raise UnreadableConditionError(f'method "{method}" is not known')
