"""Descriptions in a terminal: the register, and one of them with what shows each recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table

from pipelines.definitions.descriptions import Description, SomeDay
from pipelines.guidance.shown_by import Definitions, shown_by


def register(descriptions: Sequence[Description], today: date) -> RenderableType:
    """One row each: whose, since when, and what was due."""
    table = Table(title="Guidance descriptions", title_justify="left")
    for heading in ("Name", "Title", "Ages", "Published", "Follow-up due", "Revision due"):
        table.add_column(heading, overflow="fold")
    for each in descriptions:
        due = (_due(day, today) for day in (each.follow_up_due, each.revision_due))
        table.add_row(each.name, each.title["en"], ages(each), each.published.text, *due)
    return table


def recommendations(described: Description) -> RenderableType:
    """One row each, with the obligations and measures that show it, or why none does."""
    table = Table(title=described.title["en"], title_justify="left")
    for heading in ("Id", "Recommendation", "Shown by"):
        table.add_column(heading, overflow="fold")
    definitions = Definitions.of(described)
    for row in described.recommendations.iter_rows(named=True):
        shown = shown_by(row["id"], definitions)
        names = dict.fromkeys([*shown.obligations, *(each.name for each in shown.measures)])
        table.add_row(row["id"], row["text_en"], ", ".join(names) or f"Not measured. {row['not_measured_en']}")
    return table


def ages(described: Description) -> str:
    """0-25, or nothing where no age is given."""
    if described.from_age is None and described.to_age is None:
        return ""
    return f"{described.from_age or 0}-{described.to_age if described.to_age is not None else ''}"


def _due(day: SomeDay, today: date) -> str:
    return f"{day.text} (over)" if day.last < today else day.text
