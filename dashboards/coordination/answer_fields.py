"""One question as a field: asked in words, with what is on record, and what became of the answer beneath it."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboards import published
from dashboards.coordination import saving
from dashboards.coordination.own_requests import Respondent
from dashboards.coordination.saving import Answering, Said, key_of
from dashboards.coordination.visit import Asked
from dashboards.markup import show
from pipelines.requests.answer_rules import LONGEST_REASON, LONGEST_TEXT, YES_NO
from pipelines.requests.declared import Question
from pipelines.requests.opened import PLACEHOLDER


def draw(
    asked: Asked, respondent: Respondent, question: Question, row: dict[str, Any] | None, *, may_write: bool
) -> None:
    """The field of a question with the answer that stands (`row`), if any."""
    state = saving.answering(asked, respondent)
    is_new = _load(asked, state, question, row)
    _widget(asked, respondent, question, may_write=may_write)
    if question.compared_with is not None:
        _on_record(asked, respondent, question, may_write=may_write)
    _beneath(asked, respondent, question, row, state, changed_by_others=is_new)


def _load(asked: Asked, state: Answering, question: Question, row: dict[str, Any] | None) -> bool:
    """Draw upon what stands now, unless the field holds something unkept. True: somebody else has changed it."""
    revision = row["revision"] if row else 0
    said = state.said.get(question.id)
    has_unkept = said is not None and not said.kind.startswith("requests.kept") and key_of(question) in st.session_state
    is_drawn = question.id in state.seen and key_of(question) in st.session_state
    if has_unkept or (is_drawn and state.seen[question.id] == revision):
        return False
    is_changed = is_drawn and said is None
    state.seen[question.id] = revision
    st.session_state[key_of(question)] = _as_in_field(asked, question, row)
    if question.compared_with is not None:
        st.session_state[key_of(question, "reason")] = (row or {}).get("reason") or ""
    return is_changed


def _as_in_field(asked: Asked, question: Question, row: dict[str, Any] | None) -> Any:
    """Of a number its digits, of a choice its code, of a list with choices its codes; of a count on record, that."""
    has_options = bool(asked.opened.request.options(question))
    if question.kind == "list" and has_options:
        return row["text"].split(saving.BETWEEN_ITEMS) if row else []
    if question.is_number:
        return f"{row['value']:.0f}" if row else ""
    if question.kind in ("choice", "yes_no"):
        return row["text"] if row else None
    return row["text"] if row else ""


def _widget(asked: Asked, respondent: Respondent, question: Question, *, may_write: bool) -> None:
    words, language = asked.visit.words, asked.visit.words.language
    label = question.text[language].replace(PLACEHOLDER, asked.opened.period)
    helped = question.help[language].replace(PLACEHOLDER, asked.opened.period) or None
    label = label if question.required else f"{label} ({words('requests.optional')})"
    common: dict[str, Any] = {
        "key": key_of(question),
        "on_change": partial(saving.save, asked, respondent, question),
        "disabled": not may_write,
        "help": helped,
    }
    options = {code: said[language] for code, said in asked.opened.request.options(question).items()}
    if question.kind == "yes_no":
        options = {name: words(f"requests.{name}") for name in YES_NO}
    if question.kind == "list" and options:
        st.multiselect(
            label, list(options), format_func=options.__getitem__, placeholder=words("requests.choose_some"), **common
        )
    elif question.kind in ("choice", "yes_no"):
        st.radio(label, list(options), index=None, horizontal=True, format_func=options.__getitem__, **common)
    elif question.is_number:
        unit = question.unit[language]
        st.text_input(f"{label} [{unit}]" if unit else label, max_chars=20, **common)
    else:
        height = 68 if question.kind == "list" else 150
        st.text_area(label, max_chars=LONGEST_TEXT, height=height, **common)


def _on_record(asked: Asked, respondent: Respondent, question: Question, *, may_write: bool) -> None:
    """What is on record, or why it is not told; and a field for why the answer is another."""
    words = asked.visit.words
    found = asked.counts.filter(respondent=respondent[1], question_id=question.id)
    count, state = found.select("count", "state").row(0) if not found.is_empty() else (None, "missing")
    if count is None:
        text = words("requests.on_record_not_told", state=words(f"state.{state}"))
        show(f"<p class='rt-range'>{escape(text)}</p>")
        return
    show(f"<p class='rt-range'>{escape(words('requests.on_record', number=words.number(count)))}</p>")
    st.text_input(
        words("request_form.reason"),
        key=key_of(question, "reason"),
        max_chars=LONGEST_REASON,
        on_change=partial(saving.save, asked, respondent, question),
        disabled=not may_write,
    )


def _beneath(
    asked: Asked,
    respondent: Respondent,
    question: Question,
    row: dict[str, Any] | None,
    state: Answering,
    *,
    changed_by_others: bool,
) -> None:
    words, said = asked.visit.words, state.said.get(question.id)
    if said is not None and said.kind == "clash":
        _clash(asked, respondent, question, said)
    elif said is not None:
        _told(asked, said)
    elif changed_by_others and row is not None:
        show(f"<p class='rt-notice' role='status'>{escape(words('requests.changed', by=row['answered_by']))}</p>")
    elif row is not None:
        parts = [words("requests.kept_by", by=row["answered_by"], day=words.day(row["received_on"]))]
        parts += [words("requests.late")] if row["is_late"] else []
        parts += [words("requests.is_confidential")] if is_confidential(question, row["value"]) else []
        show(f"<p class='rt-range'>{escape(' · '.join(parts))}</p>")


def is_confidential(question: Question, value: float | None) -> bool:
    """A small number of citizens is a municipality's own statement: shown here, and marked."""
    return question.counts_people and value is not None and 0 < value < published.threshold()


def _told(asked: Asked, said: Said) -> None:
    words = asked.visit.words
    if said.kind.startswith("requests.kept"):
        show(f"<p class='rt-done' role='status'>{escape(words(said.kind))}</p>")
        return
    limits = {name: words.number(number) for name, number in said.values.items()}
    show(f"<p class='rt-notice' role='alert'>{escape(words('requests.unkept', why=words(said.kind, **limits)))}</p>")


def _clash(asked: Asked, respondent: Respondent, question: Question, said: Said) -> None:
    """What stands, by whom; and the choice between the two."""
    words = asked.visit.words
    theirs = in_words(asked, question, said.values["value"], said.values["text"])
    show(
        f"<p class='rt-notice' role='alert'>{escape(words('requests.clash', by=said.values['by'], answer=theirs))}</p>"
    )
    left, right = st.columns(2)
    mine, other = (
        partial(saving.save, asked, respondent, question),
        partial(saving.take_theirs, asked, respondent, question),
    )
    left.button(words("requests.use_mine"), key=key_of(question, "mine"), on_click=mine)
    right.button(words("requests.use_theirs"), key=key_of(question, "theirs"), on_click=other)


def in_words(asked: Asked, question: Question, value: float | None, text: str | None) -> str:
    """An answer in a sentence."""
    words = asked.visit.words
    if value is not None:
        return words.number(int(value))
    if text is None:
        return words("requests.nothing")
    if question.kind == "yes_no":
        return words(f"requests.{text}")
    options = {code: said[words.language] for code, said in asked.opened.request.options(question).items()}
    return "; ".join(options.get(item, item) for item in text.split("; "))
