"""What a Word template must be before anything is filled into it: a plain .docx, without macros, fetching nothing."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pipelines.errors import UserError

LARGEST = 20_000_000
"""Bytes of all parts of a template together, unpacked."""

MACROS = re.compile(r"vbaProject|vbaData|macroEnabled", re.IGNORECASE)
FETCHED = re.compile(rb'<Relationship\b[^>]*TargetMode\s*=\s*"External"[^>]*>')
HYPERLINK = b"/hyperlink"


class TemplateRefused(UserError):
    """A Word template that cannot be used, or names a field that does not exist."""

    exit_code = 25


def accepted(template: Path) -> bytes:
    """The bytes of the template. TemplateRefused for anything that is no .docx, is too large, has macros, or fetches
    something from elsewhere when it is opened (links that a reader clicks are fine)."""
    try:
        content = template.read_bytes()
        with ZipFile(template) as parts:
            _require(template, parts)
    except (BadZipFile, KeyError):
        raise TemplateRefused(
            "The template is no Word document", where=template.name, to_do="Save it from Word as .docx."
        ) from None
    except OSError as fault:
        raise TemplateRefused(
            "The template cannot be read", where=template.name, to_do="Look at its name and folder."
        ) from fault
    return content


def _is_declared(xml: bytes) -> bool:
    """Entities of its own, that grow or fetch when they are read; UTF-16 would hide them."""
    return b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml


def _require(template: Path, parts: ZipFile) -> None:
    names = parts.namelist()
    if sum(part.file_size for part in parts.infolist()) > LARGEST:
        raise TemplateRefused("The template is too large", where=template.name, to_do="Use smaller pictures in it.")
    types = parts.read("[Content_Types].xml").decode("utf-8", "replace")
    if any(MACROS.search(name) for name in names) or MACROS.search(types):
        raise TemplateRefused(
            "The template holds macros", where=template.name, to_do="Save it from Word as .docx, without macros."
        )
    if any(_is_declared(parts.read(name)) for name in names if name.endswith((".xml", ".rels"))):
        raise TemplateRefused(
            "The template holds XML that Word does not write", where=template.name, to_do="Save it from Word as .docx."
        )
    relations = (parts.read(name) for name in names if name.endswith(".rels"))
    if any(HYPERLINK not in found for relation in relations for found in FETCHED.findall(relation)):
        raise TemplateRefused(
            "The template fetches something from elsewhere when it is opened",
            where=template.name,
            to_do="Put pictures into the document itself, and remove the link to another template.",
        )
