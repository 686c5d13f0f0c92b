"""What a target group of its own must keep: known sources, groups, kinds, programmes, ages and whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.descriptions import FACTS_FILE, LANGUAGES, Description, table_of
from pipelines.definitions.measures import HEADLINE_MEASURES
from pipelines.definitions.target_group import TargetGroup
from pipelines.guidance.faults import Fault, of_a_list, rows_of

TRANSITIONS = ("school_start", "placement", "adulthood")


def of_target(described: Description) -> Iterator[Fault]:
    """Nothing, for a description without one."""
    if described.target is None:
        return
    yield from _of_sources(described.target)
    yield from _of_groups(described.target)
    for table, column, known in _lists(described.target):
        yield from of_a_list(described.folder, table, column, known)
    yield from _of_numbers(described.folder)
    yield from _of_what_must_be_there(described.folder)
    yield from _of_schedule_ages(described)


def _of_sources(target: TargetGroup) -> Iterator[Fault]:
    for name, given, known in (
        ("evidence", target.evidence, e.EVIDENCE_SOURCES),
        ("on_child_record", target.on_child_record, target.evidence),
    ):
        for source in sorted(set(given) - set(known)):
            yield Fault(FACTS_FILE, name, f"{source} is no source of evidence here", f"Known: {', '.join(known)}")


def _of_groups(target: TargetGroup) -> Iterator[Fault]:
    for name, titles in target.groups.items():
        for language in LANGUAGES:
            if not titles.get(language):
                yield Fault(FACTS_FILE, f"groups.{name}", f"the title in {language} is missing", "Write both")


def _lists(target: TargetGroup) -> tuple[tuple[str, str, tuple[str | None, ...]], ...]:
    """Table, column, and the values that it may have."""
    return (
        ("evidence", "group", target.group_names),
        ("evidence", "certainty", e.CERTAINTIES_OF_EVIDENCE),
        ("deadlines", "kind", tuple(kind for kind in e.KINDS if kind != "follow_up")),
        ("deadlines", "transition", (None, *TRANSITIONS)),
        ("deadlines", "severity", e.SEVERITIES),
        ("schedule", "severity", e.SEVERITIES),
        ("schedule", "programme", e.PROGRAMMES),
        ("schedule", "applies_to", ("all", "exposed")),
        ("schedule", "due_unit", ("days", "months")),
        ("measures", "name", (*(each.name for each in HEADLINE_MEASURES), "contact")),
    )


def _of_numbers(folder: Path) -> Iterator[Fault]:
    numbers = {"deadlines": ("days",), "schedule": ("due_age", "opens_days", "closes_days")}
    for table, columns in numbers.items():
        for column in columns:
            is_number = pl.col(column).str.contains(r"^\d+$").fill_null(value=False)
            for at in rows_of(table_of(folder, table), ~is_number):
                yield Fault(f"{table}.csv", f"row {at}", f"{column} is no whole number", "Write a whole number")


def _of_what_must_be_there(folder: Path) -> Iterator[Fault]:
    if table_of(folder, "evidence").is_empty():
        yield Fault("evidence.csv", "", "no diagnosis stands in it", "Write at least one code")
    if "contact" not in table_of(folder, "measures")["name"].to_list():
        yield Fault("measures.csv", "", "no row `contact` speaks for the single contacts", "Add it")


def _of_schedule_ages(described: Description) -> Iterator[Fault]:
    rows = table_of(described.folder, "schedule")
    years = pl.col("due_age").cast(pl.Float64, strict=False) / pl.when(pl.col("due_unit") == "months").then(
        12
    ).otherwise(365.25)
    for at in rows_of(rows, years >= (described.to_age or 0)):
        yield Fault(
            "schedule.csv", f"row {at}", "the age lies outside of the target group", "Mend due_age, or the ages"
        )
