"""The worklist: pills with counts, order, pages of rows, and the same rows as files and in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from math import ceil
from typing import Any

import polars as pl
from rich.markup import escape as plain
from rich.table import Table

from checks.days import danish_day
from dashboards import worklist_rows
from dashboards.gap_words import PILLS, in_words, with_closers
from dashboards.geography import Geography
from dashboards.language import LANGUAGES, NO_BREAK, Words
from dashboards.opening import Source
from dashboards.scope import Place, Scope
from dashboards.stewards.decision_words import assigned_text, decision_lines
from pipelines.definitions.enumerations import UNKNOWN
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.gap_decisions import HISTORY, with_decisions

ROWS_PER_PAGE = 25
NEW_DAYS = 30
SORTS = ("severity", "oldest", "newest", "child")
HEADINGS = ("subject", "gap", "expected", "found", "closer", "days")
FILE_COLUMNS = {
    "pseudonym": "subject",
    "age": "age",
    "severity": "severity_word",
    "gap": "gap",
    "expected": "expected",
    "due": "due_date",
    "found": "found",
    "found_date": "found_date",
    "closer": "closer_text",
    "ours": "ours_word",
    "days": "age_days",
    "recommendation": "recommendation",
    "accepted_until": "accepted_until",
    "accepted_text": "accepted_text",
    "assigned": "assigned_text",
    "note": "note",
    "decided_by": "decided_by",
    "decided": "decided_day",
}
"""Key of the heading in the texts, and the column."""


def fits(pill: str) -> pl.Expr:
    """Whether a gap belongs under a pill."""
    if pill == "all":
        return pl.lit(value=True)
    if pill == "critical":
        return pl.col("severity").cast(pl.String) == "critical"
    if pill == "ours":
        return pl.col("ours")
    return pl.col("group") == pill


def pill_counts(gaps: pl.DataFrame) -> dict[str, int]:
    """Gaps under each pill; pills of a kind that has none are left out."""
    counted = gaps.select(fits(pill).sum().alias(pill) if pill != "all" else pl.len().alias(pill) for pill in PILLS)
    counts = {pill: int(number) for pill, number in counted.row(0, named=True).items()}
    return {pill: number for pill, number in counts.items() if number or pill in PILLS[:3]}


def ordered(gaps: pl.DataFrame, sort: str) -> pl.DataFrame:
    """By the reader's wish; the rows come by severity, age and key already, and ties keep that order."""
    if sort == "severity":
        return gaps
    column, descending = {"oldest": ("age_days", True), "newest": ("age_days", False), "child": ("subject", False)}[
        sort
    ]
    return gaps.sort(column, descending=descending, nulls_last=True, maintain_order=True)


def pages_of(gaps: pl.DataFrame) -> int:
    """How many pages of rows; an empty list is one page."""
    return max(1, ceil(gaps.height / ROWS_PER_PAGE))


