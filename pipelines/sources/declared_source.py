"""Deliveries declared in TOML: read in their form, renamed, codes mapped, dates and numbers written as in the contract.

Persons' numbers become pseudonyms. Everything ends as text; whether it is right is judged by the canonical stage.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Column, Table
from pipelines.definitions.tables import TABLES
from pipelines.errors import RefusedDelivery
from pipelines.identity import Pseudonyms
from pipelines.sources import files
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.configuration import Configuration, Declared
from pipelines.sources.delivery import Delivery
from pipelines.sources.excel import read_sheet
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.number_changes import NumberChanges, resolved


def read_declared_source(source: Configuration, pseudonyms: Pseudonyms, staging: Path) -> Delivery:
    """All deliveries of a source, one staged Parquet file per delivery in `staging` (which must be empty).

    No person's number is in what is written there. A table that nothing feeds is empty.
    """
    inputs = {source.file.name: files.content_hash(source.file), "secret": pseudonyms.fingerprint}
    parts: dict[str, list[Path]] = {table.name: [] for table in TABLES}
    for at, declared in enumerate(source.deliveries):
        matched = sorted(source.folder.glob(declared.path))
        if not matched:
            raise RefusedDelivery(
                f"No file matches {declared.path} for {declared.table.name}",
                where=source.file.name,
                to_do="Check the path, or take the delivery out of the file.",
            )
        for file in matched:
            inputs[str(file.relative_to(source.folder))] = files.content_hash(file)
        raw = pl.concat([_read(file, declared, source.folder) for file in matched], how="vertical_relaxed")
        rows = raw.select(
            *(_canonical_text(column, declared, raw.schema) for column in declared.table.columns), SOURCE, ROW
        )
        part = staging / f"{declared.table.name}-{at}.parquet"
        _with_pseudonyms(rows, declared, pseudonyms).write_parquet(part)
        parts[declared.table.name].append(part)
    return Delivery(
        name=source.name,
        is_sample=source.is_demo,
        inputs=inputs,
        number_changes=_number_changes(source, pseudonyms, inputs),
        tables={table.name: _staged(parts[table.name], table) for table in TABLES},
    )


def _staged(parts: list[Path], table: Table) -> pl.LazyFrame:
    if parts:
        return pl.scan_parquet(parts)
    return pl.LazyFrame(schema=dict.fromkeys([*table.column_names, SOURCE], pl.String()) | {ROW: pl.Int64()})


def _read(file: Path, declared: Declared, folder: Path) -> pl.DataFrame:
    """The mapped columns under the sender's names, with file and row number."""
    files.assert_not_empty(file)
    if declared.form == "parquet":
        raw = files.scan_columns(file).collect()
    elif declared.form == "excel":
        raw = read_sheet(file, declared.sheet).collect()
    else:
        raw = files.read_text(file, declared.separator, declared.encoding)
    theirs = list(dict.fromkeys(declared.columns.values()))
    assert_columns(file, theirs, raw.schema)
    return raw.select(*theirs, pl.lit(str(file.relative_to(folder))).alias(SOURCE), ROW)


def _canonical_text(column: Column, declared: Declared, schema: pl.Schema) -> pl.Expr:
    if column.name not in declared.columns:
        return pl.lit(None, pl.String).alias(column.name)
    theirs = declared.columns[column.name]
    value, dtype = pl.col(theirs), schema[theirs]
    if dtype.is_temporal():
        return value.dt.to_string("%Y-%m-%d").alias(column.name)
    if dtype == pl.Boolean:
        value = pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
    if dtype.is_float():
        value = value.fill_nan(None)
        is_whole = value == value.floor()
        whole = value.cast(pl.Int64, strict=False).cast(pl.String)
        value = pl.when(is_whole & (column.type_name == "int")).then(whole).otherwise(value.cast(pl.String))
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
    """`1.234,50` to `1234.50`. What is no number in the declared form breaks the type.

    With a decimal comma `0.5` is no number: it could be five tenths or a slip, so it is not guessed.
    """
    thousands = "." if decimal == "," else ","
    declared = rf"^-?(\d{{1,3}}(\{thousands}\d{{3}})+|\d+)(\{decimal}\d+)?$"
    plain = text.str.replace_all(thousands, "", literal=True).str.replace_all(decimal, ".", literal=True)
    return pl.when(text.str.contains(declared)).then(plain).otherwise(pl.when(text != "").then(pl.lit("?")))


def _with_pseudonyms(rows: pl.DataFrame, declared: Declared, pseudonyms: Pseudonyms) -> pl.DataFrame:
    for column in declared.table.columns:
        if column.identifier != "person":
            continue
        numbers = rows.get_column(column.name).replace("", None)
        made = pseudonyms.of(numbers).rename({"number": column.name, "fault": IDENTITY_FAULT + column.name})
        rows = (
            rows.with_columns(numbers)
            .join(made, on=column.name, how="left", maintain_order="left")
            .with_columns(pl.col("pseudonym").alias(column.name))
            .drop("pseudonym")
        )
    return rows


def _number_changes(source: Configuration, pseudonyms: Pseudonyms, inputs: dict[str, str]) -> NumberChanges:
    declared = source.number_changes
    if declared is None:
        return NumberChanges()
    file = source.folder / declared.path
    if not file.exists():
        raise RefusedDelivery(f"The table of number changes {declared.path} is missing", where=source.file.name)
    inputs[declared.path] = files.content_hash(file)
    files.assert_not_empty(file)
    rows = files.read_text(file, declared.separator, declared.encoding)
    assert_columns(file, list(CHANGE_COLUMNS), rows.schema)
    made = pseudonyms.of(pl.concat([rows[name] for name in CHANGE_COLUMNS[:2]]))
    names = dict(made.select("number", "pseudonym").iter_rows())
    pseudonymised = pl.col(CHANGE_COLUMNS[:2]).replace_strict(names, return_dtype=pl.String)
    return resolved(rows.select(pseudonymised, ROW), file)
