"""Municipalities beside each other and beside the country: one measure or all, and who can be compared at all."""

import streamlit as st

from dashboards import frame
from dashboards.national import choices, compare

visit = frame.begin_figures("compare")
title = st.container()
choice = choices.choose(visit)
with title:
    compare.title_and_lead(visit, choice)
compare.chosen_card(visit, choice)
compare.regions_card(visit, choice)
compare.told_card(visit)
