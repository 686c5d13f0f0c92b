"""The red thread: a band that holds the children for whom knowledge follows, and grey strands that leave it where, and
for the reasons that, it was lost.

Drawn as SVG under text in columns, so that words wrap in their own column and never meet; on a narrow page the same
thread runs down the page. A step that may not be shown is a dashed outline.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from dashboards.continuity import Step, Thread
from dashboards.language import Words
from dashboards.marks import state_mark

COLUMN, HEIGHT, THICKEST, TOP = 100.0, 188.0, 112.0, 4.0
"""Width of a step, height of the drawing, thickness of the whole thread, in units of the drawing."""

NARROW_WIDTH, NARROW_THICKEST, BEND = 96.0, 76.0, 40.0


def thread_picture(picture: Thread, words: Words) -> str:
    """Both layouts; the style sheet shows the one that fits. A thread that may not be shown is a sentence."""
    if picture.state != "number":
        text = escape(words(f"thread.{picture.state}"))
        return f"<div class='rt-thread'><p class='rt-absent'>{state_mark(picture.state)}{text}</p></div>"
    note = ""
    if any(step.children is None for step in picture.steps):
        note = f"<div class='rt-note'>{escape(words('thread.hidden_note'))}</div>"
    label = escape(thread_text(picture, words), quote=True)
    return (
        f"<div class='rt-thread'><div role='img' aria-label='{label}'>{_wide(picture, words)}{_narrow(picture, words)}"
        f"</div>{note}</div>"
    )


def thread_text(picture: Thread, words: Words) -> str:
    """The whole picture in one sentence: each step with its number, and what was lost before it."""
    return words("thread.alt", steps="; ".join(_step_text(step, words) for step in picture.steps))


def thickness(picture: Thread, thickest: float) -> list[float]:
    """How thick the thread is at each step. A hidden step takes that of the last one shown, which tells nothing new."""
    whole = picture.exposed or 1
    widths: list[float] = []
    for step in picture.steps:
        last = widths[-1] if widths else thickest
        own = last if step.children is None else thickest * step.children / whole
        widths.append(max(own, 2.0) if step.children != 0 else 0.0)
    return widths


def _step_text(step: Step, words: Words) -> str:
    name = words(f"step.{step.name}")
    if step.children is None:
        return words("thread.alt_hidden", step=name)
    text = words("thread.alt_step", children=words.number(step.children), step=name)
    return f"{text} ({', '.join(_reasons(step, words))})" if step.lost else text


def _reasons(step: Step, words: Words) -> list[str]:
    """Each reason with its number; those whose number is hidden come together at the end. Some places have none."""
    if step.lost and not step.losses:
        return [words("thread.lost_here", number=words.number(step.lost))]
    told = [_loss_text(loss.reason, loss.children, words) for loss in step.losses if loss.children is not None]
    return [*told, *_hidden_reasons(step, words)]


def _loss_text(reason: str, children: int, words: Words) -> str:
    return words("thread.lost", number=words.number(children), reason=words(f"loss.{reason}"))


def _hidden_reasons(step: Step, words: Words) -> list[str]:
    names = [words(f"loss.{loss.reason}") for loss in step.losses if loss.children is None]
    return [words("thread.lost_hidden", reason=", ".join(names))] if names else []


def _wide(picture: Thread, words: Words) -> str:
    number = len(picture.steps)
    heads = "".join(f"<div>{_head(step, words)}</div>" for step in picture.steps)
    losses = "".join(f"<div>{_losses(step, words)}</div>" for step in picture.steps)
    style = f"style='grid-template-columns:repeat({number},minmax(0,1fr))'"
    return (
        f"<div class='rt-wide'><div class='rt-heads' {style}>{heads}</div>"
        f"<svg viewBox='0 0 {COLUMN * number:g} {HEIGHT:g}' preserveAspectRatio='none' aria-hidden='true'>"
        f"{wide_drawing(picture)}</svg><div class='rt-losses' {style}>{losses}</div></div>"
    )


def _head(step: Step, words: Words) -> str:
    number = words("thread.hidden") if step.children is None else words.number(step.children)
    kind = "hidden" if step.children is None else ""
    return f"<b class='{kind}'>{escape(number)}</b><span>{escape(words(f'step.{step.name}'))}</span>"


def _losses(step: Step, words: Words) -> str:
    return "".join(f"<span>{text}</span>" for text in losses_in_markup(step, words))


def losses_in_markup(step: Step, words: Words) -> list[str]:
    """What was lost before a step, reason by reason; the number stands out from its reason."""
    if step.lost and not step.losses:
        return [words("thread.lost_here", number=f"<b>{words.number(step.lost)}</b>")]
    told = [
        words(
            "thread.lost", number=f"<b>{words.number(loss.children)}</b>", reason=escape(words(f"loss.{loss.reason}"))
        )
        for loss in step.losses
        if loss.children is not None
    ]
    return [*told, *map(escape, _hidden_reasons(step, words))]


def wide_drawing(picture: Thread) -> str:
    """Band, strands and outlines of hidden steps, in a box of `COLUMN` times the steps by `HEIGHT`."""
    widths = thickness(picture, THICKEST)
    strands = "".join(
        _wide_strand(COLUMN * at, before, after)
        for at, ((before, after), step) in enumerate(zip(pairwise(widths), picture.steps[1:], strict=True), start=1)
        if step.lost
    )
    return (
        strands
        + _wide_band(widths, picture.steps)
        + "".join(
            _outline(at, width)
            for at, (width, step) in enumerate(zip(widths, picture.steps, strict=True))
            if step.children is None
        )
    )


def _wide_band(widths: list[float], steps: tuple[Step, ...]) -> str:
    """One outline for each run of shown steps, so that no seam shows: along the top, and back in steps below."""
    runs: list[list[int]] = [[]]
    for at, step in enumerate(steps):
        if step.children is None:
            runs.append([])
        else:
            runs[-1].append(at)
    return "".join(_run(run, widths) for run in runs if run)


def _run(run: list[int], widths: list[float]) -> str:
    below = "".join(
        f"L{COLUMN * (at + 1):g} {TOP + widths[at]:g} L{COLUMN * at:g} {TOP + widths[at]:g} " for at in run[::-1]
    )
    return f"<path class='rt-band' d='M{COLUMN * run[0]:g} {TOP:g} L{COLUMN * (run[-1] + 1):g} {TOP:g} {below}Z'/>"


def _outline(at: int, width: float) -> str:
    return (
        f"<rect class='rt-outline' x='{COLUMN * at + 1:g}' y='{TOP:g}' width='{COLUMN - 2:g}' height='{width:g}' "
        "vector-effect='non-scaling-stroke'/>"
    )


def _wide_strand(x: float, before: float, after: float) -> str:
    """From the lower edge of the band, as thick as what was lost, bending down to the words below."""
    upper, lower, start = TOP + after, TOP + before, x - 1
    left = x + 12
    right = left + max((before - after) * 0.5, 2.0)
    outer = f"C{right - 6:g} {upper:g} {right:g} {upper + 16:g} {right:g} {HEIGHT:g}"
    inner = f"C{left:g} {lower + 20:g} {left - 4:g} {lower:g} {start:g} {lower:g}"
    return f"<path class='rt-strand' d='M{start:g} {upper:g} {outer} L{left:g} {HEIGHT:g} {inner} Z'/>"


def _narrow(picture: Thread, words: Words) -> str:
    widths = thickness(picture, NARROW_THICKEST)
    rows = [_narrow_step(picture.steps[0], widths[0], words)]
    for (before, after), step in zip(pairwise(widths), picture.steps[1:], strict=True):
        rows += [_narrow_loss(step, before, after, words), _narrow_step(step, after, words)]
    return f"<div class='rt-narrow'>{''.join(rows)}</div>"


def _narrow_step(step: Step, width: float, words: Words) -> str:
    kind = "rt-fill-outline" if step.children is None else "rt-fill"
    fill = f"<div class='{kind}' style='width:{width:.1f}px'></div>"
    return f"<div class='rt-down'>{fill}</div><div class='rt-step'>{_head(step, words)}</div>"


def _narrow_loss(step: Step, before: float, after: float, words: Words) -> str:
    if not step.lost:
        return ""
    end = min(12 + max(before - after, 2.0), BEND)
    outer = f"C{after:g} 12 {after + 12:g} 12 {NARROW_WIDTH:g} 12"
    inner = f"C{before + 4:g} {end:g} {before:g} {end - 8:g} {before:g} 0"
    strand = f"<path class='rt-strand' d='M{after:g} 0 {outer} L{NARROW_WIDTH:g} {end:g} {inner} Z'/>"
    band = f"<rect class='rt-band' x='0' y='0' width='{after:g}' height='{BEND:g}'/>"
    drawing = f"<svg width='{NARROW_WIDTH:g}' height='{BEND:g}' aria-hidden='true'>{strand}{band}</svg>"
    fill = f"<div class='rt-fill' style='width:{after:.1f}px'></div>"
    return f"<div class='rt-down'>{drawing}{fill}</div><div class='rt-lost'>{_losses(step, words)}</div>"
