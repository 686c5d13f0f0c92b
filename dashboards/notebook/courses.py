"""How long it took: curves of time to event, the times within which half of the children had come so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboards import published_analysis
from dashboards.charts.incidence_curve import MOST, incidence_chart
from dashboards.charts.incidence_words import (
    Curve,
    Point,
    group_name,
    half_in_words,
    incidence_table,
    incidence_text,
    sentence_of,
    title_of,
)
from dashboards.charts.periods import period_words
from dashboards.notebook.asking import Asking, chosen, latest_told
from dashboards.notebook.developments import group_words
from dashboards.notebook.told import Told
from dashboards.scope import Place
from pipelines.definitions.times_to_event import TIMES_TO_EVENT, TimeToEvent

KINDS = ("all", "exposure", "region", "substance_group", "known_before_birth")
"""Divisions of the children: none, exposed against others (first concern only), and the traits of exposed children."""

TOGETHER = {"exposure": ("all", "exposure"), "country_and_region": ("all", "region")}
"""Divisions whose groups stand beside all exposed children of the country."""

KEYS = ("period", "group_kind", "group_value", "members")
FEWEST_TICKS = 3


def curve(asking: Asking, interval: str, by: str, period: str | None) -> Told:
    """The share of children for whom it had happened, day by day. The picture holds curves that are told, four at most:
    all exposed children, then the largest groups, and the region of a scope that sees no other. The table holds all."""
    declared, words = _declared(interval), asking.words
    kinds = TOGETHER.get(chosen(by, dict.fromkeys((*KINDS, *TOGETHER), by), "division"), (by,))
    every = published_analysis.curves(asking.tables, asking.scope, interval)
    every = every.filter(pl.col("group_kind").is_in(kinds) & _is_in_force(asking))
    halves = published_analysis.medians(asking.tables, asking.scope, interval)
    began = latest_told(every, pl.lit(value=True), period)
    rows = every.filter(pl.col("period") == began).sort("group_kind", "group_value", "days")
    curves, everybody = _curves(rows, halves, asking), group_name("all", words)
    told = sorted(curves, key=lambda each: (not each.known, each.name != everybody, -_size(each, rows, asking)))
    drawn = [each for each in told if each.known] or told[:1]
    ticks, threshold = _ticks(declared, told), asking.threshold
    title = asking.title(title_of(interval, words), period=began)
    return Told(
        title,
        f"{incidence_text(title, told, ticks, words, threshold)} {sentence_of(interval, words)}",
        incidence_table(told, words, threshold),
        rows,
        incidence_chart(drawn[:MOST], ticks, words, asking.mode, threshold),
    )


def medians(asking: Asking, interval: str) -> Told:
    """Within how long half of the children had come so far, by period and group."""
    words = asking.words
    _declared(interval)
    halves = published_analysis.medians(asking.tables, asking.scope, interval)
    every = published_analysis.curves(asking.tables, asking.scope, interval).filter(_is_in_force(asking))
    groups = every.select(*KEYS, "state").unique(maintain_order=True)
    rows = (
        groups.join(
            halves.select(*KEYS, "median_days", pl.col("state").alias("median_state")),
            on=KEYS,
            how="left",
            nulls_equal=True,
        )
        .with_columns(pl.coalesce("median_state", "state").alias("state"))
        .drop("median_state")
        .sort("period", "group_kind", "group_value")
    )
    names = words.section("notebook_column")
    told = [
        {
            names["began"]: period_words(row["period"], words),
            names["group"]: _name(row, asking),
            names["half"]: half_in_words(_median(row), words, asking.threshold),
        }
        for row in rows.iter_rows(named=True)
    ]
    title = title_of(interval, words)
    text = "; ".join(", ".join(line.values()) for line in told)
    return Told(title, f"{title}: {text}. {sentence_of(interval, words)}", pl.DataFrame(told, orient="row"), rows)


def _declared(interval: str) -> TimeToEvent:
    return chosen(interval, {each.name: each for each in TIMES_TO_EVENT}, "interval")


def _is_in_force(asking: Asking) -> pl.Expr:
    """Regions of the day alone: one that is to be merged from others is these told once more."""
    codes = [region.code for region in asking.regions]
    return (pl.col("group_kind") != "region") | pl.col("group_value").is_in(codes)


def _curves(rows: pl.DataFrame, halves: pl.DataFrame, asking: Asking) -> list[Curve]:
    joined = rows.join(
        halves.select(*KEYS, "median_days", pl.col("state").alias("median_state")),
        on=KEYS,
        how="left",
        nulls_equal=True,
    )
    groups = joined.partition_by("group_kind", "group_value", "members", maintain_order=True)
    return [_curve(group, asking) for group in groups]


def _curve(rows: pl.DataFrame, asking: Asking) -> Curve:
    """A group without a curve has one row, without a day. A median that is not reached is none."""
    first = rows.row(0, named=True)
    if first["days"] is None:
        return Curve(_name(first, asking), state=first["state"])
    columns = ("days", "share", "low", "high", "at_risk", "state")
    points = tuple(Point(*row) for row in rows.select(columns).iter_rows())
    return Curve(_name(first, asking), points, first["median_days"], children=first["children"], is_in_tens=True)


def _median(row: dict[str, Any]) -> Curve:
    is_told = row["state"] in {"number", "not_reached"}
    return Curve("", half_days=row["median_days"], half_state="number" if is_told else row["state"])


def _name(row: dict[str, Any], asking: Asking) -> str:
    kind, value = row["group_kind"], row["group_value"]
    if kind == "region":
        return asking.name(Place("region", value))
    if kind in {"all", "exposure"}:
        return group_name(value, asking.words)
    return group_words(row, asking)


def _size(curve: Curve, rows: pl.DataFrame, asking: Asking) -> int:
    sizes = {_name(row, asking): row["children"] or 0 for row in rows.iter_rows(named=True)}
    return sizes[curve.name]


def _ticks(declared: TimeToEvent, curves: Sequence[Curve]) -> Sequence[int]:
    """The declared ones up to the last day that is told; of a short curve the days of its grid."""
    last = max((point.days for curve in curves for point in curve.known), default=declared.ticks[-1])
    ticks = [tick for tick in declared.ticks if tick <= last]
    return ticks if len(ticks) >= FEWEST_TICKS else [day for day in declared.grid if day <= last]
