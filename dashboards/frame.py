"""What surrounds every page: look, language, role, the note that the data are synthetic, and doors that stay shut.

Pages of figures show the last publication; pages of a data steward the last run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import escape
from importlib import resources
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from dashboards import opening, page_list, published
from dashboards.address import chosen, remember
from dashboards.geography import Geography
from dashboards.language import LANGUAGES, Language, Words
from dashboards.markup import heading, show, show_drawing
from dashboards.opening import NotSampleData, Publication, Source, store_path
from dashboards.published import CannotBeRead
from dashboards.scope import MUNICIPAL_ROLES, ROLES, NotAllowed, Place, Role, Scope
from dashboards.tokens import Mode, css_of_figures, css_variables
from dashboards.visit import Visit
from pipelines.errors import StoreIsEmpty, UserError

DEFAULT_ROLE: Role = "national"
DEFAULT_MUNICIPALITY = "0479"
"""The municipality that the demonstration opens with."""

LANGUAGE_NAMES: dict[str, str] = {"da": "Dansk", "en": "English"}
LOGO = (
    "<div class='rt-logo'><svg viewBox='0 0 34 24' aria-hidden='true'>"
    "<path d='M2 17 C6 3 11 3 16 12 S27 21 32 7'/></svg><span>Rød tråd</span></div>"
)


def pages() -> list[st.Page]:
    """The pages for st.navigation, named in the reader's language."""
    st.set_page_config(layout="wide", page_icon=str(resources.files("dashboards") / "logo.svg"))
    words, first = Words(_language()), page_list.FIRST[_role()]
    return [
        st.Page(page.path, title=words(f"nav.{page.name}"), url_path=page.name, default=page.name == first)
        for page in page_list.PAGES
    ]


def begin(page: str) -> Visit:
    """First line of every page: draws the frame and says who looks at what. Ends the page when it may not be shown."""
    words = Words(_language())
    _dress(words)
    return _drawn(page, words, _open(words), None)


def begin_figures(page: str) -> Visit:
    """First line of every page of figures: these are the published ones, and without any the page says what to do."""
    words = Words(_language())
    _dress(words)
    source = _open(words)
    publication = _open_publication(words)
    visit = _drawn(page, words, source, publication)
    if publication is None:
        _nothing_published(words, page)
    if not publication.is_of_last_run:
        _newer_run(words, publication, source.run["as_of"])
    return visit


@contextmanager
def told_plainly() -> Iterator[None]:
    """Around every page: what cannot be read, or is not for this reader, is a sentence and never a trace."""
    try:
        yield
    except UserError as fault:
        words = Words("en" if st.session_state.get("lang") == "en" else "da")
        show(f"<div class='rt-notice'><div>{_told(fault, words)}</div></div>")


def _told(fault: UserError, words: Words) -> str:
    if isinstance(fault, CannotBeRead):
        return f"{escape(words('problem.unreadable'))}{_command(words)}"
    if isinstance(fault, NotAllowed):
        return escape(words("problem.not_allowed"))
    told = "<br>".join(escape(line) for line in str(fault).splitlines())
    return f"{escape(words('problem.stopped'))}<p class='rt-facts'>{told}</p>"


def _drawn(page: str, words: Words, source: Source, publication: Publication | None) -> Visit:
    geography = Geography.on(publication.as_of if publication else source.run["as_of"])
    with st.sidebar:
        _links(words, page)
        scope = _choose_scope(words, geography)
        _choose_language(words)
        _facts(source, publication, words)
    show(f"<p class='rt-sample'>{escape(words('app.sample_note'))}</p>")
    if not page_list.may_open(scope.role, page):
        _closed_door(words, page, scope)
    return Visit(words, scope, source, _mode(), publication)


def _closed_door(words: Words, page: str, scope: Scope) -> NoReturn:
    """The page is for other roles: whom it is for, and the way to the reader's own first page."""
    roles = words("door.or").join(words(f"role.{role}") for role in page_list.BY_NAME[page].roles)
    heading(words(f"nav.{page}"), words("door.closed", roles=roles))
    first = page_list.FIRST[scope.role]
    address = escape(link_with(words, scope, first), quote=True)
    show(f"<p class='rt-lead'><a href='{address}' target='_self'>{escape(words(f'nav.{first}'))}</a></p>")
    st.stop()


def _nothing_published(words: Words, page: str) -> NoReturn:
    """The page's own heading, so that the reader knows where they are, and how figures come here."""
    heading(words(f"nav.{page}"), words("problem.not_published"))
    show(f"<p class='rt-lead'>{escape(words('problem.not_published_text'))}</p>{_command(words)}")
    st.stop()


def _newer_run(words: Words, publication: Publication, run_as_of: date) -> None:
    """Above the figures: as of when they are, and that there is a run which nobody has published."""
    key = "problem.older" if publication.as_of != run_as_of else "problem.older_same_day"
    text = words(key, day=words.day(publication.as_of), run_day=words.day(run_as_of))
    show(f"<div class='rt-notice'><div>{escape(text)}{_command(words)}</div></div>")


