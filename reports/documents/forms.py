"""A document in all of its forms: Word to edit, PDF to read, a workbook to count with."""

from __future__ import annotations

from pathlib import Path

from reports.documents.content import Document
from reports.documents.paper import paper
from reports.documents.word import word
from reports.documents.workbook import workbook


def all_forms(document: Document, name: str, template: Path | None = None) -> dict[str, bytes]:
    """`name.docx`, `name.pdf`, `name.xlsx`. TemplateRefused comes first: a template that does not fit costs no time."""
    made = {f"{name}.docx": word(document, template)}
    return made | {f"{name}.pdf": paper(document), f"{name}.xlsx": workbook(document)}
