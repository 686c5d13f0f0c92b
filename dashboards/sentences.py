"""The first sentences of a page, made from its figures by rules: no claim without its interval, no guess where the
intervals cannot tell two figures apart, and a word for every figure that may not be shown.

All results are markup: `<b>` around the figure, `<small>` around its interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import polars as pl

from dashboards.continuity import Step, Thread
from dashboards.intervals import Interval, change, direction
from dashboards.language import Words
from dashboards.markup import interval_in_sentence, strong_share
from dashboards.shares import Instead, Share
from pipelines.wilson import wilson_high, wilson_low


@dataclass(frozen=True)
class Links:
    """The shares that got through at each place where knowledge may be lost, in a place that is named."""

    place: str
    figures: list[Share]


def overview(
    reach: Share,
    links: list[Share],
    earlier: Share,
    words: Words,
    instead: Sequence[Instead] = (),
    beside: Sequence[Links] = (),
) -> list[str]:
    """How often knowledge reaches the municipality in time, where it is lost most, and whether that has changed.

    `links` are the shares that got through at each place where it may be lost; `earlier` is `reach` three years before.
    Where the own figures are not shown, `instead` and `beside` (the links of larger places) speak for them.
    """
    known = [_lost_most(links, words, ""), *(_lost_most(each.figures, words, each.place) for each in beside)]
    lost = next((sentence for sentence in known if sentence), "")
    sentences = [_reach(reach, words), *_instead_of(reach, instead, words), lost]
    return [sentence for sentence in [*sentences, _change(earlier, reach, words)] if sentence]


def _reach(reach: Share, words: Words) -> str:
    if reach.interval is None:
        return words(f"sentence.reach_{reach.state}")
    return words(
        "sentence.reach",
        share=strong_share(reach.interval.value, words),
        interval=interval_in_sentence(reach.interval, words),
    )


def _instead_of(reach: Share, instead: Sequence[Instead], words: Words) -> list[str]:
    """Where our own figure is hidden, another period or the region says something."""
    if reach.state != "suppressed" or not instead or instead[0].figure.interval is None:
        return []
    interval = instead[0].figure.interval
    return [
        words(
            f"sentence.reach_in_{instead[0].of}",
            place=escape(instead[0].name),
            share=strong_share(interval.value, words),
            interval=interval_in_sentence(interval, words),
        )
    ]


def _lost_most(links: list[Share], words: Words, place: str) -> str:
    """Names one place when its interval lies below all others, two when only those two overlap, else none.

    `place` is whose links they are, where they are not the page's own.
    """
    beside = "_beside" if place else ""
    known = sorted(((link.interval, link.headline) for link in links if link.interval), key=lambda pair: pair[0].value)
    if len(known) < 2:
        return ""
    weakest, *others = known
    rivals = [other for other in others if other[0].overlaps(weakest[0])]
    if len(rivals) > 1 or weakest[0].value == 1:
        return "" if place else words("sentence.lost_unclear")
    if rivals:
        return words(
            f"sentence.lost_most_two{beside}",
            place=escape(place),
            first=_where(weakest[1], words),
            first_interval=_share_in_brackets(weakest[0], words),
            second=_where(rivals[0][1], words),
            second_interval=_share_in_brackets(rivals[0][0], words),
        )
    return words(
        f"sentence.lost_most{beside}",
        place=escape(place),
        where=_where(weakest[1], words),
        share=strong_share(weakest[0].value, words),
        interval=interval_in_sentence(weakest[0], words),
    )


def _where(name: str, words: Words) -> str:
    return f"<b>{escape(words(f'where.{name}'))}</b>"


def _share_in_brackets(interval: Interval, words: Words) -> str:
    return f"<small>({words.percent(interval.value)}, {words.interval(interval.low, interval.high)})</small>"


def _change(earlier: Share, later: Share, words: Words) -> str:
    """Only when both figures may be shown; their windows do not overlap."""
    if earlier.interval is None or later.interval is None:
        return ""
    difference = change(earlier.interval, later.interval)
    result = direction(difference, high_is_good=True)
    points = words("sentence.points", low=_signed(difference.low), high=_signed(difference.high))
    return words(f"sentence.change_{result}", period=earlier.period.replace("-", "–"), points=points)


def _signed(difference: float) -> str:
    points = round(difference * 100)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def thread(picture: Thread, words: Words) -> list[str]:
    """How many threads are unbroken, and where most of them break."""
    if picture.state != "number":
        return [words(f"sentence.thread_{picture.state}")]
    return [_whole(picture, words), _breaks_most(picture, words)]


def thread_beside(place: str, picture: Thread, words: Words) -> list[str]:
    """How many are unbroken in a larger place, for readers whose own number is not shown."""
    interval = _unbroken(picture)
    if interval is None:
        return []
    return [
        words(
            "sentence.thread_beside",
            place=escape(place),
            share=strong_share(interval.value, words),
            interval=interval_in_sentence(interval, words),
        )
    ]


def _whole(picture: Thread, words: Words) -> str:
    exposed, interval = picture.exposed or 0, _unbroken(picture)
    if interval is None:
        return words("sentence.thread_open", exposed=f"<b>{words.number(exposed)}</b>")
    return words(
        "sentence.thread",
        exposed=f"<b>{words.number(exposed)}</b>",
        unbroken=f"<b>{words.number(picture.unbroken or 0)}</b>",
        share=words.percent(interval.value),
        interval=interval_in_sentence(interval, words),
    )


def _unbroken(picture: Thread) -> Interval | None:
    if picture.unbroken is None or not picture.exposed:
        return None
    return wilson(picture.unbroken, picture.exposed)


def _breaks_most(picture: Thread, words: Words) -> str:
    """Compares what each step lost of the children that reached it; a hidden step takes part in no claim, so that one
    hidden step silences the claim.
    """
    losses = [(before, after) for before, after in pairwise(picture.steps)]
    if any(after.lost is None or not before.children for before, after in losses if before.children != 0):
        return words("sentence.breaks_unclear")
    known = [_loss(before, after) for before, after in losses if before.children]
    known.sort(key=lambda loss: loss[0].value, reverse=True)
    if not known or known[0][0].value == 0 or any(known[0][0].overlaps(other[0]) for other in known[1:]):
        return words("sentence.breaks_unclear")
    interval, step, before = known[0]
    return words(
        "sentence.breaks_most",
        where=_where(step.name, words),
        lost=f"<b>{words.number(step.lost or 0)}</b>",
        before=words.number(before),
        interval=interval_in_sentence(interval, words),
    )


def _loss(before: Step, after: Step) -> tuple[Interval, Step, int]:
    reached = before.children or 0
    return wilson(after.lost or 0, reached), after, reached


def wilson(numerator: int, denominator: int) -> Interval:
    """Wilson's 95 % interval of two plain numbers; the denominator is above 0."""
    row = pl.select(
        low=wilson_low(pl.lit(numerator), pl.lit(denominator)), high=wilson_high(pl.lit(numerator), pl.lit(denominator))
    ).row(0)
    return Interval(numerator / denominator, *row)
