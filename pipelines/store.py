"""The store: a folder of Delta tables, and a table of runs that says which versions belong together.

A run writes new versions of its tables first and its row in `runs` last. Readers go by the last row, so they see the
old run or the new one, whole, whatever happens to the process in between.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
from deltalake.exceptions import DeltaError, TableNotFoundError
from filelock import FileLock, Timeout

from pipelines.addresses import Place, is_of_objects, not_reached
from pipelines.buckets import Buckets, height
from pipelines.errors import RowsDeleted, StoreFailed, StoreInUse, StoreIsEmpty
from pipelines.table_files import (
    all_plain,
    committed,
    files_of,
    in_buckets,
    rows_of,
    without_leftovers,
    written_to,
)
from pipelines.table_of_runs import RUNS, add_rows
from pipelines.tables_at import address_of, lay, place_of

OF_RETURNS = "returns"
"""The table that only a store made from returns has: who has reported. Such a store has no row of a person."""

KEPT_RUNS = 10
KINDS = ("run", "ingest", "check", "publish")
"""Of each, the last ones keep their tables."""

HELD = 11
"""Tables in memory: as many as the pages read of one publication, so that a new one takes the place of the old."""

STAGING = ".roedtraad-staging"
LOCK = "LOCK"


TAKEN_OVER = (
    "as_of",
    "is_sample",
    "contract_version",
    "reference_version",
    "code_version",
    "inputs",
    "inputs_hash",
    "canonical_fingerprint",
)
"""Of the run that is checked or published, into the row of the check or publication."""


RETENTION, DELETED_ON = "retention", "deleted_on"
"""In the stages of a run whose rows of persons were deleted because their time was over: the day."""


def rows_deleted_on(run: Mapping[str, Any]) -> date | None:
    """The day on which the rows of a run were deleted; null while they are there."""
    told = json.loads(run.get("stages") or "{}").get(RETENTION, {}).get(DELETED_ON)
    return date.fromisoformat(told) if told else None


@dataclass(frozen=True)
class Snapshot:
    """One finished run: its tables at the versions that it wrote, and what is known about it."""

    folder: Path
    run: Mapping[str, Any]

    def __hash__(self) -> int:
        """Of the folder and the run's id, so that what was read of a run can be kept by it."""
        return hash((self.folder, self.run["run_id"]))

    @property
    def versions(self) -> dict[str, int]:
        """Table to Delta version."""
        versions: dict[str, int] = json.loads(self.run["versions"])
        return versions

    def table(self, name: str) -> pl.LazyFrame:
        """The rows of a table, lazily. StoreFailed when the run has no such table."""
        if name not in self.versions and OF_RETURNS in self.versions:
            raise StoreFailed(
                f"This store is made from returns of municipalities: it has no rows of persons, and no table {name}",
                to_do="Ask where the rows are: each municipality has its own.",
            )
        if name not in self.versions and (day := rows_deleted_on(self.run)):
            raise RowsDeleted(f"The rows of this run were deleted on {day}: there is no table {name} any more")
        if name not in self.versions:
            known = ", ".join(sorted(self.versions))
            raise StoreFailed(f"There is no table {name} in this store", to_do=f"There are: {known}.")
        return rows_of(place_of(self.folder, name), self.versions[name])

    def files(self, name: str) -> list[Place]:
        """The files of a table; of some tables a bucket of children has files of its own."""
        return files_of(place_of(self.folder, name), self.versions[name])

    def held(self, name: str) -> pl.LazyFrame:
        """The same rows from memory, for small tables that are asked for again and again.

        Read once: a run never changes its tables. A table stays until HELD others were asked for after it. One that
        cannot be read is not held; whoever reads it finds out why.
        """
        try:
            return _held(self.folder, str(self.run["run_id"]), name, self.versions[name]).lazy()
        except (KeyError, OSError, DeltaError, pl.exceptions.PolarsError):
            return self.table(name)


