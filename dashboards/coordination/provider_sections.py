"""Describing a provider: who owns it, where it stands, what it offers. Requests opened afterwards ask it."""

from __future__ import annotations

import re
import unicodedata
from html import escape

import streamlit as st

from dashboards.coordination import own_requests
from dashboards.coordination.visit import Asked
from dashboards.markup import show
from dashboards.opening import store_path
from dashboards.scope import Place
from pipelines.errors import UserError
from pipelines.requests.providers import LONGEST_NAME, LONGEST_OFFERS, OWNERS, Provider, describe


def describe_card(asked: Asked) -> None:
    """A form that adds a provider, or describes one of the same name anew."""
    words, geography = asked.visit.words, asked.visit.geography
    with st.expander(words("requests.add_provider")), st.form("provider", border=False, clear_on_submit=True):
        name = st.text_input(words("requests.provider_name"), max_chars=LONGEST_NAME, key="provider-name")
        owner = st.selectbox(
            words("requests.owner"),
            OWNERS,
            key="provider-owner",
            format_func=lambda kind: words(f"requests.owner_{kind}"),
        )
        code = st.selectbox(
            words("table.municipality"),
            geography.codes,
            key="provider-place",
            format_func=lambda code: geography.name(Place("municipality", code)),
        )
        offers = st.text_area(words("requests.offers"), max_chars=LONGEST_OFFERS, key="provider-offers")
        if st.form_submit_button(words("requests.do_describe")):
            _describe(asked, Provider(_id(name), name, owner, code, offers))


def _describe(asked: Asked, provider: Provider) -> None:
    own_requests.require_may_decide(asked.visit.scope)
    words = asked.visit.words
    try:
        describe(store_path(), provider, actor=asked.actor, reference=asked.visit.reference)
    except UserError:
        show(f"<p class='rt-notice' role='alert'>{escape(words('requests.not_described'))}</p>")
    else:
        show(f"<p class='rt-done' role='status'>{escape(words('requests.described', name=provider.name))}</p>")


def _id(name: str) -> str:
    """Of its name: the same name is the same provider."""
    plain = name.casefold().replace("ø", "oe").replace("æ", "ae").replace("å", "aa")
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40]
