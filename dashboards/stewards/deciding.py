"""Deciding about gaps: which ones, what, and until when or by whom."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import polars as pl
import streamlit as st

from dashboards.markup import show
from dashboards.stewards import decisions, gap_list
from dashboards.visit import Visit
from pipelines.errors import StoreInUse, UserError
from pipelines.gap_decisions import ABOUT, FOUND, KINDS, LONGEST, LONGEST_TEXT, MOST_GAPS, Decision, Kind, NotDecided

DONE = "decide-done"
ABOUT_TO = "decide-shown"
"""In the session: the gaps that the form was last shown about, and as what they were found."""

USUAL = timedelta(days=90)
"""How long an acceptance holds unless the steward says otherwise."""


def card(visit: Visit, matching: pl.DataFrame, on_page: pl.DataFrame) -> None:
    """One line until something is to be decided; then what that decision needs, and a button."""
    words = visit.words
    about = {
        "chosen": gap_list.among(matching, gap_list.chosen()) if gap_list.chosen() else matching.clear(),
        "page": on_page,
        "all": matching,
    }
    done = _after_a_decision()
    with st.container(key="card-decide"):
        left, right = st.columns([1, 1])
        with left:
            whom = st.segmented_control(
                words("decide.about"),
                list(about),
                key="decide-about",
                default="chosen",
                required=True,
                format_func=lambda name: words(f"decide.about_{name}", number=words.number(about[name].height)),
            )
        with right:
            kind = st.segmented_control(
                words("decide.what"), KINDS, key="decide-what", format_func=lambda name: words(f"decide.{name}")
            )
        _told(visit, done)
        if kind is not None:
            _form(visit, about[whom or "chosen"], kind)


def for_gaps(visit: Visit, gaps: pl.DataFrame) -> None:
    """The same on a child's own page, where it is always about the gaps shown there."""
    words, done = visit.words, _after_a_decision()
    kind = st.segmented_control(
        words("decide.what_here", number=words.number(gaps.height)),
        KINDS,
        key="decide-what",
        format_func=lambda name: words(f"decide.{name}"),
    )
    _told(visit, done)
    if kind is not None:
        _form(visit, gaps, kind)


def _form(visit: Visit, gaps: pl.DataFrame, kind: Kind) -> None:
    words = visit.words
    is_as_shown = _is_as_shown(gaps)
    if gaps.is_empty():
        show(f"<p class='rt-range'>{escape(words('decide.none_chosen'))}</p>")
        return
    with st.form(f"decide-{kind}", border=False):
        until = _until(visit) if kind == "accepted" else None
        to = _to_whom(visit) if kind == "assigned" else None
        label = words(f"decide.text_{kind}")
        text = st.text_input(label, max_chars=LONGEST_TEXT, key=f"decide-text-{kind}", help=words("decide.text_help"))
        number = words.number(gaps.height)
        if st.form_submit_button(words(f"decide.do_{kind}", number=number), type="primary"):
            if not is_as_shown:
                show(f"<p class='rt-notice' role='alert'>{escape(words('decide.fault_changed'))}</p>")
                return
            _decide(visit, gaps, Decision(kind, visit.who, text, until, to))


def _is_as_shown(gaps: pl.DataFrame) -> bool:
    """Whether a click now is about the gaps that the steward saw: a colleague may have decided, or a run finished."""
    now = gaps.select(*ABOUT, *FOUND)
    before: pl.DataFrame | None = st.session_state.get(ABOUT_TO)
    st.session_state[ABOUT_TO] = now
    return before is not None and before.sort(now.columns).equals(now.sort(now.columns))


def _until(visit: Visit) -> date:
    """The last day that an acceptance holds."""
    today = decisions.today()
    return st.date_input(
        visit.words("decide.until"),
        today + USUAL,
        min_value=today,
        max_value=today + LONGEST,
        format="DD-MM-YYYY" if visit.words.language == "da" else "DD/MM/YYYY",
        key="decide-until",
    )


def _to_whom(visit: Visit) -> str:
    """A function of the municipality or beside it, or a short name of somebody else."""
    words = visit.words
    function = st.selectbox(
        words("decide.to"),
        decisions.FUNCTIONS,
        index=1,
        key="decide-to",
        format_func=lambda name: words(f"function.{name}"),
    )
    other = st.text_input(words("decide.to_other"), max_chars=60, key="decide-to-other")
    return other if function == "other" else function


def _decide(visit: Visit, gaps: pl.DataFrame, decision: Decision) -> None:
    """Decided, or one sentence that says why not; what was written stays in its field then."""
    try:
        decisions.decide(visit, gaps, decision)
    except NotDecided as fault:
        key = f"decide.fault_{fault.fault}"
        limits = {"characters": LONGEST_TEXT, "most": visit.words.number(MOST_GAPS)}
        show(f"<p class='rt-notice' role='alert'>{escape(visit.words(key, **limits))}</p>")
    except StoreInUse:
        show(f"<p class='rt-notice' role='alert'>{escape(visit.words('decide.fault_busy'))}</p>")
    except UserError:
        show(f"<p class='rt-notice' role='alert'>{escape(visit.words('decide.fault_not_written'))}</p>")
    else:
        gap_list.chosen().clear()
        st.session_state[DONE] = (decision.kind, gaps.height)
        st.rerun()


def _after_a_decision() -> tuple[Kind, int] | None:
    """What was just done, once; nothing is half-chosen for the next one."""
    done: tuple[Kind, int] | None = st.session_state.pop(DONE, None)
    if done is not None:
        st.session_state["decide-what"] = None
    return done


def _told(visit: Visit, done: tuple[Kind, int] | None) -> None:
    if done is not None:
        kind, number = done
        text = visit.words(f"decide.done_{kind}", number=visit.words.number(number))
        show(f"<p class='rt-done' role='status'>{escape(text)}</p>")
