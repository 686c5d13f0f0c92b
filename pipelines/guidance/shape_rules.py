"""The shape of a guidance folder: its files, their columns, double rows, and texts in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.definitions.descriptions import FACTS_FILE, LANGUAGES, TEXTS_FILE, Description, table_of
from pipelines.guidance.faults import Fault, rows_of

OWN_TABLES = ("evidence", "deadlines", "schedule", "measures")
"""What a description with a target group of its own must bring."""

MAY_BRING = ("recommendations", *OWN_TABLES, "parameters", "record_types", "services")
COLUMNS = {
    "recommendations": ("id", "dimension", "text_da", "text_en", "not_measured_da", "not_measured_en"),
    "evidence": ("prefix", "group", "certainty", "title_da", "title_en"),
    "deadlines": ("kind", "transition", "days", "sent_window_days", "severity", "recommendation"),
    "schedule": (
        *("programme", "contact_code", "title_en", "title_da", "due_age", "due_unit", "opens_days", "closes_days"),
        *("applies_to", "severity", "recommendation"),
    ),
    "measures": ("name", "recommendation"),
}
KEYS = {
    "recommendations": ("id",),
    "evidence": ("prefix",),
    "deadlines": ("kind", "transition"),
    "schedule": ("programme", "contact_code"),
    "measures": ("name",),
}


def of_shape(described: Description) -> Iterator[Fault]:
    """Files that are none of a guidance, files that are missing, and what is wrong with columns and rows."""
    folder = described.folder
    texts = {TEXTS_FILE.format(language=language) for language in LANGUAGES}
    known = {FACTS_FILE, "README.md", *texts, *(f"{name}.csv" for name in MAY_BRING)}
    for file in sorted(each.name for each in folder.iterdir() if not each.name.startswith(".")):
        if file not in known:
            yield Fault(file, "", "no part of a guidance is called so", "Remove it, or mend its name")
    needed = ("recommendations", *(OWN_TABLES if described.target else ()))
    for name in needed:
        if not described.has(name):
            yield Fault(f"{name}.csv", "", "the file is missing", "Add it; roedtraad guidance new shows one")
    for name, columns in COLUMNS.items():
        if described.has(name):
            yield from _of_columns(folder, name, columns)


def _of_columns(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[Fault]:
    rows, file = table_of(folder, name), f"{name}.csv"
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        yield Fault(file, "row 1", f"the column {missing[0]} is missing", "Add the column")
        return
    for at in rows_of(rows, pl.struct(KEYS[name]).is_duplicated()):
        yield Fault(file, f"row {at}", f"the {' and '.join(KEYS[name])} stands twice", "Keep one of the rows")
    for column in (each for each in columns if each.endswith(("_da", "_en")) and name != "measures"):
        if not column.startswith("not_measured"):
            for at in rows_of(rows, pl.col(column).is_null()):
                yield Fault(file, f"row {at}", f"{column} is empty", "Write it in both languages")


def of_texts(described: Description) -> Iterator[Fault]:
    """Words and texts stand in both languages: each key of `[texts]` in both, and `[words]` in both or in none."""
    told = {language: described.texts(language) for language in LANGUAGES}
    if faults := [fault for language, sections in told.items() for fault in _of_kinds(language, sections)]:
        yield from faults
        return
    words = {language: bool(sections.get("words")) for language, sections in told.items()}
    keys = {language: {key for key, _ in _leaves(sections.get("texts", {}))} for language, sections in told.items()}
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        file = TEXTS_FILE.format(language=language)
        if words[other] and not words[language]:
            yield Fault(file, "words", "it stands in the other language only", "Translate it")
        for key in sorted(keys[other] - keys[language]):
            yield Fault(file, key, "it stands in the other language only", "Translate it")


def _of_kinds(language: str, sections: Mapping[str, object]) -> Iterator[Fault]:
    """Both sections are tables of texts, and a word stands instead of one that is not empty."""
    for section in ("words", "texts"):
        for key, value in _leaves(sections.get(section, {})):
            if not (isinstance(value, str) and key):
                file = TEXTS_FILE.format(language=language)
                yield Fault(file, key or section, "it is no text", 'Write it in quotes, after a key: key = "text"')


def _leaves(branch: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Values of nested tables with their dotted keys."""
    if not isinstance(branch, dict):
        yield key, branch
        return
    for name, value in branch.items():
        yield from _leaves(value, f"{key}.{name}" if key else name)
