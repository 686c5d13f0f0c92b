"""A share over time: the thread as a line, its interval as a pale band, the country as a thin dashed line."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboards.charts.template import template
from dashboards.language import Words
from dashboards.markup import count_in_words, state_word
from dashboards.shares import Share
from dashboards.tokens import TOKENS, Mode, transparent

HEIGHT = 300
LABELS_APART = 0.07
"""Two labels at the end of the lines are pushed apart when their shares lie closer than this."""


def trend(own: Sequence[Share], country: Sequence[Share], words: Words, mode: Mode, threshold: int) -> go.Figure:
    """One place over periods, oldest first; `country` is empty when the place is the country.

    A period without a figure leaves a gap in the line and says why in a word at the foot.
    """
    colours = TOKENS[mode]
    x = [_tick(share.period) for share in own]
    figure = go.Figure(layout={"template": template(mode), "height": HEIGHT})
    for part in _unbroken(own):
        figure.add_trace(_band([x[at] for at in part], [own[at] for at in part], transparent(colours.thread, 0.13)))
    if country:
        dashed = {"color": colours.ink, "width": 1, "dash": "dash"}
        figure.add_trace(
            go.Scatter(x=x, y=[share.share for share in country], mode="lines", line=dashed, hoverinfo="skip")
        )
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
    _label_ends(figure, own, country, words, mode)
    _say_why(figure, own, words, mode)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=x,
        showgrid=False,
        range=[-0.4, len(x) - 0.4],
        tickangle=0,
        tickfont={"size": 11},
    )
    figure.update_yaxes(range=[-0.02, 1.04], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=_percents(words))
    figure.update_layout(margin={"l": 42, "r": 76, "t": 8, "b": 40})
    return figure


def trend_text(
    title: str, place: str, own: Sequence[Share], country: Sequence[Share], words: Words, threshold: int
) -> str:
    """The same in words, for those who do not see the picture."""
    points = "; ".join(_hover(share, words, threshold) for share in own)
    last = last_known(country)
    if last is None or last.share is None:
        return words("chart.trend_alt_country", title=title, place=place, points=points)
    return words("chart.trend_alt", title=title, place=place, points=points, country=words.percent(last.share))


def last_known(shares: Sequence[Share]) -> Share | None:
    """The latest figure that may be shown."""
    return next((share for share in reversed(shares) if share.share is not None), None)


def _tick(period: str) -> str:
    """`2024`, and `2022–24` in two lines for a window: eight of them fit side by side on a narrow page."""
    first, _, last = period.partition("-")
    return f"{first}<br>–{last[2:]}" if last else first


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


def _hover(share: Share, words: Words, threshold: int) -> str:
    period = share.period.replace("-", "–")
    if share.interval is None:
        return words("chart.no_point", period=period, state=state_word(share, words, threshold))
    return words(
        "chart.point",
        period=period,
        share=words.percent(share.interval.value),
        interval=words.interval(share.interval.low, share.interval.high),
        of=count_in_words(share, words),
    )


def _label_ends(figure: go.Figure, own: Sequence[Share], country: Sequence[Share], words: Words, mode: Mode) -> None:
    """Names at the right end instead of a legend; pushed apart when they would touch."""
    colours = TOKENS[mode]
    ours, theirs = last_known(own), last_known(country)
    shift = 0
    if ours and theirs and abs((ours.share or 0) - (theirs.share or 0)) < LABELS_APART:
        shift = 9 if (ours.share or 0) >= (theirs.share or 0) else -9
    for share, text, colour, size, moved in (
        (ours, f"<b>{words.percent(ours.share or 0)}</b>" if ours else "", colours.ink, 15, shift),
        (
            theirs,
            words("chart.country", share=words.percent(theirs.share or 0)) if theirs else "",
            colours.muted,
            12,
            -shift,
        ),
    ):
        if share is not None:
            figure.add_annotation(
                x=1, xref="paper", xanchor="left", xshift=4, y=share.share, yshift=moved, text=text,
                font={"color": colour, "size": size},
            )  # fmt: skip


def _say_why(figure: go.Figure, own: Sequence[Share], words: Words, mode: Mode) -> None:
    """A word and a hollow mark at the foot of each period without a figure."""
    absent = [share for share in own if share.share is None]
    if not absent:
        return
    figure.add_trace(
        go.Scatter(
            x=[_tick(share.period) for share in absent],
            y=[0.02] * len(absent),
            mode="markers+text",
            marker={"symbol": "diamond-tall-open", "size": 8, "color": TOKENS[mode].muted},
            text=[words(f"state.{share.state}").replace(" ", "<br>") for share in absent],
            textposition="top center",
            textfont={"size": 11, "color": TOKENS[mode].muted},
            hoverinfo="skip",
        )
    )
