"""What a page for leaders and their brief say in words: first sentences, what to ask whom, and which thread to draw."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import headlines, sentences
from dashboards.instead import look_instead
from dashboards.looking import Looking
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from pipelines.definitions.measures import HANDED_OVER, Measure

QUESTIONS = 3
ENOUGH = 2
"""Links that must be shown of a larger place for questions to be about it."""


def first_sentences(
    looking: Looking,
    place: Place,
    main: Measure = HANDED_OVER,
    links: Sequence[Measure] = headlines.WHERE_IT_MAY_BE_LOST,
    theme: sentences.Theme = sentences.REACH,
) -> list[str]:
    """What the figures say, in words: the main one, the weakest of the links, and what has changed."""
    earlier, window = looking.windows[-2:]
    own, *larger = dict.fromkeys((place, *larger_places(looking, place), COUNTRY))
    figures = looking.shares(tuple(dict.fromkeys((main, *links))), (own, *larger), "three_years", (earlier, window))
    return sentences.overview(
        figures.get(main, own, window),
        [figures.get(link, own, window) for link in links],
        figures.get(main, own, earlier),
        looking.words,
        look_instead(looking, (main,), own)[main.name],
        [
            sentences.Links(
                inside_a_sentence(looking, where),
                [figures.get(link, where, window) for link in links],
                (figures.get(main, where, earlier), figures.get(main, where, window)),
            )
            for where in larger
        ],
        theme,
    )


def inside_a_sentence(looking: Looking, place: Place) -> str:
    """`landet`, `Region Syddanmark`."""
    return looking.words("place.in_country") if place == COUNTRY else looking.name(place)


def to_ask_about(looking: Looking, place: Place, links: Sequence[Measure]) -> tuple[Place, list[Share]]:
    """The weakest links, weakest first, and whose they are: the region's or the country's where none is shown."""
    window, places = looking.window, tuple(dict.fromkeys((place, *larger_places(looking, place), COUNTRY)))
    figures = looking.shares(links, places, "three_years", (window,))
    shown = {where: [figures.get(link, where, window) for link in links] for where in places}
    known = {where: [share for share in shares if share.share is not None] for where, shares in shown.items()}
    larger = (where for where in places[1:] if len(known[where]) >= ENOUGH)
    asked_of = place if known[place] else next(larger, place)
    return asked_of, _weakest(known[asked_of])


def _weakest(shares: list[Share]) -> list[Share]:
    less_than_all = [share for share in shares if share.share is not None and share.share < 1]
    return sorted(less_than_all, key=lambda share: share.share or 0.0)[:QUESTIONS]


def threads_to_draw(looking: Looking, place: Place, window: str) -> list[Place]:
    """The place itself, and where it says little the nearest larger one that says more, else the largest."""
    larger = larger_places(looking, place)
    if not larger or not looking.thread(place, window).says_little:
        return [place]
    return [place, next((where for where in larger if not looking.thread(where, window).says_little), larger[-1])]


def larger_places(looking: Looking, place: Place) -> tuple[Place, ...]:
    """The region of a municipality, and the country; nothing is larger than those two."""
    return (looking.geography.region_of(place.code), COUNTRY) if place.kind == "municipality" else ()
