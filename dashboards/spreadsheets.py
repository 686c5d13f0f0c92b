"""Rows as files for a spreadsheet, with what they are, how they are counted and as of when inside the file."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import polars as pl

from dashboards.language import NO_BREAK
from dashboards.page_record import Facts
from pipelines.spreadsheet_text import without_formulas

COMMENT = "# "
"""What each line about the numbers begins with; readers skip them by this mark."""

AS_WRITTEN = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
"""For a workbook: a key of a sender is neither a formula nor an address that a click opens."""


def as_csv(rows: pl.DataFrame, facts: Facts) -> bytes:
    """First what the rows are, each line behind a `#`; then the rows, with semicolons, decimal commas and a byte order
    mark: a Danish Excel opens it with a double click, æøå and all.

    A text that begins like a formula gets an apostrophe before it: a spreadsheet would count with it.
    """
    about = "".join(f"{COMMENT}{_one_cell(name)}: {_one_cell(told)}\n" for name, told in facts.lines)
    body = _plain(rows).with_columns(without_formulas()).write_csv(separator=";", decimal_comma=True)
    return b"\xef\xbb\xbf" + (about + body).encode()


def as_excel(rows: pl.DataFrame, facts: Facts, sheets: tuple[str, str], as_of: date) -> bytes:
    """A sheet with the rows, a filter and real dates, and a sheet about them (named in this order).

    Texts stay texts: none becomes a formula, a number or a link. The same rows make the same file.
    """
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, AS_WRITTEN) as book:
        book.set_properties({"title": facts.title, "created": datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)})
        _plain(rows).write_excel(
            book, sheets[0], autofit=True, dtype_formats={pl.Date: "yyyy-mm-dd"}, freeze_panes=(1, 0)
        )
        about = book.add_worksheet(sheets[1])
        name_format = book.add_format({"bold": True, "valign": "top"})
        told_format = book.add_format({"text_wrap": True, "valign": "top"})
        about.set_column(0, 0, 24, name_format)
        about.set_column(1, 1, 100, told_format)
        for at, (name, told) in enumerate(facts.lines):
            about.write_row(at, 0, (name, told))
    return file.getvalue()


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Spaces that do not break are for pages: a spreadsheet would not find them."""
    return rows.with_columns(pl.col(pl.String).str.replace_all(NO_BREAK, " "))


def _one_cell(text: str) -> str:
    """A line of a fact is one cell: no separator, no quote, no line break."""
    return " ".join(text.replace(NO_BREAK, " ").replace(";", ",").replace('"', "”").split())
