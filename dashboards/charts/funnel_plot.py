"""All municipalities of one measure by size and share, inside or outside of what chance and usual variation explain."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import template
from dashboards.charts.verdicts import marks, point_words
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent
from pipelines.comparison import limit_curves

HEIGHT = 420
NAMED = 4
"""Besides the own place only those clearly outside have their name in the picture, the largest of them."""

ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def funnel_plot(rows: pl.DataFrame, names: Mapping[str, str], own: str | None, words: Words, mode: Mode) -> go.Figure:
    """`rows` as `compared` makes them, `names` by place. Places without a figure are in the table, not in the picture.

    The inner band is the 95 % funnel, the outer one that of 99.8 %; they include the usual variation between places
    when there is more than chance explains.
    """
    figure = go.Figure(layout={"template": template(mode), "height": HEIGHT})
    curves = limit_curves(rows)
    shown = rows.filter(pl.col("share").is_not_null()).to_dicts()
    if curves.is_empty():
        figure.add_annotation(text=words("funnel.nothing"), x=0.5, y=0.95, yanchor="middle", xref="paper")
    else:
        _bands(figure, curves, words, mode)
        _country(figure, curves, next(row["target"] for row in shown if row["low_95"] is not None), words, mode)
    others = [row for row in shown if row["place"] != own]
    figure.add_trace(
        marks(
            others,
            [row["denominator"] for row in others],
            [row["share"] for row in others],
            [point_words(row, names[row["place"]], words) for row in others],
            mode,
        )
    )
    _names(figure, _clear(others), names, mode)
    for row in (row for row in shown if row["place"] == own):
        _own(figure, row, names[row["place"]], words, mode)
    _axes(figure, shown, words)
    return figure


def funnel_text(title: str, rows: pl.DataFrame, names: Mapping[str, str], own: str | None, words: Words) -> str:
    """The same in words: who is outside, how many are level, and the own place."""
    told = rows.to_dicts()
    outside = [point_words(row, names[row["place"]], words) for row in told if row["verdict"] in {"better", "worse"}]
    target = next((row["target"] for row in told if row["target"] is not None), None)
    text = words(
        "funnel.alt",
        title=title,
        target=words("state.suppressed") if target is None else words.percent(target),
        outside="; ".join(outside) or words("funnel.none_outside"),
        similar=sum(row["verdict"] == "similar" for row in told),
        incomparable=sum(row["verdict"] == "incomparable" for row in told),
    )
    mine = [
        words("funnel.alt_own", point=point_words(row, names[row["place"]], words))
        for row in told
        if row["place"] == own
    ]
    return " ".join([text, *mine])


def _bands(figure: go.Figure, curves: pl.DataFrame, words: Words, mode: Mode) -> None:
    muted, x = TOKENS[mode].muted, curves["denominator"].to_list()
    for level, opacity in (("998", 0.07), ("95", 0.1)):
        low, high = curves[f"low_{level}"].to_list(), curves[f"high_{level}"].to_list()
        figure.add_trace(
            go.Scatter(
                x=[*x, *reversed(x)],
                y=[*high, *reversed(low)],
                fill="toself",
                fillcolor=transparent(muted, opacity),
                line={"color": transparent(muted, 0.45), "width": 0.8},
                mode="lines",
                hoverinfo="skip",
            )
        )
        if low[-1] > 0:
            _at_the_end(figure, low[-1], words(f"funnel.limit_{level}"))


def _country(figure: go.Figure, curves: pl.DataFrame, target: float, words: Words, mode: Mode) -> None:
    x = [curves["denominator"].min(), curves["denominator"].max()]
    line = {"color": TOKENS[mode].ink, "width": 1, "dash": "dash"}
    figure.add_trace(go.Scatter(x=x, y=[target, target], mode="lines", line=line, hoverinfo="skip"))
    first, _, last = words("compared.target", share=words.percent(target)).rpartition(" ")
    _at_the_end(figure, target, f"{first}<br>{last}")


def _at_the_end(figure: go.Figure, y: float, text: str) -> None:
    """Right of the picture, level with the end of its line."""
    figure.add_annotation(
        x=1, xref="paper", y=y, text=text, xanchor="left", xshift=5, yanchor="middle", align="left", font={"size": 11}
    )


def _clear(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((row for row in rows if row["is_clear"]), key=lambda row: -row["denominator"])[:NAMED]


def _names(figure: go.Figure, rows: list[dict[str, Any]], names: Mapping[str, str], mode: Mode) -> None:
    """Away from the funnel: above what is above it, below what is below."""
    for row in rows:
        is_above = row["share"] > row["target"]
        figure.add_annotation(
            x=log10(row["denominator"]),
            y=row["share"],
            text=names[row["place"]],
            yanchor="bottom" if is_above else "top",
            yshift=6 if is_above else -6,
            font={"size": 11, "color": TOKENS[mode].muted},
        )


def _own(figure: go.Figure, row: dict[str, Any], name: str, words: Words, mode: Mode) -> None:
    """In thread red, on top of all, with its name and share."""
    colours = TOKENS[mode]
    trace = marks([row], [row["denominator"]], [row["share"]], [point_words(row, name, words)], mode, 12)
    trace.marker.color = [colours.thread]
    trace.marker.line = {"color": colours.card, "width": 1.5}
    figure.add_trace(trace)
    is_above = row["target"] is None or row["share"] >= row["target"]
    figure.add_annotation(
        x=log10(row["denominator"]),
        y=row["share"],
        text=f"<b>{name} {words.percent(row['share'])}</b>",
        yanchor="bottom" if is_above else "top",
        yshift=9 if is_above else -9,
        bgcolor=transparent(colours.card, 0.8),
        borderpad=1,
        font={"size": 13, "color": colours.thread},
    )


def _axes(figure: go.Figure, shown: list[dict[str, Any]], words: Words) -> None:
    """A logarithmic axis: most municipalities are small. Shares start and end where the funnel or a place needs it."""
    sizes = [row["denominator"] for row in shown] or [10, 100]
    low, high = min(sizes) / 1.3, max(sizes) * 1.3
    ticks = [size for size in ROUND if low <= size <= high] or sorted(set(sizes))
    figure.update_xaxes(
        type="log",
        range=[log10(low), log10(high)],
        tickvals=ticks,
        ticktext=[words.number(size) for size in ticks],
        title=words("funnel.denominator"),
        showgrid=False,
    )
    shares = [row["share"] for row in shown] + [
        row[limit] for row in shown for limit in ("low_998", "high_998") if row[limit] is not None
    ]
    bottom, top = (max(min(shares) - 0.06, -0.02), min(max(shares) + 0.06, 1.04)) if shares else (-0.02, 1.04)
    values = [part / 10 for part in range(11) if bottom <= part / 10 <= top]
    figure.update_yaxes(range=[bottom, top], tickvals=values, ticktext=[words.percent(part) for part in values])
    figure.update_layout(margin={"l": 44, "r": 70, "t": 8, "b": 44})
