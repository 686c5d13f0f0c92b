"""Rows to mend, for the data steward of one municipality: which check, which row, since when, and what to do."""

import streamlit as st

from dashboards import published_checks
from dashboards.quality import finding_list, findings, sections

quality = sections.begin("quality_findings")
words = quality.visit.words
sections.checks_or_how_to(quality, words("finding.title"))
rows = findings.in_words(quality.of_checks(published_checks.findings, quality.today), words)
finding_list.title_and_lead(quality, rows)

if not rows.is_empty():
    finding_list.by_check_card(quality, rows)
state = finding_list.choose_state(quality, rows)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    check_id = finding_list.choose_check(quality, rows)
chosen = finding_list.selected(rows, state, check_id)
with right:
    sections.downloads(quality, findings.for_file(chosen, words), words("finding.file"), what="quality_findings")
finding_list.list_card(quality, chosen)
