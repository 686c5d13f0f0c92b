"""Reads a file of rule tables into cases: rows in, what is looked at, rows out. The form is told in README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from naive import Verdict
from naive.world import TABLE_NAMES, Row, World

from pipelines.definitions.tables import table_named

FOLDER = Path(__file__).parent

PLAIN: dict[str, Row] = {
    "pregnancies": {"pregnancy_id": "pregnancy", "mother_id": "mother", "outcome": "unknown"},
    "children": {"child_id": "child", "sex": "unknown"},
    "exposures": {"substance": "alcohol", "certainty": "confirmed", "recorded_by": "midwife"},
    "residences": {"child_id": "child", "municipality_code": "0101"},
    "diagnoses": {"is_refuted": False},
    "treatments": {"person_id": "mother"},
    "handovers": {"kind": "other", "from_actor": "other", "to_actor": "other"},
    "support_records": {"child_id": "child", "municipality_code": "0101", "record_type": "notification"},
    "contacts": {"child_id": "child", "programme": "gp", "contact_code": "week_5", "status": "attended"},
}
"""What fills a column that no table of the file mentions."""
NUMBERED = {
    "exposures": "exposure",
    "treatments": "treatment",
    "handovers": "handover",
    "support_records": "record",
    "contacts": "contact",
}
"""What a row is called when its key is not told: `handover 1`, `handover 2`."""


@dataclass(frozen=True)
class Looked:
    """The exported table that is looked at, and the cells that its rows must have."""

    table: str
    where: dict[str, str]


@dataclass
class Case:
    """`expected` has the shown columns only, as text."""

    name: str
    as_of: date
    looked_at: Looked
    columns: list[str]
    world: World
    expected: list[dict[str, str]] = field(default_factory=list)

    def shown(self, verdict: Verdict, prefix: str = "") -> list[dict[str, str]]:
        """The rows of a verdict that the case looks at, as text in the shown columns, without the prefix of its ids."""
        rows = [
            {column: _as_text(cell).replace(prefix, "") for column, cell in row.items()}
            for row in getattr(verdict, self.looked_at.table)
            if not prefix or any(prefix in _as_text(cell) for cell in row.values())
        ]
        looked_at = [row for row in rows if self.looked_at.where.items() <= row.items()]
        return in_order([{column: row[column] for column in self.columns} for row in looked_at])


def in_order(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(rows, key=lambda row: list(row.values()))


def rule_files() -> list[Path]:
    return sorted(file for file in FOLDER.glob("*.md") if file.name != "README.md")


def cases_of(file: Path) -> list[Case]:
    text = file.read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    told = {section.partition("\n")[0].strip(): section for section in sections[1:]}
    always = _tables(told.get("Every case has", ""))
    fill = {name: rows[0] for name, rows in _tables(told.get("Unless a case says otherwise", "")).items()}
    lines = _grid(told["Cases"])
    return _cases(lines, always, fill, _as_of(sections[0]), _looked_at(sections[0]))


def _as_of(text: str) -> date | None:
    found = re.search(r"^As of: (\d{4}-\d{2}-\d{2})$", text, flags=re.MULTILINE)
    return date.fromisoformat(found[1]) if found else None


def _looked_at(text: str) -> Looked:
    found = re.search(r"^Shows: (\w+)(?: where (.+))?$", text, flags=re.MULTILINE)
    assert found, "a file of rules must say what it shows"
    pairs = [pair.partition(" = ")[::2] for pair in found[2].split(" and ")] if found[2] else []
    return Looked(found[1], dict(pairs))


def _tables(section: str) -> dict[str, list[dict[str, str]]]:
    """The tables of a section, each under its name in bold."""
    parts = re.split(r"^\*\*(\w+)\*\*$", section, flags=re.MULTILINE)
    return {
        name: [dict(zip(grid[0], line, strict=True)) for line in grid[1:]]
        for name, grid in ((name, _grid(body)) for name, body in zip(parts[1::2], parts[2::2], strict=True))
    }


def _grid(text: str) -> list[list[str]]:
    """Header and lines of a markdown table, cells stripped; the rule under the header is left out."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("|")]
    grid = [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in lines]
    return [line for line in grid if not all(cell and set(cell) == {"-"} for cell in line)]


def _cases(
    grid: list[list[str]],
    always: dict[str, list[dict[str, str]]],
    fill: dict[str, dict[str, str]],
    as_of: date | None,
    looked_at: Looked,
) -> list[Case]:
    columns = _columns(grid[0])
    cases: list[Case] = []
    for line in grid[1:]:
        cells: dict[str, dict[str, str]] = {}
        for (group, column), cell in zip(columns, line, strict=True):
            cells.setdefault(group, {})[column] = cell
        name, own_day = cells["case"]["case"], cells["case"].get("as of")
        if name:
            day = date.fromisoformat(own_day) if own_day else as_of
            assert day is not None, f"{name}: as of which day?"
            shown = [column for group, column in columns if group == "shows"]
            cases.append(Case(name, day, looked_at, shown, {table: [] for table in TABLE_NAMES}))
            for table, rows in always.items():
                for row in rows:
                    _add(cases[-1].world, table, row, {})
        for table in [group for group in cells if group not in ("case", "shows")]:
            if any(cells[table].values()):
                _add(cases[-1].world, table, cells[table], fill.get(table, {}))
        if any(cells["shows"].values()) and "none" not in cells["shows"].values():
            cases[-1].expected.append(cells["shows"])
    return cases


def _columns(header: list[str]) -> list[tuple[str, str]]:
    """Each column with its group: `case`, a canonical table, or `shows`."""
    columns, group = [], "case"
    for cell in header:
        if ":" in cell:
            group, _, cell = (part.strip() for part in cell.partition(":"))  # noqa: PLW2901
        columns.append((group, cell))
    return columns


def _add(world: World, table: str, cells: dict[str, str], fill: dict[str, str]) -> None:
    """A row with every column of the contract: from the case, else from the file, else plain, else unknown."""
    declared = table_named(table)
    row: Row = dict.fromkeys(declared.column_names) | PLAIN.get(table, {})
    if table in NUMBERED:
        row[declared.key[0]] = f"{NUMBERED[table]} {len(world[table]) + 1}"
    for column, cell in (fill | cells).items():
        row[column] = _as_value(cell, declared.column(column).dtype)
    world[table].append(row)


def _as_value(cell: str, dtype: pl.DataType) -> Any:
    if cell == "":
        return None
    if dtype == pl.Date():
        return date.fromisoformat(cell)
    if dtype == pl.Boolean():
        return {"yes": True, "no": False}[cell]
    return int(cell) if dtype == pl.Int64() else cell


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
