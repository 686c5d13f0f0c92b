"""Documents read back as their readers have them: words of a PDF, of a Word document, cells of a workbook; and what
PDF/UA-1 asks of a PDF that can be seen in the file itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
import pikepdf
from pypdf import PdfReader

from dashboards.language import NO_BREAK

LEVELS = {f"/H{level}": level for level in range(1, 7)}


def pdf_words(made: bytes) -> str:
    """All of its words, one space between them."""
    return flat(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))


def pages(made: bytes) -> int:
    return len(PdfReader(io.BytesIO(made)).pages)


def word_words(made: bytes) -> str:
    """Paragraphs and tables in their order, without head and foot."""
    body = docx.Document(io.BytesIO(made)).element.body
    return flat(" ".join(node.text for node in body.iter() if node.tag.endswith("}p")))


def sheets(made: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """By name: rows of values. Formulas are texts that begin with `=` and have the type `f`."""
    book = openpyxl.load_workbook(io.BytesIO(made))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def formulas(made: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(made))
    return [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(NO_BREAK, " ")).strip()


def faults(made: bytes) -> list[str]:
    """What a checker of PDF/UA-1 would find first; nothing is good."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return [*_of_the_file(pdf), *_of_the_tree(pdf)]


def _of_the_file(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if root.get("/MarkInfo", {}).get("/Marked") is not True:
        yield "not marked as tagged"
    if str(root.get("/Lang", "")) == "":
        yield "no language"
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "its file name is shown and not its title"
    with pdf.open_metadata() as about:
        if about.get("pdfuaid:part") != "1":
            yield "does not say that it is PDF/UA-1"
        if not about.get("dc:title"):
            yield "no title"
    for page in pdf.pages:
        if page.get("/Tabs") != "/S":
            yield "a page is not walked in the order of its structure"
        for font in page.get("/Resources", {}).get("/Font", {}).values():
            yield from _of_a_font(font)


def _of_a_font(font: Any) -> Iterator[str]:
    if "/ToUnicode" not in font:
        yield "a font whose letters cannot be read aloud"
    described = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", {})
    if not any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3")):
        yield "a font that is not in the file"


def _of_the_tree(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/StructTreeRoot" not in pdf.Root:
        yield "no structure"
        return
    nodes = list(_nodes(pdf.Root.StructTreeRoot))
    kinds = [str(node.get("/S")) for node in nodes]
    yield from (f"a picture without alternative text ({at})" for at, node in enumerate(nodes)
                if kinds[at] == "/Figure" and not str(node.get("/Alt", "")))  # fmt: skip
    levels = [LEVELS[kind] for kind in kinds if kind in LEVELS]
    yield from (f"from heading {a} to {b}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1)
    tables, heads = kinds.count("/Table"), kinds.count("/THead")
    if heads < tables:
        yield f"{tables - heads} tables without a head"


def _nodes(node: Any) -> Iterator[Any]:
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _nodes(child)


def kinds(made: bytes) -> list[str]:
    """The kinds of its structure elements, in order."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return [str(node.S) for node in _nodes(pdf.Root.StructTreeRoot)]
