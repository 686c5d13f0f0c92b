"""One municipality: its red thread, and follow-up at every age."""

import streamlit as st

from dashboards import caveat_sections, frame, picture_sections, sections, thread_sections
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
picture_sections.milestones_cards(visit, place, told)
with st.container(key="card-ask"):
    sections.questions_card(visit, place)
caveat_sections.collected(told, figures)
