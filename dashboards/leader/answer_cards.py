"""A ready answer as a card: its first sentence, its picture with text and table, and where it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from dashboards import figure_tables
from dashboards.address import chosen, remember
from dashboards.language import Words
from dashboards.markup import card_heading, show
from dashboards.notebook.told import Told
from dashboards.picture_sections import show_figure
from dashboards.visit import Visit


def answer_card(visit: Visit, key: str, title: str, caption: str, told: Told | None, said: Sequence[str] = ()) -> None:
    """`said`: sentences, already markup. Where nothing is published, that is said and nothing is drawn."""
    with st.container(key=f"card-{key}"):
        card_heading(title, caption)
        if told is None:
            show(f"<p class='rt-notice'>{escape(visit.words('leader.nothing'))}</p>")
            return
        if said:
            show(f"<p class='rt-told'>{' '.join(said)}</p>")
        if told.chart is not None:
            show_figure(told.chart, key, told.text)
        figure_tables.of_frame(visit, told.table, key, title=title)


def choose_one(words: Words, key: str, options: Sequence[str], label: str, name: Callable[[str], str]) -> str:
    """A choice that is in the address; the first option leaves the address clean. `name`: an option in words."""
    value = chosen(key, options, options[0])
    st.segmented_control(words(label), options, key=key, format_func=name, required=True)
    remember(key, value, options[0])
    return value


def questions(title: str, caption: str, items: Sequence[str]) -> None:
    """What to ask whom; each is markup that begins with whom."""
    card_heading(title, caption)
    show(f"<ul class='rt-ask'>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
