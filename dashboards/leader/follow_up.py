"""Follow-up: coverage and timeliness at every age, participation beside other children, and how long it took."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import figure_tables, headlines, picture_sections
from dashboards.address import chosen, remember
from dashboards.analysis_visit import answer
from dashboards.caveat_markup import Told
from dashboards.caveat_sections import below_follow_up
from dashboards.charts.incidence_words import sentence_of, title_of
from dashboards.charts.periods import period_words
from dashboards.language import Words
from dashboards.leader import said
from dashboards.leader.analysis_sentences import how_long, participation
from dashboards.leader.answer_cards import answer_card, choose_one
from dashboards.markup import card_heading, show
from dashboards.notebook.told import Told as ToldAnswer
from dashboards.picture_sections import around
from dashboards.scope import Place
from dashboards.sentences import Theme
from dashboards.visit import Visit
from pipelines.definitions.measures import (
    EVER,
    FAMILY_CLINIC,
    FOLLOWED_UP,
    FOLLOWED_UP_IN_TIME,
    GP_COVERAGE,
    GP_IN_TIME,
    HEALTH_VISITOR_COVERAGE,
    HEALTH_VISITOR_IN_TIME,
    LOST_TO_DOCUMENTATION,
    LOST_TO_FOLLOW_UP,
    TIMELY,
    Numerator,
    contacts,
)
from pipelines.definitions.times_to_event import TIMES_TO_EVENT

NUMBERS = headlines.OfTheGroup(
    FOLLOWED_UP,
    FOLLOWED_UP_IN_TIME,
    LOST_TO_FOLLOW_UP,
    LOST_TO_DOCUMENTATION,
    HEALTH_VISITOR_COVERAGE,
    HEALTH_VISITOR_IN_TIME,
    GP_COVERAGE,
    GP_IN_TIME,
)
ASKED = headlines.OfTheGroup(FOLLOWED_UP, FOLLOWED_UP_IN_TIME, GP_COVERAGE, HEALTH_VISITOR_COVERAGE)
"""What questions are about."""

FIGURES = frozenset({"follow_up"})
COUNTED: dict[str, Numerator] = {"ever": EVER, "timely": TIMELY}
FIRST_INTERVAL = "first_evidence_to_handover"
DIVISIONS = ("country_and_region", "exposure", "substance_group", "known_before_birth")


def contact_title(name: str, words: Words) -> str:
    """`Familieambulatorium 3 år`."""
    return words.measure(name, "title")


SEEN = Theme("followed", "least", "least_unclear", contact_title)


def first_sentences(visit: Visit, place: Place) -> list[str]:
    """How much of the family clinic's follow-up is held, what fewest come to, and whether that has changed."""
    return said.first_sentences(visit, place, FOLLOWED_UP, contacts(visit.reference, FAMILY_CLINIC), SEEN)


def milestones(visit: Visit, place: Place, told: Told) -> None:
    """Every contact by age, one card per programme: held at all, or in time."""
    words = visit.words
    counted = choose_one(words, "shown", tuple(COUNTED), "follow_up.shown", partial(_by, words))
    places, period = around(visit, place), visit.window.replace("-", "–")
    names = {"own": visit.name(place), "region": visit.name(places[1])}
    card_heading(words("follow_up.milestones"), words(f"follow_up.caption_{counted}", period=period, **names))
    programmes = headlines.programmes(visit.reference)
    for programme, column in zip(programmes, st.columns(len(programmes)), strict=True):
        shown = [replace(contact, numerator=COUNTED[counted]) for contact in contacts(visit.reference, programme)]
        titles = {contact: contact_title(contact.name, words) for contact in shown}
        with column, st.container(key=f"card-{programme}"):
            title = words(f"programme.{programme}")
            card_heading(title, words(f"programme.{programme}_note"))
            key = f"{programme}-{counted}"
            picture_sections.show_rows(visit, titles, places, title, key, lambda: below_follow_up(told))


def _by(words: Words, choice: str) -> str:
    return words(f"follow_up.by_{choice}")


def participation_card(visit: Visit) -> None:
    """Exposed children against all others, in the programmes for all. Of the country alone."""
    words, told = visit.words, answer(visit, "participation", None)
    alike = told.rows.filter(pl.col("standardised") == "alike").sort("programme") if told else pl.DataFrame()
    period = period_words(alike["period"][0], words) if alike.height else ""
    caption = words("follow_up.participation_caption", period=period, where=words("leader.country_only"))
    said = [participation(row, words) for row in alike.iter_rows(named=True)]
    said += [words("leader.association")] if said else []
    answer_card(visit, "participation", words("follow_up.participation"), caption, told, said)


def how_long_cards(visit: Visit) -> None:
    """Time to event of the chosen interval, and when half had come so far, period by period."""
    words, intervals = visit.words, tuple(each.name for each in TIMES_TO_EVENT)
    card_heading(words("follow_up.time"), words("leader.country_and_region"))
    interval = chosen("interval", intervals, FIRST_INTERVAL)
    label = words("follow_up.interval")
    st.selectbox(label, intervals, key="interval", format_func=lambda name: title_of(name, words))
    remember("interval", interval, FIRST_INTERVAL)
    divisions = [kind for kind in DIVISIONS if kind != "exposure" or "concern" in interval]
    by = choose_one(words, "division", divisions, "follow_up.division", partial(_by, words))
    told, halves = answer(visit, "curve", interval, by, None), answer(visit, "medians", interval)
    said = [_half(told.rows, halves.rows, words)] if told and halves else []
    answer_card(
        visit, "curve", told.title if told else title_of(interval, words), sentence_of(interval, words), told, said
    )
    if halves is not None:
        _by_period(visit, halves)


def _half(points: pl.DataFrame, halves: pl.DataFrame, words: Words) -> str:
    """Of all exposed children of the country; nothing where the curves are of other groups."""
    group = points.filter(pl.col("group_kind") == "all")
    if group.is_empty():
        return ""
    is_same = (pl.col("group_kind") == "all") & (pl.col("period") == group["period"][0])
    half = halves.filter(is_same)["median_days"].to_list()
    return how_long(group.to_dicts(), half[0] if half else None, words)


def _by_period(visit: Visit, halves: ToldAnswer) -> None:
    """A row for each period, the last first; a column for the country, and one for each region that the reader sees."""
    words = visit.words
    with st.container(key="card-half"):
        card_heading(words("follow_up.medians"), words("follow_up.medians_caption"))
        show(f"<div class='rt-scroll'>{_half_table(halves, words)}</div>")
        figure_tables.of_frame(visit, halves.table, "half", title=halves.title)


def _half_table(halves: ToldAnswer, words: Words) -> str:
    began, group, half = halves.table.columns
    shown = halves.table.filter(halves.rows["group_kind"].is_in(["all", "region"]))
    wide = shown.pivot(group, index=began, values=half, maintain_order=True).reverse()
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in wide.columns)
    body = "".join(
        f"<tr><th scope='row'>{escape(first)}</th>"
        + "".join(f"<td>{escape(told or words('state.missing'))}</td>" for told in rest)
        + "</tr>"
        for first, *rest in wide.iter_rows()
    )
    return f"<table class='rt-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
