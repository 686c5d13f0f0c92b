"""The numbers at the top of a page: at most eight, each with its count, comparison, trend and definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from dashboards import published
from dashboards.cards import Card, card_grid
from dashboards.caveat_markup import Told
from dashboards.caveats import figures_of
from dashboards.frame import link_with
from dashboards.leader.beside import cards_of
from dashboards.markup import show, state_mark
from dashboards.scope import Place
from dashboards.shares import Share
from dashboards.visit import Visit
from pipelines.definitions.measures import Measure


def number_cards(visit: Visit, place: Place, shown: Sequence[Measure], told: Told) -> None:
    """Any place beside the country and beside itself three years before; the country beside itself alone."""
    cards = [_with_its_definition(visit, card, told) for card in cards_of(visit, place, shown)]
    _say_how_many_are_hidden(visit, place, [card.figure for card in cards])
    show(card_grid(cards, visit.words, published.threshold()))


def _with_its_definition(visit: Visit, card: Card, told: Told) -> Card:
    definition = link_with(visit.words, visit.scope, "definitions", measure=card.headline.name)
    return replace(card, caveat=told.line(figures_of(card.headline)), definition=definition)


def _say_how_many_are_hidden(visit: Visit, place: Place, figures: list[Share]) -> None:
    """Once, before the first of them: that figures are hidden, why, and what stands there instead."""
    hidden = sum(share.state == "suppressed" for share in figures)
    if hidden and place.kind == "municipality":
        numbers = {"hidden": visit.words.number(hidden), "all": visit.words.number(len(figures))}
        text = visit.words("hidden.note", place=visit.name(place), **numbers)
        show(f"<p class='rt-notice'>{state_mark('suppressed')}<span>{escape(text)}</span></p>")
