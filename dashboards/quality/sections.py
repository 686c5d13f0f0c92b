"""What the pages about data quality share: how they begin, cards, and what they say when nothing was checked."""

from __future__ import annotations

from html import escape
from math import ceil

import polars as pl
import streamlit as st

from dashboards import frame, opening, page_record, published_checks, published_quality, take_home
from dashboards.markup import heading, show
from dashboards.published_checks import EVERYWHERE
from dashboards.quality import statuses
from dashboards.quality.visit import Quality

ROWS_PER_PAGE = 25


def begin(page: str) -> Quality:
    """First line of every page about data quality. Ends the page for a run that has no ledger."""
    quality = Quality.of(frame.begin(page))
    if not published_quality.has_ledger(quality.visit.source):
        words = quality.visit.words
        heading(words("quality.title"), "")
        show(f"<p class='rt-lead'>{words('quality.no_ledger')}</p>")
        st.stop()
    return quality


def checks_or_how_to(quality: Quality, title: str) -> None:
    """Ends the page with the command to run when nothing was checked; says so when the check is of an earlier run."""
    words = quality.visit.words
    if quality.checks is None:
        heading(title, words("checks.none"))
        show(f"<p class='rt-lead'>{escape(words('checks.none_text'))}</p>")
        st.code(f"roedtraad check --store {opening.store_path()}", language="bash")
        st.stop()


def stale_note(quality: Quality) -> None:
    """Results of another run are shown, but not as if they were of this one."""
    if quality.checks is None:
        return
    words, checks = quality.visit.words, by_check(quality)
    others = checks.filter(~pl.col("is_of_run")).height
    if others:
        numbers = {"number": words.number(others), "all": words.number(checks.height)}
        text = words("checks.stale" if others == checks.height else "checks.partly_stale", **numbers)
        show(f"<p class='rt-stale'>{escape(text)}</p>")


def by_check(quality: Quality) -> pl.DataFrame:
    """Every check as it stands where the reader is; `is_of_run`: of the run whose figures are shown."""
    own = quality.visit.scope.municipality_code or EVERYWHERE
    checks = statuses.by_check(quality.of_checks(published_checks.results, quality.today), own)
    return checks.with_columns((pl.col("run_id") == quality.run_id).alias("is_of_run"))


def cards(parts: list[tuple[str, str, str]]) -> None:
    """Title, number (or the word for its absence) and the line below, as cards."""
    grid = "".join(
        f"<section class='rt-card'><h2>{escape(title)}</h2><p class='rt-number'>{escape(number)}</p>"
        f"<p class='rt-count'>{escape(below)}</p></section>"
        for title, number, below in parts
    )
    show(f"<div class='rt-cards'>{grid}</div>")


def one_page_of(quality: Quality, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows of the page that the reader has turned to, with the way to the others and how many there are."""
    pages = max(1, ceil(rows.height / ROWS_PER_PAGE))
    page = min(st.pagination(pages, key=key, bind="query-params"), pages) if pages > 1 else 1
    first = (page - 1) * ROWS_PER_PAGE
    shown = rows.slice(first, ROWS_PER_PAGE)
    words = quality.visit.words
    numbers = {"first": first + 1, "last": first + shown.height, "total": rows.height}
    text = words("worklist.range", **{name: words.number(number) for name, number in numbers.items()})
    show(f"<p class='rt-range'>{escape(text)}</p>")
    return shown


def downloads(quality: Quality, rows: pl.DataFrame, name: str, *, what: str) -> None:
    """The steward's rows as CSV and Excel, made when somebody asks for them, and where such files belong.

    `what` is how the audit log calls them.
    """
    visit, words = quality.visit, quality.visit.words
    note = words("quality.download_note")
    file = f"{name}-{visit.scope.municipality_code}-{visit.as_of}"
    title = page_record.current().title
    take_home.row_of_persons(visit, what, lambda: rows, title=title, file=file, what=what, note=note)
    show(f"<p class='rt-range'>{escape(note)}</p>")


def back_to_first_page(key: str) -> None:
    """A new choice begins at its first page."""
    st.session_state[key] = 1
