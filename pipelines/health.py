"""How a store is: what it takes on disk and how that grows, free space, whether somebody writes, and its releases.

Nothing here reads a row: sizes are those of files, and of the log that each table keeps of its versions.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines import objects
from pipelines.addresses import Place
from pipelines.disclosure.ledger import Ledger
from pipelines.store import LOCK, STAGING, Store
from pipelines.table_files import bytes_of
from pipelines.tables_at import place_of

Lock = Literal["free", "held", "interrupted", "held_or_interrupted"]
LEDGER = "ledger"
LOCKS = Path("/proc/locks")
"""Where Linux says who holds which file; other systems have none."""

SIZES: dict[str, pl.DataType] = {"table": pl.String(), "bytes": pl.Int64(), "before": pl.Int64(), "on_disk": pl.Int64()}
RELEASES: dict[str, pl.DataType] = {
    "number": pl.Int64(),
    "released_at": pl.Datetime("us", "UTC"),
    "as_of": pl.Date(),
    "threshold": pl.Int64(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class Disk:
    """Bytes: of the store with all versions that it keeps, and what is free and there in all on its disk."""

    store: int
    free: int
    total: int


def runs(store: Path) -> pl.DataFrame:
    """Finished ingests, runs, checks and publications, the latest first (columns of the store's table of runs)."""
    return Store(store).runs()


def disk(store: Path) -> Disk:
    """Files that go away while they are counted count as nothing."""
    usage = shutil.disk_usage(store)
    return Disk(_bytes_in(store), usage.free, usage.total)


def sizes(store: Path, latest: Mapping[str, int], before: Mapping[str, int]) -> pl.DataFrame:
    """A row for each table of `latest` (table to version), the largest first (columns SIZES).

    `bytes` of that version, `before` of the earlier one (null where there was none or its log is gone), and `on_disk`
    of all versions that are kept.
    """
    rows = [
        (
            table,
            _bytes_of(place_of(store, table), version),
            _bytes_of(place_of(store, table), before[table]) if table in before else None,
            _bytes_kept(place_of(store, table)),
        )
        for table, version in latest.items()
    ]
    return pl.DataFrame(rows, schema=SIZES, orient="row").sort("bytes", "table", descending=[True, False])


def lock_of(store: Path) -> tuple[Lock, datetime | None]:
    """Whether somebody writes now, and since when there is something half-written; asks without taking the lock."""
    staging = store / STAGING
    since = datetime.fromtimestamp(staging.stat().st_mtime, UTC) if staging.exists() else None
    is_held = _is_held(store / LOCK)
    if is_held is None:
        return ("free" if since is None else "held_or_interrupted"), since
    if is_held:
        return "held", since
    return ("free" if since is None else "interrupted"), since


def releases(store: Path) -> pl.DataFrame:
    """What the ledger says of every release, the last one first (columns RELEASES).

    LedgerBroken when its chain is broken: every file is gone through.
    """
    rows = [
        {"number": release.number} | {name: release.facts.get(name) for name in RELEASES if name != "number"}
        for release in Ledger(store / LEDGER).releases()
    ]
    told = pl.DataFrame(rows, schema={**RELEASES, "released_at": pl.String(), "as_of": pl.String()}, strict=False)
    return told.with_columns(
        pl.col("released_at").str.to_datetime(time_zone="UTC", time_unit="us", strict=False),
        pl.col("as_of").str.to_date(strict=False),
    ).sort("number", descending=True)


def _is_held(lock: Path) -> bool | None:
    """None where the system does not say."""
    try:
        known = lock.stat()
        held = LOCKS.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None if not LOCKS.exists() else False
    except OSError:
        return None
    device = f"{os.major(known.st_dev):02x}:{os.minor(known.st_dev):02x}:{known.st_ino}"
    return any(device in line.split() for line in held)


def _bytes_of(table: Place, version: int) -> int | None:
    """Of the files that a version consists of: every version is written whole, so its log names all of them."""
    if isinstance(table, str):
        return bytes_of(table, version)
    try:
        lines = (table / "_delta_log" / f"{version:020}.json").read_text("utf-8").splitlines()
        return sum(int(entry["add"]["size"]) for entry in map(json.loads, lines) if "add" in entry)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _bytes_kept(table: Place) -> int:
    return sum(objects.sizes(table).values()) if isinstance(table, str) else _bytes_in(table)


def _bytes_in(folder: Path) -> int:
    found = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                found += (Path(inside) / name).lstat().st_size
    return found
