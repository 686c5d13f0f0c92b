"""Tables of a canonical folder whose file came before: the last ingest has judged the same rows by the same rules.

They are shared with it and not read again. Everything else of a delivery is read and judged whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from pipelines.bucket_work import BY_BUCKET
from pipelines.buckets import Buckets
from pipelines.content_sum import sha256_of
from pipelines.definitions.contract import SOURCE, Table
from pipelines.definitions.tables import TABLE_NAMES, TABLES
from pipelines.delta_log import DeltaLog, Part
from pipelines.sources.delivery import NUMBER_CHANGES, Delivery
from pipelines.store import Snapshot, Writer
from pipelines.table_ingest import BY_SOURCE, Ingested
from pipelines.tables_at import place_of

JUDGED_BY = ("contract_version", "reference_version", "code_version")
NAMING_PERSONS = frozenset({"pregnancies", "children"})
ACCOUNTS, QUARANTINE, IDENTITIES = "row_accounting", "quarantine", "identities"


@dataclass(frozen=True)
class AlreadyIngested:
    """Which tables the ingest before has made of the same files; none without such an ingest."""

    earlier: Snapshot | None = None
    names: frozenset[str] = frozenset()

    def shared(self, table: Table, delivery: Delivery, writer: Writer) -> Ingested | None:
        """The table as it was made then, which this run shares; null for one that has to be read."""
        if self.earlier is None or table.name not in self.names:
            return None
        writer.keep(self.earlier, table.name)
        account = self.earlier.table(ACCOUNTS).filter(pl.col("table") == table.name).collect().row(0, named=True)
        quarantined, copies = account["quarantined"], account["exact_duplicates"]
        by_source = (
            delivery.tables[table.name]
            .select(
                pl.col(SOURCE).alias("source"),
                pl.lit(quarantined, pl.Int64).alias("quarantined"),
                pl.lit(copies, pl.Int64).alias("exact_duplicates"),
            )
            .head(1)
            .collect()
        )
        return Ingested(
            account["rows_read"], account["accepted"], quarantined, copies, by_source.select(list(BY_SOURCE))
        )

    def keep_what_was_set_aside(self, writer: Writer) -> None:
        """Rows of the shared tables that were refused then are refused now."""
        if self.earlier is not None and self.names:
            refused = self.earlier.table(QUARANTINE).filter(pl.col("table").is_in(sorted(self.names)))
            writer.write(QUARANTINE, refused)

    def keep_identities(self, writer: Writer) -> bool:
        """Whether everybody is named as then: the list of pseudonyms is shared as well."""
        if self.earlier is None or not self.names >= NAMING_PERSONS:
            return False
        writer.keep(self.earlier, IDENTITIES)
        return True


def already_ingested(
    delivery: Delivery, earlier: Snapshot | None, judged_by: Mapping[str, object], buckets: Buckets
) -> AlreadyIngested:
    """What of a delivery came before, under the same contract, lists and code (`judged_by`), and lies there whole.

    A table is judged by those that it names: it is shared only with them. Of a declared source nothing is shared: one
    file of it may make rows of several tables. Nor is it where the tables lie in object storage, whose files are not
    looked through.
    """
    if delivery.reading or earlier is None or any(earlier.run[name] != judged_by[name] for name in JUDGED_BY):
        return AlreadyIngested()
    then, now = _by_table(json.loads(earlier.run["inputs"] or "{}")), _by_table(delivery.inputs)
    if set(then) - {NUMBER_CHANGES} != set(TABLE_NAMES) or then.get(NUMBER_CHANGES) != now.get(NUMBER_CHANGES):
        return AlreadyIngested()
    shared: set[str] = set()
    for table in TABLES:
        is_same = then[table.name] == now[table.name] and _named_by(table) <= shared
        if is_same and _is_whole(earlier, table.name, buckets):
            shared.add(table.name)
    lists = (ACCOUNTS, QUARANTINE, IDENTITIES)
    are_whole = bool(shared) and all(_is_whole(earlier, name) for name in lists)
    return AlreadyIngested(earlier, frozenset(shared)) if are_whole else AlreadyIngested()


def _by_table(inputs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Table to name and content of its file."""
    return {PurePath(name).stem: (name, content) for name, content in inputs.items()}


def _named_by(table: Table) -> set[str]:
    """The tables of the contract to which a row of this one refers."""
    return {column.references for column in table.columns if column.references in TABLE_NAMES}


def _is_whole(earlier: Snapshot, table: str, buckets: Buckets | None = None) -> bool:
    """Whether each file of the table is what the log says, and written in these buckets: otherwise it is made anew."""
    place = place_of(earlier.folder, table)
    if not isinstance(place, Path) or table not in earlier.versions:
        return False
    parts = DeltaLog(place).parts(earlier.versions[table])
    if parts is None:
        return False
    if buckets and table in BY_BUCKET and not all(buckets.has_marked(part.file) for part in parts.values()):
        return False
    return all(_is_as_written(part) for part in parts.values())


def _is_as_written(part: Part) -> bool:
    try:
        return part.file.stat().st_size == part.bytes and part.sha256 in (None, sha256_of(part.file))
    except OSError:
        return False
