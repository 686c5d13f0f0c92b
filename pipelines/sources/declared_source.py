"""A declared source: every delivery, register and FHIR file of a TOML file, read into one delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.errors import RefusedDelivery, UserError
from pipelines.identity import Pseudonyms, masked
from pipelines.sources import files, forms
from pipelines.sources.canonical_folder import assert_columns
from pipelines.sources.declarations import Configuration, Form, Mapped, Place
from pipelines.sources.delivery import Delivery
from pipelines.sources.fhir.read import read_fhir
from pipelines.sources.linking.persons import population_of
from pipelines.sources.linking.pregnancies import join_births_to_antenatal_records
from pipelines.sources.mapped import read_mapped
from pipelines.sources.number_changes import COLUMNS as CHANGE_COLUMNS
from pipelines.sources.number_changes import NumberChanges, resolved, with_numbers
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
    people, shared = People(pseudonyms, changes), files_of_several_parts(source)
    reading = Reading(source.folder, people, staging, reference, shared)
    reading.accounts += [account] if account else []
    read_registers(source.registers, reading)
    for declared in source.fhir:
        read_fhir(declared, reading)
    delivered = with_names_of_their_own(source.mapped)
    for mapped in delivered:
        if mapped.person is None:
            read_mapped(mapped, reading)
    join_births_to_antenatal_records(reading)
    without_number = [mapped for mapped in delivered if mapped.person]
    if without_number:
        population = population_of(reading, source.match_probability)
        for mapped in without_number:
            read_mapped(mapped, reading, population)
    inputs: dict[str, str] = {}
    for one in reading.accounts:
        inputs[one.source] = inputs.get(one.source, "") + one.content_hash
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
    changes = replace(with_numbers(resolved(rows.select(pseudonymised, "_row"), file), made), source=declared.path)
    account = FileAccount(declared.path, "number_changes", files.content_hash(file), file.stat().st_size)
    account.rows_read, account.faulty = changes.read, len(changes.faulty_rows)
    return changes, account


def files_of_several_parts(source: Configuration) -> frozenset[Path]:
    """Files from which several parts read something of their own (two sheets, two tables).

    UserError when two parts read the same of a file: its rows would come twice.
    """
    read = [
        (one.file, what, sheet)
        for place, what, sheet in _places(source)
        for one in (place.found_in(source.folder) if place else [])
    ]
    twice = [file for (file, _, _), times in Counter(read).items() if times > 1]
    if twice:
        raise UserError(
            f"{len(twice)} files belong to two parts that read the same of them",
            where=f"{source.file.name}: {masked(twice[0].relative_to(source.folder).as_posix())}",
            to_do="Make the paths of the parts so that each file belongs to one.",
        )
    return frozenset(file for file, parts in Counter(file for file, _, _ in read).items() if parts > 1)


def _places(source: Configuration) -> Iterable[tuple[Place | None, str, str | None]]:
    yield from ((one.place, one.table.name, one.form.sheet) for one in source.mapped)
    yield from ((one.place, one.layout, one.form.sheet) for one in source.registers)
    yield from ((one.place, one.profile, None) for one in source.fhir)


def with_names_of_their_own(mapped: tuple[Mapped, ...]) -> list[Mapped]:
    """Queries that feed one table are told apart in the ledger, named or not."""
    seen: Counter[str] = Counter()
    named = []
    for one in mapped:
        if one.place is None:
            seen[one.label] += 1
            one = replace(one, name=f"{one.label} {seen[one.label]}") if seen[one.label] > 1 else one  # noqa: PLW2901
        named.append(one)
    return named
