"""The hierarchies that national figures share: where children count, and when. From reference files and a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.disclosure.hierarchies import GENERATION, Axis, Label

COUNTRY: Label = ("country", "country")
NOWHERE = (e.OUTSIDE, e.UNKNOWN)
"""Christiansø, and no municipality: beside the municipalities in every attribution, so that all add up."""

YEARS_SHOWN = 8
"""Windows and quarters go back so many years from the last whole one."""

LONGEST_WINDOW = 5
WINDOWS = {"three_years": 3, "five_years": 5}
Levels = dict[str, dict[str, Iterable[str]]]


def places(reference: Reference, attribution: str) -> Axis:
    """Municipality -> landsdel -> regions of every generation -> country, for one way to tell where a child counts.

    Kinds are named `attribution/region` and so on; the country is the same in every attribution.
    """
    codes = reference.municipalities["municipality_code"].unique(maintain_order=True).to_list()
    levels: Levels = {"municipality": {code: [code] for code in codes}}
    levels["landsdel"] = {str(name): code for name, code in _grouped(reference.landsdele, "landsdel").items()}
    for day, rows in _generations(reference):
        levels[f"region{GENERATION}{day}"] = _grouped(rows, "region")
    for level in levels.values():
        level |= {nowhere: [nowhere] for nowhere in NOWHERE}
    own = {f"{attribution}/{kind}": _under(attribution, level) for kind, level in levels.items()}
    everywhere = _under(attribution, {COUNTRY[1]: [*codes, *NOWHERE]})
    return Axis.of_levels({**own, COUNTRY[0]: everywhere})


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
    def years(self) -> list[int]:
        """Years shown, and those before them that the first windows reach back to."""
        return list(range(self.last_year - YEARS_SHOWN - LONGEST_WINDOW + 2, self.last_year + 1))

    @property
    def shown(self) -> list[int]:
        """The years that windows end in and quarters lie in."""
        return self.years[-YEARS_SHOWN:]

    @property
    def quarters(self) -> list[str]:
        """All quarters of all years, and those of the running year that are over."""
        over = [f"{self.as_of.year}-Q{quarter}" for quarter in range(1, (self.as_of.month - 1) // 3 + 1)]
        return [*(f"{year}-Q{quarter}" for year in self.years for quarter in range(1, 5)), *over]

    def windows(self, kind: str) -> dict[str, list[int]]:
        """Rolling windows of whole years by name, such as `2022-2024`."""
        length = WINDOWS[kind]
        return {f"{last - length + 1}-{last}": list(range(last - length + 1, last + 1)) for last in self.shown}

    def due(self) -> Axis:
        """Quarter -> year -> rolling windows of three and five years."""
        quarters_of = {year: [f"{year}-Q{quarter}" for quarter in range(1, 5)] for year in self.years}
        levels: Levels = {
            "quarter": {quarter: [quarter] for quarter in self.quarters},
            "year": {str(year): quarters for year, quarters in quarters_of.items()},
        }
        for kind in WINDOWS:
            windows = self.windows(kind).items()
            levels[kind] = {name: [q for year in years for q in quarters_of[year]] for name, years in windows}
        return Axis.of_levels(levels)

    def born(self) -> Axis:
        """Birth year -> rolling three years and all years; all that were born before the years shown are one."""
        levels: Levels = {"year": {"earlier": ["earlier"], **{str(year): [str(year)] for year in self.years}}}
        levels["three_years"] = {
            name: [str(year) for year in years] for name, years in self.windows("three_years").items()
        }
        levels["all"] = {"all": ["earlier", *(str(year) for year in self.years)]}
        return Axis.of_levels(levels)
