"""Whatever somebody has written stays a text: in spreadsheets, pages, documents, drawings and templates."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest
from documents_read import formulas, pdf_words, word_words

from checks.report.markup import status_heads, table, text
from checks.report.words import Words as ReportWords
from dashboards.language import Words
from dashboards.page_record import Facts
from dashboards.spreadsheets import as_csv, as_excel
from pipelines.disclosure.files import read_published
from pipelines.errors import UserError
from pipelines.requests.reminders import REMINDERS
from pipelines.requests.reminders import as_csv as reminders_csv
from pipelines.spreadsheet_text import without_formulas
from reports.brief.page import document as brief_document
from reports.charts.answers import Bar, Part, bars_svg, parts_svg
from reports.documents.content import Cell, Chapter, Column, Document, Heading, Items, Note, Table, Terms, Text
from reports.documents.paper import paper
from reports.documents.word import word
from reports.documents.word_guard import TemplateRefused
from reports.documents.word_template import word_template
from reports.documents.workbook import workbook
from reports.interchange.rows_of_text import write_csv

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u00a0=1", "\ufeff=1", "＝1+1", "－1",
    '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "@home",
)  # fmt: skip
BEGINS_LIKE_ONE = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]")

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'><svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "]]><!--", "&lt;b&gt;", "#read(\"/etc/passwd\")", "$ #panic() $", "#import \"x.typ\"", "{{ 7 * 7 }}", "{% raw %}",
    "{{p content }}", "\\input{x}", "`code`", "#{1+1}", "</w:t></w:r><w:r>", "\x00\x0b\ufffe",
)  # fmt: skip
AS_ONE = " ".join(HOSTILE)


class Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.handlers: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


# Spreadsheets


def cells_of(content: bytes, separator: str) -> list[str]:
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    rows = "".join(line for line in lines if not line.startswith("# "))
    return [cell for row in csv.reader(io.StringIO(rows, newline=""), delimiter=separator) for cell in row]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_any_csv_begins_like_a_formula(formula: str, tmp_path: Path) -> None:
    rows = pl.DataFrame({"name": [formula, "Svendborg", None]})
    write_csv(rows.lazy(), tmp_path / "handed_on.csv")
    reminded = pl.DataFrame(
        [{name: formula if dtype == pl.String() else None for name, dtype in REMINDERS.items()}], schema=REMINDERS
    )
    exported = rows.with_columns(without_formulas()).write_csv().encode()
    for content, separator in (
        (as_csv(rows, Facts("title", (("note", formula),))), ";"),
        ((tmp_path / "handed_on.csv").read_bytes(), ","),
        (reminders_csv(reminded), ";"),
        (exported, ","),
    ):
        cells = cells_of(content, separator)
        assert [cell for cell in cells if BEGINS_LIKE_ONE.match(cell)] == []
        assert any("'" in cell for cell in cells)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_workbook_counts_or_links(formula: str) -> None:
    made = as_excel(
        pl.DataFrame({"name": [formula]}), Facts(formula, ((formula, formula),)), ("a", "b"), date(2026, 1, 1)
    )
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert formulas(made) == []
    assert [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink] == []


def test_a_text_that_is_no_formula_stays_as_it_is() -> None:
    kept = pl.Series("name", ["Døgnhuset Fyn", "2025-Q1", "'citat'", "a=b", "1-2", "", None])
    assert kept.to_frame().with_columns(without_formulas())["name"].to_list() == kept.to_list()


@pytest.mark.parametrize("formula", ["=1+1", "@x", "+a"])
def test_a_cell_that_is_named_like_a_formula_is_refused_by_the_gate(formula: str, tmp_path: Path) -> None:
    rows = f"cell,count,suppressed,rate_suppressed\n{formula},1,false,false\nb,2,false,false\nc,3,false,false\n"
    (tmp_path / "cells.csv").write_text(rows)
    (tmp_path / "relations.json").write_text(
        f'{{"threshold": 5, "totals": [{{"total": "c", "parts": ["{formula}", "b"]}}]}}'
    )
    with pytest.raises(UserError, match="begin like a formula"):
        read_published(tmp_path / "cells.csv", tmp_path / "relations.json")


def test_relations_that_never_end_are_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("cell,count,suppressed,rate_suppressed\na,1,false,false\n")
    (tmp_path / "relations.json").write_text("[" * 200_000)
    with pytest.raises(UserError, match=r"relations\.json"):
        read_published(tmp_path / "cells.csv", tmp_path / "relations.json")


# Pages


@pytest.mark.parametrize("written", HOSTILE)
def test_what_is_written_is_no_markup_in_a_report_or_a_brief(written: str) -> None:
    words = ReportWords("da")
    plain = Tags(table("title", status_heads(words), [[text("word")]])).found
    drawn = Tags(table(written, status_heads(words), [[text(written)]]))
    assert (drawn.found, drawn.handlers) == (plain, [])
    page = Tags(brief_document(written.replace("\x00", ""), "", Words("da")))
    assert (page.found, page.handlers) == (Tags(brief_document("title", "", Words("da"))).found, [])


@pytest.mark.parametrize("written", [each.replace("\x00\x0b\ufffe", "x") for each in HOSTILE])
def test_what_is_written_is_no_markup_in_a_drawing(written: str) -> None:
    drawn, plain = (Tags(bars_svg((Bar(said, 3, said),)) + parts_svg((Part(said, 3),))) for said in (written, "word"))
    assert set(drawn.found) == set(plain.found)
    assert drawn.handlers == []


# Documents


def written_document(said: str) -> Document:
    cells = (Cell(said, said), Cell("1", value=1))
    blocks = (
        Heading(said),
        Text((("", said),)),
        Note((("", said),)),
        Items(((("", said),),)),
        Terms(((said, (("", said),)),)),
        Table(said, (Column(said), Column("n", is_number=True)), (cells,), "Kommuner", said, said),
    )
    return Document(
        said, said, said, "da", date(2026, 9, 30), chapters=(Chapter("summary", said, blocks),), facts=((said, said),)
    )


@pytest.fixture(scope="module")
def hostile() -> Document:
    return written_document(AS_ONE.replace("\x00\x0b\ufffe", ""))


def test_what_is_written_is_run_by_no_template_of_a_pdf_or_of_word(hostile: Document) -> None:
    printed, typed = pdf_words(paper(hostile)), word_words(word(hostile))
    for words in (printed.replace(" ", ""), typed.replace(" ", "")):
        for said in ("{{7*7}}", '#read("/etc/passwd")', "$#panic()$", "<script>alert(1)</script>", "</w:t></w:r><w:r>"):
            assert said in words
        assert "root:" not in words
    assert formulas(workbook(hostile)) == []


FIELDS = (
    "{{ title * 100000000 }}", "{{ 'a' * 10**10 }}", "{{ 9 ** 9 ** 9 }}", "{{ '%1000000000d' % 1 }}",
    "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    "{{ title|center(1000000000) }}",
    "{{ title.__class__.__mro__ }}", "{{ facts.__init__.__globals__ }}", "{{ lipsum.__globals__.os }}",
    "{{ cycler.__init__ }}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
    "{{ title.format(title) }}{{ x }}",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_a_template_of_a_user_neither_reads_nor_runs_nor_grows(field: str, tmp_path: Path) -> None:
    made = docx.Document(io.BytesIO(word_template("da")))
    made.add_paragraph(field)
    made.save(str(tmp_path / "own.docx"))
    with pytest.raises(TemplateRefused):
        word(written_document("Rapport"), tmp_path / "own.docx")
