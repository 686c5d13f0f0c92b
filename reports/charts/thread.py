"""The red thread on paper: the drawing of the pages, with its numbers and words set around it."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from dashboards.charts.thread import COLUMN, HEIGHT, losses_in_markup, wide_drawing
from dashboards.continuity import Step, Thread
from dashboards.language import Words
from dashboards.tokens import LIGHT
from reports.documents.fonts import SANS, SERIF
from reports.documents.pictures import PAGE
from reports.documents.runs import runs_of, text_of

FIRST, LINE, LETTERS = 33.0, 14.0, 15
"""Where the words below the numbers begin, the height of a line of text, and letters in a line of a step."""

STYLE = (
    f".rt-band{{fill:{LIGHT.thread}}} .rt-strand{{fill:{LIGHT.lost}}} "
    f".rt-outline{{fill:none;stroke:{LIGHT.thread};stroke-width:1.5;stroke-dasharray:5 4}} "
    f"text{{font-family:'{SANS}';font-size:12.5px;fill:{LIGHT.muted}}} "
    f".number{{font-family:'{SERIF}';font-weight:700;font-size:20px;fill:{LIGHT.ink}}} .hidden{{font-size:14px}}"
)


def thread_svg(picture: Thread, words: Words) -> str:
    """For a thread whose state is `number`; a hidden step is a dashed outline and the word."""
    names = [wrap(words(f"step.{step.name}"), LETTERS) for step in picture.steps]
    head = FIRST + LINE * max(map(len, names), default=0)
    heads = "".join(
        _head(COLUMN * at, step, name, words) for at, (step, name) in enumerate(zip(picture.steps, names, strict=True))
    )
    lines = [_lost(step, words) for step in picture.steps]
    below = "".join(_lines(COLUMN * at, head + HEIGHT + LINE, text) for at, text in enumerate(lines))
    height = head + HEIGHT + LINE * (max(map(len, lines), default=0) + 1)
    width = COLUMN * len(picture.steps)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}' width='{width:g}' "
        f"height='{height:g}'><style>{STYLE}</style><rect width='100%' height='100%' fill='{PAGE}'/>{heads}"
        f"<g transform='translate(0 {head:g})'>{wide_drawing(picture)}</g>{below}</svg>"
    )


def _head(x: float, step: Step, name: list[str], words: Words) -> str:
    number = words("thread.hidden") if step.children is None else words.number(step.children)
    kind = "number hidden" if step.children is None else "number"
    return f"<text class='{kind}' x='{x:g}' y='17'>{escape(number)}</text>{_lines(x, FIRST, name)}"


def _lost(step: Step, words: Words) -> list[str]:
    """What was lost before the step, reason by reason, in lines that fit below it."""
    told = [text_of(runs_of(markup)) for markup in losses_in_markup(step, words)] if step.lost else []
    return [line for text in told for line in wrap(text, LETTERS)]


def _lines(x: float, y: float, lines: list[str]) -> str:
    spans = "".join(f"<tspan x='{x:g}' y='{y + LINE * at:g}'>{escape(line)}</tspan>" for at, line in enumerate(lines))
    return f"<text>{spans}</text>" if lines else ""
