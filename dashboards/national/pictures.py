"""A picture whose marks are municipalities: a click on one opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboards import page_record
from dashboards.charts.template import CONFIG
from dashboards.visit import Visit

MUNICIPALITY = "dashboards/pages/municipality.py"


def show_and_open(visit: Visit, figure: go.Figure, key: str, text: str) -> None:
    """The picture with its text; the page of the municipality takes its place when one is clicked on."""
    page_record.say("picture", text)
    event = st.plotly_chart(
        figure, theme=None, config=CONFIG, key=f"figure-{key}", alt=text, on_select="rerun", selection_mode="points"
    )
    code = place_of(event)
    if code in visit.geography.codes:
        kept = {"municipality": code, "lang": visit.words.language, "role": visit.scope.role}
        st.switch_page(MUNICIPALITY, query_params=kept)


def place_of(event: Mapping[str, Any]) -> str:
    """The code of the mark that was clicked on; empty for lines, bands and nothing at all."""
    points = event.get("selection", {}).get("points", [])
    told = points[0].get("customdata") if points else None
    return str(told[0] if isinstance(told, list) else told or "")
