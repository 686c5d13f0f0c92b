"""The red thread of one municipality: how far knowledge follows its children, and what is lost at each step."""

import streamlit as st

from dashboards import caveat_sections, frame, sections, thread_sections
from dashboards.leader.lost_card import lost_card
from dashboards.markup import heading, lead

visit = frame.begin_figures("municipality")
words = visit.words
period = visit.window.replace("-", "–")

place = sections.choose_place(visit)
told, figures = caveat_sections.of_page(visit, place), caveat_sections.figures_of_municipality()
region = visit.name(visit.geography.region_of(place.code))
heading(visit.name(place), words("municipality.subtitle", region=region, period=period, day=words.day(visit.as_of)))
window = thread_sections.choose_born(visit)
lead(thread_sections.first_sentences(visit, place, window))
caveat_sections.opening(told, figures)
thread_sections.thread_card(visit, place, window, told)
lost_card(visit, place, window, "thread")
with st.container(key="card-ask"):
    sections.questions_card(visit, place)
caveat_sections.collected(told, figures)
