"""The one typographic voice of all Plotly figures, light and dark, and the configuration that they are shown with."""

from __future__ import annotations

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
