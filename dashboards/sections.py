"""Parts of a page for leaders, each with its own reading: sentence, cards, thread, trend, questions, map, ages."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboards import caveat_sections, headlines, published, sentences
from dashboards.address import chosen, remember
from dashboards.cards import Card, card_grid
from dashboards.caveat_markup import Told
from dashboards.caveats import figures_of
from dashboards.charts.rows import Row, rows_chart, rows_text
from dashboards.charts.template import CONFIG
from dashboards.charts.thread import thread_picture
from dashboards.charts.tile_map import Tile, map_text, tile_map
from dashboards.charts.trend import trend, trend_text
from dashboards.frame import choose_municipality, link_to_municipality
from dashboards.headlines import HANDED_OVER, Headline
from dashboards.markup import card_heading, count_in_words, show, show_drawing, state_word
from dashboards.published import PeriodKind
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from dashboards.visit import Visit

QUESTIONS = 3


def first_sentences(visit: Visit, place: Place) -> list[str]:
    """What the overview's figures say, in words."""
    earlier, window = _earlier_window(visit), visit.window
    links = headlines.where_it_may_be_lost(visit.reference)
    places = _with_region(visit, place)
    figures = visit.shares((HANDED_OVER, *links), places, "three_years", (earlier, window))
    region = sentences.InPlace(visit.name(places[-1]), figures.get(HANDED_OVER, places[-1], window))
    return sentences.overview(
        figures.get(HANDED_OVER, place, window),
        [figures.get(link, place, window) for link in links],
        figures.get(HANDED_OVER, place, earlier),
        visit.words,
        region if len(places) > 1 else None,
    )


def headline_cards(visit: Visit, place: Place, told: Told) -> None:
    """At most eight numbers: a municipality beside the country, the country beside itself three years before."""
    earlier, window = _earlier_window(visit), visit.window
    shown = headlines.cards(visit.reference)
    places = (*_with_region(visit, place), COUNTRY)
    figures = visit.shares(shown, tuple(dict.fromkeys(places)), "three_years", (earlier, window))
    is_country = place == COUNTRY
    reference_name = earlier.replace("-", "–") if is_country else visit.words("place.in_country")
    region = None if is_country else places[1]
    cards = [
        Card(
            headline,
            figures.get(headline, place, window),
            figures.get(headline, COUNTRY, earlier if is_country else window),
            reference_name,
            figures.get(headline, region, window) if region else None,
            caveat=told.line(figures_of(headline)),
        )
        for headline in shown
    ]
    show(card_grid(cards, visit.words, published.threshold()))


def choose_place(visit: Visit) -> Place:
    """The reader's own municipality; national coordination chooses."""
    if visit.scope.municipality_code is not None:
        return visit.scope.own_place
    return Place("municipality", choose_municipality(visit.words, visit.geography, "municipality.choose"))


def choose_born(visit: Visit) -> str:
    """Which children the thread is about: the latest window of birth years, or all years, which hide less."""
    words, options = visit.words, ("three_years", published.ALL_YEARS)
    born = chosen("born", options, options[0])
    names = {options[0]: visit.window.replace("-", "–"), options[1]: words("thread.all_years")}
    st.segmented_control(words("thread.born"), options, key="born", format_func=names.__getitem__, required=True)
    remember("born", born, options[0])
    return published.ALL_YEARS if born == published.ALL_YEARS else visit.window


def thread_card(visit: Visit, place: Place, window: str, told: Told) -> None:
    """The continuity picture; where it is hidden, the region's below it."""
    words = visit.words
    own = visit.thread(place, window)
    with st.container(key="card-thread"):
        key = "thread.caption_all" if window == published.ALL_YEARS else "thread.caption"
        card_heading(words("thread.title"), words(key, period=window.replace("-", "–")))
        show_drawing(thread_picture(own, words, published.threshold()))
        if own.says_little and place.kind == "municipality":
            region = visit.geography.region_of(place.code)
            card_heading(visit.name(region), words("thread.instead"))
            show_drawing(thread_picture(visit.thread(region, window), words, published.threshold()))
        caveat_sections.below_thread(told)


