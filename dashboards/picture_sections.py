"""Pictures of figures on a page: over time, on the map, beside region and country, and by age; each with its table."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboards import caveat_sections, figure_tables, headlines, map_sections, page_record, published
from dashboards.caveat_markup import Told
from dashboards.charts.rows import Row, rows_chart, rows_text
from dashboards.charts.template import CONFIG
from dashboards.charts.tile_map import Tile, map_text
from dashboards.charts.trend import has_gap, last_known, trend, trend_text
from dashboards.frame import link_to_municipality
from dashboards.language import Words
from dashboards.markup import card_heading, show
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from dashboards.tokens import Mode
from dashboards.visit import Visit
from pipelines.definitions.measures import Measure

KEPT = 200
"""Drawn figures that are kept for the next click: drawing takes longer than all else of a page. They are made of
published figures alone, and the same figures make the same picture for every reader."""


def trend_card(visit: Visit, place: Place, headline: Measure, kind: PeriodKind, told: Told) -> None:
    """One headline over time; a municipality beside its region and the country."""
    words, periods = visit.words, visit.periods(kind)
    places = around(visit, place)
    figures = visit.shares((headline,), places, kind, periods)
    own, *beside = (figures.series(headline, where, periods) for where in places)
    region, country = beside or ([], [])
    name = words.measure(headline.name, "title")
    title = words("overview.trend", headline=name)
    caption = words("overview.trend_caption_births" if headline.step else "overview.trend_caption")
    keys = [
        ("overview.rolling", kind != "year"),
        ("overview.region_line", last_known(region) is not None),
        ("overview.country_line", last_known(country) is not None),
        ("overview.dotted", has_gap(own)),
    ]
    card_heading(title, " ".join([caption, *(words(key) for key, holds in keys if holds)]))
    threshold = published.threshold()
    text = trend_text(title, visit.name(place), own, country, words, threshold, region)
    show_figure(_trend(tuple(own), tuple(country), words, visit.mode, threshold, tuple(region)), "trend", text)
    caveat_sections.below(told, (headline,))
    of_periods = zip(periods, zip(own, *beside, strict=True), strict=True)
    lines = [figure_tables.Line(period.replace("-", "–"), name, shares) for period, shares in of_periods]
    figure_tables.of_lines(visit, lines, places, f"trend-{headline.name}", words("table.period"))


def map_card(visit: Visit, headline: Measure, told: Told) -> None:
    """All municipalities, for national coordination; the same as a table below."""
    words, window = visit.words, visit.window
    regions = {place: visit.geography.region_of(place.code) for place in visit.geography.places}
    places = (*regions, *dict.fromkeys(regions.values()))
    figures = visit.shares((headline,), places, "three_years", (window,))
    tiles = [
        Tile(figures.get(headline, place, window), figures.get(headline, region, window), visit.name(region))
        for place, region in regions.items()
    ]
    name = words.measure(headline.name, "title")
    title = words("overview.map", headline=name, number=words.number(len(tiles)))
    with st.container(key="card-map"):
        shares = [tile.own for tile in tiles]
        card_heading(title, map_sections.captions(visit, headline, tiles))
        if all(share.share is None for share in shares):
            show(f"<p class='rt-notice'>{escape(words('overview.map_none'))}</p>")
        show(f"<p class='rt-unseen'>{escape(map_text(title, shares, words))}</p>")
        map_sections.draw(visit, headline, tiles)
        caveat_sections.below(told, (headline,))
        figure_tables.of_municipalities(visit, shares, link_to_municipality(visit))


def near_card(visit: Visit, place: Place, told: Told) -> None:
    """A municipality beside its region and the country, headline by headline."""
    words, shown = visit.words, headlines.CARDS
    places = around(visit, place)
    period = visit.window.replace("-", "–")
    caption = words("overview.near_caption", period=period, own=visit.name(place), region=visit.name(places[1]))
    with st.container(key="card-near"):
        title = words("overview.near")
        card_heading(title, caption)
        titles = {headline: words.measure(headline.name, "title") for headline in shown}
        show_rows(visit, titles, places, title, "near", lambda: caveat_sections.below(told, shown))


def around(visit: Visit, place: Place) -> tuple[Place, ...]:
    """A municipality with its region and the country; any other place alone."""
    return (place, visit.geography.region_of(place.code), COUNTRY) if place.kind == "municipality" else (place,)


def show_rows(
    visit: Visit,
    titles: dict[Measure, str],
    places: tuple[Place, ...],
    title: str,
    key: str,
    caveat: Callable[[], None],
) -> None:
    """A chart of rows, one for each headline, with its text, what checks say of it, and its table."""
    words, window, threshold = visit.words, visit.window, published.threshold()
    figures = visit.shares(tuple(titles), places, "three_years", (window,))
    lines = [
        figure_tables.Line(name, name, tuple(figures.get(headline, where, window) for where in places))
        for headline, name in titles.items()
    ]
    rows = tuple(Row(line.name, line.figures[0], country=line.figures[2], region=line.figures[1]) for line in lines)
    show_figure(_rows(rows, words, visit.mode, threshold), key, rows_text(title, rows, words, threshold))
    caveat()
    figure_tables.of_lines(visit, lines, places, key, words("table.figure"))


@lru_cache(maxsize=KEPT)
def _trend(
    own: tuple[Share, ...],
    country: tuple[Share, ...],
    words: Words,
    mode: Mode,
    threshold: int,
    region: tuple[Share, ...],
) -> go.Figure:
    return trend(own, country, words, mode, threshold, region)


@lru_cache(maxsize=KEPT)
def _rows(rows: tuple[Row, ...], words: Words, mode: Mode, threshold: int) -> go.Figure:
    return rows_chart(rows, words, mode, threshold)


def show_figure(figure: go.Figure, key: str, text: str) -> None:
    """A figure in its own voice (not Streamlit's), without a mode bar, with its text alternative."""
    page_record.say("picture", text)
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"figure-{key}", alt=text)
