"""One figure as a notebook shows it: the picture, the same in words, and the rows that it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go
import polars as pl

from dashboards.charts.template import CONFIG


@dataclass(frozen=True, eq=False, repr=False)
class Told:
    """`table` is for people, in their language; `rows` are as published, with codes, for further work.

    What may not be shown, or is not there, is a word in the table and null in the rows, with its state.
    """

    title: str
    text: str
    table: pl.DataFrame
    rows: pl.DataFrame
    chart: go.Figure | None = None

    def __repr__(self) -> str:
        """Where nothing can be drawn, the words."""
        return self.text

    def _repr_html_(self) -> str:
        """The title with the picture, or with the table where there is none. The drawing library comes along with each
        picture, so that nothing is fetched from the net."""
        shown = self.table._repr_html_() if self.chart is None else self._drawing(self.chart)
        label = escape(self.text, quote=True)
        return f"<figure role='img' aria-label='{label}'><figcaption>{escape(self.title)}</figcaption>{shown}</figure>"

    def _drawing(self, chart: go.Figure) -> str:
        return str(chart.to_html(full_html=False, include_plotlyjs=True, config=dict(CONFIG)))
