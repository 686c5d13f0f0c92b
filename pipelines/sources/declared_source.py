"""Deliveries declared in TOML: read in their form, renamed, codes mapped, dates and numbers written as in the contract.

Persons' numbers become pseudonyms. Everything ends as text; whether it is right is judged by the canonical stage.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Column
from pipelines.definitions.tables import TABLES
from pipelines.errors import RefusedDelivery
from pipelines.identity import pseudonyms_of
from pipelines.sources import files
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.configuration import Configuration, Declared
from pipelines.sources.delivery import Delivery
from pipelines.sources.excel import read_sheet
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.number_changes import resolved


def read_declared_source(
    source: Configuration, secret: bytes, staging: Path, told: Callable[[str], None] = lambda _: None
) -> Delivery:
    """All deliveries of a source, one staged Parquet file per canonical table in `staging` (which must be empty).

    No person's number is in what is written there. A table that nothing feeds is empty.
    """
    missing = {table.name for table in TABLES} - {declared.table.name for declared in source.deliveries}
    inputs: dict[str, str] = {}
    parts: dict[str, list[Path]] = {table.name: [] for table in TABLES}
    for at, declared in enumerate(source.deliveries):
        told(declared.table.name)
        matched = sorted(source.folder.glob(declared.path))
        if not matched:
            raise RefusedDelivery(
                f"No file matches {declared.path} for {declared.table.name}",
                where=source.file.name,
                to_do="Check the path, or take the delivery out of the file.",
            )
        for file in matched:
            inputs[str(file.relative_to(source.folder))] = files.content_hash(file)
        rows = pl.concat([_read(file, declared, source.folder, staging) for file in matched], how="vertical")
        part = staging / f"{declared.table.name}-{at}.parquet"
        _with_pseudonyms(rows.collect(engine="streaming"), declared, source, secret).write_parquet(part)
        parts[declared.table.name].append(part)
    changes = _number_changes(source, secret, inputs)
    return Delivery(
        name=source.name,
        is_sample=source.is_demo,
        inputs=inputs,
        tables={
            table.name: pl.scan_parquet(parts[table.name])
            if table.name not in missing
            else pl.LazyFrame(schema=dict.fromkeys([*table.column_names, SOURCE], pl.String()) | {ROW: pl.Int64()})
            for table in TABLES
        },
        number_changes=changes,
    )


def _read(file: Path, declared: Declared, folder: Path, staging: Path) -> pl.LazyFrame:
    files.assert_not_empty(file)
    if declared.form == "parquet":
        raw = files.scan_columns(file)
    elif declared.form == "excel":
        raw = read_sheet(file, declared.sheet)
    else:
        copy = files.transcoded(file, _python_name(declared.encoding), staging / "transcoded.csv")
        raw = files.scan_text(copy, declared.separator, shown=file).collect().lazy()
    schema = raw.collect_schema()
    assert_columns(file, list(declared.columns.values()), schema)
    return raw.select(
        *(_canonical_text(column, declared, schema) for column in declared.table.columns),
        pl.lit(str(file.relative_to(folder))).alias(SOURCE),
        ROW,
    )


def _python_name(encoding: str) -> str:
    """A mark at the start of a UTF-8 file is never content."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _canonical_text(column: Column, declared: Declared, schema: pl.Schema) -> pl.Expr:
    if column.name not in declared.columns:
        return pl.lit(None, pl.String).alias(column.name)
    theirs = declared.columns[column.name]
    value, dtype = pl.col(theirs), schema[theirs]
    if dtype.is_temporal():
        return value.dt.to_string("%Y-%m-%d").alias(column.name)
    if dtype == pl.Boolean:
        value = pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    text = value.cast(pl.String).str.strip_chars()
    text = text.replace(declared.codes.get(column.name, {}))
    if dtype == pl.String and column.type_name == "date":
        text = _iso_date(text, declared.date_format)
    if dtype == pl.String and column.type_name in ("float", "int") and declared.form != "excel":
        text = _plain_number(text, declared.decimal)
    return text.alias(column.name)


def _iso_date(text: pl.Expr, form: str) -> pl.Expr:
    """What is no date in the declared form stays as it is and breaks the type; ISO dates pass (Excel cells)."""
    in_form = pl.when(text.str.len_chars() == 10).then(text.str.to_date(form, strict=False))
    return pl.coalesce(in_form.dt.to_string("%Y-%m-%d"), text)


def _plain_number(text: pl.Expr, decimal: str) -> pl.Expr:
    """`1.234,50` to `1234.50`."""
    thousands = "." if decimal == "," else ","
    return text.str.replace_all(thousands, "", literal=True).str.replace_all(decimal, ".", literal=True)


def _with_pseudonyms(rows: pl.DataFrame, declared: Declared, source: Configuration, secret: bytes) -> pl.DataFrame:
    for column in declared.table.columns:
        if column.identifier != "person":
            continue
        numbers = rows.get_column(column.name).replace("", None)
        made = pseudonyms_of(numbers, secret, test_numbers_only=source.is_demo)
        fault = IDENTITY_FAULT + column.name
        rows = (
            rows.with_columns(numbers)
            .join(
                made.rename({"number": column.name, "fault": fault}), on=column.name, how="left", maintain_order="left"
            )
            .with_columns(pl.col("pseudonym").alias(column.name))
            .drop("pseudonym")
        )
    return rows


def _number_changes(source: Configuration, secret: bytes, inputs: dict[str, str]) -> dict[str, str]:
    if source.number_changes is None:
        return {}
    file = source.folder / source.number_changes
    if not file.exists():
        raise RefusedDelivery(f"The table of number changes {source.number_changes} is missing", where=source.file.name)
    inputs[source.number_changes] = files.content_hash(file)
    files.assert_not_empty(file)
    files.assert_utf8(file)
    rows = files.scan_text(file, _separator_of(file))
    assert_columns(file, list(CHANGE_COLUMNS), rows.collect_schema())
    numbers = rows.select(CHANGE_COLUMNS[:2]).collect()
    made = pseudonyms_of(
        pl.concat([numbers[name] for name in CHANGE_COLUMNS[:2]]), secret, test_numbers_only=source.is_demo
    )
    names = dict(made.select("number", "pseudonym").iter_rows())
    pseudonymised = numbers.select(pl.col(CHANGE_COLUMNS[:2]).replace_strict(names, return_dtype=pl.String))
    return resolved(pseudonymised, file)


def _separator_of(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as stream:
        return ";" if ";" in stream.readline() else ","
