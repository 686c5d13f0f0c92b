"""The follow-up survey beside the figures: what municipalities say that they do, and what is measured."""

from __future__ import annotations

from html import escape
from statistics import median

import polars as pl
import streamlit as st

from dashboards import figure_tables
from dashboards.guidance import asked, register
from dashboards.markup import card_heading, show, state_mark
from dashboards.opening import store_path
from dashboards.scope import COUNTRY, Place
from dashboards.shares import Share
from dashboards.visit import Visit
from pipelines.definitions.descriptions import Description
from pipelines.definitions.measures import Measure
from pipelines.definitions.recommendations import is_of_places
from pipelines.guidance.shown_by import Definitions, shown_by
from pipelines.guidance.survey import EXTENT
from pipelines.requests.opened import Opened

FEW = 3
"""Of fewer municipalities with a figure no median is told: it would be that of one of them."""


def survey_card(visit: Visit, described: Description, survey: Opened | None) -> None:
    """Per recommendation: how many say that they follow it, and how often it is done where they say so."""
    words = visit.words
    with st.container(key="card-survey"):
        card_heading(words("says.title"), words("says.caption"))
        if survey is None:
            show(f"<p class='rt-told'>{escape(words('says.none', name=described.name))}</p>")
            return
        said = asked.said(survey, visit.scope, described)
        if said.is_empty():
            show(f"<p class='rt-told'>{escape(words('says.not_asked'))}</p>")
            return
        main = _measures(described) if register.is_of_store(described, store_path()) else {}
        done = _done(visit, main, said["municipality_code"].unique(maintain_order=True).to_list())
        if visit.scope.role == "national":
            _summary(visit, described, said, main, done)
        else:
            _own(visit, described, said, done)
        table = _table(visit, described, said, main, done)
        figure_tables.of_frame(visit, table, f"survey-{described.name}", title=words("says.title"))


def _measures(described: Description) -> dict[str, Measure]:
    """By recommendation: the first measure that is a share of a municipality."""
    definitions = Definitions.of(described)
    first = {}
    for name in described.recommendations["id"]:
        of_places = [each for each in shown_by(name, definitions).measures if is_of_places(each)]
        if of_places:
            first[name] = of_places[0]
    return first


def _done(visit: Visit, main: dict[str, Measure], codes: list[str]) -> dict[tuple[str, str], Share]:
    """The published figure of each recommendation's measure in each municipality."""
    if not main:
        return {}
    measures = tuple(dict.fromkeys(main.values()))
    places = tuple(Place("municipality", code) for code in codes)
    shares = visit.shares(measures, places, "three_years", [visit.window])
    return {
        (name, place.code): shares.get(measure, place, visit.window)
        for name, measure in main.items()
        for place in places
    }


