"""Places below each other, each with its share and interval, beside the country as a thin dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

import altair as alt

from dashboards.language import Words
from dashboards.tokens import LIGHT
from reports.documents.pictures import axis_of_shares, rows_of, svg

ROW, WIDTH = 26, 430


def intervals_svg(rows: Sequence[dict[str, Any]], country: float | None, words: Words) -> str:
    """`name, share, low, high` of places that have a figure, in the order given, at least one."""
    values = [
        row | {"text": f"{words.percent(row['share'])} ({words.interval(row['low'], row['high'])})"} for row in rows
    ]
    first = floor(min(row["low"] for row in rows) * 10) / 10
    axis = axis_of_shares([part / 10 for part in range(round(first * 10), 11, 2 if first < 0.6 else 1)], words)
    scale = alt.Scale(domain=[first, 1], nice=False)
    order = [row["name"] for row in rows]
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, labelColor=LIGHT.ink,
                                                              labelLimit=220, labelFontSize=12))  # fmt: skip
    base = alt.Chart(rows_of(values)).encode(y=y)
    x = alt.X("share:Q", title=None, axis=axis, scale=scale)
    band = base.mark_rule(strokeWidth=7, color=LIGHT.thread, opacity=0.22).encode(
        x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q"
    )
    point = base.mark_circle(size=70, color=LIGHT.thread, opacity=1).encode(x=x)
    text = base.mark_text(align="left", fontSize=11, color=LIGHT.ink).encode(x=alt.value(WIDTH + 10), text="text:N")
    beside = [{"share": country}] if country is not None else []
    line = alt.Chart(rows_of(beside)).mark_rule(strokeDash=[5, 4], color=LIGHT.ink).encode(x=x)
    layers = [*([line] if beside else []), band, point, text]
    return svg(alt.layer(*layers).properties(width=WIDTH, height=ROW * len(rows)))
