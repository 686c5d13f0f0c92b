"""Cost per child added up by age: one line per pathway with its interval as a pale band, named where it ends."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.pathway_costs import PATHWAYS, Row, absence, amount_text, round_ticks
from dashboards.charts.template import template
from dashboards.kroner import kroner
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, Tokens, mixed, transparent

HEIGHT, LABELS_APART = 340, 17
"""Pixels of the picture, and between two names at the ends of lines."""

BEFORE_BIRTH = -1
DASHES = {"early": "solid", "late": "solid", "lost": "dash", "never": "dot", "others": "dashdot"}


def costs_by_age_chart(told: pl.DataFrame, words: Words, mode: Mode) -> go.Figure:
    """`told`: published costs. A point is what a child has cost to the end of that age, from before birth.

    An age that may not be told has no point; the line goes on to the next. A pathway without any point is named below.
    """
    colours = TOKENS[mode]
    lines = curves(told)
    figure = go.Figure(layout={"template": template(mode)})
    for name, rows in lines.items():
        shown = [row for row in rows if row["mean_dkk"] is not None]
        colour = _colour(name, colours)
        figure.add_trace(_band([row for row in shown if row["low_dkk"] is not None], transparent(colour, 0.12)))
        figure.add_trace(_line(name, shown, colour, words))
    highest = max((row["high_dkk"] or row["mean_dkk"] or 0 for rows in lines.values() for row in rows), default=0) or 1
    _names_at_ends(figure, lines, highest, words, mode)
    _axes(figure, lines, highest, words)
    return figure


def curves(told: pl.DataFrame) -> dict[str, list[Row]]:
    """The rows of each pathway by age, youngest first."""
    is_total = (pl.col("span") == "to_age") & (pl.col("breakdown") == "total")
    rows = told.filter(is_total & pl.col("age").is_not_null()).sort("age")
    found: dict[str, list[Row]] = {
        name: list(rows.filter(pl.col("pathway") == name).iter_rows(named=True)) for name in PATHWAYS
    }
    return {name: line for name, line in found.items() if line}


def costs_by_age_text(title: str, told: pl.DataFrame, words: Words) -> str:
    """The same in words: every pathway with each age and its amount or its state."""
    lines = [
        f"{words(f'costs.pathway.{name}')}: "
        + "; ".join(f"{age_name(row['age'], words)} {amount_text(row, words)}" for row in rows)
        for name, rows in curves(told).items()
    ]
    return f"{title}. " + " ".join(f"{line}." for line in lines)


def costs_by_age_table(told: pl.DataFrame, words: Words) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: a row per age, a column per pathway."""
    lines = curves(told)
    by_age = {(name, row["age"]): amount_text(row, words) for name, rows in lines.items() for row in rows}
    ages = sorted({age for _, age in by_age})
    headings = [words("costs.column.age"), *(words(f"costs.pathway.{name}") for name in lines)]
    return headings, [[age_name(age, words), *(by_age.get((name, age), "") for name in lines)] for age in ages]


def age_name(age: int, words: Words) -> str:
    """`før fødslen`, `3 år`: the year of age that begins with that birthday."""
    return words("costs.before_birth") if age == BEFORE_BIRTH else words("costs.age", age=age)


def _colour(name: str, colours: Tokens) -> str:
    """The thread is red where it is unbroken, and fades into grey."""
    return {"early": colours.thread, "late": colours.ink}.get(name, mixed(colours.lost, colours.muted, 0.6))


def _band(rows: list[Row], fill: str) -> go.Scatter:
    ages = [row["age"] for row in rows]
    ends = [row["high_dkk"] for row in rows] + [row["low_dkk"] for row in reversed(rows)]
    return go.Scatter(
        x=[*ages, *reversed(ages)], y=ends, fill="toself", fillcolor=fill, mode="none", hoverinfo="skip"
    )  # fmt: skip


def _line(name: str, rows: list[Row], colour: str, words: Words) -> go.Scatter:
    pathway = words(f"costs.pathway.{name}")
    return go.Scatter(
        x=[row["age"] for row in rows],
        y=[row["mean_dkk"] for row in rows],
        mode="lines+markers",
        line={"color": colour, "width": 2.5 if name == "early" else 1.75, "dash": DASHES[name]},
        marker={"size": 5, "color": colour},
        text=[f"{pathway}, {age_name(row['age'], words)}: {amount_text(row, words)}" for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )


def _names_at_ends(figure: go.Figure, lines: Mapping[str, list[Row]], highest: float, words: Words, mode: Mode) -> None:
    """Names right of the last point, pushed apart; a pathway without points stands at the top with its word."""
    colours = TOKENS[mode]
    ends = {name: [row for row in rows if row["mean_dkk"] is not None][-1:] for name, rows in lines.items()}
    last_age = max((row["age"] for rows in lines.values() for row in rows), default=0)
    per_pixel, lowest = highest / (HEIGHT - 60), 0.0
    for name, found in sorted(ends.items(), key=lambda end: end[1][0]["mean_dkk"] if end[1] else highest):
        height = max(found[0]["mean_dkk"] if found else highest - LABELS_APART * per_pixel, lowest)
        lowest = height + LABELS_APART * per_pixel
        text, colour = words(f"costs.short.{name}"), colours.muted
        if found and name in {"early", "late"}:
            colour = _colour(name, colours)
        if not found:
            text += f"<br>{absence(lines[name][-1], words)}"
            lowest += LABELS_APART * per_pixel
        figure.add_annotation(
            x=last_age, y=height, xanchor="left", xshift=10, yanchor="middle", align="left", text=text,
            font={"color": colour, "size": 12},
        )  # fmt: skip


def _axes(
    figure: go.Figure, lines: Mapping[str, list[Row]], highest: float, words: Words
) -> None:  # fmt: skip
    ages = sorted({row["age"] for rows in lines.values() for row in rows})
    apart = 1 if len(ages) < 9 else 3
    named = [age for age in ages if age == BEFORE_BIRTH or (age % apart == 0 and (age > 0 or apart == 1))]
    ticks = round_ticks(highest)
    figure.update_xaxes(
        tickvals=named,
        ticktext=[f"<br>{words('costs.born')}" if age == BEFORE_BIRTH else str(age) for age in named],
        title=words("costs.axis_age"),
        showgrid=False,
        tickangle=0,
    )
    figure.update_yaxes(range=[-highest * 0.02, highest * 1.05], tickvals=ticks)
    figure.update_yaxes(ticktext=[kroner(tick, words) for tick in ticks])
    figure.update_layout(height=HEIGHT, margin={"l": 82, "r": 96, "t": 8, "b": 58})
