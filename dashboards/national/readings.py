"""What the pages of national coordination read, each reading kept for its publication and scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from dashboards import published
from dashboards.headlines import SELECTABLE
from dashboards.notebook import changes, comparisons
from dashboards.notebook.asking import Asking
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.visit import Visit
from pipelines.alerts import alerts
from pipelines.definitions.measures import Measure


@dataclass(frozen=True)
class Lasting:
    """`trends`: a row for each measure and place (see `pipelines.trends`); `alerts`: those to look at, in order."""

    trends: pl.DataFrame
    alerts: pl.DataFrame


def asking(visit: Visit) -> Asking:
    """The same questions as in a notebook, asked by this reader."""
    return Asking(visit.tables, visit.scope, visit.words, visit.mode)


def compared(visit: Visit, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """Every municipality by every measure with its verdict: the rows of `pipelines.comparison`, and `measure`."""
    with st.spinner(visit.words("app.loading")):
        return _compared(_version(visit), visit.scope, tuple(measures), window, _asking=asking(visit))


def figures(visit: Visit, measures: Sequence[Measure], places: Sequence[Place], window: str) -> pl.DataFrame:
    """`measure, place_kind, place, period, state` and counts, share and interval, whatever the state."""
    asked = (tuple(measures), tuple(places), window)
    return _figures(_version(visit), visit.scope, *asked, _tables=visit.tables)


def beside(visit: Visit, measures: Sequence[Measure], window: str) -> pl.DataFrame:
    """The regions with the columns of `compared` that are drawn: beside the country's share, and not judged."""
    rows = figures(visit, measures, (COUNTRY, *asking(visit).regions), window)
    is_country = pl.col("place") == COUNTRY.code
    targets = rows.filter(is_country).select("measure", pl.col("share").alias("target"))
    not_judged = {"verdict": pl.lit(None, pl.String()), "is_clear": pl.lit(value=False)}
    return rows.filter(~is_country).join(targets, on="measure", how="left").with_columns(**not_judged)


def told_in(rows: pl.DataFrame) -> dict[str, int]:
    """By measure: how many municipalities have a figure that is told."""
    return dict(rows.group_by("measure").agg(pl.col("share").is_not_null().sum().cast(pl.Int64)).iter_rows())


def told_most(visit: Visit, window: str) -> Measure:
    """The measure that most municipalities have a figure of, the first among equals: a page that says nothing helps
    nobody."""
    told = told_in(figures(visit, SELECTABLE, visit.geography.places, window))
    return max(SELECTABLE, key=lambda measure: told.get(measure.name, 0))


def lasting(visit: Visit) -> Lasting:
    """Lasting changes of every measure in the country and in each region."""
    return _lasting(_version(visit), visit.scope, _asking=asking(visit))


def _version(visit: Visit) -> str:
    return str(visit.tables.run["run_id"])


@st.cache_data(max_entries=60, show_spinner=False)
def _compared(
    version: str,  # noqa: ARG001  (part of the key: another publication, other figures)
    scope: Scope,  # noqa: ARG001
    measures: tuple[Measure, ...],
    window: str,
    _asking: Asking,
) -> pl.DataFrame:
    return comparisons.beside_country(_asking, measures, window)


@st.cache_data(max_entries=60, show_spinner=False)
def _figures(
    version: str,  # noqa: ARG001
    scope: Scope,
    measures: tuple[Measure, ...],
    places: tuple[Place, ...],
    window: str,
    _tables: Source,
) -> pl.DataFrame:
    rows = published.shares(_tables, scope, measures, places, kind="three_years", names=[window])
    return rows.rename({"headline": "measure"})


@st.cache_data(max_entries=10, show_spinner=False)
def _lasting(version: str, scope: Scope, _asking: Asking) -> Lasting:  # noqa: ARG001
    found = changes.lasting_changes(_asking)
    return Lasting(found.collect(), alerts(found).collect())
