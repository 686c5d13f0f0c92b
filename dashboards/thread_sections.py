"""The red thread on a page: sentences, picture, and the larger place that speaks where the own one is hidden."""

from __future__ import annotations

import streamlit as st

from dashboards import caveat_sections, figure_tables, sentences
from dashboards.address import chosen, remember
from dashboards.caveat_markup import Told
from dashboards.charts.thread import thread_picture
from dashboards.leader.said import larger_places, threads_to_draw
from dashboards.markup import card_heading, show_drawing
from dashboards.scope import Place
from dashboards.visit import Visit


def choose_born(visit: Visit) -> str:
    """Which children the thread is about, by when they were born; older ones have come further along it."""
    words, options = visit.words, visit.windows[::-1]
    born = chosen("born", options, options[0])
    label = words("thread.born")
    st.segmented_control(label, options, key="born", format_func=lambda window: window.replace("-", "–"), required=True)
    remember("born", born, options[0])
    return born


def first_sentences(visit: Visit, place: Place, window: str) -> list[str]:
    """What the thread of a municipality says; where its end is hidden, what its region's or the country's does."""
    own = visit.thread(place, window)
    said = sentences.thread(own, visit.words)
    if own.state != "suppressed" and own.unbroken is not None:
        return said
    beside = (
        sentences.thread_beside(visit.name(where), visit.thread(where, window), visit.words)
        for where in larger_places(visit, place)
    )
    return [*said, *next((sentence for sentence in beside if sentence), [])]


def thread_card(visit: Visit, place: Place, window: str, told: Told) -> None:
    """The continuity picture; where it says little, a larger one's below it."""
    words = visit.words
    shown = {where: visit.thread(where, window) for where in threads_to_draw(visit, place, window)}
    with st.container(key="card-thread"):
        card_heading(words("thread.title"), words("thread.caption", period=window.replace("-", "–")))
        for where, picture in shown.items():
            if where != place:
                card_heading(visit.name(where), words("thread.instead"))
            show_drawing(thread_picture(picture, words))
        caveat_sections.below_thread(told)
        figure_tables.of_threads(visit, shown, window)
