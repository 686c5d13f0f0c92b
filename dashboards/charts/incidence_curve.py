"""How long until it happened: the share of children as a step curve over time, with those still followed below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

import plotly.graph_objects as go

from dashboards.charts.incidence_words import Curve, Point, followed, half_in_words, length, share_and_interval, why_not
from dashboards.charts.template import template
from dashboards.language import Words
from dashboards.tokens import TOKENS, Mode, transparent

HEIGHT, AXIS, LINE = 300, 34, 17
"""Pixels: the picture with its frame, the words of its axis, and a line of text below it."""

LEFT, RIGHT, TOP_MARGIN = 44, 104, 10
LABEL_LETTERS, LABEL_LINES = 15, 3
MOST = 4
STYLES: tuple[tuple[str, str, float], ...] = (
    ("thread", "solid", 2.5),
    ("ink", "dash", 1.75),
    ("muted", "dot", 2),
    ("ink", "longdashdot", 1.25),
)
"""Colour, dash and width of the first, second ... curve: told apart without colour. The first is the own place."""


def incidence_chart(
    curves: Sequence[Curve], ticks: Sequence[int], words: Words, mode: Mode, threshold: int
) -> go.Figure:
    """At most four curves. Names stand at the ends, and below the axis with those still followed at each tick.

    A line breaks where a point may not be shown; a group that may not be shown has its word below the axis.
    """
    if len(curves) > MOST:
        raise ValueError(f"a picture holds {MOST} curves that can be told apart, not {len(curves)}")
    figure = go.Figure(layout={"template": template(mode)})
    for at, curve in enumerate(curves):
        _band(figure, curve, mode, at)
    for at, curve in enumerate(curves):
        _steps(figure, curve, words, mode, at)
    _mark_halves(figure, curves, mode)
    _label_ends(figure, curves, words, mode)
    lines = _followed_below(figure, curves, ticks, words, mode, threshold)
    _axes(figure, curves, ticks, words, lines)
    return figure


def _colour(at: int, mode: Mode) -> str:
    return str(getattr(TOKENS[mode], STYLES[at][0]))


def _stretches(curve: Curve) -> list[list[Point]]:
    """The points between two gaps."""
    stretches: list[list[Point]] = [[]]
    for point in curve.points:
        if point.share is None:
            stretches.append([])
        else:
            stretches[-1].append(point)
    return [stretch for stretch in stretches if stretch]


def _stairs(days: Sequence[int], values: Sequence[float | None]) -> tuple[list[int], list[float | None]]:
    """A value holds until the day of the next one."""
    x, y = [days[0]], [values[0]]
    for (_, before), (day, value) in pairwise(zip(days, values, strict=True)):
        x += [day, day]
        y += [before, value]
    return x, y


def _band(figure: go.Figure, curve: Curve, mode: Mode, at: int) -> None:
    for stretch in _stretches(curve):
        days = [point.days for point in stretch]
        x, low = _stairs(days, [point.low for point in stretch])
        _, high = _stairs(days, [point.high for point in stretch])
        figure.add_trace(
            go.Scatter(
                x=[*x, *reversed(x)],
                y=[*high, *reversed(low)],
                fill="toself",
                fillcolor=transparent(_colour(at, mode), 0.14 if at == 0 else 0.08),
                mode="none",
                hoverinfo="skip",
            )
        )


def _steps(figure: go.Figure, curve: Curve, words: Words, mode: Mode, at: int) -> None:
    """The line, with a dot where it ends; where half is reached it is known to have come to half."""
    _, dash, width = STYLES[at]
    for stretch in _stretches(curve):
        steps = _through_half(stretch, curve)
        last = len(steps) - 1
        figure.add_trace(
            go.Scatter(
                x=[point.days for point in steps],
                y=[point.share for point in steps],
                mode="lines+markers",
                line={"color": _colour(at, mode), "width": width, "dash": dash, "shape": "hv"},
                marker={
                    "color": _colour(at, mode),
                    "opacity": 1,
                    "size": [7 if n == last else 0 for n in range(len(steps))],
                },
                cliponaxis=False,
                text=[_hover(curve, point, words) for point in steps],
                hovertemplate="%{text}<extra></extra>",
            )
        )


def _through_half(stretch: list[Point], curve: Curve) -> list[Point]:
    """The stretch with the day of the median in it, when that lies between two of its points."""
    half = curve.half
    if half is None or not stretch[0].days < half < stretch[-1].days or half in {point.days for point in stretch}:
        return stretch
    return sorted([*stretch, Point(half, 0.5)], key=lambda point: point.days)


def _hover(curve: Curve, point: Point, words: Words) -> str:
    if point.low is None:
        return f"{curve.name}: {words('curve.half', length=length(point.days, words))}"
    key = "curve.point_uncounted" if point.at_risk is None else "curve.point"
    told = {"name": curve.name, "length": length(point.days, words), **share_and_interval(point, words)}
    return words(key, **told, followed=followed(curve, point, words))


def _mark_halves(figure: go.Figure, curves: Sequence[Curve], mode: Mode) -> None:
    """A ring on each curve where half of the children have come so far, and only there."""
    for at, curve in enumerate(curves):
        if curve.half is not None and curve.known:
            ring = {"size": 10, "color": TOKENS[mode].card, "line": {"color": _colour(at, mode), "width": 2}}
            place = {"x": [curve.half], "y": [0.5]}
            figure.add_trace(go.Scatter(**place, mode="markers", marker=ring, hoverinfo="skip"))


def _label_ends(figure: go.Figure, curves: Sequence[Curve], words: Words, mode: Mode) -> None:
    """Names right of the picture, level with the ends of their curves, pushed apart where they would touch."""
    ends = sorted((curve.known[-1].share or 0.0, at) for at, curve in enumerate(curves) if curve.known)
    texts = [_end_label(curves[at], words) for _, at in ends]
    tall = [LINE * (text.count("<br>") + 1) for text in texts]
    for (_, at), text, middle in zip(ends, texts, _apart([share for share, _ in ends], tall), strict=True):
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=10,
            y=0,
            yref="y",
            yshift=round(middle),
            yanchor="middle",
            align="left",
            text=text,
            font={"color": _colour(at, mode), "size": 12},
        )


def _apart(shares: Sequence[float], tall: Sequence[int]) -> list[float]:
    """Pixels above the axis of labels so tall, lowest share first: close to their shares and not above the picture."""
    drawn = HEIGHT - AXIS - TOP_MARGIN
    wished = [share * drawn for share in shares]
    placed: list[float] = []
    for at, pixels in enumerate(wished):
        placed.append(max(pixels, placed[-1] + (tall[at - 1] + tall[at]) / 2) if placed else pixels)
    if not placed:
        return placed
    back = sum(placed) / len(placed) - sum(wished) / len(wished)
    too_high = max(0.0, placed[-1] - back + tall[-1] / 2 - drawn - TOP_MARGIN)
    return [pixels - back - too_high for pixels in placed]


def _end_label(curve: Curve, words: Words) -> str:
    """Name and share. A name of more than three lines stands below the axis alone."""
    share = words.percent(curve.known[-1].share or 0.0)
    parts = wrap(curve.name, LABEL_LETTERS)
    if len(parts) > LABEL_LINES:
        return f"<b>{share}</b>"
    between = " " if len(parts[-1]) + len(share) < LABEL_LETTERS - 1 else "<br>"
    return f"{'<br>'.join(parts)}{between}<b>{share}</b>"


def _followed_below(
    figure: go.Figure, curves: Sequence[Curve], ticks: Sequence[int], words: Words, mode: Mode, threshold: int
) -> int:
    """Heading, then for each curve its name with its line and its median, and the numbers under the ticks.

    Returns how many lines of text that makes.
    """
    colours = TOKENS[mode]
    _text_below(figure, words("curve.followed"), 0, colours.muted)
    line = 1
    for at, curve in enumerate(curves):
        _sample_of_line(figure, line, at, mode, is_shown=bool(curve.known))
        _text_below(figure, _name_below(curve, words, threshold), line, colours.ink, indent=30)
        if curve.known:
            for tick, text in _numbers_at(curve, ticks, words):
                _text_below(figure, text, line + 1, colours.muted, tick=tick)
        line += 2 if curve.known else 1
    return line


def _name_below(curve: Curve, words: Words, threshold: int) -> str:
    if not curve.known:
        return words("curve.alt_without", name=curve.name, state=why_not(curve.state, words, threshold))
    return f"{curve.name} · {half_in_words(curve, words, threshold)}"


def _numbers_at(curve: Curve, ticks: Sequence[int], words: Words) -> list[tuple[int, str]]:
    """Those still followed at each tick; a number that may not be shown is a word."""
    points = {point.days: point for point in curve.points}
    shown = [(tick, points[tick]) for tick in ticks if tick in points]
    return [(tick, followed(curve, point, words)) for tick, point in shown]


def _text_below(figure: go.Figure, text: str, line: int, colour: str, indent: int = 0, tick: int | None = None) -> None:
    """A text so many lines below the axis: from the left edge, or centred under a tick."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": indent - LEFT}
    if tick is not None:
        place = {"x": tick, "xref": "x", "xanchor": "center", "xshift": 0}
    figure.add_annotation(
        **place,
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-(AXIS + line * LINE),
        text=text,
        font={"color": colour, "size": 12 if tick is None else 11},
    )


