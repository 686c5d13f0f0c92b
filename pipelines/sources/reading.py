"""A source while it is read: what the adapters hand on, and where every row of every file went."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Column
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from pipelines.identity import NUMBER_FOUND
from pipelines.sources.people import People

FAULTS: dict[str, pl.DataType] = {
    "table": pl.String(),
    "source": pl.String(),
    "row_number": pl.Int64(),
    "rule": pl.String(),
    "column": pl.String(),
}
"""A row that an adapter could not read at all. `table` is the canonical table that it would have fed."""

UNMAPPED: dict[str, pl.DataType] = {
    "source": pl.String(),
    "column": pl.String(),
    "code": pl.String(),
    "rows": pl.Int64(),
}
"""Codes that the mapping does not know, with their rows. A code is shown only where it cannot be a person's value."""

REPORTED: dict[str, pl.DataType] = {
    "delivery": pl.String(),
    "municipality_code": pl.String(),
    "month": pl.Date(),
    "rows": pl.Int64(),
}
"""Rows that a municipality reported about a month, counted before anything was left out."""

DECLARED_INCOMPLETE: dict[str, pl.DataType] = {
    "delivery": pl.String(),
    "municipality_code": pl.String(),
    "year": pl.Int64(),
}

RECORD_LINKS: dict[str, pl.DataType] = {
    "delivery": pl.String(),
    "table": pl.String(),
    "source": pl.String(),
    "row_number": pl.Int64(),
    "municipality_code": pl.String(),
    "linked_by": pl.String(),
    "match_probability": pl.Float64(),
}
"""How each row without a number found its child: `exact`, `probable`, `ambiguous` or `none`, and how sure it is."""


@dataclass
class FileAccount:
    """Where the rows of one file went: read = used + out of scope + superseded + faulty.

    `is_mapped`: each used row makes one row of the contract, so that the ledger can check it.
    """

    source: str
    delivery: str
    content_hash: str
    bytes: int = 0
    sender: str | None = None
    rows_read: int = 0
    out_of_scope: int = 0
    superseded: int = 0
    faulty: int = 0
    superseded_by: str | None = None
    is_mapped: bool = False

    @property
    def used(self) -> int:
        """Rows that went on to canonical tables."""
        return self.rows_read - self.out_of_scope - self.superseded - self.faulty


@dataclass
class Reading:
    """Collects what the adapters of one source make. Nothing with a person's number is written by it."""

    folder: Path
    people: People
    staging: Path
    reference: Reference
    shared_files: frozenset[Path] = frozenset()
    accounts: list[FileAccount] = field(default_factory=list)
    parts: dict[str, list[Path]] = field(default_factory=lambda: {table.name: [] for table in TABLES})
    faults: list[pl.DataFrame] = field(default_factory=list)
    unmapped: list[pl.DataFrame] = field(default_factory=list)
    reported: list[pl.DataFrame] = field(default_factory=list)
    declared_incomplete: list[pl.DataFrame] = field(default_factory=list)
    record_links: list[pl.DataFrame] = field(default_factory=list)
    births: list[pl.DataFrame] = field(default_factory=list)
    unborn: list[pl.DataFrame] = field(default_factory=list)
    mother_birth_dates: list[pl.DataFrame] = field(default_factory=list)

    def hand_on(self, table: str, rows: pl.DataFrame) -> None:
        """Rows for a canonical table, as text: any of its columns, `_source` and `_row` (Int64), identity faults.

        Person columns must be pseudonyms already. Columns that are not there are unknown.
        """
        if rows.is_empty():
            return
        declared = table_named(table)
        faults = [IDENTITY_FAULT + column.name for column in declared.columns if column.identifier == "person"]
        whole = rows.select(
            *(_text_or_null(rows, name) for name in [*declared.column_names, SOURCE, *faults]),
            pl.col(ROW).cast(pl.Int64),
        )
        whole = whole.with_columns(_only_what_can_be_read(column) for column in declared.columns)
        part = self.staging / f"{table}-{len(self.parts[table])}.parquet"
        whole.write_parquet(part, compression="zstd", compression_level=1)
        self.parts[table].append(part)

    def table(self, name: str) -> pl.LazyFrame:
        """All rows handed on to a table so far."""
        if self.parts[name]:
            return pl.scan_parquet(self.parts[name])
        declared = table_named(name)
        faults = [IDENTITY_FAULT + column.name for column in declared.columns if column.identifier == "person"]
        return pl.LazyFrame(
            schema=dict.fromkeys([*declared.column_names, SOURCE, *faults], pl.String()) | {ROW: pl.Int64()}
        )

    def replace(self, name: str, rows: pl.DataFrame) -> None:
        """Rows of a table that a later step of the reading has completed, in place of those handed on before."""
        old, self.parts[name] = self.parts[name], []
        for part in old:
            part.unlink()
        self.hand_on(name, rows)

    def source_of(self, file: Path, part: str = "") -> str:
        """A file's name in every table: its path below the folder of the TOML file, and the part that is read of it.

        A person's number in it becomes a keyed name: nobody stands in the ledger.
        """
        path = NUMBER_FOUND.sub(self._keyed_name, file.relative_to(self.folder).as_posix())
        return f"{path} ({part})" if part else path

    def _keyed_name(self, found: re.Match[str]) -> str:
        return "x" + str(self.people.pseudonyms.keyed(pl.Series([found.group()])).item())[:8]


UNREADABLE = "?"
"""Stands for a value that cannot be what its column asks for: it breaks its rule, and nobody's name is written."""

FORMS_OF_TEXT = {
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "bool": r"^(?i:true|false)$",
    "int": r"^-?[\d.eE+-]{1,20}$",
    "float": r"^-?(?:[\d.eE+-]{1,30}|inf|nan)$",
}


def _only_what_can_be_read(column: Column) -> pl.Expr:
    """Lists, codes, dates and figures hold nothing else, before anything is written: a name in a wrong column goes."""
    value = pl.col(column.name)
    if column.identifier:
        return value
    if column.allowed:
        fits = value.is_in(column.allowed)
    elif column.references == "municipalities":
        fits = value.str.contains(r"^\d{1,4}$")
    elif column.references:
        fits = value.str.contains("^[a-z_]{1,40}$")
    elif column.type_name in FORMS_OF_TEXT:
        fits = value.str.contains(FORMS_OF_TEXT[column.type_name])
    else:
        return value
    return (
        pl.when(fits | (value == "")).then(value).when(value.is_not_null()).then(pl.lit(UNREADABLE)).alias(column.name)
    )


def _text_or_null(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String) if name in rows.columns else pl.lit(None, pl.String).alias(name)
