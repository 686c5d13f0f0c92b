"""First sentences of the pages of national coordination, made from the figures. No claim without its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from dashboards.intervals import Interval
from dashboards.language import Words
from dashboards.marks import interval_in_sentence, strong_share

Row = Mapping[str, Any]


def of_comparison(rows: pl.DataFrame, country: Row, words: Words) -> list[str]:
    """How many municipalities are better or worse than the country, how many are level, and how many are not shown.

    `rows` as `pipelines.comparison` makes them, of one measure; `country` has `share, low, high`.
    """
    verdicts = {verdict: rows.filter(pl.col("verdict") == verdict).height for verdict in ("better", "similar", "worse")}
    judged, absent = sum(verdicts.values()), rows.filter(pl.col("share").is_null()).height
    if not judged:
        return [words("comparing.nobody_judged", places=words.number(rows.height))]
    numbers = {name: words.number(number) for name, number in verdicts.items()} | {"judged": words.number(judged)}
    key = "comparing.none_outside" if verdicts["similar"] == judged else "comparing.outside"
    told = [words(key, country=_share(country, words), **numbers)]
    if absent:
        told.append(words("comparing.absent", absent=words.number(absent), places=words.number(rows.height)))
    return told


def of_regions(rows: pl.DataFrame, names: Mapping[str, str], words: Words) -> str:
    """From the lowest to the highest region, where their intervals keep clear of each other."""
    known = rows.filter(pl.col("share").is_not_null()).sort("share", "place").to_dicts()
    if len(known) < 2:
        return words("comparing.regions_hidden")
    low, high = known[0], known[-1]
    if _interval(low).overlaps(_interval(high)):
        return words("comparing.regions_level")
    ends = {"low": _share(low, words), "high": _share(high, words)}
    return words("comparing.regions", first=escape(names[low["place"]]), last=escape(names[high["place"]]), **ends)


def of_changes(trends: pl.DataFrame, alerts: pl.DataFrame, words: Words) -> list[str]:
    """How many series have changed for good, either way, and of how many it cannot be said."""
    series = words.number(trends.height)
    unsaid = trends.filter(pl.col("trend") == "cannot_be_said").height
    worse = alerts.filter(pl.col("direction") == "worsening").height
    numbers = {"worse": words.number(worse), "better": words.number(alerts.height - worse)}
    told = [words(f"changes.{_directions(worse, alerts.height - worse)}", series=series, **numbers)]
    if unsaid:
        told.append(words("changes.unsaid", number=words.number(unsaid), series=series))
    return told


def _directions(worse: int, better: int) -> str:
    if worse and better:
        return "both"
    return "worsened" if worse else "improved" if better else "none"


def of_revisions(number: int | None, words: Words) -> str:
    """How many published figures have become others; none: there is no earlier publication to compare with."""
    if number is None:
        return words("revisions.first")
    return words("revisions.some", number=words.number(number)) if number else words("revisions.none")


def of_recommendations(
    shown: int, number: int, figures: Sequence[Row], titles: Mapping[str, str], words: Words
) -> list[str]:
    """How many recommendations are measured, and which measure of them is met least often in the country.

    `figures`: the country's, of measures where a high share is good. The least is named where its interval keeps clear
    of all others; two are named where both keep clear of all others; else nothing is. Of those that are shown alone.
    """
    told = [words("recommendations.measured", shown=words.number(shown), number=words.number(number))]
    known = sorted((row for row in figures if row["share"] is not None), key=lambda row: row["share"])
    named = next((n for n in (1, 2) if n < len(known) and _keep_clear(known[:n], known[n:])), None)
    if named is None:
        return [*told, words("recommendations.least_unclear")]
    parts = [f"<b>{escape(titles[row['measure']])}</b> {_share(row, words)}" for row in known[:named]]
    of_shown = [words("sentence.among_shown")] if len(known) < len(figures) else []
    return [*told, words("recommendations.least", measures=words("door.or").join(parts)), *of_shown]


def _keep_clear(some: Sequence[Row], others: Sequence[Row]) -> bool:
    return not any(_interval(one).overlaps(_interval(other)) for one in some for other in others)


def _interval(row: Row) -> Interval:
    return Interval(row["share"], row["low"], row["high"])


def _share(row: Row, words: Words) -> str:
    return f"{strong_share(row['share'], words)} {interval_in_sentence(_interval(row), words)}"
