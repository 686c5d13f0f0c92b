"""The only reader of figures: the published tables, which have been through the gate. Asks the scope first.

It hands on what the gate has let through, with the state that the gate has given it: pages suppress nothing themselves.
A figure that no published table has a row for is not yet due, not applicable or missing, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args

import polars as pl

from dashboards import shares as share_steps
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from pipelines.comparison import Target, dispersion
from pipelines.definitions.measures import Measure
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, UserError
from pipelines.statistics.overdispersion import Overdispersion

PeriodKind = Literal["year", "three_years", "five_years"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
LENGTHS: dict[PeriodKind, int] = {"year": 1, "three_years": 3, "five_years": 5}
PERIODS_SHOWN = 8
A_FIRST_YEAR, WINDOWS_SHOWN = 2023, 3
"""Municipalities are counted in windows of three years that never overlap: they begin in this year, three years later
and so on, and so many of them are published. Other windows are told where all of their years are."""


class CannotBeRead(StoreFailed):
    """A published table is damaged or closed to us."""


def threshold() -> int:
    """The smallest count that is shown; parameters.csv may raise it, never lower it below 3."""
    return max(3, Reference.load().days_of("suppression_threshold"))


def periods(as_of: date, kind: PeriodKind) -> list[str]:
    """The last periods, oldest first: calendar years or rolling windows. The last of them is not over yet."""
    back = LENGTHS[kind] - 1
    first = max(as_of.year - PERIODS_SHOWN + 1, _first_year(as_of) + back)
    return [f"{year - back}-{year}" if back else str(year) for year in range(first, as_of.year + 1)]


def windows(as_of: date) -> list[str]:
    """The windows of three years that municipalities are counted in, oldest first; all are over."""
    first = _first_year(as_of)
    return [f"{year}-{year + 2}" for year in range(first, first + 3 * WINDOWS_SHOWN, 3)]


def _first_year(as_of: date) -> int:
    """Nothing before it is published."""
    since = (as_of.year - A_FIRST_YEAR) % 3
    return as_of.year - since - 3 * WINDOWS_SHOWN


def shares(
    tables: Source,
    scope: Scope,
    headlines: Sequence[Measure],
    places: Sequence[Place],
    *,
    kind: PeriodKind,
    names: Sequence[str],
) -> pl.DataFrame:
    """Every headline in every place and period, whatever its state (columns: `shares.KEYS`, `state`, `shares.VALUES`).

    The period of a step of the thread is that of the birth.
    """
    scope.require(tuple(places))
    return _figures(tables, headlines, places, kind, names)


def usual_variation(
    tables: Source, scope: Scope, headlines: Sequence[Measure], *, kind: PeriodKind, period: str
) -> dict[str, Overdispersion]:
    """By headline: how much the municipalities' published shares differ in the period, around the country's.

    Funnel limits need all municipalities, a leader may see one. So this reads them all, for any scope that may see the
    country, and hands on nothing but what they add up to. Fewer than ten municipalities with a figure, or a country
    without one: no adjustment.
    """
    scope.require((COUNTRY,))
    places = (COUNTRY, *Geography.on(tables.run["as_of"]).places)
    figures = _figures(tables, headlines, places, kind, (period,))
    return {headline.name: _variation(figures.filter(pl.col("headline") == headline.name)) for headline in headlines}


def _variation(figures: pl.DataFrame) -> Overdispersion:
    is_country = pl.col("place_kind") == COUNTRY.kind
    counts = figures.filter(is_country).select("numerator", "denominator").row(0)
    return dispersion(figures.filter(~is_country), Target(*counts))


def _figures(
    tables: Source, headlines: Sequence[Measure], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
) -> pl.DataFrame:
    by_step = [headline for headline in headlines if headline.step is not None]
    figures = _shares_of(tables, places, kind).filter(pl.col("period").is_in(list(names)))
    counted = pl.concat(
        [
            share_steps.of_obligations(figures, [headline for headline in headlines if headline.step is None]),
            share_steps.of_steps(_steps_of(tables, places, kind), by_step),
        ]
    )
    grid = share_steps.on_grid(counted, _counted(figures), headlines, places, names, tables.run["as_of"])
    return _collected(grid)


def thread(tables: Source, scope: Scope, place: Place, window: str) -> Thread:
    """The continuity picture of the children born in a window of three years who live in the place now.

    A place that has nothing counted at all has no picture either, not one of nobody.
    """
    scope.require((place,))
    picture = Thread.of(_collected(_steps_of(tables, (place,), "three_years").filter(pl.col("period") == window)))
    if picture.state == "not_applicable" and not _has_figures(tables, place):
        return Thread("missing")
    return picture


def _shares_of(tables: Source, places: Sequence[Place], kind: PeriodKind) -> pl.LazyFrame:
    """By the municipality that was responsible."""
    is_asked = (pl.col("attribution") == "responsible") & (pl.col("period_kind") == kind)
    return share_steps.of_places(_table(tables, "published_shares").filter(is_asked), places)


def _steps_of(tables: Source, places: Sequence[Place], kind: PeriodKind) -> pl.LazyFrame:
    rows = _table(tables, "published_continuity").filter(pl.col("birth_period_kind") == kind)
    return share_steps.of_places(rows, places).rename({"birth_period": "period"})


def _counted(figures: pl.LazyFrame) -> pl.LazyFrame:
    """`place_kind, place, period` in which somebody delivered something."""
    return figures.filter(pl.col("state") != "missing").select("place_kind", "place", "period").unique()


def _has_figures(tables: Source, place: Place) -> bool:
    known = _counted(_shares_of(tables, (place,), "year").filter(pl.col("state") != "not_yet_due"))
    return not _collected(known.head(1)).is_empty()


def _table(tables: Source, name: Literal["published_shares", "published_continuity"]) -> pl.LazyFrame:
    try:
        return tables.table(name)
    except UserError:
        raise
    except Exception as fault:  # the engine's own errors share no base class
        raise _cannot_be_read() from fault


def _collected(rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect()
    except (OSError, pl.exceptions.ComputeError) as fault:
        raise _cannot_be_read() from fault


def _cannot_be_read() -> CannotBeRead:
    return CannotBeRead("The published tables cannot be read", to_do="Make them again with: roedtraad publish")
