"""One number of a brief: its figure, what it is beside, how it has changed, what it counts, and whom to ask what."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import published
from dashboards.cards import Card, comparison_words, instead_in_markup, trend_words
from dashboards.comparisons import Comparison
from dashboards.language import Words
from dashboards.leader.said import larger_places
from dashboards.marks import count_in_words
from dashboards.scope import Place
from dashboards.states import State
from reports.brief.figures import Eyes
from reports.brief.standing import Standing


@dataclass(frozen=True)
class Line:
    """A word with the mark of comparison before it."""

    mark: Comparison
    text: str


@dataclass(frozen=True)
class Strip:
    """Where shares lie between 0 and 1: the own one with its interval, its region's and the country's, if shown."""

    own: float | None
    low: float | None
    high: float | None
    region: float | None
    country: float | None


@dataclass(frozen=True)
class Row:
    """One number. `number` and `count` are empty where it is not shown; `state` then says why, and `instead` (markup)
    what to read. `windows`: the shares of the last windows, oldest first, null where not shown. `ask` is markup.
    """

    name: str
    title: str
    meaning: str
    state: State
    number: str
    count: str
    why: str
    instead: tuple[tuple[str, str], ...]
    country: Line | None
    standing: str
    trend: Line | None
    windows: tuple[float | None, ...]
    strip: Strip
    strip_words: str
    ask: str


def row_of(eyes: Eyes, place: Place, card: Card, standing: Standing | None) -> Row:
    """The row of a card, in the words of the pages; a share of nobody is not applicable."""
    words, figure, name = eyes.words, card.figure, card.headline.name
    is_shown = figure.share is not None
    state: State = figure.state if is_shown or figure.state != "number" else "not_applicable"
    strip = _strip(eyes, place, card)
    return Row(
        name=name,
        title=words.measure(name, "title"),
        meaning=words.measure(name, "sentence"),
        state=state,
        number=words.percent(figure.share) if figure.share is not None else "",
        count=count_in_words(figure, words),
        why="" if is_shown else words(f"why.{state}", threshold=published.threshold()),
        instead=() if is_shown else tuple((each.of, instead_in_markup(each, words)) for each in card.instead),
        country=Line(card.verdict.comparison, comparison_words(card, words)) if is_shown else None,
        standing="" if standing is None else words(f"brief.{standing.side}", ranked=words.number(standing.ranked)),
        trend=None if card.trend is None else Line(card.trend.verdict.comparison, trend_words(card.trend, words)),
        windows=tuple(share.share for share in card.windows),
        strip=strip,
        strip_words=_strip_words(strip, words),
        ask=_question(name, words),
    )


def _strip(eyes: Eyes, place: Place, card: Card) -> Strip:
    region = next(iter(larger_places(eyes, place)))
    beside = eyes.shares((card.headline,), (region,), "three_years", (eyes.window,)).get(
        card.headline, region, eyes.window
    )
    own = card.figure
    return Strip(own.share, own.low, own.high, beside.share, card.reference.share)


def _strip_words(strip: Strip, words: Words) -> str:
    told = [words("brief.strip_hidden")]
    if strip.own is not None and strip.low is not None and strip.high is not None:
        told = [
            words("brief.strip_own", share=words.percent(strip.own), interval=words.interval(strip.low, strip.high))
        ]
    if strip.region is not None:
        told.append(words("brief.strip_region", share=words.percent(strip.region)))
    if strip.country is not None:
        told.append(words("brief.strip_country", share=words.percent(strip.country)))
    return ", ".join(told)


def _question(name: str, words: Words) -> str:
    """Whom to ask what, as the pages do; the figure that they add stands in the row already."""
    asked, mark, _ = words(f"ask.{name}", share="").partition("?")
    return asked + mark
