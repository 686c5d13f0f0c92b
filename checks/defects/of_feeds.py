"""What goes wrong with a whole delivery: a municipality's month that never came, a year on one day, newborns left out.

The rate is the share of municipalities' months (or years) that is hit; inside one, everything is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import polars as pl

from checks.defects.clean import ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.planting import NUMBER

PLACE = "municipality_code"
FEED = "contacts:health_visitor"
USUAL_MONTHS = 24
FEWEST_USUAL = 22
"""Where fewer rows a month are usual, one without any may be chance: nobody could tell that it is missing."""

FEWEST_IN_A_YEAR = 12 * FEWEST_USUAL
FEWEST_BIRTHS = 20
SHARE_OF_NEW_YEAR = 0.05


@dataclass(frozen=True)
class MonthsMissing:
    """The file of a month was never sent."""

    tables: tuple[str, ...] = ("contacts",)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """All visits of a municipality's month are gone; the latest months have no year after, and are left alone."""
        rows = _visits(clean).with_columns(pl.col("contact_date").dt.truncate("1mo").alias("month"))
        usual = pl.col("len").rolling_mean(USUAL_MONTHS, center=True).over(PLACE, order_by="month")
        per_month = rows.group_by(PLACE, "month").len().with_columns(usual.alias("usual"))
        cells = some_cells(per_month.filter(pl.col("usual") >= FEWEST_USUAL), [PLACE, "month"], rate, seed)
        gone = rows.join(cells, on=[PLACE, "month"], how="semi")
        return [Patch("contacts", cells.with_columns(pl.lit(FEED).alias("feed")), removed=gone.select(ROW))]


@dataclass(frozen=True)
class YearOnOneDay:
    """A system wrote the day of the extract instead of the day of the visit."""

    tables: tuple[str, ...] = ("contacts",)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """All visits of a municipality's year are dated 30 November."""
        that_day = pl.date(pl.col("contact_date").dt.year(), 11, 30)
        rows = _visits(clean).with_columns(that_day.dt.truncate("1mo").alias("month"), that_day.alias("that_day"))
        per_year = rows.group_by(PLACE, "month").len().filter(pl.col("len") >= FEWEST_IN_A_YEAR)
        cells = some_cells(per_year.filter(pl.col("month") < clean.as_of), [PLACE, "month"], rate, seed)
        hit = rows.join(cells, on=[PLACE, "month"], how="semi", maintain_order="left")
        wrong = hit.with_columns(pl.col("that_day").alias("contact_date")).select(
            ROW, *clean.tables["contacts"].columns
        )
        return [Patch("contacts", cells.with_columns(pl.lit(FEED).alias("feed")), changed=wrong)]


@dataclass(frozen=True)
class ArrivalsLost:
    """The register of homes lost a municipality's newborns of a year: nobody is resident, so nothing is overdue."""

    tables: tuple[str, ...] = ("residences",)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """Half of the children of a municipality and birth year have no home at all."""
        homes = clean.tables["pregnancies"].select("pregnancy_id", PLACE)
        year = pl.col("birth_date").dt.year().cast(pl.Int64).alias("birth_year")
        born = clean.tables["children"].join(homes, on="pregnancy_id").with_columns(year)
        born = born.filter((pl.col("birth_date") <= clean.as_of) & pl.col(PLACE).is_not_null())
        full = born.group_by(PLACE, "birth_year").len().filter(pl.col("len") >= FEWEST_BIRTHS)
        cells = some_cells(full, [PLACE, "birth_year"], rate, seed)
        lost = born.join(cells, on=[PLACE, "birth_year"], how="semi").filter(pl.col("child_id").hash(3) % 2 == 0)
        rows = _placed(clean, "residences").join(lost, on="child_id", how="semi")
        return [Patch("residences", cells, removed=rows.select(ROW))]


@dataclass(frozen=True)
class OnNewYearsDay:
    """Where only the year was known, a system wrote 1 January."""

    tables: tuple[str, ...] = ("costs",)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """One in twenty of all costs: of fewer, nobody could say that the day is not one like others."""
        in_twenty = ceil(1 / max(rate, SHARE_OF_NEW_YEAR))
        rows = _placed(clean, "costs").filter((pl.col(ROW) + seed) % in_twenty == 0)
        wrong = rows.with_columns(pl.col("start_date").dt.truncate("1y"))
        planted = pl.DataFrame({NUMBER: [0], "table": ["costs"], "day_of_year": ["01-01"]})
        return [Patch("costs", planted, changed=wrong)]


def _placed(clean: Clean, table: str) -> pl.DataFrame:
    return clean.tables[table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))


def _visits(clean: Clean) -> pl.DataFrame:
    """The health visitors' contacts that a municipality reported."""
    is_theirs = (pl.col("programme") == "health_visitor") & pl.col(PLACE).is_not_null()
    return _placed(clean, "contacts").filter(is_theirs & (pl.col("contact_date") < clean.as_of))


def some_cells(cells: pl.DataFrame, key: list[str], rate: float, seed: int) -> pl.DataFrame:
    """A share of the cells, as they are named in row keys."""
    picked = cells.select(key).sort(key).sample(ceil(rate * cells.height), seed=seed).sort(key)
    return picked.with_row_index(NUMBER).with_columns(pl.col(NUMBER).cast(pl.Int64))


DEFECTS = (
    Defect(
        "contacts.month_missing",
        "En kommune har ikke leveret en måneds besøg.",
        "A municipality did not deliver a month's visits.",
        MonthsMissing(),
        found_by=("volume.drop",),
        scope="feed",
    ),
    Defect(
        "contacts.year_on_one_day",
        "Datoen for udtrækket står som dato for alle årets besøg.",
        "The date of the extract stands as the date of all visits of the year.",
        YearOnOneDay(),
        found_by=("volume.jump",),
        scope="feed",
    ),
    Defect(
        "residences.arrivals_lost",
        "Bopælsregistret har mistet nyfødte, så ingen følger op på dem.",
        "The register of homes lost newborns, so nobody follows them up.",
        ArrivalsLost(),
        found_by=("cohorts.without_home",),
        scope="feed",
    ),
    Defect(
        "costs.on_new_years_day",
        "Kun året var kendt, så udgifterne er bogført 1. januar.",
        "Only the year was known, so the costs are booked on 1 January.",
        OnNewYearsDay(),
        found_by=("calendar.piles_up",),
        scope="feed",
    ),
)
