"""Parts of the page with the steward's findings: how many, of which check and state, as a list and as files."""

from __future__ import annotations

from functools import partial
from html import escape

import polars as pl
import streamlit as st

from dashboards import published_checks as published
from dashboards.address import chosen, remember
from dashboards.frame import link_with
from dashboards.markup import card_heading, heading, lead, show
from dashboards.published_checks import FINDING_STATES
from dashboards.quality import findings, sections
from dashboards.quality.declared import said
from dashboards.quality.statuses import EMPTY_CHOICE
from dashboards.quality.visit import Quality

PAGE = "findings_page"
CHECKS_SHOWN = 8


def title_and_lead(quality: Quality, rows: pl.DataFrame) -> None:
    """How many are open, and for how many checks the list is cut short."""
    visit, words = quality.visit, quality.visit.words
    counted = findings.number_of(rows)
    heading(words("finding.title"), words("finding.subtitle", place=visit.name(visit.scope.own_place)))
    if rows.is_empty():
        lead([escape(words("finding.lead_empty"))])
        return
    numbers = {name: f"<b>{words.number(counted[name])}</b>" for name in ("open", "assigned", "accepted")}
    lead([words("finding.lead", **numbers)])
    sections.stale_note(quality)
    if _is_cut(quality):
        show(f"<p class='rt-range'>{escape(words('finding.cut'))}</p>")


def _is_cut(quality: Quality) -> bool:
    """Whether some check has more failing rows than were fetched."""
    own = quality.of_checks(published.results, quality.today)
    own = own.filter(pl.col("place") == quality.visit.scope.municipality_code)
    return own.filter(pl.col("listed") < pl.col("failing")).height > 0


def by_check_card(quality: Quality, rows: pl.DataFrame) -> None:
    """How many findings of which check, the gravest first, each with the way to its rows; the rest one click away."""
    words, counted = quality.visit.words, findings.by_check(rows)
    with st.container(key="card-finding-checks"):
        card_heading(words("finding.by_check"), words("finding.by_check_caption"))
        show(findings.check_table(counted.head(CHECKS_SHOWN), partial(_rows_of, quality), words))
        rest = counted.slice(CHECKS_SHOWN)
        if rest.height:
            with st.expander(words("strip.more", number=words.number(rest.height))):
                show(findings.check_table(rest, partial(_rows_of, quality), words))


def _rows_of(quality: Quality, check_id: str) -> str:
    return link_with(quality.visit.words, quality.visit.scope, "quality_findings", of=check_id)


def choose_state(quality: Quality, rows: pl.DataFrame) -> str:
    """Open, assigned, accepted or all."""
    words, counted = quality.visit.words, findings.number_of(rows)
    options = [name for name in ("all", *FINDING_STATES) if counted[name] or name == "all"]
    name = chosen("state", options, "all")
    st.pills(
        words("worklist.filter"),
        options,
        key="state",
        format_func=lambda option: words(f"finding.pill_{option}", number=words.number(counted[option])),
        on_change=sections.back_to_first_page,
        args=(PAGE,),
        required=True,
        label_visibility="collapsed",
    )
    remember("state", name, "all")
    return name


def choose_check(quality: Quality, rows: pl.DataFrame) -> str:
    """Findings of one check, or of all."""
    words = quality.visit.words
    options = [EMPTY_CHOICE, *rows["check_id"].unique().sort().to_list()]
    name = chosen("of", options, EMPTY_CHOICE)
    st.selectbox(
        words("finding.of"),
        options,
        key="of",
        format_func=lambda option: words("checks.any") if option == EMPTY_CHOICE else said(option, "claim", words),
        on_change=sections.back_to_first_page,
        args=(PAGE,),
    )
    remember("of", name, EMPTY_CHOICE)
    return name


def selected(rows: pl.DataFrame, state: str, check_id: str) -> pl.DataFrame:
    """Those that both choices leave."""
    if state != "all":
        rows = rows.filter(pl.col("state") == state)
    return rows if check_id == EMPTY_CHOICE else rows.filter(pl.col("check_id") == check_id)


def list_card(quality: Quality, rows: pl.DataFrame) -> None:
    """One page of rows."""
    words = quality.visit.words
    with st.container(key="card-findings"):
        if rows.is_empty():
            show(f"<p class='rt-range'>{escape(words('finding.empty_filter'))}</p>")
            return
        above = st.container()
        shown = sections.one_page_of(quality, rows, PAGE)
        with above:
            show(findings.table(shown, words, with_claim=True))
