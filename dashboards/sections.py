"""Parts of a page for leaders that stand in words: questions, and the choices of the reader."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import headlines, published
from dashboards.address import chosen, remember
from dashboards.leader.said import inside_a_sentence, to_ask_about
from dashboards.markup import card_heading, show
from dashboards.published import PeriodKind
from dashboards.scope import Place
from dashboards.sidebar import choose_municipality
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER, Measure


def choose_place(visit: Visit) -> Place:
    """The reader's own municipality; national coordination chooses."""
    if visit.scope.municipality_code is not None:
        return visit.scope.own_place
    return Place("municipality", choose_municipality(visit.words, visit.geography, "municipality.choose"))


def questions_card(visit: Visit, place: Place, links: Sequence[Measure] = headlines.WHERE_IT_MAY_BE_LOST) -> None:
    """What to ask whom: about the weakest links, weakest first; the region's or the country's where none is shown."""
    words = visit.words
    asked_of, weakest = to_ask_about(visit, place, links)
    beside = words("ask.subtitle")
    if asked_of != place:
        beside = words("ask.beside", place=inside_a_sentence(visit, asked_of))
    card_heading(words("ask.title"), beside)
    items = [words(f"ask.{share.headline}", share=words.percent(share.share or 0.0)) for share in weakest]
    show(f"<ul class='rt-ask'>{''.join(f'<li>{item}</li>' for item in items or [words('ask.nothing')])}</ul>")


def choose_headline(
    visit: Visit, shown: Sequence[Measure] = headlines.SELECTABLE, first: Measure = HANDED_OVER, key: str = "measure"
) -> Measure:
    """The headline that trend and map show; `key` is its name in the address."""
    words, options = visit.words, {headline.name: headline for headline in shown}
    name = chosen(key, list(options), first.name)
    label = words("overview.measure_map" if visit.scope.role == "national" else "overview.measure")
    st.selectbox(label, list(options), key=key, format_func=lambda option: words.measure(option, "title"))
    remember(key, name, first.name)
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
