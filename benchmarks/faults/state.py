"""Everything that a store holds, as seen by a new process: `python -m benchmarks.faults.state STORE` prints JSON.

Tables are read whole and told as a hash of their rows, without the moments at which they were made: two processes that
did the same work have the same hash. What cannot be read is told as the kind of its error.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable

from pipelines.audit_log import AuditLog
from pipelines.errors import UserError
from pipelines.gap_decisions import GapDecisions
from pipelines.store import KINDS, STAGING, Snapshot, Store

MADE_AT = ("run_id", "published_run_id", "inputs", "signature", "checksum")
"""Columns that name the run or file a row came by, beside all moments."""

UNREADABLE = "unreadable: "
BACKUP, RESTORED = "backup.zip", "restored"
"""Beside the store: a backup of it, and a store that was made from one."""

ACCOUNTED = pl.col("accepted") + pl.col("quarantined") + pl.col("exact_duplicates")
TEMPORARY = ("*.new", "*.pending", "*.tmp", ".*.new", "*.json#*")


def state(store: Path, asked: Sequence[str] = ()) -> dict[str, Any]:
    """`pieces`: what each part of the store holds; `faults`: what may never be; `leftovers`: what nobody needs.

    `asked`: how the doctor is asked; it is not asked without.
    """
    pieces = {kind: _told(partial(_tables, Store(store), kind)) for kind in KINDS}
    pieces |= {
        "requests": _told(lambda: _requests(store)),
        "decisions": _told(lambda: _decisions(store)),
        "ledger": _told(lambda: _ledger(store)),
        "providers": _told(lambda: _lines(store / "requests" / "providers.jsonl")),
        "backup": _told(lambda: _backup(store.with_name(BACKUP))),
        "restored": _told(lambda: _tables(Store(store.with_name(RESTORED)), "run")),
    }
    log = AuditLog.of(store)
    return {
        "pieces": pieces,
        "audit": len(log.entries()) if log.folder.exists() else 0,
        "faults": [*_unaccounted(store), *_commands(store)],
        "leftovers": leftovers(store),
        "doctor": doctor(store, *asked) if asked else None,
    }


def _told(piece: Callable[[], object]) -> str:
    try:
        return _hash(piece())
    except UserError as fault:
        return f"{UNREADABLE}{type(fault).__name__}"
    except Exception as fault:
        return f"{UNREADABLE}not told plainly: {type(fault).__module__}.{type(fault).__name__}"


def _hash(told: object) -> str:
    return hashlib.blake2b(json.dumps(told, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


def _tables(store: Store, kind: str) -> dict[str, str] | None:
    last = store.last(kind)
    return None if last is None else {name: rows_hash(last.table(name).collect()) for name in sorted(last.versions)}


def rows_hash(rows: pl.DataFrame) -> str:
    """The same for the same rows in any order. A table without rows is told by its columns."""
    kept = rows.select(
        pl.col(name) for name, dtype in rows.schema.items() if dtype != pl.Datetime and name not in MADE_AT
    )
    total = kept.hash_rows(seed=1).cast(pl.Int128).sum() if kept.height and kept.width else 0
    return f"{kept.schema} {kept.height} {total}"


def _requests(store: Path) -> dict[str, object]:
    if not (store / "requests").is_dir():
        return {}
    from pipelines.requests.opened import ids, opened

    found = {name: opened(store, name) for name in ids(store)}
    return {
        name: [each.respondents.rows(), [{**event, "at": None} for event in each.events]]
        for name, each in found.items()
    }


def _decisions(store: Path) -> dict[str, object]:
    found = GapDecisions.of_all(store)
    return {each.municipality_code: rows_hash(each.history()) for each in found}


def _lines(file: Path) -> list[object]:
    if not file.exists():
        return []
    lines = (json.loads(line) for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n"))
    return [{**line, "at": None} for line in lines]


def _ledger(store: Path) -> list[str]:
    from pipelines.disclosure.ledger import Ledger

    return [release.content for release in Ledger(store / "ledger").releases()]


def _backup(file: Path) -> int | None:
    """The exit code of its verification; null when there is none."""
    return asked_of_the_command("backup", "--verify", str(file))[0] if file.exists() else None


def _unaccounted(store: Path) -> list[str]:
    """Read = accepted + quarantined + exact duplicates, and as many rows as accepted are there."""
    last = _readable(Store(store), "run", "ingest")
    if last is None or "row_accounting" not in last.versions:
        return []
    try:
        rows = last.table("row_accounting").collect()
        unequal = rows.filter(pl.col("rows_read") != ACCOUNTED)["table"].to_list()
        held = {name: last.table(name).select(pl.len()).collect().item() for name in rows["table"]}
        accepted = dict(rows.group_by("table").agg(pl.col("accepted").sum()).iter_rows())
    except Exception:
        return []
    lost = [name for name, many in accepted.items() if held[name] != many]
    return [f"the accounting of {name} does not add up" for name in {*unequal, *lost}]


def _readable(store: Store, *kinds: str) -> Snapshot | None:
    try:
        return store.last(*kinds)
    except UserError:
        return None


def _commands(store: Path) -> list[str]:
    """`audit-log verify` and `ledger verify`, as the command says it."""
    asked = [("audit-log", "verify")] if AuditLog.of(store).folder.exists() else []
    asked += [("ledger", "verify")] if (store / "ledger").is_dir() else []
    told = ((" ".join(each), *asked_of_the_command(*each, "--store", str(store))) for each in asked)
    return [f"`{name}` ended with exit code {code}" for name, code, _ in told if code]


def asked_of_the_command(*arguments: str) -> tuple[int, str]:
    """Exit code and standard output of the command, within this process."""
    from pipelines.cli import app

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = app(list(arguments), standalone_mode=False)
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 1
    return int(code or 0), said.getvalue()


def leftovers(store: Path) -> list[str]:
    """Files in staging, files that were not put in place, rows that no version of a table names; and what lies beside
    the store, where undisturbed work leaves the same."""
    found = [f"beside the store: {each.name}" for each in store.parent.iterdir()]
    found += [STAGING] if any(each.is_file() for each in (store / STAGING).rglob("*")) else []
    for part in (store, AuditLog.of(store).folder):
        found += [str(file.relative_to(store.parent)) for name in TEMPORARY for file in part.rglob(name)]
    for log in store.rglob("_delta_log"):
        found += [str(file.relative_to(store)) for file in _unnamed(log.parent)]
    return sorted(set(found))


def _unnamed(table: Path) -> list[Path]:
    """Rows that were never part of any version: those of old versions stay until they are tidied away."""
    try:
        DeltaTable(str(table))
    except Exception:
        return []
    named = {
        json.loads(line)["add"]["path"]
        for file in (table / "_delta_log").glob("*.json")
        for line in file.read_text("utf-8", "replace").splitlines()
        if line.startswith('{"add"')
    }
    return [file for file in table.glob("*.parquet") if file.name not in named]


def doctor(store: Path, *asked: str) -> dict[str, Any] | None:
    """The exit code of `roedtraad doctor`, and its findings: kind and place. Null where there is no such command."""
    from typer.main import get_command

    from pipelines.cli import app

    if "doctor" not in getattr(get_command(app), "commands", {}):
        return None
    code, said = asked_of_the_command("doctor", "--store", str(store), *asked)
    try:
        found = json.loads(said)["findings"]
    except ValueError:
        return {"code": code, "findings": [["not told plainly", said[-300:]]]}
    return {"code": code, "findings": [[each["kind"], f"{each['where']}: {each['what']}"] for each in found]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(state(Path(sys.argv[1]), sys.argv[2:])))
