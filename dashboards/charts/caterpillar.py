"""All municipalities of one measure below each other, the lowest share first, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from math import floor
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import template
from dashboards.charts.verdicts import marks, point_words, state_words
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent

ROW, LINE = 21, 16
LETTERS_PER_LINE = 46


def caterpillar(
    rows: pl.DataFrame,
    names: Mapping[str, str],
    own: str | None,
    words: Words,
    mode: Mode,
    target: str = "compared.target",
) -> go.Figure:
    """`rows` as `compared` makes them. The highest share is on top; places without a figure are named below.

    `target` is the text of the dashed line: the country, or what peers add up to.
    """
    shown = rows.filter(pl.col("share").is_not_null()).sort("share", "place").to_dicts()
    notes = [line for text in _without(rows, names, words) for line in wrap(text, LETTERS_PER_LINE)]
    foot = 34 + LINE * len(notes)
    figure = go.Figure(layout={"template": template(mode), "height": ROW * max(len(shown), 1) + foot + 26})
    _target(figure, shown, target, words, mode)
    _intervals(figure, shown, own, mode)
    others = [(at, row) for at, row in enumerate(shown) if row["place"] != own]
    mine = [(at, row) for at, row in enumerate(shown) if row["place"] == own]
    for group, size in ((others, 8), (mine, 11)):
        trace = marks(
            [row for _, row in group],
            [row["share"] for _, row in group],
            [at for at, _ in group],
            [point_words(row, names[row["place"]], words) for _, row in group],
            mode,
            size,
        )
        if group is mine:
            trace.marker.color = TOKENS[mode].thread
        figure.add_trace(trace)
    _axes(figure, shown, [_label(row, names, own, mode) for row in shown], words)
    figure.add_annotation(
        text="<br>".join(notes), x=0, y=0, xref="paper", yref="paper", xshift=-114, yshift=-28,
        xanchor="left", yanchor="top", align="left",
    )  # fmt: skip
    figure.update_layout(margin={"l": 124, "r": 12, "t": 26, "b": foot})
    return figure


def caterpillar_text(title: str, rows: pl.DataFrame, names: Mapping[str, str], words: Words) -> str:
    """Every place in words, in the order of the picture, and those without a figure."""
    shown = rows.filter(pl.col("share").is_not_null()).sort("share", "place").to_dicts()
    points = "; ".join(point_words(row, names[row["place"]], words) for row in shown)
    text = words("caterpillar.alt", title=title, points=points or words("funnel.none_outside"))
    hidden = "; ".join(_without(rows, names, words))
    return f"{text} {words('caterpillar.alt_hidden', hidden=hidden)}" if hidden else text


def _without(rows: pl.DataFrame, names: Mapping[str, str], words: Words) -> list[str]:
    """`Skjult (2): Fanø, Samsø`, one for each state."""
    absent = sorted((state_words(row, words), names[row["place"]]) for row in rows.to_dicts() if row["share"] is None)
    groups = [(state, [name for _, name in of_state]) for state, of_state in groupby(absent, key=lambda pair: pair[0])]
    return [
        words("compared.hidden", state=state, number=len(places), places=", ".join(places)) for state, places in groups
    ]


def _target(figure: go.Figure, shown: list[dict[str, Any]], text: str, words: Words, mode: Mode) -> None:
    target = next((row["target"] for row in shown if row["target"] is not None), None)
    if target is None:
        return
    line = {"color": TOKENS[mode].ink, "width": 1, "dash": "dash"}
    ends = [-0.7, len(shown) - 0.3]
    figure.add_trace(go.Scatter(x=[target, target], y=ends, mode="lines", line=line, hoverinfo="skip"))
    figure.add_annotation(
        x=target, y=ends[1], text=words(text, share=words.percent(target)), yanchor="bottom",
        xanchor="right" if target > 0.8 else "center", font={"size": 11},
    )  # fmt: skip


def _intervals(figure: go.Figure, shown: list[dict[str, Any]], own: str | None, mode: Mode) -> None:
    colours = TOKENS[mode]
    for is_own, colour, width in (
        (False, transparent(colours.muted, 0.35), 3),
        (True, transparent(colours.thread, 0.35), 6),
    ):
        x: list[float | None] = []
        y: list[int | None] = []
        for at, row in enumerate(shown):
            if (row["place"] == own) == is_own:
                x, y = [*x, row["low"], row["high"], None], [*y, at, at, None]
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"))


def _axes(figure: go.Figure, shown: list[dict[str, Any]], labels: list[str], words: Words) -> None:
    """Dots and intervals, no bars: the axis of shares begins a little below the lowest interval."""
    rows = max(len(shown), 1)
    figure.update_yaxes(range=[-0.7, rows - 0.3], tickvals=list(range(len(shown))), ticktext=labels)
    figure.update_yaxes(showgrid=False, tickfont={"size": 12})
    first = floor(min((row["low"] for row in shown), default=0) * 10)
    ticks = [part / 10 for part in range(first, 11, 1 if first > 6 else 2)]
    figure.update_xaxes(range=[first / 10 - 0.015, 1.015], tickvals=ticks)
    figure.update_xaxes(ticktext=[words.percent(part) for part in ticks])


def _label(row: dict[str, Any], names: Mapping[str, str], own: str | None, mode: Mode) -> str:
    name = names[row["place"]]
    if row["place"] != own:
        return name
    return f"<b style='color:{TOKENS[mode].thread}'>{name}</b>"
