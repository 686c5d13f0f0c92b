"""Figures as tables one click below their picture, for those who do not see it or want to go on with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import page_record, published, take_home
from dashboards.continuity import Step, Thread
from dashboards.figure_files import figures, threads_of
from dashboards.language import Words
from dashboards.markup import count_in_words, show, state_word
from dashboards.scope import Place
from dashboards.shares import Share
from dashboards.visit import Visit

ROWS_SHOWN = 200
FINEST = 3
"""Digits after the comma, at most."""


@dataclass(frozen=True)
class Line:
    """A row of a table: its name, and its figures beside each other. `title` says what they are in a file."""

    name: str
    title: str
    figures: tuple[Share, ...]


def of_lines(visit: Visit, lines: Sequence[Line], places: Sequence[Place], key: str, first: str) -> None:
    """Below a picture, one click away: a column for each place, and the same as files."""
    words = visit.words
    with st.expander(words("app.table")):
        headings = [first, *(visit.name(place) for place in places)]
        rows = [[escape(line.name), *(_figure(share, words) for share in line.figures)] for line in lines]
        show(_table(headings, rows, page_record.current().card[0]))
    named = [(line.title, share) for line in lines for share in line.figures]
    counted = _definitions([share for _, share in named], words)
    take_home.row(visit, key, lambda: figures(visit, named), definitions=counted)


def of_municipalities(visit: Visit, shares: Sequence[Share], link: Callable[[str], str]) -> None:
    """Below the map: municipalities with share, interval and count, and the same as files."""
    words = visit.words
    with st.expander(words("app.table")):
        headings = [words(f"table.{column}") for column in ("municipality", "share", "interval", "of")]
        rows = [[_linked(visit, share, link), *_columns(share, words)] for share in shares]
        show(_table(headings, rows, page_record.current().card[0]))
    title, counted = words.measure(shares[0].headline, "title"), _definitions(shares, words)
    named = [(title, share) for share in shares]
    take_home.row(visit, f"map-{shares[0].headline}", lambda: figures(visit, named), definitions=counted)


def of_threads(visit: Visit, threads: Mapping[Place, Thread], window: str) -> None:
    """Below the thread: its steps and what was lost at each, in every place that is drawn, and the same as files."""
    words, title = visit.words, visit.words("thread.title")
    named = {visit.name(place): thread for place, thread in threads.items()}
    with st.expander(words("app.table")):
        steps = list(dict.fromkeys(step.name for thread in threads.values() for step in thread.steps))
        if steps:
            rows = [[escape(words(f"step.{name}")), *_inside(named.values(), name, words)] for name in steps]
            show(_table([words("table.step"), *named], rows, title))
    period = window.replace("-", "–")
    counted = [words("thread.caption", period=period)]
    take_home.row(visit, "thread", lambda: threads_of(named, period, words), title=title, definitions=counted)


def of_frame(visit: Visit, rows: pl.DataFrame, key: str, *, title: str, note: str = "") -> None:
    """Below a picture: a frame whose columns are already named and worded, and the same as files. A null is an empty
    cell, so its row says in words why."""
    words = visit.words
    with st.expander(words("app.table")):
        show(_table(rows.columns, cells(rows.head(ROWS_SHOWN), words), title))
        notes = [note, words("take_home.first_rows", number=ROWS_SHOWN) if rows.height > ROWS_SHOWN else ""]
        for told in filter(None, notes):
            show(f"<p class='rt-range'>{escape(told)}</p>")
    take_home.row(visit, key, lambda: rows, title=title, note=note)


def cells(rows: pl.DataFrame, words: Words) -> list[list[str]]:
    """Row by row, as markup. All numbers of a column have as many digits as the finest of them."""
    digits = [_digits(column) if column.dtype.is_float() else 0 for column in rows.get_columns()]
    return [
        [escape(_cell(value, words, after)) for value, after in zip(row, digits, strict=True)]
        for row in rows.iter_rows()
    ]


def _digits(column: pl.Series) -> int:
    known = column.drop_nulls()
    return next((digits for digits in range(FINEST) if known.round(digits).equals(known)), FINEST)


def _cell(value: object, words: Words, digits: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return words("yes_no.yes" if value else "yes_no.no")
        case int():
            return words.number(value)
        case float():
            return words.decimal(value, digits)
        case date():
            return words.day(value)
    return str(value)


def _definitions(shares: Sequence[Share], words: Words) -> list[str]:
    """What each of the measures counts, once."""
    names = dict.fromkeys(share.headline for share in shares)
    return [f"{words.measure(name, 'title')}: {words.measure(name, 'sentence')}" for name in names]


def _inside(threads: Iterable[Thread], name: str, words: Words) -> list[str]:
    """Children inside a step in each place, with what was lost there."""
    found = [(thread, next((step for step in thread.steps if step.name == name), None)) for thread in threads]
    return [_step(step, words) if step else escape(words(f"state.{thread.state}")) for thread, step in found]


def _step(step: Step, words: Words) -> str:
    inside = words("state.suppressed") if step.children is None else words.number(step.children)
    if not step.lost:
        return f"<b>{escape(inside)}</b>"
    return (
        f"<b>{escape(inside)}</b><br><small>{escape(words('thread.lost_here', number=words.number(step.lost)))}</small>"
    )


def _figure(share: Share, words: Words) -> str:
    """The share over its interval and count, narrow enough for three beside each other; or the state in a word."""
    if share.interval is None or share.numerator is None or share.denominator is None:
        why = escape(words(f"why.{share.state}", threshold=published.threshold()), quote=True)
        return f"<span title='{why}'>{escape(words(f'state.{share.state}'))}</span>"
    interval = words.interval(share.interval.low, share.interval.high)
    count = words("chart.count", part=words.number(share.numerator), whole=words.number(share.denominator))
    return f"<b>{words.percent(share.interval.value)}</b><br><small>{interval}<br>{escape(count)}</small>"


def _columns(share: Share, words: Words) -> list[str]:
    if share.interval is None:
        return [escape(state_word(share, words, published.threshold())), "", ""]
    interval = words.interval(share.interval.low, share.interval.high)
    return [words.percent(share.interval.value), interval, escape(count_in_words(share, words))]


def _linked(visit: Visit, share: Share, link: Callable[[str], str]) -> str:
    return f"<a href='{escape(link(share.place.code), quote=True)}'>{escape(visit.name(share.place))}</a>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> str:
    """Cells are markup already. A wide table is scrolled, by the keyboard too, inside a frame that has its name."""
    head = "".join(
        f"<th scope='col' class='{'n' if at else ''}'>{escape(text)}</th>" for at, text in enumerate(headings)
    )
    body = "".join(f"<tr>{_row_heading(first)}{''.join(map(_number, rest))}</tr>" for first, *rest in rows)
    name = escape(title, quote=True)
    inside = f"<caption class='rt-unseen'>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    table = f"<table class='rt-table'>{inside}</table>"
    return f"<div class='rt-scroll' role='region' aria-label='{name}' tabindex='0'>{table}</div>"


def _row_heading(cell: str) -> str:
    return f"<th scope='row'>{cell}</th>"


def _number(cell: str) -> str:
    return f"<td class='n'>{cell}</td>"
