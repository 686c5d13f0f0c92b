"""From a delivery to canonical tables in the store: every row is accepted, quarantined, or an exact duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines import canonical
from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE, Table
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from pipelines.errors import RefusedDelivery, UserError
from pipelines.identity import (
    assert_no_shared_surrogates,
    identities_of,
    surrogate,
    with_surrogates,
)
from pipelines.progress import Progress
from pipelines.sources.delivery import NUMBER_CHANGES, Delivery
from pipelines.sources.number_changes import renumbered
from pipelines.store import Writer, fault_of_the_disk

CONFLICT = "key"
PAIR = "old_person_id+new_person_id"
KNOWN_FROM = {"pregnancies": "pregnancy_id", "children": "child_id"}


@dataclass(frozen=True)
class Accounting:
    """Where the rows of one table went. `read` is counted apart from the others, so that the sum is a check."""

    table: str
    read: int
    accepted: int
    quarantined: int
    exact_duplicates: int

    def assert_complete(self) -> None:
        """Nothing is lost: read = accepted + quarantined + exact duplicates."""
        if self.read != self.accepted + self.quarantined + self.exact_duplicates:
            raise UserError(
                f"The rows of {self.table} do not add up, so nothing was written",
                where=f"read {self.read}, accepted {self.accepted}, quarantined {self.quarantined}, "
                f"exact duplicates {self.exact_duplicates}",
                to_do="The files changed while they were read? Run again; if it stays, report it.",
            )


def ingest(delivery: Delivery, writer: Writer, reference: Reference, progress: Progress) -> list[Accounting]:
    """All tables of the contract in order of their references, with quarantine, accounting and identities."""
    known: dict[str, pl.LazyFrame] = {}
    accounts = []
    for table in TABLES:
        with progress.stage(f"ingest {table.name}") as stage:
            account = _ingest_table(table, delivery, reference, known, writer)
            account.assert_complete()
            accounts.append(account)
            stage.rows = account.read
        if table.name in KNOWN_FROM:
            known[table.name] = writer.written(table.name).select(pl.col(KNOWN_FROM[table.name]).alias("id"))
    with progress.stage("identities") as stage:
        stage.rows = _write_identities(delivery, writer)
    accounts += _number_changes(delivery, writer)
    writer.write("row_accounting", _accounting_rows(delivery, accounts))
    return accounts


def _ingest_table(
    table: Table, delivery: Delivery, reference: Reference, known: Mapping[str, pl.LazyFrame], writer: Writer
) -> Accounting:
    rows = renumbered(delivery.tables[table.name], table, delivery.number_changes.newest)
    try:
        return TableIngest(table, rows, reference, known).into(writer)
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


class TableIngest:
    """One table on its way: what was delivered, the rules, and the rows whose keys occur more than once."""

    def __init__(
        self, table: Table, rows: pl.LazyFrame, reference: Reference, known: Mapping[str, pl.LazyFrame]
    ) -> None:
        self.table = table
        self.rows = rows
        self.delivered = dict(rows.collect_schema())
        self.rules = canonical.rules_of(table, self.delivered, reference)
        self.known = known

    def into(self, writer: Writer) -> Accounting:
        """Accepted rows to the table, the others to quarantine."""
        read = self.rows.select(pl.len()).collect(engine="streaming").item()
        repeated = self._repeated_keys()
        judged = self._judge_repeated(repeated)
        part = writer.write(self.table.name, with_surrogates(self._accepted_once(repeated), self.table))
        if judged.accepted.height:
            writer.write(self.table.name, with_surrogates(judged.accepted.lazy(), self.table))
        once = pl.scan_parquet(part).select(pl.len()).collect().item()
        accepted = once + judged.accepted.height
        quarantined = judged.quarantine
        if accepted + judged.exact_duplicates + quarantined.height < read:
            quarantined = pl.concat([quarantined, self._quarantined_once(repeated)])
        writer.write("quarantine", quarantined.lazy())
        return Accounting(self.table.name, read, accepted, quarantined.height, judged.exact_duplicates)

    def _key_hash(self) -> pl.Expr:
        parts = [self._key_part(name).hash(seed) for seed, name in enumerate(self.table.key)]
        combined = parts[0]
        for part in parts[1:]:
            combined = combined.xor(part)
        return combined.alias("_key_hash")

    def _key_part(self, name: str) -> pl.Expr:
        """The value of a key column as it is read; what cannot be read as it was delivered."""
        value = canonical.parsed(self.table.column(name), self.delivered[name])
        return pl.coalesce(value.cast(pl.String), pl.col(name).cast(pl.String))

    def _repeated_keys(self) -> pl.DataFrame:
        """Hashes of keys that occur more than once: 8 bytes a row, not the keys; candidates are judged exactly."""
        hashes = self.rows.select(self._key_hash()).collect(engine="streaming").to_series().sort()
        again = hashes.filter((hashes == hashes.shift(1)).fill_null(value=False))
        return again.unique().to_frame()

    def _accepted_once(self, repeated: pl.DataFrame) -> pl.LazyFrame:
        return canonical.accepted(
            self._with_references(self._without(repeated)), self.table, self.rules, self.delivered
        )

    def _without(self, repeated: pl.DataFrame) -> pl.LazyFrame:
        if repeated.is_empty():
            return self.rows
        return (
            self.rows.with_columns(self._key_hash()).join(repeated.lazy(), on="_key_hash", how="anti").drop("_key_hash")
        )

    def _with_references(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        surrogates = {
            column.name: surrogate(canonical.parsed(column, self.delivered[column.name]), column.identifier)
            for column in self.table.columns
            if column.identifier
        }
        return canonical.with_known_references(rows, self.table, self.known, surrogates)

    def _quarantined_once(self, repeated: pl.DataFrame) -> pl.DataFrame:
        judged = canonical.judged(self._with_references(self._without(repeated)), self.rules)
        return self._as_quarantine(judged.filter(pl.col(canonical.FAULTS).is_not_null())).collect(engine="streaming")

    def _judge_repeated(self, repeated: pl.DataFrame) -> Judged:
        """Rows with a repeated key: copies go, what breaks a rule goes, and contents that contradict each other go."""
        if repeated.is_empty():
            empty = pl.DataFrame(schema=self.table.schema)
            return Judged(empty, pl.DataFrame(schema=QUARANTINE), 0)
        rows = (
            self.rows.with_columns(self._key_hash()).join(repeated.lazy(), on="_key_hash", how="semi").drop("_key_hash")
        )
        all_rows = rows.sort(SOURCE, ROW).collect(engine="streaming")
        content = [name for name in all_rows.columns if name not in (SOURCE, ROW)]
        refused = [name for name in content if name.startswith(IDENTITY_FAULT)]
        if refused:  # whose number was refused is nobody known: such rows are copies of nothing
            is_refused = pl.any_horizontal(pl.col(refused).is_not_null())
            all_rows = all_rows.with_columns(pl.when(is_refused).then(pl.int_range(pl.len())).alias("_own"))
            content.append("_own")
        different = all_rows.unique(content, keep="first", maintain_order=True)
        judged = canonical.judged(self._with_references(different.lazy()), self.rules)
        typed = judged.with_columns(
            canonical.parsed(column, self.delivered[column.name]).alias(column.name) for column in self.table.columns
        ).collect()
        kept = typed.filter(pl.col(canonical.FAULTS).is_null()).sort(SOURCE, ROW)
        kept = kept.unique(self.table.column_names, keep="first", maintain_order=True)
        conflicting = pl.struct(self.table.key).is_duplicated()
        conflicts = kept.filter(conflicting).with_columns(
            pl.lit(f"{CONFLICT}:{'+'.join(self.table.key)}").alias(canonical.FAULTS)
        )
        faulty = typed.filter(pl.col(canonical.FAULTS).is_not_null())
        quarantine = pl.concat([self._as_quarantine(part.lazy()).collect() for part in (faulty, conflicts)])
        accepted = kept.filter(~conflicting).select(self.table.column_names)
        return Judged(accepted, quarantine, all_rows.height - accepted.height - quarantine.height)

    def _as_quarantine(self, judged: pl.LazyFrame) -> pl.LazyFrame:
        judged_schema = judged.collect_schema()
        first = pl.col(canonical.FAULTS).str.split(";").list.first().str.split(":")
        others = pl.col(canonical.FAULTS).str.split(";").list.slice(1).list.join("; ")
        read = [canonical.parsed(self.table.column(name), judged_schema[name]) for name in self.table.key]
        shown = [part.cast(pl.String) for part in read]
        key = pl.concat_str(
            [pl.when(~canonical.looks_like_a_number(part)).then(part) for part in shown],
            separator="|",
            ignore_nulls=True,
        )
        return judged.select(
            pl.lit(self.table.name).alias("table"),
            pl.col(SOURCE).alias("source"),
            pl.col(ROW).alias("row_number"),
            key.alias("key"),
            first.list.first().alias("rule"),
            first.list.last().alias("column"),
            pl.when(others != "").then(others).alias("other_faults"),
        )


QUARANTINE: dict[str, pl.DataType] = {
    "table": pl.String(),
    "source": pl.String(),
    "row_number": pl.Int64(),
    "key": pl.String(),
    "rule": pl.String(),
    "column": pl.String(),
    "other_faults": pl.String(),
}


@dataclass(frozen=True)
class Judged:
    """The verdict on rows with repeated keys."""

    accepted: pl.DataFrame
    quarantine: pl.DataFrame
    exact_duplicates: int


NAMED_IN = {"pregnancies": ("pregnancy_id", "mother_id"), "children": ("child_id", "mother_id")}
"""Where children, mothers and pregnancies are named. Other tables refer to these, or to unlinked persons, whom no
result names."""


def _write_identities(delivery: Delivery, writer: Writer) -> int:
    """Every pseudonym once per kind, found by two 64-bit hashes: numbers are compared many times faster than text.

    Persons' numbers, whose rows are in quarantine, are left out.
    """
    named = []
    for name, columns in NAMED_IN.items():
        table = table_named(name)
        rows = renumbered(delivery.tables[name], table, delivery.number_changes.newest)
        named += identities_of(rows.with_columns(pl.col(columns).cast(pl.String).replace("", None)), table, columns)
    identities = (
        pl.concat(named)
        .with_columns(pl.col("pseudonym").hash(3).alias("second"))
        .group_by("kind", "id", "second")
        .agg(pl.col("pseudonym").first())
        .filter(~canonical.looks_like_a_number(pl.col("pseudonym")) | (pl.col("kind") != "person"))
        .select("kind", "id", "pseudonym")
        .collect(engine="streaming")
    )
    assert_no_shared_surrogates(identities)
    writer.write("identities", identities.lazy())
    return identities.height


def _accounting_rows(delivery: Delivery, accounts: list[Accounting]) -> pl.LazyFrame:
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
