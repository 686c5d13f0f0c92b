"""The tools of documents: what is said once is in the PDF, the Word document and the workbook; templates; pictures."""

from __future__ import annotations

import ast
import io
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import altair as alt
import docx
import pytest
import typst
from documents_read import faults, flat, formulas, kinds, pages, pdf_words, sheets, word_words
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents.content import (
    Cell,
    Chapter,
    Column,
    Document,
    Group,
    Heading,
    Items,
    Lead,
    Note,
    Picture,
    Table,
    Terms,
    Text,
    side_by_side,
)
from reports.documents.fonts import displayable
from reports.documents.forms import all_forms
from reports.documents.paper import paper
from reports.documents.pdf import pdf
from reports.documents.pictures import png, svg
from reports.documents.runs import runs_of, text_of
from reports.documents.word import word
from reports.documents.word_guard import TemplateRefused
from reports.documents.word_template import word_template
from reports.documents.workbook import workbook

pytestmark = pytest.mark.slow

SQUARE = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'><rect width='20' height='20'/></svg>"
TABLE = Table(
    "Kommuner",
    (Column("Kommune", width=2), Column("Andel", is_number=True)),
    (
        Group("Region Syddanmark"),
        (Cell("Svendborg"), Cell("83 %", "34 af 41\nKlart bedre", "better", value=0.829, is_share=True)),
        (Cell("=HYPERLINK(1)"), Cell("Skjult", is_state=True)),
    ),
    "Kommuner",
    caption="Andel med antal.",
)


def document(*more: Chapter, **changes: object) -> Document:
    told = Chapter(
        "summary",
        "Kort fortalt",
        (
            Lead((("", "Viden når frem for "), ("strong", "70 %"), ("interval", " (61–77 %)"))),
            Note((("", "Tal under 5 & <andre> er skjult."),)),
            Items(((("", "Ét"),), (("", "To"),))),
            Terms((("Skjult", (("", "Beskytter små tal."),)),)),
            Heading("Mere"),
            Text((("", "Æøå."),)),
            TABLE,
            Picture("square", "En firkant", SQUARE, "En sort firkant", "Tegnet i sort."),
        ),
    )
    facts = (("Tal pr.", "30. september 2026"),)
    parts: dict[str, object] = {"facts": facts, "chapters": (told, *more), "notice": "Læs med.", "draft": ""} | changes
    return Document("Rapport", "Den røde tråd", "Hele landet", "da", date(2026, 9, 30), **parts)  # type: ignore[arg-type]


def template_with(text: str, tmp_path: Path, *, in_table: bool = False) -> Path:
    made = docx.Document(io.BytesIO(word_template("da")))
    if in_table:
        made.add_table(rows=1, cols=1).cell(0, 0).text = text
    else:
        made.add_paragraph(text)
    made.save(str(tmp_path / "egen.docx"))
    return tmp_path / "egen.docx"


def with_part(name: str, content: bytes, tmp_path: Path) -> Path:
    """Our template with one more part, or another instead of one."""
    file = tmp_path / "egen.docx"
    with ZipFile(io.BytesIO(word_template("da"))) as parts, ZipFile(file, "w") as changed:
        for part in parts.namelist():
            if part != name:
                changed.writestr(part, parts.read(part))
        changed.writestr(name, content)
    return file


# What is said


def test_every_form_says_the_same() -> None:
    made = all_forms(document(), "rapport")
    said = ("Kort fortalt", "70 %", "61–77 %", "34 af 41", "Klart bedre", "Skjult", "Tal under 5 & <andre> er skjult.",
            "Region Syddanmark", "Læs med.", "30. september 2026")  # fmt: skip
    for words in (pdf_words(made["rapport.pdf"]), word_words(made["rapport.docx"])):
        assert [text for text in said if text not in words] == []
    rows = sheets(made["rapport.xlsx"])["Kommuner"]
    assert rows[0] == ("Kommune", "Andel", "Andel (uddybet)")
    assert rows[2] == ("Svendborg", 0.829, "34 af 41\nKlart bedre")


def test_a_hidden_figure_is_a_word_in_the_workbook_and_no_number() -> None:
    assert sheets(workbook(document()))["Kommuner"][3][1] == "Skjult"


def test_no_text_becomes_a_formula_whoever_wrote_it() -> None:
    assert formulas(workbook(document())) == []
    assert sheets(workbook(document()))["Kommuner"][3][0] == "=HYPERLINK(1)"


@pytest.mark.parametrize("make", [paper, word, workbook])
def test_the_same_document_makes_the_same_bytes(make: object) -> None:
    assert make(document()) == make(document())  # type: ignore[operator]


def test_a_draft_says_so_on_the_cover_and_on_each_page() -> None:
    made = paper(document(draft="Udkast"))
    assert pdf_words(made).count("Udkast") == pages(made)
    assert "Udkast" in word_words(word(document(draft="Udkast")))


# The PDF


def test_the_pdf_is_one_that_everybody_can_read() -> None:
    assert faults(paper(document())) == []


def test_headings_tables_lists_and_pictures_are_what_they_are_called() -> None:
    found = set(kinds(paper(document())))
    assert {"/Title", "/H1", "/H2", "/Table", "/THead", "/TH", "/TD", "/L", "/LI", "/Figure", "/TOC"} <= found


