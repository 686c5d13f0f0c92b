"""A small real store with two runs, a publication, a ledger, an audit log and decisions; and ways to damage a copy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from deliveries import WHOLE, deliver
from deltalake import write_deltalake
from test_disclosure_ledger import release_of

from pipelines.append_only import Lines
from pipelines.audit_log import AuditLog
from pipelines.definitions.reference import Reference
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.linked_tables import Published
from pipelines.flow import Source, run
from pipelines.gap_decisions import REFUSALS
from pipelines.progress import Progress
from pipelines.store import STAGING, TAKEN_OVER, Store
from pipelines.table_of_runs import RUNS

FIRST, SECOND = date(2026, 8, 31), date(2026, 9, 30)
PUBLISHED = release_of({"a": 10, "b": 20, "all": 30})


@contextmanager
def owner_alone() -> Iterator[None]:
    """As every command begins."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def sound_store(folder: Path) -> Path:
    """Runs as of two days over the same records, and what was published of the later one."""
    store = folder / "store"
    with owner_alone():
        delivery = deliver(folder / "delivery", {"contacts": [*WHOLE["contacts"], WHOLE["contacts"][0]]})
        for day in (FIRST, SECOND):
            run_as_of(store, delivery, day)
        publish(store, PUBLISHED)
        for what in ("overview", "worklist"):
            AuditLog.of(store).add("saw", what, who="a", role="steward")
        lines = Lines(store / "gap-decisions" / "0461.jsonl", REFUSALS)
        with lines.alone():
            for at in (1, 2):
                lines.append({"decision": at})
    return store


def run_as_of(store: Path, delivery: Path, day: date) -> bool:
    """Whether it made something new."""
    return run(Store(store), Source(canonical=delivery), day, Reference.load(), Progress()).is_new


def publish(store: Path, published: Published) -> None:
    """Into the ledger and for readers, without the gate."""
    opened = Store(store)
    made = opened.snapshot()
    with Ledger(store / "ledger").writing():
        release = Ledger(store / "ledger").append(published, {"reason": None, "as_of": None, "run_id": "r"})
    with opened.writing() as writer:
        writer.write("published_counts", pl.LazyFrame({"measure": ["handed_over"], "count": [7]}))
        writer.commit(kind="publish", fingerprint=release.hash, **{name: made.run[name] for name in TAKEN_OVER})


def part(store: Path, table: str, as_of: date = SECOND) -> Path:
    """The first file of a table, as of a run."""
    runs = Store(store).runs().filter(kind="run", as_of=as_of)
    log = store / "tables" / table / "_delta_log" / f"{json.loads(runs['versions'][0])[table]:020}.json"
    added = [json.loads(line)["add"] for line in log.read_text().splitlines() if '"add"' in line]
    return store / "tables" / table / str(added[0]["path"])


def last_entry(store: Path, table: str) -> Path:
    """The newest entry of the log of a table."""
    return max((store / table / "_delta_log").glob("*.json"))


def flip(file: Path, at: int = -1) -> None:
    """One bit of one byte: in the middle, unless said otherwise. The size stays."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2 if at < 0 else at] ^= 1
    file.write_bytes(content)


def with_run(store: Path, **values: object) -> None:
    """The last run once more at the end of `runs`, with other values."""
    last = Store(store).runs().filter(kind="run").head(1).select(list(RUNS))
    finished = max(Store(store).runs()["finished_at"]) + timedelta(milliseconds=1)
    told = {"run_id": "planted", "started_at": finished, "finished_at": finished, **values}
    row = last.with_columns(**{name: pl.lit(value, RUNS[name]) for name, value in told.items()})
    with owner_alone():
        write_deltalake(str(store / "runs"), row.to_arrow(), mode="append")


def leave_staging(store: Path) -> None:
    """As a run that was killed."""
    folder = store / STAGING / "killed" / "contacts"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "killed-0.parquet").write_bytes(b"half")
    for each in (store / STAGING, store / STAGING / "killed"):
        each.chmod(0o700)
    (folder / "killed-0.parquet").chmod(0o600)


def without_last_line(file: Path) -> None:
    """A log from whose end an entry was taken."""
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))


def half_a_line(file: Path) -> None:
    """As a process leaves it that is killed while it writes."""
    with file.open("ab") as opened:
        opened.write(b'{"decision": ')


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def open_a_file(store: Path) -> None:
    """With the folders above it."""
    for folder in (store, store / "tables", store / "tables/contacts"):
        folder.chmod(0o755)
    part(store, "contacts").chmod(0o644)


def in_ledger_alone(store: Path) -> None:
    """A release that readers do not see yet."""
    ledger = Ledger(store / "ledger")
    with owner_alone(), ledger.writing():
        ledger.append(release_of({"a": 10, "b": 21, "all": 31}), {"as_of": None, "reason": "corrected", "run_id": "r"})
