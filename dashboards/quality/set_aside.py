"""Parts of the page on quarantine: which rules were broken in which columns, what to do, and the steward's own rows."""

from __future__ import annotations

from html import escape

import polars as pl
import streamlit as st

from dashboards import published_quality as published
from dashboards.address import chosen, remember
from dashboards.language import Words
from dashboards.markup import card_heading, code, heading, lead, show
from dashboards.quality import sections
from dashboards.quality.declared import table_name
from dashboards.quality.statuses import EMPTY_CHOICE
from dashboards.quality.visit import Quality

PAGE = "quarantine_page"
ROW_COLUMNS = ("source", "row_number", "key", "rule", "column", "todo")
FILE_COLUMNS = {
    "delivery": "delivery",
    "table": "table",
    "source": "source",
    "row_number": "row_number",
    "key": "key",
    "rule": "rule_word",
    "column": "column",
    "others": "other_faults",
    "todo": "todo",
}
"""Key of the heading in the texts, and the column."""


def title_and_lead(quality: Quality) -> None:
    """How many of the steward's own rows were set aside; for others that it is told in words only."""
    visit, words = quality.visit, quality.visit.words
    place = visit.name(visit.scope.own_place)
    heading(words("quarantine.title"), words("quarantine.subtitle", place=place, day=words.day(quality.read_on)))
    if visit.scope.role != "steward":
        lead([escape(words("quarantine.lead_words"))])
        return
    number = quality.of_run(published.quarantine).height
    key = "quarantine.lead" if number else "quarantine.lead_none"
    lead([words(key, rows=f"<b>{words.number(number)}</b>")])


def own_cards(quality: Quality) -> None:
    """The steward's own: by rule and column, then row by row with files."""
    words, rows = quality.visit.words, in_words(quality.of_run(published.quarantine), quality.visit.words)
    if rows.is_empty():
        return
    with st.container(key="card-own-rules"):
        card_heading(words("quarantine.by_rule"), words("quarantine.by_rule_caption"))
        counted = rows.group_by("table", "rule", "column").agg(pl.len().cast(pl.Int64).alias("rows"))
        show(rule_table(counted.sort("rows", "table", "rule", "column", descending=[True, False, False, False]), words))
    rule = _choose_rule(quality, rows)
    selected = rows if rule == EMPTY_CHOICE else rows.filter(pl.col("rule") == rule)
    sections.downloads(quality, for_file(selected, words), words("quarantine.file"), what="quality_quarantine")
    with st.container(key="card-own-rows"):
        card_heading(words("quarantine.rows"), words("quarantine.rows_caption"))
        above = st.container()
        shown = sections.one_page_of(quality, selected, PAGE)
        with above:
            show(row_table(shown, words))


def _choose_rule(quality: Quality, rows: pl.DataFrame) -> str:
    words = quality.visit.words
    options = [EMPTY_CHOICE, *rows["rule"].unique().sort().to_list()]
    name = chosen("rule", options, EMPTY_CHOICE)
    st.selectbox(
        words("quarantine.rule"),
        options,
        key="rule",
        format_func=lambda option: words("checks.any") if option == EMPTY_CHOICE else rule_word(option, words),
        on_change=sections.back_to_first_page,
        args=(PAGE,),
    )
    remember("rule", name, EMPTY_CHOICE)
    return name


def others_card(quality: Quality) -> None:
    """Files that are not the steward's own: rules and columns, never a row."""
    words, rows = quality.visit.words, quality.of_run(published.quarantine_of_others)
    is_national = quality.visit.scope.role == "national"
    with st.container(key="card-others"):
        title = "quarantine.all_files" if is_national else "quarantine.shared"
        card_heading(words(title), words("quarantine.shared_caption"))
        if rows.is_empty():
            show(f"<p class='rt-range'>{escape(words('quarantine.nothing'))}</p>")
            return
        show(rule_table(rows, words))


def in_words(rows: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Adds the broken rule in words and what to do."""
    rules = rows["rule"].unique().to_list()
    lookup = pl.DataFrame(
        {
            "rule": rules,
            "rule_word": [rule_word(rule, words) for rule in rules],
            "todo": [_todo(rule, words) for rule in rules],
        },
        schema=dict.fromkeys(("rule", "rule_word", "todo"), pl.String),
    )
    return rows.join(lookup, on="rule", how="left", maintain_order="left")


def rule_word(rule: str, words: Words) -> str:
    """What is wrong; the rule's own name when it is new to us."""
    return words(f"rule.{rule}") if words.known(f"rule.{rule}") else rule


def _todo(rule: str, words: Words) -> str:
    return words(f"mend.{rule}") if words.known(f"mend.{rule}") else words("mend.any")


def rule_table(rows: pl.DataFrame, words: Words) -> str:
    """Table and column, the rule that was broken, what to do, and how many rows where that may be told."""
    is_counted = rows["rows"].is_not_null().any()
    columns = ("table", "rule", "todo", *(("rows",) if is_counted else ()))
    head = "".join(
        f"<th scope='col' class='{_class(name)}'>{escape(words(f'quarantine.column_{name}'))}</th>" for name in columns
    )
    body = "".join(_rule_row(row, columns, words) for row in rows.iter_rows(named=True))
    return _frame(head, body)


def _rule_row(row: dict[str, object], columns: tuple[str, ...], words: Words) -> str:
    count = row["rows"]
    cells = {
        "table": f"{escape(table_name(str(row['table']), words))}<br>{code(str(row['column']))}",
        "rule": escape(rule_word(str(row["rule"]), words)),
        "todo": escape(_todo(str(row["rule"]), words)),
        "rows": words.number(count) if isinstance(count, int) else escape(words("thread.hidden")),
    }
    return _tr(cells, columns, words)


def row_table(rows: pl.DataFrame, words: Words) -> str:
    """Rows of the steward's own files (in words)."""
    head = "".join(
        f"<th scope='col' class='{name}'>{escape(words(f'quarantine.column_{name}'))}</th>" for name in ROW_COLUMNS
    )
    body = "".join(_row(row, words) for row in rows.iter_rows(named=True))
    return _frame(head, body)


def _row(row: dict[str, object], words: Words) -> str:
    number = row["row_number"]
    cells = {
        "source": code(str(row["source"])),
        "row_number": words.number(number) if isinstance(number, int) else "",
        "key": code(str(row["key"])) if row["key"] else escape(words("quarantine.no_key")),
        "rule": escape(str(row["rule_word"])),
        "column": code(str(row["column"])),
        "todo": escape(str(row["todo"])),
    }
    return _tr(cells, ROW_COLUMNS, words)


def _tr(cells: dict[str, str], columns: tuple[str, ...], words: Words) -> str:
    labels = {name: escape(words(f"quarantine.column_{name}"), quote=True) for name in columns}
    tds = (f"<td class='{_class(name)}' data-label='{labels[name]}'>{cells[name]}</td>" for name in columns)
    return f"<tr>{''.join(tds)}</tr>"


def _class(name: str) -> str:
    return "days" if name in {"rows", "row_number"} else name


def _frame(head: str, body: str) -> str:
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-gaps-frame'><table class='rt-table rt-gaps rt-quarantine'>{table}</table></div>"


def for_file(rows: pl.DataFrame, words: Words) -> pl.DataFrame:
    """The rows (in words) with the headings of a file. The key is the row's own id or pseudonym; no other value."""
    return rows.select(pl.col(column).alias(words(f"quarantine.file_{key}")) for key, column in FILE_COLUMNS.items())
