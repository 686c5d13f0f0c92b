"""Ratios below each other on a logarithmic axis: 1, equally often, as a thin dashed line.

The standardised ratio is a filled dot with its interval as a pale band, the ratio that is not standardised a hollow
one beside it: how far the two lie apart is what a different mix of children had made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import Sheet
from dashboards.language import Words
from dashboards.states import State
from dashboards.tokens import TOKENS, Mode, transparent

ROW_HEIGHT, FOOT = 62, 62
"""Pixels: a row with its two lines of words, and the axis with its title."""

ABOVE, BELOW = 0.75, 0.45
"""Parts of a row above the first line and below the last one."""

TICKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
FINEST = 3
"""The most decimals of a ratio."""

LEAST, MOST = TICKS[0], TICKS[-1]
"""What lies farther out is drawn at the end of the axis; the words beside it say the figure."""


@dataclass(frozen=True)
class Ratio:
    """How many times as often, with its 95 % interval; all null unless the state is a number.

    `reason` is why there is none where the state is not applicable (see `statistics.standardisation`).
    """

    state: State
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class RatioRow:
    """A comparison by name; of the exposed children `compared` have somebody to be compared with, `left_out` nobody."""

    name: str
    standardised: Ratio
    crude: Ratio
    compared: int | None = None
    left_out: int | None = None


def ratio_rows(rows: Sequence[RatioRow], words: Words, mode: Mode) -> go.Figure:
    """The first row on top. A ratio that may not be shown, or cannot be made, is a dotted line with its word."""
    colours = TOKENS[mode]
    sheet = Sheet()
    low, high = _span(rows)
    _equally_often(sheet, len(rows), colours.ink)
    for place, row in enumerate(rows):
        _line(sheet, -place, row.standardised, low, high, mode)
        _label(sheet, -place, row, low, words, mode)
    _dots(sheet, [row.crude for row in rows], low, high, colours.card, mode, [])
    told = [row_text(row, words) for row in rows]
    _dots(sheet, [row.standardised for row in rows], low, high, colours.thread, mode, told)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    across = {
        "type": "log",
        "range": [log(low * 0.97, 10), log(high * 1.03, 10)],
        "tickvals": ticks,
        "ticktext": [_tick(tick, words) for tick in ticks],
        "showgrid": False,
        "title": {"text": words("ratio.axis")},
    }
    return sheet.figure(
        mode,
        xaxis=across,
        yaxis={"range": [1 - len(rows) - BELOW, ABOVE], "visible": False},
        height=int(ROW_HEIGHT * (len(rows) + 0.2)) + FOOT,
        margin={"l": 10, "r": 16, "t": 0, "b": FOOT},
    )


def row_text(row: RatioRow, words: Words) -> str:
    """One row in words: the ratio with its interval, the one not standardised, and how many it speaks of."""
    own = row.standardised
    if own.value is None or own.low is None or own.high is None:
        parts = [words("ratio.without", name=row.name, state=absence(own, words))]
    else:
        parts = [words("ratio.row", name=row.name, ratio=decimal(own.value, words), interval=_interval(own, words))]
    if row.crude.value is not None:
        parts.append(words("ratio.crude", ratio=decimal(row.crude.value, words)))
    if row.compared is not None and row.left_out:
        every = words.number(row.compared + row.left_out)
        parts.append(words("ratio.compared", compared=words.number(row.compared), all=every))
    return "; ".join(parts)


def ratio_text(title: str, rows: Sequence[RatioRow], words: Words) -> str:
    """All rows in words, and that a ratio is no effect."""
    return words("ratio.alt", title=title, rows="; ".join(row_text(row, words) for row in rows))


def ratio_table(rows: Sequence[RatioRow], words: Words) -> pl.DataFrame:
    """A row for each comparison; a ratio that is not there is empty, and the state says why."""
    names = words.section("ratio_table")
    types = {"name": pl.String(), "state": pl.String(), "compared": pl.Int64(), "left_out": pl.Int64()}
    told = [
        {
            "name": row.name,
            "ratio": row.standardised.value,
            "low": row.standardised.low,
            "high": row.standardised.high,
            "crude": row.crude.value,
            "compared": row.compared,
            "left_out": row.left_out,
            "state": absence(row.standardised, words),
        }
        for row in rows
    ]
    return pl.DataFrame(told, schema={name: types.get(name, pl.Float64()) for name in names}).rename(names)


def absence(ratio: Ratio, words: Words) -> str:
    """The word for the state of a ratio, and for why there is none where that is known."""
    if ratio.state == "not_applicable" and ratio.reason:
        return words(f"ratio_reason.{ratio.reason}")
    return words(f"state.{ratio.state}")


def decimal(value: float, words: Words) -> str:
    """1,9 and 0,69: two figures that count, in the language's own way; whole from ten. What lies close to 1 has as many
    as it takes to see on which side: 1,04.
    """
    digits = 0 if value >= 10 else 1 if value >= 1 else 2
    while value != 1 and round(value, digits) == 1 and digits < FINEST:
        digits += 1
    return words.decimal(value, digits)


def _tick(value: float, words: Words) -> str:
    text = words.decimal(value)
    return f"{text}<br>{words('ratio.one')}" if value == 1 else text


def _equally_often(sheet: Sheet, rows: int, colour: str) -> None:
    """The line at 1, left out where the words of a row stand."""
    line = {"color": colour, "width": 1, "dash": "dash"}
    y = [end for place in range(rows) for end in (0.1 - place, -0.3 - place, None)]
    sheet.traces.append(go.Scatter(x=[1, 1, None] * rows, y=y, mode="lines", line=line, hoverinfo="skip"))


def _interval(ratio: Ratio, words: Words) -> str:
    return words("ratio.interval", low=decimal(ratio.low or 0, words), high=decimal(ratio.high or 0, words))


def _span(rows: Sequence[RatioRow]) -> tuple[float, float]:
    """From the tick below the least to the one above the greatest that is shown; from half to double at least."""
    shown = [value for row in rows for value in (row.standardised.low, row.standardised.high, row.crude.value) if value]
    least, greatest = min([*shown, 0.5]), max([*shown, 2.0])
    low = max((tick for tick in TICKS if tick <= least), default=LEAST)
    return low, min((tick for tick in TICKS if tick >= greatest), default=MOST)


def _line(sheet: Sheet, at: int, own: Ratio, low: float, high: float, mode: Mode) -> None:
    """A hairline, dotted when there is no ratio, and the interval as a pale band on it."""
    colours = TOKENS[mode]
    is_known = own.low is not None and own.high is not None
    ground = {"color": colours.line if is_known else colours.lost, "width": 1, "dash": "solid" if is_known else "dot"}
    sheet.traces.append(go.Scatter(x=[low, high], y=[at, at], mode="lines", line=ground, hoverinfo="skip"))
    if own.low is not None and own.high is not None:
        ends = [min(max(end, low), high) for end in (own.low, own.high)]
        band = {"color": transparent(colours.thread, 0.25), "width": 9}
        sheet.traces.append(go.Scatter(x=ends, y=[at, at], mode="lines", line=band, hoverinfo="skip"))


def _label(sheet: Sheet, at: int, row: RatioRow, low: float, words: Words, mode: Mode) -> None:
    own, muted = row.standardised, TOKENS[mode].muted
    figure_text = f"<span style='color:{muted}'>{absence(own, words)}</span>"
    if own.value is not None:
        interval = f"<span style='color:{muted}'>({_interval(own, words)})</span>"
        figure_text = f"<b>{decimal(own.value, words)}</b>  {interval}"
    across = {"x": log(low, 10), "xanchor": "left", "xshift": -3, "align": "left"}
    above = {"y": at, "yanchor": "bottom", "yshift": 6}
    font = {"color": TOKENS[mode].ink, "size": 13}
    sheet.annotations.append({"text": f"{row.name}<br>{figure_text}", "font": font, **across, **above})


def _dots(
    sheet: Sheet, ratios: Sequence[Ratio], low: float, high: float, fill: str, mode: Mode, hover: Sequence[str]
) -> None:
    """Filled with the card, and drawn round in ink, where `fill` is the card's colour."""
    colours = TOKENS[mode]
    is_hollow = fill == colours.card
    shown = [(-place, ratio.value) for place, ratio in enumerate(ratios) if ratio.value is not None]
    edge = {"color": colours.muted if is_hollow else colours.card, "width": 1.5}
    sheet.traces.append(
        go.Scatter(
            x=[min(max(value, low), high) for _, value in shown],
            y=[at for at, _ in shown],
            mode="markers",
            marker={"size": 9 if is_hollow else 11, "color": fill, "line": edge},
            text=[hover[-at] for at, _ in shown] if hover else None,
            hovertemplate="%{text}<extra></extra>" if hover else None,
            hoverinfo=None if hover else "skip",
        )
    )
