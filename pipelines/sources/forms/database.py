"""Rows of a query, read only and page by page, every value as text: PostgreSQL by ADBC, any other by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.errors import RefusedDelivery
from pipelines.sources.declarations import Form
from pipelines.sources.forms import other_database, postgresql
from pipelines.sources.forms.question import connection_string, single_select, where_asked

POSTGRESQL = ("postgresql://", "postgres://")
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00(?:\.0+)?(?:[+-]\d{2}(?::\d{2})?)?$"


def heading(form: Form) -> list[str]:
    """The names of the query's columns. RefusedDelivery says what stands in the way."""
    url, query = connection_string(form), single_select(form)
    names = (
        postgresql.heading(url, query, form) if url.startswith(POSTGRESQL) else other_database.heading(url, query, form)
    )
    if len(set(names)) != len(names):
        raise RefusedDelivery(
            "The query gives two columns the same name",
            where=where_asked(form),
            to_do="Give each its own name with AS.",
        )
    return names


def batches(form: Form, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """These columns as text in the query's order, and `_row`. A query without rows gives one empty batch.

    Dates are ISO, a moment at midnight is its day, truth values `true` and `false`, numbers plain. What has no place in
    the contract (`infinity`, intervals) comes as the database writes it, and is judged later.
    """
    url, query = connection_string(form), single_select(form)
    read = postgresql.pages if url.startswith(POSTGRESQL) else other_database.pages
    at = 0
    for page in read(url, query, columns, form):
        days = page.with_columns(pl.all().str.replace(MIDNIGHT, "$1"))
        yield days.with_row_index("_row", offset=at + 1).with_columns(pl.col("_row").cast(pl.Int64))
        at += page.height
    if at == 0:
        yield pl.DataFrame(schema={"_row": pl.Int64()} | dict.fromkeys(columns, pl.String()))
