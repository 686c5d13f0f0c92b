"""What was lost at each step of the thread, of those who came so far: a grey bar per step, with its reasons below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import polars as pl

from dashboards.continuity import Step, Thread
from dashboards.intervals import Interval
from dashboards.language import Words
from dashboards.marks import state_mark
from dashboards.sentences import wilson
from dashboards.states import State


@dataclass(frozen=True)
class LostStep:
    """Of the `before` children inside the step before, those lost at this one. Null where either is not shown."""

    step: Step
    before: int | None
    share: Interval | None
    state: State = "number"


def lost_steps(picture: Thread) -> list[LostStep]:
    """Every step but the first; nobody who could be lost is not applicable."""
    return [_lost(before, after) for before, after in pairwise(picture.steps)]


def _lost(before: Step, after: Step) -> LostStep:
    if before.children is None or after.lost is None:
        return LostStep(after, before.children, None, "suppressed")
    if not before.children:
        return LostStep(after, 0, None, "not_applicable")
    return LostStep(after, before.children, wilson(after.lost, before.children))


def lost_rows(own: Sequence[LostStep], beside: Mapping[str, Sequence[LostStep]], words: Words) -> str:
    """`own` as bars; `beside` are the same steps of larger places by name, told in words."""
    rows = "".join(_row(at, lost, beside, words) for at, lost in enumerate(own))
    return f"<ul class='rt-lost-steps'>{rows}</ul>"


def lost_table(by_place: Mapping[str, Sequence[LostStep]], words: Words) -> pl.DataFrame:
    """A row for each place and step; a figure that is not shown is a word."""
    names = words.section("lost_step")
    columns = [names[f"column_{name}"] for name in ("place", "step", "lost", "before", "share", "interval", "why")]
    rows = [(place, *_cells(lost, words)) for place, steps in by_place.items() for lost in steps]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _cells(lost: LostStep, words: Words) -> tuple[str, ...]:
    name = words(f"step.{lost.step.name}")
    if lost.share is None or lost.before is None:
        return (name, words(f"state.{lost.state}"), "", "", "", "")
    share = (words.percent(lost.share.value), words.interval(lost.share.low, lost.share.high))
    return (name, words.number(lost.step.lost or 0), words.number(lost.before), *share, _reasons(lost.step, words))


def _row(at: int, lost: LostStep, beside: Mapping[str, Sequence[LostStep]], words: Words) -> str:
    name = f"<b>{escape(words(f'step.{lost.step.name}'))}</b>"
    around = _beside(at, beside, words)
    if lost.share is None:
        word = f"<span class='absent'>{state_mark(lost.state)}{escape(words(f'state.{lost.state}'))}</span>"
        return f"<li><div>{name}{word}</div><div class='rt-lost-bar'></div><small>{around}</small></li>"
    count = words("lost_step.count", lost=words.number(lost.step.lost or 0), before=words.number(lost.before or 0))
    interval = words.interval(lost.share.low, lost.share.high)
    told = f"<span><b>{words.percent(lost.share.value)}</b> {escape(count)} <small>({interval})</small></span>"
    bar = f"<div class='rt-lost-bar' aria-hidden='true'><i style='width:{lost.share.value:.1%}'></i></div>"
    small = " · ".join(part for part in (escape(_reasons(lost.step, words)), around) if part)
    return f"<li><div>{name}{told}</div>{bar}<small>{small}</small></li>"


def _reasons(step: Step, words: Words) -> str:
    """`12 kvittering mangler, 5 eksponeringen udeladt`; those whose number is hidden come together at the end."""
    if not step.lost:
        return words("lost_step.none")
    told = [
        words("thread.lost", number=words.number(loss.children), reason=words(f"loss.{loss.reason}"))
        for loss in step.losses
        if loss.children is not None
    ]
    hidden = [words(f"loss.{loss.reason}") for loss in step.losses if loss.children is None]
    return ", ".join([*told, *([words("thread.lost_hidden", reason=", ".join(hidden))] if hidden else [])])


def _beside(at: int, beside: Mapping[str, Sequence[LostStep]], words: Words) -> str:
    known = ((name, steps[at].share) for name, steps in beside.items() if at < len(steps))
    told = (words("lost_step.beside", place=name, share=words.percent(share.value)) for name, share in known if share)
    return escape(" · ".join(told))