def trend_card(visit: Visit, place: Place, headline: Headline, kind: PeriodKind, told: Told) -> None:
    """One headline over time, with the country as a dashed line when the place is a municipality."""
    words = visit.words
    periods = visit.periods(kind)
    places = tuple(dict.fromkeys((place, COUNTRY)))
    figures = visit.shares((headline,), places, kind, periods)
    own = figures.series(headline, place, periods)
    country = [] if place == COUNTRY else figures.series(headline, COUNTRY, periods)
    name = words(f"headline.{headline.name}.title")
    title = words("overview.trend", headline=name)
    caption = "overview.trend_caption_births" if headline.step else "overview.trend_caption"
    dashed = words("overview.dashed") if country else ""
    card_heading(title, words(caption, by=words(f"overview.by_{kind}").lower(), country_line=dashed))
    text = trend_text(title, visit.name(place), own, country, words, published.threshold())
    show_figure(trend(own, country, words, visit.mode, published.threshold()), "trend", text)
    caveat_sections.below(told, (headline,))


def questions_card(visit: Visit, place: Place) -> None:
    """What to ask whom: about the weakest links that may be shown, weakest first."""
    words, links = visit.words, headlines.where_it_may_be_lost(visit.reference)
    figures = visit.shares(links, (place,), "three_years", (visit.window,))
    asked = [figures.get(link, place, visit.window) for link in links]
    known = [share for share in asked if share.share is not None and share.share < 1]
    weakest = sorted(known, key=lambda share: share.share or 0.0)[:QUESTIONS]
    card_heading(words("ask.title"), words("ask.subtitle"))
    items = [words(f"ask.{share.headline}", share=words.percent(share.share or 0.0)) for share in weakest]
    show(f"<ul class='rt-ask'>{''.join(f'<li>{item}</li>' for item in items or [words('ask.nothing')])}</ul>")


def choose_headline(visit: Visit) -> Headline:
    """The headline that trend and map show."""
    words, options = visit.words, {headline.name: headline for headline in headlines.selectable(visit.reference)}
    name = chosen("measure", list(options), HANDED_OVER.name)
    label = words("overview.measure_map" if visit.scope.role == "national" else "overview.measure")
    st.selectbox(label, list(options), key="measure", format_func=lambda option: words(f"headline.{option}.title"))
    remember("measure", name, HANDED_OVER.name)
    return options[name]


def choose_period_kind(visit: Visit, headline: Headline) -> PeriodKind:
    """By calendar year, or by rolling windows of three: all that steps have, and all that a municipality is shown.

    A window minus two of its years would give the third, and a municipality's years are small.
    """
    if headline.step is not None or visit.scope.role != "national":
        return "three_years"
    default, options = "year", ("year", "three_years")
    kind = chosen("by", options, default)
    words = visit.words
    st.segmented_control(
        words("overview.by"), options, key="by", format_func=lambda name: words(f"overview.by_{name}"), required=True
    )
    remember("by", kind, default)
    return "year" if kind == "year" else "three_years"


def map_card(visit: Visit, headline: Headline, told: Told) -> None:
    """All municipalities, for national coordination; the same as a table below."""
    words, window = visit.words, visit.window
    municipalities = visit.geography.places
    regions = {place: visit.geography.region_of(place.code) for place in municipalities}
    places = (*municipalities, *dict.fromkeys(regions.values()))
    figures = visit.shares((headline,), places, "three_years", (window,))
    tiles = [
        Tile(figures.get(headline, place, window), figures.get(headline, region, window), visit.name(region))
        for place, region in regions.items()
    ]
    name = words(f"headline.{headline.name}.title")
    title = words("overview.map", headline=name, number=words.number(len(tiles)))
    caption = "overview.map_caption" if headline.high_is_good else "overview.map_caption_reverse"
    with st.container(key="card-map"):
        period = window.replace("-", "–")
        card_heading(title, f"{words(caption, period=period)} {words('overview.map_open')}")
        shares = [tile.own for tile in tiles]
        show(f"<p class='rt-unseen'>{escape(map_text(title, shares, words))}</p>")
        grid, link = visit.reference.tile_grid, link_to_municipality(visit)
        show(tile_map(tiles, headline, grid, link, words, published.threshold()))
        with st.expander(words("app.table")):
            show(_share_table(visit, shares))
        caveat_sections.below(told, (headline,))


