"""Can the data be trusted? What came, where its rows went, which months lack, and what was lost when linked."""

import streamlit as st

from dashboards.quality import health, losses, sections

quality = sections.begin("quality")
health.title_and_lead(quality)
health.numbers(quality)
health.deliveries_card(quality)
health.months_card(quality)

left, right = st.columns(2)
with left:
    losses.linkage_card(quality)
with right:
    losses.codes_card(quality)
