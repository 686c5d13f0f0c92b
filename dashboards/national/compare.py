"""Parts of the page that compares municipalities: the first sentence, the chosen picture, regions, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import polars as pl
import streamlit as st

from dashboards import figure_tables, picture_sections
from dashboards.charts.caterpillar import caterpillar, caterpillar_text
from dashboards.charts.funnel_plot import funnel_plot, funnel_text
from dashboards.charts.heat_table import heat_text, heat_values
from dashboards.charts.periods import period_words
from dashboards.charts.verdicts import places_table
from dashboards.frame import link_to_municipality, link_with
from dashboards.headlines import SELECTABLE
from dashboards.markup import card_heading, heading, lead, show
from dashboards.national import readings, sentences
from dashboards.national.choices import Choice
from dashboards.national.grid import show_grid
from dashboards.national.one_place import one_card
from dashboards.national.pictures import show_and_open
from dashboards.national.tables import Told, told_table
from dashboards.scope import COUNTRY
from dashboards.visit import Visit


def title_and_lead(visit: Visit, choice: Choice) -> None:
    """Who lies outside of what chance and usual variation explain; regions where municipalities are hidden."""
    words, rows = visit.words, _of_measure(visit, choice)
    period = period_words(choice.window, words)
    heading(
        words("comparing.title"),
        words("comparing.subtitle", place=_where(visit, choice), period=period, day=words.day(visit.as_of)),
    )
    country = readings.figures(visit, (choice.measure,), (COUNTRY,), choice.window).row(0, named=True)
    regions = readings.beside(visit, (choice.measure,), choice.window)
    told = sentences.of_comparison(rows, country, words)
    lead([f"<b>{escape(_title(visit, choice))}.</b>", *told, sentences.of_regions(regions, _names(visit), words)])
    address = escape(link_with(words, visit.scope, "definitions", measure=choice.measure.name), quote=True)
    show(f"<p class='rt-facts'><a href='{address}' target='_self'>{escape(words('app.definition'))}</a></p>")


def chosen_card(visit: Visit, choice: Choice) -> None:
    """The picture that the reader asked for."""
    cards: dict[str, Callable[[Visit, Choice], None]] = {
        "funnel": _funnel_card,
        "order": _order_card,
        "all": _all_card,
        "one": one_card,
    }
    cards[choice.view](visit, choice)


def _funnel_card(visit: Visit, choice: Choice) -> None:
    words, rows, names = visit.words, _of_measure(visit, choice), _names(visit)
    title = words("comparing.funnel", measure=_title(visit, choice))
    with st.container(key="card-funnel"):
        card_heading(title, words("comparing.funnel_caption"))
        if rows["share"].is_not_null().any():
            figure = funnel_plot(rows, names, None, words, visit.mode)
            show_and_open(visit, figure, "compare-funnel", funnel_text(title, rows, names, None, words))
        else:
            _nothing(visit)
        _table(visit, rows, choice, title)


def _order_card(visit: Visit, choice: Choice) -> None:
    words, rows, names = visit.words, _of_measure(visit, choice), _names(visit)
    title = words("comparing.order", measure=_title(visit, choice))
    with st.container(key="card-order"):
        card_heading(title, words("comparing.order_caption"))
        if rows["share"].is_not_null().any():
            figure = caterpillar(rows, names, None, words, visit.mode)
            show_and_open(visit, figure, "compare-order", caterpillar_text(title, rows, names, words))
        else:
            _nothing(visit)
        _table(visit, rows, choice, title)


def _all_card(visit: Visit, choice: Choice) -> None:
    """Every municipality by every measure, region by region."""
    words, titles, names = visit.words, _titles(visit), _names(visit)
    rows = _in_region(visit, readings.compared(visit, SELECTABLE, choice.window), choice)
    title = words("comparing.all", period=period_words(choice.window, words))
    with st.container(key="card-all"):
        card_heading(title, words("comparing.all_caption"))
        show(f"<p class='rt-unseen'>{escape(heat_text(title, rows, names, titles, words))}</p>")
        show_grid(visit, rows, titles, title)
        figure_tables.of_frame(visit, heat_values(rows, names, titles, words), "compare-all", title=title)


def regions_card(visit: Visit, choice: Choice) -> None:
    """The regions beside each other: they can nearly always be shown."""
    words, names = visit.words, _names(visit)
    rows = readings.beside(visit, (choice.measure,), choice.window)
    title = words("comparing.regions_title", measure=_title(visit, choice))
    with st.container(key="card-regions"):
        card_heading(title, words("comparing.regions_caption"))
        text = caterpillar_text(title, rows, names, words)
        picture_sections.show_figure(caterpillar(rows, names, None, words, visit.mode), "compare-regions", text)
        table = places_table(rows.with_columns(pl.lit(None).alias("low_95"), pl.lit(None).alias("rank")), names, words)
        figure_tables.of_frame(visit, table[:, :4], "compare-regions", title=title)


def told_card(visit: Visit) -> None:
    """How many municipalities can be compared, measure by measure and period by period; each number leads there."""
    words = visit.words
    told = {window: readings.told_in(readings.compared(visit, SELECTABLE, window)) for window in visit.windows[::-1]}
    with st.container(key="card-told"):
        card_heading(words("comparing.told"), words("comparing.told_caption", number=len(visit.geography.codes)))
        headings = [words("compared_table.measure"), *(period_words(window, words) for window in told)]
        rows = [
            [Told(words.measure(measure.name, "title")), *(_told(visit, measure.name, *pair) for pair in told.items())]
            for measure in SELECTABLE
        ]
        show(told_table(words("comparing.told"), headings, rows))


def _told(visit: Visit, measure: str, window: str, told: dict[str, int]) -> Told:
    number = told.get(measure, 0)
    if not number:
        return Told(visit.words("comparing.told_none"), is_number=True)
    address = link_with(visit.words, visit.scope, "compare", measure=measure, period=window)
    return Told(visit.words.number(number), address, is_number=True)


def _table(visit: Visit, rows: pl.DataFrame, choice: Choice, title: str) -> None:
    """Links to the municipalities that are in the picture, and all of them as a table."""
    link, names = link_to_municipality(visit), _names(visit)
    shown = sorted(rows.filter(pl.col("share").is_not_null())["place"], key=names.__getitem__)
    links = "".join(
        f"<li><a href='{escape(link(code), quote=True)}' target='_self'>{escape(names[code])}</a></li>"
        for code in shown
    )
    if links:
        words = visit.words
        with st.expander(words("comparing.open", number=words.number(len(shown)))):
            show(f"<ul class='rt-names'>{links}</ul>")
    figure_tables.of_frame(visit, places_table(rows, names, visit.words), f"compare-{choice.measure.name}", title=title)


def _nothing(visit: Visit) -> None:
    show(f"<p class='rt-notice'>{escape(visit.words('comparing.nothing'))}</p>")


def _of_measure(visit: Visit, choice: Choice) -> pl.DataFrame:
    """Verdicts are those that all municipalities give, whichever region is looked at."""
    rows = readings.compared(visit, SELECTABLE, choice.window)
    return _in_region(visit, rows.filter(pl.col("measure") == choice.measure.name), choice)


def _in_region(visit: Visit, rows: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    if choice.region is None:
        return rows
    inside = [code for code in visit.geography.codes if visit.geography.region_of(code) == choice.region]
    return rows.filter(pl.col("place").is_in(inside))


def _where(visit: Visit, choice: Choice) -> str:
    return visit.name(choice.region or COUNTRY)


def _title(visit: Visit, choice: Choice) -> str:
    return visit.words.measure(choice.measure.name, "title")


def _titles(visit: Visit) -> dict[str, str]:
    return {measure.name: visit.words.measure(measure.name, "title") for measure in SELECTABLE}


def _names(visit: Visit) -> dict[str, str]:
    return readings.asking(visit).names
