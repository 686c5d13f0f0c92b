"""Municipalities by measures: a mark for each verdict with its share beside it, and a mark for each kind of absence.

No colour of good and bad: shapes tell the verdicts apart, and most of the table is quiet grey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import template
from dashboards.charts.trend import SYMBOLS
from dashboards.charts.verdicts import GLYPHS, colour_of, marks, point_words, state_of, state_words, verdict_word
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent

ROW, HEAD, FOOT = 24, 150, 20
LETTERS_PER_LINE = 25
ABSENT = {"suppressed": "⊠", "missing": "□", "not_applicable": "–", "not_yet_due": "○"}


def heat_table(
    rows: pl.DataFrame,
    names: Mapping[str, str],
    titles: Mapping[str, str],
    own: str | None,
    words: Words,
    mode: Mode,
) -> go.Figure:
    """`rows` as `pipelines.spine.compared_measures` makes them; columns as in `titles`, municipalities by name."""
    measures, places = list(titles), _places(rows, names)
    height = ROW * max(len(places), 1) + HEAD + FOOT
    figure = go.Figure(layout={"template": template(mode), "height": height})
    cells = [row for row in rows.to_dicts() if row["measure"] in titles]
    at = {name: number for number, name in enumerate(measures)}, {name: -number for number, name in enumerate(places)}
    known = [row for row in cells if row["share"] is not None]
    absent = [row for row in cells if row["share"] is None]
    if own in places:
        band = transparent(TOKENS[mode].thread, 0.1)
        figure.add_hrect(y0=at[1][own] - 0.5, y1=at[1][own] + 0.5, fillcolor=band, line_width=0, layer="below")
    texts = [_hover(row, names, titles, words) for row in known]
    x, y = [at[0][row["measure"]] - 0.2 for row in known], [at[1][row["place"]] for row in known]
    figure.add_trace(marks(known, x, y, texts, mode, 7))
    figure.add_trace(_numbers(known, at, mode))
    figure.add_trace(_absences(absent, at, names, titles, words, mode))
    _axes(figure, measures, places, names, titles, own, mode)
    _key(figure, known, absent, words)
    return figure


def heat_text(title: str, rows: pl.DataFrame, names: Mapping[str, str], titles: Mapping[str, str], words: Words) -> str:
    """Every municipality with what stands out; those that are level in everything are not listed, nor is absence."""
    outside = rows.filter(pl.col("verdict").is_in(["better", "worse"])).to_dicts()
    told = []
    for place in _places(rows, names):
        cells = [
            words("heat.alt_cell", measure=titles[row["measure"]], word=verdict_word(row, words).lower())
            for row in outside
            if row["place"] == place and row["measure"] in titles
        ]
        if cells:
            told.append(words("heat.alt_row", place=names[place], cells=", ".join(cells)))
    return words("heat.alt", title=title, rows="; ".join(told) or words("funnel.none_outside"))


def heat_values(rows: pl.DataFrame, names: Mapping[str, str], titles: Mapping[str, str], words: Words) -> pl.DataFrame:
    """A row for each municipality, a column for each measure: share and verdict, or the state, in words."""
    told = {(row["place"], row["measure"]): _cell(row, words) for row in rows.to_dicts()}
    return pl.DataFrame(
        [
            {words("compared_table.place"): names[place]}
            | {title: told.get((place, measure), words("state.missing")) for measure, title in titles.items()}
            for place in _places(rows, names)
        ],
        orient="row",
    )


def _cell(row: Mapping[str, Any], words: Words) -> str:
    if row["share"] is None:
        return state_words(row, words)
    return f"{words.percent(row['share'])} · {verdict_word(row, words)}"


def _places(rows: pl.DataFrame, names: Mapping[str, str]) -> list[str]:
    return sorted(rows["place"].unique(), key=lambda place: names[place])


def _hover(row: Mapping[str, Any], names: Mapping[str, str], titles: Mapping[str, str], words: Words) -> str:
    return f"{titles[row['measure']]}<br>{point_words(row, names[row['place']], words)}"


def _numbers(known: Sequence[Mapping[str, Any]], at: tuple[dict[str, int], dict[str, int]], mode: Mode) -> go.Scatter:
    """Whole percent without the sign, quiet for what is level."""
    colours = [
        TOKENS[mode].muted if row["verdict"] in {"similar", "incomparable"} else colour_of(row["verdict"], mode)
        for row in known
    ]
    return go.Scatter(
        x=[at[0][row["measure"]] for row in known],
        y=[at[1][row["place"]] for row in known],
        mode="text",
        text=[str(round(row["share"] * 100)) for row in known],
        textposition="middle right",
        textfont={"size": 12, "color": colours},
        hoverinfo="skip",
    )


def _absences(
    absent: Sequence[Mapping[str, Any]],
    at: tuple[dict[str, int], dict[str, int]],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    words: Words,
    mode: Mode,
) -> go.Scatter:
    """The mark that its state has in the trend, in the paleness of what is lost."""
    colours = TOKENS[mode]
    return go.Scatter(
        x=[at[0][row["measure"]] for row in absent],
        y=[at[1][row["place"]] for row in absent],
        mode="markers",
        marker={
            "symbol": [SYMBOLS[state_of(row)] for row in absent],
            "size": 7,
            "color": colours.lost,
            "line": {"color": colours.lost, "width": 1},
        },
        text=[_hover(row, names, titles, words) for row in absent],
        hovertemplate="%{text}<extra></extra>",
    )


def _head(title: str) -> str:
    """Two lines at most, for columns are narrow on a telephone; the whole title is in the hover and in the table."""
    return "<br>".join(wrap(title, LETTERS_PER_LINE, max_lines=2, placeholder=" …"))


def _key(
    figure: go.Figure, known: Sequence[Mapping[str, Any]], absent: Sequence[Mapping[str, Any]], words: Words
) -> None:
    """What the marks mean, in the corner above the names; only marks that are there."""
    verdicts, states = {row["verdict"] for row in known}, {state_words(row, words) for row in absent}
    lines = [f"{glyph} {words(f'verdict.{verdict}')}" for verdict, glyph in GLYPHS.items() if verdict in verdicts]
    lines += [f"{glyph} {words(f'state.{s}')}" for s, glyph in ABSENT.items() if words(f"state.{s}") in states]
    figure.add_annotation(
        text="<br>".join(lines), x=0, y=1, xref="paper", yref="paper", xanchor="right", yanchor="bottom", xshift=-8,
        yshift=6, align="right", font={"size": 10},
    )  # fmt: skip


def _axes(
    figure: go.Figure,
    measures: list[str],
    places: list[str],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    own: str | None,
    mode: Mode,
) -> None:
    """Names of the measures stand above their column, turned so that eight fit on a narrow page."""
    thread = TOKENS[mode].thread
    labels = [f"<b style='color:{thread}'>{names[p]}</b>" if p == own else names[p] for p in places]
    heads = [_head(titles[measure]) for measure in measures]
    figure.update_yaxes(
        range=[0.5 - max(len(places), 1), 0.5], tickvals=[-number for number in range(len(places))], ticktext=labels,
        showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(
        range=[-0.5, max(len(measures), 1) - 0.5], tickvals=list(range(len(measures))), ticktext=heads, side="top",
        tickangle=-90, showgrid=False, tickfont={"size": 11},
    )  # fmt: skip
    figure.update_layout(margin={"l": 124, "r": 8, "t": HEAD, "b": FOOT})
