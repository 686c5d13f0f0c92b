"""Vega-Lite drawings as SVG for the PDF, and SVG as a fine PNG for Word. No browser; our own typefaces alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import altair as alt
import vl_convert

from dashboards.language import Words
from dashboards.tokens import LIGHT
from reports.documents.fonts import SANS, font_folder

VEGA_LITE = "6.4"
"""The version that drawings are read with, whatever Altair is installed beside us."""

SHARPNESS = 3.0
"""Pixels of a PNG for each of the drawing: about 300 to the inch at the width of a page."""


def svg(chart: alt.TopLevelMixin) -> str:
    """The chart in the type and colours of the pages."""
    _know_fonts()
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=VEGA_LITE, config=CONFIG)
    return drawn


def png(picture: str) -> bytes:
    """The same drawing as pixels, for readers of Word documents whose machine lacks our typefaces."""
    _know_fonts()
    made: bytes = vl_convert.svg_to_png(picture, scale=SHARPNESS)
    return made


def rows_of(rows: Sequence[Mapping[str, object]]) -> alt.Data:
    """Rows as a drawing takes them; Altair's own class has no types."""
    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def axis_of_shares(parts: Sequence[float], words: Words) -> alt.Axis:
    """An axis with these shares (0 to 1) as whole percent of the language."""
    told = ",".join(f"'{part:g}':'{words.percent(part)}'" for part in parts)
    return alt.Axis(values=list(parts), labelExpr=f"{{{told}}}[datum.value]", domain=False, ticks=False)


@cache
def _know_fonts() -> None:
    vl_convert.register_font_directory(str(font_folder()))


PAGE = "#FFFFFF"
"""Behind every drawing: a picture in a Word document is read on a dark screen too."""

AXIS = {
    "labelFont": SANS,
    "titleFont": SANS,
    "labelColor": LIGHT.muted,
    "titleColor": LIGHT.muted,
    "titleFontWeight": "normal",
    "labelFontSize": 11,
    "titleFontSize": 11,
    "domainColor": LIGHT.line,
    "tickColor": LIGHT.line,
    "gridColor": LIGHT.line,
}
CONFIG: dict[str, object] = {
    "background": PAGE,
    "font": SANS,
    "view": {"stroke": None},
    "axis": AXIS,
    "header": {"labelFont": SANS, "labelColor": LIGHT.ink, "labelFontSize": 12, "labelFontWeight": 600},
    "text": {"font": SANS, "fontSize": 11, "fill": LIGHT.ink},
    "legend": {"labelFont": SANS, "titleFont": SANS, "labelColor": LIGHT.ink},
}
