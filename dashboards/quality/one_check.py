"""Parts of the page of one check: how it stands, what that means, what the supplier must do, where, and which rows."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import polars as pl
import streamlit as st

from dashboards import published_checks as published
from dashboards.address import chosen, remember
from dashboards.caveat_markup import touched_in_words
from dashboards.charts.check_statuses import severity_mark, status_mark
from dashboards.frame import link_with
from dashboards.language import Words
from dashboards.markup import card_heading, heading, lead, show
from dashboards.opening import store_path
from dashboards.published import threshold
from dashboards.published_checks import EVERYWHERE
from dashboards.quality import findings, sentences
from dashboards.quality.declared import declared, said, table_name
from dashboards.quality.statuses import is_of_country_alone
from dashboards.quality.visit import Quality
from dashboards.scope import Place

KEYS_SHOWN = 10


def choose(quality: Quality, checks: pl.DataFrame) -> dict[str, object]:
    """The check of the address, else the one that needs eyes most."""
    words, options = quality.visit.words, checks["check_id"].to_list()
    check_id = chosen("check", options, options[0])
    st.selectbox(
        words("check.choose"), options, key="check", format_func=lambda option: said(option, "claim", words)
    )  # fmt: skip
    remember("check", check_id, "")
    return checks.row(by_predicate=pl.col("check_id") == check_id, named=True)


def title_and_lead(quality: Quality, row: dict[str, object]) -> None:
    """The claim, and whether it holds here."""
    visit, words, check_id = quality.visit, quality.visit.words, str(row["check_id"])
    parts = (
        table_name(str(row["frame"]), words),
        words(f"category.{row['category']}"),
        words("check.since", day=words.day(declared()[check_id].since)),
    )
    heading(said(check_id, "claim", words), " · ".join(parts))
    is_national = visit.scope.role == "national"
    here = row | ({name: row[f"{name}_everywhere"] for name in ("failing", "applicable")} if is_national else {})
    place = words("check.country") if is_national else visit.name(visit.scope.own_place)
    show(f"<p class='rt-pair'>{status_mark(str(row['status']), words)}{severity_mark(str(row['severity']), words)}</p>")
    lead([sentences.of_check(here, words, place, _threshold(row, quality))])
    for note in _notes(row, words, is_national=is_national):
        show(f"<p class='rt-range'>{escape(note)}</p>")


def _notes(row: dict[str, object], words: Words, *, is_national: bool) -> Iterator[str]:
    """Where the result is from, when it is not this municipality's and this run's."""
    if is_of_country_alone(row):
        yield words("checks.country_only")
    elif not is_national:
        yield words("check.everywhere", status=words(f"status.{row['status_everywhere']}"))
    if not row["is_of_run"]:
        yield words("check.of_another_run")


def _threshold(row: dict[str, object], quality: Quality) -> str:
    words, share = quality.visit.words, row["threshold"]
    if isinstance(share, float) and share > 0:
        return words("check.tolerated", share=words.percent(share))
    return words("check.none_tolerated")


def meaning_cards(quality: Quality, row: dict[str, object]) -> None:
    """For those who read figures, and for those who deliver data."""
    words, check_id = quality.visit.words, str(row["check_id"])
    left, right = st.columns(2)
    with left, st.container(key="card-reader"):
        card_heading(words("check.reader"), words("check.reader_caption"))
        show(f"<p class='rt-told'>{escape(said(check_id, 'reader', words))}</p>")
        touched = touched_in_words(declared()[check_id].touches, words)
        show(f"<p class='rt-range'>{escape(touched)}</p>")
    with right, st.container(key="card-supplier"):
        card_heading(words("check.supplier"), words("check.supplier_caption"))
        show(f"<p class='rt-told'>{escape(said(check_id, 'supplier', words))}</p>")


def places_card(quality: Quality, row: dict[str, object]) -> None:
    """Failing rows by municipality, for national coordination: statuses, and numbers that may be shown."""
    words, check_id = quality.visit.words, str(row["check_id"])
    places = quality.of_checks(published.failing_by_municipality, check_id, quality.today)
    with st.container(key="card-where"):
        card_heading(words("check.where"), words("check.where_caption", threshold=threshold()))
        if places.is_empty():
            show(f"<p class='rt-range'>{escape(words('check.nowhere'))}</p>")
            return
        show(_places(places, quality))


def _places(places: pl.DataFrame, quality: Quality) -> str:
    """Those with a number as a table; the others by name, in an order that tells nothing."""
    words, numbers = quality.visit.words, places.filter(pl.col("failing").is_not_null())
    rows = "".join(
        f"<tr><td>{escape(_name(code, quality))}</td><td>{status_mark(status, words)}</td>"
        f"<td class='n'>{words.number(failing)}</td></tr>"
        for code, status, failing in numbers.select("place", "status", "failing").iter_rows()
    )
    names = {"municipality": "", "status": "", "failing": "n"}
    head = "".join(
        f"<th scope='col' class='{kind}'>{escape(words(f'check.column_{name}'))}</th>" for name, kind in names.items()
    )
    table = f"<table class='rt-table'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    hidden = sorted(_name(code, quality) for code in places.filter(pl.col("failing").is_null())["place"])
    if not hidden:
        return table
    told = words("check.hidden", number=words.number(len(hidden)), names=", ".join(hidden))
    return f"{table}<p class='rt-range'>{escape(told)}</p>"


def _name(municipality_code: str, quality: Quality) -> str:
    """Never a code that has no name: it may be any text of a row."""
    geography = quality.visit.geography
    if municipality_code not in geography.codes:
        return quality.visit.words("check.nowhere_known")
    return geography.name(Place("municipality", municipality_code))


def history_card(quality: Quality, row: dict[str, object]) -> None:
    """The check run by run, the latest first: statuses, and the steward's own numbers."""
    words, check_id = quality.visit.words, str(row["check_id"])
    rows = quality.of_checks(published.history_of, check_id)
    own = rows.filter(pl.col("place") != EVERYWHERE).select("checked_at", "failing")
    everywhere = rows.filter(pl.col("place") == EVERYWHERE).drop("failing")
    runs = everywhere.join(own, on="checked_at", how="left").sort("checked_at", descending=True).head(KEYS_SHOWN)
    with st.container(key="card-history"):
        card_heading(words("check.history"), words("check.history_caption"))
        items = "".join(
            f"<li><span>{escape(words.day(at.date()))}</span>{status_mark(status, words)}"
            f"<span class='n'>{_rows(failing, quality)}{_target(target, quality)}</span></li>"
            for at, status, failing, target in runs.select("checked_at", "status", "failing", "target").iter_rows()
        )
        show(f"<ul class='rt-history'>{items}</ul>")


