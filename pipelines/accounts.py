"""Where every row of a delivery went: per table, per file (the ledger), and what the reading told beside the rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

import polars as pl

from pipelines.definitions.contract import SOURCE, Table
from pipelines.errors import UserError
from pipelines.identity.pseudonyms import Hints
from pipelines.ledger import LEDGER, assert_files_add_up, ledger_of
from pipelines.sources.delivery import Delivery
from pipelines.sources.reading import (
    DECLARED_INCOMPLETE,
    FAULTS,
    RECORD_LINKS,
    REPORTED,
    UNMAPPED,
    FileAccount,
    Reading,
)
from pipelines.sources.reported import CHILDREN, COMPLETENESS, completeness
from pipelines.store import Writer
from pipelines.table_ingest import QUARANTINE, Ingested

HANDED_ON: dict[str, pl.DataType] = {"source": pl.String(), "rows": pl.Int64()}


@dataclass(frozen=True)
class Accounting:
    """Where the rows of one table went. `read` is counted apart from the others, so that the sum is a check."""

    table: str
    read: int
    accepted: int
    quarantined: int
    exact_duplicates: int

    @classmethod
    def of(cls, table: Table, ingested: Ingested, unread: int) -> Accounting:
        """`unread` rows could not even be handed on; they are in quarantine and were read all the same."""
        quarantined = ingested.quarantined + unread
        return cls(table.name, ingested.read + unread, ingested.accepted, quarantined, ingested.exact_duplicates)

    def assert_complete(self) -> None:
        """Nothing is lost: read = accepted + quarantined + exact duplicates."""
        if self.read != self.accepted + self.quarantined + self.exact_duplicates:
            raise UserError(
                f"The rows of {self.table} do not add up, so nothing was written",
                where=f"read {self.read}, accepted {self.accepted}, quarantined {self.quarantined}, "
                f"exact duplicates {self.exact_duplicates}",
                to_do="The files changed while they were read? Run again; if it stays, report it.",
            )


def unread_rows(reading: Reading | None) -> pl.DataFrame:
    """Rows that an adapter could not read at all are in quarantine like any other."""
    empty = pl.DataFrame(schema=FAULTS)
    told = pl.concat([empty, *(part.select(*FAULTS) for part in reading.faults)]) if reading else empty
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in QUARANTINE.items() if name not in FAULTS]
    return told.with_columns(missing).select(*QUARANTINE)


def rows_handed_on(delivery: Delivery, table: Table, read: int) -> pl.DataFrame:
    """Rows per file of a table; a canonical folder has one file per table."""
    rows = delivery.tables[table.name]
    if delivery.reading is None:
        source = rows.select(pl.col(SOURCE).alias("source")).head(1).collect()
        return source.with_columns(pl.lit(read, pl.Int64).alias("rows"))
    counted = rows.group_by(pl.col(SOURCE).alias("source")).agg(pl.len().cast(pl.Int64).alias("rows"))
    return counted.collect(engine="streaming")


def write_ledger(delivery: Delivery, handed_on: pl.DataFrame, judged: pl.DataFrame, writer: Writer) -> None:
    """The ledger of the last run goes on with this delivery."""
    accounts = delivery.reading.accounts if delivery.reading else _accounts_of_folder(delivery, handed_on)
    if delivery.reading:
        assert_files_add_up(accounts, handed_on)
    last = writer.store.last("run", "ingest")
    has_ledger = last is not None and "deliveries" in last.versions
    earlier = last.table("deliveries").collect() if last and has_ledger else pl.DataFrame(schema=LEDGER)
    writer.write("deliveries", ledger_of(accounts, handed_on, judged, datetime.now(UTC), earlier).lazy())


def _accounts_of_folder(delivery: Delivery, handed_on: pl.DataFrame) -> list[FileAccount]:
    changes = delivery.number_changes
    rows = dict(handed_on.iter_rows()) | ({changes.source: changes.read} if changes.source else {})
    return [
        FileAccount(name, name.rsplit(".", 1)[0], content, rows_read=rows.get(name, 0))
        for name, content in sorted(delivery.inputs.items())
    ]


def write_what_was_told(reading: Reading | None, writer: Writer) -> None:
    """Completeness of reporting, links of rows without a number, and codes that no mapping knows."""
    links, unmapped = (
        pl.concat([pl.DataFrame(schema=schema), *(part.select(*schema) for part in parts)])
        for schema, parts in (
            (RECORD_LINKS, reading.record_links if reading else []),
            (UNMAPPED, reading.unmapped if reading else []),
        )
    )
    per_code = unmapped.group_by("source", "column", "code").agg(pl.col("rows").sum()).sort("source", "column", "code")
    reported = _completeness(reading, writer) if reading else pl.DataFrame(schema=COMPLETENESS)
    for name, rows in (
        ("record_links", links),
        ("unmapped_codes", per_code),
        ("reporting", reported),
        ("number_hints", _hints(reading)),
    ):
        writer.write(name, rows.lazy())


def _hints(reading: Reading | None) -> pl.DataFrame:
    """Counts of persons' numbers; none where the delivery came with pseudonyms."""
    counted = [asdict(reading.people.pseudonyms.hints())] if reading else []
    return pl.DataFrame(counted, schema=dict.fromkeys((one.name for one in fields(Hints)), pl.Int64()))


def _completeness(reading: Reading, writer: Writer) -> pl.DataFrame:
    reported = pl.concat([pl.DataFrame(schema=REPORTED), *reading.reported])
    declared = pl.concat([pl.DataFrame(schema=DECLARED_INCOMPLETE), *reading.declared_incomplete])
    lived = writer.rows("residences").group_by("municipality_code").agg(pl.col("child_id").n_unique().alias("children"))
    return completeness(reported, declared, lived.select(pl.col(n).cast(t) for n, t in CHILDREN.items()).collect())


def accounting_rows(delivery: Delivery, accounts: list[Accounting]) -> pl.LazyFrame:
    """The accounts of the tables as rows of the store."""
    return pl.LazyFrame(
        [
            {
                "table": account.table,
                "source": delivery.name,
                "rows_read": account.read,
                "accepted": account.accepted,
                "quarantined": account.quarantined,
                "exact_duplicates": account.exact_duplicates,
            }
            for account in accounts
        ]
    )
