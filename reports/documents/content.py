"""What a document says, before it is a PDF, a Word document or a workbook: chapters of blocks, each declared once.

The three writers (`paper`, `word`, `workbook`) say the same blocks, so their figures are the same by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import TypeVar

from dashboards.language import Language
from reports.documents.runs import Run

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    """A figure or a word. `below`: a second, smaller line; `mark`: better, similar, worse or incomparable.

    `is_state`: the text is the word of a state that stands for a number that is not there. `value`: the number itself,
    for a workbook; `is_share`: it is one between 0 and 1.
    """

    text: str
    below: str = ""
    mark: str | None = None
    is_state: bool = False
    is_strong: bool = False
    value: float | int | None = None
    is_share: bool = False


@dataclass(frozen=True)
class Column:
    """`width`: a part of what is left. Numbers stand to the right."""

    text: str
    is_number: bool = False
    width: float = 1.0


@dataclass(frozen=True)
class Group:
    """A row that names those below it."""

    name: str


Line = tuple[Cell, ...] | Group


@dataclass(frozen=True)
class Table:
    """A table of the document; `sheet` is its name in the workbook (31 letters at most)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    sheet: str
    caption: str = ""
    foot: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG, with the words that stand for it. `width`: part of the page's."""

    name: str
    title: str
    svg: str
    alt: str
    caption: str = ""
    width: float = 1.0


@dataclass(frozen=True)
class Heading:
    """A heading inside a chapter."""

    text: str


@dataclass(frozen=True)
class Lead:
    """The first sentences of a chapter."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Note:
    """What must be known of the figures; in a quiet frame."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Terms:
    """Words and what they mean."""

    items: tuple[tuple[str, tuple[Run, ...]], ...]


Block = Table | Picture | Heading | Lead | Text | Note | Items | Terms


@dataclass(frozen=True)
class Chapter:
    """`name` is its field in a Word template; `new_page`: it begins one, where a short one stands below the last."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    new_page: bool = True


@dataclass(frozen=True)
class Document:
    """`facts` stand on the cover and on the first sheet of the workbook; `draft` is a word on every page, or empty;
    `notice` stands below the contents; `fields` are further words that a Word template may name."""

    kind: str
    title: str
    subtitle: str
    language: Language
    as_of: date
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    draft: str = ""
    notice: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def blocks(self) -> Iterator[Block]:
        """All of them, in their order."""
        return (block for chapter in self.chapters for block in chapter.blocks)


def side_by_side(columns: Sequence[T], most: int) -> list[Sequence[T]]:
    """As few tables as hold so many columns each, none much narrower than another; none for no column."""
    number = ceil(len(columns) / most)
    size = ceil(len(columns) / number) if number else 1
    return [columns[at : at + size] for at in range(0, len(columns), size)]
