"""The steps of a request with their days, and the forums that approve: seen by all, noted by national coordination."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards.coordination import own_requests
from dashboards.coordination.visit import Asked
from dashboards.markup import card_heading, show
from dashboards.opening import store_path
from pipelines.errors import UserError, WrongUse
from pipelines.requests.answer_rules import LONGEST_REASON
from pipelines.requests.steps import Decided, decide, move, steps

TO_DECIDE = ("open", "overdue", "sent_back")


def steps_card(asked: Asked) -> None:
    """One line per step: what, until when, how it stands."""
    words, told = asked.visit.words, steps(asked.opened, asked.today)
    with st.container(key="card-steps"):
        card_heading(words("requests.steps"), words("requests.steps_caption"))
        show(f"<ol class='rt-steps'>{''.join(_step(asked, row) for row in told.iter_rows(named=True))}</ol>")
        if asked.visit.scope.role == "national" and not asked.opened.is_closed:
            _decision(asked, told.filter(pl.col("state").is_in(TO_DECIDE)))
            _moving(asked, told)


def _step(asked: Asked, row: dict[str, Any]) -> str:
    words = asked.visit.words
    is_past = row["due"] < asked.today
    state = row["state"] if row["state"] != "plain" else ("past" if is_past else "ahead")
    said = words(f"requests.step_{state}")
    if row["decided_on"]:
        said = f"{said} {words.day(row['decided_on'])}"
    note = f" · {escape(row['note'])}" if row["note"] else ""
    title, until = escape(row[f"title_{words.language}"]), words("requests.until", day=words.day(row["due"]))
    return (
        f"<li class='{state}'><i aria-hidden='true'></i><span><b>{title}</b>"
        f"<small>{escape(until)} · {escape(said)}{note}</small></span></li>"
    )


def _decision(asked: Asked, turn: pl.DataFrame) -> None:
    """A forum whose turn it is: approve or send back, with a few words."""
    words = asked.visit.words
    if turn.is_empty():
        return
    titles = dict(turn.select("step", f"title_{words.language}").iter_rows())
    with st.form("decide-step", border=False, clear_on_submit=True):
        step = st.selectbox(words("requests.forum"), list(titles), key="forum", format_func=titles.__getitem__)
        note = st.text_input(words("requests.note"), key="forum-note", max_chars=LONGEST_REASON)
        left, right = st.columns(2)
        approve = left.form_submit_button(words("requests.approve"), type="primary")
        back = right.form_submit_button(words("requests.send_back"))
    if approve or back:
        _decide(asked, step, "approved" if approve else "sent_back", note)


def _decide(asked: Asked, step: str, decision: Decided, note: str) -> None:
    own_requests.require_may_decide(asked.visit.scope)
    try:
        decide(store_path(), asked.opened.id, step, decision, actor=asked.actor, note=note)
    except UserError:
        show(f"<p class='rt-notice' role='alert'>{escape(asked.visit.words('requests.not_decided'))}</p>")
    else:
        st.rerun()


def _moving(asked: Asked, told: pl.DataFrame) -> None:
    """Another last day for a step, also one that is past."""
    words = asked.visit.words
    titles = dict(told.select("step", f"title_{words.language}").iter_rows())
    with st.expander(words("requests.move")), st.form("move-step", border=False, clear_on_submit=True):
        step = st.selectbox(words("requests.step"), list(titles), key="moved-step", format_func=titles.__getitem__)
        due = st.date_input(
            words("requests.new_due"),
            value=None,
            min_value=asked.opened.opened_on,
            key="moved-due",
            format="DD-MM-YYYY" if words.language == "da" else "DD/MM/YYYY",
        )
        if st.form_submit_button(words("requests.do_move")):
            _move(asked, step, due)


def _move(asked: Asked, step: str, due: date | None) -> None:
    own_requests.require_may_decide(asked.visit.scope)
    try:
        if due is None:
            raise WrongUse("No day is given")
        move(store_path(), asked.opened.id, step, due, actor=asked.actor)
    except UserError:
        show(f"<p class='rt-notice' role='alert'>{escape(asked.visit.words('requests.not_moved'))}</p>")
    else:
        st.rerun()
