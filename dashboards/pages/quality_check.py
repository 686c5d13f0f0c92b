"""One check: does its claim hold, what does it mean for figures, what must the supplier do, where, since when."""

import streamlit as st

from dashboards.quality import one_check, sections

quality = sections.begin("quality_check")
sections.checks_or_how_to(quality, quality.visit.words("checks.title"))
chooser = st.container()
title = st.container()
with chooser:
    check = one_check.choose(quality, sections.by_check(quality))
with title:
    one_check.title_and_lead(quality, check)
    sections.stale_note(quality)
one_check.meaning_cards(quality, check)

if quality.visit.scope.role == "steward":
    one_check.findings_card(quality, check)
if quality.visit.scope.role == "national":
    one_check.places_card(quality, check)
one_check.history_card(quality, check)
