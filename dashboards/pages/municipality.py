"""One municipality: its red thread, and follow-up at every age."""

import streamlit as st

from dashboards import frame, published, sections, sentences
from dashboards.markup import heading, lead

visit = frame.begin("municipality")
words = visit.words
period = visit.window.replace("-", "–")

place = sections.choose_place(visit)
region = visit.name(visit.geography.region_of(place.code))
heading(visit.name(place), words("municipality.subtitle", region=region, period=period, day=words.day(visit.as_of)))
window = sections.choose_born(visit)
lead(sentences.thread(visit.thread(place, window), words, published.threshold()))
sections.thread_card(visit, place, window)
sections.milestones_cards(visit, place)
with st.container(key="card-ask"):
    sections.questions_card(visit, place)
