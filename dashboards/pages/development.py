"""How do the children develop? Results of assessments of exposed children beside all others, as associations."""

import streamlit as st

from dashboards import caveat_sections, frame
from dashboards.leader import grown
from dashboards.markup import heading, lead

visit = frame.begin_figures("development")
told = caveat_sections.of_page(visit, visit.scope.own_place)

above = st.container()
choice = grown.choose(visit)
with above:
    heading(visit.words("grown.title"), grown.subtitle(visit, choice))
    lead(grown.first_sentences(visit, choice))
    caveat_sections.opening(told, grown.FIGURES)
if choice.band is None:
    grown.nothing_card(visit)
else:
    grown.numbers(visit, choice)
    grown.bars_card(visit, choice)
    grown.ratios_card(visit, choice)
    grown.z_card(visit, choice)
    with st.container(key="card-ask"):
        grown.questions_card(visit, choice)
caveat_sections.collected(told, grown.FIGURES)
