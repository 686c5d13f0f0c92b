"""PostgreSQL by ADBC: one transaction that may not write, pages of some megabytes, every value cast to text there.

Arrow cannot carry all of PostgreSQL's values: an interval ends the process, and `infinity` becomes another date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import polars as pl

from pipelines.sources.declarations import Form
from pipelines.sources.forms.question import asking, connecting, reading

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Cursor

PAGE_BYTES = 1 << 22
PATIENCE = "connect_timeout=30&keepalives_idle=60&keepalives_interval=10&keepalives_count=6"
"""A server that is silent for two minutes is gone. What the connection string says itself comes after it and counts."""

SETTINGS = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL DateStyle TO 'ISO'",
    "SET LOCAL TimeZone TO 'Europe/Copenhagen'",
    "SET LOCAL bytea_output TO 'hex'",
)
"""For one PostgreSQL transaction. A moment with a time zone is told by the Danish clock."""


@contextmanager
def _cursor(url: str, form: Form) -> Iterator[Cursor]:
    """A cursor in a transaction that may not write."""
    from adbc_driver_postgresql import StatementOptions, dbapi  # slow to load, and most deliveries are files

    base, _, own = url.partition("?")
    with connecting(form):
        connection = dbapi.connect("&".join(part for part in (f"{base}?{PATIENCE}", own) if part))
    with reading(form), connection, connection.cursor() as cursor:
        with asking(form):
            for setting in SETTINGS:
                cursor.execute(setting)
            cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(PAGE_BYTES)})
        yield cursor


def heading(url: str, query: str, form: Form) -> list[str]:
    """The names of the query's columns; nothing is run for it."""
    with _cursor(url, form) as cursor, asking(form):
        return list(cursor.adbc_execute_schema(_selected("*", query)).names)


def pages(url: str, query: str, columns: Sequence[str], form: Form) -> Iterator[pl.DataFrame]:
    """These columns, cast by the server."""
    texts = ", ".join(f"{name}::text AS {name}" for name in map(_quoted, columns))
    with _cursor(url, form) as cursor:
        with asking(form):
            cursor.execute(_selected(texts, query))
            pages = cursor.fetch_record_batch()
            page = next(pages, None)
        while page is not None:
            with reading(form):
                rows = cast("pl.DataFrame", pl.from_arrow(page))
            yield rows
            with reading(form):
                page = next(pages, None)


def _selected(what: str, query: str) -> str:
    """The query stands alone on its lines; what may change data cannot stand inside another SELECT."""
    return f"SELECT {what} FROM (\n{query}\n) AS delivered"  # noqa: S608 - the query is the source's own


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
