"""Whom do we reach in follow-up? Every contact by age, beside other children, and how long it took."""

import streamlit as st

from dashboards import caveat_sections, frame, sections
from dashboards.leader import beside, follow_up, numbers
from dashboards.markup import heading, lead

visit = frame.begin_figures("follow_up")
words, period = visit.words, visit.window.replace("-", "–")

place = sections.choose_place(visit)
told = caveat_sections.of_page(visit, place)
heading(
    words("follow_up.title"),
    words("overview.subtitle", place=visit.name(place), period=period, day=words.day(visit.as_of)),
)
lead([*follow_up.first_sentences(visit, place), *beside.compared_sentence(visit, place, follow_up.NUMBERS)])
caveat_sections.opening(told, follow_up.FIGURES)
numbers.number_cards(visit, place, follow_up.NUMBERS, told)
follow_up.milestones(visit, place, told)
with st.container(key="card-ask"):
    sections.questions_card(visit, place, follow_up.ASKED)
follow_up.participation_card(visit)
follow_up.how_long_cards(visit)
caveat_sections.collected(told, follow_up.FIGURES)
