"""A document as Word: a template, ours or a user's own, whose fields are filled in. What it says is the PDF's.

Fields: `title`, `kind`, `subtitle`, `draft`, `notice`, `as_of`, `running`; `facts` (each with `name`, `said`);
`chapters` (each with `title`, `content`, `new_page`), and every chapter under its own name (`{{ summary.title }}`,
`{{p summary.content }}`). A template is filled in a sandbox: its fields read what is listed here, and nothing else.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordDocument
from docx.shared import Emu
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dashboards.language import Words
from reports.documents.content import Chapter, Document
from reports.documents.word_blocks import Page, write
from reports.documents.word_guard import TemplateRefused, accepted
from reports.documents.word_template import word_template

LONGEST_PLACE = 80
FILTERS = ("default", "e", "escape", "first", "join", "last", "length", "lower", "replace", "title", "trim", "upper")
"""Of Jinja's own: those that make little of little."""

A_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Fact:
    """A line of the cover."""

    name: str
    said: str


@dataclass(frozen=True)
class Told:
    """A chapter as a template sees it."""

    title: str
    content: Any
    new_page: bool


def word(document: Document, template: Path | None = None) -> bytes:
    """The document in the template. TemplateRefused names a field that does not exist, and where it stands.

    The same document and template make the same bytes.
    """
    source = word_template(document.language) if template is None else accepted(template)
    name = "" if template is None else template.name
    filled = DocxTemplate(io.BytesIO(source))
    jinja = _sandbox()
    plain = _plain_fields(document)
    _require_fields(filled, source, {*plain, *(chapter.name for chapter in document.chapters)}, jinja, name)
    chapters = {chapter.name: _told(filled, chapter) for chapter in document.chapters}
    try:
        filled.render({**chapters, **plain, "chapters": list(chapters.values())}, jinja, autoescape=True)
    except (UndefinedError, SecurityError) as fault:
        raise _refused(f"The template names a field that does not exist: {fault.message}", source, "", name) from None
    except TemplateError as fault:
        raise _refused(f"A field of the template cannot be read: {fault.message}", source, "", name) from None
    return _saved(filled, document)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Fields, conditions and loops over what is there. Nothing is multiplied: `{{ "a" * 10**10 }}` is no document."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - Jinja's own
        raise SecurityError(f"{operator} between values")


def _sandbox() -> _Sandbox:
    jinja = _Sandbox(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
    jinja.globals.clear()
    jinja.filters = {name: jinja.filters[name] for name in FILTERS}
    return jinja


def _plain_fields(document: Document) -> dict[str, object]:
    words = Words(document.language)
    day = words.day(document.as_of)
    return {
        "title": document.title,
        "kind": document.kind,
        "subtitle": document.subtitle,
        "draft": document.draft,
        "notice": document.notice,
        "as_of": day,
        "running": words("document.running", day=day),
        "facts": [Fact(*fact) for fact in document.facts],
        "chapters": [],
        **document.fields,
    }


def _told(filled: DocxTemplate, chapter: Chapter) -> Told:
    content = filled.new_subdoc()
    section = filled.get_docx().sections[0]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    page = Page.of(content.subdocx, Emu(width))
    for block in chapter.blocks:
        write(block, page)
    return Told(chapter.title, content, chapter.new_page)


def _require_fields(
    filled: DocxTemplate, source: bytes, known: set[str], jinja: ImmutableSandboxedEnvironment, name: str
) -> None:
    """Before anything is filled in: every field of the template is one of ours."""
    try:
        unknown = sorted(filled.get_undeclared_template_variables(jinja) - known)
    except TemplateError as fault:
        raise _refused(f"A field of the template cannot be read: {fault.message}", source, "", name) from None
    if unknown:
        what = f"The template names a field that does not exist: {unknown[0]}"
        raise _refused(what, source, unknown[0], name, known)


def _refused(what: str, source: bytes, field: str, name: str, known: set[str] = frozenset()) -> TemplateRefused:  # type: ignore[assignment]
    place = _place_of(source, field) if field else ""
    listed = f" Fields: {', '.join(sorted(known))}." if known else ""
    to_do = f"Mend it in Word; docs/documents.md lists the fields.{listed}"
    return TemplateRefused(what, where=", ".join(part for part in (name, place) if part), to_do=to_do)


def _place_of(source: bytes, field: str) -> str:
    """`paragraph 12 ("Tal: {{ sumary }}")`, in the document, its tables, its head or foot."""
    in_marks = re.compile(r"\{[{%][^}]*\b" + re.escape(field) + r"\b")
    for place, paragraph in _paragraphs(docx.Document(io.BytesIO(source))):
        if in_marks.search(paragraph.text):
            shown = paragraph.text.strip()[:LONGEST_PLACE]
            return f'{place} ("{shown}")'
    return "a text box or note"


def _paragraphs(word: WordDocument) -> Iterator[tuple[str, Paragraph]]:
    for at, paragraph in enumerate(word.paragraphs, start=1):
        yield f"paragraph {at}", paragraph
    for number, table in enumerate(word.tables, start=1):
        for row, cells in enumerate(table.rows, start=1):
            for cell in cells.cells:
                for paragraph in cell.paragraphs:
                    yield f"table {number}, row {row}", paragraph
    for section in word.sections:
        for place, part in (("page head", section.header), ("page foot", section.footer),
                            ("first page's foot", section.first_page_footer)):  # fmt: skip
            for paragraph in part.paragraphs:
                yield place, paragraph


def _saved(filled: DocxTemplate, document: Document) -> bytes:
    """With the day of the figures as its date, and no clock in its parts."""
    day = document.as_of
    about = filled.docx.core_properties  # (get_docx would begin anew)
    about.title, about.author, about.language = document.title, "Rød tråd", document.language
    about.created = about.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (Word has no zone)
    about.last_modified_by, about.revision = "Rød tråd", 1
    file, timeless = io.BytesIO(), io.BytesIO()
    filled.save(file)
    with ZipFile(file) as made, ZipFile(timeless, "w", ZIP_DEFLATED) as kept:
        for part in made.infolist():
            kept.writestr(ZipInfo(part.filename, A_DAY_OF_ZIP), made.read(part), ZIP_DEFLATED)
    return timeless.getvalue()
