"""What pages put before their readers: headings, sentences, drawings; and the small pieces of `marks`."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboards import page_record
from dashboards.marks import (
    code,
    comparison_mark,
    count_in_words,
    interval_in_sentence,
    state_mark,
    state_word,
    strong_share,
)

__all__ = [
    "card_heading",
    "code",
    "comparison_mark",
    "count_in_words",
    "heading",
    "interval_in_sentence",
    "lead",
    "show",
    "show_drawing",
    "state_mark",
    "state_word",
    "strong_share",
]


def show(markup: str) -> None:
    """Put markup on the page (no script, no drawing: Streamlit cleans both away)."""
    page_record.say("markup", markup)
    st.html(markup)


def show_drawing(markup: str) -> None:
    """Put markup with inline SVG on the page; one line, so that it is not read as Markdown."""
    page_record.say("markup", markup)
    st.markdown("".join(line.strip() for line in markup.splitlines()), unsafe_allow_html=True)


def heading(title: str, subtitle: str) -> None:
    """The page's name and where and when it speaks of."""
    page_record.say_heading(title, subtitle)
    show(f"<header class='rt-head'><h1>{escape(title)}</h1><p>{escape(subtitle)}</p></header>")


def lead(sentences: list[str]) -> None:
    """The first sentences: what the figures say, made by rules (already markup)."""
    show(f"<p class='rt-lead'>{' '.join(sentences)}</p>")


def card_heading(title: str, caption: str) -> None:
    """Title and caption of a picture."""
    page_record.say_card(title, caption)
    show(f"<div class='rt-card-head'><h2>{escape(title)}</h2><p>{escape(caption)}</p></div>")
