"""Cost per child by pathway and payer: a bar with its interval, one below the other, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import Sheet
from dashboards.kroner import kroner, kroner_interval
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, mixed

OTHERS, NONE_OF_THESE = "others", "none_of_these"
PATHWAYS = ("early", "late", "lost", "never", OTHERS)
"""From the unbroken thread to none; the others are for comparison. Exposed children who fit none of the four have no
line: how many they are is said."""

PARTS = ("all", "municipality", "region", "state")
ROW_HEIGHT, SPACE = 46, 18
"""Pixels of a bar with its label, and between two pathways."""

Row = Mapping[str, Any]


def pathway_costs_chart(told: pl.DataFrame, words: Words, mode: Mode) -> go.Figure:
    """`told`: published costs. For each pathway the whole and its payers, to the oldest age that is told.

    Labels stand above their bars, so that they take no width. What may not be shown is a dotted line with its word; a
    whole that may not be shown stands for its payers.
    """
    colours = TOKENS[mode]
    groups = [rows for _, rows in by_pathway(told)]
    highest = max((row["high_dkk"] or row["mean_dkk"] or 0 for rows in groups for row in rows), default=0) or 1
    sheet = Sheet()
    at = 0
    for rows in groups:
        for row in rows:
            is_whole = row["part"] == "all"
            fill = colours.muted if is_whole else mixed(colours.lost, colours.muted, 0.25)
            _bar(sheet, -at, row, highest, fill, mode)
            _label(sheet, -at, _label_text(row, words, mode), colours.ink, is_whole=is_whole)
            at += ROW_HEIGHT
            if row["mean_dkk"] is None and is_whole:
                break
        at += SPACE
    return sheet.figure(mode, **_axes(at, highest, words))


def by_pathway(told: pl.DataFrame) -> list[tuple[str, list[Row]]]:
    """Each pathway that is there with its whole and payers to the oldest age, in their fixed order."""
    rows = _at_oldest_age(told)
    groups = [(name, [rows[name, part] for part in PARTS if (name, part) in rows]) for name in PATHWAYS]
    return [(name, found) for name, found in groups if found]


def _at_oldest_age(told: pl.DataFrame) -> dict[tuple[str, str], Row]:
    """By pathway and part. A pathway of which nothing may be told need not have an age."""
    to_age = told.filter(pl.col("span") == "to_age")
    last = to_age.filter(pl.col("age").is_null() | (pl.col("age") == pl.col("age").max()))
    return {(row["pathway"], row["part"]): row for row in last.iter_rows(named=True)}


def left_out_text(told: pl.DataFrame, words: Words) -> str:
    """Which part of the exposed children fit none of the four pathways, of those who have lived to the oldest age.

    From numbers in tens, so about; where one of them is hidden no part can be told, and that is said.
    """
    rows = _at_oldest_age(told)
    names = (*(name for name in PATHWAYS if name != OTHERS), NONE_OF_THESE)
    children = [rows[name, "all"]["children"] if (name, "all") in rows else None for name in names]
    known = [number for number in children if number is not None]
    if len(known) < len(children):
        return words("costs.says.left_out_hidden")
    part = known[-1]
    return words(
        "costs.says.left_out",
        share=words.percent(part / sum(known)),
        part=words.number(part),
        whole=words.number(sum(known)),
    )


def pathway_costs_text(title: str, told: pl.DataFrame, words: Words) -> str:
    """The same in words, for those who do not see the picture."""
    return f"{title}. " + " ".join(f"{pathway_text(rows, words)}." for _, rows in by_pathway(told))


def pathway_text(rows: Iterable[Row], words: Words) -> str:
    """`Tidlig og ubrudt: 131.000 kr. (97.000 kr. til 181.000 kr.), ca. 30 børn; kommunen …`"""
    whole, *parts = list(rows)
    named = f"{pathway_name(whole, words)}: {amount_text(whole, words)}"
    if whole["children"] is not None:
        named += f", {words('costs.children', children=words.number(whole['children']))}"
    return "; ".join([named, *(f"{payer_name(row, words)} {amount_text(row, words)}" for row in parts)])


def pathway_name(row: Row, words: Words) -> str:
    """The pathway of a row in words."""
    return words(f"costs.pathway.{row['pathway']}")


def payer_name(row: Row, words: Words) -> str:
    """Who pays, or in all."""
    return words(f"costs.payer.{row['part']}")


def absence(row: Row, words: Words) -> str:
    """Why a row has no amount, in a word."""
    return words(f"state.{row['state']}")


def amount_text(row: Row, words: Words, column: str = "mean_dkk") -> str:
    """The amount with its interval, or the word for its absence."""
    amount = row[column]
    if amount is None:
        return absence(row, words)
    low, high = row["low_dkk"], row["high_dkk"]
    return f"{kroner(amount, words)} {kroner_interval(low, high, words)}".rstrip()


def pathway_costs_table(told: pl.DataFrame, words: Words) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: a row per pathway, a column for the whole and for each payer, and the children behind it."""
    headings = [words("costs.column.pathway"), *(words(f"costs.payer.{part}") for part in PARTS)]
    rows = [
        [words(f"costs.pathway.{name}"), *_by_part(found, words), _children(found[0], words)]
        for name, found in by_pathway(told)
    ]
    return [*headings, words("costs.column.children")], rows


