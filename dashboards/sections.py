"""Parts of a page for leaders that stand in words: sentences, cards, questions, and the choices of the reader."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import headlines, published, sentences
from dashboards.address import chosen, remember
from dashboards.instead import look_instead
from dashboards.markup import card_heading, show
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from dashboards.sidebar import choose_municipality
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER, Measure

QUESTIONS = 3
ENOUGH = 2
"""Links that must be shown of a larger place for questions to be about it."""


def first_sentences(
    visit: Visit,
    place: Place,
    main: Measure = HANDED_OVER,
    links: Sequence[Measure] = headlines.WHERE_IT_MAY_BE_LOST,
    theme: sentences.Theme = sentences.REACH,
) -> list[str]:
    """What the figures say, in words: the main one, the weakest of the links, and what has changed."""
    earlier, window = visit.windows[-2:]
    own, *larger = dict.fromkeys((*_with_region(visit, place), COUNTRY))
    figures = visit.shares(tuple(dict.fromkeys((main, *links))), (own, *larger), "three_years", (earlier, window))
    return sentences.overview(
        figures.get(main, own, window),
        [figures.get(link, own, window) for link in links],
        figures.get(main, own, earlier),
        visit.words,
        look_instead(visit, (main,), own)[main.name],
        [
            sentences.Links(
                _inside_a_sentence(visit, where),
                [figures.get(link, where, window) for link in links],
                (figures.get(main, where, earlier), figures.get(main, where, window)),
            )
            for where in larger
        ],
        theme,
    )


def _inside_a_sentence(visit: Visit, place: Place) -> str:
    return visit.words("place.in_country") if place == COUNTRY else visit.name(place)


def choose_place(visit: Visit) -> Place:
    """The reader's own municipality; national coordination chooses."""
    if visit.scope.municipality_code is not None:
        return visit.scope.own_place
    return Place("municipality", choose_municipality(visit.words, visit.geography, "municipality.choose"))


def questions_card(visit: Visit, place: Place, links: Sequence[Measure] = headlines.WHERE_IT_MAY_BE_LOST) -> None:
    """What to ask whom: about the weakest links, weakest first; the region's or the country's where none is shown."""
    words, window = visit.words, visit.window
    places = tuple(dict.fromkeys((*_with_region(visit, place), COUNTRY)))
    figures = visit.shares(links, places, "three_years", (window,))
    shown = {where: [figures.get(link, where, window) for link in links] for where in places}
    known = {where: [share for share in shares if share.share is not None] for where, shares in shown.items()}
    larger = (where for where in places[1:] if len(known[where]) >= ENOUGH)
    asked_of = place if known[place] else next(larger, place)
    beside = (
        words("ask.beside", place=_inside_a_sentence(visit, asked_of)) if asked_of != place else words("ask.subtitle")
    )
    card_heading(words("ask.title"), beside)
    items = [
        words(f"ask.{share.headline}", share=words.percent(share.share or 0.0)) for share in _weakest(known[asked_of])
    ]
    show(f"<ul class='rt-ask'>{''.join(f'<li>{item}</li>' for item in items or [words('ask.nothing')])}</ul>")


def _weakest(shares: list[Share]) -> list[Share]:
    less_than_all = [share for share in shares if share.share is not None and share.share < 1]
    return sorted(less_than_all, key=lambda share: share.share or 0.0)[:QUESTIONS]


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


def _with_region(visit: Visit, place: Place) -> tuple[Place, ...]:
    return (place, visit.geography.region_of(place.code)) if place.kind == "municipality" else (place,)
