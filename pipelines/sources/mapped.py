"""Deliveries with a mapping: read in their form, renamed, codes mapped, dates and numbers written as in the contract.

Persons' numbers become pseudonyms. Everything ends as text; whether it is right is judged by the canonical stage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE, Column
from pipelines.errors import RefusedDelivery
from pipelines.identity import with_event_keys_of_our_own
from pipelines.sources import files, forms
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.declarations import FoundFile, Mapped
from pipelines.sources.linking.persons import Population, with_children_found
from pipelines.sources.reading import FileAccount, Reading
from pipelines.sources.reported import reported_by_municipality
from pipelines.sources.unmapped import codes_not_mapped
from pipelines.sources.written import iso_date, plain_number

ROWS_TOGETHER = 200_000


def read_mapped(declared: Mapped, reading: Reading, population: Population | None = None) -> None:
    """All files of one delivery. `population` is needed where the sender has no persons' numbers."""
    found = _found(declared, reading)
    superseded_by = _superseded(found) if declared.redelivery == "replaces" else {}
    read = (rows for one in found for rows in _rows_of(one, declared, reading, superseded_by.get(one)))
    for rows in _together(read):
        hand_on(rows, declared, reading, population)


def _rows_of(
    one: FoundFile | None, declared: Mapped, reading: Reading, later: FoundFile | None
) -> Iterator[pl.DataFrame]:
    """The rows of one file with its name, and its account beside them. A superseded file is only counted."""
    account = _account(one, declared, reading)
    reading.accounts.append(account)
    seen = hashlib.blake2b(digest_size=16)
    for rows in _read(one, declared):
        account.rows_read += rows.height
        if later is not None:
            account.superseded += rows.height
            account.superseded_by = _source(later, declared, reading)
            continue
        if one is None:  # a query has no file whose bytes could be hashed: its rows are
            seen.update(rows.hash_rows().to_numpy().tobytes())
        yield rows.with_columns(pl.lit(account.source).alias(SOURCE))
    account.content_hash = account.content_hash or seen.hexdigest()


def _together(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Small files in one frame: a hundred of them cost as much as one."""
    held: list[pl.DataFrame] = []
    for rows in batches:
        if held and (rows.schema != held[0].schema or sum(part.height for part in held) >= ROWS_TOGETHER):
            yield pl.concat(held)
            held = []
        held.append(rows)
    if held:
        yield pl.concat(held)


def _found(declared: Mapped, reading: Reading) -> list[FoundFile | None]:
    if declared.place is None:
        return [None]
    found: list[FoundFile | None] = list(declared.place.found_in(reading.folder))
    if not found:
        raise RefusedDelivery(
            f"No file matches {declared.place.pattern} for {declared.table.name}",
            to_do="Check the path, or take the delivery out of the file.",
        )
    return found


def _superseded(found: list[FoundFile | None]) -> dict[FoundFile | None, FoundFile | None]:
    """Of the files of one sender only the last by name stands."""
    last = {one.sender if one else None: one for one in found}
    return {one: last[one.sender if one else None] for one in found if one is not last[one.sender if one else None]}


def _account(one: FoundFile | None, declared: Mapped, reading: Reading) -> FileAccount:
    source = _source(one, declared, reading)
    if one is None:
        return FileAccount(source, declared.label, content_hash="", is_mapped=True)
    files.assert_file(one.file)
    size = one.file.stat().st_size
    return FileAccount(source, declared.label, files.content_hash(one.file), size, one.sender, is_mapped=True)


def _source(one: FoundFile | None, declared: Mapped, reading: Reading) -> str:
    if one is None:
        return f"query {declared.label}"
    part = " ".join(filter(None, (declared.label, declared.form.sheet))) if one.file in reading.shared_files else ""
    return reading.source_of(one.file, part)


def _theirs(declared: Mapped) -> list[str]:
    person = vars(declared.person).values() if declared.person else ()
    return list(dict.fromkeys([*declared.columns.values(), *(name for name in person if name)]))


def _read(one: FoundFile | None, declared: Mapped) -> Iterator[pl.DataFrame]:
    file, theirs = one.file if one else None, _theirs(declared)
    told = file or Path(f"the query for {declared.label}")
    files.assert_own_names(told, theirs)
    other = "ask for the file again" if one else "mend the query"
    to_do = f"Correct the heading in [delivery.columns] of the TOML, or {other}."
    assert_columns(told, theirs, forms.heading(file, declared.form), to_do)
    return forms.batches(file, declared.form, theirs)


def hand_on(theirs: pl.DataFrame, declared: Mapped, reading: Reading, population: Population | None) -> None:
    """Rows under the sender's headings (with `_source` and `_row`) as rows of the table, judged by nobody yet."""
    reading.unmapped += codes_not_mapped(theirs, declared)
    rows = theirs.select(
        *(_canonical_text(column, declared, theirs.schema) for column in declared.table.columns), SOURCE, ROW
    )
    people = [column.name for column in declared.table.columns if column.identifier == "person"]
    rows = reading.people.known_by(rows, *people)
    if declared.person and population is not None:
        rows = with_children_found(rows, theirs, declared, population, reading)
    rows = with_event_keys_of_our_own(rows, declared.table, reading.people.pseudonyms)
    reading.reported += reported_by_municipality(rows, declared.table, declared.label)
    reading.hand_on(declared.table.name, rows)


def _canonical_text(column: Column, declared: Mapped, schema: pl.Schema) -> pl.Expr:
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
        value = pl.when(is_whole & (column.type_name != "float")).then(whole).fill_null(value.cast(pl.String))
    text = value.cast(pl.String).str.strip_chars()
    if column.name in declared.pad:
        text = pl.when(text != "").then(text.str.zfill(declared.pad[column.name])).otherwise(text)
    text = text.replace(declared.codes.get(column.name, {}))
    if column.type_name == "date":
        text = iso_date(text, declared.form.date_format)
    if dtype == pl.String and column.type_name in ("float", "int") and declared.form.kind not in ("excel", "database"):
        text = plain_number(text, declared.form.decimal)
    return text.alias(column.name)
