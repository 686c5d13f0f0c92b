"""A declared source: every delivery, register and FHIR file of a TOML file, read into one delivery."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.errors import RefusedDelivery
from pipelines.identity import Pseudonyms
from pipelines.sources import files, forms
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.declarations import Configuration, Form
from pipelines.sources.delivery import Delivery
from pipelines.sources.fhir.read import read_fhir
from pipelines.sources.linking.persons import population_of
from pipelines.sources.linking.pregnancies import join_births_to_antenatal_records
from pipelines.sources.mapped import read_mapped
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.number_changes import NumberChanges, resolved
from pipelines.sources.people import People
from pipelines.sources.reading import FileAccount, Reading
from pipelines.sources.registers.read import read_registers


def read_declared_source(
    source: Configuration, pseudonyms: Pseudonyms, staging: Path, reference: Reference
) -> Delivery:
    """All files of a source, staged as Parquet in `staging` (which must be empty).

    No person's number is in what is written there. A table that nothing feeds is empty. The order matters: number
    changes, then who the children are (births), then what is told about them, last the rows without a number.
    """
    changes, account = _number_changes(source, pseudonyms)
    reading = Reading(source.folder, People(pseudonyms, changes), staging, reference)
    reading.accounts += [account] if account else []
    read_registers(source.registers, reading)
    for declared in source.fhir:
        read_fhir(declared, reading)
    for mapped in source.mapped:
        if mapped.person is None:
            read_mapped(mapped, reading)
    join_births_to_antenatal_records(reading)
    without_number = [mapped for mapped in source.mapped if mapped.person]
    if without_number:
        population = population_of(reading, source.match_probability)
        for mapped in without_number:
            read_mapped(mapped, reading, population)
    inputs = {one.source: one.content_hash for one in reading.accounts}
    own = {source.file.name: files.content_hash(source.file), "secret": pseudonyms.fingerprint}
    return Delivery(
        name=source.name,
        is_sample=source.is_demo,
        inputs=inputs | own,
        number_changes=changes,
        tables={table.name: reading.table(table.name) for table in TABLES},
        reading=reading,
    )


def _number_changes(source: Configuration, pseudonyms: Pseudonyms) -> tuple[NumberChanges, FileAccount | None]:
    declared = source.number_changes
    if declared is None:
        return NumberChanges(), None
    file = source.folder / declared.path
    if not file.exists():
        raise RefusedDelivery(f"The table of number changes {declared.path} is missing", where=source.file.name)
    form = Form("delimited", encoding=declared.encoding, separator=declared.separator)
    assert_columns(file, list(CHANGE_COLUMNS), forms.heading(file, form))
    rows = pl.concat(forms.batches(file, form, CHANGE_COLUMNS))
    made = pseudonyms.of(pl.concat([rows[name] for name in CHANGE_COLUMNS[:2]]))
    names = dict(made.select("number", "pseudonym").iter_rows())
    pseudonymised = pl.col(CHANGE_COLUMNS[:2]).replace_strict(names, return_dtype=pl.String)
    changes = resolved(rows.select(pseudonymised, "_row"), file)
    account = FileAccount(declared.path, "number_changes", files.content_hash(file), file.stat().st_size)
    account.rows_read, account.faulty = changes.read, len(changes.faulty_rows)
    return changes, account
