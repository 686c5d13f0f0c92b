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
from dashboards.headlines import Headline
from dashboards.opening import Source
from dashboards.scope import Place, Scope
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError

PeriodKind = Literal["year", "three_years", "five_years"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
LENGTHS: dict[PeriodKind, int] = {"year": 1, "three_years": 3, "five_years": 5}
OF_COHORTS: tuple[PeriodKind, ...] = ("year", "three_years")
"""Kinds of period that the steps of the thread are published for, by birth year."""

PERIODS_SHOWN = 8
ALL_YEARS = "all"


class CannotBeRead(UserError):
    """A published table is damaged or closed to us."""


def threshold() -> int:
    """The smallest count that is shown; parameters.csv may raise it, never lower it below 3."""
    return max(3, Reference.load().days_of("suppression_threshold"))


def periods(as_of: date, kind: PeriodKind) -> list[str]:
    """The last periods, oldest first: calendar years or rolling windows. The last of them is not over yet."""
    back = LENGTHS[kind] - 1
    years = range(as_of.year - PERIODS_SHOWN + 1, as_of.year + 1)
    return [f"{year - back}-{year}" if back else str(year) for year in years]


def latest(as_of: date, kind: PeriodKind) -> str:
    """The last period that is over, which is the last one that is published."""
    return periods(as_of, kind)[-2]


def shares(
    tables: Source,
    scope: Scope,
    headlines: Sequence[Headline],
    places: Sequence[Place],
    *,
    kind: PeriodKind,
    names: Sequence[str],
) -> pl.DataFrame:
    """Every headline in every place and period, whatever its state (columns: `shares.KEYS`, `state`, `shares.VALUES`).

    Shares of a step of the thread exist for birth years and windows of three.
    """
    scope.require(tuple(places))
    by_step = [headline for headline in headlines if headline.step is not None]
    if by_step and kind not in OF_COHORTS:
        raise ValueError(f"{by_step[0].name} is not published for windows of five years")
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
    """The continuity picture of the children born in the window (or in `ALL_YEARS`) who live in the place now.

    A place that has nothing counted at all has no picture either, not one of nobody.
    """
    scope.require((place,))
    kind: PeriodKind | Literal["all"] = "all" if window == ALL_YEARS else "three_years"
    picture = Thread.of(_collected(_steps_of(tables, (place,), kind).filter(pl.col("period") == window)))
    if picture.state == "not_applicable" and not _has_figures(tables, place):
        return Thread("missing")
    return picture


def _shares_of(tables: Source, places: Sequence[Place], kind: PeriodKind) -> pl.LazyFrame:
    """By the municipality that was responsible."""
    is_asked = (pl.col("attribution") == "responsible") & (pl.col("period_kind") == kind)
    return share_steps.of_places(_table(tables, "published_shares").filter(is_asked), places)


def _steps_of(tables: Source, places: Sequence[Place], kind: PeriodKind | Literal["all"]) -> pl.LazyFrame:
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
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise _cannot_be_read() from fault


def _cannot_be_read() -> CannotBeRead:
    return CannotBeRead("The published tables cannot be read", to_do="Make them again with: roedtraad publish")
