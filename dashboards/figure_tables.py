"""Figures as tables one click below their picture, for those who do not see it or want to go on with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl
import streamlit as st

from dashboards import published
from dashboards.continuity import Step, Thread
from dashboards.figure_files import figures, threads_of
from dashboards.language import Words
from dashboards.markup import count_in_words, show, state_word
from dashboards.scope import Place
from dashboards.shares import Share
from dashboards.visit import Visit
from dashboards.worklist import as_csv, as_excel

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        show(_table(headings, rows))
        named = [(line.title, share) for line in lines for share in line.figures]
        _downloads(visit, lambda: figures(visit, named), key)


def of_municipalities(visit: Visit, shares: Sequence[Share], link: Callable[[str], str]) -> None:
    """Below the map: municipalities with share, interval and count, and the same as files."""
    words = visit.words
    with st.expander(words("app.table")):
        headings = [words(f"table.{column}") for column in ("municipality", "share", "interval", "of")]
        rows = [[_linked(visit, share, link), *_columns(share, words)] for share in shares]
        show(_table(headings, rows))
        title = words.measure(shares[0].headline, "title")
        _downloads(visit, lambda: figures(visit, [(title, share) for share in shares]), f"map-{shares[0].headline}")


def of_threads(visit: Visit, threads: Mapping[Place, Thread], window: str) -> None:
    """Below the thread: its steps and what was lost at each, in every place that is drawn, and the same as files."""
    words = visit.words
    named = {visit.name(place): thread for place, thread in threads.items()}
    with st.expander(words("app.table")):
        steps = list(dict.fromkeys(step.name for thread in threads.values() for step in thread.steps))
        if steps:
            rows = [[escape(words(f"step.{name}")), *_inside(named.values(), name, words)] for name in steps]
            show(_table([words("table.step"), *named], rows))
        _downloads(visit, lambda: threads_of(named, window.replace("-", "–"), words), "thread")


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


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are markup already."""
    head = "".join(
        f"<th scope='col' class='{'n' if at else ''}'>{escape(text)}</th>" for at, text in enumerate(headings)
    )
    body = "".join(
        "<tr>" + "".join(f"<td class='{'n' if at else ''}'>{cell}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-scroll'><table class='rt-table'>{inside}</table></div>"


def _downloads(visit: Visit, rows: Callable[[], pl.DataFrame], key: str) -> None:
    """CSV and Excel, made when somebody asks for them."""
    words = visit.words
    name = f"{words('table.file')}-{key}-{visit.as_of}".replace(":", "-")
    with st.container(horizontal=True):
        st.download_button(
            words("worklist.download_csv"), lambda: as_csv(rows()), f"{name}.csv", "text/csv",
            on_click="ignore", key=f"csv-{key}",
        )  # fmt: skip
        st.download_button(
            words("worklist.download_excel"), lambda: as_excel(rows()), f"{name}.xlsx", SHEET,
            on_click="ignore", key=f"excel-{key}",
        )  # fmt: skip
