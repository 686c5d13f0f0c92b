"""A document as a workbook: what it is on the first sheet, then a sheet for each of its tables, numbers as numbers.

Every text is written as a text: none becomes a formula, a number or a link, whoever wrote it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboards.language import NO_BREAK, Words
from dashboards.tokens import LIGHT
from reports.documents.content import Cell, Document, Group, Line, Table

ABOUT_WIDTHS = (26, 100)
LONGEST_NAME = 31
WIDEST, NARROWEST = 44, 9


def workbook(document: Document) -> bytes:
    """The same document makes the same bytes."""
    words = Words(document.language)
    tables = [block for block in document.blocks() if isinstance(block, Table)]
    file, day = io.BytesIO(), document.as_of
    with Workbook(file) as book:
        book.set_properties({"title": document.title, "created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
        _about(book, book.add_worksheet(words("document.sheet_about")), document, words)
        for table in tables:
            _sheet(book, book.add_worksheet(table.sheet[:LONGEST_NAME]), table, words)
    return file.getvalue()


def _about(book: Workbook, sheet: Worksheet, document: Document, words: Words) -> None:
    name = book.add_format({"bold": True, "valign": "top"})
    told = book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate(ABOUT_WIDTHS):
        sheet.set_column(column, column, width)
    lines = [(words("document.title"), document.title), (words("document.about"), document.subtitle), *document.facts]
    if document.draft:
        lines.insert(0, (words("document.status"), document.draft))
    for at, (title, said) in enumerate(lines):
        sheet.write_string(at, 0, _plain(title), name)
        sheet.write_string(at, 1, _plain(said), told)


def _sheet(book: Workbook, sheet: Worksheet, table: Table, words: Words) -> None:
    """A column that has second lines in its cells gets a column of its own for them."""
    split = [_has_below(table, at) for at in range(len(table.columns))]
    heads = [head for column, is_split in zip(table.columns, split, strict=True)
             for head in (column.text, words("document.below", column=column.text))[: 1 + is_split]]  # fmt: skip
    formats = _formats(book)
    for at, head in enumerate(heads):
        sheet.write_string(0, at, _plain(head), formats["head"])
    for row, line in enumerate(table.rows, start=1):
        _write(sheet, row, line, split, formats)
    sheet.freeze_panes(1, 1)
    for at, width in enumerate(_widths(heads, table, split)):
        sheet.set_column(at, at, width)


def _has_below(table: Table, at: int) -> bool:
    return any(line[at].below for line in table.rows if not isinstance(line, Group))


def _formats(book: Workbook) -> dict[str, Format]:
    head = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bottom_color": LIGHT.ink}
    return {
        "head": book.add_format(head),
        "group": book.add_format({"bold": True, "bg_color": LIGHT.paper}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "state": book.add_format({"italic": True, "font_color": LIGHT.muted, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write(sheet: Worksheet, row: int, line: Line, split: Sequence[bool], formats: dict[str, Format]) -> None:
    if isinstance(line, Group):
        sheet.write_string(row, 0, _plain(line.name), formats["group"])
        return
    at = 0
    for cell, is_split in zip(line, split, strict=True):
        if cell.value is not None:
            sheet.write_number(row, at, cell.value, formats["share" if cell.is_share else "number"])
        else:
            sheet.write_string(row, at, _plain(cell.text), formats["state" if cell.is_state else "text"])
        if is_split:
            sheet.write_string(row, at + 1, _plain(cell.below), formats["text"])
        at += 1 + is_split


def _widths(heads: Sequence[str], table: Table, split: Sequence[bool]) -> list[int]:
    lines = [line for line in table.rows if not isinstance(line, Group)]
    texts: list[list[str]] = []
    for at, is_split in enumerate(split):
        cells: list[Cell] = [line[at] for line in lines]
        texts += [[cell.text for cell in cells], [cell.below for cell in cells]][: 1 + is_split]
    longest = [max([len(text) for text in column] + [len(head) // 2]) + 2 for head, column in
               zip(heads, texts, strict=True)]  # fmt: skip
    return [min(max(width, NARROWEST), WIDEST) for width in longest]


def _plain(text: str) -> str:
    """Spaces that do not break are for pages: a spreadsheet would not find them."""
    return text.replace(NO_BREAK, " ")
