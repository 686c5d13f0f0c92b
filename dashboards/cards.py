"""Measure numbers as cards: the number, its count, its comparison in words, and its definition one click away."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from dashboards.comparisons import Verdict
from dashboards.language import Words
from dashboards.markup import comparison_mark, count_in_words, state_mark
from dashboards.shares import Instead, Share
from pipelines.definitions.measures import Measure


@dataclass(frozen=True)
class Card:
    """One headline: its figure, what it is compared with (`reference_name`), with which verdict and by which `rule`,
    where to look when it is not shown (nearest first), the line (markup) about checks that touch it, for a figure that
    is shown, and the address of its whole definition.
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


def card_grid(cards: list[Card], words: Words, threshold: int) -> str:
    """All cards; they wrap as the page narrows."""
    return f"<div class='rt-cards'>{''.join(_card(card, words, threshold) for card in cards)}</div>"


def _card(card: Card, words: Words, threshold: int) -> str:
    title = escape(words.measure(card.headline.name, "title"))
    is_shown = card.figure.state == "number"
    body = _number(card, words) if is_shown else _absence(card, words, threshold)
    definition = words.measure(card.headline.name, "sentence")
    rule = f"<p>{escape(card.rule)}</p>" if card.rule and is_shown else ""
    details = (
        f"<summary>{escape(words('app.definition'))}</summary><p>{escape(definition)} {_link(card, words)}</p>{rule}"
    )
    caveat = card.caveat if is_shown else ""
    footer = f"<footer>{caveat}<details>{details}</details></footer>"
    return f"<section class='rt-card'><h3>{title}</h3>{body}{footer}</section>"


def _link(card: Card, words: Words) -> str:
    if not card.definition:
        return ""
    return f"<a href='{escape(card.definition, quote=True)}'>{escape(words('definitions.link'))}</a>"


def _number(card: Card, words: Words) -> str:
    share = words.percent(card.figure.share or 0.0)
    count = escape(count_in_words(card.figure, words))
    return f"<p class='rt-number'>{share}</p><p class='rt-count'>{count}</p>{_comparison(card, words)}"


def _comparison(card: Card, words: Words) -> str:
    """Better, similar, worse or cannot be compared: a mark, a word, and the share of what it is compared with."""
    share = words.percent(card.reference.share) if card.reference.share is not None else ""
    word = words(f"compare.{card.verdict.word}", reference=card.reference_name, share=share)
    return f"<p class='rt-compare'>{comparison_mark(card.verdict.comparison)}{escape(word)}</p>"


def _absence(card: Card, words: Words, threshold: int) -> str:
    """The state in a word, why, and the figures to read instead, each with the mark that charts draw it with."""
    state = card.figure.state
    word = f"<p class='rt-absent'>{state_mark(state)}{escape(words(f'state.{state}'))}</p>"
    why = f"<p class='rt-why'>{escape(words(f'why.{state}', threshold=threshold))}</p>"
    return word + why + "".join(_beside(each, words) for each in card.instead)


def _beside(instead: Instead, words: Words) -> str:
    share = f"<b>{words.percent(instead.figure.share or 0.0)}</b>"
    text = words(f"instead.{instead.of}", share=share, place=escape(instead.name))
    return f"<p class='rt-instead'><i class='{instead.of}' aria-hidden='true'></i><span>{text}</span></p>"
