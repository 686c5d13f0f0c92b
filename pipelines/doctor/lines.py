"""Damage of what only grows: the audit log, the ledger of releases, and the lines that people's decisions are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from filelock import FileLock

from pipelines.audit_log import LATEST, AuditLog, AuditLogFailed
from pipelines.disclosure.ledger import PENDING, Ledger, LedgerBroken
from pipelines.doctor.findings import REPAIR, RESTORE, Finding, Looked
from pipelines.doctor.history import History

LEDGER = "ledger"
SECONDS_TO_WAIT = 20.0


def audit_log(looked: Looked) -> Iterator[Finding]:
    """The chain; with `quick` its last entries. Where none was ever written there is nothing to break."""
    log = AuditLog.of(looked.store)
    try:
        verdict = log.verify(latest=LATEST if looked.quick else None)
    except (AuditLogFailed, OSError):
        yield _of_audit(log, "It cannot be read", "Mend the rights, then look again.")
        return
    if verdict.why == "cut_short":
        yield Finding(
            "audit_log_cut_short",
            str(log.folder),
            f"An entry after number {verdict.entries:,} was begun and never confirmed: the machine stopped",
            f"The next entry sets it aside and says so; or now: {REPAIR}",
            works=f"{verdict.entries:,} entries are whole.",
            repair=partial(_say_repaired, log),
        )
    elif not verdict.is_whole:
        what = f"Entry {verdict.broken_at} does not follow the one before ({(verdict.why or '').replace('_', ' ')})"
        yield _of_audit(log, what, "Keep the folder as it is, and find out who could write there. See docs/sign-in.md.")


def ledger(looked: Looked) -> Iterator[Finding]:
    """Its chain, and a release that was named but not yet put in its place."""
    folder = looked.store / LEDGER
    try:
        Ledger(folder).releases()
    except LedgerBroken as broken:
        yield Finding(
            "ledger_broken",
            LEDGER,
            broken.what,
            f"{RESTORE} Nothing can be published before it is whole.",
            works="Runs and what is published so far read.",
        )
        return
    left = [*folder.glob(f"*{PENDING}"), *folder.glob(".*.new")] if folder.is_dir() else []
    if left:
        yield Finding(
            "release_unfinished",
            LEDGER,
            "A publication was stopped in the middle",
            f"Publish again; or put it in its place now: {REPAIR}",
            works="The ledger is whole, and what was published before reads.",
            repair=partial(_mended, folder),
        )


def published_and_ledger(looked: Looked, history: History) -> Iterator[Finding]:
    """What readers see must be a release of the ledger, and the last one."""
    last = history.last("publish")
    if last is None or not last.versions:
        return
    try:
        releases = Ledger(looked.store / LEDGER).releases()
    except LedgerBroken:
        return
    if last.fingerprint not in {release.hash for release in releases}:
        yield Finding(
            "published_without_release",
            f"run {last.id}",
            "What is published is no release of the ledger",
            "Restore ledger and tables together from one backup; give no figures on before.",
            works="The tables read; nobody can say what was released.",
        )
    elif last.fingerprint != [release for release in releases if release.facts.get("run_id")][-1].hash:
        yield Finding(
            "publication_unfinished",
            f"run {last.id}",
            "The ledger has a later release than the tables that readers see",
            "Publish again: roedtraad publish --store STORE. The same figures make no new release.",
            works="Readers see the release before.",
        )


def half_written_lines(looked: Looked) -> Iterator[Finding]:
    """A last line without its end was never confirmed to anybody; a line in the middle that is none is damage."""
    for file in files_of_lines(looked.store):
        content = file.read_bytes()
        whole, _, rest = content.rpartition(b"\n")
        if rest:
            yield Finding(
                "half_written_line",
                looked.name_of(file),
                f"{len(rest)} bytes of a last line were written and never confirmed",
                f"The next line takes their place; or now: {REPAIR}",
                works="All lines before read.",
                repair=partial(_without_rest, file),
            )
        for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
            if not is_line(line):
                yield Finding(
                    "damaged_line",
                    f"{looked.name_of(file)}, line {number}",
                    "The line cannot be read",
                    RESTORE,
                    works="The tables read; what these lines tell is not shown.",
                )


def files_of_lines(store: Path) -> list[Path]:
    """Of what people decided, asked and answered, of returns, and of commands that failed."""
    found = [*(store / "gap-decisions").glob("*.jsonl"), *(store / "requests").rglob("*.jsonl")]
    found += [*(store / "returns").glob("*.jsonl"), *store.glob("failures.jsonl")]
    return sorted(file for file in found if file.is_file())


def is_line(line: bytes) -> bool:
    """Whether it can be read."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _without_rest(file: Path) -> None:
    """Under the lock of whoever adds lines."""
    with FileLock(file.with_suffix(".lock"), timeout=SECONDS_TO_WAIT), file.open("r+b") as opened:
        opened.truncate(opened.read().rfind(b"\n") + 1)


def _mended(folder: Path) -> None:
    with Ledger(folder).writing():
        for half in folder.glob(".*.new"):
            half.unlink()


def _say_repaired(log: AuditLog) -> None:
    log.add("repaired", "doctor", who="", role="command")


def _of_audit(log: AuditLog, what: str, to_do: str) -> Finding:
    return Finding("audit_log_broken", str(log.folder), what, to_do, works="The store itself reads.")
