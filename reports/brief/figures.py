"""Published figures for many briefs: each question is asked once for all places, each brief gets those of its scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from dashboards import published
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import SELECTABLE
from dashboards.language import Words
from dashboards.looking import ByDay
from dashboards.opening import Source
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Shares
from pipelines.definitions.measures import Measure
from pipelines.statistics.overdispersion import Overdispersion

Question = tuple[tuple[Measure, ...], PeriodKind, tuple[str, ...]]
NATIONAL = Scope("national")


@dataclass(frozen=True)
class Held:
    """A publication whose tables are read once, when they are first asked for, and kept."""

    source: Source
    _kept: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def run(self) -> Mapping[str, Any]:
        """As the publication says."""
        return self.source.run

    def table(self, name: str) -> pl.LazyFrame:
        """The rows. Errors as the publication's."""
        if name not in self._kept:
            self._kept[name] = self.source.table(name).collect()
        return self._kept[name].lazy()


@dataclass(frozen=True)
class Country:
    """What national coordination may see, in the language of the briefs."""

    tables: Source
    words: Words
    _asked: dict[Question, dict[tuple[str, str], pl.DataFrame]] = field(default_factory=dict)
    _threads: dict[tuple[Place, str], Thread] = field(default_factory=dict)
    _variation: dict[str, dict[str, Overdispersion]] = field(default_factory=dict)

    @staticmethod
    def of(tables: Source, words: Words) -> Country:
        """Of a publication, whose tables are read once."""
        return Country(Held(tables), words)

    @property
    def as_of(self) -> date:
        """The day that the figures are true on."""
        day: date = self.tables.run["as_of"]
        return day

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""
        return Geography.on(self.as_of)

    def rows(self, question: Question) -> dict[tuple[str, str], pl.DataFrame]:
        """The answer by kind and code of the place, for every municipality, every region and the country."""
        if question not in self._asked:
            measures, kind, names = question
            regions = self.geography.municipalities["region_code"].unique().sort()
            places = (*self.geography.places, *(Place("region", code) for code in regions), COUNTRY)
            found = published.shares(self.tables, NATIONAL, measures, places, kind=kind, names=names)
            parts = found.partition_by("place_kind", "place", as_dict=True, maintain_order=True)
            self._asked[question] = {(str(key[0]), str(key[1])): rows for key, rows in parts.items()}
        return self._asked[question]

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of a place; those of regions and the country are in many briefs."""
        if (place, window) not in self._threads:
            self._threads[place, window] = published.thread(self.tables, NATIONAL, place, window)
        return self._threads[place, window]

    def variation(self, window: str) -> dict[str, Overdispersion]:
        """By headline: how much municipalities usually differ."""
        if window not in self._variation:
            self._variation[window] = published.usual_variation(
                self.tables, NATIONAL, SELECTABLE, kind="three_years", period=window
            )
        return self._variation[window]

    def seen_by(self, scope: Scope) -> Eyes:
        """The same figures with the eyes of one scope."""
        return Eyes(self, scope)


@dataclass(frozen=True)
class Eyes(ByDay):
    """`dashboards.looking.Looking` for a brief: nothing outside of the scope is handed on."""

    country: Country
    scope: Scope

    @property
    def words(self) -> Words:
        """The language of the brief."""
        return self.country.words

    @property
    def as_of(self) -> date:
        """The day that the figures are true on."""
        return self.country.as_of

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""
        return self.country.geography

    def shares(
        self, headlines: Sequence[Measure], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
    ) -> Shares:
        """Figures of these places alone; NotAllowed where the scope does not cover one."""
        self.scope.require(tuple(places))
        found = self.country.rows((tuple(headlines), kind, tuple(names)))
        return Shares(pl.concat([found[place.kind, place.code] for place in places]))

    def usual_variation(self, headlines: Sequence[Measure]) -> Mapping[str, Overdispersion]:
        """By headline: how much municipalities usually differ in the last window, whoever asks."""
        self.scope.require((COUNTRY,))
        variation = self.country.variation(self.window)
        return {headline.name: variation[headline.name] for headline in headlines}

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of children born in the window."""
        self.scope.require((place,))
        return self.country.thread(place, window)

    def name(self, place: Place) -> str:
        """`Hele landet`, `Region Syddanmark`, `Svendborg`."""
        return self.words("place.country") if place == COUNTRY else self.geography.name(place)
