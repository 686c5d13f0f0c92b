"""What goes wrong when nothing comes any more: a municipality that falls silent for good, a whole feed that stops.

Inside a feed everything is gone from a day on; the rate is the share of municipalities that are hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from checks.defects.clean import ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.of_feeds import PLACE, some_cells
from checks.defects.planting import NUMBER

MONTHS_SILENT = 15
"""More than a year: no month is left around which any rows are usual."""

FEWEST_IN_A_YEAR = 20
"""Where fewer rows come in a year, so many months without any may be chance."""

YEARS_SILENT = 2
YEARS_AGO = 5


@dataclass(frozen=True)
class MunicipalitySilent:
    """A municipality changed its system, and nothing of the new one is delivered."""

    table: str
    date: str
    place: str
    feed: str
    programme: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """All rows of a municipality are gone since more than a year, but for what is planned for later."""
        rows = self._rows(clean)
        begin = clean.as_of - timedelta(days=MONTHS_SILENT * 30)
        before = rows.filter(pl.col(self.date).is_between(begin - timedelta(days=730), begin, closed="left"))
        large = before.group_by(PLACE).len().filter(pl.col("len") >= 2 * FEWEST_IN_A_YEAR)
        cells = some_cells(large, [PLACE], rate, seed)
        gone = rows.filter(pl.col(self.date) >= begin).join(cells, on=PLACE, how="semi")
        return [Patch(self.table, cells.with_columns(pl.lit(self.feed).alias("feed")), removed=gone.select(ROW))]

    def _rows(self, clean: Clean) -> pl.DataFrame:
        rows = clean.tables[self.table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        if self.programme is not None:
            rows = rows.filter(pl.col("programme") == self.programme)
        placed = rows.with_columns(pl.col(self.place).alias(PLACE)).filter(pl.col(PLACE).is_not_null())
        return placed.filter(pl.col(self.date) <= clean.as_of)


@dataclass(frozen=True)
class FeedStopped:
    """The extract of a whole table has been empty since a day on: no municipality stands out from the others."""

    table: str
    date: str
    place: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:  # noqa: ARG002  # the same at any rate
        """All rows of two years are gone: one defect, of which the country tells and each larger municipality."""
        begin = date(clean.as_of.year - YEARS_SILENT, clean.as_of.month, 1)
        rows = clean.tables[self.table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        gone = rows.filter(pl.col(self.date).is_between(begin, clean.as_of))
        places = ["", *(gone[self.place].drop_nulls().unique().sort() if self.place else [])]
        planted = pl.DataFrame({NUMBER: [0] * len(places), "feed": [self.table] * len(places), PLACE: places})
        return [Patch(self.table, planted, removed=gone.select(ROW))]


@dataclass(frozen=True)
class YearMissing:
    """The extract of a year was lost: too few rows a month for any month to be missed, but not for the year."""

    table: str
    date: str
    place: str

    @property
    def tables(self) -> tuple[str, ...]:
        """One table."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:  # noqa: ARG002  # the same at any rate
        """All rows of one year are gone: one defect, of which the country tells and each larger municipality."""
        year = clean.as_of.year - YEARS_AGO
        rows = clean.tables[self.table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        gone = rows.filter(pl.col(self.date).dt.year() == year)
        places = ["", *gone[self.place].drop_nulls().unique().sort()]
        cells = {"feed": self.table, "month": date(year, 1, 1), NUMBER: 0}
        planted = pl.DataFrame({PLACE: places}).with_columns(pl.lit(value).alias(name) for name, value in cells.items())
        return [Patch(self.table, planted.with_columns(pl.col(NUMBER).cast(pl.Int64)), removed=gone.select(ROW))]


DEFECTS = (
    Defect(
        "contacts.municipality_silent",
        "En kommune har skiftet system, og siden er ingen besøg leveret.",
        "A municipality changed its system, and no visit was delivered since.",
        MunicipalitySilent("contacts", "contact_date", PLACE, "contacts:health_visitor", "health_visitor"),
        found_by=("feeds.silent",),
        scope="feed",
    ),
    Defect(
        "diagnoses.feed_stopped",
        "Udtrækket af diagnoser er gået i stå for hele landet.",
        "The extract of diagnoses has stopped for the whole country.",
        FeedStopped("diagnoses", "diagnosed_date"),
        found_by=("feeds.silent",),
        scope="feed",
    ),
    Defect(
        "handovers.feed_stopped",
        "Ingen overlevering er leveret i to år, heller ikke fra nogen anden kommune.",
        "No hand-over has been delivered for two years, nor from any other municipality.",
        FeedStopped("handovers", "sent_date", "to_municipality_code"),
        found_by=("feeds.silent",),
        scope="feed",
    ),
    Defect(
        "support_records.year_missing",
        "Et helt år med sager er gået tabt.",
        "A whole year of records was lost.",
        YearMissing("support_records", "opened_date", PLACE),
        found_by=("volume_by_year.drop",),
        scope="feed",
    ),
)
