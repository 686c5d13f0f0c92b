"""A municipality among peers: those of similar size, those of its region, or a list of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards import published
from dashboards.charts.caterpillar import caterpillar
from dashboards.charts.verdicts import comparison_columns, figure_columns, point_words
from dashboards.language import Words
from dashboards.notebook.asking import Asking
from dashboards.notebook.told import Told
from dashboards.scope import Place
from pipelines.comparison import among_peers
from pipelines.definitions.measures import Measure
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.peers import of_own_list, of_region, of_similar_size

Among = str | Sequence[str]
"""`size`, `region`, or names or codes of municipalities."""

FIGURE = ("place", "numerator", "denominator", "state")


def comparison_among(asking: Asking, measure: str, period: str | None, own: str | None, among: Among) -> Told:
    """The place beside what its peers add up to, and each of them; they have a rank and no verdict.

    NotAllowed where the scope does not cover them.
    """
    declared, window, words = asking.measure(measure), asking.window(period), asking.words
    place = _own(asking, own)
    peers = _peers(asking, place.code, among)
    rows = _compared(asking, declared, window, place, peers)
    title = asking.title(words.measure(measure, "title"), _who(peers, among, words), period=window)
    return Told(
        title,
        _text(title, rows, place.code, asking),
        _table(rows, place.code, asking),
        rows,
        caterpillar(rows, asking.names, place.code, words, asking.mode, "notebook.peers_target"),
    )


def _compared(asking: Asking, measure: Measure, window: str, place: Place, peers: Sequence[str]) -> pl.DataFrame:
    """The verdict of a peer is null: it is not judged."""
    group = (place, *(Place("municipality", peer) for peer in peers))
    figures = published.shares(asking.tables, asking.scope, (measure,), group, kind="three_years", names=[window])
    usual = published.usual_variation(asking.tables, asking.scope, (measure,), kind="three_years", period=window)
    beside = among_peers(
        figures.select(FIGURE).lazy(),
        place.code,
        peers,
        high_is_good=measure.high_is_good,
        rank_floor=measure.facts.minimum_denominator,
        correlation=usual[measure.name].correlation,
    )
    is_own = pl.col("place") == place.code
    return beside.with_columns(pl.when(is_own).then("verdict").alias("verdict")).collect()


def _own(asking: Asking, own: str | None) -> Place:
    place = asking.allowed(own)
    if place.kind != "municipality":
        raise UserError("Only a municipality has peers", to_do='Name it: own="Svendborg".')
    return place


def _peers(asking: Asking, code: str, among: Among) -> list[str]:
    reference, day = Reference.load(), asking.as_of
    if among == "size":
        return of_similar_size(code, reference, day)
    if among == "region":
        return of_region(code, reference, day)
    if isinstance(among, str):
        raise UserError(f"There are no peers called {among}", to_do="There are: size, region, or a list of names.")
    return of_own_list(code, [asking.place(name).code for name in among], reference, day)


def _who(peers: Sequence[str], among: Among, words: Words) -> str:
    if among == "region":
        return words("notebook.peers_of_region")
    return words("notebook.peers", number=len(peers))


def _text(title: str, rows: pl.DataFrame, own: str, asking: Asking) -> str:
    words, names = asking.words, asking.names
    told = {row["place"]: row for row in rows.iter_rows(named=True)}
    target = told[own]["target"]
    return words(
        "notebook.peers_text",
        title=title,
        own=point_words(told[own], names[own], words),
        target=words("notebook.not_shown") if target is None else words.percent(target),
        points="; ".join(point_words(row, names[code], words) for code, row in told.items() if code != own),
    )


def _table(rows: pl.DataFrame, own: str, asking: Asking) -> pl.DataFrame:
    """The own place first, then its peers by name."""
    told = sorted(rows.iter_rows(named=True), key=lambda row: (row["place"] != own, asking.names[row["place"]]))
    return pl.DataFrame([_line(row, asking) for row in told], orient="row")


def _line(row: Mapping[str, Any], asking: Asking) -> dict[str, str]:
    place = {asking.words("compared_table.place"): asking.names[row["place"]]}
    return place | figure_columns(row, asking.words) | comparison_columns(row, asking.words)
