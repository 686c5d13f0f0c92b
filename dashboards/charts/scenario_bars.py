"""What a moved share of children would cost more or less, by payer: bars from zero with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.pathway_costs import PARTS, Row, absence, payer_name, round_ticks, whisker
from dashboards.charts.template import template
from dashboards.kroner import kroner, kroner_interval
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, mixed

ROW_HEIGHT = 52


def scenario_bars(rows: pl.DataFrame, words: Words, mode: Mode) -> go.Figure:
    """`rows`: a scenario. The whole first, then the payers."""
    return difference_bars([(payer_name(row, words), row) for row in _in_order(rows)], words, mode)


def difference_bars(named: Sequence[tuple[str, Row]], words: Words, mode: Mode) -> go.Figure:
    """Named rows of `total_dkk` and `part`; less cost lies left of zero, more right of it.

    What may not be shown is a dotted line with its word.
    """
    colours = TOKENS[mode]
    found = [row for _, row in named]
    ends = [abs(row[end]) for row in found for end in ("total_dkk", "total_low_dkk", "total_high_dkk") if row[end]]
    widest = max(ends, default=0) or 1
    figure = go.Figure(layout={"template": template(mode)})
    for at, (name, row) in enumerate(named):
        fill = colours.muted if row["part"] == "all" else mixed(colours.lost, colours.muted, 0.25)
        _bar(figure, -at, row, widest, fill, mode)
        figure.add_annotation(
            x=-widest, xanchor="left", y=-at, yanchor="bottom", yshift=7, align="left",
            text=_label(name, row, words, mode), font={"size": 13, "color": colours.ink}, bgcolor=colours.card,
        )  # fmt: skip
    _axes(figure, len(found), widest, words, mode)
    return figure


def scenario_text(question: str, rows: pl.DataFrame, words: Words) -> str:
    """The same in words: the question, and the difference in all and for each payer."""
    parts = [f"{payer_name(row, words)} {difference_text(row, words)}" for row in _in_order(rows)]
    return f"{question} " + "; ".join(parts) + "."


def scenario_table(rows: pl.DataFrame, words: Words) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: a row for the whole and each payer, the difference per child and in all."""
    columns = ("payer", "per_child", "in_all")
    body = [
        [
            payer_name(row, words),
            difference_text(row, words, "per_child"),
            difference_text(row, words),
        ]
        for row in _in_order(rows)
    ]
    return [words(f"costs.column.{column}") for column in columns], body


def difference_text(row: Row, words: Words, of: str = "total") -> str:
    """`2 mio. kr. mindre (…)`: more, less or the same, with the interval; or the word for its absence.

    Where the interval holds no difference, that is said.
    """
    difference = row[f"{of}_dkk"]
    if difference is None:
        return absence(row, words)
    amount = kroner(abs(difference), words)
    said = words(_direction(difference), amount=amount)
    low, high = row[f"{of}_low_dkk"], row[f"{of}_high_dkk"]
    may_be_none = low is not None and high is not None and low <= 0 <= high
    text = f"{said} {kroner_interval(low, high, words)}".rstrip()
    return f"{text}, {words('costs.may_be_none')}" if may_be_none else text


def _direction(difference: float) -> str:
    if difference == 0:
        return "costs.same"
    return "costs.less" if difference < 0 else "costs.more"


def _in_order(rows: pl.DataFrame) -> list[Row]:
    by_part = {row["part"]: row for row in rows.iter_rows(named=True)}
    return [by_part[part] for part in PARTS if part in by_part]


def _label(name: str, row: Row, words: Words, mode: Mode) -> str:
    muted = TOKENS[mode].muted
    if row["total_dkk"] is None:
        return f"{name}  <span style='color:{muted}'>{absence(row, words)}</span>"
    said = words(_direction(row["total_dkk"]), amount=kroner(abs(row["total_dkk"]), words))
    interval = kroner_interval(row["total_low_dkk"], row["total_high_dkk"], words)
    return f"{name}  <b>{said}</b><br><span style='color:{muted}'>{interval}</span>"


def _bar(figure: go.Figure, at: int, row: Row, widest: float, fill: str, mode: Mode) -> None:
    colours = TOKENS[mode]
    difference, low, high = row["total_dkk"], row["total_low_dkk"], row["total_high_dkk"]
    known = difference is not None
    line = {"color": fill, "width": 10} if known else {"color": colours.lost, "width": 1, "dash": "dot"}
    x = [0, difference] if known else [-widest, widest]
    figure.add_trace(go.Scatter(x=x, y=[at, at], mode="lines", line=line, hoverinfo="skip"))
    if low is not None and high is not None:
        figure.add_trace(whisker([low, high], at, colours.ink))


def _axes(figure: go.Figure, rows: int, widest: float, words: Words, mode: Mode) -> None:
    """Zero is a line of its own, and alone where no amount may be shown."""
    to_the_right = round_ticks(widest)[-1]
    ticks = [-to_the_right, 0.0, to_the_right] if widest > 1 else [0.0]
    figure.add_vline(x=0, line={"color": TOKENS[mode].ink, "width": 1})
    figure.update_xaxes(range=[-widest * 1.05, widest * 1.05], tickvals=ticks, showgrid=False)
    figure.update_xaxes(ticktext=[kroner(tick, words) for tick in ticks], tickangle=0)
    figure.update_yaxes(range=[0.5 - rows, 1.0], visible=False)
    figure.update_layout(height=ROW_HEIGHT * (rows + 1) + 20, margin={"l": 10, "r": 10, "t": 4, "b": 30})
