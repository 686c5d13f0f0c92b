"""What the reader of the comparison has chosen; all of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

from dashboards.address import chosen, remember
from dashboards.charts.periods import period_words
from dashboards.headlines import SELECTABLE
from dashboards.national.readings import told_most
from dashboards.scope import Place
from dashboards.visit import Visit
from pipelines.definitions.measures import Measure

View = Literal["funnel", "order", "all", "one"]
VIEWS: tuple[View, ...] = get_args(View)
EVERYWHERE = "all"
BY_NAME = {measure.name: measure for measure in SELECTABLE}


@dataclass(frozen=True)
class Choice:
    """`region`: none for the whole country."""

    measure: Measure
    window: str
    region: Place | None
    view: View


def choose(visit: Visit) -> Choice:
    """Measure, period and region beside each other, and below them how to see it."""
    first, second, third = st.columns(3)
    with second:
        window = _window(visit)
    with first:
        measure = _measure(visit, window)
    with third:
        region = _region(visit)
    return Choice(measure, window, region, _view(visit))


def _window(visit: Visit) -> str:
    words, options = visit.words, visit.windows[::-1]
    window = chosen("period", options, options[0])
    st.selectbox(
        words("comparing.period"), options, key="period", format_func=lambda option: period_words(option, words)
    )
    remember("period", window, options[0])
    return window


def _measure(visit: Visit, window: str) -> Measure:
    """First the measure that most municipalities can be compared in."""
    words, options = visit.words, list(BY_NAME)
    default = told_most(visit, window).name
    name = chosen("measure", options, default)
    st.selectbox(
        words("comparing.measure"), options, key="measure", format_func=lambda option: words.measure(option, "title")
    )
    st.query_params["measure"] = name
    return BY_NAME[name]


def _region(visit: Visit) -> Place | None:
    words = visit.words
    regions = {place.code: place for place in dict.fromkeys(map(visit.geography.region_of, visit.geography.codes))}
    options = [EVERYWHERE, *sorted(regions, key=lambda code: visit.name(regions[code]))]
    code = chosen("region", options, EVERYWHERE)

    def name(option: str) -> str:
        return words("comparing.all_regions") if option == EVERYWHERE else visit.name(regions[option])

    st.selectbox(words("comparing.region"), options, key="region", format_func=name)
    remember("region", code, EVERYWHERE)
    return regions.get(code)


def _view(visit: Visit) -> View:
    view = chosen("view", VIEWS, VIEWS[0])
    st.segmented_control(
        visit.words("comparing.view"),
        VIEWS,
        key="view",
        format_func=lambda name: visit.words(f"compare_view.{name}"),
        required=True,
    )
    remember("view", view, VIEWS[0])
    return next(option for option in VIEWS if option == view)
