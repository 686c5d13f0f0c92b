"""Comparisons in the words of the claims. A missing date cannot be judged: the result is null and does not fail."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

DAYS_OF_A_YEAR = 365.25


def later(one: str, than: str, by_days: int = 0) -> pl.Expr:
    """The day in one column lies more than so many days after the one in the other."""
    return days_between(than, one) > by_days


def days_between(first: str, last: str) -> pl.Expr:
    """Days from one to the other, negative when they are in the wrong order."""
    return (pl.col(last) - pl.col(first)).dt.total_days()


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """True where one of them is; null only where none of them can be judged, so that one empty field hides nothing."""
    return pl.max_horizontal(list(conditions))


def years_between(first: str, last: str) -> pl.Expr:
    """The same in years of 365.25 days."""
    return days_between(first, last) / DAYS_OF_A_YEAR