def _rows(failing: int | None, quality: Quality) -> str:
    words = quality.visit.words
    return "" if failing is None else escape(words("check.own_rows", number=words.number(failing)))


def _target(target: float | None, quality: Quality) -> str:
    """What was asked for in that run: a worse status may be a higher target."""
    words = quality.visit.words
    return "" if target is None else " " + escape(words("check.target", share=words.percent(target)))


def findings_card(quality: Quality, row: dict[str, object]) -> None:
    """The steward's own failing rows by key, the oldest first, and how to decide about them."""
    visit, words, check_id = quality.visit, quality.visit.words, str(row["check_id"])
    if visit.scope.role != "steward":
        return
    rows = quality.of_checks(published.findings, quality.today).filter(pl.col("check_id") == check_id)
    with st.container(key="card-rows"):
        if rows.is_empty():
            card_heading(words("check.rows"), words("check.no_rows"))
            return
        card_heading(words("check.rows"), words("check.rows_caption", number=words.number(rows.height)))
        show(findings.table(rows.head(KEYS_SHOWN), words, with_claim=False))
        if rows.height > KEYS_SHOWN:
            address = link_with(words, visit.scope, "quality_findings", of=check_id)
            show(
                f"<p class='rt-range'><a href='{escape(address, quote=True)}'>{escape(words('check.all_rows'))}</a></p>"
            )
        how_to_decide(quality, check_id)


def how_to_decide(quality: Quality, check_id: str) -> None:
    """The commands that accept or assign; a page changes nothing."""
    words, code = quality.visit.words, quality.visit.scope.municipality_code
    with st.expander(words("check.decide")):
        show(f"<p class='rt-range'>{escape(words('check.decide_text'))}</p>")
        kept = f"--store {store_path()} --municipality {code}"
        st.code(
            f"roedtraad checks accept {check_id} {kept} --reason … --until YYYY-MM-DD --by …\n"
            f"roedtraad checks assign {check_id} {kept} --to … --reason … --until YYYY-MM-DD --by …",
            language="bash",
        )
