"""What was published of a closed period stays as it was: the next publication takes it over, and adds what has closed.

A child who becomes known years later would else move from the others to the exposed in every figure of its birth, and
two publications would tell of it what no single one may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.disclosure.breakdowns.cells import Breakdown
from pipelines.disclosure.development_tables import TABLE as DEVELOPMENT

NOT_YET_DUE = "not_yet_due"
OF_DEVELOPMENT, OF_PARTICIPATION = ("period", "age_band"), ("period",)
CLOSED_BY: dict[str, tuple[str, ...]] = {
    "published_development": OF_DEVELOPMENT,
    "published_z_scores": OF_DEVELOPMENT,
    "published_ratios": OF_DEVELOPMENT,
    "published_participation": OF_PARTICIPATION,
}
"""What makes a figure of each table closed once it was published. Curves grow with the horizon and costs with the ages;
both are told in round numbers, and made anew."""

LEADING: dict[tuple[str, ...], str] = {
    OF_DEVELOPMENT: "published_development",
    OF_PARTICIPATION: "published_participation",
}
"""The table whose rows say what was due when it was published."""


@dataclass(frozen=True)
class Closed:
    """Published tables by name; none when nothing was published, or everything is made anew. Their `as_of` is the day
    of the publication that told a figure first; what was told before the `as_of` of now is closed."""

    tables: Mapping[str, pl.DataFrame]
    as_of: date

    def without(self, breakdowns: list[Breakdown]) -> list[Breakdown]:
        """Those that were not published yet."""
        known = {"|".join((DEVELOPMENT, *keys)) for keys in self._closed(OF_DEVELOPMENT).iter_rows()}
        return [each for each in breakdowns if each.name not in known]

    def beside(self, name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The new rows of a table with the day of now, and the earlier ones where a period was closed already."""
        keys = CLOSED_BY.get(name)
        if keys is None:
            return rows
        fresh = rows.with_columns(pl.lit(self.as_of).alias("as_of"))
        closed, earlier = self._closed(keys).lazy(), self.tables.get(name)
        if earlier is None:
            return fresh
        kept = earlier.lazy().join(closed, on=keys, how="semi")
        return pl.concat([kept, fresh.join(closed, on=keys, how="anti").select(earlier.columns)])

    def _closed(self, keys: tuple[str, ...]) -> pl.DataFrame:
        leading = self.tables.get(LEADING[keys])
        if leading is None:
            return pl.DataFrame(schema=dict.fromkeys(keys, pl.String()))
        is_told = (pl.col("state") != NOT_YET_DUE) & (pl.col("as_of") < self.as_of)
        return leading.filter(is_told).select(keys).unique()
