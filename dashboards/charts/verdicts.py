"""How a compared share is drawn, the same in every picture of comparison; `verdict_words` says it.

Rows are those of `pipelines.comparison.compared`, by column name; a null verdict is one of a place that another is seen
beside, and is not drawn. Better, similar and worse are told apart by shape and
word; colour only repeats them. Red is the own place.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboards.charts.verdict_words import (
    comparison_columns,
    figure_columns,
    figure_words,
    places_table,
    point_words,
    state_of,
    state_words,
    verdict_word,
)
from dashboards.tokens import TOKENS, Mode

__all__ = [
    "GLYPHS",
    "SHAPES",
    "colour_of",
    "comparison_columns",
    "figure_columns",
    "figure_words",
    "marks",
    "places_table",
    "point_words",
    "state_of",
    "state_words",
    "verdict_word",
]

SHAPES = {
    "better": "diamond",
    "similar": "circle",
    "worse": "triangle-down",
    "incomparable": "line-ew-open",
    None: "circle-open",
}
GLYPHS = {"better": "◆", "similar": "●", "worse": "▼", "incomparable": "–"}
"""The same shapes as marks of a picture and as letters of a text."""


def colour_of(verdict: str | None, mode: Mode) -> str:
    """Teal, grey or ochre."""
    colours = TOKENS[mode]
    return {"better": colours.better, "worse": colours.worse}.get(verdict or "", colours.muted)


def marks(
    rows: list[dict[str, Any]], x: list[Any], y: list[Any], texts: list[str], mode: Mode, size: float = 9
) -> go.Scatter:
    """A mark for each row by its verdict, larger when it is clear; a click on it tells its `place`."""
    verdicts = [row["verdict"] if row["share"] is not None else "incomparable" for row in rows]
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        marker={
            "opacity": 0.85,
            "symbol": [SHAPES[verdict] for verdict in verdicts],
            "size": [size + 3 * bool(row["is_clear"]) for row in rows],
            "color": [colour_of(verdict, mode) for verdict in verdicts],
            "line": {"color": [colour_of(verdict, mode) for verdict in verdicts], "width": 1},
        },
        text=texts,
        customdata=[row["place"] for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )
