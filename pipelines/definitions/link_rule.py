"""When the dates of a pregnancy fit a birth: one rule, for canonical tables and for sources that are being read."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.reference import Reference


def dates_fit_the_birth(reference: Reference) -> pl.Expr:
    """The pregnancy ended within some days of the birth; without an end, the birth fits its due date. Ends included.

    Reads `birth_date`, `due_date` and `end_date` of one row; dates that are not there fit nothing.
    """
    birth, due, end = pl.col("birth_date"), pl.col("due_date"), pl.col("end_date")
    near_the_end = (birth - end).dt.total_days().abs() <= reference.days_of("link_end_days")
    earliest = due - pl.duration(days=reference.days_of("gestation_default_days"))
    latest = due + pl.duration(days=reference.days_of("link_after_due_days"))
    by_dates = pl.when(end.is_not_null()).then(near_the_end).otherwise(birth.is_between(earliest, latest))
    return by_dates.fill_null(value=False)
