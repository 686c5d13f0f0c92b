"""Shares of the country over years: a small picture for each measure, all on the same axes, with intervals as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from dashboards.language import Words
from dashboards.shares import Share
from dashboards.tokens import LIGHT
from reports.documents.pictures import axis_of_shares, rows_of, svg

WIDTH, HEIGHT, COLUMNS = 190, 96, 3
ROOM = 1.2
"""Above 100 %, where the last share is written: a label outside of its picture moves that picture's title."""


def courses_svg(series: Mapping[str, Sequence[Share]], words: Words) -> str:
    """By title; a year without a figure is a gap."""
    values = [
        {"title": title, "year": share.period, "share": share.share, "low": share.low, "high": share.high,
         "text": words.percent(share.share) if share is _last(shares) and share.share is not None else ""}
        for title, shares in series.items()
        for share in shares
    ]  # fmt: skip
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, ROOM]), axis=axis_of_shares((0, 0.5, 1), words))
    years = sorted({share.period for shares in series.values() for share in shares})
    named = years[::3] if len(years) > 5 else years
    x = alt.X("year:O", title=None, sort=years, axis=alt.Axis(labelAngle=0, values=named, ticks=False))
    base = alt.Chart().encode(x=x)
    band = base.mark_area(color=LIGHT.thread, opacity=0.15).encode(y=alt.Y("low:Q", title=None), y2=alt.Y2("high:Q"))
    line = base.mark_line(color=LIGHT.thread, strokeWidth=1.6, point=alt.OverlayMarkDef(color=LIGHT.thread, size=18))
    last = base.mark_text(dy=-9, fontSize=11, fontWeight=600, color=LIGHT.ink).encode(y=y, text="text:N")
    small = alt.layer(band, line.encode(y=y), last).properties(width=WIDTH, height=HEIGHT)
    header = alt.Header(title=None, labelAnchor="start", labelLimit=WIDTH + 20)
    facet = alt.Facet("title:N", sort=list(series), title=None, header=header)
    return svg(small.facet(data=rows_of(values), facet=facet, columns=COLUMNS, spacing=16))


def _last(shares: Sequence[Share]) -> Share | None:
    return next((share for share in reversed(shares) if share.share is not None), None)
