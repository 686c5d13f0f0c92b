"""The form as a file, out and in again; the calendar; and the list of whom to remind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import take_home
from dashboards.coordination import own_requests
from dashboards.coordination.answer_fields import in_words
from dashboards.coordination.own_requests import Respondent
from dashboards.coordination.visit import Asked
from dashboards.markup import card_heading, show
from dashboards.page_record import Facts, FileOffer
from dashboards.spreadsheets import as_csv
from pipelines.errors import UserError
from pipelines.requests.answer_rules import NotAnAnswer
from pipelines.requests.answers import Clash
from pipelines.requests.deviations import visible
from pipelines.requests.forms.guard import LARGEST_FILE, FormRefused
from pipelines.requests.forms.written import form
from pipelines.requests.receiving import Received, file_name, receive
from pipelines.requests.reminders import calendar, to_remind

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTES = LARGEST_FILE // 1_000_000
TO_MEND = "form-to-mend"
"""In the session: the last form that was handed in with cells to mend, marked."""


def form_card(asked: Asked, respondent: Respondent | None) -> None:
    """The form of one respondent out, and a filled one in. Without a respondent: in alone, whoever's it is."""
    words = asked.visit.words
    with st.container(key="card-form"):
        card_heading(words("requests.form"), words("requests.form_caption"))
        if respondent is not None:
            make = partial(form, asked.opened, *respondent, visible(asked.counts, respondent[1]), words)
            name = file_name(asked.opened, respondent[1])
            take_home.file(
                "form", words("requests.fetch_form", name=asked.name(respondent)), FileOffer(name, EXCEL, make)
            )
        if not asked.opened.is_closed:
            _handing_in(asked, respondent)


def calendar_and_reminders(asked: Asked) -> None:
    """Days for a calendar; for national coordination also whom to remind."""
    words, opened = asked.visit.words, asked.opened
    make: Callable[[], bytes] = partial(calendar, opened, words.language)
    take_home.file("calendar", words("requests.fetch_calendar"), FileOffer(f"{opened.id}.ics", "text/calendar", make))
    if asked.visit.scope.role == "national":
        listed = FileOffer(f"{opened.id}-reminders.csv", "text/csv", partial(_reminders, asked))
        take_home.file("reminders", words("requests.fetch_reminders"), listed)


def _reminders(asked: Asked) -> bytes:
    """Who lacks how many answers, and when they were last reminded, in the words of the page."""
    words, title = asked.visit.words, asked.opened.request.title[asked.visit.words.language]
    states = {name: words(f"requests.state_{name}") for name in ("missing", "begun")}
    rows = to_remind(asked.opened, asked.today).select(
        pl.col("name").alias(words("requests.respondent")),
        pl.col("state").replace_strict(states).alias(words("requests.state")),
        pl.col("lacking").alias(words("requests.lacking")),
        pl.col("deadline").alias(words("requests.due")),
        pl.col("reminded_on").alias(words("requests.reminded_on")),
    )
    facts = Facts(title, ((words("fact.title"), title), (words("fact.day"), words.day(asked.today))))
    return as_csv(rows, facts)


def _handing_in(asked: Asked, respondent: Respondent | None) -> None:
    words = asked.visit.words
    with st.form("hand-in", border=False, clear_on_submit=True):
        label = words("requests.hand_in", megabytes=MEGABYTES)
        given = st.file_uploader(label, type="xlsx", key="returned-form", max_upload_size=MEGABYTES)
        if st.form_submit_button(words("requests.do_hand_in")) and given is not None:
            st.session_state.pop(TO_MEND, None)
            _receive(asked, given.getvalue(), given.name, respondent)
    if TO_MEND in st.session_state and st.session_state[TO_MEND][0] == asked.opened.id:
        content = st.session_state[TO_MEND][1]
        take_home.file(
            "form-to-mend", words("requests.fetch_marked"), FileOffer("formular-ret.xlsx", EXCEL, lambda: content)
        )


def _receive(asked: Asked, content: bytes, name: str, respondent: Respondent | None) -> None:
    """Kept, to be mended, or refused: one sentence says which."""
    words = asked.visit.words
    if respondent is not None:
        own_requests.require_may_hand_in(asked.visit.scope, respondent)
    try:
        told = receive(asked.opened, content, asked.counts, words, actor=asked.actor, name=name, respondent=respondent)
    except FormRefused as fault:
        where = f" ({fault.cells})" if fault.cells else ""
        _say(f"{words(f'request_fault.{fault.fault}')}{where}", is_fault=True)
    except (NotAnAnswer, UserError):
        _say(words("requests.not_kept"), is_fault=True)
    else:
        _told(asked, told)


def _told(asked: Asked, received: Received) -> None:
    words = asked.visit.words
    name = asked.name(received.returned.who)
    if received.outcome is None:
        st.session_state[TO_MEND] = (asked.opened.id, received.marked)
        cells = ", ".join(fault.cell for fault in received.returned.faults)
        _say(words("requests.to_mend", name=name, cells=cells), is_fault=True)
        return
    kept = words.number(len(received.outcome.stored))
    _say(words("requests.form_kept", name=name, number=kept))
    if received.outcome.is_late and received.outcome.stored:
        _say(words("requests.kept_late"))
    if received.outcome.clashes:
        _clashes(asked, received.outcome.clashes)


def _clashes(asked: Asked, clashes: Sequence[Clash]) -> None:
    """Answers of the form that are kept beside others: what stands, and by whom."""
    words, opened = asked.visit.words, asked.opened
    told = [
        words(
            "requests.clash_line", question=opened.asks(clash.question_id, words.language), by=clash.by, answer=answer
        )
        for clash in clashes
        for answer in [in_words(asked, opened.request.question(clash.question_id), clash.value, clash.text)]
    ]
    items = "".join(f"<li>{escape(line)}</li>" for line in told)
    text = words("requests.form_clashes", number=words.number(len(clashes)))
    show(f"<div class='rt-notice' role='alert'><div>{escape(text)}<ul>{items}</ul></div></div>")


def _say(text: str, *, is_fault: bool = False) -> None:
    look = "<p class='rt-notice' role='alert'>" if is_fault else "<p class='rt-done' role='status'>"
    show(f"{look}{escape(text)}</p>")
