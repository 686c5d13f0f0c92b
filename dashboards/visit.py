"""One reader's visit: language, scope, and the run or publication that is looked at; readings are cached on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboards import published, worklist_rows
from dashboards.access.claims import DEMONSTRATION, Reader
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.opening import Publication, Source
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Shares
from dashboards.tokens import Mode
from pipelines.definitions.measures import Measure
from pipelines.definitions.reference import Reference
from pipelines.statistics.overdispersion import Overdispersion


@dataclass(frozen=True)
class Visit:
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

    @property
    def window(self) -> str:
        """The last three years that municipalities are counted in."""
        return self.windows[-1]

    @property
    def windows(self) -> list[str]:
        """The windows of three years that municipalities are counted in, oldest first."""
        return published.windows(self.as_of)

    def periods(self, kind: PeriodKind) -> list[str]:
        """The last periods, oldest first; the last of them is not over."""
        return published.periods(self.as_of, kind)

    def shares(
        self, headlines: Sequence[Measure], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
    ) -> Shares:
        """Published figures for this scope."""
        asked = (tuple(headlines), tuple(places), kind, tuple(names))
        with st.spinner(self.words("app.loading")):
            return Shares(_shares(_version(self.tables), self.scope, *asked, _tables=self.tables))

    def usual_variation(self, headlines: Sequence[Measure]) -> dict[str, Overdispersion]:
        """By headline: how much municipalities usually differ in the last window, whoever asks."""
        asked = (tuple(headlines), self.window)
        return _usual_variation(_version(self.tables), self.scope, *asked, _tables=self.tables)

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of children born in the window, or in all years."""
        with st.spinner(self.words("app.loading")):
            return _thread(_version(self.tables), self.scope, place, window, _tables=self.tables)

    def worklist(self) -> pl.DataFrame:
        """The gaps of the steward's own municipality."""
        return _worklist(_version(self.source), self.scope, _source=self.source)

    def name(self, place: Place) -> str:
        """The place as a heading: `Hele landet`, `Region Syddanmark`, `Svendborg`."""
        return self.words("place.country") if place == COUNTRY else self.geography.name(place)

    @property
    def tables(self) -> Source:
        """The published tables; ValueError on a page that did not begin as one of figures."""
        if self.publication is None:
            raise ValueError("only a page of figures reads figures: begin it with `begin_figures`")
        return self.publication.tables


def _version(source: Source) -> str:
    return str(source.run["run_id"])


@st.cache_data(max_entries=400, show_spinner=False)
def _shares(
    version: str,  # noqa: ARG001  (part of the key: another publication, other figures)
    scope: Scope,
    headlines: tuple[Measure, ...],
    places: tuple[Place, ...],
    kind: PeriodKind,
    names: tuple[str, ...],
    _tables: Source,
) -> pl.DataFrame:
    return published.shares(_tables, scope, headlines, places, kind=kind, names=names)


@st.cache_data(max_entries=400, show_spinner=False)
def _usual_variation(
    version: str,  # noqa: ARG001
    scope: Scope,
    headlines: tuple[Measure, ...],
    window: str,
    _tables: Source,
) -> dict[str, Overdispersion]:
    return published.usual_variation(_tables, scope, headlines, kind="three_years", period=window)


@st.cache_data(max_entries=400, show_spinner=False)
def _thread(version: str, scope: Scope, place: Place, window: str, _tables: Source) -> Thread:  # noqa: ARG001
    return published.thread(_tables, scope, place, window)


@st.cache_data(max_entries=20, show_spinner=False, scope="session")
def _worklist(version: str, scope: Scope, _source: Source) -> pl.DataFrame:  # noqa: ARG001
    return worklist_rows.worklist(_source, scope)
