"""Blocks of a document as paragraphs, tables and pictures of Word, in the styles of the template that is filled.

A style that somebody has taken out of their template is not missed: its text comes in the template's usual type.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph

from dashboards.tokens import LIGHT
from reports.documents.content import (
    Block,
    Cell,
    Column,
    Group,
    Heading,
    Items,
    Lead,
    Line,
    Note,
    Picture,
    Table,
    Terms,
    Text,
)
from reports.documents.pictures import png
from reports.documents.runs import Run

LEAD, NOTE, SMALL, TABLE, CELL = "Rød tråd lead", "Rød tråd note", "Rød tråd small", "Rød tråd table", "Rød tråd cell"
GLYPHS = {"better": "◆", "worse": "▼", "similar": "●", "incomparable": "–"}
COLOURS = {"better": LIGHT.better, "worse": LIGHT.worse}


@dataclass(frozen=True)
class Page:
    """Where blocks are written: a Word document, the width of its text, and the ids of the styles that it has by name.

    A style is given by its id: looked up by the library anew for each of a thousand cells, it takes most of the time.
    """

    word: WordDocument
    width: Emu
    styles: Mapping[str, str]

    @staticmethod
    def of(word: WordDocument, width: Emu) -> Page:
        """Looks the styles up once."""
        return Page(word, width, {str(style.name): style.style_id for style in word.styles})

    def paragraph(self, style: str = "", text: str = "") -> Paragraph:
        """A new one at the end."""
        return self.styled(self.word.add_paragraph(text), style)

    def styled(self, paragraph: Paragraph, style: str) -> Paragraph:
        """The paragraph in the style, if the template has it."""
        if style in self.styles:
            paragraph._p.style = self.styles[style]
        return paragraph


def write(block: Block, page: Page) -> None:
    """Adds the block at the end of the page."""
    match block:
        case Heading(text):
            page.paragraph("Heading 2", text)
        case Lead(runs):
            _runs(page.paragraph(LEAD), runs)
        case Text(runs):
            _runs(page.paragraph(), runs)
        case Note(runs):
            _runs(page.paragraph(NOTE), runs)
        case Items(items):
            for runs in items:
                _runs(page.paragraph("List Bullet"), runs)
        case Terms(items):
            for term, runs in items:
                _term(page.paragraph(), term, runs)
        case Picture():
            _picture(block, page)
        case Table():
            _table(block, page)


def _term(paragraph: Paragraph, term: str, runs: Sequence[Run]) -> None:
    paragraph.add_run(term).bold = True
    paragraph.add_run().add_break()
    _runs(paragraph, runs)


def _titled(title: str, caption: str, page: Page) -> None:
    """The caption stands above, as in the PDF, and stays with what it is of."""
    page.paragraph("Heading 2", title)
    if caption:
        page.paragraph(SMALL, caption).paragraph_format.keep_with_next = True


def _runs(paragraph: Paragraph, runs: Sequence[Run]) -> None:
    for style, text in runs:
        run = paragraph.add_run(text)
        run.bold = style == "strong" or None
        if style == "interval":
            run.font.color.rgb = _colour(LIGHT.muted)


def _picture(picture: Picture, page: Page) -> None:
    """With its alternative text."""
    _titled(picture.title, picture.caption, page)
    width = Emu(int(page.width * picture.width))
    drawn = page.paragraph().add_run().add_picture(io.BytesIO(png(picture.svg)), width=width)
    described = drawn._inline.docPr
    described.set("descr", picture.alt)
    described.set("name", picture.name)


def _table(table: Table, page: Page) -> None:
    _titled(table.title, table.caption, page)
    made = page.word.add_table(rows=1, cols=len(table.columns))
    if TABLE in page.styles:
        made._tbl.tblStyle_val = page.styles[TABLE]
    _heads(made, table.columns, page)
    for line in table.rows:
        _line(made, line, table.columns, page)
    _widths(made, table.columns, page.width)
    page.paragraph(SMALL, table.foot)


def _heads(made: WordTable, columns: Sequence[Column], page: Page) -> None:
    """The first row; Word says it again on every page."""
    row = made.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, column in zip(row.cells, columns, strict=True):
        _in_cell(place, column, page).add_run(column.text).bold = True


def _line(made: WordTable, line: Line, columns: Sequence[Column], page: Page) -> None:
    """A row is never cut in two by the end of a page."""
    row = made.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if isinstance(line, Group):
        paragraph = _in_cell(row.cells[0].merge(row.cells[-1]), columns[0], page)
        paragraph.add_run(line.name).bold = True
        paragraph.paragraph_format.keep_with_next = True
        return
    for place, cell, column in zip(row.cells, line, columns, strict=True):
        _cell(_in_cell(place, column, page), cell)


def _in_cell(place: WordCell, column: Column, page: Page) -> Paragraph:
    paragraph = page.styled(place.paragraphs[0], CELL)
    if column.is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return paragraph


def _cell(paragraph: Paragraph, cell: Cell) -> None:
    if cell.mark is not None:
        mark = paragraph.add_run(f"{GLYPHS[cell.mark]} ")
        mark.font.color.rgb = _colour(COLOURS.get(cell.mark, LIGHT.muted))
        mark.font.size = Pt(7)
    run = paragraph.add_run(cell.text)
    run.italic, run.bold = cell.is_state or None, cell.is_strong or None
    if cell.is_state:
        run.font.color.rgb = _colour(LIGHT.muted)
    if cell.below:
        paragraph.add_run().add_break()
        below = paragraph.add_run(cell.below)
        below.font.size, below.font.color.rgb = Pt(7.5), _colour(LIGHT.muted)


def _widths(made: WordTable, columns: Sequence[Column], width: Emu) -> None:
    whole = sum(column.width or 1.0 for column in columns)
    parts = [Emu(int(width * (column.width or 1.0) / whole)) for column in columns]
    made.autofit = False
    for grid, part in zip(made._tbl.tblGrid.findall(qn("w:gridCol")), parts, strict=True):
        grid.set(qn("w:w"), str(part.twips))
    for row in made.rows:
        cells = row._tr.tc_lst
        for cell, part in zip(cells, parts if len(cells) == len(parts) else [width], strict=True):
            cell.width = part


def _colour(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
