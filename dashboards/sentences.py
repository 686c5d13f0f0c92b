"""The first sentences of a page, made from its figures by rules: no claim without its interval, no guess where the
intervals cannot tell two figures apart, and a word for every figure that may not be shown.

All results are markup: `<b>` around the figure, `<small>` around its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import polars as pl

from dashboards.continuity import Step, Thread
from dashboards.intervals import Interval, change, direction
from dashboards.language import Words
from dashboards.marks import interval_in_sentence, strong_share
from dashboards.shares import Instead, Share
from pipelines.wilson import wilson_high, wilson_low


@dataclass(frozen=True)
class Links:
    """The shares that got through at each place where knowledge may be lost, in a place that is named, and the page's
    main figure there: three years before, and now.
    """

    place: str
    figures: list[Share]
    main: tuple[Share, Share] | None = None


def where_it_is_lost(name: str, words: Words) -> str:
    """`ved skolestart`."""
    return words(f"where.{name}")


@dataclass(frozen=True)
class Theme:
    """What a page is about: the texts `sentence.<figure>` say its main figure, `sentence.<least>` its weakest links,
    each by its `name` and with the `address` where more stands about it, if any, and `sentence.<unclear>` that these
    cannot be told.
    """

    figure: str = "reach"
    least: str = "lost_most"
    unclear: str = "lost_unclear"
    name: Callable[[str, Words], str] = where_it_is_lost
    address: Callable[[str], str] | None = None


REACH = Theme()


def overview(
    reach: Share,
    links: list[Share],
    earlier: Share,
    words: Words,
    instead: Sequence[Instead] = (),
    beside: Sequence[Links] = (),
    theme: Theme = REACH,
) -> list[str]:
    """How often knowledge reaches the municipality in time, where it is lost most, and whether that has changed; of
    another `theme`, the same of its figure and links.

    `links` are the shares that got through at each place where it may be lost; `earlier` is `reach` three years before.
    Where the own figures are not shown, or too few of them to tell, `instead` and `beside` (the links of larger places)
    speak for them.
    """
    own, larger = (
        _weakest(links, words, "", theme),
        [_weakest(each.figures, words, each.place, theme) for each in beside],
    )
    lost = [own, *larger] if weakest(links) or _all_shown(links) else [*larger, own]
    changed = [change_since(earlier, reach, words), *(_changed_beside(each, words) for each in beside)]
    sentences = [_main(reach, words, theme), *_instead_of(reach, instead, words, theme), _first(lost), _first(changed)]
    return [sentence for sentence in sentences if sentence]


def _first(sentences: Sequence[str]) -> str:
    return next((sentence for sentence in sentences if sentence), "")


def _main(reach: Share, words: Words, theme: Theme) -> str:
    if reach.interval is None:
        return words(f"sentence.{theme.figure}_{reach.state}")
    return words(
        f"sentence.{theme.figure}",
        share=strong_share(reach.interval.value, words),
        interval=interval_in_sentence(reach.interval, words),
    )


def _instead_of(reach: Share, instead: Sequence[Instead], words: Words, theme: Theme) -> list[str]:
    """Where our own figure is hidden, another period or the region says something."""
    if reach.state != "suppressed" or not instead or instead[0].figure.interval is None:
        return []
    interval = instead[0].figure.interval
    return [
        words(
            f"sentence.{theme.figure}_in_{instead[0].of}",
            place=escape(instead[0].name),
            share=strong_share(interval.value, words),
            interval=interval_in_sentence(interval, words),
        )
    ]


def weakest(figures: Sequence[Share]) -> list[Share]:
    """The one whose interval lies below all others, two when those two overlap alone; none when it cannot be told.

    Two are no answer where there are no others: then nothing lies above them.
    """
    known = sorted((share for share in figures if share.interval), key=lambda share: share.share or 0.0)
    if len(known) < 2 or known[0].share == 1:
        return []
    rivals = [other for other in known[1:] if _overlap(known[0], other)]
    is_told = not rivals or len(rivals) == 1 < len(known) - 1
    return [known[0], *rivals] if is_told else []


def _overlap(one: Share, other: Share) -> bool:
    return one.interval is not None and other.interval is not None and one.interval.overlaps(other.interval)


def _weakest(links: list[Share], words: Words, place: str, theme: Theme) -> str:
    """Of the page's own place, that it cannot be told is said too; `place`: whose links they are, where another's.

    A link that is hidden may be weaker still, so the claim says that it is of those that are shown.
    """
    if sum(link.interval is not None for link in links) < 2:
        return ""
    found = weakest(links)
    if not found:
        return "" if place else words(f"sentence.{theme.unclear}")
    key = f"sentence.{theme.least}{'_two' if len(found) > 1 else ''}{'_beside' if place else ''}"
    told = words(key, place=escape(place), **_one_or_two(found, words, theme))
    return told if _all_shown(links) else f"{told} {words('sentence.among_shown')}"


def _all_shown(links: Sequence[Share]) -> bool:
    """Whether no link may be weaker unseen: what nobody was in has no share to see."""
    return all(link.state not in ("suppressed", "missing") for link in links)


def _one_or_two(found: list[Share], words: Words, theme: Theme) -> dict[str, str]:
    """What the texts of one weakest link and of two need."""
    names = [_named(share.headline, words, theme) for share in found]
    known = [share.interval for share in found if share.interval is not None]
    return {
        "where": names[0],
        "share": strong_share(known[0].value, words),
        "interval": interval_in_sentence(known[0], words),
        "first": names[0],
        "first_interval": _share_in_brackets(known[0], words),
        "second": names[-1],
        "second_interval": _share_in_brackets(known[-1], words),
    }


def _named(headline: str, words: Words, theme: Theme) -> str:
    told = f"<b>{escape(theme.name(headline, words))}</b>"
    if theme.address is None:
        return told
    return f"<a href='{escape(theme.address(headline), quote=True)}' target='_self'>{told}</a>"


def _share_in_brackets(interval: Interval, words: Words) -> str:
    return f"<small>({words.percent(interval.value)}, {words.interval(interval.low, interval.high)})</small>"


def _where(name: str, words: Words) -> str:
    return f"<b>{escape(where_it_is_lost(name, words))}</b>"


def change_since(earlier: Share, later: Share, words: Words, *, high_is_good: bool = True) -> str:
    """Only when both figures may be shown; their windows do not overlap."""
    told = _change(earlier, later, words, high_is_good=high_is_good)
    return words(f"sentence.change_{told[0]}", **told[1]) if told else ""


def _changed_beside(beside: Links, words: Words) -> str:
    told = _change(*beside.main, words, high_is_good=True) if beside.main else None
    return words(f"sentence.change_{told[0]}_beside", place=escape(beside.place), **told[1]) if told else ""


def _change(earlier: Share, later: Share, words: Words, *, high_is_good: bool) -> tuple[str, dict[str, str]] | None:
    """Its direction, and what its text needs."""
    if earlier.interval is None or later.interval is None:
        return None
    difference = change(earlier.interval, later.interval)
    points = words("sentence.points", low=signed(difference.low, words), high=signed(difference.high, words))
    period = earlier.period.replace("-", "–")
    return direction(difference, high_is_good=high_is_good), {"period": period, "points": points}


def compared(verdicts: Mapping[str, str], words: Words) -> str:
    """Beside the country, by `better`, `similar`, `worse` or `incomparable` of each title; nothing where nothing can be
    compared. Verdicts are by funnel limits, which are intervals already.
    """
    better, worse = ([title for title, verdict in verdicts.items() if verdict == side] for side in ("better", "worse"))
    told = {"better": _listed(better, words), "worse": _listed(worse, words)}
    if better and worse:
        return words("sentence.compare_both", **told)
    if better or worse:
        return words("sentence.compare_better" if better else "sentence.compare_worse", **told)
    return words("sentence.compare_similar") if "similar" in verdicts.values() else ""


def _listed(titles: Sequence[str], words: Words) -> str:
    """`»A«, »B« og »C«`."""
    named = [f"<b>{escape(words('sentence.quoted', title=title))}</b>" for title in titles]
    return words("sentence.and").join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)


def signed(difference: float, words: Words) -> str:
    """Whole percentage points; with a decimal where they round to none, for the sign is what the sentence rests on."""
    points = difference * 100
    text = words.decimal(abs(points), 0 if round(abs(points)) or not points else 1)
    return f"+{text}" if points > 0 else f"−{text}" if points < 0 else text


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
