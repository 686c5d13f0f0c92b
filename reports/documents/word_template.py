"""Our own Word template: made here, handed to whoever wants to change it, and used where nobody has.

It is an ordinary document with fields. Its look is in its styles; the blocks of a document are written in them.
"""

from __future__ import annotations

import io
from typing import cast

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from dashboards.language import Language, Words
from dashboards.tokens import LIGHT
from reports.documents.word_blocks import CELL, LEAD, NOTE, SMALL, TABLE

SANS, SERIF = "Calibri", "Georgia"
"""What is on nearly every desk: a document that is to be edited must not depend on our own typefaces."""

TAGS: dict[Language, str] = {"da": "da-DK", "en": "en-GB"}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_template(language: Language) -> bytes:
    """Cover with facts, contents, every chapter with its blocks, head and foot with title and page numbers."""
    word, words = docx.Document(), Words(language)
    _page(word)
    _styles(word, language)
    _cover(word)
    _contents(word, words)
    _chapters(word)
    _head_and_foot(word, words)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _page(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    section.different_first_page_header_footer = True


def _styles(word: WordDocument, language: Language) -> None:
    _typed(word, "Normal", SANS, 10.5)
    for name, size, before in (("Title", 28, 0), ("Heading 1", 18, 0), ("Heading 2", 13, 14), ("Heading 3", 11, 10)):
        style = _typed(word, name, SERIF, size, is_bold=True)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(6)
        style.paragraph_format.keep_with_next = True
    for name, face, size, colour in (
        (LEAD, SERIF, 13, LIGHT.ink),
        (NOTE, SANS, 10, LIGHT.ink),
        (SMALL, SANS, 9, LIGHT.muted),
        (CELL, SANS, 9, LIGHT.ink),
    ):
        word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = word.styles["Normal"]
        _typed(word, name, face, size, colour)
    for name in (CELL, "List Bullet"):
        cast(ParagraphStyle, word.styles[name]).paragraph_format.space_after = Pt(1 if name == CELL else 3)
    _framed(word.styles[NOTE])
    word.styles["Title"].element.get_or_add_pPr().remove_all("w:pBdr")
    _table_style(word)
    _spoken(word, language)


def _typed(
    word: WordDocument, name: str, face: str, size: float, colour: str = LIGHT.ink, *, is_bold: bool = False
) -> ParagraphStyle:
    style = cast(ParagraphStyle, word.styles[name])
    style.font.name, style.font.size, style.font.bold = face, Pt(size), is_bold
    style.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(faces.attrib):
        del faces.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        faces.set(qn(f"w:{script}"), face)
    return style


def _framed(style: object) -> None:
    """A line to the left on paper, as in the PDF."""
    colours = {"lost": LIGHT.lost.removeprefix("#"), "paper": LIGHT.paper.removeprefix("#")}
    pieces = (
        f'<w:pBdr {W}><w:left w:val="single" w:sz="18" w:space="8" w:color="{colours["lost"]}"/></w:pBdr>',
        f'<w:shd {W} w:val="clear" w:color="auto" w:fill="{colours["paper"]}"/>',
    )
    for piece in pieces:
        style.element.get_or_add_pPr().append(parse_xml(piece))  # type: ignore[attr-defined]


def _table_style(word: WordDocument) -> None:
    """A line in ink below the head, hairlines between rows."""
    line, ink = LIGHT.line.removeprefix("#"), LIGHT.ink.removeprefix("#")
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{line}"/>' for side in ("bottom", "insideH")
    )
    cells = '<w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
    head = f'<w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ink}"/></w:tcBorders>'
    word.styles.element.append(
        parse_xml(
            f'<w:style {W} w:type="table" w:customStyle="1" w:styleId="RoedtraadTable"><w:name w:val="{TABLE}"/>'
            f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>{cells}</w:tblCellMar></w:tblPr>"
            f'<w:tblStylePr w:type="firstRow"><w:tcPr>{head}</w:tcPr></w:tblStylePr></w:style>'
        )
    )


def _spoken(word: WordDocument, language: Language) -> None:
    """The language that a screen reader speaks and Word proofs in."""
    for spoken in word.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), TAGS[language])


def _cover(word: WordDocument) -> None:
    for _ in range(5):
        word.add_paragraph()
    word.add_paragraph("{%p if draft %}")
    draft = word.add_paragraph().add_run("{{ draft }}")
    draft.bold, draft.font.size, draft.font.color.rgb = True, Pt(13), RGBColor.from_string(LIGHT.thread[1:])
    word.add_paragraph("{%p endif %}")
    word.add_paragraph("{{ kind }}", style=SMALL)
    word.add_paragraph("{{ title }}", style="Title")
    word.add_paragraph("{{ subtitle }}", style=LEAD)
    for _ in range(8):
        word.add_paragraph()
    facts = word.add_table(rows=3, cols=2)
    facts.autofit = False
    for row, texts in zip(
        facts.rows, (("{%tr for fact in facts %}",), ("{{ fact.name }}", "{{ fact.said }}"), ("{%tr endfor %}",)),
        strict=True,
    ):  # fmt: skip
        for cell, text, width in zip(row.cells, texts, (Cm(4), Cm(12.6)), strict=False):
            cell.paragraphs[0].text, cell.width = text, width
            cell.paragraphs[0].style = word.styles[CELL]
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _contents(word: WordDocument, words: Words) -> None:
    """A table of contents that Word fills with page numbers; until then it holds the titles."""
    title = word.add_paragraph(style=LEAD).add_run(words("document.contents"))
    title.bold = True
    begin = word.add_paragraph()
    _field_part(begin, "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
    begin.add_run()._r.append(instruction)
    _field_part(begin, "separate")
    for text in ("{%p for chapter in chapters %}", "{{ chapter.title }}", "{%p endfor %}"):
        word.add_paragraph(text)
    _field_part(word.add_paragraph(), "end")
    word.add_paragraph("{{ notice }}", style=NOTE)


def _field_part(paragraph: Paragraph, kind: str) -> None:
    part = OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(part)


def _chapters(word: WordDocument) -> None:
    word.add_paragraph("{%p for chapter in chapters %}")
    word.add_paragraph("{%p if chapter.new_page %}")
    heading = word.add_paragraph("{{ chapter.title }}", style="Heading 1")
    heading.paragraph_format.page_break_before = True
    word.add_paragraph("{%p else %}")
    below = word.add_paragraph("{{ chapter.title }}", style="Heading 1")
    below.paragraph_format.space_before = Pt(24)
    word.add_paragraph("{%p endif %}")
    word.add_paragraph("{{p chapter.content }}")
    word.add_paragraph("{%p endfor %}")


def _head_and_foot(word: WordDocument, words: Words) -> None:
    section = word.sections[0]
    head = section.header.paragraphs[0]
    head.style = word.styles[SMALL]
    head.add_run("{{ title }}{% if draft %} · {{ draft }}{% endif %}")
    for foot in (section.footer, section.first_page_footer):
        paragraph = foot.paragraphs[0]
        paragraph.style = word.styles[SMALL]
        paragraph.add_run("{{ running }} · ")
        before, middle, after = words("document.page", page="\0", pages="\0").split("\0")
        paragraph.add_run(before)
        _number(paragraph, "PAGE")
        paragraph.add_run(middle)
        _number(paragraph, "NUMPAGES")
        paragraph.add_run(after)


def _number(paragraph: Paragraph, field: str) -> None:
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), field)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    simple.append(run)
    paragraph._p.append(simple)
