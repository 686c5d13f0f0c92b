"""Gaps to close, for the data steward of one municipality: what was expected, what was found, who can close it."""

import streamlit as st

from dashboards import caveat_sections, frame, worklist
from dashboards import worklist_sections as sections

visit = frame.begin("worklist")
gaps = sections.gaps_or_closed_door(visit)
sections.title_and_numbers(visit, gaps)
told, figures = caveat_sections.of_page(visit, visit.scope.own_place), caveat_sections.figures_of_worklist()
caveat_sections.opening(told, figures)

pill = sections.choose_pill(visit, gaps)
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    order = sections.choose_order(visit)
selected = worklist.ordered(gaps.filter(worklist.fits(pill)), order)
with right:
    sections.downloads(visit, selected)
sections.download_note(visit)
sections.rows(visit, selected)
caveat_sections.collected(told, figures)
