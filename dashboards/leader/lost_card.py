"""What is lost at each step of the thread, beside region and country."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from dashboards import figure_tables
from dashboards.charts.lost_steps import LostStep, lost_rows, lost_steps, lost_table
from dashboards.markup import card_heading, show
from dashboards.picture_sections import around
from dashboards.scope import Place
from dashboards.visit import Visit


def lost_card(visit: Visit, place: Place, window: str, key: str, steps: Collection[str] = ()) -> None:
    """The nearest place whose thread is shown, in bars, the larger ones beside it in words. `steps`: those at which
    moves and transitions break it, alone.
    """
    words, period = visit.words, window.replace("-", "–")
    by_place = {visit.name(where): _of(visit, where, window, steps) for where in around(visit, place)}
    told = {name: lost for name, lost in by_place.items() if any(step.share for step in lost)}
    if not told:
        return
    nearest, *larger = told
    with st.container(key=f"card-{key}-lost"):
        title = words("moves.thread_title" if steps else "lost_step.title")
        caption = words("moves.thread_caption" if steps else "lost_step.caption", period=period)
        card_heading(title, f"{nearest}. {caption}")
        show(lost_rows(told[nearest], {name: told[name] for name in larger}, words))
        figure_tables.of_frame(visit, lost_table(by_place, words), f"{key}-lost", title=title)


def _of(visit: Visit, place: Place, window: str, steps: Collection[str]) -> list[LostStep]:
    return [lost for lost in lost_steps(visit.thread(place, window)) if not steps or lost.step.name in steps]
