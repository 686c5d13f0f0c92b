"""Parts of the page of requests: who has answered, what deviates, what providers say, what is due when."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import figure_tables, published
from dashboards.coordination.visit import Asked
from dashboards.frame import link_with
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national.tables import Told, told_table
from dashboards.scope import Place
from pipelines.requests.answers import answers
from pipelines.requests.deviations import deviations
from pipelines.requests.progress import progress

PROVIDER_COLUMNS = ("inflow", "outflow", "capacity", "waiting_time", "competences")


def title(asked: Asked) -> None:
    """Which request, of where, until when."""
    words, opened = asked.visit.words, asked.opened
    where = (
        asked.visit.geography.name(Place("region", opened.region_code))
        if opened.region_code
        else words("place.country")
    )
    left = (opened.deadline - asked.today).days
    said = words(
        key_of_deadline(left, is_closed=opened.is_closed),
        place=where,
        day=words.day(opened.deadline),
        days=words.number(abs(left)),
    )
    heading(opened.request.title[words.language], said)


NEAR = {-1: "requests.subtitle_yesterday", 0: "requests.subtitle_today", 1: "requests.subtitle_tomorrow"}


def key_of_deadline(left: int, *, is_closed: bool) -> str:
    """The text for so many days left, below 0 when the deadline has been."""
    if is_closed:
        return "requests.subtitle_closed"
    return NEAR.get(left, "requests.subtitle" if left > 0 else "requests.subtitle_past")


def national_lead(asked: Asked) -> None:
    """How many have answered, how many after the deadline, and how many answers are other than what is on record."""
    words, told = asked.visit.words, progress(asked.opened)
    parts = []
    for kind in ("municipality", "provider"):
        rows = told.filter(respondent_kind=kind)
        if not rows.is_empty():
            done = rows.filter(pl.col("state") == "answered").height
            numbers = {"part": f"<b>{words.number(done)}</b>", "whole": words.number(rows.height)}
            parts.append(words(f"requests.lead_{kind}", **numbers))
    late = told.filter(pl.col("is_late")).height
    parts += [words("requests.lead_late", number=words.number(late))] if late else []
    other = deviations(asked.opened, asked.counts).filter(pl.col("comparison") == "deviates").height
    parts += [words("requests.lead_deviates", number=words.number(other))] if other else []
    lead(parts)


def own_lead(asked: Asked) -> None:
    """How far the own municipality is, and what is left to answer."""
    words, row = asked.visit.words, progress(asked.opened).row(0, named=True)
    numbers = {"part": f"<b>{words.number(row['answered'])}</b>", "whole": words.number(row["asked"])}
    lacking = len(row["lacking"])
    parts = [words("requests.own_lead", **numbers)]
    if row["state"] == "withdrawn":
        parts = [words("requests.own_withdrawn", reason=escape(row["withdrew_because"]))]
    elif lacking:
        parts.append(words("requests.own_lacking", number=words.number(lacking)))
    else:
        parts.append(words("requests.own_done"))
    parts += [words("requests.own_late")] if row["is_late"] else []
    lead(parts)
    address = link_with(words, asked.visit.scope, "request_answer", request=asked.opened.id)
    link = f"<a href='{escape(address, quote=True)}' target='_self'>{escape(words('requests.to_form'))}</a>"
    show(f"<p class='rt-go'>{link}</p>")


def about(asked: Asked) -> None:
    """What is asked and why, in plain words."""
    words, request = asked.visit.words, asked.opened.request
    with st.expander(words("requests.about")):
        texts = (request.target_group[words.language], request.context[words.language], words("requests.confidential"))
        show("".join(f"<p class='rt-told'>{escape(text)}</p>" for text in texts))


def who_card(asked: Asked) -> None:
    """Everybody who is asked as a mark with a word, the missing first; and the same as a table."""
    words, told = asked.visit.words, progress(asked.opened)
    with st.container(key="card-who"):
        card_heading(words("requests.who"), words("requests.who_caption"))
        for kind in ("municipality", "provider"):
            rows = told.filter(respondent_kind=kind)
            if not rows.is_empty():
                show(f"<h3 class='rt-sub'>{escape(words(f'requests.kind_{kind}'))}</h3>{_tiles(asked, rows)}")
        lines = [_line(asked, row) for row in told.iter_rows(named=True)]
        figure_tables.of_frame(
            asked.visit, pl.DataFrame(lines, orient="row"), "who-has-answered", title=words("requests.who")
        )


def _tiles(asked: Asked, rows: pl.DataFrame) -> str:
    items = []
    for row in rows.iter_rows(named=True):
        address = _answers_address(asked, row)
        name = f"<a href='{escape(address, quote=True)}' target='_self'>{escape(row['name'])}</a>"
        mark = f"<i class='rt-asked {row['state']}' aria-hidden='true'></i>"
        items.append(
            f"<li class='{row['state']}'>{mark}<span>{name}<small>{escape(_state(asked, row))}</small></span></li>"
        )
    return f"<ul class='rt-asked-list'>{''.join(items)}</ul>"


def _answers_address(asked: Asked, row: dict[str, Any]) -> str:
    visit = asked.visit
    return link_with(visit.words, visit.scope, "request_answer", request=asked.opened.id, respondent=row["respondent"])


def _state(asked: Asked, row: dict[str, Any]) -> str:
    words = asked.visit.words
    state = words(f"requests.state_{row['state']}")
    if row["state"] == "begun":
        state = words("requests.begun_with", part=words.number(row["answered"]), whole=words.number(row["asked"]))
    return f"{state}, {words('requests.late')}" if row["is_late"] else state


def _line(asked: Asked, row: dict[str, Any]) -> dict[str, str]:
    words = asked.visit.words
    return {
        words("requests.respondent"): row["name"],
        words("requests.state"): words(f"requests.state_{row['state']}"),
        words("requests.answered"): words(
            "chart.count", part=words.number(row["answered"]), whole=words.number(row["asked"])
        ),
        words("requests.last_on"): words.day(row["last_on"]) if row["last_on"] else "–",
        words("requests.in_time"): "–"
        if row["is_late"] is None
        else words(f"requests.{'late' if row['is_late'] else 'on_time'}"),
        words("requests.reason"): row["withdrew_because"] or "–",
    }


def deviations_card(asked: Asked) -> None:
    """Answers that are other than what is on record; what cannot be compared is counted, never shown as the same."""
    words, told = asked.visit.words, deviations(asked.opened, asked.counts)
    if told.is_empty():
        return
    with st.container(key="card-deviations"):
        tolerance = words.percent(asked.opened.request.tolerance)
        card_heading(words("requests.deviations"), words("requests.deviations_caption", tolerance=tolerance))
        rows = told.filter(pl.col("comparison") == "deviates")
        hidden = told.filter(pl.col("comparison") == "not_compared").height
        names = ("respondent", "question", "answer", "count", "reason")
        if rows.is_empty():
            show(f"<p class='rt-notice'>{escape(words('requests.no_deviations'))}</p>")
        else:
            cells = [_deviation(asked, row) for row in rows.iter_rows(named=True)]
            show(told_table(words("requests.deviations"), [words(f"requests.{name}") for name in names], cells))
        if hidden:
            show(f"<p class='rt-range'>{escape(words('requests.not_compared', number=words.number(hidden)))}</p>")


def _deviation(asked: Asked, row: dict[str, Any]) -> list[Told]:
    words = asked.visit.words
    asks = asked.opened.asks(row["question_id"], words.language)
    numbers = (_people(asked, row["value"]), words.number(row["count"]))
    return [
        Told(row["name"]),
        Told(asks),
        *(Told(text, is_number=True) for text in numbers),
        Told(row["reason"] or "–"),
    ]


def _people(asked: Asked, value: float | None) -> str:
    """A small number is a municipality's own statement: shown, and marked as confidential."""
    words = asked.visit.words
    if value is None:
        return "–"
    told = words.number(int(value))
    return f"{told} ({words('requests.is_confidential')})" if 0 < value < published.threshold() else told


