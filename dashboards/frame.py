"""What surrounds every page: look, language, role, the note that the data are synthetic, and doors that stay shut.

Pages of figures show the last publication; pages of a data steward the last run. Who looks is asked once per run of a
script, of the token alone, and handed on with the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from importlib import resources
from typing import NoReturn
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboards import audit, document, doors, opening, page_list, page_record, sidebar, take_home
from dashboards.access import entrance, sign_in
from dashboards.access.claims import Reader, TurnedAway
from dashboards.address import chosen
from dashboards.geography import Geography
from dashboards.language import LANGUAGES, Language, Words
from dashboards.markup import show
from dashboards.opening import NotSampleData, OtherVersion, Publication, Source, store_path
from dashboards.published import CannotBeRead
from dashboards.scope import NotAllowed, Scope
from dashboards.tokens import Mode, css_of_figures, css_variables
from dashboards.visit import Visit
from pipelines.definitions.descriptions import WrongGuidance
from pipelines.errors import StoreIsEmpty, UserError


def pages() -> list[st.Page]:
    """The pages for st.navigation, named in the reader's language: all of them, for each has its own door.

    The first page of the role stands there twice: a default page has no address but `/`, and links name it.
    """
    st.set_page_config(layout="wide", page_icon=str(resources.files("dashboards") / "logo.svg"))
    role = sidebar.chosen_role() if sign_in.is_demonstration() else sign_in.role()
    words, first = Words(_language()), page_list.FIRST[role or sidebar.DEFAULT_ROLE]
    named = [st.Page(page.path, title=words(f"nav.{page.name}"), url_path=page.name) for page in page_list.PAGES]
    return [*named, st.Page(page_list.BY_NAME[first].path, title=words(f"nav.{first}"), url_path="start", default=True)]


def begin(page: str) -> Visit:
    """First line of every page: draws the frame and says who looks at what. Ends the page when it may not be shown."""
    words = Words(_language())
    _dress(words)
    reader = entrance.admitted(words, page)
    return _drawn(page, words, reader, _open(words, reader), None)


def begin_figures(page: str) -> Visit:
    """First line of every page of figures: these are the published ones, and without any the page says what to do."""
    words = Words(_language())
    _dress(words)
    reader = entrance.admitted(words, page)
    source = _open(words, reader)
    publication = _open_publication(words, reader)
    visit = _drawn(page, words, reader, source, publication)
    if publication is None:
        doors.nothing_published(words, page, store_path())
    if not publication.is_of_last_run:
        doors.newer_run(words, publication.as_of, source.run["as_of"], store_path())
    return visit


@contextmanager
def told_plainly() -> Iterator[None]:
    """Around every page: what cannot be read, or is not for this reader, is a sentence and never a trace."""
    page_record.forget()
    try:
        yield
        take_home.at_the_end()
    except (UserError, OSError, pl.exceptions.PolarsError) as fault:
        words = Words("en" if st.session_state.get("lang") == "en" else "da")
        show(f"<div class='rt-notice'><div>{_told(fault, words)}</div></div>")


def _told(fault: Exception, words: Words) -> str:
    """A fault of the engine may quote a row, so it is never shown: the store does not hold what these pages read."""
    if isinstance(fault, CannotBeRead):
        return f"{escape(words('problem.unreadable'))}{doors.command(words, store_path())}"
    if isinstance(fault, TurnedAway):
        return escape(words(f"refused.{fault.problem}_text"))
    if isinstance(fault, NotAllowed):
        return escape(words("problem.not_allowed"))
    if not isinstance(fault, UserError):
        return escape(words("problem.unexpected_table"))
    told = "<br>".join(escape(line) for line in str(fault).splitlines())
    return f"{escape(words('problem.stopped'))}<p class='rt-facts'>{told}</p>"


def _drawn(page: str, words: Words, admitted: Reader | None, source: Source, publication: Publication | None) -> Visit:
    geography = Geography.on(publication.as_of if publication else source.run["as_of"])
    role = admitted.role if admitted else sidebar.chosen_role()
    with st.sidebar:
        sidebar.logo()
        sidebar.links(words, page, role, _kept(admitted))
        reader = admitted or sidebar.choose_reader(words, geography)
        scope = reader.scope(geography)
        if reader.is_signed_in:
            sidebar.whom(words, scope, geography)
        sidebar.choose_language(words)
        sidebar.facts(source, publication, words)
    if source.run["is_sample"] is True:
        show(f"<p class='rt-sample'>{escape(words('app.sample_note'))}</p>")
    visit = Visit(words, scope, source, _mode(), publication, reader)
    _doors(visit, page)
    return page_record.begin(visit, page)


def _doors(visit: Visit, page: str) -> None:
    """Ends the page when it, or the municipality of the address, is not for the reader, or its rows are elsewhere."""
    words, scope, reader = visit.words, visit.scope, visit.reader
    first = link_with(words, scope, page_list.FIRST[scope.role])
    if not page_list.may_open(scope.role, page):
        audit.refused(page, reader.who, scope, "other_role")
        doors.closed(words, page, scope, first, is_demonstration=not reader.is_signed_in)
    if reader.is_signed_in and scope.municipality_code is not None:
        asked = set(st.query_params.get_all("municipality")) & set(visit.geography.codes)
        if asked - {scope.municipality_code}:
            audit.refused(page, reader.who, scope, "other_municipality")
            doors.other_municipality(words, visit.name(scope.own_place), scope, first)
    if page_list.BY_NAME[page].reads_rows and (day := opening.rows_deleted_on(visit.source)):
        doors.rows_deleted(words, page, day)
    if page_list.BY_NAME[page].reads_rows and not opening.has_rows(store_path()):
        doors.not_here(words, page)
    if page_list.BY_NAME[page].reads_rows and opening.is_of_returns(visit.source):
        doors.only_counts(words, page)


def _kept(admitted: Reader | None) -> tuple[str, ...]:
    """Choices that links keep: role and municipality only where they are chosen and not given."""
    if admitted is None:
        return ("lang", "role", "municipality")
    return ("lang",) if admitted.municipality_code else ("lang", "municipality")


def link_to_municipality(visit: Visit) -> Callable[[str], str]:
    """Addresses of the municipality page that keep language and, in the demonstration, role."""
    return lambda code: link_with(visit.words, visit.scope, "municipality", municipality=code)


def link_with(words: Words, scope: Scope, page: str, **choices: str) -> str:
    """The address of a page that keeps language, role and municipality, with some of its choices made.

    Role and municipality of somebody who has signed in stand in the token, so they are not in the address.
    """
    kept: dict[str, str] = {"lang": words.language}
    if sign_in.is_demonstration():
        kept |= {"role": scope.role, "municipality": scope.municipality_code or ""}
    return f"{page}?{urlencode({name: value for name, value in (kept | choices).items() if value})}"


def _language() -> Language:
    return "en" if chosen("lang", LANGUAGES, "da") == "en" else "da"


def _mode() -> Mode:
    return "dark" if st.context.theme.type == "dark" else "light"


def _dress(words: Words) -> None:
    """Style sheet, and the page's language (Streamlit's own page always says English)."""
    show(_style())
    st.html(f"<script>{document.script(words)}</script>", unsafe_allow_javascript=True)


@cache
def _style() -> str:
    """Put together once, and on one line: Streamlit looks at the indentation of every line of it at every click."""
    css = " ".join((resources.files("dashboards") / "look.css").read_text("utf-8").splitlines())
    return f"<style>.stApp{{{css_variables()}}}{css}{css_of_figures()}</style>"


def _open(words: Words, reader: Reader | None) -> Source:
    """The last run of the store, or a page that says what to do instead of a trace."""
    path = store_path()
    try:
        return opening.open_store(path, reader)
    except UserError as fault:
        _shut(words, reader, fault)


def _open_publication(words: Words, reader: Reader | None) -> Publication | None:
    try:
        return opening.open_publication(store_path(), reader)
    except UserError as fault:
        _shut(words, reader, fault)


def _shut(words: Words, reader: Reader | None, fault: UserError) -> NoReturn:
    with st.sidebar:
        sidebar.logo()
        sidebar.choose_language(words)
        if reader is not None:
            sidebar.way_out(words)
    nothing = "nothing_yet" if reader is not None else "no_store"
    problems = {
        StoreIsEmpty: nothing,
        NotSampleData: "not_sample",
        OtherVersion: "other_version",
        WrongGuidance: "no_guidance",
    }
    problem = problems.get(type(fault), "cannot_read")
    if reader is not None:
        audit.refused("store", reader.who, reader, problem)
    doors.shut(words, problem, words("problem.looked_in", place=escape(str(store_path()))))
