"""One reader's visit: language, scope and the run that is looked at, with every reading cached on scope and run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboards import published
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import Headline
from dashboards.language import Words
from dashboards.published import PeriodKind, Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Shares
from dashboards.tokens import Mode
from pipelines.definitions.reference import Reference


@dataclass(frozen=True)
class Visit:
    """What every page needs to know of its reader and its run."""

    words: Words
    scope: Scope
    source: Source
    mode: Mode

    @property
    def as_of(self) -> date:
        """The day the figures are true on."""
        day: date = self.source.run["as_of"]
        return day

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
        """The latest window of three years."""
        return self.periods("three_years")[-1]

    def periods(self, kind: PeriodKind) -> list[str]:
        """The last periods, oldest first."""
        return published.periods(self.source, kind)

    def shares(
        self, headlines: Sequence[Headline], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
    ) -> Shares:
        """Figures for this scope."""
        return Shares(
            _shares(self._version, self.scope, tuple(headlines), tuple(places), (kind, *names), _source=self.source)
        )

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of children born in the window, or in all years."""
        return _thread(self._version, self.scope, place, window, _source=self.source)

    def worklist(self) -> pl.DataFrame:
        """The gaps of the steward's own municipality."""
        return _worklist(self._version, self.scope, _source=self.source)

    def name(self, place: Place) -> str:
        """The place as a heading: `Hele landet`, `Region Syddanmark`, `Svendborg`."""
        return self.words("place.country") if place == COUNTRY else self.geography.name(place)

    @property
    def _version(self) -> str:
        return str(self.source.run["run_id"])


@st.cache_data(max_entries=400, show_spinner=False)
def _shares(
    version: str,  # noqa: ARG001  (part of the key: another run, other figures)
    scope: Scope,
    headlines: tuple[Headline, ...],
    places: tuple[Place, ...],
    periods: tuple[str, ...],
    _source: Source,
) -> pl.DataFrame:
    kind: PeriodKind = "year" if periods[0] == "year" else "three_years"
    return published.shares(_source, scope, headlines, places, kind=kind, names=periods[1:])


@st.cache_data(max_entries=400, show_spinner=False)
def _thread(version: str, scope: Scope, place: Place, window: str, _source: Source) -> Thread:  # noqa: ARG001
    return published.thread(_source, scope, place, window)


@st.cache_data(max_entries=20, show_spinner=False, scope="session")
def _worklist(version: str, scope: Scope, _source: Source) -> pl.DataFrame:  # noqa: ARG001
    return published.worklist(_source, scope)