@dataclass(frozen=True)
class Store:
    """A folder that holds the results. Reading needs no lock, writing is for one run at a time.

    `tables`: the address in object storage at which whoever begins this store wants its tables; a store keeps its own.
    """

    folder: Path
    tables: str | None = None

    def runs(self) -> pl.DataFrame:
        """All finished ingests and runs, the latest first."""
        table = self.folder / "runs"
        try:
            return _runs(table, _last_entry(table))
        except TableNotFoundError as fault:
            if any(table.glob("*.parquet")):
                raise _unreadable(self.folder) from fault
            return pl.DataFrame(schema=RUNS)
        except (OSError, DeltaError, pl.exceptions.PolarsError) as fault:
            raise _unreadable(self.folder) from fault

    def last(self, *kinds: str) -> Snapshot | None:
        """The latest finished run of these kinds, if there is one."""
        runs = self.runs()
        found = next((at for at, kind in enumerate(runs["kind"]) if kind in kinds), None)
        return None if found is None else Snapshot(self.folder, runs.row(found, named=True))

    def snapshot(self) -> Snapshot:
        """The last finished run. StoreIsEmpty when none has finished."""
        found = self.last("run")
        if found is None:
            raise StoreIsEmpty(
                f"No run has finished in {self.folder}",
                to_do="Make one with `roedtraad run`, or `make run` for a demo.",
            )
        return found

    def has_rows(self) -> bool:
        """Whether its tables are here, and not the published ones alone."""
        return address_of(self.folder) is not None or (self.folder / "tables").is_dir()

    def kept_versions(self) -> dict[str, list[int]]:
        """Of each table the versions whose files stay: those of the last runs of each kind. Older ones may be gone."""
        runs = self.runs()
        kept = pl.concat([runs.filter(pl.col("kind") == kind).head(KEPT_RUNS) for kind in KINDS])
        versions: dict[str, set[int]] = {}
        for named in kept["versions"]:
            for name, version in json.loads(named).items():
                versions.setdefault(name, set()).add(version)
        return {name: sorted(needed) for name, needed in versions.items()}

    def tidy(self, made_now: Collection[str] = ()) -> None:
        """Drop files that none of the last runs, ingests, checks and publications needs. Readers of those stay safe.

        Nobody's run fails because of it: what could not be dropped now is dropped later. Every table is gone through: a
        run that a full disk has stopped leaves files of which no later run would know. In those that were `made_now`
        nothing else can lie.
        """
        for name, needed in self.kept_versions().items():
            if name in made_now:
                continue
            with suppress(OSError, DeltaError, StoreFailed):
                without_leftovers(place_of(self.folder, name), needed)
        with suppress(OSError, DeltaError, StoreFailed):
            without_leftovers(self.folder / "runs")

    def _assert_ours_or_empty(self) -> None:
        """A folder with other things in it is no store: nothing in it may be touched."""
        if not self.folder.is_dir():
            return
        is_ours = (self.folder / LOCK).exists() or (self.folder / "runs" / "_delta_log").is_dir()
        if not is_ours and any(self.folder.iterdir()):
            raise StoreFailed(
                f"{self.folder} is no store, and it is not empty",
                to_do="Choose a new folder for the store; nothing was touched.",
            )

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The right to write, for one process at a time; what an interrupted run left half-done is cleared first."""
        try:
            self._assert_ours_or_empty()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.folder / LOCK, timeout=0)
            lock.acquire()
        except Timeout as fault:
            raise StoreInUse(
                f"Another run is writing to {self.folder}", to_do="Wait until it has finished, then run again."
            ) from fault
        except OSError as fault:
            raise _failed(fault, self.folder) from fault
        try:
            lay(self.folder, self.tables)
            if (self.folder / STAGING).exists():
                shutil.rmtree(self.folder / STAGING, ignore_errors=True)
                self.tidy()
            writer = Writer(self, uuid.uuid4().hex[:12])
            writer.staging.mkdir(parents=True)
            yield writer
        except (OSError, DeltaError, pl.exceptions.PolarsError) as fault:
            raise _failed(fault, self.folder) from fault
        finally:
            shutil.rmtree(self.folder / STAGING, ignore_errors=True)
            lock.release()


@dataclass
class Writer:
    """Collects new table versions in staging and commits them as one run."""

    store: Store
    run_id: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.monotonic)
    _schemas: dict[str, pl.Schema] = field(default_factory=dict)
    _kept: dict[str, Snapshot] = field(default_factory=dict)
    _made_now: set[str] = field(default_factory=set)

    @property
    def staging(self) -> Path:
        """A folder of this run's own, on the same disk as the tables."""
        return self.store.folder / STAGING / self.run_id

    def write(self, name: str, rows: pl.LazyFrame) -> Path:
        """Stream rows into a new part of a table's next version; the part can be read back at once."""
        plain = all_plain(rows)
        part = self._next_part(name).with_suffix(".parquet")
        written_to(part, plain)
        self._schemas[name] = plain.collect_schema()
        return part

    def write_buckets(self, name: str, rows: pl.LazyFrame, buckets: Buckets, column: str = "child_id") -> None:
        """The same with a file for each bucket of the children in `column`, in one pass."""
        if buckets.count == 1:
            self.write(name, rows)
            return
        plain, part = all_plain(rows), self._next_part(name)
        with self.aside() as folder:
            for number, (at, file) in enumerate(in_buckets(plain, folder, buckets, column)):
                file.rename(part.with_name(f"{part.name}-{number}{buckets.mark(at)}"))
        self._schemas[name] = plain.collect_schema()
        if not any(part.parent.iterdir()):
            self.write(name, plain)

    def apart(self, rows: pl.LazyFrame, by: str, at_once: int, count: int | None = None) -> Iterator[pl.LazyFrame]:
        """The rows (`count`, if that is known) in parts of about `at_once`, those with the same number in `by` (a
        hash) together."""
        parts = ceil((height(rows) if count is None else count) / at_once)
        if parts <= 1:
            yield rows
            return
        with self.aside() as folder:
            for _, file in in_buckets(rows, folder, Buckets(parts), by):
                yield pl.scan_parquet(file, glob=False)

    def adopt(self, name: str, part: Path) -> None:
        """What somebody else has written to this run's folder of a table is part of its next version."""
        self._schemas[name] = pl.Schema(pl.read_parquet_schema(part))

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """A folder on the same disk for what is not kept."""
        folder = self.staging / f".aside-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _next_part(self, name: str) -> Path:
        folder = self.staging / name
        folder.mkdir(exist_ok=True)
        return folder / f"{self.run_id}-{len(list(folder.iterdir()))}"

    def files(self, name: str) -> list[Place]:
        """The files of a table of this run: shared with an earlier one, or written so far."""
        if name in self._kept:
            return self._kept[name].files(name)
        return [*sorted((self.staging / name).glob("*.parquet"))]

    def rows(self, name: str) -> pl.LazyFrame:
        """The rows of a table of this run: shared with an earlier one, or written so far."""
        if name in self._kept:
            return self._kept[name].table(name)
        return pl.scan_parquet(self.staging / name / "*.parquet")

    def keep(self, earlier: Snapshot, *names: str) -> None:
        """Tables that this run shares with an earlier one."""
        self._kept |= dict.fromkeys(names, earlier)

    def shares(self, name: str, other: Snapshot) -> bool:
        """Whether a table is, in the same version, that of another run as well."""
        kept = self._kept.get(name)
        return kept is not None and kept.versions[name] == other.versions.get(name)

    def commit(self, **run: object) -> Snapshot:
        """Make the staged parts the tables' new versions, then say so in `runs`: only that makes them visible."""
        versions = self.commit_tables()
        row = {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "finished_at": self._finished(),
            "duration_seconds": time.monotonic() - self.began,
            "versions": json.dumps(versions, sort_keys=True),
            **run,
        }
        rows = pl.DataFrame([row], schema=RUNS)
        add_rows(self.store.folder, rows, self.staging)
        self.store.tidy(self._made_now)
        return Snapshot(self.store.folder, rows.row(0, named=True))

    def _finished(self) -> datetime:
        """Now; where the clock has gone back, a moment after the run before: the last run is the latest one."""
        last = self.store.runs()["finished_at"].max()
        now = datetime.now(UTC)
        return max(now, last + timedelta(microseconds=1)) if isinstance(last, datetime) else now

    def commit_tables(self) -> dict[str, int]:
        """The staged parts as the tables' new versions, which nobody sees before `runs` names them."""
        kept = {name: earlier.versions[name] for name, earlier in self._kept.items()}
        return kept | {name: self._commit_table(name, schema) for name, schema in self._schemas.items()}

    def commit_instead(self, rows: list[dict[str, object]], replaced: list[str]) -> None:
        """Runs in the place of others, in one step. All other runs stay in the history, but their tables may go."""
        others = self.store.runs().filter(~pl.col("run_id").is_in(replaced))
        without_tables = others.select(list(RUNS)).with_columns(pl.lit("{}").alias("versions"))
        whole = pl.concat([without_tables, pl.DataFrame(rows, schema=RUNS)])
        add_rows(self.store.folder, whole, self.staging, "overwrite")

    def _commit_table(self, name: str, schema: pl.Schema) -> int:
        parts = sorted((self.staging / name).iterdir())
        done = committed(place_of(self.store.folder, name), parts, schema)
        if done.is_first:
            self._made_now.add(name)
        return done.version


