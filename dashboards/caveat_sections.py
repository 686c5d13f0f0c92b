"""Parts of a page that tell caveats: the line at the top, lines below pictures, and all of them at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboards import frame, headlines, published_checks
from dashboards.caveat_markup import ANCHOR, Figures, Told
from dashboards.caveats import KINDS_OF_STEP, STEPS, THREAD, WORKLIST, Caveats, figures_of_all, figures_of_step
from dashboards.markup import card_heading, show
from dashboards.quality.visit import Quality
from dashboards.scope import Place
from dashboards.visit import Visit
from pipelines.definitions.enumerations import KINDS
from pipelines.definitions.measures import Measure
from pipelines.errors import UserError

MEANINGS_SHOWN = 4


def of_page(visit: Visit, place: Place) -> Told:
    """What the last check says of the run that the page shows, in a place, in words for this reader."""
    link = partial(_check, visit) if visit.scope.role == "steward" else None
    return Told(_caveats(visit, place), visit.words, visit.name(place), link)


def _check(visit: Visit, check_id: str) -> str:
    return frame.link_with(visit.words, visit.scope, "quality_check", check=check_id)


def _caveats(visit: Visit, place: Place) -> Caveats:
    """A check whose tables are gone (a new secret took them) is none."""
    quality = Quality.of(visit)
    if quality.checks is None:
        return Caveats("unchecked")
    if visit.run_id is None:
        return Caveats("earlier_run")
    try:
        rows = quality.of_checks(published_checks.of_run, visit.run_id, place.code, quality.today)
    except UserError:
        return Caveats("unchecked")
    return Caveats.of(rows, place)


def figures_of_overview() -> Figures:
    """Every figure that the overview can show."""
    return figures_of_all(headlines.SELECTABLE) | {THREAD}


def figures_of_municipality() -> Figures:
    """The thread with its steps, and follow-up."""
    return {THREAD, *(kind for kinds in KINDS_OF_STEP.values() for kind in kinds)}


def figures_of_worklist() -> Figures:
    """Gaps of every kind, and whom they are about."""
    return {WORKLIST, *KINDS}


def opening(told: Told, figures: Figures) -> None:
    """One line below the first sentences; never silence."""
    show(told.opening(figures))


def below_thread(told: Told) -> None:
    """The steps of the thread that are touched, unless all are."""
    _line(told.line_of({told.words(f"step.{step}"): figures_of_step(step) for step in STEPS}))


def below(told: Told, shown: Sequence[Measure]) -> None:
    """Below a picture of headlines: those that are touched, unless all are."""
    titles = {headline: _title(told, headline) for headline in shown}
    _line(told.line_of({titles[headline]: figures_of_all([headline]) for headline in shown}))


def _title(told: Told, headline: Measure) -> str:
    return told.words.measure(headline.name, "title")


def below_follow_up(told: Told) -> None:
    """Below a picture of contacts by age."""
    _line(told.line({"follow_up"}))


def _line(markup: str) -> None:
    if markup:
        show(markup)


def collected(told: Told, figures: Figures) -> None:
    """At the end of the page: what to know about its figures, the gravest first; the rest one click away."""
    items = told.collected(figures)
    if not items and not told.has_notes:
        return
    with st.container(key="card-caveats"):
        show(f"<div id='{ANCHOR}'></div>")
        card_heading(told.words("caveat.title"), told.caption())
        if items:
            show(_list(items[:MEANINGS_SHOWN]))
        rest = items[MEANINGS_SHOWN:]
        if rest:
            with st.expander(told.words("strip.more", number=told.words.number(len(rest)))):
                show(_list(rest))


def _list(items: list[str]) -> str:
    return f"<ul class='rt-caveats'>{''.join(items)}</ul>"
