"""Alerts and revisions as sentences: what changed, since when, and what published figures have become others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.charts.periods import period_words
from dashboards.language import Words


def alert_sentence(row: Mapping[str, Any], measure: str, place: str, words: Words) -> str:
    """A row of `pipelines.alerts.alerts`, with the names of its measure and place."""
    return words(
        f"alert.{row['direction']}",
        place=place,
        measure=measure,
        period=period_words(row["since_period"], words),
        before=words.percent(row["before_share"]),
        after=words.percent(row["after_share"]),
        children=words.number(row["children"]),
        whole=words.number(row["after_denominator"]),
    )


def revision_sentence(row: Mapping[str, Any], words: Words) -> str:
    """A row of `published_revisions.revised`. What was shown and is hidden or withdrawn now is not said again."""
    points = row["difference_points"]
    return words(
        f"revision.{row['revision']}",
        period=period_words(row["period"], words),
        before=_figure(row, "before", words),
        after=_figure(row, "after", words),
        points="" if points is None else f"{points:+.1f}".replace("-", "−").replace(".", words("compared.point_mark")),
    )


def _figure(row: Mapping[str, Any], side: str, words: Words) -> str:
    """`34 af 41 (83 %)`, or the state in a word; empty where the later publication has no such figure."""
    state, numerator, denominator = (row[f"{name}_{side}"] for name in ("state", "numerator", "denominator"))
    if state is None:
        return ""
    if state != "number" or not denominator:
        return words(f"state.{state if state != 'number' else 'not_applicable'}").lower()
    count = words("chart.count", part=words.number(numerator), whole=words.number(denominator))
    return f"{count} ({words.percent(numerator / denominator)})"
