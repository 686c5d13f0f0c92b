"""A share over time: the thread as a line, its interval as a pale band, region and country as thin lines beside it.

Periods without a figure have a strip of their own below zero, with a mark and a word for each state: nobody can take
them for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import plotly.graph_objects as go

from dashboards.charts.periods import period_tick, period_words
from dashboards.charts.template import template
from dashboards.language import Words
from dashboards.markup import count_in_words, state_word
from dashboards.shares import Share
from dashboards.states import State
from dashboards.tokens import TOKENS, Mode, transparent

HEIGHT, STRIP = 300, 68
"""Pixels of the picture, and of the strip below it for periods without a figure."""

TOP, FOOT = 1.04, -0.02
ABSENT_AT = -0.06
LABELS_APART = 18
"""Pixels between two labels at the ends of lines."""

SYMBOLS: dict[State, str] = {
    "suppressed": "square-x-open",
    "missing": "square-open",
    "not_applicable": "line-ew-open",
    "not_yet_due": "circle-open",
}


def trend(
    own: Sequence[Share],
    country: Sequence[Share],
    words: Words,
    mode: Mode,
    threshold: int,
    region: Sequence[Share] = (),
) -> go.Figure:
    """One place over periods, oldest first; `country` and `region` are empty where there is none beside it.

    A line breaks where a period has no figure; a dotted line leads the eye across.
    """
    colours = TOKENS[mode]
    x = [period_tick(share.period, words) for share in own]
    figure = go.Figure(layout={"template": template(mode)})
    for part in _unbroken(own):
        figure.add_trace(_band([x[at] for at in part], [own[at] for at in part], transparent(colours.thread, 0.13)))
    _beside(figure, x, region, colours.muted, "solid")
    _beside(figure, x, country, colours.ink, "dash")
    _across(figure, x, own, colours.thread)
    figure.add_trace(
        go.Scatter(
            x=x,
            y=[share.share for share in own],
            mode="lines+markers",
            line={"color": colours.thread, "width": 2.5},
            marker={"size": [9 if share is last_known(own) else 6 for share in own], "color": colours.thread},
            text=[_hover(share, words, threshold) for share in own],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    _label_ends(figure, own, {"region": region, "country": country}, words, mode)
    _say_why(figure, own, words, mode, threshold)
    _axes(figure, x, words, has_strip=any(share.share is None for share in own))
    return figure


def trend_text(
    title: str,
    place: str,
    own: Sequence[Share],
    country: Sequence[Share],
    words: Words,
    threshold: int,
    region: Sequence[Share] = (),
) -> str:
    """The same in words, for those who do not see the picture: every period with its figure or its state."""
    points = "; ".join(_hover(share, words, threshold) for share in own)
    beside = {
        name: words.percent(last.share)
        for name, shares in (("region", region), ("country", country))
        if (last := last_known(shares)) is not None and last.share is not None
    }
    ends = [words(f"chart.trend_alt_{name}", share=share) for name, share in beside.items()]
    return " ".join([words("chart.trend_alt", title=title, place=place, points=points), *ends])


def has_gap(shares: Sequence[Share]) -> bool:
    """Whether periods without a figure lie between two that have one."""
    return len(_unbroken(shares)) > 1


def last_known(shares: Sequence[Share]) -> Share | None:
    """The latest figure that may be shown."""
    return next((share for share in reversed(shares) if share.share is not None), None)


def _percents(words: Words) -> list[str]:
    return [words.percent(part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]


def _unbroken(shares: Sequence[Share]) -> list[list[int]]:
    """Positions of the stretches without a gap."""
    stretches: list[list[int]] = [[]]
    for at, share in enumerate(shares):
        if share.interval is None:
            stretches.append([])
        else:
            stretches[-1].append(at)
    return [stretch for stretch in stretches if stretch]


def _band(x: list[str], shares: list[Share], colour: str) -> go.Scatter:
    if len(x) == 1:
        line = {"color": colour, "width": 14}
        return go.Scatter(x=x * 2, y=[shares[0].low, shares[0].high], mode="lines", line=line, hoverinfo="skip")
    return go.Scatter(
        x=[*x, *reversed(x)],
        y=[*(share.high for share in shares), *(share.low for share in reversed(shares))],
        fill="toself",
        fillcolor=colour,
        mode="none",
        hoverinfo="skip",
    )


def _beside(figure: go.Figure, x: list[str], shares: Sequence[Share], colour: str, dash: str) -> None:
    """The marks are as small as the line is thin: they show a figure that stands alone between two gaps."""
    if shares:
        line, marker = {"color": colour, "width": 1, "dash": dash}, {"size": 3, "color": colour}
        y = [share.share for share in shares]
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines+markers", line=line, marker=marker, hoverinfo="skip"))


def _across(figure: go.Figure, x: list[str], own: Sequence[Share], colour: str) -> None:
    """From the end of one stretch to the beginning of the next."""
    line = {"color": colour, "width": 1.5, "dash": "dot"}
    for before, after in pairwise(_unbroken(own)):
        ends = (before[-1], after[0])
        at, y = [x[end] for end in ends], [own[end].share for end in ends]
        figure.add_trace(go.Scatter(x=at, y=y, mode="lines", line=line, opacity=0.6, hoverinfo="skip"))


def _hover(share: Share, words: Words, threshold: int) -> str:
    period = period_words(share.period, words)
    if share.interval is None:
        return words("chart.no_point", period=period, state=state_word(share, words, threshold))
    return words(
        "chart.point",
        period=period,
        share=words.percent(share.interval.value),
        interval=words.interval(share.interval.low, share.interval.high),
        of=count_in_words(share, words),
    )


def _label_ends(
    figure: go.Figure, own: Sequence[Share], beside: dict[str, Sequence[Share]], words: Words, mode: Mode
) -> None:
    """Names right of the ends of lines instead of a legend, pushed apart where they would touch."""
    colours = TOKENS[mode]
    labels: list[tuple[int, float, str, str, int]] = []
    for name, shares in beside.items():
        last = last_known(shares)
        if last is not None and last.share is not None:
            text = words(f"chart.{name}", share=words.percent(last.share))
            labels.append((shares.index(last), last.share, text, colours.muted, 12))
    ours = last_known(own)
    if ours is not None and ours.share is not None:
        labels.append((own.index(ours), ours.share, f"<b>{words.percent(ours.share)}</b>", colours.ink, 15))
    shifts = _apart([(at, share) for at, share, *_ in labels])
    for (at, share, text, colour, size), shift in zip(labels, shifts, strict=True):
        font = {"color": colour, "size": size}
        figure.add_annotation(x=at, y=share, xanchor="left", xshift=9, yshift=shift, text=text, font=font)


def _apart(ends: Sequence[tuple[int, float]]) -> list[int]:
    """How many pixels each label moves up, so that those at the same period keep their distance."""
    shifts = [0] * len(ends)
    for _, same in groupby(sorted(range(len(ends)), key=lambda n: ends[n]), key=lambda n: ends[n][0]):
        numbers = list(same)
        wished = [ends[n][1] * (HEIGHT - 48) / (TOP - FOOT) for n in numbers]
        placed: list[float] = []
        for pixels in wished:
            placed.append(max(pixels, placed[-1] + LABELS_APART) if placed else pixels)
        back = sum(placed) / len(placed) - sum(wished) / len(wished)
        for n, put, pixels in zip(numbers, placed, wished, strict=True):
            shifts[n] = round(put - back - pixels)
    return shifts


def _say_why(figure: go.Figure, own: Sequence[Share], words: Words, mode: Mode, threshold: int) -> None:
    """A hollow mark for each period without a figure, and its word once for neighbours in the same state."""
    muted = TOKENS[mode].muted
    for state, run in groupby(enumerate(own), key=lambda at_and_share: at_and_share[1].state):
        absent = [at for at, share in run if share.share is None]
        if not absent:
            continue
        marker = {"symbol": SYMBOLS[state], "size": 8, "color": muted, "line": {"color": muted, "width": 1.2}}
        figure.add_trace(
            go.Scatter(
                x=[period_tick(own[at].period, words) for at in absent],
                y=[ABSENT_AT] * len(absent),
                mode="markers",
                marker=marker,
                text=[_hover(own[at], words, threshold) for at in absent],
                hovertemplate="%{text}<extra></extra>",
            )
        )
        is_last = absent[0] == len(own) - 1 > 0
        figure.add_annotation(
            x=sum(absent) / len(absent),
            y=ABSENT_AT,
            xanchor="left" if is_last else "center",
            xshift=-9 if is_last else 0,
            yanchor="top",
            yshift=-5,
            align="left" if is_last else "center",
            text=words(f"state.{state}").replace(" ", "<br>"),
            font={"size": 11, "color": muted},
        )


def _axes(figure: go.Figure, x: list[str], words: Words, *, has_strip: bool) -> None:
    """The strip below zero takes nothing from the height of the picture."""
    drawn = HEIGHT - 48
    foot = FOOT - STRIP / drawn * (TOP - FOOT) if has_strip else FOOT
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=x,
        showgrid=False,
        range=[-0.4, len(x) - 0.4],
        tickangle=0,
        tickfont={"size": 11},
    )
    figure.update_yaxes(range=[foot, TOP], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=_percents(words))
    height = HEIGHT + (STRIP if has_strip else 0)
    figure.update_layout(height=height, margin={"l": 42, "r": 62, "t": 8, "b": 40})
