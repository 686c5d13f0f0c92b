"""A folder with the canonical tables themselves, as CSV, Parquet or Excel."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE, Column, Table
from pipelines.definitions.tables import TABLES
from pipelines.errors import RefusedDelivery
from pipelines.sources import files
from pipelines.sources.declarations import Form
from pipelines.sources.delivery import NUMBER_CHANGES, Delivery
from pipelines.sources.forms import parquet
from pipelines.sources.forms.excel import read_sheet
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.number_changes import NumberChanges, resolved

CSV = Form("delimited", encoding="utf-8", separator=",")
ENDINGS = (".parquet", ".csv", ".xlsx")
SAMPLE_MARK = "SAMPLE.json"

CONVERTIBLE: dict[str, tuple[type[pl.DataType], ...]] = {
    "str": (pl.String, pl.Int64, pl.Int32, pl.Int16, pl.UInt32, pl.UInt64),
    "date": (pl.Date, pl.Datetime, pl.String),
    "bool": (pl.Boolean, pl.String),
    "int": (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.Float32, pl.Float64, pl.String),
    "float": (pl.Float32, pl.Float64, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.String),
}


def read_canonical_folder(folder: Path) -> Delivery:
    """All eleven tables of a folder, one file each. RefusedDelivery names what is missing or broken."""
    if not folder.is_dir():
        raise RefusedDelivery(f"There is no folder {folder}", to_do="Check the path after --canonical.")
    found = {table.name: _file_of(folder, table.name) for table in TABLES}
    missing = [name for name, file in found.items() if file is None]
    if missing:
        raise RefusedDelivery(
            f"The canonical folder lacks {len(missing)} of {len(TABLES)} tables: {', '.join(missing)}",
            where=str(folder),
            to_do="Deliver each as NAME.parquet, NAME.csv or NAME.xlsx; one without rows still has its heading.",
        )
    present = {name: file for name, file in found.items() if file is not None}
    changes = _file_of(folder, NUMBER_CHANGES)
    inputs = {file.name: files.content_hash(file) for file in [*present.values(), *([changes] if changes else [])]}
    return Delivery(
        name=folder.name,
        is_sample=is_marked_as_sample(folder, inputs),
        inputs=inputs,
        tables={table.name: _rows(present[table.name], table) for table in TABLES},
        number_changes=_changes(changes) if changes else NumberChanges(),
    )


def is_marked_as_sample(folder: Path, inputs: Mapping[str, str]) -> bool:
    """The sample generator writes `SAMPLE.json` with the hashes of its files; other files are not synthetic."""
    try:
        mark = json.loads((folder / SAMPLE_MARK).read_text(encoding="utf-8"))
        return mark.get("synthetic") is True and mark.get("files") == dict(inputs)
    except (OSError, ValueError, AttributeError):
        return False


def _file_of(folder: Path, name: str) -> Path | None:
    there = [file for ending in ENDINGS if os.path.lexists(file := folder / f"{name}{ending}")]
    if len(there) > 1:
        raise RefusedDelivery(
            f"The table {name} was delivered in {len(there)} forms: {', '.join(file.name for file in there)}",
            where=str(folder),
            to_do="Keep the one that holds.",
        )
    return there[0] if there else None


def _read(file: Path) -> pl.LazyFrame:
    files.assert_not_empty(file)
    if file.suffix == ".csv":
        from pipelines.sources.forms import delimited  # loads numpy, and most canonical tables are Parquet

        return delimited.scan(file, CSV)
    if file.suffix == ".xlsx":
        return read_sheet(file, None).lazy()
    return files.scan_columns(file)


def _rows(file: Path, table: Table) -> pl.LazyFrame:
    rows = _read(file)
    assert_columns(file, table.column_names, rows.collect_schema())
    if file.suffix == ".parquet":
        rows = parquet.without_blank_rows(file, rows, next(one.name for one in table.columns if not one.optional))
    schema = rows.collect_schema()
    wrong = [column for column in table.columns if not _is_convertible(column, schema[column.name])]
    if wrong:
        told = "; ".join(f"{c.name} is {schema[c.name]}, the contract says {c.type_name}" for c in wrong)
        raise files.refused(file, f"columns of a wrong type: {told}", "Deliver them in the contract's types.")
    return rows.select(
        *(parquet.plain(column.name, schema[column.name]) for column in table.columns),
        pl.lit(file.name).alias(SOURCE),
        ROW,
    )


def assert_columns(
    file: Path, needed: list[str], schema: Collection[str], to_do: str = "Deliver it with the contract's headings."
) -> None:
    """Columns missing or renamed refuse the file as a whole; further ones do no harm."""
    missing = [name for name in needed if name not in schema]
    if missing:
        raise files.refused(file, f"columns are missing or renamed: {', '.join(missing)}", to_do)


def _is_convertible(column: Column, dtype: pl.DataType) -> bool:
    as_text = dtype in (pl.Categorical, pl.Enum) or dtype == pl.Null
    as_number = dtype.is_decimal() and column.type_name in ("int", "float")
    return as_text or as_number or dtype.base_type() in CONVERTIBLE[column.type_name]


def _changes(file: Path) -> NumberChanges:
    rows = _read(file)
    assert_columns(file, list(CHANGE_COLUMNS), rows.collect_schema())
    return resolved(rows.select(pl.col(CHANGE_COLUMNS[:2]).cast(pl.String), ROW).collect(), file)
