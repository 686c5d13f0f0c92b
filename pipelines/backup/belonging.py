"""What belongs to a backup: the committed versions that kept runs name, what only grows, and what lies beside them.

Files of a Delta table never change once they are named, and lines are only added: so a copy needs no lock. What a run
has half-done is left out, because no run names it yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.audit_log import HEAD as AUDIT_HEAD
from pipelines.audit_log import LOG as AUDIT
from pipelines.audit_log import AuditLog
from pipelines.backup.manifest import AUDIT_LOG, STORE
from pipelines.delta_log import DeltaLog, Part
from pipelines.disclosure.ledger import HEAD as LEDGER_HEAD
from pipelines.disclosure.ledger import PENDING, SUFFIX
from pipelines.doctor.findings import Looked
from pipelines.doctor.history import History, history_of
from pipelines.errors import StoreFailed, StoreIsEmpty
from pipelines.line_sums import SUFFIX as NOTES
from pipelines.line_sums import fitting, noted, sum_beside, whole_lines, written
from pipelines.table_of_runs import NOTE, note_of
from pipelines.tables_at import folder_of

LEDGER = "ledger"
GROWING = ".jsonl"
BESIDE = ("gap-decisions", "requests", "returns", "guidance")
PASSING = (".lock", ".new", ".part")
"""Endings of files that somebody needs for a moment."""

BLOCK = 1 << 16


@dataclass(frozen=True)
class Piece:
    """A file to copy, under its name in the backup. `length`: so many bytes from its beginning; `content`: instead of
    a file; `sha256`: of its content as it was committed, where that is known."""

    name: str
    file: Path
    length: int
    content: bytes | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Belonging:
    """All pieces at one moment, the runs that they make whole, and the head of the audit log."""

    pieces: tuple[Piece, ...]
    history: History
    audit_head: str | None


def belonging(store: Path) -> Belonging:
    """StoreIsEmpty where nothing was ever finished; StoreFailed where the store is damaged. FileNotFoundError when a
    run took files away meanwhile: then ask again."""
    history = history_of(Looked(store, quick=True))
    if history.findings:
        raise _damaged(store, history.findings[0].where)
    if not history.runs:
        raise StoreIsEmpty(
            f"Nothing was finished in {store}, so there is nothing to copy", to_do="Start with `roedtraad run`."
        )
    head, audit = _audit_log(AuditLog.of(store).folder)
    pieces = [*_tables(store, history), *_ledger(store / LEDGER), *_beside(store), *audit]
    return Belonging(tuple(pieces), history, head)


def _tables(store: Path, history: History) -> Iterator[Piece]:
    runs = DeltaLog(store / "runs")
    yield from _table(store, runs, {runs.last})
    note = note_of(runs.table, runs.last)
    yield Piece(f"{STORE}/{NOTE}", store / NOTE, len(note), note)
    named: dict[str, set[int]] = {}
    for run in history.kept:
        for name, version in run.versions.items():
            named.setdefault(name, set()).add(version)
    for name, versions in sorted(named.items()):
        yield from _table(store, DeltaLog(folder_of(store, name)), versions)


def _table(store: Path, log: DeltaLog, versions: set[int]) -> Iterator[Piece]:
    """Its log up to the last version that is asked for, and the files of those versions."""
    parts: dict[str, Part] = {}
    for version in versions:
        found = log.parts(version)
        if found is None:
            raise _damaged(store, str(log.table.relative_to(store)))
        parts |= found
    for version in range(max(versions) + 1):
        yield _whole(store, log.entry(version))
    for part in sorted(parts.values(), key=lambda each: each.file):
        yield Piece(_name(store, part.file), part.file, part.bytes, sha256=part.sha256)


def _ledger(folder: Path) -> Iterator[Piece]:
    """`HEAD` first, then what it names: releases that are added meanwhile are not counted by it."""
    head = folder / LEDGER_HEAD
    if not head.exists():
        return
    content = head.read_bytes()
    number, last = content.decode("ascii").split()
    yield Piece(f"{STORE}/{LEDGER}/{LEDGER_HEAD}", head, len(content), content)
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        if int(file.name[:6]) <= int(number):
            yield _whole(folder.parent, file)
    pending = folder / f"{last}{PENDING}"
    if pending.exists():
        yield _whole(folder.parent, pending)


def _beside(store: Path) -> Iterator[Piece]:
    """What people decided, asked and answered, the guidance, and which commands failed."""
    folders = [store / name for name in BESIDE]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    for file in sorted([*files, *store.glob("failures.jsonl")]):
        if file.suffix in PASSING or file.name.startswith("."):
            continue
        if file.suffix == NOTES:
            continue
        whole = _whole(store, file)
        if file.suffix != GROWING:
            yield whole
            continue
        yield from _growing(store, file)


def _growing(store: Path, file: Path) -> Iterator[Piece]:
    """Its whole lines, and the note that belongs to them. The note is read first: lines that are added meanwhile are
    not in it. FileNotFoundError where it is of other lines, which somebody may just be replacing."""
    try:
        known = noted(file)
    except ValueError:
        raise _damaged(store, str(sum_beside(file).relative_to(store))) from None
    length = _to_last_line(file)
    yield Piece(_name(store, file), file, length)
    if known is None:
        return
    with file.open("rb") as opened:
        lines = whole_lines(opened.read(length))
    fits = fitting(known, lines)
    if fits is None:
        raise FileNotFoundError(file)
    beside = sum_beside(file)
    content = written(fits.then(*lines[fits.lines :]))
    yield Piece(_name(store, beside), beside, len(content), content)


def _audit_log(folder: Path) -> tuple[str | None, list[Piece]]:
    """Its whole entries, and the head that belongs to the last of them."""
    log = folder / AUDIT
    if not log.exists():
        return None, []
    length = _to_last_line(log)
    pieces = [Piece(f"{AUDIT_LOG}/{AUDIT}", log, length)]
    for file in sorted(folder.glob("cut-short-*")):
        pieces.append(Piece(f"{AUDIT_LOG}/{file.name}", file, file.stat().st_size))
    if not length:
        return None, pieces
    last = json.loads(_last_line(log, length))
    head = f"{last['number']}:{last['hash']}"
    content = head.encode()
    return head, [*pieces, Piece(f"{AUDIT_LOG}/{AUDIT_HEAD}", folder / AUDIT_HEAD, len(content), content)]


def _whole(store: Path, file: Path) -> Piece:
    return Piece(_name(store, file), file, file.stat().st_size)


def _name(store: Path, file: Path) -> str:
    return f"{STORE}/{file.relative_to(store).as_posix()}"


def _to_last_line(file: Path) -> int:
    """Bytes up to the end of the last whole line."""
    end = file.stat().st_size
    with file.open("rb") as opened:
        while end:
            start = max(0, end - BLOCK)
            opened.seek(start)
            found = opened.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def _last_line(file: Path, length: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(max(0, length - BLOCK))
        return opened.read(min(BLOCK, length)).splitlines()[-1]


def _damaged(store: Path, where: str) -> StoreFailed:
    return StoreFailed(
        "The store is damaged, so no backup was made of it",
        where=where,
        to_do=f"See what is wrong and what to do: roedtraad doctor --store {store}",
    )
