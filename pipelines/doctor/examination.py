"""The examination of a store: every kind of damage is looked for, and of each is said what still works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipelines.doctor import figures, folder, lines, noted_lines
from pipelines.doctor.findings import Finding, Looked, Table
from pipelines.doctor.history import History, Run, clocks, contracts, history_of
from pipelines.doctor.locks import Holder, holder_of, lock_findings
from pipelines.doctor.tables import (
    Tables,
    damaged_files,
    damaged_logs,
    files_nobody_needs,
    versions_that_are_gone,
)
from pipelines.errors import StoreFailed
from pipelines.store import LOCK, STAGING
from pipelines.tables_at import assert_here

SOUND, DAMAGED, NOTHING_WHOLE = 0, 35, 36
TIMES = 3
"""So often a store is looked at again when a run ended meanwhile: its files came and went."""


@dataclass(frozen=True)
class Examination:
    """What was found. `kept`: runs whose tables are kept, the latest of each kind first; `whole`: those of which every
    table reads; `holder`: who is writing just now."""

    findings: tuple[Finding, ...]
    kept: tuple[Run, ...]
    whole: tuple[Run, ...]
    holder: Holder | None
    files: int
    bytes: int

    @property
    def exit_code(self) -> int:
        """Of the command: 36 when something is damaged and readers have no whole run left, not even an older one."""
        if not self.findings:
            return SOUND
        touched = any(finding.breaks or finding.breaks_all for finding in self.findings)
        has_run = any(run.kind in ("run", "ingest") for run in self.whole)
        return NOTHING_WHOLE if touched and not has_run else DAMAGED


def examine(looked: Looked, now: datetime | None = None) -> Examination:
    """Look at everything. StoreFailed for a folder that is no store. Nothing is changed."""
    _assert_store(looked)
    for _ in range(TIMES):
        before = _moment(looked)
        found = _examined(looked, now or datetime.now(UTC))
        if _moment(looked) == before:
            break
    return found


def _examined(looked: Looked, now: datetime) -> Examination:
    holder = holder_of(looked.store)
    history = history_of(looked)
    tables = Tables(looked, history.kept)
    of_tables = [
        *history.findings,
        *versions_that_are_gone(tables),
        *damaged_logs(tables),
        *damaged_files(tables),
    ]
    broken = {table for finding in of_tables for table in finding.breaks}
    whole = _whole(history, of_tables, broken)
    is_quiet = holder is None and not of_tables
    found = [
        *(_with_what_works(finding, tables.kept, whole) for finding in of_tables),
        *(folder.leftover_staging(looked) if holder is None else ()),
        *(files_nobody_needs(tables) if is_quiet and not (looked.store / STAGING).exists() else ()),
        *lock_findings(looked, holder),
        *folder.open_to_others(looked),
        *folder.closed_to_its_owner(looked),
        *folder.wrong_owner(looked),
        *folder.too_little_room(looked, _bytes_of_last(history, tables)),
        *folder.unknown_files(looked),
        *clocks(history.runs, now),
        *contracts(history.kept),
        *lines.audit_log(looked),
        *lines.ledger(looked),
        *(lines.published_and_ledger(looked, history) if holder is None else ()),
        *lines.half_written_lines(looked),
        *noted_lines.lost_lines(looked),
        *noted_lines.changed_lines(looked),
        *figures.rows_that_do_not_add_up(tables, broken),
        *figures.secret(looked, history),
        *figures.named_secret_is_closed(looked),
        *figures.guidance(looked, history),
    ]
    parts = {
        part.file: part
        for run in tables.kept
        for name, at in run.versions.items()
        for part in tables.parts(name, at).values()
    }
    return Examination(
        tuple(found), tuple(tables.kept), tuple(whole), holder, len(parts), sum(part.bytes for part in parts.values())
    )


def _whole(history: History, findings: list[Finding], broken: set[Table]) -> list[Run]:
    if any(finding.breaks_all for finding in findings):
        return []
    return [run for run in history.kept if not broken & set(run.versions.items())]


def _with_what_works(finding: Finding, kept: list[Run], whole: list[Run]) -> Finding:
    return replace(finding, works=" ".join(_works(finding, kept, whole)))


def _works(finding: Finding, kept: list[Run], whole: list[Run]) -> Iterator[str]:
    if finding.breaks_all:
        yield "The tables may be whole, but nobody can tell which belong together: no run reads."
        return
    touched = [run for run in kept if finding.breaks & set(run.versions.items())]
    yield f"Touched: {'; '.join(run.said() for run in touched)}."
    for kind in dict.fromkeys(run.kind for run in touched):
        last = next(run for run in kept if run.kind == kind)
        left = [run for run in whole if run.kind == kind]
        if left and left[0] is last:
            yield f"The last {kind} reads."
        elif left:
            yield f"The last {kind} does not read whole; whole is {left[0].said()}."
        else:
            yield f"No {kind} is whole."


def _bytes_of_last(history: History, tables: Tables) -> int:
    last = history.last("run", "ingest")
    versions = last.versions if last else {}
    return sum(part.bytes for name, version in versions.items() for part in tables.parts(name, version).values())


def _moment(looked: Looked) -> tuple[str, ...]:
    """Another one when a run has ended meanwhile."""
    log = looked.store / "runs" / "_delta_log"
    return tuple(sorted(file.name for file in log.iterdir())) if log.is_dir() else ()


def _assert_store(looked: Looked) -> None:
    store = looked.store
    assert_here(store, "The doctor")
    if not store.is_dir() or not any((store / name).exists() for name in (LOCK, "runs", "tables")):
        raise StoreFailed(
            f"{store} is no store", to_do="Give the folder that was given to `roedtraad run` with --store."
        )
