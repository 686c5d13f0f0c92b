"""Municipalities and regions as they are on a day: names, codes, and which lies in which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

import polars as pl

from dashboards.scope import COUNTRY, Place
from pipelines.definitions.reference import Reference


@dataclass(frozen=True)
class Geography:
    """`municipalities`: code, name, region code (its name where it has no code yet) and region name, one row each."""

    municipalities: pl.DataFrame

    @staticmethod
    @cache
    def on(day: date) -> Geography:
        """The division in force on the day."""
        rows = Reference.load().municipalities
        in_force = (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
        named = pl.coalesce("region_code", "region_name").alias("region_code")
        return Geography(rows.filter(in_force).select("municipality_code", "name", named, "region_name").sort("name"))

    @property
    def codes(self) -> list[str]:
        """Codes of all municipalities, by name."""
        return self.municipalities["municipality_code"].to_list()

    @property
    def places(self) -> tuple[Place, ...]:
        """All municipalities, by name."""
        return tuple(Place("municipality", code) for code in self.codes)

    def region_of(self, municipality_code: str) -> Place:
        """The region of a municipality; KeyError for a code that is none."""
        return Place("region", self._regions[municipality_code])

    def name(self, place: Place) -> str:
        """`Svendborg`, `Region Syddanmark`; the country's name is a word of the texts and is empty here."""
        if place == COUNTRY:
            return ""
        return self._names[place]

    @cached_property
    def _regions(self) -> dict[str, str]:
        return dict(self.municipalities.select("municipality_code", "region_code").iter_rows())

    @cached_property
    def _names(self) -> dict[Place, str]:
        municipalities = self.municipalities.select("municipality_code", "name").iter_rows()
        regions = self.municipalities.select("region_code", "region_name").iter_rows()
        named = {Place("municipality", code): name for code, name in municipalities}
        return named | {Place("region", code): name for code, name in regions}
