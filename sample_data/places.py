"""The 98 municipalities of the sample: how many are born there, and how well each of them works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.definitions.enumerations import OUTSIDE_CODE
from pipelines.definitions.reference import Reference
from sample_data.chance import Chance
from sample_data.days import Rows, Shares


@dataclass(frozen=True)
class Places:
    """Municipalities by place in `codes`; the last is Christiansø, outside the municipal division.

    The qualities are normal deviates: 0 is an average municipality, 1 a clearly better one.
    """

    codes: pl.Series
    region: pl.Series
    population: Shares
    receipt: Shares
    record_keeping: Shares
    recall: Shares
    antenatal: Shares

    @property
    def outside(self) -> int:
        """The place of Christiansø."""
        return len(self.codes) - 1

    def homes(self, chance: Chance, size: int) -> Rows:
        """Municipalities drawn by population; nobody is born outside the municipal division."""
        return chance.pick(self.population, size)


def make_places(seed: int) -> Places:
    """The municipalities with their seeded qualities; the same for every batch of one seed."""
    listed = (
        Reference.load()
        .municipalities.sort("municipality_code", "valid_from")
        .unique("municipality_code", keep="first", maintain_order=True)
    )
    codes = pl.concat([listed["municipality_code"], pl.Series("municipality_code", [OUTSIDE_CODE])])
    population = np.append(listed["population_2016"].to_numpy().astype(np.float64), 0.0)
    chance = Chance(seed, 0, "quality of municipalities")
    general = chance.normal(0, 0.6, len(codes))

    def quality() -> Shares:
        return general + chance.normal(0, 0.6, len(codes))

    region = pl.concat([listed["region_code"], listed["region_code"].head(1)])
    return Places(codes, region, population, quality(), quality(), quality(), quality())
