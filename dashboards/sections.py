"""Parts of a page for leaders that stand in words: sentences, cards, questions, and the choices of the reader."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboards import headlines, published, sentences
from dashboards.address import chosen, remember
from dashboards.cards import Card, card_grid
from dashboards.caveat_markup import Told
from dashboards.caveats import figures_of
from dashboards.comparisons import Verdict, beside_country, beside_its_past
from dashboards.frame import choose_municipality, link_with
from dashboards.instead import look_instead
from dashboards.markup import card_heading, show, state_mark
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share, Shares
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER, Measure

QUESTIONS = 3
ENOUGH = 2
"""Links that must be shown of a larger place for questions to be about it."""


def first_sentences(visit: Visit, place: Place) -> list[str]:
    """What the overview's figures say, in words."""
    earlier, window = _earlier_window(visit), visit.window
    links = headlines.WHERE_IT_MAY_BE_LOST
    own, *larger = dict.fromkeys((*_with_region(visit, place), COUNTRY))
    figures = visit.shares(links, (own, *larger), "three_years", (earlier, window))
    return sentences.overview(
        figures.get(HANDED_OVER, own, window),
        [figures.get(link, own, window) for link in links],
        figures.get(HANDED_OVER, own, earlier),
        visit.words,
        look_instead(visit, (HANDED_OVER,), own)[HANDED_OVER.name],
        [_links_of(visit, where, [figures.get(link, where, window) for link in links]) for where in larger],
    )


def _links_of(visit: Visit, place: Place, figures: list[Share]) -> sentences.Links:
    """With the place as it is called inside a sentence."""
    return sentences.Links(visit.words("place.in_country") if place == COUNTRY else visit.name(place), figures)


def headline_cards(visit: Visit, place: Place, told: Told) -> None:
    """At most eight numbers: any place beside the country, the country beside itself three years before."""
    shown, window, is_country = headlines.CARDS, visit.window, place == COUNTRY
    beside = _earlier_window(visit) if is_country else window
    places, windows = tuple(dict.fromkeys((place, COUNTRY))), tuple(dict.fromkeys((beside, window)))
    figures = visit.shares(shown, places, "three_years", windows)
    instead = look_instead(visit, shown, place)
    cards = [
        Card(
            headline,
            figures.get(headline, place, window),
            figures.get(headline, COUNTRY, beside),
            beside.replace("-", "–") if is_country else visit.words("place.in_country"),
            verdict,
            rule=visit.words("compare.rule_past" if is_country else "compare.rule"),
            instead=instead[headline.name],
            caveat=told.line(figures_of(headline)),
            definition=link_with(visit.words, visit.scope, "definitions", measure=headline.name),
        )
        for headline, verdict in _verdicts(visit, place, figures, beside).items()
    ]
    _say_how_many_are_hidden(visit, place, [card.figure for card in cards])
    show(card_grid(cards, visit.words, published.threshold()))


def _verdicts(visit: Visit, place: Place, figures: Shares, beside: str) -> dict[Measure, Verdict]:
    """By funnel limits beside the country; the country by its change since `beside`, the window before."""
    shown, window = headlines.CARDS, visit.window
    pairs = {each: (figures.get(each, place, window), figures.get(each, COUNTRY, beside)) for each in shown}
    if place == COUNTRY:
        return {each: beside_its_past(*pair, high_is_good=each.high_is_good) for each, pair in pairs.items()}
    usual = visit.usual_variation(shown)
    return {
        each: beside_country(*pair, usual[each.name].correlation, high_is_good=each.high_is_good)
        for each, pair in pairs.items()
    }


def _say_how_many_are_hidden(visit: Visit, place: Place, figures: list[Share]) -> None:
    """Once, before the first of them: that figures are hidden, why, and what stands there instead."""
    hidden = sum(share.state == "suppressed" for share in figures)
    if hidden and place.kind == "municipality":
        numbers = {"hidden": visit.words.number(hidden), "all": visit.words.number(len(figures))}
        text = visit.words("hidden.note", place=visit.name(place), **numbers)
        show(f"<p class='rt-notice'>{state_mark('suppressed')}<span>{escape(text)}</span></p>")


def choose_place(visit: Visit) -> Place:
    """The reader's own municipality; national coordination chooses."""
    if visit.scope.municipality_code is not None:
        return visit.scope.own_place
    return Place("municipality", choose_municipality(visit.words, visit.geography, "municipality.choose"))


def questions_card(visit: Visit, place: Place) -> None:
    """What to ask whom: about the weakest links, weakest first; the region's or the country's where none is shown."""
    words, links, window = visit.words, headlines.WHERE_IT_MAY_BE_LOST, visit.window
    places = tuple(dict.fromkeys((*_with_region(visit, place), COUNTRY)))
    figures = visit.shares(links, places, "three_years", (window,))
    shown = {where: [figures.get(link, where, window) for link in links] for where in places}
    known = {where: [share for share in shares if share.share is not None] for where, shares in shown.items()}
    larger = (where for where in places[1:] if len(known[where]) >= ENOUGH)
    asked_of = place if known[place] else next(larger, place)
    beside = words("ask.beside", place=visit.name(asked_of)) if asked_of != place else words("ask.subtitle")
    card_heading(words("ask.title"), beside)
    items = [
        words(f"ask.{share.headline}", share=words.percent(share.share or 0.0)) for share in _weakest(known[asked_of])
    ]
    show(f"<ul class='rt-ask'>{''.join(f'<li>{item}</li>' for item in items or [words('ask.nothing')])}</ul>")


def _weakest(shares: list[Share]) -> list[Share]:
    less_than_all = [share for share in shares if share.share is not None and share.share < 1]
    return sorted(less_than_all, key=lambda share: share.share or 0.0)[:QUESTIONS]


def choose_headline(visit: Visit) -> Measure:
    """The headline that trend and map show."""
    words, options = visit.words, {headline.name: headline for headline in headlines.SELECTABLE}
    name = chosen("measure", list(options), HANDED_OVER.name)
    label = words("overview.measure_map" if visit.scope.role == "national" else "overview.measure")
    st.selectbox(label, list(options), key="measure", format_func=lambda option: words.measure(option, "title"))
    remember("measure", name, HANDED_OVER.name)
    return options[name]


def choose_period_kind(visit: Visit) -> PeriodKind:
    """By calendar year, or by rolling windows of three or five years."""
    options = published.PERIOD_KINDS
    default: PeriodKind = "year" if visit.scope.role == "national" else "three_years"
    kind = chosen("by", options, default)
    words = visit.words
    st.segmented_control(
        words("overview.by"), options, key="by", format_func=lambda name: words(f"overview.by_{name}"), required=True
    )
    remember("by", kind, default)
    return next(option for option in options if option == kind)


def _with_region(visit: Visit, place: Place) -> tuple[Place, ...]:
    return (place, visit.geography.region_of(place.code)) if place.kind == "municipality" else (place,)


def _earlier_window(visit: Visit) -> str:
    """The window before, which shares no year with the latest one."""
    return visit.windows[-2]
