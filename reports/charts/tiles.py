"""The municipalities as tiles, each about where it lies: redder where knowledge follows, greyer where it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import altair as alt
import polars as pl

from dashboards.charts.tile_map import breaks, step_of
from dashboards.language import Words
from dashboards.shares import Share
from dashboards.states import STATES
from dashboards.tokens import LIGHT, text_on
from pipelines.definitions.measures import Measure
from reports.documents.pictures import rows_of, svg

TILE, GAP, LETTERS = 27, 2, 3
KEY_COLUMN, KEY_STEP = 10.6, 0.62
"""The key stands in the upper right, where there is sea."""


def tiles_svg(shares: Sequence[Share], measure: Measure, grid: pl.DataFrame, words: Words) -> str:
    """Tiles at `column`, `row` of the grid, and a key with the classes and the states that occur.

    A municipality without a figure has the colour of paper and the frame of its state: full where it is hidden, dashed
    where nothing was delivered.
    """
    ends = breaks(shares)
    places = {row["municipality_code"]: row for row in grid.iter_rows(named=True)}
    drawn = [_tile(share, places[share.place.code], measure, ends) for share in shares]
    key = _key(shares, measure, ends, words)
    last = {name: max(int(str(tile[name])) for tile in drawn) for name in ("column", "row")}
    layers = [*_layers(drawn, last), *_layers(key, last)]
    return svg(alt.layer(*layers).properties(width=(last["column"] + 1) * TILE, height=(last["row"] + 1) * TILE))


def _tile(share: Share, place: dict[str, object], measure: Measure, ends: Sequence[float]) -> dict[str, object]:
    colour = LIGHT.paper if share.share is None else _colour(share.share, measure, ends)
    return {
        "column": int(str(place["column"])),
        "row": int(str(place["row"])),
        "letters": str(place["name"])[:LETTERS],
        "colour": colour,
        "ink": LIGHT.muted if share.share is None else text_on(colour, LIGHT),
        "state": share.state,
        "align": "center",
    }


def _colour(share: float, measure: Measure, ends: Sequence[float]) -> str:
    return LIGHT.map_scale[step_of(share, ends, high_is_good=measure.high_is_good)]


def _key(shares: Sequence[Share], measure: Measure, ends: Sequence[float], words: Words) -> list[dict[str, object]]:
    """Only what is on the map."""
    classes = [
        (_colour((low + high) / 2, measure, ends), "number", words.interval(low, high)) for low, high in pairwise(ends)
    ]
    present = {share.state for share in shares}
    states = [
        (LIGHT.paper, state, words(f"state.{state}")) for state in STATES if state in present and state != "number"
    ]
    told = [*classes, *states]
    return [
        {"column": KEY_COLUMN, "row": at * KEY_STEP, "letters": text, "colour": colour, "ink": LIGHT.ink}
        | {"state": state, "align": "left"}
        for at, (colour, state, text) in enumerate(told)
    ]


def _layers(values: list[dict[str, object]], last: dict[str, int]) -> list[alt.Chart]:
    is_key = bool(values) and values[0]["align"] == "left"
    side = TILE * 0.55 if is_key else TILE - GAP
    columns, rows = (alt.Scale(domain=[-0.5, last[name] + 0.5], nice=False, reverse=name == "row") for name in last)
    x, y = alt.X("column:Q", axis=None, scale=columns), alt.Y("row:Q", axis=None, scale=rows)
    base = alt.Chart(rows_of(values)).encode(x=x, y=y)
    dashes = alt.condition(alt.datum.state == "missing", alt.value([3, 2]), alt.value([1, 0]))
    frame = alt.condition(alt.datum.state == "number", alt.value("transparent"), alt.value(LIGHT.lost))
    tile = base.mark_square(size=side**2, opacity=1, strokeWidth=1).encode(
        fill=alt.Fill("colour:N", scale=None), stroke=frame, strokeDash=dashes
    )
    text = base.mark_text(
        fontSize=11 if is_key else 9.5, align="left" if is_key else "center", dx=14 if is_key else 0, baseline="middle"
    ).encode(text="letters:N", color=alt.Color("ink:N", scale=None))
    return [tile, text]
