"""Parts of the page on recommendations: how often each is met in the country, the regions and the municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import polars as pl
import streamlit as st

from dashboards import figure_tables
from dashboards.address import chosen, remember
from dashboards.charts.heat_table import heat_values
from dashboards.charts.periods import period_words
from dashboards.charts.place_grid import GridLine, place_grid
from dashboards.charts.verdicts import figure_columns
from dashboards.frame import link_with
from dashboards.guidance.register import descriptions
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national import readings, sentences
from dashboards.national.grid import cell_of, show_grid
from dashboards.opening import store_path
from dashboards.scope import COUNTRY
from dashboards.visit import Visit
from pipelines.definitions.measures import PARTICIPATION_GAP, REPORTING_COMPLETENESS, Measure
from pipelines.definitions.recommendations import Recommendation, recommendations

BOTH = "both"
WHERE_ELSE = {PARTICIPATION_GAP.name: "follow_up", REPORTING_COMPLETENESS.name: "completeness"}
"""The page of a measure that is no share of a municipality."""


def title_and_lead(visit: Visit, shown: Sequence[Recommendation]) -> None:
    """How many are measured, and which is met least often in the country."""
    words = visit.words
    period = period_words(visit.window, words)
    heading(
        words("recommendations.title"), words("recommendations.subtitle", period=period, day=words.day(visit.as_of))
    )
    good = tuple(measure for measure in _measures(shown) if measure.high_is_good)
    country = readings.figures(visit, good, (COUNTRY,), visit.window).to_dicts()
    measured = sum(each.is_measured for each in shown)
    lead(sentences.of_recommendations(measured, len(shown), country, _titles(visit, good), words))


def choose_guidance(visit: Visit) -> list[Recommendation]:
    """Both guidances, or one of them; where there is but one, that one."""
    words, known = visit.words, recommendations(visit.reference)
    titles = {each.name: each.short_title[words.language] for each in descriptions(store_path())}
    options = (BOTH, *dict.fromkeys(each.pathway for each in known))
    if len(options) <= 2:
        return list(known)
    guidance = chosen("guidance", options, BOTH)
    st.pills(
        words("recommendations.guidance"),
        options,
        key="guidance",
        format_func=lambda name: words("guidance.both") if name == BOTH else titles[name],
        required=True,
    )
    remember("guidance", guidance, BOTH)
    return [each for each in known if guidance in (BOTH, each.pathway)]


def regions_card(visit: Visit, shown: Sequence[Recommendation]) -> None:
    """Each recommendation with its measures, in the country and in each region."""
    words, places = visit.words, (COUNTRY, *readings.asking(visit).regions)
    measures = _measures(shown)
    rows = readings.figures(visit, measures, places, visit.window).with_columns(pl.lit(None).alias("verdict"))
    cells = {(row["measure"], row["place"]): cell_of(row, words) for row in rows.iter_rows(named=True)}
    groups = {
        _text(each, visit): [
            GridLine(
                _title(visit, measure),
                tuple(cells[measure.name, place.code] for place in places),
                link_with(words, visit.scope, "definitions", measure=measure.name),
            )
            for measure in each.measures
        ]
        for each in shown
        if each.measures
    }
    with st.container(key="card-met"):
        title = words("recommendations.met")
        card_heading(title, words("recommendations.met_caption"))
        show(place_grid(title, [visit.name(place) for place in places], groups))
        figure_tables.of_frame(visit, _table(visit, shown, rows), "recommendations", title=title)


def _table(visit: Visit, shown: Sequence[Recommendation], rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each measure of each recommendation in each place, figures and states in words."""
    words, names = visit.words, readings.asking(visit).names
    of_measure = rows.partition_by("measure", as_dict=True)
    return pl.DataFrame(
        [
            {
                words("column.recommendation"): _text(each, visit),
                words("compared_table.measure"): _title(visit, measure),
                words("table.place"): names[row["place"]],
            }
            | figure_columns(row, words)
            for each in shown
            for measure in each.measures
            for row in of_measure[(measure.name,)].iter_rows(named=True)
        ],
        orient="row",
    )


def unmeasured_card(visit: Visit, shown: Sequence[Recommendation]) -> None:
    """What nothing measured shows, and why; and what is shown on another page."""
    words = visit.words
    silent = [each for each in shown if not each.is_measured]
    elsewhere = [(each, measure) for each in shown for measure in each.others]
    with st.container(key="card-unmeasured"):
        card_heading(words("recommendations.unmeasured"), words("recommendations.unmeasured_caption"))
        items = [f"<b>{escape(_text(each, visit))}</b> {escape(each.not_measured[words.language])}" for each in silent]
        items += [f"<b>{escape(_text(each, visit))}</b> {_elsewhere(visit, measure)}" for each, measure in elsewhere]
        show(f"<ul class='rt-unmeasured'>{''.join(f'<li>{item}</li>' for item in items)}</ul>")


def _elsewhere(visit: Visit, measure: Measure) -> str:
    words, page = visit.words, WHERE_ELSE[measure.name]
    address = escape(link_with(words, visit.scope, page), quote=True)
    link = f"<a href='{address}' target='_self'>{escape(words(f'nav.{page}'))}</a>"
    return words("recommendations.elsewhere", measure=escape(_title(visit, measure)), page=link)


def municipalities_card(visit: Visit, shown: Sequence[Recommendation]) -> None:
    """Every municipality by every measure, region by region, with the verdict beside the country."""
    words, measures = visit.words, _measures(shown)
    rows = readings.compared(visit, measures, visit.window)
    titles, names = _titles(visit, measures), readings.asking(visit).names
    with st.container(key="card-places"):
        title = words("recommendations.places")
        hidden = rows.filter(pl.col("share").is_null()).height
        numbers = {"hidden": words.number(hidden), "figures": words.number(rows.height)}
        card_heading(title, words("recommendations.places_caption", **numbers))
        show_grid(visit, rows, titles, title)
        table = heat_values(rows, names, titles, words)
        figure_tables.of_frame(visit, table, "recommendations-places", title=title)


def _measures(shown: Sequence[Recommendation]) -> tuple[Measure, ...]:
    return tuple(dict.fromkeys(measure for each in shown for measure in each.measures))


def _titles(visit: Visit, measures: Sequence[Measure]) -> dict[str, str]:
    return {measure.name: _title(visit, measure) for measure in measures}


def _title(visit: Visit, measure: Measure) -> str:
    """With a word where a low share is the good one."""
    title = visit.words.measure(measure.name, "title")
    return title if measure.high_is_good else f"{title} ({visit.words('spine.low_is_good')})"


def _text(each: Recommendation, visit: Visit) -> str:
    return f"{each.text[visit.words.language]}."
