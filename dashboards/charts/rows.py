"""Shares below each other: a dot with its interval, the region as a hollow square, the country as a thin mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as go

from dashboards.charts.template import Sheet
from dashboards.language import Words
from dashboards.markup import count_in_words, state_word
from dashboards.shares import Share
from dashboards.tokens import TOKENS, Mode, transparent

ROW_HEIGHT, LINE_HEIGHT = 64, 17
LABEL_SHIFT = 5
"""Pixels: a row with a name of one line, each further line, and from the line of a row up to its label."""

LETTERS_PER_LINE = 30


@dataclass(frozen=True)
class Row:
    """One share with its name, and the shares that it is seen beside."""

    name: str
    own: Share
    country: Share | None = None
    region: Share | None = None


def rows_chart(rows: Sequence[Row], words: Words, mode: Mode, threshold: int) -> go.Figure:
    """The first row on top. A share that may not be shown is a dotted line with its word.

    Names and figures stand above their line, so that they take no width from it and fit on a narrow page.
    """
    colours = TOKENS[mode]
    names = [wrapped(row.name) for row in rows]
    row_height = ROW_HEIGHT + LINE_HEIGHT * max((name.count("<br>") for name in names), default=0)
    placed = [(-at, row) for at, row in enumerate(rows)]
    sheet = Sheet()
    for (at, row), name in zip(placed, names, strict=True):
        _line(sheet, at, row, mode)
        _label(sheet, at, f"{name}<br>{_figure_text(row, words, mode)}", colours.ink)
    _marks(sheet, [(at, row.country) for at, row in placed], "line-ns", 17, colours.ink, 2, colours.ink)
    _marks(sheet, [(at, row.region) for at, row in placed], "square", 9, colours.card, 1.5, colours.ink)
    shown = [(at, row) for at, row in placed if row.own.share is not None]
    sheet.traces.append(
        go.Scatter(
            x=[row.own.share for _, row in shown],
            y=[at for at, _ in shown],
            mode="markers",
            marker={"size": 11, "color": colours.thread, "line": {"color": colours.card, "width": 1.5}},
            text=[row_text(row, words, threshold) for _, row in shown],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    ticks = {"tickvals": [0, 0.5, 1], "ticktext": [words.percent(part) for part in (0.0, 0.5, 1.0)]}
    return sheet.figure(
        mode,
        xaxis={"range": [-0.015, 1.015], "showgrid": False, **ticks},
        yaxis={"range": [0.78 - len(rows), 0.78], "visible": False},
        height=row_height * len(rows) + 34,
        margin={"l": 10, "r": 16, "t": 4, "b": 30},
    )


def wrapped(name: str) -> str:
    """A long name in lines of about a column's width."""
    return "<br>".join(wrap(name, LETTERS_PER_LINE))


def row_text(row: Row, words: Words, threshold: int) -> str:
    """One row in words: the share with its interval and count, or why there is none, and region and country."""
    share = row.own.interval
    own = words(
        "chart.row" if share else "chart.row_without",
        name=row.name,
        share=words.percent(share.value) if share else "",
        interval=words.interval(share.low, share.high) if share else "",
        of=count_in_words(row.own, words),
        state="" if share else state_word(row.own, words, threshold),
    )
    beside = (("region", row.region), ("country", row.country))
    known = [(name, other.share) for name, other in beside if other is not None and other.share is not None]
    return "; ".join([own, *(words(f"chart.row_{name}", share=words.percent(part)) for name, part in known)])


def rows_text(title: str, rows: Sequence[Row], words: Words, threshold: int) -> str:
    """All rows in words."""
    return f"{title}. " + "; ".join(row_text(row, words, threshold) for row in rows) + "."


def _line(sheet: Sheet, at: int, row: Row, mode: Mode) -> None:
    """A hairline from 0 to 100 %, dashed when there is no figure, and the interval as a pale band on it."""
    colours = TOKENS[mode]
    known = row.own.interval
    ground = {"color": colours.line if known else colours.lost, "width": 1, "dash": "solid" if known else "dot"}
    sheet.traces.append(go.Scatter(x=[0, 1], y=[at, at], mode="lines", line=ground, hoverinfo="skip"))
    if known:
        band = {"color": transparent(colours.thread, 0.25), "width": 9}
        ends = [known.low, known.high]
        sheet.traces.append(go.Scatter(x=ends, y=[at, at], mode="lines", line=band, hoverinfo="skip"))


def _label(sheet: Sheet, at: int, text: str, colour: str) -> None:
    across = {"x": 0, "xref": "x", "xanchor": "left", "xshift": -3, "align": "left"}
    above = {"y": at, "yanchor": "bottom", "yshift": LABEL_SHIFT}
    sheet.annotations.append({"text": text, "font": {"color": colour, "size": 13}, **across, **above})


def _figure_text(row: Row, words: Words, mode: Mode) -> str:
    """The share and its count, or the word for its absence."""
    muted = TOKENS[mode].muted
    own = row.own
    if own.share is None or own.numerator is None or own.denominator is None:
        return f"<span style='color:{muted}'>{words(f'state.{own.state}')}</span>"
    count = words("chart.count", part=words.number(own.numerator), whole=words.number(own.denominator))
    return f"<b>{words.percent(own.share)}</b>  <span style='color:{muted}'>{count}</span>"


def _marks(
    sheet: Sheet,
    points: Sequence[tuple[int, Share | None]],
    symbol: str,
    size: int,
    fill: str,
    width: float,
    ink: str,
) -> None:
    known = [(at, share.share) for at, share in points if share is not None and share.share is not None]
    sheet.traces.append(
        go.Scatter(
            x=[share for _, share in known],
            y=[at for at, _ in known],
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": fill, "line": {"color": ink, "width": width}},
            hoverinfo="skip",
        )
    )
