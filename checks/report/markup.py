"""Pieces of the report's page: marks with their words, numbers, and tables that can be read without seeing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from checks.declared import STATUSES, Status
from checks.report.words import Words


@dataclass(frozen=True)
class Cell:
    """Markup in a table. `is_number`: stands to the right; `is_name`: heads its row."""

    markup: str
    is_number: bool = False
    is_name: bool = False

    @property
    def html(self) -> str:
        """The cell of a body."""
        kind = " class='n'" if self.is_number else ""
        return f"<th scope='row'{kind}>{self.markup}</th>" if self.is_name else f"<td{kind}>{self.markup}</td>"

    @property
    def heading(self) -> str:
        """The cell of a head; over marks that are only for the eye there is none."""
        if not self.markup:
            return "<td></td>"
        kind = " class='n'" if self.is_number else ""
        return f"<th scope='col'{kind}>{self.markup}</th>"


def text(words: str, *, is_name: bool = False) -> Cell:
    """Plain words."""
    return Cell(escape(words), is_name=is_name)


def number(told: str) -> Cell:
    """A figure in words or digits."""
    return Cell(escape(told), is_number=True)


def table(caption: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, is_titled: bool = True) -> str:
    """Scrolls within its frame where the page is narrow; the frame can be reached with the keyboard.

    A caption that the words just above already say is only for those who do not see the page.
    """
    label = escape(caption, quote=True)
    unseen = "" if is_titled else " class='unseen'"
    heading = "".join(cell.heading for cell in head)
    body = "".join(f"<tr>{''.join(cell.html for cell in row)}</tr>" for row in rows)
    return (
        f"<div class='frame' role='region' tabindex='0' aria-label='{label}'><table><caption{unseen}>{escape(caption)}"
        f"</caption><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def status_mark(status: Status, words: Words) -> str:
    """A shape of its own for every status, and always the word."""
    return f"<span class='status {status}'><i aria-hidden='true'></i>{escape(words.status(status))}</span>"


def severity_mark(severity: str, words: Words) -> str:
    """The same for severities."""
    return f"<span class='severity {severity}'><i aria-hidden='true'></i>{escape(words.severity(severity))}</span>"


def status_heads(words: Words) -> list[Cell]:
    """A column for every status, in their fixed order."""
    return [Cell(status_mark(status, words), is_number=True) for status in STATUSES]


def share_bar(part: float) -> Cell:
    """A bar beside a figure; only for the eye, since the figure says the same."""
    return Cell(f"<span class='bar' aria-hidden='true'><i style='width:{part:.0%}'></i></span>")


def folded(title: str, content: str) -> str:
    """Opens with a click or with the keyboard, and on paper."""
    return f"<details><summary>{title}</summary>{content}</details>"