@lru_cache(maxsize=16)
def _runs(table: Path, last_entry: tuple[str, int, int] | None) -> pl.DataFrame:  # noqa: ARG001 - part of the key
    """The latest first. Read once for as long as nothing is added: a page asks several times."""
    return rows_of(table).collect().sort("finished_at", descending=True)


@lru_cache(maxsize=HELD)
def _held(store: Path, run_id: str, table: str, version: int) -> pl.DataFrame:  # noqa: ARG001 - part of the key
    """A store may be made anew in the same folder: the run tells its tables from those that were there before."""
    return rows_of(place_of(store, table), version).collect()


def _last_entry(table: Path) -> tuple[str, int, int] | None:
    """Name, size and moment of the last file in the log of a Delta table; null when it has none."""
    log = table / "_delta_log"
    last = max((file for file in log.iterdir() if file.suffix == ".json"), default=None) if log.is_dir() else None
    if last is None:
        return None
    known = last.stat()
    return last.name, known.st_size, known.st_mtime_ns


def _unreadable(folder: Path) -> StoreFailed:
    return StoreFailed(
        "The store cannot be read: its table of runs is damaged or closed to you",
        where=str(folder),
        to_do="Mend the rights, or restore the folder from a copy.",
    )


def _failed(fault: Exception, folder: Path) -> StoreFailed:
    """Disk full, no permission, file too large: without the library's own words, which may quote a row."""
    address = address_of(folder)
    if address is not None and is_of_objects(fault):
        return not_reached(address, fault)
    return StoreFailed(
        f"The store could not be written: {fault_of_the_disk(fault) or 'an unexpected fault'}",
        where=str(folder),
        to_do="Free space or mend the rights, then run again. The last good version is untouched.",
    )


def fault_of_the_disk(fault: Exception) -> str | None:
    """What the operating system said, when it was the disk and not the data."""
    number = getattr(fault, "errno", None)
    if number:
        return os.strerror(number)
    causes = ("No space left on device", "Permission denied", "File too large", "Read-only file system")
    return next((cause for cause in causes if cause.lower() in str(fault).lower()), None)
