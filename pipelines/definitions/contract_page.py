"""Pages of the docs that are made from declarations, so that they cannot say anything else."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.definitions import enumerations as e
from pipelines.definitions.contract import EARLIEST_DATE, LATEST_DATE, Column, Table
from pipelines.definitions.measures_page import measures_page
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION, TABLES

LISTS: dict[tuple[str, ...], str] = {
    e.SUBSTANCES: "substance",
    e.ACTORS: "actor",
    e.HANDOVER_KINDS: "handover kind",
    e.RECORD_TYPES: "record type",
    e.DOMAINS: "domain",
}
NAMED_FROM = 6
"""Lists shorter than this stand in the table itself."""


def contract_page() -> str:
    """All canonical tables with types, keys, lists, references and meaning in Danish and English, as Markdown."""
    lines = [
        "# The data contract",
        "",
        "<!-- Made by `roedtraad docs` from pipelines/definitions/tables.py. Do not edit. -->",
        "",
        f"Version {CONTRACT_VERSION}. `?` means that a value may be missing; missing is *unknown*, never *no*.",
        "**K** marks the key. An interval is half-open: the end is not included. A row that breaks type, key, need,",
        "list or reference is set aside in quarantine with its reason; it never stops the others.",
        f"A date lies from {EARLIEST_DATE} to {LATEST_DATE}.",
        "",
        "Files: UTF-8 CSV (comma, ISO dates, `true`/`false`, empty is missing), Parquet, or Excel, one per table.",
        "",
    ]
    for table in TABLES:
        lines += _table(table)
    lines += ["## Lists", ""]
    for allowed, name in LISTS.items():
        lines += [f"- **{name}**: {', '.join(allowed)}"]
    lines += [f"- **municipal actors**: {', '.join(e.MUNICIPAL_ACTORS)}", ""]
    return "\n".join(lines)


def _table(table: Table) -> list[str]:
    lines = [
        f"## {table.name}",
        "",
        f"{table.title_da}: {table.row_da}.  ",
        f"{table.title_en}: {table.row_en}.",
        "",
        "| column | type | dansk | English |",
        "|---|---|---|---|",
    ]
    for column in table.columns:
        key = " **K**" if column.name in table.key else ""
        lines.append(f"| `{column.name}`{key} | {_type(column)} | {column.meaning_da} | {column.meaning_en} |")
    notes = [f"Known on `{table.known_by}`: an earlier as-of date does not see the row."]
    if table.learned_later:
        notes.append(f"Missing while it lies after the as-of date: {_names(table.learned_later)}.")
    if table.at_least_one_of:
        notes.append(f"At least one of {_names(table.at_least_one_of)} is there.")
    if table.ends_after:
        notes.append(f"`{table.ends_after[1]}` is later than `{table.ends_after[0]}`.")
    if table.pair_in_schedule:
        notes.append(f"{_names(table.pair_in_schedule)} together stand in `schedule.csv`.")
    return [*lines, "", *(f"- {note}" for note in notes), ""]


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _type(column: Column) -> str:
    optional = "?" if column.optional else ""
    if column.allowed and len(column.allowed) < NAMED_FROM:
        return " \\| ".join(column.allowed) + optional
    if column.allowed:
        return LISTS[column.allowed] + optional
    bounds = f" ({column.lowest}-{column.highest})" if column.lowest is not None else ""
    reference = f" → {column.references}" if column.references else ""
    return f"{column.type_name}{optional}{bounds}{reference}"


def reference_page() -> str:
    """Deadlines and schedule with their basis and source, so that nobody takes an assumption for a rule."""
    reference = Reference.load()
    lines = [
        "# Deadlines and schedule",
        "",
        "<!-- Made by `roedtraad docs` from pipelines/definitions/reference. Do not edit. -->",
        "",
        "A steward edits these files in a spreadsheet. Every run names the version of the files that it used.",
        "",
        "| kind | transition | days | severity | recommendation | basis | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in reference.deadlines.iter_rows(named=True):
        names = ("kind", "transition", "days", "severity", "recommendation", "basis", "source")
        lines.append("| " + " | ".join(str(row[name] if row[name] is not None else "") for name in names) + " |")
    lines += [
        "",
        "| programme | contact | dansk | due at | opens | closes | for | severity | basis |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in reference.schedule.iter_rows(named=True):
        due = f"{row['due_age']} {row['due_unit']}"
        cells = (
            row["programme"],
            row["contact_code"],
            row["title_da"],
            due,
            f"{row['opens_days']} d before",
            f"{row['closes_days']} d after",
            row["applies_to"],
            row["severity"],
            row["basis"],
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "contract.md": contract_page,
    "deadlines.md": reference_page,
    "measures.md": measures_page,
}