@pytest.mark.parametrize(("new_page", "number"), [(True, 5), (False, 4)])
def test_a_short_chapter_may_stand_below_the_one_before(new_page: bool, number: int) -> None:
    short = Chapter("more", "Mere", (Text((("", "Kun dette."),)),), new_page=new_page)
    made = document(short)
    assert pages(paper(made)) == number
    heads = [each for each in docx.Document(io.BytesIO(word(made))).paragraphs if each.style.name == "Heading 1"]
    assert [each.text for each in heads] == ["Kort fortalt", "Mere"]
    assert bool(heads[1].paragraph_format.page_break_before) is new_page


def test_a_picture_without_alternative_text_is_refused() -> None:
    silent = Chapter("more", "Mere", (Picture("silent", "Uden ord", SQUARE, ""),))
    with pytest.raises(typst.TypstError, match=r"alt|alternative"):
        paper(document(silent))


def test_a_document_without_a_language_is_refused() -> None:
    with pytest.raises(KeyError, match="language"):
        pdf("documents/document.typ", {"title": "Uden sprog", "date": "2026-09-30"})


@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_whatever_somebody_has_written_can_be_printed(text: str) -> None:
    """Emoji, other alphabets, marks of control: a question mark stands for what our typeface does not have."""
    chapter = Chapter("more", "Mere", (Text((("", text),)), Terms(((text or "x", (("", text),)),))))
    assert paper(document(chapter)).startswith(b"%PDF")


def test_letters_from_another_system_are_put_together() -> None:
    assert displayable("Ærø, ångst, →, 😀") == "Ærø, ångst, →, ?"


# The Word document


def test_a_field_that_does_not_exist_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused) as refused:
        word(document(), template_with("Tal: {{ sumary.title }}", tmp_path))
    assert "sumary" in refused.value.what
    assert 'Tal: {{ sumary.title }}"' in refused.value.where
    assert "paragraph" in refused.value.where
    assert "summary" in refused.value.to_do


def test_a_field_in_a_table_is_found_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match="table 2, row 1"):
        word(document(), template_with("{{ titel }}", tmp_path, in_table=True))


@pytest.mark.parametrize("field", ["{{ summary.titel }}", "{{ title", "{% for x %}", "{{ title.__class__.__mro__ }}"])
def test_a_field_that_cannot_be_read_is_one_clear_error(field: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused):
        word(document(), template_with(field, tmp_path))


def test_a_user_may_order_the_chapters_and_leave_some_out(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("{{ title }}: {{ more.title }}")
    made.add_paragraph("{{p more.content }}")
    made.save(str(tmp_path / "kort.docx"))
    words = word_words(word(document(Chapter("more", "Mere", (Text((("", "Kun dette."),)),))), tmp_path / "kort.docx"))
    assert words == "Den røde tråd: Mere Kun dette."


def test_a_template_with_macros_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match="macros"):
        word(document(), with_part("word/vbaProject.bin", b"x", tmp_path))


def test_a_template_that_fetches_something_is_refused(tmp_path: Path) -> None:
    fetched = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="https://example.org/x.dotm" TargetMode="External"/></Relationships>'
    )
    with pytest.raises(TemplateRefused, match="fetches"):
        word(document(), with_part("word/_rels/settings.xml.rels", fetched, tmp_path))


@pytest.mark.parametrize("content", [b"", b"no zip", b"%PDF-1.7"])
def test_a_file_that_is_no_word_document_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "egen.docx").write_bytes(content)
    with pytest.raises(TemplateRefused):
        word(document(), tmp_path / "egen.docx")


def test_a_zip_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "egen.docx", "w") as parts:
        parts.writestr("a.txt", "x")
    with pytest.raises(TemplateRefused):
        word(document(), tmp_path / "egen.docx")


def test_a_template_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match="cannot be read"):
        word(document(), tmp_path / "findes-ikke.docx")


def test_word_reads_heads_of_tables_and_pictures_aloud() -> None:
    made = docx.Document(io.BytesIO(word(document())))
    xml = made.element.xml
    assert "w:tblHeader" in xml
    assert 'descr="En sort firkant"' in xml
    assert made.core_properties.title == "Den røde tråd"
    assert 'w:val="da-DK"' in made.styles.element.xml


# Pictures and sentences


def test_a_drawing_needs_no_browser_and_speaks_our_type() -> None:
    drawn = svg(alt.Chart({"values": [{"a": 1}]}).mark_point().encode(x="a:Q"))  # type: ignore[arg-type]
    assert "Source Sans Pro" in drawn
    assert png(drawn).startswith(b"\x89PNG")


def test_the_markup_of_sentences_becomes_runs() -> None:
    runs = runs_of("Når <b>62 %</b> <small>(58–66 %)</small> &amp; mere")
    assert [run for run in runs if run[0]] == [("strong", "62 %"), ("interval", "(58–66 %)")]
    assert flat(text_of(runs)) == "Når 62 % (58–66 %) & mere"


@given(st.integers(0, 40), st.integers(1, 8))
def test_columns_are_shared_out_evenly_and_none_is_lost(number: int, most: int) -> None:
    parts = side_by_side(list(range(number)), most)
    assert [at for part in parts for at in part] == list(range(number))
    assert all(len(part) <= most for part in parts)


# What documents may read

REPORTS = Path(__file__).parent.parent / "reports"
OURS = ("documents", "charts", "national_report", "reply")


def test_documents_open_no_table_themselves() -> None:
    """Figures come through the readers of the pages, which ask the scope and know published tables alone."""
    files = [file for place in OURS for file in sorted((REPORTS / place).glob("*.py"))]
    calls = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "table"
    ]
    assert len(files) > 25
    assert calls == []
