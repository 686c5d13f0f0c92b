"""A small clean world, and for every check the one thing that must be wrong in it for the check to fire.

`check_cases/clean_world.txt` has the canonical tables. A line of `of_records.txt` is a check, what is changed, `->`,
and the keys of the rows that fail: `table row: column=value, ...` changes a row, `table +row like other: ...` adds one,
`table -row` leaves one out. A line of `of_rows.txt` is a check and the one row of its frame that fails, for frames that
an ingest or a run makes. What is empty, or not told, is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.canonical import parsed
from pipelines.definitions.tables import TABLES, table_named
from pipelines.identity import identities_of, with_surrogates

AS_OF = date(2026, 9, 30)
CASES = Path(__file__).parent / "check_cases"

World = dict[str, list[dict[str, str | None]]]


def clean_world() -> World:
    """The rows of the clean world as text, by table."""
    world: World = {}
    rows: list[dict[str, str | None]] = []
    header: list[str] = []
    for line in _lines("clean_world"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            rows, header = world.setdefault(line.strip(), []), []
        elif not header:
            header = cells
        else:
            rows.append({name: cell or None for name, cell in zip(header, cells, strict=True)})
    return world


def key_of(table: str, row: Mapping[str, str | None]) -> str:
    """A row's key as cases write it."""
    return "|".join(row[name] or "" for name in table_named(table).key)


def changed(changes: str) -> World:
    """The clean world after the changes of a case, in their order."""
    world = clean_world()
    for change in filter(None, (part.strip() for part in changes.split(";"))):
        _change(world, change)
    return world


LINE = re.compile(r"(?P<table>\w+) (?P<sign>[+-]?)(?P<row>[^ :]+)(?: like (?P<like>[^ :]+))?(?::(?P<values>.*))?$")


def _change(world: World, change: str) -> None:
    found = LINE.match(change)
    assert found, change
    table, rows = found["table"], world[found["table"]]
    at = {key_of(table, row): row for row in rows}
    if found["sign"] == "-":
        rows.remove(at[found["row"]])
        return
    target = at[found["like"] or found["row"]]
    if found["sign"] == "+":
        key = table_named(table).key
        target = target | ({key[0]: found["row"]} if len(key) == 1 else {})
        rows.append(target)
    target.update(values_of(found["values"] or ""))


def values_of(text: str) -> dict[str, str | None]:
    """`column=value, column=value` as a mapping; an empty value is None."""
    pairs = [part.split("=", 1) for part in text.split(",") if part.strip()]
    return {name.strip(): value.strip() or None for name, value in pairs}


def of_records() -> dict[str, tuple[str, list[str]]]:
    """Check id to the changes and the keys that must fail."""
    cases = {}
    for line in _lines("of_records"):
        check_id, rest = line.split(": ", 1)
        changes, keys = rest.rsplit("->", 1)
        cases[check_id] = (changes.strip(), keys.split())
    return cases


def of_rows() -> dict[str, dict[str, str | None]]:
    """Check id to the one row that must fail."""
    cases = (line.split(": ", 1) for line in _lines("of_rows"))
    return {check_id: values_of(values) for check_id, values in cases}


def _lines(name: str) -> list[str]:
    return (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def text_tables(world: World) -> dict[str, pl.DataFrame]:
    """The world in the contract's types, with names for persons."""
    return {table.name: _typed(table.name, world[table.name]) for table in TABLES}


def _typed(name: str, rows: list[dict[str, str | None]]) -> pl.DataFrame:
    table = table_named(name)
    text = pl.DataFrame(rows, schema=dict.fromkeys(table.column_names, pl.String()))
    return text.select(parsed(column, pl.String()).alias(column.name) for column in table.columns)


def stored_tables(world: World) -> dict[str, pl.LazyFrame]:
    """The world as a store holds it: numbers for persons and pregnancies."""
    return {name: with_surrogates(rows.lazy(), table_named(name)) for name, rows in text_tables(world).items()}


def names(world: World) -> dict[int, str]:
    """Number to name of everybody and every pregnancy in the world."""
    tables = text_tables(world)
    found = [
        rows.lazy().select(pl.col("id"), pl.col("pseudonym"))
        for table in TABLES
        for rows in identities_of(tables[table.name].lazy(), table, [c.name for c in table.columns if c.identifier])
    ]
    return dict(pl.concat(found).unique().collect().iter_rows())


def delivered(folder: Path, world: World) -> Path:
    """The world as a canonical folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in text_tables(world).items():
        rows.write_parquet(folder / f"{name}.parquet")
    return folder
