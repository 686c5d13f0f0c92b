"""The as-of view: what was known on a day. Rows known later are not there; later knowledge inside a row is null."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.definitions.contract import Table
from pipelines.definitions.tables import table_named
from pipelines.records import Records


def as_of_view(records: Records, as_of: date) -> Records:
    """All tables as they were known on `as_of` (that day included)."""
    return records.each(lambda name, rows: known_on(rows, table_named(name), as_of))


def known_on(rows: pl.LazyFrame, table: Table, as_of: date) -> pl.LazyFrame:
    """One table's rows known on `as_of`. A null knowledge date keeps the row."""
    known_late = (pl.col(table.known_by) > as_of).fill_null(value=False)
    rows = rows.filter(~known_late)
    if table.name == "pregnancies":
        rows = rows.with_columns(*asked_known_on(as_of), outcome_known_on(as_of))
    if table.name == "support_records":
        rows = rows.with_columns(*exposure_status_known_on(as_of))
    return rows.with_columns(null_when_later(column, as_of) for column in table.learned_later)


def null_when_later(column: str, as_of: date) -> pl.Expr:
    """A date after `as_of` is not known yet."""
    return pl.when(pl.col(column) <= as_of).then(pl.col(column)).alias(column)


def asked_known_on(as_of: date) -> list[pl.Expr]:
    """An `asked_date` after `as_of` turns it and both asked flags to null; without a date the flags stand."""
    later = (pl.col("asked_date") > as_of).fill_null(value=False)
    return [pl.when(~later).then(pl.col(c)).alias(c) for c in ("asked_date", "alcohol_asked", "substances_asked")]


def outcome_known_on(as_of: date) -> pl.Expr:
    """The outcome is `unknown` while the pregnancy's end lies after `as_of`."""
    later = (pl.col("end_date") > as_of).fill_null(value=False)
    return pl.when(later).then(pl.lit("unknown")).otherwise(pl.col("outcome")).alias("outcome")


def exposure_status_known_on(as_of: date) -> list[pl.Expr]:
    """A status set after `as_of` reads `not_recorded` without a date; an undated one cannot be turned back."""
    later = (pl.col("exposure_recorded_date") > as_of).fill_null(value=False)
    status = pl.when(later).then(pl.lit("not_recorded")).otherwise(pl.col("exposure_status"))
    return [status.alias("exposure_status"), null_when_later("exposure_recorded_date", as_of)]