def _by_part(found: Sequence[Row], words: Words) -> list[str]:
    """A part without a row is as absent as the whole; of a whole that is told it is missing."""
    whole, by_part = found[0], {row["part"]: row for row in found}
    absent = words("state.missing") if whole["mean_dkk"] is not None else absence(whole, words)
    return [amount_text(by_part[part], words) if part in by_part else absent for part in PARTS]


def what_it_says(words: Words, told: pl.DataFrame, *, is_sample: bool) -> list[str]:
    """What the analysis says and does not say, in plain sentences that stand beside the pictures."""
    prices = told.select("price_year", "discount_rate").drop_nulls().unique().head(1).iter_rows()
    counted = [words("costs.says.counted", year=year, rate=_percent(rate, words)) for year, rate in prices]
    sentences = [words(f"costs.says.{name}") for name in ("association", "not_counted", "uncertain")]
    return [*counted, *sentences, *([words("costs.says.invented")] if is_sample else [])]


def _percent(rate: float, words: Words) -> str:
    return words.decimal(float(f"{rate * 100:.3g}"))


def missing_years_text(years: Sequence[int], words: Words) -> str:
    """Years that the price index lacks, as a sentence; empty when there are none."""
    return words("costs.says.no_index", years=", ".join(map(str, years))) if years else ""


def _children(row: Row, words: Words) -> str:
    return absence(row, words) if row["children"] is None else words.number(row["children"])


def _bar(sheet: Sheet, at: int, row: Row, highest: float, fill: str, mode: Mode) -> None:
    colours = TOKENS[mode]
    mean, low, high = row["mean_dkk"], row["low_dkk"], row["high_dkk"]
    if mean is None:
        line = {"color": colours.lost, "width": 1, "dash": "dot"}
        sheet.traces.append(go.Scatter(x=[0, highest], y=[at, at], mode="lines", line=line, hoverinfo="skip"))
        return
    ends = {"color": fill, "width": 10}
    sheet.traces.append(go.Scatter(x=[0, mean], y=[at, at], mode="lines", line=ends, hoverinfo="skip"))
    if low is not None and high is not None:
        sheet.traces.append(whisker([low, high], at, colours.ink))


def whisker(ends: list[float], at: float, colour: str) -> go.Scatter:
    """An interval as a thin line with a stroke at both ends."""
    mark = {"symbol": "line-ns", "size": 9, "line": {"color": colour, "width": 1.5}}
    line = {"color": colour, "width": 1.5}
    return go.Scatter(x=ends, y=[at, at], mode="lines+markers", line=line, marker=mark, hoverinfo="skip")


def _label_text(row: Row, words: Words, mode: Mode) -> str:
    """Name, amount and interval; the whole says the pathway and its children."""
    muted = TOKENS[mode].muted
    is_whole = row["part"] == "all"
    name = pathway_name(row, words) if is_whole else payer_name(row, words)
    if row["mean_dkk"] is None:
        name = f"<b>{name}</b>" if is_whole else name
        return f"{name}  <span style='color:{muted}'>{absence(row, words)}</span>"
    behind = kroner_interval(row["low_dkk"], row["high_dkk"], words)
    text = f"{name}  <b>{kroner(row['mean_dkk'], words)}</b>  <span style='color:{muted}'>{behind}</span>"
    if not is_whole:
        return text
    children = words("costs.children", children=words.number(row["children"]))
    return f"<b>{name}</b>  <span style='color:{muted}'>{children}</span><br>" + text.removeprefix(f"{name}  ")


def _label(sheet: Sheet, at: int, text: str, colour: str, *, is_whole: bool) -> None:
    font = {"size": 14 if is_whole else 13, "color": colour}
    placed = {"x": 0, "xanchor": "left", "xshift": -3, "y": at, "yanchor": "bottom", "yshift": 6, "align": "left"}
    sheet.annotations.append({"text": text, "font": font, **placed})


def _axes(height: int, highest: float, words: Words) -> dict[str, object]:
    ticks = round_ticks(highest)
    across = {"tickvals": ticks, "ticktext": [kroner(tick, words) for tick in ticks]}
    return {
        "xaxis": {"range": [-highest * 0.01, highest * 1.04], **across},
        "yaxis": {"range": [-height + SPACE, ROW_HEIGHT + 6], "visible": False},
        "height": height + ROW_HEIGHT + 34,
        "margin": {"l": 10, "r": 24, "t": 4, "b": 30},
    }


def round_ticks(highest: float) -> list[float]:
    """0 and up to three round amounts that are not above the highest."""
    step = 10.0 ** len(str(int(highest / 3)))
    steps = [step * part for part in (0.1, 0.2, 0.25, 0.5, 1)]
    width = next(width for width in steps if highest / width < 4)
    return [width * at for at in range(int(highest / width) + 1)]
