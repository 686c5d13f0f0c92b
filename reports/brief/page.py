"""A brief as one HTML file: no script, no outside address, light and dark, and one sheet of A4 in print."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib import resources

from dashboards.charts.thread import thread_picture
from dashboards.language import Words
from dashboards.marks import comparison_mark, state_mark
from dashboards.tokens import css_variables
from reports.brief.content import Brief
from reports.brief.row import Line, Row
from reports.brief.strip import strip_drawing

LOGO = (
    "<svg class='logo' viewBox='0 0 34 24' aria-hidden='true'><path d='M3 16 C9 -2 14 28 21 12 C24 6 28 5 31 8'/></svg>"
)

LONG = 4950
"""Letters of a page that would not stay on one sheet in print at the usual size."""


def page(brief: Brief) -> str:
    """The whole file."""
    words, title = Words(brief.language), escape(brief.title)
    head = (
        f"<header><p class='kind'>{LOGO}<b>{escape(words('take_home.source'))}</b> · {escape(words('brief.kind'))}</p>"
        f"<h1>{title}</h1><p class='where'>{escape(brief.subtitle)}</p></header>"
    )
    lead = f"<p class='lead'>{' '.join(brief.lead)}</p>"
    main = f"<main id='content'>{lead}{_thread(brief, words)}{_numbers(brief, words)}</main>"
    return document(brief.document, head + main + _facts(brief, words), words)


def document(title: str, body: str, words: Words) -> str:
    """A page of ours with its look inside it. One with much text is set smaller on paper, to stay on its sheet."""
    kind = " class='long'" if len(re.sub(r"<[^>]*>", "", body)) > LONG else ""
    return (
        f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>:root{{color-scheme:light dark;{css_variables()}}}\n{_look()}</style>\n</head>\n<body{kind}>\n"
        f"<a class='skip' href='#content'>{escape(words('twin.skip'))}</a>\n{body}\n</body>\n</html>\n"
    )


@cache
def _look() -> str:
    return (resources.files("reports") / "brief" / "look.css").read_text("utf-8")


def _thread(brief: Brief, words: Words) -> str:
    drawn = brief.drawn
    whose = f"<p class='whose'>{escape(drawn.whose)}</p>" if drawn.whose else ""
    return (
        f"<section class='thread'><h2>{escape(words('thread.title'))}</h2>{whose}"
        f"<p class='caption'>{escape(drawn.caption)}</p>{thread_picture(drawn.thread, words)}</section>"
    )


def _numbers(brief: Brief, words: Words) -> str:
    hidden = f"<p class='hidden'>{state_mark('suppressed')}{escape(brief.hidden)}</p>" if brief.hidden else ""
    names = ("measure", "own", "country", "trend", "ask")
    heads = "".join(f"<th scope='col'>{escape(words(f'brief.column_{name}'))}</th>" for name in names)
    rows = "".join(_row(row, words) for row in brief.rows)
    return (
        f"<section class='numbers'><h2 id='numbers'>{escape(words('brief.numbers'))}</h2>{hidden}"
        f"<table aria-labelledby='numbers'><caption>{escape(brief.caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table><p class='key'>{escape(brief.key)}</p></section>"
    )


def _row(row: Row, words: Words) -> str:
    labels = {name: escape(words(f"brief.column_{name}"), quote=True) for name in ("own", "country", "trend", "ask")}
    own = _own(row, words)
    country = "".join(
        [
            strip_drawing(row.strip, row.country.mark if row.country else None, row.strip_words),
            _line(row.country),
            f"<p class='standing'>{escape(row.standing)}</p>" if row.standing else "",
        ]
    )
    return (
        f"<tr><th scope='row'>{escape(row.title)}<p>{escape(row.meaning)}</p></th>"
        f"<td class='own' data-label='{labels['own']}'>{own}</td>"
        f"<td class='country' data-label='{labels['country']}'>{country}</td>"
        f"<td class='trend' data-label='{labels['trend']}'>{_columns(row)}{_line(row.trend)}</td>"
        f"<td class='ask' data-label='{labels['ask']}'><p>{row.ask}</p></td></tr>"
    )


def _own(row: Row, words: Words) -> str:
    """The number with its count; else why there is none, and what to read instead."""
    if row.number:
        return f"<p class='number'>{escape(row.number)}</p><p class='count'>{escape(row.count)}</p>"
    word = f"<p class='absent'>{state_mark(row.state)}{escape(words(f'state.{row.state}'))}</p>"
    if not row.instead:
        return f"{word}<p class='count'>{escape(row.why)}</p>"
    return word + "".join(
        f"<p class='instead'><i class='{of}' aria-hidden='true'></i><span>{text}</span></p>" for of, text in row.instead
    )


def _line(line: Line | None) -> str:
    return f"<p class='line'>{comparison_mark(line.mark)}<span>{escape(line.text)}</span></p>" if line else ""


def _columns(row: Row) -> str:
    """A small column for each window, the last in red; the words below say what they show."""
    if sum(share is not None for share in row.windows) < 2:
        return ""
    columns = "".join(
        "<i class='absent'></i>" if share is None else f"<i style='height:{max(share, 0.04):.0%}'></i>"
        for share in row.windows
    )
    return f"<span class='spark' aria-hidden='true'>{columns}</span>"


def _facts(brief: Brief, words: Words) -> str:
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in brief.facts)
    return f"<footer><h2>{escape(words('brief.about'))}</h2><dl>{facts}</dl></footer>"
