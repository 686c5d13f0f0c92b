"""A share over time with its lasting change marked: the level before, the level since, and when it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.periods import period_tick, period_words
from dashboards.charts.template import template
from dashboards.charts.trend import SYMBOLS
from dashboards.charts.verdicts import figure_columns, figure_words, state_of, state_words
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent

HEIGHT = 330
ABSENT_AT = -0.07
MANY = 6
"""Periods with a name of their own on the axis, at most."""


def run_chart(points: pl.DataFrame, change: Mapping[str, Any], words: Words, mode: Mode) -> go.Figure:
    """`points`: `period, numerator, denominator, share, low, high, state`, oldest first; `change`: a row of `trends`.

    Periods without a figure are gaps with a mark and its word on hover, below zero.
    """
    rows = points.to_dicts()
    figure = go.Figure(layout={"template": template(mode), "height": HEIGHT})
    shown = [(at, row) for at, row in enumerate(rows) if row["share"] is not None]
    _intervals(figure, shown, mode)
    _levels(figure, rows, change, words, mode)
    colours = TOKENS[mode]
    figure.add_trace(
        go.Scatter(
            x=list(range(len(rows))),
            y=[row["share"] for row in rows],
            mode="lines+markers",
            connectgaps=False,
            line={"color": transparent(colours.thread, 0.5), "width": 1.5},
            marker={"size": 8, "color": colours.thread},
            text=[_point_words(row, words) for row in rows],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    _absences(figure, rows, words, mode)
    _axes(figure, rows, words)
    return figure


def run_text(title: str, points: pl.DataFrame, change: Mapping[str, Any], words: Words) -> str:
    """The change in words, then every period."""
    told = "; ".join(_point_words(row, words) for row in points.to_dicts())
    return words("lasting.alt", title=title, trend=trend_words(change, words), points=told)


def run_table(points: pl.DataFrame, change: Mapping[str, Any], words: Words) -> pl.DataFrame:
    """A row for each period, and whether it lies before or after the change; figures and states in words."""
    rows = points.to_dicts()
    begins = _begins(rows, change)
    levels = [] if begins is None else [words.percent(change[f"{side}_share"]) for side in ("before", "after")]
    sides = [words(f"lasting.{side}", share=level) for side, level in zip(("before", "after"), levels, strict=False)]
    return pl.DataFrame(
        [
            {words("compared_table.period"): period_words(row["period"], words)}
            | figure_columns(row, words)
            | {words("compared_table.level"): sides[at >= begins] if begins is not None else ""}
            for at, row in enumerate(rows)
        ],
        orient="row",
    )


def trend_words(change: Mapping[str, Any], words: Words) -> str:
    """`Vedvarende fremgang siden 1. kvartal 2025: 62 % før, 81 % siden`; why it cannot be said, where it cannot."""
    trend = str(change["trend"])
    if trend == "cannot_be_said":
        return words("lasting.cannot_be_said", reason=words(f"lasting_reason.{change['reason']}"))
    if change["since_period"] is None:
        return words("lasting.no_change")
    return words(
        f"lasting.{trend}",
        period=period_words(change["since_period"], words),
        before=words.percent(change["before_share"]),
        after=words.percent(change["after_share"]),
    )


def _begins(rows: Sequence[Mapping[str, Any]], change: Mapping[str, Any]) -> int | None:
    """Position of the first period of the change; null when none stands or it is not in the picture."""
    since = change["since_period"]
    return next((at for at, row in enumerate(rows) if since is not None and row["period"] == since), None)


def _point_words(row: Mapping[str, Any], words: Words) -> str:
    period = period_words(row["period"], words)
    return words("compared.absent", place=period, state=figure_words(row, words))


def _intervals(figure: go.Figure, shown: list[tuple[int, dict[str, Any]]], mode: Mode) -> None:
    x = [end for at, _ in shown for end in (at, at, None)]
    y = [end for _, row in shown for end in (row["low"], row["high"], None)]
    line = {"color": transparent(TOKENS[mode].thread, 0.16), "width": 9}
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip"))


def _levels(figure: go.Figure, rows: list[dict[str, Any]], change: Mapping[str, Any], words: Words, mode: Mode) -> None:
    """The two levels as lines in ink, and a thin line where the change begins."""
    begins = _begins(rows, change)
    if begins is None:
        return
    ink = TOKENS[mode].ink
    edge, last = begins - 0.5, len(rows) - 0.5
    for side, x, dash in (("before", [-0.5, edge], "dash"), ("after", [edge, last], "solid")):
        share = change[f"{side}_share"]
        line = {"color": ink, "width": 1.6, "dash": dash}
        figure.add_trace(go.Scatter(x=x, y=[share, share], mode="lines", line=line, hoverinfo="skip"))
        is_after = side == "after"
        text = words(f"lasting.{side}", share=words.percent(share))
        figure.add_annotation(
            x=last if is_after else -0.5, y=share, text=text,
            xanchor="left", yanchor="middle" if is_after else "bottom",
            xshift=5 if is_after else 2, yshift=0 if is_after else 3, font={"color": ink, "size": 12},
            bgcolor=transparent(TOKENS[mode].card, 0.75), borderpad=1,
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=[edge, edge], y=[0, 1], mode="lines", line={"color": ink, "width": 1, "dash": "dot"}, hoverinfo="skip"
        )
    )
    figure.add_annotation(
        x=edge, y=1.03, text=period_words(change["since_period"], words), yanchor="bottom",
        xanchor="right" if begins > len(rows) * 0.75 else "center", font={"size": 12, "color": ink},
    )  # fmt: skip


def _absences(figure: go.Figure, rows: list[dict[str, Any]], words: Words, mode: Mode) -> None:
    """A mark for each, and its word once for neighbours in the same state where there is room for it."""
    muted = TOKENS[mode].muted
    absent = [(at, row) for at, row in enumerate(rows) if row["share"] is None]
    figure.add_trace(
        go.Scatter(
            x=[at for at, _ in absent],
            y=[ABSENT_AT] * len(absent),
            mode="markers",
            marker={"symbol": [SYMBOLS[state_of(row)] for _, row in absent], "size": 7, "color": muted},
            text=[_point_words(row, words) for _, row in absent],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    for word, run in groupby(absent, key=lambda pair: state_words(pair[1], words)):
        at = [position for position, _ in run]
        is_last = at[-1] == len(rows) - 1
        figure.add_annotation(
            x=at[-1] if is_last else at[0], y=ABSENT_AT, text=word, yanchor="top", yshift=-4,
            xanchor="right" if is_last else "center", xshift=6 if is_last else 0, font={"size": 11, "color": muted},
        )  # fmt: skip


def _axes(figure: go.Figure, rows: list[dict[str, Any]], words: Words) -> None:
    every = max(1, -(-len(rows) // MANY))
    named = [at for at in range(len(rows)) if (len(rows) - 1 - at) % every == 0]
    has_absent = any(row["share"] is None for row in rows)
    ticks = {"tickvals": named, "ticktext": [period_tick(rows[at]["period"], words) for at in named]}
    figure.update_xaxes(range=[-0.6, max(len(rows), 1) - 0.4], showgrid=False, tickangle=0, **ticks)
    figure.update_yaxes(range=[-0.16 if has_absent else -0.02, 1.1], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(ticktext=[words.percent(part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)])
    figure.update_layout(margin={"l": 44, "r": 84, "t": 12, "b": 42})
