"""What was answered, drawn: a bar for each respondent, or how many have chosen each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from dashboards.tokens import LIGHT, text_on
from reports.documents.pictures import PAGE, rows_of, svg

ROW, WIDTH = 19, 360
WHOLE, BAR = 560, 26


@dataclass(frozen=True)
class Bar:
    """An answer that is shown; `told`: the number as it is written."""

    name: str
    value: float
    told: str


@dataclass(frozen=True)
class Part:
    """So many respondents have given one answer; `is_absent`: they have given none."""

    answer: str
    respondents: int
    is_absent: bool = False


def bars_svg(bars: Sequence[Bar]) -> str:
    """In the order given, at least one."""
    values = [{"name": bar.name, "value": bar.value, "told": bar.told} for bar in bars]
    axis = alt.Axis(domain=False, ticks=False, labelColor=LIGHT.ink, labelLimit=230, labelFontSize=11)
    y = alt.Y("name:N", sort=[bar.name for bar in bars], title=None, axis=axis)
    base = alt.Chart(rows_of(values)).encode(y=y, x=alt.X("value:Q", axis=None))
    bar = base.mark_bar(color=LIGHT.thread, size=11)
    text = base.mark_text(align="left", dx=5, fontSize=11, color=LIGHT.ink).encode(text="told:N")
    return svg(alt.layer(bar, text).properties(width=WIDTH, height=ROW * len(bars)))


def parts_svg(parts: Sequence[Part]) -> str:
    """One bar of all respondents, divided by answer in the order given; those without one are pale, at its end."""
    given = [part for part in parts if not part.is_absent]
    shades = dict(zip((part.answer for part in given), _shades(len(given)), strict=True))
    values = [
        {"respondents": part.respondents, "at": at, "text": f"{part.answer} {part.respondents}"}
        | _colours(LIGHT.line if part.is_absent else shades[part.answer])
        for at, part in enumerate(parts)
        if part.respondents
    ]
    base = alt.Chart(rows_of(values)).encode(order="at:Q", detail="at:N")
    bar = base.mark_bar(size=BAR, stroke=PAGE, strokeWidth=1.5).encode(
        x=alt.X("respondents:Q", axis=None, stack="zero", scale=alt.Scale(nice=False)),
        color=alt.Color("colour:N", scale=None),
    )
    middle = alt.X("respondents:Q", axis=None, stack="zero", bandPosition=0.5)
    text = base.mark_text(fontSize=11.5).encode(x=middle, text="text:N", color=alt.Color("ink:N", scale=None))
    return svg(alt.layer(bar, text).properties(width=WHOLE, height=BAR + 6))


def _colours(colour: str) -> dict[str, str]:
    return {"colour": colour, "ink": text_on(colour, LIGHT)}


def _shades(number: int) -> list[str]:
    """Neither red nor grey is good or bad here: they tell one answer from the next."""
    scale = [LIGHT.thread, LIGHT.lost, LIGHT.muted, LIGHT.map_scale[3], LIGHT.map_scale[1]]
    return [scale[at % len(scale)] for at in range(number)]
