"""The door of the pages: signing in, and what is said to whoever does not come in."""

from __future__ import annotations

from html import escape
from typing import NoReturn

import streamlit as st

from dashboards import audit, sidebar
from dashboards.access import sign_in
from dashboards.access.claims import NOBODY, Problem, Reader, TurnedAway
from dashboards.language import Words
from dashboards.markup import heading, show, show_drawing
from pipelines.errors import UserError

MENDED_BY_SIGNING_IN: tuple[Problem, ...] = ("not_signed_in", "expired", "cookie_refused")
THREAD = (
    "<div class='rt-door'><svg viewBox='0 0 640 120' aria-hidden='true' preserveAspectRatio='none'>"
    "<path class='kept' d='M0 78 C70 10 130 10 200 58 S330 118 420 62'/>"
    "<path class='lost' d='M420 62 C470 30 500 30 530 48'/>"
    "<path class='lost' d='M420 62 C480 62 520 74 575 66'/>"
    "<path class='lost' d='M420 62 C470 92 500 98 545 92'/></svg></div>"
)


def admitted(words: Words, page: str) -> Reader | None:
    """Whoever has signed in; none in the demonstration. All others see why they do not come in, and nothing else."""
    try:
        reader = sign_in.reader()
    except TurnedAway as refused:
        turn_away(words, page, refused)
    except UserError as fault:
        _not_set_up(words, fault)
    if reader is not None:
        audit.signed_in(reader)
        sign_in.end_with_the_token(reader)
    return reader


def turn_away(words: Words, page: str, refused: TurnedAway) -> NoReturn:
    """Why, and what mends it. Somebody who has simply not signed in yet is no refusal."""
    if refused.problem == "not_signed_in":
        _sign_in_page(words)
    audit.refused(page, refused.who, None, refused.problem)
    _top(words)
    heading(words(f"refused.{refused.problem}"), "")
    show(f"<p class='rt-lead'>{escape(words(f'refused.{refused.problem}_text'))}</p>")
    if refused.problem in MENDED_BY_SIGNING_IN:
        _button(words)
    else:
        sidebar.way_out(words)
    st.stop()


def _sign_in_page(words: Words) -> NoReturn:
    _top(words)
    show_drawing(THREAD)
    heading(words("sign_in.title"), words("sign_in.subtitle"))
    show(f"<p class='rt-lead'>{escape(words('sign_in.lead'))}</p>")
    _button(words)
    show(f"<p class='rt-facts'>{escape(words('sign_in.roles'))}<br>{escape(words('sign_in.logged'))}</p>")
    st.stop()


def _not_set_up(words: Words, fault: UserError) -> NoReturn:
    """The deployment is not whole: for those who run it, in the words of the fault."""
    _top(words)
    heading(words("sign_in.not_set_up"), "")
    show(f"<p class='rt-lead'>{escape(words('sign_in.not_set_up_text'))}</p>")
    told = "<br>".join(escape(line) for line in str(fault).splitlines())
    show(f"<p class='rt-facts'>{told}</p>")
    st.stop()


def _top(words: Words) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", key="door-top"):
        sidebar.logo()
        with st.container(width="content"):
            sidebar.choose_language(words)


def _button(words: Words) -> None:
    """To the provider, when it answers; else the reader would be sent to a page that does not open."""
    if not st.button(words("sign_in.button"), type="primary", key="sign-in"):
        return
    if sign_in.provider_answers():
        st.login()
        return
    audit.refused("sign_in", NOBODY, None, "provider_away")
    told = f"<b>{escape(words('refused.provider_away'))}</b><br>{escape(words('refused.provider_away_text'))}"
    show(f"<div class='rt-notice' role='alert'><div>{told}</div></div>")
