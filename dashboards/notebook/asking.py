"""Who asks what of which publication: names that people write become measures, places, periods; or a way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import polars as pl

from dashboards import published
from dashboards.charts.periods import period_words
from dashboards.geography import Geography
from dashboards.headlines import SELECTABLE
from dashboards.language import Words
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.tokens import Mode
from pipelines.definitions.measures import Measure
from pipelines.errors import StoreIsEmpty, UserError

T = TypeVar("T")


class NothingPublished(StoreIsEmpty):
    """No publication has said anything of what is asked."""


@dataclass(frozen=True)
class Asking:
    """The published tables, whose eyes they are read with, and the language and colours of the answer."""

    tables: Source
    scope: Scope
    words: Words
    mode: Mode

    @property
    def as_of(self) -> date:
        """The day that the figures are true on."""
        day: date = self.tables.run["as_of"]
        return day

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""
        return Geography.on(self.as_of)

    @property
    def regions(self) -> tuple[Place, ...]:
        """Those of the day that the scope covers, by name."""
        rows = self.geography.municipalities.select("region_name", "region_code").unique().sort("region_name")
        places = (Place("region", code) for code in rows["region_code"])
        return tuple(place for place in places if self.scope.may_see(place))

    @property
    def municipalities(self) -> tuple[Place, ...]:
        """Those of the day that the scope covers."""
        return tuple(place for place in self.geography.places if self.scope.may_see(place))

    @property
    def sees_all(self) -> bool:
        """Whether no municipality is closed to the scope."""
        return self.scope.municipality_code is None

    @property
    def names(self) -> dict[str, str]:
        """Name by code, of municipalities, regions and the country."""
        places = (*self.geography.places, *self.regions, COUNTRY)
        return {place.code: self.name(place) for place in places}

    @property
    def threshold(self) -> int:
        """The smallest count that is shown."""
        return published.threshold()

    def name(self, place: Place) -> str:
        """`Hele landet`, `Region Syddanmark`, `Svendborg`."""
        return self.words("place.country") if place == COUNTRY else self.geography.name(place)

    def place(self, named: str | None) -> Place:
        """A place by its name or code; the own one of the scope where none is named."""
        sought = (self.scope.own_place.code if named is None else named).casefold()
        places = (*self.geography.places, *self.regions, COUNTRY)
        found = [place for place in places if sought in {place.code.casefold(), self.name(place).casefold()}]
        if not found:
            raise UserError(
                f"No place is called {sought if named is None else named}",
                to_do="Name a municipality or region, or give its code.",
            )
        return found[0]

    def allowed(self, named: str | None) -> Place:
        """The same; NotAllowed where the scope does not cover the place."""
        place = self.place(named)
        self.scope.require((place,))
        return place

    def measure(self, name: str) -> Measure:
        """A measure that is counted in every municipality."""
        return chosen(name, {measure.name: measure for measure in SELECTABLE}, "measure")

    def window(self, period: str | None) -> str:
        """Three years that municipalities are counted in; the last ones where none is named."""
        windows = published.windows(self.as_of)
        return windows[-1] if period is None else chosen(period, dict.fromkeys(windows, period), "period")

    def title(self, *parts: str, period: str | None = None) -> str:
        """What is shown, where and when, in one line."""
        when = () if period is None else (period_words(period, self.words),)
        return ", ".join((*parts, *when))


def chosen(name: str, known: Mapping[str, T], kind: str) -> T:
    """The one of that name; UserError names all there are."""
    if name not in known:
        raise UserError(f"There is no {kind} called {name}", to_do=f"There are: {', '.join(known)}.")
    return known[name]


def latest_told(rows: pl.DataFrame, is_wanted: pl.Expr, period: str | None) -> str:
    """The period that is named; else the last one in which a wanted row is a number; else the last of all.

    NothingPublished where there is no period at all; UserError where there is none of that name.
    """
    periods: Sequence[str] = rows["period"].unique().sort().to_list()
    if not periods:
        raise NothingPublished("Nothing is published of this", to_do="Look for other names in docs/notebook.md.")
    if period is not None:
        return chosen(period, {name: name for name in periods}, "period")
    told = rows.filter(is_wanted & (pl.col("state") == "number"))["period"].max()
    return told if isinstance(told, str) else periods[-1]
