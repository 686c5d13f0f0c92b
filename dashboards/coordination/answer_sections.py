"""Parts of the page on which a request is answered: whose answers, by theme, and withdrawing."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboards.address import chosen, remember
from dashboards.coordination import answer_fields, own_requests, saving
from dashboards.coordination.own_requests import Respondent
from dashboards.coordination.visit import Asked
from dashboards.frame import link_with
from dashboards.markup import heading, lead, show
from dashboards.opening import store_path
from dashboards.scope import NotAllowed
from pipelines.errors import UserError
from pipelines.requests.answer_rules import LONGEST_REASON
from pipelines.requests.answers import resume, withdraw, withdrawn
from pipelines.requests.progress import progress


def respondent_of(asked: Asked) -> Respondent:
    """Whose answers: the own municipality's; national coordination chooses, providers first."""
    visit, rows = asked.visit, asked.opened.respondents
    if visit.scope.municipality_code is not None:
        return "municipality", visit.scope.municipality_code
    ordered = rows.sort("respondent_kind", "name", descending=[True, False])
    kinds = dict(ordered.select("respondent", "respondent_kind").iter_rows())
    names = dict(ordered.select("respondent", "name").iter_rows())
    code = chosen("respondent", list(kinds), next(iter(kinds)))
    st.selectbox(visit.words("requests.whose"), list(kinds), key="respondent", format_func=names.__getitem__)
    remember("respondent", code, next(iter(kinds)))
    return kinds[code], code


def title_and_lead(asked: Asked, respondent: Respondent) -> None:
    """Whose answers to what, until when, and how far they are."""
    words, opened = asked.visit.words, asked.opened
    said = words("requests.answer_subtitle", name=asked.name(respondent), day=words.day(opened.deadline))
    heading(opened.request.title[words.language], said)
    row = progress(opened).filter(respondent_kind=respondent[0], respondent=respondent[1]).row(0, named=True)
    numbers = {"part": f"<b>{words.number(row['answered'])}</b>", "whole": words.number(row["asked"])}
    parts = [words("requests.answered_of", **numbers)]
    if row["state"] == "withdrawn":
        parts.append(words("requests.withdrawn_because", reason=escape(row["withdrew_because"])))
    elif opened.is_closed:
        parts.append(words("requests.closed"))
    elif asked.today > opened.deadline:
        parts.append(words("requests.past"))
    elif may_write(asked, respondent):
        parts.append(words("requests.autosave"))
    lead(parts)
    back = link_with(words, asked.visit.scope, "requests", request=opened.id)
    link = f"<a href='{escape(back, quote=True)}' target='_self'>{escape(words('requests.back'))}</a>"
    show(f"<p class='rt-range'>{link}</p>")


def may_write(asked: Asked, respondent: Respondent) -> bool:
    """Whether the fields are open to this reader."""
    try:
        own_requests.require_may_answer(asked.visit.scope, respondent)
    except NotAllowed:
        return False
    return not asked.opened.is_closed and respondent not in withdrawn(asked.opened)


def theme(asked: Asked, respondent: Respondent) -> None:
    """One theme at a time, with how many of its questions are answered."""
    words, opened = asked.visit.words, asked.opened
    questions = opened.request.of(respondent[0])
    themes = sorted({str(question.theme) for question in questions})
    given = saving.standing(asked, respondent)
    name = chosen("theme", themes, themes[0])
    label = words("requests.theme")

    def said(number: str) -> str:
        of_theme = [question for question in questions if str(question.theme) == number]
        part = sum(question.id in given for question in of_theme)
        title = opened.request.themes[number][words.language]
        return f"{title} ({part}/{len(of_theme)})"

    if len(themes) > 1:
        st.segmented_control(label, themes, key="theme", format_func=said, required=True, label_visibility="collapsed")
    remember("theme", name, themes[0])
    writes = may_write(asked, respondent)
    with st.container(key="card-theme"):
        title = opened.request.themes[name][words.language]
        show(f"<h2 class='rt-theme'>{escape(words('request_form.theme', number=name, title=title))}</h2>")
        for question in questions:
            if str(question.theme) == name:
                answer_fields.draw(asked, respondent, question, given.get(question.id), may_write=writes)


def stay_or_leave(asked: Asked, respondent: Respondent) -> None:
    """Declining or withdrawing with a reason, and coming back; answers are kept either way."""
    words = asked.visit.words
    try:
        own_requests.require_may_answer(asked.visit.scope, respondent)
    except NotAllowed:
        return
    if asked.opened.is_closed:
        return
    has_left = respondent in withdrawn(asked.opened)
    which = "resume" if has_left else "withdraw"
    with st.expander(words(f"requests.{which}")), st.form("leave", border=False, clear_on_submit=True):
        show(f"<p class='rt-range'>{escape(words(f'requests.{which}_text'))}</p>")
        reason = st.text_input(words("requests.why"), max_chars=LONGEST_REASON, key="leave-why")
        if st.form_submit_button(words(f"requests.do_{which}")):
            _leave(asked, respondent, reason, has_left=has_left)


def _leave(asked: Asked, respondent: Respondent, reason: str, *, has_left: bool) -> None:
    change = resume if has_left else withdraw
    try:
        change(store_path(), asked.opened.id, respondent, reason, actor=asked.actor)
    except UserError:
        show(f"<p class='rt-notice' role='alert'>{escape(asked.visit.words('request_fault.why'))}</p>")
    else:
        st.rerun()
