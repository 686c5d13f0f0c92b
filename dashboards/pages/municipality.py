"""One municipality: its red thread, and follow-up at every age."""

import streamlit as st

from dashboards import caveat_sections, frame, published, sections, sentences
from dashboards.markup import heading, lead

visit = frame.begin("municipality")
words = visit.words
period = visit.window.replace("-", "–")

place = sections.choose_place(visit)
told, figures = caveat_sections.of_page(visit, place), caveat_sections.figures_of_municipality()
region = visit.name(visit.geography.region_of(place.code))
heading(visit.name(place), words("municipality.subtitle", region=region, period=period, day=words.day(visit.as_of)))
window = sections.choose_born(visit)
lead(sentences.thread(visit.thread(place, window), words, published.threshold()))
caveat_sections.opening(told, figures)
sections.thread_card(visit, place, window, told)
sections.milestones_cards(visit, place, told)
with st.container(key="card-ask"):
    sections.questions_card(visit, place)
caveat_sections.collected(told, figures)
