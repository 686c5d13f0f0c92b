"""Parts of the worklist page: the door, the numbers, pills, order, files, and one page of rows."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import polars as pl
import streamlit as st

from dashboards import gap_words, worklist
from dashboards.address import chosen, remember
from dashboards.markup import heading, lead, show
from dashboards.visit import Visit


def gaps_or_closed_door(visit: Visit) -> pl.DataFrame:
    """The gaps of the steward's municipality, with who can close them; for any other role the page ends here."""
    words = visit.words
    if visit.scope.role != "steward":
        heading(words("worklist.title"), words("worklist.closed_door"))
        show(f"<p class='rt-lead'>{escape(words('worklist.closed_door_text'))}</p>")
        st.button(words("worklist.closed_door_button"), on_click=_become_steward, type="primary")
        st.stop()
    return gap_words.with_closers(visit.worklist())


def title_and_numbers(visit: Visit, gaps: pl.DataFrame) -> None:
    """Heading, and how many gaps are critical and how many the municipality can close itself."""
    words, counts = visit.words, worklist.pill_counts(gaps)
    new = gaps.filter(pl.col("age_days") <= worklist.NEW_DAYS).height
    numbers = {name: words.number(number) for name, number in (("total", gaps.height), ("new", new))}
    place = visit.name(visit.scope.own_place)
    heading(words("worklist.title"), words("worklist.subtitle", place=place, day=words.day(visit.as_of), **numbers))
    if gaps.is_empty():
        lead([escape(words("worklist.lead_empty"))])
        return
    bold = {pill: f"<b>{words.number(counts[pill])}</b>" for pill in ("critical", "ours")}
    key = "worklist.lead" if counts["critical"] else "worklist.lead_none_critical"
    lead([words(key, total=words.number(gaps.height), **bold)])


def choose_pill(visit: Visit, gaps: pl.DataFrame) -> str:
    """Which gaps; the choice stands in the address, the counts do not."""
    words, counts = visit.words, worklist.pill_counts(gaps)
    pill = chosen("filter", list(counts), "all")
    st.pills(
        words("worklist.filter"),
        list(counts),
        key="filter",
        format_func=lambda name: words(f"filter.{name}", number=words.number(counts[name])),
        on_change=_back_to_first_page,
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
        on_change=_back_to_first_page,
    )
    remember("sort", sort, "severity")
    return sort


def downloads(visit: Visit, gaps: pl.DataFrame) -> None:
    """The chosen rows as files, made when somebody asks for them."""
    words = visit.words

    def made_by(write: Callable[[pl.DataFrame], bytes]) -> Callable[[], bytes]:
        return lambda: write(worklist.for_file(_in_words(visit, gaps), words, visit.reference))

    name = f"{words('worklist.file')}-{visit.scope.municipality_code}-{visit.as_of}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            words("worklist.download_csv"), made_by(worklist.as_csv), f"{name}.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            words("worklist.download_excel"),
            made_by(worklist.as_excel),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )


def download_note(visit: Visit) -> None:
    """What the files hold, and where they belong."""
    show(f"<p class='rt-range'>{escape(visit.words('worklist.download_note'))}</p>")


def rows(visit: Visit, gaps: pl.DataFrame) -> None:
    """One page of rows, and the way to the others."""
    words = visit.words
    with st.container(key="card-gaps"):
        if gaps.is_empty():
            show(f"<p class='rt-range'>{escape(words('worklist.empty_filter'))}</p>")
            return
        above = st.container()
        pages = worklist.pages_of(gaps)
        page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
        shown = worklist.rows_of_page(gaps, page)
        first = (min(page, pages) - 1) * worklist.ROWS_PER_PAGE + 1
        numbers = {"first": first, "last": first + shown.height - 1, "total": gaps.height}
        text = words("worklist.range", **{name: words.number(number) for name, number in numbers.items()})
        with above:
            show(worklist.table(_in_words(visit, shown), words))
            show(f"<p class='rt-range'>{escape(text)}</p>")


def _in_words(visit: Visit, gaps: pl.DataFrame) -> pl.DataFrame:
    return gap_words.in_words(gaps, visit.words, visit.reference, visit.as_of)


def _become_steward() -> None:
    st.session_state["role"] = "steward"


def _back_to_first_page() -> None:
    st.session_state["page"] = 1
