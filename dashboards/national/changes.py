"""Parts of the page on changes: what to look at first, every series, one series over time, and corrected figures."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import figure_tables, opening, picture_sections, published_revisions
from dashboards.address import chosen, remember
from dashboards.change_sentences import alert_sentence, revision_sentence
from dashboards.charts.periods import period_tick
from dashboards.charts.place_grid import Cell, GridLine, place_grid
from dashboards.charts.run_chart import trend_words
from dashboards.frame import link_with
from dashboards.headlines import SELECTABLE
from dashboards.markup import card_heading, comparison_mark, heading, lead, show
from dashboards.national import readings, sentences
from dashboards.notebook import changes
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER

MARKS = {"improving": "better", "worsening": "worse", "no_change": "similar", "cannot_be_said": "incomparable"}
REVISIONS_SHOWN = 12


def title_and_lead(visit: Visit) -> None:
    """How many series have changed for good, and whether earlier figures were corrected."""
    words, lasting = visit.words, readings.lasting(visit)
    heading(words("changes.title"), words("changes.subtitle", day=words.day(visit.as_of)))
    revised = _revised(visit)
    told = sentences.of_changes(lasting.trends, lasting.alerts, words)
    lead([*told, sentences.of_revisions(None if revised is None else revised.height, words)])


def first_card(visit: Visit) -> None:
    """The changes that hold when all series are looked at together, the most important first."""
    words, alerts = visit.words, readings.lasting(visit).alerts
    with st.container(key="card-first"):
        card_heading(words("changes.first"), words("changes.first_caption"))
        if alerts.is_empty():
            show(f"<p class='rt-notice'>{escape(words('changes.first_none'))}</p>")
            return
        items = "".join(f"<li>{_alert(visit, row)}</li>" for row in alerts.iter_rows(named=True))
        show(f"<ol class='rt-changes'>{items}</ol>")


def _alert(visit: Visit, row: Mapping[str, Any]) -> str:
    words = visit.words
    sentence = alert_sentence(row, words.measure(row["measure"], "title"), _names(visit)[row["place"]], words)
    address = link_with(words, visit.scope, "changes", measure=row["measure"], place=row["place"])
    see = f"<a href='{escape(address, quote=True)}' target='_self'>{escape(words('changes.see'))}</a>"
    return f"{comparison_mark(MARKS[row['direction']])}<span>{escape(sentence)} {see}</span>"


def series_card(visit: Visit) -> None:
    """Every measure in the country and in each region: improving, worsening, unchanged, or not to be said."""
    words, trends = visit.words, readings.lasting(visit).trends
    places = _places(visit)
    told = {(row["measure"], row["place"]): row for row in trends.iter_rows(named=True)}
    lines = [
        GridLine(
            words.measure(measure.name, "title"),
            tuple(_cell(visit, told.get((measure.name, place.code))) for place in places),
            link_with(words, visit.scope, "changes", measure=measure.name),
        )
        for measure in SELECTABLE
    ]
    with st.container(key="card-series"):
        card_heading(words("changes.series"), words("changes.series_caption"))
        show(place_grid(words("changes.series"), [visit.name(place) for place in places], {"": lines}))
        table = pl.DataFrame([_line(visit, row) for row in told.values()], orient="row")
        figure_tables.of_frame(visit, table, "changes", title=words("changes.series"))


def _cell(visit: Visit, row: Mapping[str, Any] | None) -> Cell:
    """A measure without quarters, such as a step of the thread, is not followed here."""
    words = visit.words
    if row is None:
        return Cell("rt-state missing", "", words("changes.no_quarters"))
    since = "" if row["since_period"] is None else period_tick(row["since_period"], words).replace("<br>", " ")
    return Cell(f"rt-mark {MARKS[row['trend']]}", since, words(f"trend.{row['trend']}"))


def _line(visit: Visit, row: Mapping[str, Any]) -> dict[str, str]:
    words = visit.words
    return {
        words("compared_table.measure"): words.measure(row["measure"], "title"),
        words("table.place"): _names(visit)[row["place"]],
        words("notebook.change"): trend_words(row, words),
    }


def course_card(visit: Visit) -> None:
    """One measure in one place over quarters, with the levels before and after."""
    words = visit.words
    with st.container(key="card-course"):
        head = st.container()
        left, right = st.columns([2, 1])
        with left:
            measure = _choose_measure(visit)
        with right:
            place = _choose_place(visit)
        told = changes.trend(readings.asking(visit), measure, place)
        with head:
            card_heading(told.title, words("changes.course_caption"))
        if told.chart is not None:
            picture_sections.show_figure(told.chart, "course", told.text)
        figure_tables.of_frame(visit, told.table, f"course-{measure}", title=told.title)


def _choose_measure(visit: Visit) -> str:
    """First the measure of the first alert."""
    words, alerts = visit.words, readings.lasting(visit).alerts
    options = [measure.name for measure in SELECTABLE]
    default = HANDED_OVER.name if alerts.is_empty() else str(alerts["measure"][0])
    name = chosen("measure", options, default)
    st.selectbox(
        words("comparing.measure"), options, key="measure", format_func=lambda option: words.measure(option, "title")
    )
    remember("measure", name, default)
    return name


def _choose_place(visit: Visit) -> str:
    options, names = [place.code for place in _places(visit)], _names(visit)
    alerts = readings.lasting(visit).alerts
    default = COUNTRY.code if alerts.is_empty() else str(alerts["place"][0])
    code = chosen("place", options, default)
    st.selectbox(visit.words("table.place"), options, key="place", format_func=names.__getitem__)
    remember("place", code, default)
    return code


def revisions_card(visit: Visit) -> None:
    """Years that an earlier publication told otherwise."""
    words, revised = visit.words, _revised(visit)
    with st.container(key="card-revisions"):
        card_heading(words("revisions.title"), words("revisions.caption"))
        if revised is None or revised.is_empty():
            show(f"<p class='rt-notice'>{escape(sentences.of_revisions(None if revised is None else 0, words))}</p>")
            return
        lines = [_revision(visit, row) for row in revised.iter_rows(named=True)]
        items = "".join(
            f"<li><span><b>{escape(measure)}, {escape(place)}.</b> {escape(text)}</span></li>"
            for measure, place, text in (line.values() for line in lines[:REVISIONS_SHOWN])
        )
        show(f"<ol class='rt-changes'>{items}</ol>")
        table = pl.DataFrame(lines, orient="row")
        figure_tables.of_frame(visit, table, "revisions", title=words("revisions.title"))


def _revision(visit: Visit, row: Mapping[str, Any]) -> dict[str, str]:
    words = visit.words
    return {
        words("compared_table.measure"): words.measure(row["headline"], "title"),
        words("table.place"): _names(visit)[row["place"]],
        words("notebook.change"): revision_sentence(row, words),
    }


def _revised(visit: Visit) -> pl.DataFrame | None:
    """None where the store keeps no earlier publication with other figures."""
    earlier = opening.open_publication_before(opening.store_path(), visit.tables)
    if earlier is None:
        return None
    versions = (str(visit.tables.run["run_id"]), str(earlier.run["run_id"]))
    return _read(versions, visit.scope, tuple(_places(visit)), _tables=(earlier, visit.tables))


@st.cache_data(max_entries=10, show_spinner=False)
def _read(
    versions: tuple[str, str],  # noqa: ARG001  (part of the key: other publications, other figures)
    scope: Scope,
    places: tuple[Place, ...],
    _tables: tuple[Source, Source],
) -> pl.DataFrame:
    return published_revisions.revised(*_tables, scope, SELECTABLE, places)


def _places(visit: Visit) -> list[Place]:
    return [COUNTRY, *readings.asking(visit).regions]


def _names(visit: Visit) -> dict[str, str]:
    return readings.asking(visit).names
