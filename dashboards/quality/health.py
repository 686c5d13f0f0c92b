"""Parts of the page on source health: what came, where its rows went, which months lack, what was lost when linked."""

from __future__ import annotations

from html import escape

import polars as pl
import streamlit as st

from dashboards import published_quality as published
from dashboards.address import chosen, remember
from dashboards.charts.account_bars import account_bars, account_table
from dashboards.charts.month_strips import month_strips
from dashboards.language import Words
from dashboards.markup import card_heading, code, heading, lead, show
from dashboards.published import threshold
from dashboards.quality import months, sections, sentences, statuses
from dashboards.quality.accounts import Account, accounts
from dashboards.quality.declared import table_name
from dashboards.quality.losses import told_as
from dashboards.quality.visit import Quality
from dashboards.scope import Place

YEAR = 12
STRIPS_SHOWN = 15


def title_and_lead(quality: Quality) -> None:
    """Can the data be trusted: rows, months and checks, a sentence each."""
    visit, words = quality.visit, quality.visit.words
    place = visit.name(visit.scope.own_place)
    heading(words("quality.title"), words("quality.subtitle", place=place, day=words.day(quality.read_on)))
    told = [
        sentences.of_rows(_accounts(quality), words, adds_up=published.adds_up(visit.source)),
        sentences.of_months(_completeness(quality), words),
        sentences.of_checks(sections.by_check(quality), words) if quality.checks else words("quality.no_checks"),
    ]
    lead(told)
    sections.stale_note(quality)


def numbers(quality: Quality) -> None:
    """Files, months, births and checks, one card each."""
    words, counted = quality.visit.words, _completeness(quality)
    files = sum(account.files for account in _accounts(quality))
    latest = max((account.last_seen for account in _accounts(quality)), default=None)
    reported = words(
        "quality.card_months_of", part=words.number(counted.reported), whole=words.number(counted.expected)
    )
    sections.cards(
        [
            (
                words("quality.card_files"),
                words.number(files),
                words("quality.card_files_of", day=words.day(latest)) if latest else words("state.missing"),
            ),
            (words("quality.card_months"), _share(counted.share, quality), reported),
            (words("quality.card_births"), *_births(quality)),
            (words("quality.card_checks"), *_checks(quality)),
        ]
    )


def deliveries_card(quality: Quality) -> None:
    """The steward's own files as sums; everybody else's as a mark and a word."""
    words, all_accounts = quality.visit.words, _accounts(quality)
    with st.container(key="card-deliveries"):
        card_heading(words("deliveries.title"), words("deliveries.caption"))
        for whose in (published.OWN, published.SHARED, published.OTHERS):
            of_them = [account for account in all_accounts if account.whose == whose]
            if not of_them:
                continue
            show(f"<h3 class='rt-sub'>{escape(words(f'deliveries.{whose}'))}</h3>")
            summed = [account for account in of_them if account.sums]
            if summed:
                show(account_bars(summed, words))
            else:
                _told_in_words(of_them, words)
        _former_files(quality)


def _told_in_words(of_them: list[Account], words: Words) -> None:
    """What was set aside stands first; what was taken into use whole is one click away."""
    aside = [account for account in of_them if account.has_set_aside]
    whole = [account for account in of_them if not account.has_set_aside]
    if aside:
        show(account_table(aside, words))
    if whole:
        with st.expander(words("deliveries.all_whole", number=words.number(len(whole)))):
            show(account_table(whole, words))


def _former_files(quality: Quality) -> None:
    words = quality.visit.words
    former = quality.of_run(published.former_files)
    if former.is_empty():
        return
    with st.expander(words("deliveries.former", number=words.number(former.height))):
        items = "".join(
            f"<li>{code(file)} {escape(words(f'ledger.{state}'))}</li>"
            for file, state in former.select("source", "state").iter_rows()
        )
        show(f"<ul class='rt-list'>{items}</ul>")


def months_card(quality: Quality) -> None:
    """A municipality sees its deliveries, national coordination the municipalities of one delivery."""
    visit, words = quality.visit, quality.visit.words
    known = months.months_until(visit.as_of)
    rows = quality.of_run(published.reporting, known[0], known[-1])
    with st.container(key="card-months"):
        card_heading(words("strip.title"), words("strip.caption", months=len(known)))
        if rows.is_empty():
            show(f"<p class='rt-range'>{escape(words('quality.no_months'))}</p>")
            return
        is_national = visit.scope.role == "national"
        if is_national:
            rows = rows.filter(pl.col("delivery") == _choose_delivery(quality, rows))
        strips = months.strips(rows, "municipality_code" if is_national else "delivery", known)
        first, rest = strips[:STRIPS_SHOWN], strips[STRIPS_SHOWN:]
        show(month_strips(first, known, lambda name: _name(quality, name), words))
        if rest:
            with st.expander(words("strip.more", number=words.number(len(rest)))):
                show(month_strips(rest, known, lambda name: _name(quality, name), words))


def _choose_delivery(quality: Quality, rows: pl.DataFrame) -> str:
    words = quality.visit.words
    options = months.lacking_most(rows, months.months_until(quality.visit.as_of))
    name = chosen("delivery", options, options[0])
    st.selectbox(words("strip.choose"), options, key="delivery", format_func=lambda option: table_name(option, words))
    remember("delivery", name, options[0])
    return name


def _name(quality: Quality, name: str) -> str:
    """A municipality by its name (its code when it has none, such as 0999), a delivery in our words."""
    geography = quality.visit.geography
    if name in geography.codes:
        return geography.name(Place("municipality", name))
    return table_name(name, quality.visit.words)


def _accounts(quality: Quality) -> list[Account]:
    return accounts(quality.of_run(published.deliveries))


def _completeness(quality: Quality) -> months.Completeness:
    year = months.months_until(quality.visit.as_of, YEAR)
    return months.completeness(quality.of_run(published.reporting, year[0], year[-1]), year)


def _births(quality: Quality) -> tuple[str, str]:
    """Share of births that are linked to a pregnancy, where its parts may be shown."""
    words = quality.visit.words
    rows = quality.of_run(published.linkage).filter(pl.col("measure") == "births")
    if rows.is_empty():
        return words("state.missing"), words("why.missing")
    if rows["rows"].null_count():
        return words("state.suppressed"), words("why.suppressed", threshold=threshold())
    whole = int(rows["rows"].sum())
    linked = sum(count for outcome, count in rows.select("outcome", "rows").iter_rows() if told_as(outcome) == "linked")
    key = "quality.card_births_of" if _is_of_own_births(quality) else "quality.card_births_country"
    return words.percent(linked / whole), words(key, part=words.number(linked), whole=words.number(whole))


def _is_of_own_births(quality: Quality) -> bool:
    """A leader reads of the country, under the heading of a municipality."""
    return quality.visit.scope.role != "leader"


def _checks(quality: Quality) -> tuple[str, str]:
    words = quality.visit.words
    if quality.checks is None:
        return words("quality.card_checks_none"), words("quality.card_checks_how")
    counted = statuses.number_of(sections.by_check(quality))
    bad = counted["failed"] + counted["error"]
    return words.number(bad), words("quality.card_checks_of", all=words.number(counted["all"]))


def _share(share: float | None, quality: Quality) -> str:
    words = quality.visit.words
    return words("state.missing") if share is None else words.percent(share)