def providers_card(asked: Asked) -> None:
    """Flow, capacity, waiting time and competences as providers have answered."""
    words, opened = asked.visit.words, asked.opened
    rows = opened.respondents.filter(respondent_kind="provider")
    known = {question.id for question in opened.request.of("provider")}
    columns = [name for name in PROVIDER_COLUMNS if name in known]
    if rows.is_empty() or not columns:
        return
    given = answers(opened).filter(respondent_kind="provider")
    told = {(row["respondent"], row["question_id"]): row for row in given.iter_rows(named=True)}
    with st.container(key="card-providers"):
        card_heading(words("requests.providers"), words("requests.providers_caption"))
        cells = [
            [Told(row["name"]), *(_provided(asked, name, told.get((row["respondent"], name))) for name in columns)]
            for row in rows.iter_rows(named=True)
        ]
        names = [words("requests.respondent"), *(words(f"requests.{name}") for name in columns)]
        show(told_table(words("requests.providers"), names, cells))


def _provided(asked: Asked, name: str, row: dict[str, Any] | None) -> Told:
    words, question = asked.visit.words, asked.opened.request.question(name)
    if row is None:
        return Told(words("requests.state_missing"), is_number=question.is_number)
    if question.is_number:
        value = _people(asked, row["value"]) if question.counts_people else words.number(int(row["value"]))
        return Told(value, is_number=True)
    options = asked.opened.request.options(question)
    return Told(
        ", ".join(options[item][words.language] if item in options else item for item in row["text"].split("; "))
    )
