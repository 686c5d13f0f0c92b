"""One municipality beside its region and the country in every measure, and in one measure among its peers."""

from __future__ import annotations

from typing import Literal, get_args

import streamlit as st

from dashboards import figure_tables, picture_sections
from dashboards.address import chosen, remember
from dashboards.markup import card_heading, show
from dashboards.national import readings
from dashboards.national.choices import Choice
from dashboards.notebook import comparisons
from dashboards.notebook.peer_groups import comparison_among
from dashboards.notebook.told import Told
from dashboards.scope import Place
from dashboards.sidebar import choose_municipality
from dashboards.visit import Visit

Peers = Literal["size", "region"]
PEERS: tuple[Peers, ...] = get_args(Peers)


def one_card(visit: Visit, choice: Choice) -> None:
    """The spine, and below it the peers."""
    words, asking = visit.words, readings.asking(visit)
    code = choose_municipality(words, visit.geography, "municipality.choose")
    name = visit.name(Place("municipality", code))
    with st.container(key="card-spine"):
        spine = comparisons.municipality(asking, code, choice.window)
        card_heading(words("comparing.spine", place=name), words("comparing.spine_caption"))
        _picture(visit, spine, "compare-spine")
    with st.container(key="card-peers"):
        measure = words.measure(choice.measure.name, "title")
        card_heading(words("comparing.peers", place=name, measure=measure), words("comparing.peers_caption"))
        among = comparison_among(asking, choice.measure.name, choice.window, code, _peers(visit))
        if among.rows["share"].is_null().all():
            show(f"<p class='rt-notice'>{words('comparing.peers_hidden', number=among.rows.height)}</p>")
            figure_tables.of_frame(visit, among.table, "compare-peers", title=among.title)
        else:
            _picture(visit, among, "compare-peers")


def _peers(visit: Visit) -> Peers:
    among = chosen("among", PEERS, PEERS[0])
    st.segmented_control(
        visit.words("comparing.among"),
        PEERS,
        key="among",
        format_func=lambda name: visit.words(f"compare_among.{name}"),
        required=True,
    )
    remember("among", among, PEERS[0])
    return next(option for option in PEERS if option == among)


def _picture(visit: Visit, told: Told, key: str) -> None:
    if told.chart is not None:
        picture_sections.show_figure(told.chart, key, told.text)
    figure_tables.of_frame(visit, told.table, key, title=told.title)
