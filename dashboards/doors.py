"""What stands instead of a page: what is missing or closed, whom to ask, and the way on."""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path
from typing import NoReturn

import streamlit as st

from dashboards import page_list
from dashboards.language import Words
from dashboards.markup import heading, show
from dashboards.scope import Role, Scope


def closed(words: Words, page: str, scope: Scope, first_page: str, *, is_demonstration: bool) -> NoReturn:
    """The page is for other roles: whom it is for, and the way to the reader's own first page.

    In the demonstration also a way to look as the role that it is for.
    """
    roles = page_list.BY_NAME[page].roles
    named = words("door.or").join(_in_sentence(words, role) for role in roles)
    heading(words(f"nav.{page}"), words("door.closed", roles=named))
    show(f"<p class='rt-lead'>{escape(words('door.text', role=_in_sentence(words, scope.role)))}</p>")
    _way_on(words, page_list.FIRST[scope.role], first_page)
    if is_demonstration:
        label = words("door.look_as", role=_in_sentence(words, roles[0]))
        st.button(label, on_click=_look_as, args=(roles[0],), type="primary", key="look-as")
    st.stop()


def other_municipality(words: Words, own: str, scope: Scope, first_page: str) -> NoReturn:
    """The address asks for a municipality that is not the reader's."""
    heading(words("refused.other_municipality"), words("door.own", place=own))
    show(f"<p class='rt-lead'>{escape(words('refused.other_municipality_text'))}</p>")
    _way_on(words, page_list.FIRST[scope.role], first_page)
    st.stop()


def not_here(words: Words, page: str) -> NoReturn:
    """Rows are kept apart: this machine has published tables only."""
    heading(words(f"nav.{page}"), words("problem.not_here"))
    show(f"<p class='rt-lead'>{escape(words('problem.not_here_text'))}</p>")
    st.stop()


def rows_deleted(words: Words, page: str, day: date) -> NoReturn:
    """The time for which rows are kept was over; figures that were published stay."""
    heading(words(f"nav.{page}"), words("problem.rows_deleted"))
    show(f"<p class='rt-lead'>{escape(words('problem.rows_deleted_text', day=words.day(day)))}</p>")
    st.stop()


def only_counts(words: Words, page: str) -> NoReturn:
    """The figures were made from returns: the rows are in the municipalities."""
    heading(words(f"nav.{page}"), words("returns.only_counts"))
    show(f"<p class='rt-lead'>{escape(words('returns.only_counts_text'))}</p>")
    st.stop()


def nothing_published(words: Words, page: str, store: Path) -> NoReturn:
    """The page's own heading, so that the reader knows where they are, and how figures come here."""
    heading(words(f"nav.{page}"), words("problem.not_published"))
    show(f"<p class='rt-lead'>{escape(words('problem.not_published_text'))}</p>{command(words, store)}")
    st.stop()


def shut(words: Words, problem: str, facts: str) -> NoReturn:
    """The store cannot be shown: what is wrong, what to do, and where we looked."""
    heading(words(f"problem.{problem}"), "")
    show(f"<p class='rt-lead'>{words(f'problem.{problem}_text')}</p><p class='rt-facts'>{facts}</p>")
    st.stop()


def newer_run(words: Words, as_of: date, run_as_of: date, store: Path) -> None:
    """Above the figures: as of when they are, and that there is a run which nobody has published."""
    key = "problem.older" if as_of != run_as_of else "problem.older_same_day"
    text = words(key, day=words.day(as_of), run_day=words.day(run_as_of))
    show(f"<div class='rt-notice'><div>{escape(text)}{command(words, store)}</div></div>")


def command(words: Words, store: Path) -> str:
    """How figures are published."""
    told = f"<code>roedtraad publish --store {escape(str(store))}</code>"
    return f"<p class='rt-facts'>{words('problem.publish', command=told)}</p>"


def _way_on(words: Words, page: str, address: str) -> None:
    link = f"<a href='{escape(address, quote=True)}' target='_self'>{escape(words(f'nav.{page}'))}</a>"
    show(f"<p class='rt-way-on'>{words('door.way_on', page=link)}</p>")


def _in_sentence(words: Words, role: Role) -> str:
    return words(f"role.{role}").lower()


def _look_as(role: Role) -> None:
    st.session_state["role"] = role
