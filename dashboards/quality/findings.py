"""Failing rows of checks that a steward works on: in words, as a table, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import polars as pl

from dashboards.charts.check_statuses import severity_mark
from dashboards.gap_words import day_text
from dashboards.language import NO_BREAK, Words
from dashboards.markup import code
from dashboards.published_checks import FINDING_STATES
from dashboards.quality.declared import declared, said, table_name

HEADINGS = ("finding", "key", "since", "state")
FILE_COLUMNS = {
    "check": "check_id",
    "claim": "claim",
    "table": "table",
    "severity": "severity_word",
    "key": "row_key",
    "since": "first_seen",
    "state": "state_word",
    "until": "accepted_until",
    "reason": "accepted_reason",
    "assigned": "assigned_to",
    "todo": "todo",
}
"""Key of the heading in the texts, and the column."""


def in_words(rows: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Adds `claim`, `todo`, `table`, `severity`, `severity_word`, `state_word` and `since`. Worst and oldest first."""
    ids = rows["check_id"].unique().to_list()
    known = declared()
    lookup = pl.DataFrame(
        {
            "check_id": ids,
            "claim": [said(check_id, "claim", words) for check_id in ids],
            "todo": [said(check_id, "supplier", words) for check_id in ids],
            "table": [table_name(known[check_id].frame, words) if check_id in known else "" for check_id in ids],
            "severity": [known[check_id].severity if check_id in known else "info" for check_id in ids],
        },
        schema=dict.fromkeys(("check_id", "claim", "todo", "table", "severity"), pl.String),
    )
    severity = pl.Enum(list(words.section("severity")))
    return (
        rows.join(lookup, on="check_id", how="left")
        .with_columns(
            pl.col("severity").cast(severity),
            pl.col("severity").replace_strict(words.section("severity")).alias("severity_word"),
            _state_word(words).alias("state_word"),
            day_text(pl.col("first_seen"), words).alias("since"),
        )
        .sort("severity", "first_seen", "check_id", "row_key")
    )


def _state_word(words: Words) -> pl.Expr:
    """`Accepteret til 1. marts 2027`, `Tildelt X`, `Åbent`. The reason stands in the file."""
    day = day_text(pl.col("accepted_until"), words)
    accepted = pl.format(words("finding.accepted", day="{}"), day)
    assigned = pl.format(words("finding.assigned", name="{}"), pl.col("assigned_to"))
    return (
        pl.when(pl.col("state") == "accepted")
        .then(accepted)
        .when(pl.col("state") == "assigned")
        .then(assigned)
        .otherwise(pl.lit(words("finding.open")))
    )


def number_of(rows: pl.DataFrame) -> dict[str, int]:
    """Findings in each state, and all."""
    counted = {state: rows.filter(pl.col("state") == state).height for state in FINDING_STATES}
    return {"all": rows.height, **counted}


def by_check(rows: pl.DataFrame) -> pl.DataFrame:
    """Findings (in words) counted by check, the gravest check first and then the one with most."""
    named = ("check_id", "claim", "todo", "severity")
    counted = rows.group_by(named).agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("first_seen").min())
    return counted.sort("severity", "rows", "check_id", descending=[False, True, False])


def check_table(counted: pl.DataFrame, link: Callable[[str], str], words: Words) -> str:
    """What is to hold, what to do, and how many rows; `link` leads to them."""
    names = {"finding": "finding", "todo": "todo", "rows": "days"}
    labels = {name: escape(words(f"finding.column_{name}"), quote=True) for name in names}
    head = "".join(f"<th scope='col' class='{names[name]}'>{label}</th>" for name, label in labels.items())
    body = "".join(_check_row(row, labels, link, words) for row in counted.iter_rows(named=True))
    whole = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-gaps-frame'><table class='rt-table rt-gaps rt-checks'>{whole}</table></div>"


def _check_row(row: dict[str, object], labels: dict[str, str], link: Callable[[str], str], words: Words) -> str:
    address = escape(link(str(row["check_id"])), quote=True)
    claim = f"<a href='{address}' target='_self'>{escape(str(row['claim']))}</a>"
    return (
        f"<tr><td class='finding'>{severity_mark(str(row['severity']), words)}<br>{claim}</td>"
        f"<td class='todo' data-label='{labels['todo']}'>{escape(str(row['todo']))}</td>"
        f"<td class='days' data-label='{labels['rows']}'>{words.number(int(str(row['rows'])))}</td></tr>"
    )


def table(rows: pl.DataFrame, words: Words, *, with_claim: bool) -> str:
    """Findings (in words) as a table that becomes a list of cards on a narrow page."""
    columns = HEADINGS if with_claim else HEADINGS[1:]
    named = in_words(rows, words) if "claim" not in rows.columns else rows
    head = "".join(f"<th scope='col' class='{name}'>{escape(words(f'finding.column_{name}'))}</th>" for name in columns)
    body = "".join(_row(row, columns, words) for row in named.iter_rows(named=True))
    whole = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-gaps-frame'><table class='rt-table rt-gaps rt-findings'>{whole}</table></div>"


def _row(row: dict[str, object], columns: tuple[str, ...], words: Words) -> str:
    cells = {
        "finding": _finding(row, words),
        "key": code(str(row["row_key"])),
        "since": escape(str(row["since"])),
        "state": f"<span class='rt-finding {row['state']}'>{escape(str(row['state_word']))}</span>",
    }
    labels = {name: escape(words(f"finding.column_{name}"), quote=True) for name in columns}
    tds = (f"<td class='{name}' data-label='{labels[name]}'>{cells[name]}</td>" for name in columns)
    return f"<tr>{''.join(tds)}</tr>"


def _finding(row: dict[str, object], words: Words) -> str:
    """What is to hold, and small below it what to do."""
    claim, todo = escape(str(row["claim"])), escape(str(row["todo"]))
    return f"{severity_mark(str(row['severity']), words)}<br>{claim}<br><small>{todo}</small>"


def for_file(rows: pl.DataFrame, words: Words) -> pl.DataFrame:
    """The rows (in words) with the headings of a file; dates stay dates."""
    chosen = rows.select(pl.col(column).alias(words(f"finding.file_{key}")) for key, column in FILE_COLUMNS.items())
    return chosen.with_columns(pl.col(pl.String).str.replace_all(NO_BREAK, " "))
