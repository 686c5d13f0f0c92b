"""Parts of the page on returns: who is missing first, what was refused and why, and who has reported by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from checks.days import DANISH_CLOCK
from dashboards import doors, figure_tables, frame, opening, published_returns
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national.tables import Told, told_table
from dashboards.operation.amounts import moment_words
from dashboards.published_returns import REST
from dashboards.scope import Place
from dashboards.visit import Visit

HASH_SHOWN = 8
SHOWN = 12
"""Rows of a table; below it all of them can be opened and taken home."""


def title(visit: Visit) -> None:
    """Ends the page where the figures were made from rows: then nobody returns anything."""
    words = visit.words
    heading(words("returns.title"), words("returns.subtitle", day=words.day(visit.as_of)))
    if not opening.is_of_returns(visit.source):
        lead([words("returns.of_rows"), words("returns.of_rows_how")])
        st.stop()
    if not opening.has_rows(opening.store_path()):
        doors.not_here(words, "returns")
    absent = published_returns.missing(visit.source, visit.scope, visit.geography)
    lead([who_is_missing(absent, visit), words("returns.no_rows")])


def who_is_missing(absent: pl.DataFrame, visit: Visit) -> str:
    """How many have reported, and how many are missing."""
    words, every = visit.words, len(visit.geography.codes)
    numbers = {"reported": words.number(every - absent.height), "every": words.number(every)}
    if absent.is_empty():
        return words("returns.all_in", every=words.number(every))
    key = "returns.one_missing" if absent.height == 1 else "returns.missing"
    return words(key, missing=words.number(absent.height), **numbers)


def told_on_overview(visit: Visit) -> None:
    """One line while somebody is missing: whom the figures of the country are of, and where to see who is not in it."""
    if visit.scope.role != "national" or not opening.is_of_returns(visit.source):
        return
    text = _covered(visit)
    if not text:
        return
    link = escape(frame.link_with(visit.words, visit.scope, "returns"), quote=True)
    who = f"<a href='{link}' target='_self'>{escape(visit.words('returns.who'))}</a>"
    show(f"<p class='rt-caveat opening unknown'><i aria-hidden='true'></i>{escape(text)} {who}</p>")


def _covered(visit: Visit) -> str:
    """Empty when everybody is in; figures of an earlier combination are of others than those who are in it now."""
    words, every = visit.words, len(visit.geography.codes)
    if visit.publication is not None and not visit.publication.is_of_last_run:
        return words("returns.changed_since")
    absent = published_returns.missing(visit.source, visit.scope, visit.geography).height
    reported = words.number(every - absent)
    return words("returns.covers", reported=reported, every=words.number(every)) if absent else ""


def missing_card(visit: Visit) -> None:
    """Who has taken a return back, and who has never returned one, in the order of their names."""
    words = visit.words
    absent = published_returns.missing(visit.source, visit.scope, visit.geography)
    with st.container(key="card-missing"):
        card_heading(words("returns.missing_title"), words("returns.missing_caption"))
        if absent.is_empty():
            _notice(words("returns.nobody_missing"))
            return
        lines = [_absent(visit, row) for row in absent.iter_rows(named=True)]
        _table(visit, "missing", words("returns.missing_title"), lines)


def _absent(visit: Visit, row: Mapping[str, Any]) -> dict[str, str]:
    words, code = visit.words, row["municipality_code"]
    state = words("returns.never")
    if row["withdrawn_at"] is not None:
        state = words("returns.withdrawn", day=words.day(row["withdrawn_at"].date()), why=row["why"])
    region = visit.geography.name(visit.geography.region_of(code))
    return {
        words("table.municipality"): _name(visit, code),
        words("returns.region"): region,
        words("returns.state"): state,
    }


def refused_card(visit: Visit) -> None:
    """Files that were not taken, why, and what to do; the latest first."""
    words = visit.words
    rows = published_returns.refused(opening.store_path(), visit.scope)
    with st.container(key="card-refused"):
        card_heading(words("returns.refused_title"), words("returns.refused_caption"))
        if rows.is_empty():
            _notice(words("returns.none_refused"))
            return
        lines = [_refused(visit, row) for row in rows.iter_rows(named=True)]
        _table(visit, "refused", words("returns.refused_title"), lines)


def _refused(visit: Visit, row: Mapping[str, Any]) -> dict[str, str]:
    words, code = visit.words, row["municipality_code"]
    reason, mend = words(f"returns.reason.{row['reason']}"), words(f"returns.mend.{row['reason']}")
    return {
        words("returns.file"): row["file"],
        words("returns.says"): words("returns.says_nothing") if code is None else _name(visit, code),
        words("returns.why"): f"{reason} {mend}",
        words("returns.when"): moment_words(row["refused_at"], words),
    }


def accepted_card(visit: Visit) -> None:
    """When each return came, by which definitions it was counted, and how whole its sources were."""
    words = visit.words
    rows = published_returns.accepted(visit.source, visit.scope)
    with st.container(key="card-accepted"):
        first, last = rows["first_day"].min(), rows["last_day"].max()
        if rows.is_empty() or first is None or last is None:
            card_heading(words("returns.accepted_title"), "")
            _notice(words("returns.nobody"))
            return
        period = words("returns.accepted_caption", first=words.day(first), last=words.day(last))  # type: ignore[arg-type]
        card_heading(words("returns.accepted_title"), period)
        lines = [_accepted(visit, row) for row in rows.iter_rows(named=True)]
        _table(visit, "accepted", words("returns.accepted_title"), lines)


def _accepted(visit: Visit, row: Mapping[str, Any]) -> dict[str, str]:
    words = visit.words
    return {
        words("table.municipality"): _name(visit, row["municipality_code"]),
        words("returns.came"): words.day(row["accepted_at"].astimezone(DANISH_CLOCK).date()),
        words("returns.definitions"): row["definitions"][:HASH_SHOWN],
        words("returns.months"): months_words(row["months_reported"], row["months_expected"], words),
    }


def months_words(reported: int, expected: int, words: Words) -> str:
    """`778 af 779`; where nothing was to be expected there is nothing to say."""
    if expected == 0:
        return words("returns.no_months")
    return words("returns.of", reported=words.number(reported), expected=words.number(expected))


def _name(visit: Visit, code: str) -> str:
    """A code that is none today is shown as it is."""
    if code == REST:
        return visit.words("returns.rest")
    return visit.geography.name(Place("municipality", code)) if code in visit.geography.codes else code


def _table(visit: Visit, key: str, name: str, lines: Sequence[Mapping[str, str]]) -> None:
    rows = [[Told(cell) for cell in line.values()] for line in lines[:SHOWN]]
    show(told_table(name, list(lines[0]), rows))
    figure_tables.of_frame(visit, pl.DataFrame(list(lines), orient="row"), key, title=name)


def _notice(text: str) -> None:
    show(f"<p class='rt-notice'>{escape(text)}</p>")
