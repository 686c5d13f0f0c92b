"""Parts of the page on the audit log: whether its chain is whole, who did what, and the entries as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from checks.days import DANISH_CLOCK, danish_day
from dashboards import figure_tables, operations
from dashboards.address import chosen, remember
from dashboards.geography import Geography
from dashboards.language import NO_BREAK, Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national.tables import Told, told_table
from dashboards.opening import store_path
from dashboards.operation.amounts import moment_words
from dashboards.scope import Place, Scope
from dashboards.visit import Visit
from pipelines.audit_log import Verdict

EVERYTHING = "all"
PERIODS = {"day": 1, "week": 7, "month": 30, "all": None}
"""Days that are looked back, the present one included."""

ROWS_PER_PAGE = 25
SECONDS_KEPT = 60


@dataclass(frozen=True)
class Filter:
    """What the reader has chosen; `all` where nothing."""

    period: str
    action: str
    who: str
    municipality: str


def read(visit: Visit) -> tuple[pl.DataFrame, Verdict]:
    """The latest entries, and whether their chain is whole; read again when the log has changed, or after a minute."""
    store = store_path()
    return _read(operations.audit_state(store, visit.scope), visit.scope, str(store))


@st.cache_data(max_entries=2, ttl=SECONDS_KEPT, show_spinner=False)
def _read(state: tuple[int, int], scope: Scope, store: str) -> tuple[pl.DataFrame, Verdict]:  # noqa: ARG001
    return operations.audit_entries(Path(store), scope), operations.audit_verdict(Path(store), scope)


def title_and_lead(visit: Visit, entries: pl.DataFrame, verdict: Verdict) -> None:
    """Whether the chain is whole comes first: of a broken one the rest cannot be relied upon."""
    words = visit.words
    heading(words("audit.title"), words("audit.subtitle"))
    lead([escape(of_chain(verdict, words)), escape(of_week(entries, datetime.now(UTC), words))])
    if not verdict.is_whole:
        show(f"<p class='rt-notice'>{escape(words('audit.what_to_do'))}</p>")


def of_chain(verdict: Verdict, words: Words) -> str:
    """`Kæden er ubrudt: 1.234 poster.`, or where it is broken; of a long log the latest entries alone are told."""
    if verdict.is_whole and verdict.first > 1:
        latest = verdict.entries - verdict.first + 1
        return words("audit.whole_latest", latest=words.number(latest), number=words.number(verdict.entries))
    if verdict.is_whole:
        return words("audit.whole", number=words.number(verdict.entries))
    at = "" if verdict.broken_at is None else words.number(verdict.broken_at)
    return words(f"audit_broken.{verdict.why}", at=at, number=words.number(verdict.entries))


def of_week(entries: pl.DataFrame, now: datetime, words: Words) -> str:
    """How many have seen or taken out rows of children in the last seven days, and how many were turned away."""
    recent = entries.filter(pl.col("at") > now - timedelta(days=7))
    saw = recent.filter(pl.col("action").is_in(["saw", "exported"]))["who"].n_unique()
    refused = recent.filter(pl.col("action") == "refused").height
    return words("audit.week", people=words.number(saw), refused=words.number(refused))


def choose(visit: Visit, entries: pl.DataFrame) -> Filter:
    """By day, action, who and municipality; each list holds what occurs. Names of people are not in the address."""
    words, names = visit.words, _names(visit.geography)
    columns = [*st.columns(2), *st.columns(2)]
    with columns[0]:
        period = chosen("period", list(PERIODS), "month")
        st.selectbox(
            words("audit.period"), list(PERIODS), key="period", format_func=lambda name: words(f"audit_period.{name}")
        )
        remember("period", period, "month")
    with columns[1]:
        action = _choose(visit, "action", entries["action"], lambda name: _known(f"action.{name}", name, words))
        remember("action", action, EVERYTHING)
    with columns[2]:
        who = _choose(visit, "who", entries["who"], str)
    with columns[3]:
        place = _choose(visit, "of", entries["municipality_code"], lambda code: names.get(code, code))
        remember("of", place, EVERYTHING)
    return Filter(period, action, who, place)


def _choose(visit: Visit, key: str, values: pl.Series, name: Callable[[str], str]) -> str:
    words = visit.words
    options = [EVERYTHING, *values.drop_nulls().unique().sort().to_list()]
    if st.session_state.get(key) not in options:
        st.session_state[key] = st.query_params[key] if st.query_params.get(key) in options else EVERYTHING
    said = {option: words("audit.everything") if option == EVERYTHING else name(option) for option in options}
    return str(st.selectbox(words(f"audit.{key}"), options, key=key, format_func=said.__getitem__))


def chosen_of(entries: pl.DataFrame, chosen_filter: Filter, today: datetime) -> pl.DataFrame:
    """The entries that fit all of it; a day is a day in Denmark."""
    days = PERIODS[chosen_filter.period]
    first = None if days is None else danish_day(today) - timedelta(days=days - 1)
    day = pl.col("at").dt.convert_time_zone(str(DANISH_CLOCK)).dt.date()
    fits = [pl.lit(value=True) if first is None else (day >= first).fill_null(value=True)]
    asked = {
        "action": chosen_filter.action,
        "who": chosen_filter.who,
        "municipality_code": chosen_filter.municipality,
    }
    fits += [pl.col(column) == value for column, value in asked.items() if value != EVERYTHING]
    return entries.filter(pl.all_horizontal(fits))


def entries_card(visit: Visit, entries: pl.DataFrame) -> None:
    """Who did what, when and under which role, the last one first; all of them as a file."""
    words = visit.words
    with st.container(key="card-entries"):
        card_heading(words("audit.entries", number=words.number(entries.height)), words("audit.entries_caption"))
        if entries.is_empty():
            show(f"<p class='rt-notice'>{escape(words('audit.none'))}</p>")
            return
        table = in_words(entries, visit.geography, words)
        pages = -(-table.height // ROWS_PER_PAGE)
        page = min(st.pagination(pages, key="page", bind="query-params"), pages) if pages > 1 else 1
        shown = table.slice((page - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE)
        rows = [[Told(at.replace(" ", NO_BREAK)), *map(Told, row)] for at, *row in shown.iter_rows()]
        show(told_table(words("audit.title"), table.columns, rows))
        figure_tables.of_frame(visit, table, "audit", title=words("audit.title"))


def in_words(entries: pl.DataFrame, geography: Geography, words: Words) -> pl.DataFrame:
    """When, who, role, municipality, action, what, why: codes as words, and never whose thread was seen."""
    names, headings = _names(geography), ("at", "who", "role", "of", "action", "what", "why")
    rows = [
        (
            "" if row["at"] is None else moment_words(row["at"], words),
            row["who"] or "",
            _known(f"role.{row['role']}", row["role"], words),
            names.get(row["municipality_code"] or "", row["municipality_code"] or ""),
            _known(f"action.{row['action']}", row["action"], words),
            _what(row["what"], row["rows"], words, is_of_one_child=row["is_of_one_child"]),
            _known(f"turned_away.{row['why']}", row["why"], words),
        )
        for row in entries.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema={words(f"audit.{name}"): pl.String for name in headings}, orient="row")


def _what(what: str | None, rows: str | None, words: Words, *, is_of_one_child: bool) -> str:
    """What it was by its name; that it was a document, or about one child; and about how many rows left."""
    name, _, form = (what or "").partition(":")
    told = [words(f"nav.{name}") if words.known(f"nav.{name}") else _known(f"audit_what.{name}", what, words)]
    if form == "document":
        told.append(words("audit.document"))
    if is_of_one_child:
        told.append(words("audit.one_child"))
    if rows is not None:
        told.append(words(f"audit_rows.{rows}"))
    return ", ".join(told)


def _known(key: str, name: str | None, words: Words) -> str:
    """The text of a key; what stands in the log where it is a name that we do not know."""
    return words(key) if words.known(key) else name or ""


def _names(geography: Geography) -> dict[str, str]:
    return {code: geography.name(Place("municipality", code)) for code in geography.codes}