def _sample_of_line(figure: go.Figure, line: int, at: int, mode: Mode, *, is_shown: bool) -> None:
    """A short piece of the curve's line before its name; grey dots where there is no curve."""
    _, dash, width = STYLES[at]
    drawn = {"color": _colour(at, mode), "dash": dash, "width": width}
    level = -(AXIS + line * LINE + 9)
    figure.add_shape(
        type="line",
        xref="paper",
        yref="paper",
        xsizemode="pixel",
        ysizemode="pixel",
        xanchor=0,
        yanchor=0,
        x0=-LEFT,
        x1=24 - LEFT,
        y0=level,
        y1=level,
        line=drawn if is_shown else {"color": TOKENS[mode].lost, "dash": "dot", "width": 2},
    )


def _axes(figure: go.Figure, curves: Sequence[Curve], ticks: Sequence[int], words: Words, lines: int) -> None:
    """From the start to the last day shown by any curve; years, months or days in words."""
    last = max([*(point.days for curve in curves for point in curve.known), *ticks])
    figure.update_xaxes(
        range=[0, last],
        tickvals=list(ticks),
        ticktext=[length(tick, words) if tick else "0" for tick in ticks],
        tickangle=0,
        showgrid=False,
        tickfont={"size": 11},
    )
    parts = [0, 0.25, 0.5, 0.75, 1]
    figure.update_yaxes(range=[0, 1], tickvals=parts, ticktext=[words.percent(part) for part in parts])
    below = AXIS + lines * LINE + 6
    margin = {"l": LEFT, "r": RIGHT, "t": TOP_MARGIN, "b": below}
    figure.update_layout(height=HEIGHT - AXIS + below, margin=margin)
