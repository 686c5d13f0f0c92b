"""What changed since the steward was here last: good news first, then what to do now, and what comes."""

import streamlit as st

from dashboards import frame
from dashboards.stewards import news_sections as sections

visit = frame.begin("whats_new")
above = st.container()
found = sections.gather(visit)
with above:
    sections.title_and_lead(visit, found)
sections.cards(visit, found)
