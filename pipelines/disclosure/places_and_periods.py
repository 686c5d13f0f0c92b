"""The hierarchies that national figures share: where children count, and when. From reference files and a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.hierarchies import GENERATION, Axis, Label

RESPONSIBLE, AT_BIRTH, NOW, RESIDENCE = "responsible", "at_birth", "now", "residence"
COUNTRY: Label = ("country", "country")
NOWHERE = (e.OUTSIDE, e.UNKNOWN)
"""Christiansø, and no municipality: a handful of children, who stand in no figure that leaves. The country is the sum
of its municipalities."""

WINDOWS = {"three_years": 3, "five_years": 5}
PERIOD_OF_PLACES = 3
"""Years that small places are counted in together; they begin on the same years for ever, so that no two overlap."""

A_FIRST_YEAR = 2023
PERIODS_SHOWN = 3
Levels = dict[str, dict[str, Iterable[str]]]


def places(reference: Reference, attribution: str) -> Axis:
    """Municipality -> regions of every generation -> country, for one way to tell where a child counts.

    Kinds are named `attribution/region` and so on; the country of the responsible municipalities is `country`.
    """
    codes = municipalities(reference)
    levels: Levels = {"municipality": {code: [code] for code in codes}}
    for day, rows in _generations(reference):
        levels[f"region{GENERATION}{day}"] = _grouped(rows, "region")
    own = {f"{attribution}/{kind}": _under(attribution, level) for kind, level in levels.items()}
    return Axis.of_levels({**own, country_of(attribution): _under(attribution, {COUNTRY[1]: codes})})


def municipalities(reference: Reference) -> list[str]:
    """The codes of all municipalities, without Christiansø."""
    codes: list[str] = reference.municipalities["municipality_code"].unique(maintain_order=True).to_list()
    return codes


def country_of(attribution: str) -> str:
    """The kind of the country's group. That of the responsible municipalities is the country as such."""
    return COUNTRY[0] if attribution in {RESPONSIBLE, RESIDENCE} else f"{attribution}/{COUNTRY[0]}"


@dataclass(frozen=True)
class Division:
    """The groups of one attribution: the country; regions that consist of municipalities alone, each with those that
    lie `inside` it; and the regions that they are `merged` into, with their parts.

    A region of one municipality is that municipality, and has nothing inside.
    """

    country: list[int]
    regions: list[int]
    inside: list[list[int]]
    merged: dict[int, list[int]]

    @classmethod
    def of(cls, axis: Axis, attribution: str) -> Division:
        """Of an axis that has the attribution's places."""
        regions, municipalities = (axis.of_kinds(f"{attribution}/{kind}") for kind in ("region", "municipality"))
        parts = {region: _within(axis, regions, region) for region in regions}
        single = [region for region in regions if not parts[region]]
        inside = [_within(axis, municipalities, region) for region in single]
        merged = {region: of for region, of in parts.items() if of}
        return cls(axis.of_kinds(country_of(attribution)), single, inside, merged)


def _within(axis: Axis, groups: list[int], whole: int) -> list[int]:
    """Those of some groups that are smaller than the whole and lie inside it."""
    return [each for each in groups if axis.groups[each].leaves < axis.groups[whole].leaves]


def _under(attribution: str, level: Mapping[str, Iterable[str]]) -> dict[str, Iterable[str]]:
    return {value: [f"{attribution}/{leaf}" for leaf in leaves] for value, leaves in level.items()}


def _generations(reference: Reference) -> list[tuple[date, pl.DataFrame]]:
    """The whole division of the country from each day on which it changes."""
    rows = reference.municipalities.with_columns(pl.coalesce("region_code", "region_name").alias("region"))
    days = rows["valid_from"].unique().sort().to_list()
    holds = [(pl.col("valid_from") <= day) & (pl.col("valid_to") > day).fill_null(value=True) for day in days]
    return [(day, rows.filter(held)) for day, held in zip(days, holds, strict=True)]


def _grouped(rows: pl.DataFrame, column: str) -> dict[str, Iterable[str]]:
    return dict(rows.group_by(column, maintain_order=True).agg("municipality_code").iter_rows())


@dataclass(frozen=True)
class Calendar:
    """The periods that are over on the as-of date: what is not over is not published, for it would be published again
    with a little more in it."""

    as_of: date

    @property
    def last_year(self) -> int:
        """The last calendar year that is over."""
        return self.as_of.year - 1

    @property
    def periods(self) -> list[list[int]]:
        """The fixed periods of three years that are over, the latest few of them."""
        end = self.last_year - (self.last_year - A_FIRST_YEAR + 1) % PERIOD_OF_PLACES
        first = end - PERIODS_SHOWN * PERIOD_OF_PLACES + 1
        return [list(range(year, year + PERIOD_OF_PLACES)) for year in range(first, end, PERIOD_OF_PLACES)]

    @property
    def years(self) -> list[int]:
        """All years of these periods, and those that have come since."""
        return list(range(self.periods[0][0], self.last_year + 1))

    @property
    def quarters(self) -> list[str]:
        """All quarters of these years."""
        return [quarter for year in self.years for quarter in quarters_of(year)]

    def windows(self, kind: str) -> dict[str, list[int]]:
        """Rolling windows of whole years by name, such as `2022-2024`; also those that are no cells of their own."""
        length, years = WINDOWS[kind], self.years
        return {name(years[at : at + length]): years[at : at + length] for at in range(len(years) - length + 1)}

    def due(self) -> Axis:
        """Quarter -> year -> fixed three years."""
        levels: Levels = {
            "quarter": {quarter: [quarter] for quarter in self.quarters},
            "year": {str(year): quarters_of(year) for year in self.years},
        }
        levels["three_years"] = {name(of): [q for year in of for q in quarters_of(year)] for of in self.periods}
        return Axis.of_levels(levels)

    def born(self) -> Axis:
        """Birth year -> fixed three years."""
        levels: Levels = {"year": {str(year): [str(year)] for year in self.years}}
        levels["three_years"] = {name(of): [str(year) for year in of] for of in self.periods}
        return Axis.of_levels(levels)


def quarters_of(year: int) -> list[str]:
    """The names of the four."""
    return [f"{year}-Q{quarter}" for quarter in range(1, 5)]


def name(years: list[int]) -> str:
    """Of a window, such as `2023-2025`."""
    return f"{years[0]}-{years[-1]}"