def rows_of_page(gaps: pl.DataFrame, page: int) -> pl.DataFrame:
    """Rows of a page, counted from 1; a page beyond the end is the last one."""
    return gaps.slice((min(page, pages_of(gaps)) - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE)


def table(rows: pl.DataFrame, words: Words) -> str:
    """Rows in words as a table, for the page as a document."""
    head = "".join(f"<th scope='col' class='{name}'>{escape(words(f'column.{name}'))}</th>" for name in HEADINGS)
    body = "".join(_row(row, words) for row in rows.iter_rows(named=True))
    rows_markup = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='rt-gaps-frame'><table class='rt-table rt-gaps'>{rows_markup}</table></div>"


def _row(row: dict[str, Any], words: Words) -> str:
    subject = (
        f"<code title='{escape(str(row['subject']))}'>{escape(str(row['child']))}</code><br>{escape(str(row['age']))}"
    )
    word = escape(row["severity_word"])
    severity = f"<span class='rt-severity {row['severity']}'><i aria-hidden='true'></i>{word}</span><br>"
    decided = [f"{text}: {said}" if said else text for _, text, said in decision_lines(row, words)]
    cells = {
        "subject": subject,
        "gap": severity + escape(row["gap"]),
        "expected": escape(row["expected"]),
        "found": escape(row["found"]),
        "closer": "<br>".join(map(escape, [row["closer_text"], *decided])),
        "days": words.number(row["age_days"]),
    }
    return "<tr>" + "".join(
        f"<td class='{name}' data-label='{escape(words(f'column.{name}'))}'>{cell}</td>" for name, cell in cells.items()
    ) + "</tr>"  # fmt: skip


def for_file(gaps: pl.DataFrame, words: Words, reference: Reference) -> pl.DataFrame:
    """The rows with the headings of a file. Whole pseudonyms, no surrogates; dates stay dates."""
    texts = dict(reference.recommendations.select("id", f"text_{words.language}").iter_rows())
    yes, no = pl.lit(words("yes_no.yes")), pl.lit(words("yes_no.no"))
    named = gaps.with_columns(
        pl.when("ours").then(yes).otherwise(no).alias("ours_word"),
        pl.col("decided_at").dt.date().alias("decided_day"),
        pl.col("recommendation").replace_strict(texts, default=pl.col("recommendation"), return_dtype=pl.String),
    )
    chosen = named.select(pl.col(column).alias(words(f"column.{key}")) for key, column in FILE_COLUMNS.items())
    return chosen.with_columns(pl.col(pl.String).str.replace_all(NO_BREAK, " "))


def worklist_table(
    source: Source, municipality: str, limit: int, lang: str, history: pl.DataFrame | None = None
) -> Table:
    """The first open rows of a municipality's worklist for a terminal, with what was decided (`history`, as of today).

    UserError for a code or a language that is none.
    """
    reference = Reference.load()
    language = next((known for known in LANGUAGES if known == lang), None)
    if language is None:
        raise UserError(f"There is no language {lang}", to_do=f"One of: {', '.join(LANGUAGES)}.")
    if municipality not in (*reference.municipality_codes, UNKNOWN):
        what = f"There is no municipality {municipality}"
        raise UserError(what, to_do=f"Four digits, such as 0479; {UNKNOWN} for gaps without one.")
    words, as_of = Words(language), source.run["as_of"]
    known = with_closers(worklist_rows.worklist(source, Scope("steward", municipality)))
    decisions = pl.DataFrame(schema=HISTORY) if history is None else history
    gaps = with_decisions(known, decisions, danish_day(datetime.now(UTC))).filter(pl.col("accepted_until").is_null())
    shown = Table(title=_terminal_title(gaps, municipality, words, source), title_justify="left", show_lines=True)
    for name in HEADINGS:
        shown.add_column(words(f"column.{name}"), justify="right" if name == "days" else "left", overflow="fold")
    told = in_words(gaps.head(limit), words, reference, as_of).with_columns(assigned_text(words))
    for row in told.iter_rows(named=True):
        shown.add_row(*_terminal_row(row, words))
    if accepted := known.height - gaps.height:
        shown.caption = words("worklist.lead_accepted", number=words.number(accepted))
    return shown


def _terminal_row(row: dict[str, Any], words: Words) -> list[str]:
    decided = [f"{text}: {said}" if said else text for _, text, said in decision_lines(row, words)]
    cells = (
        f"{row['child']}\n{row['age']}",
        f"{row['severity_word']}\n{row['gap']}",
        row["expected"],
        row["found"],
        "\n".join([row["closer_text"], *decided]),
    )
    return [*map(plain, cells), words.number(row["age_days"])]


def _terminal_title(gaps: pl.DataFrame, municipality: str, words: Words, source: Source) -> str:
    geography = Geography.on(source.run["as_of"])
    place = geography.name(Place("municipality", municipality)) if municipality in geography.codes else municipality
    new = gaps.filter(pl.col("age_days") <= NEW_DAYS).height
    numbers = {"total": words.number(gaps.height), "new": words.number(new)}
    return words("worklist.subtitle", place=place, day=words.day(source.run["as_of"]), **numbers)
