"""Rows as text that any program reads: CSV (RFC 4180) and JSON, in pieces, whatever the size."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.spreadsheet_text import without_formulas

ROWS_AT_A_TIME = 100_000
BETWEEN_MEMBERS = "|"


def write_csv(rows: pl.LazyFrame, file: Path) -> None:
    """UTF-8 without a mark, a heading, commas, decimal points, CRLF; empty is null, a list has bars between names.

    A text that begins like a formula has an apostrophe before it here, and is as it is in JSON.
    """
    ready = rows.with_columns(_lists_as_text()).with_columns(without_formulas())
    ready.sink_csv(file, separator=",", line_terminator="\r\n", quote_style="necessary", include_header=True)


def write_json(rows: pl.LazyFrame, facts: Mapping[str, object], file: Path) -> None:
    """An object of the facts and `rows`: one object a line, with every column, null where there is no value."""
    with file.open("wb") as opened:
        opened.write(json.dumps(facts, ensure_ascii=False)[:-1].encode() + b', "rows": [\n')
        first = True
        for lines in _lines(rows):
            opened.write(lines if first else b",\n" + lines)
            first = False
        opened.write(b"\n]}\n")


def _lines(rows: pl.LazyFrame) -> Iterator[bytes]:
    """JSON objects with a comma and a line's end between them: a text has its own ends of lines escaped."""
    for piece in rows.collect().iter_slices(ROWS_AT_A_TIME):
        buffer = io.BytesIO()
        piece.write_ndjson(buffer)
        if written := buffer.getvalue().rstrip(b"\n"):
            yield written.replace(b"\n", b",\n")


def _lists_as_text() -> pl.Expr:
    """`alcohol|cannabis`; a list that is null stays so."""
    return pl.col(pl.List(pl.String)).list.join(BETWEEN_MEMBERS)
