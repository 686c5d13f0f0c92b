"""A document as PDF: its blocks as data for `document.typ`, its pictures as SVG beside it."""

from __future__ import annotations

from dashboards.language import Words
from reports.documents.content import (
    Block,
    Cell,
    Chapter,
    Document,
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
from reports.documents.pdf import pdf

Data = dict[str, object]


def paper(document: Document) -> bytes:
    """The whole document; the same document makes the same bytes."""
    words = Words(document.language)
    pictures = [block for block in document.blocks() if isinstance(block, Picture)]
    data = {
        "title": document.title,
        "language": document.language,
        "date": document.as_of.isoformat(),
        "kind": document.kind,
        "subtitle": document.subtitle,
        "draft": document.draft,
        "notice": document.notice,
        "facts": [list(fact) for fact in document.facts],
        "running": words("document.running", day=words.day(document.as_of)),
        "of": words("document.page", page="{page}", pages="{pages}"),
        "contents": words("document.contents"),
        "chapters": [_chapter(chapter) for chapter in document.chapters],
    }
    return pdf("documents/document.typ", data, {_file(picture): picture.svg.encode() for picture in pictures})


def _chapter(chapter: Chapter) -> Data:
    blocks = [_block(block) for block in chapter.blocks]
    return {"title": chapter.title, "blocks": blocks, "new_page": chapter.new_page}


def _block(block: Block) -> Data:
    kind = type(block).__name__.lower()
    match block:
        case Heading(text):
            return {"kind": kind, "text": text}
        case Lead(runs) | Text(runs) | Note(runs):
            return {"kind": kind, "runs": runs}
        case Items() | Terms():
            return {"kind": kind, "items": block.items}
        case Picture():
            told = {"title": block.title, "caption": block.caption, "alt": block.alt, "width": block.width}
            return {"kind": kind, "file": _file(block), **told}
        case Table():
            return {"kind": kind, **_table(block)}


def _table(table: Table) -> Data:
    columns = [{"text": each.text, "number": each.is_number, "width": each.width} for each in table.columns]
    rows = [_line(line) for line in table.rows]
    told = {"title": table.title, "caption": table.caption, "foot": table.foot}
    return {"columns": columns, "rows": rows, **told}


def _line(line: Line) -> list[object]:
    return [line.name] if isinstance(line, Group) else [_cell(cell) for cell in line]


def _cell(cell: Cell) -> object:
    return {
        "text": cell.text,
        "below": cell.below,
        "mark": cell.mark,
        "state": cell.is_state,
        "strong": cell.is_strong,
    }


def _file(picture: Picture) -> str:
    return f"{picture.name}.svg"
