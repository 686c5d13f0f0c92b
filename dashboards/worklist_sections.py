"""Parts of the worklist page: the numbers, pills, order, files, and one page of rows."""

from __future__ import annotations

from html import escape

import polars as pl
import streamlit as st

from dashboards import audit, gap_words, take_home, worklist
from dashboards.address import chosen, remember
from dashboards.markup import heading, lead, show
from dashboards.stewards import deciding, decisions, filters, gap_list, sessions
from dashboards.visit import Visit


def own_gaps(visit: Visit) -> pl.DataFrame:
    """The gaps of the steward's municipality, with who can close them and what was decided; the audit log knows."""
    sessions.begin_session()
    audit.saw(visit, "worklist")
    return decisions.decided(visit, gap_words.with_closers(visit.worklist()))


def title_and_numbers(visit: Visit, gaps: pl.DataFrame) -> None:
    """Heading, and how many open gaps are critical, how many the municipality can close itself, and what is decided."""
    words, is_open = visit.words, filters.shown(filters.OPEN)
    open_gaps = gaps.filter(is_open)
    counts = worklist.pill_counts(open_gaps)
    new = open_gaps.filter(pl.col("age_days") <= worklist.NEW_DAYS).height
    numbers = {name: words.number(number) for name, number in (("total", open_gaps.height), ("new", new))}
    place = visit.name(visit.scope.own_place)
    heading(words("worklist.title"), words("worklist.subtitle", place=place, day=words.day(visit.as_of), **numbers))
    if gaps.is_empty():
        lead([escape(words("worklist.lead_empty"))])
        return
    bold = {pill: f"<b>{words.number(counts[pill])}</b>" for pill in ("critical", "ours")}
    key = "worklist.lead" if counts["critical"] else "worklist.lead_none_critical"
    lead([words(key, total=words.number(open_gaps.height), **bold), *_decided(visit, gaps)])


def _decided(visit: Visit, gaps: pl.DataFrame) -> list[str]:
    """How many are mine, and how many are accepted and therefore not shown; nothing of what there is none of."""
    words = visit.words
    numbers = {
        "worklist.lead_mine": gaps.filter(decisions.is_mine(visit.who)).height,
        "worklist.lead_accepted": gaps.filter(filters.shown("accepted")).height,
    }
    return [words(key, number=f"<b>{words.number(number)}</b>") for key, number in numbers.items() if number]


def choose_pill(visit: Visit, gaps: pl.DataFrame) -> str:
    """Which gaps; the choice stands in the address, the counts do not."""
    words, counts = visit.words, worklist.pill_counts(gaps)
    pill = chosen("filter", list(counts), "all")
    st.pills(
        words("worklist.filter"),
        list(counts),
        key="filter",
        format_func=lambda name: words(f"filter.{name}", number=words.number(counts[name])),
        on_change=back_to_first_page,
        required=True,
        label_visibility="collapsed",
    )
    remember("filter", pill, "all")
    return pill


def choose_order(visit: Visit) -> str:
    """In which order."""
    words = visit.words
    sort = chosen("sort", worklist.SORTS, "severity")
    label = words("worklist.sort")
    st.selectbox(
        label,
        worklist.SORTS,
        key="sort",
        format_func=lambda name: words(f"worklist.sort_{name}"),
        on_change=back_to_first_page,
    )
    remember("sort", sort, "severity")
    return sort


def downloads(visit: Visit, gaps: pl.DataFrame) -> None:
    """All rows that match, with decisions, as files, and where they belong."""
    words = visit.words

    def rows() -> pl.DataFrame:
        return worklist.for_file(gap_list.in_words(visit, gaps), words, visit.reference)

    file = f"{words('worklist.file')}-{visit.scope.municipality_code}-{visit.as_of}"
    title, note = words("worklist.title"), words("worklist.download_note")
    take_home.row_of_persons(visit, "worklist", rows, title=title, file=file, what="worklist", note=note)
    show(f"<p class='rt-range'>{escape(note)}</p>")


def list_and_decisions(visit: Visit, gaps: pl.DataFrame) -> None:
    """What is to be decided stands above the rows that it is about."""
    above = st.container()
    with st.container(key="card-gaps"):
        on_page = gap_list.rows(visit, gaps)
    with above:
        deciding.card(visit, gaps, on_page)


def back_to_first_page() -> None:
    """Another choice begins at its first row."""
    st.session_state["page"] = 1
