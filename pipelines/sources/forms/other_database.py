"""Any database that SQLAlchemy has a driver for: streamed, read only where it knows how, every value as text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.sources.declarations import Form
from pipelines.sources.forms.question import asking, connecting, reading, refusing

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

PAGE_ROWS = 50_000
DANISH_CLOCK = ZoneInfo("Europe/Copenhagen")
READ_ONLY = dict.fromkeys(("postgresql", "mysql", "mariadb", "oracle"), "SET TRANSACTION READ ONLY")
AS_TEXT: Mapping[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    float: lambda value: repr(value).removesuffix(".0"),
    Decimal: lambda value: f"{value:f}",
    datetime: lambda value: (value.astimezone(DANISH_CLOCK) if value.tzinfo else value).isoformat(" "),
    bytes: lambda value: "\\x" + value.hex(),
}


@contextmanager
def _connection(url: str, form: Form) -> Iterator[Connection]:
    """Without a commit at its end; read only where the database knows how."""
    import sqlalchemy  # slow to load, and most deliveries are files

    logging.getLogger("sqlalchemy.pool").setLevel(
        logging.CRITICAL
    )  # it would write out what a driver says when it falls
    to_do = "Check its form (postgresql://..., mssql+pyodbc://...) and install the Python driver that it names."
    with refusing("There is no driver for the connection string", form, to_do):
        engine = sqlalchemy.create_engine(_as_it_is(sqlalchemy.make_url(url)), poolclass=sqlalchemy.NullPool)
    with connecting(form):
        connection = engine.connect()
    with reading(form), connection:
        with asking(form):
            setting = READ_ONLY.get(engine.dialect.name)
            if setting:
                connection.exec_driver_sql(setting)
        yield connection.execution_options(stream_results=True, no_parameters=True, max_row_buffer=PAGE_ROWS)


def _as_it_is(url: URL) -> URL:
    """SQLite makes the file that is not there, unless it is told only to read."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith(":"):
        return url
    is_address = url.database.startswith("file:")
    file = url.database.partition("?")[0] if is_address else Path(url.database).absolute().as_uri()
    return url.set(database=file, query={**url.query, "mode": "ro", "uri": "true"})


def heading(url: str, query: str, form: Form) -> list[str]:
    """The names of the query's columns, as far as the database tells them before any row is fetched."""
    with _connection(url, form) as connection, asking(form), connection.exec_driver_sql(query) as result:
        return list(result.keys())


def pages(url: str, query: str, columns: Sequence[str], form: Form) -> Iterator[pl.DataFrame]:
    """The query is asked as it stands (no two databases nest and quote alike); values become text here."""
    with _connection(url, form) as connection:
        with asking(form):
            result = connection.exec_driver_sql(query)
            pages = result.columns(*map(list(result.keys()).index, columns)).partitions(PAGE_ROWS)
            page = next(pages, None)
        while page is not None:
            with reading(form):
                values = zip(columns, zip(*page, strict=True), strict=True)
                rows = pl.DataFrame({name: [_text(value) for value in own] for name, own in values})
            yield rows.cast(pl.String)
            with reading(form):
                page = next(pages, None)


def _text(value: object) -> str | None:
    """As PostgreSQL writes it."""
    return None if value is None else AS_TEXT.get(type(value), str)(value)
