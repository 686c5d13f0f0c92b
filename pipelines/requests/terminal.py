"""Requests in a terminal: what can be asked, who has answered, what deviates, how far approval is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
from rich.markup import escape
from rich.table import Table

from pipelines.requests.declared import Request
from pipelines.requests.opened import Opened
from pipelines.requests.progress import progress

if TYPE_CHECKING:
    from pipelines.requests.forms.written import Words
    from pipelines.requests.receiving import Received


def declared_table(requests: Sequence[Request]) -> Table:
    """What can be asked."""
    shown = Table("request", "title", "questions", "forums", title="Can be asked", title_justify="left")
    for each in requests:
        shown.add_row(each.id, escape(each.title.da), str(len(each.questions)), str(len(each.approvals)))
    return shown


def opened_table(opened: Sequence[Opened]) -> Table:
    """What is open, the one opened last first."""
    shown = Table("id", "opened", "deadline", "answered", "state", title="Open", title_justify="left")
    for each in opened:
        told = progress(each)
        answered = told.filter(pl.col("state") == "answered").height
        state = "closed" if each.is_closed else "open"
        shown.add_row(each.id, str(each.opened_on), str(each.deadline), f"{answered} of {told.height}", state)
    return shown


def progress_table(opened: Opened, told: pl.DataFrame, words: Words) -> Table:
    """Everybody who is asked, the missing first."""
    title = f"{opened.request.title[words.language]} · {words('requests.deadline', day=words.day(opened.deadline))}"
    names = ("respondent", "state", "answered")
    shown = Table("", *(words(f"requests.{name}") for name in names), title=title, title_justify="left")
    for row in told.iter_rows(named=True):
        late = f" ({words('requests.late')})" if row["is_late"] else ""
        shown.add_row(
            row["respondent"],
            escape(row["name"]),
            words(f"requests.state_{row['state']}") + late,
            f"{row['answered']}/{row['asked']}",
        )
    return shown


def deviations_table(opened: Opened, told: pl.DataFrame, words: Words) -> Table:
    """Answers that are other than the published count by more than the tolerance."""
    names = ("respondent", "question", "answer", "count", "reason")
    title = words("requests.deviations")
    shown = Table(*(words(f"requests.{name}") for name in names), title=title, title_justify="left")
    for row in told.filter(pl.col("comparison") == "deviates").iter_rows(named=True):
        asked = opened.asks(row["question_id"], words.language)
        cells = (row["name"], asked, f"{row['value']:.0f}", str(row["count"]), row["reason"] or "")
        shown.add_row(*map(escape, cells))
    return shown


def steps_table(told: pl.DataFrame, words: Words) -> Table:
    """Every step with its last day."""
    names = ("step", "due", "state", "decided_on", "note")
    shown = Table(*(words(f"requests.{name}") for name in names), title=words("requests.steps"), title_justify="left")
    for row in told.iter_rows(named=True):
        state = "" if row["state"] == "plain" else words(f"requests.step_{row['state']}")
        on = words.day(row["decided_on"]) if row["decided_on"] else ""
        title, note = row[f"title_{words.language}"], row["note"] or ""
        shown.add_row(escape(title), words.day(row["due"]), state, on, escape(note))
    return shown


def providers_table(told: pl.DataFrame) -> Table:
    """Providers as they were last described."""
    columns = ("id", "name", "owner", "municipality_code", "offers")
    shown = Table(*columns)
    for row in told.select(columns).iter_rows():
        shown.add_row(*map(escape, row))
    return shown


def outcome_line(received: Received, opened: Opened) -> str:
    """What became of a form, in a line."""
    name = opened.name_of(*received.returned.who)
    if received.outcome is None:
        cells = ", ".join(fault.cell for fault in received.returned.faults)
        return f"{name}: not kept, to be mended: {cells}"
    outcome = received.outcome
    parts = [f"{len(outcome.stored)} answers kept"]
    parts += ["after the deadline"] if outcome.is_late and outcome.stored else []
    parts += [f"{len(outcome.unchanged)} said already"] if outcome.unchanged else []
    asked = [clash.question_id for clash in outcome.clashes]
    parts += [f"kept beside a newer answer, which stands: {', '.join(asked)}"] if asked else []
    return f"{name}: {'; '.join(parts)}"
