"""Parts of the page on source health: what was not linked, and codes that nobody knows."""

from __future__ import annotations

from html import escape

import polars as pl
import streamlit as st

from dashboards import published_quality as published
from dashboards.markup import card_heading, show
from dashboards.markup import code as coded
from dashboards.quality.declared import table_name
from dashboards.quality.visit import Quality

MEASURES = ("births", "exposures", "records")
MARKS = {published.LINKED: "whole", published.NO_LOSS: "outside", published.NOT_LINKED: "set_aside"}


def linkage_card(quality: Quality) -> None:
    """How many were linked, and why the others were not."""
    words, rows = quality.visit.words, quality.of_run(published.linkage)
    own = quality.visit.scope.role == "steward"
    place = quality.visit.name(quality.visit.scope.own_place) if own else words("place.country")
    with st.container(key="card-linkage"):
        card_heading(words("linkage.title"), words("linkage.caption", place=place))
        for measure in MEASURES:
            of_them = rows.filter(pl.col("measure") == measure)
            if of_them.height:
                show(f"<h3 class='rt-sub'>{escape(words(f'linkage.{measure}'))}</h3>{_outcomes(of_them, quality)}")


def _outcomes(rows: pl.DataFrame, quality: Quality) -> str:
    words = quality.visit.words
    items = "".join(
        f"<tr><td><i class='rt-came {MARKS[told_as(outcome)]}' aria-hidden='true'></i>"
        f"{escape(words(f'linked.{measure}_{outcome}'))}</td><td class='n'>{_number(count, quality)}</td></tr>"
        for measure, outcome, count in rows.select("measure", "outcome", "rows").iter_rows()
    )
    return f"<table class='rt-table'><tbody>{items}</tbody></table>"


def told_as(outcome: str) -> str:
    """Linked, not linked or nothing to link to; null outcomes do not occur."""
    return outcome if outcome in MARKS else published.OUTCOMES_TOLD.get(outcome, published.NOT_LINKED)


def _number(rows: int | None, quality: Quality) -> str:
    words = quality.visit.words
    return words("thread.hidden") if rows is None else words.number(rows)


def codes_card(quality: Quality) -> None:
    """Codes that no mapping knows: somebody must say what they mean."""
    words, rows = quality.visit.words, quality.of_run(published.unmapped)
    with st.container(key="card-codes"):
        card_heading(words("codes.title"), words("codes.caption"))
        if rows.is_empty():
            show(f"<p class='rt-range'>{escape(words('codes.none'))}</p>")
            return
        show(_code_table(rows, quality))


def _code_table(rows: pl.DataFrame, quality: Quality) -> str:
    words = quality.visit.words
    columns = ["delivery", "column", "code", *(["rows"] if rows["rows"].is_not_null().any() else [])]
    head = "".join(
        f"<th scope='col' class='{'n' if name == 'rows' else name}'>{escape(words(f'codes.{name}'))}</th>"
        for name in columns
    )
    body = "".join(_code_row(row, columns, quality) for row in rows.iter_rows(named=True))
    return f"<table class='rt-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _code_row(row: dict[str, object], columns: list[str], quality: Quality) -> str:
    words = quality.visit.words
    code = coded(str(row["code"])) if row["code"] is not None else escape(words("codes.not_shown"))
    count = row["rows"]
    cells = {
        "delivery": escape(table_name(str(row["delivery"]), words)),
        "column": coded(str(row["column"])),
        "code": code,
        "rows": words.number(count) if isinstance(count, int) else "",
    }
    return "<tr>" + "".join(f"<td class='{'n' if n == 'rows' else n}'>{cells[n]}</td>" for n in columns) + "</tr>"
