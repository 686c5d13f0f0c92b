"""Municipalities by something, region by region, as a table of marks: with links, for keyboard, reader and telephone.

What a cell says is its mark, the few letters beside it, and the words of its mark for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

FEW = 7
"""So many columns have room for their headings as they are; more are turned."""

ON_A_PAGE = 45
"""So many lines stand as they are; more scroll by themselves, under their headings."""


@dataclass(frozen=True)
class Cell:
    """`mark`: its style, `rt-mark better` or `rt-state suppressed`; `short`: letters, often none; `word`: the mark.

    Without a mark the letters say it all.
    """

    mark: str
    short: str
    word: str


@dataclass(frozen=True)
class GridLine:
    """A place with a cell for each column; `link`: where its name leads, none for a place without a page."""

    name: str
    cells: tuple[Cell, ...]
    link: str | None = None


def place_grid(name: str, columns: Sequence[str], groups: Mapping[str, Sequence[GridLine]]) -> str:
    """`name` is what screen readers call the table; a group is a heading over its lines, none where it is empty.

    The table scrolls by itself where the page is narrow; the names of the places stay.
    """
    head = "".join(f"<th scope='col'><span>{escape(column)}</span></th>" for column in columns)
    bodies = "".join(_group(title, lines, len(columns)) for title, lines in groups.items())
    label = escape(name, quote=True)
    marks = _key([cell for lines in groups.values() for line in lines for cell in line.cells])
    kind = "rt-grid few" if len(columns) <= FEW else "rt-grid"
    frame = "rt-grid-frame tall" if sum(map(len, groups.values())) > ON_A_PAGE else "rt-grid-frame"
    return (
        f"<div class='{frame}' role='region' tabindex='0' aria-label='{label}'><table class='{kind}'>"
        f"<thead><tr><td></td>{head}</tr></thead>{bodies}</table></div>{marks}"
    )


def _group(title: str, lines: Sequence[GridLine], columns: int) -> str:
    heading = f"<tr><th scope='rowgroup' colspan='{columns + 1}'>{escape(title)}</th></tr>" if title else ""
    return f"<tbody>{heading}{''.join(_line(line) for line in lines)}</tbody>"


def _line(line: GridLine) -> str:
    name = escape(line.name)
    if line.link is not None:
        name = f"<a href='{escape(line.link, quote=True)}' target='_self'>{name}</a>"
    return f"<tr><th scope='row'>{name}</th>{''.join(_cell(cell) for cell in line.cells)}</tr>"


def _cell(cell: Cell) -> str:
    if not cell.mark:
        return f"<td>{escape(cell.short)}</td>"
    word = f"<span class='rt-unseen'>{escape(cell.word)}</span>"
    return f"<td><i class='{cell.mark}' aria-hidden='true'></i>{escape(cell.short)} {word}</td>"


def _key(cells: Sequence[Cell]) -> str:
    """The marks that occur, each with its word, in the order in which they are met."""
    words = dict.fromkeys((cell.mark, cell.word) for cell in cells if cell.mark)
    items = "".join(f"<li><i class='{mark}' aria-hidden='true'></i>{escape(word)}</li>" for mark, word in words)
    return f"<ul class='rt-key'>{items}</ul>"
