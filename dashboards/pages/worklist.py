"""Gaps to close, for the data steward of one municipality: what was expected, what was found, who can close it."""

import streamlit as st

from dashboards import frame, worklist
from dashboards import worklist_sections as sections

visit = frame.begin("worklist")
gaps = sections.gaps_or_closed_door(visit)
sections.title_and_numbers(visit, gaps)

pill = sections.choose_pill(visit, gaps)
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    order = sections.choose_order(visit)
selected = worklist.ordered(gaps.filter(worklist.fits(pill)), order)
with right:
    sections.downloads(visit, selected)
sections.download_note(visit)
sections.rows(visit, selected)
