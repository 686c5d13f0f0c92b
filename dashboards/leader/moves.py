"""Moves and transitions: what came with the child, by place and over time."""

from __future__ import annotations

import streamlit as st

from dashboards import caveat_sections, picture_sections, sections
from dashboards.caveat_markup import Told
from dashboards.caveats import figures_of_all
from dashboards.headlines import OfTheGroup
from dashboards.leader import said
from dashboards.markup import card_heading
from dashboards.picture_sections import around
from dashboards.scope import Place
from dashboards.sentences import Theme
from dashboards.visit import Visit
from pipelines.definitions.measures import ADULTHOOD, CARRIED_AT_MOVE, PLACEMENT, SCHOOL_START

NUMBERS = OfTheGroup(CARRIED_AT_MOVE, SCHOOL_START, PLACEMENT, ADULTHOOD)
FIGURES = figures_of_all(NUMBERS)
STEPS = ("carried_at_move_and_transition",)
"""The step of the thread at which moves and transitions break it."""

MOVED = Theme("move")


def first_sentences(visit: Visit, place: Place) -> list[str]:
    """How often knowledge comes with a move, where it is lost most of moves and transitions, and what has changed."""
    return said.first_sentences(visit, place, CARRIED_AT_MOVE, NUMBERS, MOVED)


def beside_card(visit: Visit, place: Place, told: Told) -> None:
    """All four beside region and country."""
    words, places = visit.words, around(visit, place)
    names = {"own": visit.name(place), "region": visit.name(places[1])}
    with st.container(key="card-moves"):
        title = words("moves.near")
        card_heading(title, words("moves.near_caption", period=visit.window.replace("-", "–"), **names))
        titles = {headline: words.measure(headline.name, "title") for headline in NUMBERS}
        picture_sections.show_rows(visit, titles, places, title, "moves", lambda: caveat_sections.below(told, NUMBERS))


def over_time(visit: Visit, place: Place, told: Told) -> None:
    """One of them through the years; national coordination sees it on the map too."""
    which, by = st.columns([3, 2], vertical_alignment="bottom")
    with which:
        headline = sections.choose_headline(visit, NUMBERS, CARRIED_AT_MOVE, "move")
    with by:
        kind = sections.choose_period_kind(visit)
    left, right = st.columns([3, 2])
    with left, st.container(key="card-trend"):
        picture_sections.trend_card(visit, place, headline, kind, told)
    with right, st.container(key="card-ask"):
        sections.questions_card(visit, place, NUMBERS)
    if visit.scope.role == "national":
        picture_sections.map_card(visit, headline, told)
