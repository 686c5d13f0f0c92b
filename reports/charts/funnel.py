"""All municipalities of one measure by size and share, inside or outside of what chance and usual variation explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from dashboards.language import Words
from dashboards.tokens import LIGHT
from pipelines.comparison import limit_curves
from reports.documents.pictures import axis_of_shares, rows_of, svg

WIDTH, HEIGHT = 620, 300
NAMED = 6
"""Only those clearly outside have their name in the picture, the largest of them; all are in the table."""

ROUND = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
SHAPES = {"better": "diamond", "similar": "circle", "worse": "triangle-down", "incomparable": "stroke"}
COLOURS = {"better": LIGHT.better, "similar": LIGHT.muted, "worse": LIGHT.worse, "incomparable": LIGHT.muted}


def funnel_svg(rows: pl.DataFrame, names: Mapping[str, str], words: Words) -> str:
    """`rows` as `pipelines.comparison.compared` makes them, at least one of them with a share.

    The inner band is the 95 % funnel, the outer one that of 99.8 %.
    """
    shown = rows.filter(pl.col("share").is_not_null()).with_columns(pl.col("verdict").cast(pl.String))
    points = [row | {"name": names[row["place"]]} for row in shown.to_dicts()]
    x = _sizes(words)
    layers = [*_limits(rows, x, words), *_points(points, x, words)]
    return svg(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT))


def _share(words: Words) -> alt.Y:
    parts = [part / 100 for part in range(0, 101, 20)]
    return alt.Y("share:Q", title=None, axis=axis_of_shares(parts, words), scale=alt.Scale(domain=[0, 1]))


def _sizes(words: Words) -> alt.X:
    """Denominators by their logarithm, told in the numbers of the language."""
    told = ",".join(f"'{size}':'{words.number(size)}'" for size in ROUND)
    axis = alt.Axis(values=list(ROUND), labelExpr=f"{{{told}}}[datum.value]", grid=False, ticks=False)
    return alt.X("denominator:Q", title=words("funnel.denominator"), axis=axis, scale=alt.Scale(type="log", nice=False))


def _limits(rows: pl.DataFrame, x: alt.X, words: Words) -> list[alt.Chart]:
    """Nothing where the country's share is hidden: then nobody has limits."""
    curves = limit_curves(rows)
    if curves.is_empty():
        return []
    data = rows_of(curves.to_dicts())
    bands = [
        alt.Chart(data).mark_area(color=LIGHT.muted, opacity=opacity).encode(
            x=x, y=alt.Y(f"low_{level}:Q", title=None), y2=alt.Y2(f"high_{level}:Q")
        )
        for level, opacity in (("998", 0.09), ("95", 0.13))
    ]  # fmt: skip
    target = rows["target"].drop_nulls()[0]
    ends = [{"denominator": end, "share": target} for end in (curves["denominator"].min(), curves["denominator"].max())]
    line = alt.Chart(rows_of(ends)).mark_line(color=LIGHT.ink, strokeDash=[5, 4], strokeWidth=1)
    said = [ends[-1] | {"text": words("compared.target", share=words.percent(target))}]
    last = alt.Chart(rows_of(said)).mark_text(align="left", dx=5, fontSize=11, color=LIGHT.ink)
    return [*bands, line.encode(x=x, y=_share(words)), last.encode(x=x, y=_share(words), text="text:N")]


def _points(points: list[dict[str, Any]], x: alt.X, words: Words) -> list[alt.Chart]:
    base = alt.Chart(rows_of(points)).encode(x=x, y=_share(words))
    kinds = list(SHAPES)
    marks = base.mark_point(filled=True, opacity=0.85).encode(
        shape=alt.Shape(
            "verdict:N", scale=alt.Scale(domain=kinds, range=[SHAPES[kind] for kind in kinds]), legend=None
        ),
        color=alt.Color("verdict:N", scale=alt.Scale(domain=kinds, range=[COLOURS[k] for k in kinds]), legend=None),
        size=alt.condition(alt.datum.is_clear, alt.value(95), alt.value(48)),
    )
    clear = sorted((point for point in points if point["is_clear"]), key=lambda point: -point["denominator"])[:NAMED]
    named = alt.Chart(rows_of(clear)).mark_text(align="left", dx=8, fontSize=10.5, color=LIGHT.muted)
    return [marks, named.encode(x=x, y=_share(words), text="name:N")] if clear else [marks]
