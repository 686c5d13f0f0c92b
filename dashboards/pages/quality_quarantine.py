"""Rows that were set aside: by table, rule and column with what to do, and the steward's own rows with their files."""

from dashboards.quality import sections, set_aside

quality = sections.begin("quality_quarantine")
set_aside.title_and_lead(quality)
if quality.visit.scope.role == "steward":
    set_aside.own_cards(quality)
set_aside.others_card(quality)