def near_card(visit: Visit, place: Place, told: Told) -> None:
    """A municipality beside its region and the country, headline by headline."""
    words, shown = visit.words, headlines.cards(visit.reference)
    region = visit.geography.region_of(place.code)
    figures = visit.shares(shown, (place, region, COUNTRY), "three_years", (visit.window,))
    rows = [
        Row(
            words(f"headline.{headline.name}.title"),
            *(figures.get(headline, where, visit.window) for where in (place, COUNTRY, region)),
        )
        for headline in shown
    ]
    caption = words(
        "overview.near_caption",
        period=visit.window.replace("-", "–"),
        own=visit.name(place),
        region=visit.name(region),
    )
    with st.container(key="card-near"):
        card_heading(words("overview.near"), caption)
        show_rows(visit, rows, words("overview.near"), "near")
        caveat_sections.below(told, shown)


def milestones_cards(visit: Visit, place: Place, told: Told) -> None:
    """Follow-up by age, one card per programme."""
    words = visit.words
    programmes = headlines.programmes(visit.reference)
    titles = _titles_of_contacts(visit)
    caption = words("municipality.milestones_caption", period=visit.window.replace("-", "–"), own=visit.name(place))
    card_heading(words("municipality.milestones"), caption)
    for programme, column in zip(programmes, st.columns(len(programmes)), strict=True):
        contacts = headlines.milestones(visit.reference, programme)
        figures = visit.shares(contacts, (place, COUNTRY), "three_years", (visit.window,))
        rows = [
            Row(
                titles[contact.name],
                figures.get(contact, place, visit.window),
                figures.get(contact, COUNTRY, visit.window),
            )
            for contact in contacts
        ]
        with column, st.container(key=f"card-{programme}"):
            title = words(f"programme.{programme}")
            card_heading(title, words(f"programme.{programme}_note"))
            show_rows(visit, rows, title, programme)
            caveat_sections.below_follow_up(told)


def show_rows(visit: Visit, rows: list[Row], title: str, key: str) -> None:
    """A chart of rows with its text."""
    threshold = published.threshold()
    figure = rows_chart(rows, visit.words, visit.mode, threshold)
    show_figure(figure, key, rows_text(title, rows, visit.words, threshold))


def show_figure(figure: go.Figure, key: str, text: str) -> None:
    """A figure in its own voice (not Streamlit's), without a mode bar, with its text alternative."""
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"figure-{key}", alt=text)


def _titles_of_contacts(visit: Visit) -> dict[str, str]:
    rows = visit.reference.schedule.select("programme", "contact_code", f"title_{visit.words.language}")
    return {f"{programme}:{code}": title for programme, code, title in rows.iter_rows()}


def _share_table(visit: Visit, shares: list[Share]) -> str:
    """Municipalities with share, interval and count; words where there is no number."""
    words = visit.words
    link = link_to_municipality(visit)
    columns = ("municipality", "share", "interval", "of")
    head = "".join(
        f"<th scope='col' class='{'n' if c != 'municipality' else ''}'>{words(f'table.{c}')}</th>" for c in columns
    )
    rows = []
    for share in shares:
        name = escape(visit.name(share.place))
        cells = f"<td><a href='{escape(link(share.place.code), quote=True)}'>{name}</a></td>"
        if share.interval is None:
            text = escape(state_word(share, words, published.threshold()))
            rows.append(f"<tr>{cells}<td class='n' colspan='3'>{text}</td></tr>")
            continue
        figures = (
            words.percent(share.interval.value),
            words.interval(share.interval.low, share.interval.high),
            escape(count_in_words(share, words)),
        )
        numbers = "".join(f"<td class='n'>{figure}</td>" for figure in figures)
        rows.append(f"<tr>{cells}{numbers}</tr>")
    return f"<table class='rt-table'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _with_region(visit: Visit, place: Place) -> tuple[Place, ...]:
    return (place, visit.geography.region_of(place.code)) if place.kind == "municipality" else (place,)


def _earlier_window(visit: Visit) -> str:
    """The window three years before, which shares no year with the latest one."""
    return visit.periods("three_years")[-4]