def _command(words: Words) -> str:
    command = f"<code>roedtraad publish --store {escape(str(store_path()))}</code>"
    return f"<p class='rt-facts'>{words('problem.publish', command=command)}</p>"


def choose_municipality(words: Words, geography: Geography, label: str) -> str:
    """A box with all municipalities; the choice is in the address."""
    code = chosen("municipality", geography.codes, DEFAULT_MUNICIPALITY)

    def name(code: str) -> str:
        return geography.name(Place("municipality", code))

    st.selectbox(words(label), geography.codes, key="municipality", format_func=name)
    remember("municipality", code, DEFAULT_MUNICIPALITY)
    return code


def link_to_municipality(visit: Visit) -> Callable[[str], str]:
    """Addresses of the municipality page that keep language and role."""
    kept = f"&lang={visit.words.language}&role={visit.scope.role}"
    return lambda code: f"municipality?municipality={code}{kept}"


def _language() -> Language:
    return "en" if chosen("lang", LANGUAGES, "da") == "en" else "da"


def _mode() -> Mode:
    return "dark" if st.context.theme.type == "dark" else "light"


def _dress(words: Words) -> None:
    """Style sheet, and the page's language (Streamlit's own page always says English)."""
    css = (resources.files("dashboards") / "look.css").read_text("utf-8")
    show(f"<style>.stApp{{{css_variables()}}}{css}{css_of_figures()}</style>")
    script = f"document.documentElement.lang={words.language!r}"
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def link_with(words: Words, scope: Scope, page: str, **choices: str) -> str:
    """The address of a page that keeps language, role and municipality, with some of its choices made."""
    kept = {"lang": words.language, "role": scope.role, "municipality": scope.municipality_code or ""}
    return f"{page}?{urlencode({name: value for name, value in (kept | choices).items() if value})}"


def _open(words: Words) -> Source:
    path = store_path()
    try:
        return opening.open_store(path)
    except StoreIsEmpty:
        _shut(words, "no_store", path)
    except NotSampleData:
        _shut(words, "not_sample", path)
    except UserError:
        _shut(words, "cannot_read", path)


def _open_publication(words: Words) -> Publication | None:
    path = store_path()
    try:
        return opening.open_publication(path)
    except NotSampleData:
        _shut(words, "not_sample", path)
    except UserError:
        _shut(words, "cannot_read", path)


def _shut(words: Words, problem: str, path: Path) -> NoReturn:
    """A page that says what to do instead of a trace."""
    with st.sidebar:
        show_drawing(LOGO)
        _choose_language(words)
    heading(words(f"problem.{problem}"), "")
    place = words("problem.looked_in", place=escape(str(path)))
    show(f"<p class='rt-lead'>{words(f'problem.{problem}_text')}</p><p class='rt-facts'>{place}</p>")
    st.stop()


def _links(words: Words, current: str) -> None:
    """Links keep language, role and municipality, in a new tab too."""
    show_drawing(LOGO)
    kept = {name: st.query_params[name] for name in ("lang", "role", "municipality") if name in st.query_params}
    own = page_list.of_role(_role())
    here = page_list.BY_NAME[current].under or current
    groups = list(dict.fromkeys(page.group for page in own))
    for group in groups:
        if group != groups[0]:
            show(f"<p class='rt-group'>{escape(words(f'nav_group.{group}'))}</p>")
        for page in own:
            if page.group == group and page.under is None:
                with st.container(key="here" if page.name == here else f"to-{page.name}"):
                    st.page_link(page.path, label=words(f"nav.{page.name}"), query_params=kept)


def _role() -> Role:
    """The role that the reader has chosen."""
    role = chosen("role", ROLES, DEFAULT_ROLE)
    return next(known for known in ROLES if known == role)


def _choose_scope(words: Words, geography: Geography) -> Scope:
    """Demonstration: anybody may try every role, for the data are synthetic. Signing in takes this place later."""
    role = _role()
    st.selectbox(words("role.label"), ROLES, key="role", format_func=lambda name: words(f"role.{name}"))
    remember("role", role, DEFAULT_ROLE)
    if role not in MUNICIPAL_ROLES:
        return Scope(role)
    code = choose_municipality(words, geography, "role.municipality")
    return Scope(role, code, geography.region_of(code).code)


def _choose_language(words: Words) -> None:
    st.segmented_control(
        words("app.language"), LANGUAGES, key="lang", format_func=LANGUAGE_NAMES.__getitem__, required=True
    )
    remember("lang", words.language, "da")


def _facts(source: Source, publication: Publication | None, words: Words) -> None:
    """What the page rests on: a publication, or a run."""
    run = publication.tables.run if publication else source.run
    made = (
        words("app.release", release=str(run["fingerprint"])[:8])
        if publication
        else words("app.run", run=str(run["run_id"])[:8])
    )
    lines = [
        words("app.published_as_of" if publication else "app.as_of", day=words.day(run["as_of"])),
        words("app.small_counts", threshold=published.threshold()),
        words("app.versions", made=made, reference=run["reference_version"]),
    ]
    show(f"<p class='rt-facts'>{'<br>'.join(escape(line) for line in lines)}</p>")