def _summary(
    visit: Visit,
    described: Description,
    said: pl.DataFrame,
    main: dict[str, Measure],
    done: dict[tuple[str, str], Share],
) -> None:
    """A row per recommendation: answers as a bar, and the middle figure of those who say each."""
    words = visit.words
    headings = [words("column.recommendation"), words("says.know"), words("says.follow"), words("says.done")]
    rows = []
    for row in described.recommendations.iter_rows(named=True):
        of_one = said.filter(pl.col("recommendation") == row["id"])
        knows = of_one.filter(pl.col("knows") == "yes").height
        told = words("says.of", part=words.number(knows), whole=words.number(of_one["knows"].drop_nulls().len()))
        cells = [
            f"<th scope='row'><b>{escape(row['id'])}</b> {escape(row[f'text_{words.language}'])}</th>",
            f"<td>{escape(told)}</td>",
            f"<td>{_bar(visit, of_one)}</td>",
            f"<td>{_middles(visit, row['id'], of_one, main, done)}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    _put(visit, headings, rows)


def _bar(visit: Visit, of_one: pl.DataFrame) -> str:
    """How many follow it in full, in part, not; and how many have not answered."""
    words = visit.words
    counts = {extent: of_one.filter(pl.col("uses") == extent).height for extent in EXTENT}
    counts["unanswered"] = of_one["uses"].null_count()
    parts = "".join(f"<i class='{name}' style='flex-grow:{count}'></i>" for name, count in counts.items() if count)
    told = ", ".join(words(f"says.{name}_count", number=words.number(count)) for name, count in counts.items() if count)
    return f"<div class='rt-extent' aria-hidden='true'>{parts}</div><small>{escape(told)}</small>"


def _middles(
    visit: Visit,
    recommendation: str,
    of_one: pl.DataFrame,
    main: dict[str, Measure],
    done: dict[tuple[str, str], Share],
) -> str:
    """The country's figure, and the median of the municipalities that say each; few are not told."""
    words = visit.words
    if recommendation not in main:
        return f"<small>{escape(words('guidance_page.not_measured_here'))}</small>"
    told = {
        extent: [
            share
            for code in of_one.filter(pl.col("uses") == extent)["municipality_code"]
            if (share := done[recommendation, code].share) is not None
        ]
        for extent in EXTENT
    }
    measure = main[recommendation]
    country = visit.shares((measure,), (COUNTRY,), "three_years", [visit.window]).get(measure, COUNTRY, visit.window)
    lines = [f"<small>{escape(visit.words.measure(measure.name, 'title'))}</small>", _of_the_country(visit, country)]
    lines += [_middle(visit, extent, shares) for extent, shares in told.items() if len(shares) >= FEW]
    if not any(len(shares) >= FEW for shares in told.values()):
        lines.append(f"<small>{escape(words('says.too_few'))}</small>")
    return "<br>".join(lines)


def _of_the_country(visit: Visit, figure: Share) -> str:
    words = visit.words
    said = words.percent(figure.share) if figure.share is not None else words(f"state.{figure.state}")
    return f"{escape(visit.name(COUNTRY))}: <b>{escape(said)}</b>"


def _middle(visit: Visit, extent: str, shares: list[float]) -> str:
    words = visit.words
    told = {"share": words.percent(median(shares)), "number": words.number(len(shares))}
    return escape(words("says.middle", extent=words(f"says.{extent}"), **told))


def _own(visit: Visit, described: Description, said: pl.DataFrame, done: dict[tuple[str, str], Share]) -> None:
    """One municipality: what it says, and its own figure."""
    words = visit.words
    rows = []
    texts = dict(described.recommendations.select("id", f"text_{words.language}").iter_rows())
    for row in said.iter_rows(named=True):
        name = row["recommendation"]
        figure = done.get((name, row["municipality_code"]))
        cells = [
            f"<th scope='row'><b>{escape(name)}</b> {escape(texts[name])}</th>",
            f"<td>{escape(_knows(visit, row))}</td>",
            f"<td>{escape(_uses(visit, row))}</td>",
            f"<td>{_figure(visit, figure)}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    headings = [words("column.recommendation"), words("says.knows"), words("says.uses"), words("says.done")]
    _put(visit, headings, rows)


def _knows(visit: Visit, row: dict[str, str | None]) -> str:
    return visit.words(f"says.knows_{row['knows'] or 'unanswered'}")


def _uses(visit: Visit, row: dict[str, str | None]) -> str:
    return visit.words(f"says.{row['uses'] or 'unanswered'}")


def _figure(visit: Visit, figure: Share | None) -> str:
    words = visit.words
    if figure is None:
        return f"<small>{escape(words('guidance_page.not_measured_here'))}</small>"
    title = f"<small>{escape(words.measure(figure.headline, 'title'))}</small><br>"
    if figure.share is None:
        return f"{title}{state_mark(figure.state)} {escape(words(f'state.{figure.state}'))}"
    return f"{title}<b>{escape(words.percent(figure.share))}</b>"


def _put(visit: Visit, headings: list[str], rows: list[str]) -> None:
    head = "".join(f"<th scope='col'>{escape(each)}</th>" for each in headings)
    label = escape(visit.words("says.title"), quote=True)
    show(
        f"<div class='rt-scroll' role='region' tabindex='0' aria-label='{label}'><table class='rt-table rt-says'>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _table(
    visit: Visit,
    described: Description,
    said: pl.DataFrame,
    main: dict[str, Measure],
    done: dict[tuple[str, str], Share],
) -> pl.DataFrame:
    """A row per municipality and recommendation, everything in words."""
    words = visit.words
    texts = dict(described.recommendations.select("id", f"text_{words.language}").iter_rows())
    rows = []
    for row in said.iter_rows(named=True):
        name, figure = row["recommendation"], done.get((row["recommendation"], row["municipality_code"]))
        share = figure.share if figure else None
        measured = words.percent(share) if share is not None else words(f"state.{figure.state}") if figure else ""
        rows.append(
            {
                words("table.municipality"): visit.name(Place("municipality", row["municipality_code"])),
                words("column.recommendation"): f"{name} {texts[name]}",
                words("says.knows"): _knows(visit, row),
                words("says.uses"): _uses(visit, row),
                words("says.measure"): words.measure(main[name].name, "title") if name in main else "",
                words("says.done"): measured or words("guidance_page.not_measured_here"),
            }
        )
    return pl.DataFrame(rows)
