"""Small tables of a page whose rows or numbers lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Told:
    """A word or number of a table, and the address that it leads to, if any. Numbers stand to the right."""

    text: str
    address: str | None = None
    is_number: bool = False


def told_table(name: str, headings: Sequence[str], rows: Sequence[Sequence[Told]]) -> str:
    """The first column names its row; `name` is what screen readers call the table."""
    numbers = [told.is_number for told in rows[0]] if rows else [False] * len(headings)
    head = "".join(
        f"<th scope='col' class='{'n' if is_number else ''}'>{escape(text)}</th>"
        for text, is_number in zip(headings, numbers, strict=True)
    )
    body = "".join(f"<tr>{_name(row[0])}{''.join(map(_cell, row[1:]))}</tr>" for row in rows)
    table = f"<table class='rt-table rt-told-in'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div class='rt-scroll' role='region' aria-label='{escape(name, quote=True)}' tabindex='0'>{table}</div>"


def _name(told: Told) -> str:
    return f"<th scope='row'>{_linked(told)}</th>"


def _cell(told: Told) -> str:
    return f"<td class='{'n' if told.is_number else ''}'>{_linked(told)}</td>"


def _linked(told: Told) -> str:
    if told.address is None:
        return escape(told.text)
    return f"<a href='{escape(told.address, quote=True)}' target='_self'>{escape(told.text)}</a>"
