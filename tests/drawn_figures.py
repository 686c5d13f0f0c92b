"""Figures in each state, and what a drawing says, for tests of pictures."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards import sentences
from dashboards.language import NO_BREAK, Words
from dashboards.scope import Place
from dashboards.shares import Share
from dashboards.states import STATES, State

DA = Words("da")
HERE, REGION = Place("municipality", "0479"), Place("region", "1083")
ABSENT: list[State] = [state for state in STATES if state != "number"]


def figure(part: int, whole: int, period: str = "2023-2025", place: Place = HERE) -> Share:
    interval = sentences.wilson(part, whole)
    return Share("handed_over", place, period, "number", part, whole, interval.value, interval.low, interval.high)


def absent(state: State, period: str = "2023-2025", place: Place = HERE) -> Share:
    return Share("handed_over", place, period, state)


def said(drawn: go.Figure) -> str:
    """All words of a figure."""
    texts = [annotation.text for annotation in drawn.layout.annotations]
    for trace in drawn.data:
        texts += [trace.text] if isinstance(trace.text, str) else list(trace.text or ())
    return " ".join(texts).replace(NO_BREAK, " ")
