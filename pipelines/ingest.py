"""From a delivery to canonical tables in the store: every row is accepted, quarantined, or an exact duplicate."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines import canonical
from pipelines.accounts import (
    HANDED_ON,
    Accounting,
    accounting_rows,
    rows_handed_on,
    unread_rows,
    write_ledger,
    write_what_was_told,
)
from pipelines.already_ingested import AlreadyIngested
from pipelines.buckets import IDENTITIES_AT_ONCE, Buckets, height
from pipelines.definitions.contract import Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from pipelines.errors import RefusedDelivery
from pipelines.identity import assert_no_shared_surrogates, identities_of
from pipelines.progress import Progress
from pipelines.sources.delivery import NUMBER_CHANGES, Delivery
from pipelines.sources.number_changes import renumbered
from pipelines.store import Writer, fault_of_the_disk
from pipelines.table_ingest import BY_SOURCE, QUARANTINE, Ingested, TableIngest

PAIR = "old_person_id+new_person_id"
KNOWN_FROM = {"pregnancies": "pregnancy_id", "children": "child_id"}
INGESTED_BESIDE = (
    "identities",
    "quarantine",
    "row_accounting",
    "deliveries",
    "reporting",
    "record_links",
    "unmapped_codes",
    "number_hints",
)
"""What an ingest writes beside the canonical tables."""


def ingest(
    delivery: Delivery,
    writer: Writer,
    reference: Reference,
    progress: Progress,
    buckets: Buckets,
    already: AlreadyIngested,
) -> list[Accounting]:
    """All tables of the contract in order of their references, with quarantine, accounting and identities."""
    known: dict[str, pl.LazyFrame] = {}
    accounts, judged, handed_on = [], [pl.DataFrame(schema=BY_SOURCE)], [pl.DataFrame(schema=HANDED_ON)]
    faults = unread_rows(delivery.reading)
    writer.write("quarantine", faults.lazy())
    already.keep_what_was_set_aside(writer)
    for table in TABLES:
        with progress.stage(f"ingest {table.name}") as stage:
            shared = already.shared(table, delivery, writer)
            ingested = shared or _ingest_table(table, delivery, reference, known, writer, buckets)
            stage.told = "the file is that of the last time" if shared else ""
            account = Accounting.of(table, ingested, unread=faults.filter(pl.col("table") == table.name).height)
            account.assert_complete()
            accounts.append(account)
            judged.append(ingested.by_source)
            handed_on.append(rows_handed_on(delivery, table, ingested.read))
            stage.rows = account.read
        if table.name in KNOWN_FROM:
            known[table.name] = writer.rows(table.name).select(pl.col(KNOWN_FROM[table.name]).alias("id"))
    with progress.stage("identities") as stage:
        stage.rows = _identities(delivery, writer, already)
    accounts += _number_changes(delivery, writer)
    writer.write("row_accounting", accounting_rows(delivery, accounts))
    write_ledger(delivery, pl.concat(handed_on), pl.concat(judged), writer)
    write_what_was_told(delivery.reading, writer)
    return accounts


def _ingest_table(
    table: Table,
    delivery: Delivery,
    reference: Reference,
    known: Mapping[str, pl.LazyFrame],
    writer: Writer,
    buckets: Buckets,
) -> Ingested:
    rows = renumbered(delivery.tables[table.name], table, delivery.number_changes.newest)
    try:
        return TableIngest(table, rows, reference, known).into(writer, buckets)
    except pl.exceptions.PolarsError as fault:
        if fault_of_the_disk(fault):
            raise
        raise RefusedDelivery(
            f"The delivery of {table.name} cannot be read to its end",
            where=delivery.name,
            to_do="A file is damaged or malformed inside (a stray quote, a broken block): ask for it again.",
        ) from fault


def _number_changes(delivery: Delivery, writer: Writer) -> list[Accounting]:
    """Number changes are no table of the contract, but their rows are accounted for all the same."""
    changes = delivery.number_changes
    if changes.read == 0:
        return []
    faulty = [
        {"table": NUMBER_CHANGES, "source": changes.source, "row_number": row, "rule": "identity", "column": PAIR}
        for row in changes.faulty_rows
    ]
    writer.write("quarantine", pl.LazyFrame(faulty, schema=QUARANTINE))
    accepted = changes.read - len(faulty)
    return [Accounting(NUMBER_CHANGES, changes.read, accepted, len(faulty), 0)]


NAMED_IN = {"pregnancies": ("pregnancy_id", "mother_id"), "children": ("child_id", "mother_id")}
"""Where children, mothers and pregnancies are named. Other tables refer to these, or to unlinked persons, whom no
result names."""


def _identities(delivery: Delivery, writer: Writer, already: AlreadyIngested) -> int:
    return height(writer.rows("identities")) if already.keep_identities(writer) else _write_identities(delivery, writer)


def _write_identities(delivery: Delivery, writer: Writer) -> int:
    """Every pseudonym once per kind, found by two 64-bit hashes: numbers are compared many times faster than text.

    Persons' numbers, whose rows are in quarantine, are left out.
    """
    named = []
    for name, columns in NAMED_IN.items():
        table = table_named(name)
        rows = renumbered(delivery.tables[name], table, delivery.number_changes.newest)
        named += identities_of(rows.with_columns(pl.col(columns).cast(pl.String).replace("", None)), table, columns)
    pseudonyms = pl.concat(named).with_columns(pl.col("pseudonym").hash(3).alias("second"))
    found = 0
    for some in writer.apart(pseudonyms, "id", IDENTITIES_AT_ONCE):
        identities = (
            some.group_by("kind", "id", "second")
            .agg(pl.col("pseudonym").first())
            .filter(~canonical.looks_like_a_number(pl.col("pseudonym")) | (pl.col("kind") != "person"))
            .select("kind", "id", "pseudonym")
            .collect(engine="streaming")
        )
        assert_no_shared_surrogates(identities)
        writer.write("identities", identities.lazy())
        found += identities.height
    return found
