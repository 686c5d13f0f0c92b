"""What stands beside every page: the pages of the role, who looks, the language, and what the page rests on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboards import page_list, published
from dashboards.access.claims import DEMONSTRATION, Reader
from dashboards.address import chosen, remember
from dashboards.geography import Geography
from dashboards.language import LANGUAGES, Words
from dashboards.markup import show, show_drawing
from dashboards.opening import Publication, Source
from dashboards.scope import MUNICIPAL_ROLES, ROLES, Place, Role, Scope

DEFAULT_ROLE: Role = "national"
DEFAULT_MUNICIPALITY = "0479"
"""The municipality that the demonstration opens with."""

LANGUAGE_NAMES: dict[str, str] = {"da": "Dansk", "en": "English"}
LOGO = (
    "<div class='rt-logo'><svg viewBox='0 0 34 24' aria-hidden='true'>"
    "<path d='M2 17 C6 3 11 3 16 12 S27 21 32 7'/></svg><span>Rød tråd</span></div>"
)


def logo() -> None:
    """The mark of the pages."""
    show_drawing(LOGO)


def links(words: Words, current: str, role: Role, kept: Sequence[str]) -> None:
    """The menu of a role. Links keep the choices that are `kept`, in a new tab too."""
    choices = {name: st.query_params[name] for name in kept if name in st.query_params}
    own = page_list.of_role(role)
    here = page_list.BY_NAME[current].under or current
    groups = list(dict.fromkeys(page.group for page in own))
    for group in groups:
        if group != groups[0]:
            show(f"<p class='rt-group'>{escape(words(f'nav_group.{group}'))}</p>")
        for page in own:
            if page.group == group and page.under is None:
                with st.container(key="here" if page.name == here else f"to-{page.name}"):
                    st.page_link(page.path, label=words(f"nav.{page.name}"), query_params=choices)


def chosen_role() -> Role:
    """The role that the reader of the demonstration has chosen."""
    role = chosen("role", ROLES, DEFAULT_ROLE)
    return next(known for known in ROLES if known == role)


def choose_reader(words: Words, geography: Geography) -> Reader:
    """Demonstration: anybody may try every role, for the data are synthetic."""
    role = chosen_role()
    st.selectbox(words("role.label"), ROLES, key="role", format_func=lambda name: words(f"role.{name}"))
    remember("role", role, DEFAULT_ROLE)
    if role not in MUNICIPAL_ROLES:
        return Reader(DEMONSTRATION.who, role)
    return Reader(DEMONSTRATION.who, role, choose_municipality(words, geography, "role.municipality"))


def choose_municipality(words: Words, geography: Geography, label: str) -> str:
    """A box with all municipalities; the choice is in the address."""
    code = chosen("municipality", geography.codes, DEFAULT_MUNICIPALITY)

    def name(code: str) -> str:
        return geography.name(Place("municipality", code))

    st.selectbox(words(label), geography.codes, key="municipality", format_func=name)
    remember("municipality", code, DEFAULT_MUNICIPALITY)
    return code


def whom(words: Words, scope: Scope, geography: Geography) -> None:
    """As whom the reader has signed in, and the way out."""
    place = geography.name(scope.own_place) if scope.municipality_code else ""
    show(f"<p class='rt-whom'><b>{escape(words(f'role.{scope.role}'))}</b><br>{escape(place)}</p>")
    way_out(words)


def way_out(words: Words) -> None:
    """Signs out here and, where the provider knows how, there."""
    st.button(words("sign_in.out"), on_click=st.logout, key="sign-out")


def choose_language(words: Words) -> None:
    """Danish or English; the choice is in the address."""
    st.segmented_control(
        words("app.language"), LANGUAGES, key="lang", format_func=LANGUAGE_NAMES.__getitem__, required=True
    )
    remember("lang", words.language, "da")


def facts(source: Source, publication: Publication | None, words: Words) -> None:
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
