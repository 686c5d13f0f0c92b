"""One page of the worklist: each row with a box to choose it and the way to the child's thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import gap_words, page_record, worklist
from dashboards.language import Words
from dashboards.markup import show
from dashboards.stewards.decision_words import assigned_text, decision_lines
from dashboards.visit import Visit
from pipelines.gap_decisions import ABOUT

CHOSEN = "chosen_gaps"
CHILD = "child_chosen"
BACK = "worklist_address"
"""In the session, never in the address: gaps that are chosen, the child whose thread is open, and the way back."""

KEPT = ("lang", "role", "municipality")
CELLS = ("gap", "expected", "found", "closer", "days")
About = tuple[Any, ...]


def rows(visit: Visit, gaps: pl.DataFrame) -> pl.DataFrame:
    """Draws one page of rows, and the way to the others; gives the rows of that page."""
    words = visit.words
    if gaps.is_empty():
        show(f"<p class='rt-range'>{escape(words('worklist.empty_filter'))}</p>")
        return gaps
    above = st.container(key="gap-rows")
    pages = worklist.pages_of(gaps)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    shown = worklist.rows_of_page(gaps, page)
    with above:
        st.html(f"<p class='rt-range'>{escape(words('worklist.open_child'))}</p>{_headings(words)}")
        told = in_words(visit, shown)
        page_record.say("markup", worklist.table(told, words))
        for at, row in enumerate(told.iter_rows(named=True)):
            _row(visit, row, at)
        show(f"<p class='rt-range'>{escape(_range(gaps, shown, min(page, pages), words))}</p>")
    return shown


def in_words(visit: Visit, gaps: pl.DataFrame) -> pl.DataFrame:
    """The gaps (with decisions) as text, decisions included."""
    told = gap_words.in_words(gaps, visit.words, visit.reference, visit.as_of)
    return told.with_columns(assigned_text(visit.words))


def chosen() -> set[About]:
    """What the steward has ticked, on whatever page of rows."""
    gaps: set[About] = st.session_state.setdefault(CHOSEN, set())
    return gaps


def among(gaps: pl.DataFrame, about: set[About]) -> pl.DataFrame:
    """The gaps that are chosen; one that a filter hides, or that is closed, is not decided about."""
    keys = pl.DataFrame(sorted(about, key=str), schema=dict.fromkeys(ABOUT, pl.String), orient="row")
    return gaps.join(keys, on=list(ABOUT), how="semi", nulls_equal=True)


def open_child(subject_kind: str, subject: str) -> None:
    """Go to the thread of a child. Who it is stays in the session; what was filtered comes back with the way back."""
    address = {name: st.query_params[name] for name in st.query_params}
    st.session_state[CHILD], st.session_state[BACK] = (subject_kind, subject), address
    kept: dict[str, str | Iterable[str]] = {name: value for name, value in address.items() if name in KEPT}
    st.switch_page("dashboards/pages/child.py", query_params=kept)


def _row(visit: Visit, row: Mapping[str, Any], at: int) -> None:
    words, about = visit.words, tuple(row[name] for name in ABOUT)
    st.session_state[f"pick-{at}"] = about in chosen()
    with st.container(key=f"gap-row-{at}", horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        label = words("worklist.choose_row", child=row["child"], gap=row["gap"])
        st.checkbox(label, key=f"pick-{at}", label_visibility="collapsed", on_change=_turn, args=(about,))
        with st.container(key=f"gap-who-{at}", width=118, gap=None):
            if st.button(row["child"], key=f"open-{at}", type="tertiary"):
                open_child(row["subject_kind"], row["subject"])
            st.html(f"<span class='rt-gap-age'>{escape(row['age'])}</span>")
        st.html(cells(row, words))


def _turn(about: About) -> None:
    chosen().symmetric_difference_update({about})


def _headings(words: Words) -> str:
    heads = "".join(f"<span class='{name}'>{escape(words(f'column.{name}'))}</span>" for name in ("subject", *CELLS))
    return f"<div class='rt-gap-head' aria-hidden='true'>{heads}</div>"


def cells(row: Mapping[str, Any], words: Words) -> str:
    """A gap in words: what, expected, found, who can close it, days over, and what was decided."""
    severity = (
        f"<span class='rt-severity {row['severity']}'><i aria-hidden='true'></i>{escape(row['severity_word'])}</span>"
    )
    texts = {
        "gap": f"{severity}<br>{escape(row['gap'])}",
        "expected": escape(row["expected"]),
        "found": escape(row["found"]),
        "closer": escape(row["closer_text"]),
        "days": words.number(row["age_days"]),
    }
    told = "".join(
        f"<div class='{name}'><span class='rt-label'>{escape(words(f'column.{name}'))}: </span>{text}</div>"
        for name, text in texts.items()
    )
    return f"<div class='rt-gap'>{told}{decisions_markup(row, words)}</div>"


def decisions_markup(row: Mapping[str, Any], words: Words) -> str:
    """What was decided about a gap, a line each; nothing when nothing was."""
    told = "".join(
        f"<li class='{kind}'>{escape(text)}{f': <q>{escape(said)}</q>' if said else ''}</li>"
        for kind, text, said in decision_lines(row, words)
    )
    return f"<ul class='rt-decisions'>{told}</ul>" if told else ""


def _range(gaps: pl.DataFrame, shown: pl.DataFrame, page: int, words: Words) -> str:
    first = (page - 1) * worklist.ROWS_PER_PAGE + 1
    numbers = {"first": first, "last": first + shown.height - 1, "total": gaps.height}
    return words("worklist.range", **{name: words.number(number) for name, number in numbers.items()})
