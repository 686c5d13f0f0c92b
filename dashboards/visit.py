"""One reader's visit: language, scope, and the run or publication that is looked at.

Figures that were read are kept for the next click, of whomever: by publication, scope and what was asked, and no longer
than it takes until KEPT others were asked for after them. Rows of persons are kept for their session alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl
import streamlit as st

from dashboards import published, worklist_rows
from dashboards.access.claims import DEMONSTRATION, Reader
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.looking import ByDay
from dashboards.opening import Publication, Source
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Shares
from dashboards.tokens import Mode
from pipelines.definitions.measures import Measure
from pipelines.definitions.reference import Reference
from pipelines.statistics.overdispersion import Overdispersion

KEPT = 400


@dataclass(frozen=True)
class Visit(ByDay):
    """What every page needs to know of its reader and of what it shows: pages of figures have a `publication`."""

    words: Words
    scope: Scope
    source: Source
    mode: Mode
    publication: Publication | None = None
    reader: Reader = DEMONSTRATION

    @property
    def who(self) -> str:
        """The reader, as the audit log names them."""
        return self.reader.who

    @property
    def as_of(self) -> date:
        """The day that what the page shows is true on."""
        day: date = self.publication.as_of if self.publication else self.source.run["as_of"]
        return day

    @property
    def run_id(self) -> str | None:
        """The run that what the page shows was made by; null when that of the publication is known no more."""
        return self.publication.run_id if self.publication else str(self.source.run["run_id"])

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""
        return Geography.on(self.as_of)

    @property
    def reference(self) -> Reference:
        """The facts that the steward may edit."""
        return Reference.load()

    def shares(
        self, headlines: Sequence[Measure], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
    ) -> Shares:
        """Published figures for this scope."""
        return _shares(self.tables, self.scope, tuple(headlines), tuple(places), kind, tuple(names))

    def usual_variation(self, headlines: Sequence[Measure]) -> Mapping[str, Overdispersion]:
        """By headline: how much municipalities usually differ in the last window, whoever asks."""
        return _usual_variation(self.tables, self.scope, tuple(headlines), self.window)

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of children born in the window, or in all years."""
        return _thread(self.tables, self.scope, place, window)

    def worklist(self) -> pl.DataFrame:
        """The gaps of the steward's own municipality."""
        return _worklist(str(self.source.run["run_id"]), self.scope, _source=self.source)

    def name(self, place: Place) -> str:
        """The place as a heading: `Hele landet`, `Region Syddanmark`, `Svendborg`."""
        return self.words("place.country") if place == COUNTRY else self.geography.name(place)

    @property
    def tables(self) -> Source:
        """The published tables; ValueError on a page that did not begin as one of figures."""
        if self.publication is None:
            raise ValueError("only a page of figures reads figures: begin it with `begin_figures`")
        return self.publication.tables


@lru_cache(maxsize=KEPT)
def _shares(
    tables: Source,
    scope: Scope,
    headlines: tuple[Measure, ...],
    places: tuple[Place, ...],
    kind: PeriodKind,
    names: tuple[str, ...],
) -> Shares:
    return Shares(published.shares(tables, scope, headlines, places, kind=kind, names=names))


@lru_cache(maxsize=KEPT)
def _usual_variation(
    tables: Source, scope: Scope, headlines: tuple[Measure, ...], window: str
) -> Mapping[str, Overdispersion]:
    return published.usual_variation(tables, scope, headlines, kind="three_years", period=window)


@lru_cache(maxsize=KEPT)
def _thread(tables: Source, scope: Scope, place: Place, window: str) -> Thread:
    return published.thread(tables, scope, place, window)


@st.cache_data(max_entries=20, show_spinner=False, scope="session")
def _worklist(
    version: str,  # noqa: ARG001  (part of the key: another run, other rows)
    scope: Scope,
    _source: Source,
) -> pl.DataFrame:
    return worklist_rows.worklist(_source, scope)
