"""Measure numbers as cards: the number, its count, its comparison in words, and its definition one click away."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from dashboards.comparisons import Verdict
from dashboards.language import Words
from dashboards.marks import comparison_mark, count_in_words, state_mark
from dashboards.shares import Instead, Share
from pipelines.definitions.measures import Measure


@dataclass(frozen=True)
class Trend:
    """How a figure has moved: in windows that share no year, oldest first, the last its own. `verdict` is of the last
    beside the one before; `of` says whose it is where it is not the card's own.
    """

    windows: tuple[Share, ...]
    verdict: Verdict
    of: Literal["own", "region", "country"] = "own"


@dataclass(frozen=True)
class Card:
    """One headline: its figure, what it is compared with (`reference_name`), with which verdict and by which `rule`,
    where to look when it is not shown (nearest first), the line (markup) about checks that touch it, for a figure that
    is shown, the address of its whole definition, and its trend; null where the comparison is the trend.
    """

    headline: Measure
    figure: Share
    reference: Share
    reference_name: str
    verdict: Verdict
    rule: str = ""
    instead: tuple[Instead, ...] = ()
    caveat: str = ""
    definition: str = ""
    trend: Trend | None = None
    windows: tuple[Share, ...] = ()


def card_grid(cards: list[Card], words: Words, threshold: int) -> str:
    """All cards; they wrap as the page narrows."""
    return f"<div class='rt-cards'>{''.join(_card(card, words, threshold) for card in cards)}</div>"


def _card(card: Card, words: Words, threshold: int) -> str:
    title = escape(words.measure(card.headline.name, "title"))
    is_shown = card.figure.state == "number"
    body = _number(card, words) if is_shown else _absence(card, words, threshold)
    definition = words.measure(card.headline.name, "sentence")
    rule = f"<p>{escape(card.rule)}</p>" if card.rule and (is_shown or card.trend) else ""
    why = "" if is_shown or not card.instead else f"<p>{escape(_why(card, words, threshold))}.</p>"
    told = f"<p>{escape(definition)} {_link(card, words)}</p>{why}{rule}"
    details = f"<summary>{escape(words('app.definition'))}</summary>{told}"
    caveat = card.caveat if is_shown else ""
    footer = f"<footer>{caveat}<details>{details}</details></footer>"
    return f"<section class='rt-card'><h2>{title}</h2>{body}{footer}</section>"


def _why(card: Card, words: Words, threshold: int) -> str:
    return words(f"why.{card.figure.state}", threshold=threshold)


def _link(card: Card, words: Words) -> str:
    if not card.definition:
        return ""
    return f"<a href='{escape(card.definition, quote=True)}'>{escape(words('definitions.link'))}</a>"


def _number(card: Card, words: Words) -> str:
    share = words.percent(card.figure.share or 0.0)
    count = escape(count_in_words(card.figure, words))
    number = f"<p class='rt-number'>{share}{_columns(card.windows)}</p><p class='rt-count'>{count}</p>"
    return f"{number}{_comparison(card, words)}{_trend(card, words)}"


def _columns(windows: tuple[Share, ...]) -> str:
    """A small column for each window, the last in red; one that is not shown is a dotted foot. Words say the same."""
    if sum(share.share is not None for share in windows) < 2:
        return ""
    columns = "".join(
        "<i class='absent'></i>" if share.share is None else f"<i style='height:{max(share.share, 0.04):.0%}'></i>"
        for share in windows
    )
    return f"<span class='rt-spark' aria-hidden='true'>{columns}</span>"


def _trend(card: Card, words: Words) -> str:
    if card.trend is None:
        return ""
    told = escape(trend_words(card.trend, words))
    return f"<p class='rt-since'>{comparison_mark(card.trend.verdict.comparison)}{told}</p>"


def trend_words(trend: Trend, words: Words) -> str:
    """Since the window before: better, worse or no sure change, with that window's share; or that it cannot be told."""
    earlier = trend.windows[-2]
    share = words.percent(earlier.share) if earlier.share is not None else ""
    told = words(f"trend.{trend.verdict.comparison}", period=earlier.period.replace("-", "–"), share=share)
    text = words(f"trend.of_{trend.of}", told=told)
    return text[:1].upper() + text[1:]


def _comparison(card: Card, words: Words) -> str:
    told = escape(comparison_words(card, words))
    return f"<p class='rt-compare'>{comparison_mark(card.verdict.comparison)}{told}</p>"


def comparison_words(card: Card, words: Words) -> str:
    """Better, similar, worse or cannot be compared, and the share of what it is compared with."""
    share = words.percent(card.reference.share) if card.reference.share is not None else ""
    return words(f"compare.{card.verdict.word}", reference=card.reference_name, share=share)


def _absence(card: Card, words: Words, threshold: int) -> str:
    """The state in a word, why, and the figures to read instead, each with the mark that charts draw it with.

    Why it is not shown stands with the definition where there is something instead.
    """
    state = card.figure.state
    word = f"<p class='rt-absent'>{state_mark(state)}{escape(words(f'state.{state}'))}</p>"
    trend = _trend(card, words) if card.trend and card.trend.of != "own" else ""
    why = "" if card.instead else f"<p class='rt-why'>{escape(_why(card, words, threshold))}</p>"
    return word + why + "".join(_beside(each, words) for each in card.instead) + trend


def _beside(instead: Instead, words: Words) -> str:
    text = instead_in_markup(instead, words)
    return f"<p class='rt-instead'><i class='{instead.of}' aria-hidden='true'></i><span>{text}</span></p>"


def instead_in_markup(instead: Instead, words: Words) -> str:
    """The figure to read instead, and whose it is."""
    share = f"<b>{words.percent(instead.figure.share or 0.0)}</b>"
    return words(f"instead.{instead.of}", share=share, place=escape(instead.name))
