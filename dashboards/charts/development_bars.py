"""Results of assessments as bars, and beside each, as wide as they are many, those who were not assessed.

Exposed children stand above all others, a panel for each domain and age band. Nobody can take the absence of an
assessment for the absence of difficulty: it has a bar of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.development_panels import NOT_ASSESSED, RESULTS, Bar, Panel
from dashboards.charts.template import Sheet
from dashboards.language import Words
from dashboards.sentences import wilson
from dashboards.tokens import TOKENS, Mode

GAP_STARTS, GAP_WIDTH = 1.12, 0.5
"""Where the bar of the not assessed begins, and how wide it is when nobody was assessed; the results reach 1."""

PANEL_HEAD, ROW_HEIGHT, BAR_HEIGHT = 40, 78, 13
TITLE_SINKS, SECOND_LINE, FIRST_LINE, LINE, NO_PANEL_ABOVE = 14, 2, 35, 16, 30
"""Pixels: the title of a panel, each group of it with its three lines of words, and its bar; how far the title stands
nearer to what it is of, how high above a bar its words begin, a line of them, and the room that the first panel needs
not keep."""


def development_bars(panels: Sequence[Panel], words: Words, mode: Mode) -> go.Figure:
    """The first panel on top. What may not be shown is a dotted outline with its word."""
    sheet = Sheet()
    at = float(NO_PANEL_ABOVE if panels else 0)
    for panel in panels:
        at -= PANEL_HEAD
        _words_at(sheet, 0, at - TITLE_SINKS, f"<b>{_title(panel, words)}</b>", TOKENS[mode].ink)
        for bar in panel.bars:
            at -= ROW_HEIGHT
            _draw(sheet, at, bar, words, mode)
    return sheet.figure(
        mode,
        barmode="overlay",
        xaxis={"range": [-0.005, GAP_STARTS + GAP_WIDTH + 0.005], "visible": False},
        yaxis={"range": [at - BAR_HEIGHT - 3, 0], "visible": False},
        height=int(-at) + BAR_HEIGHT + 11,
        margin={"l": 4, "r": 4, "t": 0, "b": 8},
    )


def development_text(title: str, panels: Sequence[Panel], words: Words) -> str:
    """All bars in words, and what they do not say."""
    told = (
        words(
            "development.alt_panel", panel=_title(panel, words), bars="; ".join(_bar_text(b, words) for b in panel.bars)
        )
        for panel in panels
    )
    return words("development.alt", title=title, panels=" ".join([*told, words("development.note")]))


def development_table(panels: Sequence[Panel], words: Words) -> pl.DataFrame:
    """A row for each bar with its counts, how many have lived through the band, and which part was not assessed; what
    may not be shown is empty and the state says why."""
    rows = [
        {
            "domain": words(f"development_domain.{panel.domain}"),
            "band": panel.band.replace("-", "–"),
            "group": words(f"development_group.{bar.group}"),
            **{result: bar.counts[result] for result in reversed(RESULTS)},
            "assessed": bar.assessed,
            "population": _population_text(bar, words) if _is_told(bar) else "",
            NOT_ASSESSED: _unseen_text(bar, words) if _is_told(bar) else "",
            "state": words(f"state.{bar.state}"),
        }
        for panel in panels
        for bar in panel.bars
    ]
    names = words.section("development_table")
    counts = (*RESULTS, "assessed")
    schema = {name: pl.Int64() if name in counts else pl.String() for name in names}
    return pl.DataFrame(rows, schema=schema).rename(names)


def _title(panel: Panel, words: Words) -> str:
    domain = words(f"development_domain.{panel.domain}")
    return words("development.title", domain=domain, band=panel.band.replace("-", "–"))


def _draw(sheet: Sheet, at: float, bar: Bar, words: Words, mode: Mode) -> None:
    colours = TOKENS[mode]
    muted = f"<span style='color:{colours.muted}'>"
    name = f"{words(f'development_group.{bar.group}')}  {muted}{_assessed_text(bar, words)}</span>"
    _words_at(sheet, 0, at + FIRST_LINE, name, colours.ink)
    results = _results_text(bar, words).replace(" · ", "<br>", 1)
    below_name = SECOND_LINE if "<br>" in results else FIRST_LINE - LINE
    _words_at(sheet, 0, at + below_name, f"{muted}{results}</span>", colours.ink)
    if bar.state == "number" and bar.assessed:
        _stack(sheet, at, [(bar.counts[result] or 0) / bar.assessed for result in RESULTS], mode)
    else:
        _outline(sheet, at, 0, 1, mode)
    if _is_told(bar):
        unseen = words("development.not_assessed", share=_unseen_text(bar, words))
        _words_at(sheet, GAP_STARTS, at + SECOND_LINE, f"{muted}{unseen}</span>", colours.ink)
        _hatched(sheet, at, bar.not_assessed_share or 0.0, mode)
    else:
        _outline(sheet, at, GAP_STARTS, GAP_STARTS + GAP_WIDTH, mode)


def _stack(sheet: Sheet, at: float, shares: Sequence[float], mode: Mode) -> None:
    colours = TOKENS[mode]
    start = 0.0
    for share, colour in zip(shares, (colours.ink, colours.muted, colours.line), strict=True):
        _box(sheet, at, start, start + share, {"fillcolor": colour, "line": {"width": 1, "color": colours.card}})
        start += share


def _hatched(sheet: Sheet, at: float, share: float, mode: Mode) -> None:
    """The not assessed as hatching; the outline is everybody who lived through the band."""
    colours = TOKENS[mode]
    outline = {"width": 1, "color": colours.line}
    _box(sheet, at, GAP_STARTS, GAP_STARTS + GAP_WIDTH, {"line": outline})
    pattern = {"shape": "/", "size": 5, "solidity": 0.25, "fgcolor": colours.muted, "bgcolor": colours.card}
    sheet.traces.append(
        go.Bar(
            x=[share * GAP_WIDTH],
            y=[at - BAR_HEIGHT / 2],
            base=[GAP_STARTS],
            width=[BAR_HEIGHT],
            orientation="h",
            marker={"pattern": pattern, "color": colours.card, "line": {"width": 1, "color": colours.lost}},
            hoverinfo="skip",
        )
    )


def _outline(sheet: Sheet, at: float, start: float, end: float, mode: Mode) -> None:
    _box(sheet, at, start, end, {"line": {"width": 1, "color": TOKENS[mode].lost, "dash": "dot"}})


def _box(sheet: Sheet, at: float, start: float, end: float, look: Mapping[str, object]) -> None:
    sheet.shapes.append({"type": "rect", "x0": start, "x1": end, "y0": at, "y1": at - BAR_HEIGHT, **look})


def _words_at(sheet: Sheet, x: float, y: float, text: str, colour: str) -> None:
    font = {"color": colour, "size": 13}
    placed = {"x": x, "y": y, "xanchor": "left", "yanchor": "bottom", "xshift": -3, "align": "left"}
    sheet.annotations.append({"text": text, "font": font, **placed})


def _is_told(bar: Bar) -> bool:
    return bar.state == "number" and bar.not_assessed_share is not None


def _unseen_text(bar: Bar, words: Words) -> str:
    return words.percent(bar.not_assessed_share or 0.0)


def _population_text(bar: Bar, words: Words) -> str:
    """`150`, or `ca. 150` where it is told in tens."""
    number = words.number(bar.population or 0)
    return number if bar.about is None else words("development.about", number=number)


def _assessed_text(bar: Bar, words: Words) -> str:
    """How many were assessed; nothing where that may not be told."""
    if bar.assessed is None or bar.population is None or bar.state != "number":
        return ""
    key = "development.assessed" if bar.assessed else "development.nobody_assessed"
    return words(key, assessed=words.number(bar.assessed), population=_population_text(bar, words))


def _results_text(bar: Bar, words: Words) -> str:
    """The shares of the assessed, the concern with its interval; or the word for their absence."""
    if bar.state != "number":
        return words(f"state.{bar.state}")
    if not bar.assessed:
        return words("state.not_applicable")
    return " · ".join(_part(bar.counts[result] or 0, bar.assessed, result, words) for result in RESULTS)


def _part(count: int, assessed: int, result: str, words: Words) -> str:
    outcome = words(f"development_outcome.{result}")
    if result != "concern":
        return words("development.part", outcome=outcome, share=words.percent(count / assessed))
    found = wilson(count, assessed)
    interval = words.interval(found.low, found.high)
    return words("development.concern", outcome=outcome, share=words.percent(found.value), interval=interval)


def _bar_text(bar: Bar, words: Words) -> str:
    group = words(f"development_group.{bar.group}")
    if bar.state != "number":
        return words("development.alt_bar_hidden", group=group, state=words(f"state.{bar.state}"))
    if not bar.assessed or not _is_told(bar):
        return words("development.alt_bar_nobody", group=group, assessed=_assessed_text(bar, words))
    return words(
        "development.alt_bar",
        group=group,
        parts=_results_text(bar, words),
        assessed=_assessed_text(bar, words),
        not_assessed=words("development.not_assessed", share=_unseen_text(bar, words)),
    )
