"""One child's thread: red where knowledge of the exposure follows the child, grey where it was lost, and why.

The same picture as the continuity thread, at the scale of one child. Wide: a line through bands of pregnancy and
municipalities, every event a flag with its words, planned follow-up on lines of its own below. Narrow: the same as a
list from above. Days are in order and pulled together where nothing happens, so the picture is no scale: the day stands
beside each event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from dashboards.charts.child_layout import (
    FLAG,
    LEFT,
    LINE,
    PLAIN,
    RIGHT,
    WIDTH,
    Band,
    ChildThread,
    Moment,
    Placed,
    State,
    cut,
    flags,
    levels,
    lines_of,
    positions,
    short_day,
)
from dashboards.language import Words

DROP = 16.0
"""How far the grey strand lies below the red one."""

BESIDE = 4.0
"""Words begin so far from their leader."""


def child_thread(picture: ChildThread, programmes: dict[str, str], words: Words) -> str:
    """Markup: the wide drawing and the narrow list; `programmes` gives names to the lines of planned contacts."""
    label = escape(thread_text(picture, words), quote=True)
    return (
        f"<div class='rt-child'><div class='rt-child-wide' role='img' aria-label='{label}'>"
        f"{_wide(picture, programmes, words)}</div>{_narrow(picture, words)}</div>"
    )


def thread_text(picture: ChildThread, words: Words) -> str:
    """The picture in words: what carried, where it was lost, what comes next; planned contacts are counted."""
    told = [moment for moment in picture.moments if not moment.is_small and moment.day <= picture.today]
    steps = "; ".join(f"{words.day(moment.day)}: {moment.what}, {moment.found}" for moment in told)
    coming = [moment for moment in picture.moments if moment.state == "due"]
    following = words("child.alt_next", day=words.day(coming[0].day), what=coming[0].what) if coming else ""
    return f"{words('child.alt', steps=steps)} {following}".strip()


def _wide(picture: ChildThread, programmes: dict[str, str], words: Words) -> str:
    where = positions(picture)
    above, below = flags(picture, words)
    names = [(where(band.start), len(cut(band.name)) * PLAIN) for band in picture.bands]
    rows = levels(names)
    head = LINE * (max(rows, default=0) + 1) + 8
    thread = head + FLAG * (max((one.level for _, one in above), default=-1) + 1) + 26
    foot = thread + DROP + 26 + FLAG * (max((one.level for _, one in below), default=-1) + 1)
    lanes = [name for name in programmes if any(moment.programme == name for moment in picture.moments)]
    bottom = foot + (22 + 30 * len(lanes) if lanes else 0)
    parts = [
        _bands(picture.bands, where, rows, bottom),
        _today(where(picture.today), head, bottom, words),
        _strands(picture, where, thread),
        *(_flag(picture, each, one, thread, -1, words) for each, one in above),
        *(_flag(picture, each, one, thread, 1, words) for each, one in below),
        *(_lane(picture, lane, programmes[lane], where, foot + 22 + 30 * at) for at, lane in enumerate(lanes)),
    ]
    return f"<svg viewBox='0 0 {WIDTH:g} {bottom + 24:g}' aria-hidden='true'>{''.join(parts)}</svg>"


def _bands(bands: Sequence[Band], where: Callable[[date], float], rows: Sequence[int], bottom: float) -> str:
    top = max(rows, default=0)
    drawn = []
    for at, (band, row) in enumerate(zip(bands, rows, strict=True)):
        x, end = where(band.start), max(where(band.end), where(band.start) + 1)
        y = LINE * (top - row) + 11
        drawn.append(
            f"<rect class='rt-child-band b{at % 2}' x='{x:.1f}' y='{y - 11:g}' width='{end - x:.1f}' "
            f"height='{bottom - y + 11:g}'/>"
            f"<text class='name' x='{x + 4:.1f}' y='{y:g}'>{escape(cut(band.name))}</text>"
        )
    return "".join(drawn)


def _strands(picture: ChildThread, where: Callable[[date], float], y: float) -> str:
    """Red along the thread; grey leaves it downwards, and comes back up where knowledge is found again."""
    drawn, strands = [], picture.strands()
    for at, (start, end, follows) in enumerate(strands):
        left, right = where(start), where(end)
        if follows:
            drawn.append(f"<path class='rt-child-red' d='M{left:.1f} {y:g} H{right:.1f}'/>")
            continue
        bend, low = min(26.0, (right - left) / 2), y + DROP
        down = f"M{left:.1f} {y:g} C{left + bend / 2:.1f} {y:g} {left + bend / 2:.1f} {low:g} {left + bend:.1f} {low:g}"
        is_found_again = at + 1 < len(strands)
        up = f"H{right - bend:.1f} C{right - bend / 2:.1f} {low:g} {right - bend / 2:.1f} {y:g} {right:.1f} {y:g}"
        drawn.insert(0, f"<path class='rt-child-grey' d='{down} {up if is_found_again else f'H{right:.1f}'}'/>")
    return "".join(drawn)


def _flag(picture: ChildThread, moment: Moment, one: Placed, thread: float, side: int, words: Words) -> str:
    """A mark on the strand that is there on that day, a leader, and two lines of words."""
    y = thread + (DROP if _on_grey(picture, moment) else 0)
    first = thread - 26 - FLAG * one.level - LINE if side < 0 else thread + DROP + 30 + FLAG * one.level
    end = first - 10 if side < 0 else first + LINE
    what, found = lines_of(moment, words)
    told = escape(f"{words.day(moment.day)}: {moment.what}, {moment.found}. {moment.who}".rstrip(". "))
    return (
        f"<g class='rt-child-flag {moment.state}'><title>{told}</title>"
        f"<path class='lead' d='M{one.x:.1f} {y + 7 * side:g} V{end:g}'/>{mark(moment.state, one.x, y)}"
        f"<text class='what' x='{one.x + BESIDE:.1f}' y='{first:g}'>{escape(what)}</text>"
        f"<text class='found' x='{one.x + BESIDE:.1f}' y='{first + LINE - 1:g}'>{escape(found)}</text></g>"
    )


def _on_grey(picture: ChildThread, moment: Moment) -> bool:
    """On the day on which the thread parts, its event still lies where it does."""
    return any(start < moment.day < end and not follows for start, end, follows in picture.strands())


def mark(state: State, x: float, y: float) -> str:
    """A shape for each state, so that none is told by colour alone."""
    match state:
        case "contradicted":
            return f"<path class='mark' d='M{x:.1f} {y - 8:g} l8 8 l-8 8 l-8 -8 Z'/>"
        case "lost" | "missed":
            cross = f"M{x - 3:.1f} {y - 3:g} l6 6 m0 -6 l-6 6"
            return f"<circle class='mark' cx='{x:.1f}' cy='{y:g}' r='7'/><path class='cross' d='{cross}'/>"
        case "late":
            inside = f"<circle class='inside' cx='{x:.1f}' cy='{y:g}' r='3'/>"
            return f"<circle class='mark' cx='{x:.1f}' cy='{y:g}' r='6.5'/>{inside}"
        case "excused":
            return f"<path class='cross' d='M{x - 5:.1f} {y:g} h10'/>"
        case _:
            radius = 3.5 if state == "neutral" else 6.5
            return f"<circle class='mark' cx='{x:.1f}' cy='{y:g}' r='{radius:g}'/>"


def _lane(picture: ChildThread, lane: str, name: str, where: Callable[[date], float], y: float) -> str:
    own = [moment for moment in picture.moments if moment.programme == lane]
    marks = "".join(
        f"<g class='rt-child-flag {moment.state}'><title>{escape(f'{moment.what}, {moment.found}')}</title>"
        f"{mark(moment.state, where(moment.day), y)}</g>"
        for moment in own
    )
    line = f"<path class='lane' d='M{LEFT:g} {y:g} H{WIDTH - RIGHT:g}'/>"
    return f"{line}{marks}<text class='lane-name' x='{WIDTH - RIGHT + 14:g}' y='{y + 4:g}'>{escape(name)}</text>"


def _today(x: float, top: float, bottom: float, words: Words) -> str:
    line = f"<path class='rt-child-today' d='M{x:.1f} {top:g} V{bottom + 3:g}'/>"
    return f"{line}<text x='{x:.1f}' y='{bottom + 16:g}' text-anchor='middle'>{escape(words('child.today'))}</text>"


def _narrow(picture: ChildThread, words: Words) -> str:
    """From above: bands as headings, and each event beside the strand; contacts that came about are one line."""
    rows = [(band.start, 0, f"<li class='band'>{escape(band.name)}</li>") for band in picture.bands]
    rows += [(moment.day, 1, _narrow_row(picture, moment, words)) for moment in picture.moments]
    inside = "".join(markup for _, _, markup in sorted(rows, key=lambda row: row[:2]))
    return f"<ol class='rt-child-narrow'>{inside}</ol>"


def _narrow_row(picture: ChildThread, moment: Moment, words: Words) -> str:
    drawn = f"<g class='rt-child-flag {moment.state}'>{mark(moment.state, 10, 10)}</g>"
    when = f"{short_day(moment.day, words)} · {moment.found}"
    return (
        f"<li class='{_strand_on(picture, moment.day)}{' small' if moment.is_small else ''}'>"
        f"<svg viewBox='0 0 20 20' aria-hidden='true'>{drawn}</svg>"
        f"<div><b>{escape(moment.what)}</b><span>{escape(when)}</span></div></li>"
    )


def _strand_on(picture: ChildThread, day: date) -> str:
    """The strand that goes on from a day: red, grey, or none before anybody knew and after today."""
    follows = next((follows for start, end, follows in picture.strands() if start <= day < end), None)
    return "none" if follows is None else "red" if follows else "grey"
