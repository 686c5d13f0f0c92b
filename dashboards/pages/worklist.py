"""Gaps to close, for the data steward of one municipality: what was expected, what was found, who can close it."""

import streamlit as st

from dashboards import caveat_sections, frame, worklist
from dashboards import worklist_sections as sections
from dashboards.stewards import filters

visit = frame.begin("worklist")
gaps = sections.own_gaps(visit)
sections.title_and_numbers(visit, gaps)
told, figures = caveat_sections.of_page(visit, visit.scope.own_place), caveat_sections.figures_of_worklist()
caveat_sections.opening(told, figures)

matching = filters.choose(visit, gaps, sections.back_to_first_page)
pill = sections.choose_pill(visit, matching)
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    order = sections.choose_order(visit)
selected = worklist.ordered(matching.filter(worklist.fits(pill)), order)
with right:
    sections.downloads(visit, selected)
sections.list_and_decisions(visit, selected)
caveat_sections.collected(told, figures)
