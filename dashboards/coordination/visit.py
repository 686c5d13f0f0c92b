"""A visit to the pages of requests: the requests that this reader sees, the one that is looked at, its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
import streamlit as st

from dashboards import frame, opening, published_requests
from dashboards.address import chosen, remember
from dashboards.coordination import own_requests
from dashboards.coordination.own_requests import Respondent
from dashboards.markup import heading, show
from dashboards.opening import store_path
from dashboards.scope import Place
from dashboards.visit import Visit
from pipelines.requests.actors import Actor
from pipelines.requests.opened import Opened, today


@dataclass(frozen=True)
class Asked:
    """A reader at a request. `opened`: as the scope may see it."""

    visit: Visit
    opened: Opened
    counts: pl.DataFrame

    @property
    def today(self) -> date:
        """In Denmark."""
        return today()

    @property
    def actor(self) -> Actor:
        """Who writes, for the audit log; TurnedAway once the token has expired."""
        self.visit.reader.require_time(datetime.now(UTC))
        return Actor(self.visit.who, self.visit.scope.role, self.visit.scope.municipality_code)

    def name(self, respondent: Respondent) -> str:
        """The respondent's name."""
        return self.opened.name_of(*respondent)


def begin(page: str) -> Asked:
    """First line of both pages: the request that the address names, else the one opened last. Without any, the page
    says how one is opened, and ends."""
    visit = frame.begin(page)
    seen = own_requests.requests(store_path(), visit.scope)
    if not seen:
        words = visit.words
        heading(words(f"nav.{page}"), words("requests.none"))
        key = "requests.none_national" if visit.scope.role == "national" else "requests.none_own"
        show(f"<p class='rt-lead'>{words(key)}</p>")
        st.stop()
    one = _choose(visit, seen)
    publication = opening.open_publication(store_path(), visit.reader)
    counts = published_requests.counts(publication.tables if publication else None, visit.scope, one)
    return Asked(visit, one, counts)


def again(asked: Asked) -> Asked:
    """The same after something was written."""
    return Asked(asked.visit, own_requests.request(store_path(), asked.visit.scope, asked.opened.id), asked.counts)


def _choose(visit: Visit, seen: list[Opened]) -> Opened:
    """One that is alone is not chosen."""
    options = {each.id: each for each in seen}
    named = chosen("request", list(options), seen[0].id)
    if len(options) > 1:
        st.selectbox(
            visit.words("requests.choose"),
            list(options),
            key="request",
            format_func=lambda name: _named(visit, options[name]),
        )
    remember("request", named, seen[0].id)
    return options[named]


def _named(visit: Visit, one: Opened) -> str:
    """What was asked, where and when: the same request is opened in several regions on a day."""
    where = visit.geography.name(Place("region", one.region_code)) if one.region_code else visit.words("place.country")
    return f"{one.request.title[visit.words.language]} ({where}, {visit.words.day(one.opened_on)})"
