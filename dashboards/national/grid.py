"""Cells of a table of municipalities: a published figure as its mark and its whole percent, or its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from dashboards.charts.place_grid import Cell, GridLine, place_grid
from dashboards.charts.verdicts import state_of, verdict_word
from dashboards.frame import link_to_municipality
from dashboards.language import Words
from dashboards.markup import show, state_mark
from dashboards.scope import Place
from dashboards.visit import Visit

Row = Mapping[str, Any]


def lines_by_region(visit: Visit, rows: pl.DataFrame, measures: Sequence[str]) -> dict[str, list[GridLine]]:
    """The municipalities of `rows` by name under their region; columns in the order of `measures`."""
    cells = {(row["place"], row["measure"]): cell_of(row, visit.words) for row in rows.iter_rows(named=True)}
    link, places = link_to_municipality(visit), set(rows["place"])
    groups: dict[str, list[GridLine]] = {}
    for code in visit.geography.codes:
        if code in places:
            line = GridLine(
                visit.name(Place("municipality", code)), tuple(cells[code, name] for name in measures), link(code)
            )
            groups.setdefault(visit.name(visit.geography.region_of(code)), []).append(line)
    return dict(sorted(groups.items()))


def cell_of(row: Row, words: Words) -> Cell:
    """Whole percent beside the mark of the verdict; the mark of the state where there is no figure.

    One that is not judged is its percent alone.
    """
    if row["share"] is None:
        state = state_of(row)
        return Cell(f"rt-state {state}", "", words(f"state.{state}"))
    if row["verdict"] is None:
        return Cell("", words.percent(row["share"]), "")
    clear = " clear" if row["is_clear"] else ""
    return Cell(f"rt-mark {row['verdict']}{clear}", str(round(row["share"] * 100)), verdict_word(row, words))


def show_grid(visit: Visit, rows: pl.DataFrame, titles: Mapping[str, str], name: str) -> None:
    """The municipalities by the measures that any of them has a figure of; the others are named below."""
    told = set(rows.filter(pl.col("share").is_not_null())["measure"])
    shown = [measure for measure in titles if measure in told]
    if shown:
        show(place_grid(name, [titles[measure] for measure in shown], lines_by_region(visit, rows, shown)))
    if hidden := [title for measure, title in titles.items() if measure not in told]:
        text = visit.words("grid.hidden", measures=", ".join(hidden))
        show(f"<p class='rt-notice'>{state_mark('suppressed')}<span>{escape(text)}</span></p>")
