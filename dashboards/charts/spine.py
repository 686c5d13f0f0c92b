"""Many measures of one place below each other: its share and interval, the country, the region and all municipalities.

All rows share one axis from 0 to 100 %, so that a difference is as long as it is. The own place is the red mark; the
word after its figure says whether it is outside of the funnel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.rows import wrapped
from dashboards.charts.template import template
from dashboards.charts.verdicts import (
    GLYPHS,
    SHAPES,
    colour_of,
    comparison_columns,
    figure_columns,
    point_words,
    state_words,
    verdict_word,
)
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent

ROW, LINE = 74, 17
LABEL_SHIFT = 7


def spine_chart(rows: pl.DataFrame, titles: Mapping[str, str], words: Words, mode: Mode) -> go.Figure:
    """`rows` as `pipelines.spine.spine` makes them, the first on top; `titles` by measure.

    Behind the dot: the middle half of the municipalities (dark band) and all of them (pale line).
    """
    told = rows.to_dicts()
    names = [wrapped(titles[row["measure"]]) for row in told]
    height = ROW + LINE * max((name.count("<br>") for name in names), default=0)
    figure = go.Figure(layout={"template": template(mode), "height": height * max(len(told), 1) + 34})
    for at, (row, name) in enumerate(zip(told, names, strict=True)):
        _ground(figure, -at, row, mode)
        _label(figure, -at, name, row, words, mode)
    _points(figure, told, titles, words, mode)
    figure.update_xaxes(range=[-0.015, 1.015], showgrid=False, tickvals=[0, 0.5, 1])
    figure.update_xaxes(ticktext=[words.percent(part) for part in (0.0, 0.5, 1.0)])
    figure.update_yaxes(range=[0.75 - max(len(told), 1), 0.75], visible=False)
    figure.update_layout(margin={"l": 10, "r": 16, "t": 4, "b": 30})
    return figure


def spine_text(title: str, rows: pl.DataFrame, titles: Mapping[str, str], words: Words) -> str:
    """Every measure in words."""
    told = [_row_words(row, titles[row["measure"]], words) for row in rows.to_dicts()]
    return words("spine.alt", title=title, rows="; ".join(told))


def spine_table(rows: pl.DataFrame, titles: Mapping[str, str], words: Words) -> pl.DataFrame:
    """A row for each measure, figures and states in words."""
    return pl.DataFrame(
        [
            {words("compared_table.measure"): titles[row["measure"]]}
            | figure_columns(row, words)
            | {
                words("compared_table.country"): _percent(row["target"], words),
                words("compared_table.region"): _percent(row["region_share"], words),
                words("compared_table.spread"): _middle(row, words),
            }
            | comparison_columns(row, words)
            for row in rows.to_dicts()
        ],
        orient="row",
    )


def _percent(share: float | None, words: Words) -> str:
    return "" if share is None else words.percent(share)


def _middle(row: Mapping[str, Any], words: Words) -> str:
    return "" if row["median"] is None else words.interval(row["lower_quartile"], row["upper_quartile"])


def _row_words(row: Mapping[str, Any], title: str, words: Words) -> str:
    parts = [point_words(row, title, words)]
    if not row["high_is_good"]:
        parts.append(words("spine.low_is_good"))
    if row["target"] is not None:
        parts.append(words("compared.target", share=words.percent(row["target"])))
    if row["region_share"] is not None:
        parts.append(words("spine.region", share=words.percent(row["region_share"])))
    if row["median"] is not None:
        parts.append(words("spine.spread", places=row["places"], interval=_middle(row, words)))
    return ", ".join(parts)


def _ground(figure: go.Figure, at: int, row: Mapping[str, Any], mode: Mode) -> None:
    """A hairline from 0 to 100 %, all municipalities, their middle half, and the own interval."""
    colours = TOKENS[mode]
    is_known = row["share"] is not None
    _stretch(figure, at, 0, 1, colours.line if is_known else colours.lost, 1, "solid" if is_known else "dot")
    if row["median"] is not None:
        _stretch(figure, at, row["min"], row["max"], transparent(colours.muted, 0.16), 15)
        _stretch(figure, at, row["lower_quartile"], row["upper_quartile"], transparent(colours.muted, 0.26), 15)
    if is_known:
        _stretch(figure, at, row["low"], row["high"], transparent(colours.thread, 0.55), 3)


def _stretch(
    figure: go.Figure, at: int, low: float, high: float, colour: str, width: float, dash: str = "solid"
) -> None:
    line = {"color": colour, "width": width, "dash": dash}
    figure.add_trace(go.Scatter(x=[low, high], y=[at, at], mode="lines", line=line, hoverinfo="skip"))


def _points(figure: go.Figure, rows: list[dict[str, Any]], titles: Mapping[str, str], words: Words, mode: Mode) -> None:
    colours = TOKENS[mode]
    for name, symbol, size, fill in (
        ("target", "line-ns", 19, colours.ink),
        ("region_share", "square", 9, colours.card),
    ):
        known = [(row[name], -at) for at, row in enumerate(rows) if row[name] is not None]
        marker = {"symbol": symbol, "size": size, "color": fill, "line": {"color": colours.ink, "width": 1.8}}
        x, y = [share for share, _ in known], [at for _, at in known]
        figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=marker, hoverinfo="skip"))
    shown = [(at, row) for at, row in enumerate(rows) if row["share"] is not None]
    figure.add_trace(
        go.Scatter(
            x=[row["share"] for _, row in shown],
            y=[-at for at, _ in shown],
            mode="markers",
            marker={
                "symbol": [
                    SHAPES[row["verdict"]] if row["verdict"] != "incomparable" else "circle" for _, row in shown
                ],
                "size": 13,
                "color": colours.thread,
                "line": {"color": colours.card, "width": 1.5},
            },
            text=[_row_words(row, titles[row["measure"]], words) for _, row in shown],
            hovertemplate="%{text}<extra></extra>",
        )
    )


def _label(figure: go.Figure, at: int, name: str, row: Mapping[str, Any], words: Words, mode: Mode) -> None:
    """Name above figure and verdict; both above the line, so that they fit on a narrow page."""
    colours = TOKENS[mode]
    if not row["high_is_good"]:
        name = f"{name} <span style='color:{colours.muted}'>({words('spine.low_is_good')})</span>"
    if row["share"] is None:
        figure_text = f"<span style='color:{colours.muted}'>{state_words(row, words)}</span>"
    else:
        count = words("chart.count", part=words.number(row["numerator"]), whole=words.number(row["denominator"]))
        tone = colour_of(row["verdict"], mode)
        verdict = f"<span style='color:{tone}'>{GLYPHS[row['verdict']]} {verdict_word(row, words)}</span>"
        share = words.percent(row["share"])
        figure_text = f"<b>{share}</b>  <span style='color:{colours.muted}'>{count}</span>   {verdict}"
    figure.add_annotation(
        x=0, y=at, text=f"{name}<br>{figure_text}", xanchor="left", xshift=-3, yanchor="bottom", yshift=LABEL_SHIFT,
        align="left", font={"color": colours.ink, "size": 13},
    )  # fmt: skip
