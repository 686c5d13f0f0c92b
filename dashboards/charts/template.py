"""The one typographic voice of all Plotly figures, light and dark, and the configuration that they are shown with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import plotly.graph_objects as go

from dashboards.tokens import TOKENS, Mode

SANS = '"Source Sans", "Source Sans Pro", sans-serif'
SERIF = '"Source Serif", "Source Serif Pro", Georgia, serif'

CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "displaylogo": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["sendDataToCloud", "sendChartToCloud", "shareChart", "toImage"],
    "plotlyServerURL": "",
}
"""No mode bar: its share button would send figures to an outside address."""


@dataclass
class Sheet:
    """What a picture will show, put together at the end: Plotly looks at every mark again whenever one is added."""

    traces: list[go.Bar | go.Scatter] = field(default_factory=list)
    shapes: list[Mapping[str, object]] = field(default_factory=list)
    annotations: list[Mapping[str, object]] = field(default_factory=list)

    def figure(self, mode: Mode, **layout: object) -> go.Figure:
        """The picture. Shapes lie over each other in their order, and so do traces."""
        marks = {"shapes": self.shapes, "annotations": self.annotations}
        return go.Figure(self.traces, layout={"template": template(mode), **marks, **layout})


@cache
def template(mode: Mode) -> go.layout.Template:
    """Transparent ground (the card shows through), hairlines, no legend, no dragging."""
    colours = TOKENS[mode]
    axis = {
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
        "tickfont": {"color": colours.muted, "size": 12},
        "title": {"font": {"color": colours.muted, "size": 12}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": SANS, "size": 13, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colours.thread],
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colours.card,
                "bordercolor": colours.line,
                "font": {"family": SANS, "size": 13, "color": colours.ink},
                "align": "left",
            },
            "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
            "xaxis": axis,
            "yaxis": axis,
            "annotationdefaults": {"showarrow": False, "font": {"family": SANS, "size": 12, "color": colours.muted}},
        }
    )
