"""Each answer is kept as it is given. What somebody else has changed meanwhile is shown, and nothing is lost.

In the session of a reader stands, for each question, upon which revision its field was last drawn. An answer that meets
another revision is kept beside it and does not stand; the reader is told what does, and chooses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl
import streamlit as st

from dashboards.coordination import own_requests
from dashboards.coordination.own_requests import Respondent
from dashboards.coordination.visit import Asked
from dashboards.opening import store_path
from pipelines.errors import UserError
from pipelines.requests.answer_rules import Given, NotAnAnswer, read_answer
from pipelines.requests.answers import answers, give
from pipelines.requests.declared import Question
from pipelines.requests.deviations import visible

STATE = "answering"
BETWEEN_ITEMS = "; "


@dataclass
class Said:
    """What is told beneath a field: a fault with its numbers, that it is kept, or what stands instead."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Answering:
    """The fields of one respondent in a session. `seen`: by question, the revision that its field was drawn upon."""

    seen: dict[str, int] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)


def answering(asked: Asked, respondent: Respondent) -> Answering:
    """Of this request and respondent; another one begins anew."""
    whose = (asked.opened.id, respondent, asked.visit.words.language)
    kept = st.session_state.get(STATE)
    if kept is None or kept[0] != whose:
        kept = (whose, Answering())
        st.session_state[STATE] = kept
    found: Answering = kept[1]
    return found


def standing(asked: Asked, respondent: Respondent) -> dict[str, dict[str, Any]]:
    """By question: the answer that stands, a row of ANSWERS."""
    kind, code = respondent
    own = answers(asked.opened, with_withdrawn=True).filter(
        pl.col("respondent_kind") == kind, pl.col("respondent") == code
    )
    return {row["question_id"]: row for row in own.iter_rows(named=True)}


def key_of(question: Question, part: str = "answer") -> str:
    """Of its field."""
    return f"{part}-{question.id}"


def save(asked: Asked, respondent: Respondent, question: Question) -> None:
    """A field was left: keep what stands in it, or say beneath it why not."""
    state = answering(asked, respondent)
    given, reason = _in_field(question), st.session_state.get(key_of(question, "reason"))
    try:
        own_requests.require_may_answer(asked.visit.scope, respondent)
        answer = read_answer(asked.opened.request, question, given, reason, state.seen.get(question.id, 0))
        outcome = give(
            store_path(),
            asked.opened.id,
            respondent,
            [answer],
            actor=asked.actor,
            how="page",
            counted=visible(asked.counts, respondent[1]),
        )
    except NotAnAnswer as fault:
        state.said[question.id] = Said(f"request_fault.{fault.fault}", dict(fault.limits))
    except UserError:
        state.said[question.id] = Said("requests.not_kept")
    else:
        if outcome.clashes:
            clash = outcome.clashes[0]
            state.said[question.id] = Said("clash", {"by": clash.by, "value": clash.value, "text": clash.text})
            state.seen[question.id] = clash.revision
        else:
            state.said[question.id] = Said("requests.kept_late" if outcome.is_late else "requests.kept")
            state.seen.pop(question.id, None)


def take_theirs(asked: Asked, respondent: Respondent, question: Question) -> None:
    """After a clash: what stands is drawn into the field."""
    state = answering(asked, respondent)
    state.seen.pop(question.id, None)
    state.said.pop(question.id, None)


def _in_field(question: Question) -> Given:
    value = st.session_state.get(key_of(question))
    return BETWEEN_ITEMS.join(value) if isinstance(value, list) else value
