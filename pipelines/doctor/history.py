"""The runs of a store as the doctor reads them: row by row, so that one damaged file does not hide the other runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.delta_log import DeltaLog
from pipelines.doctor.findings import RESTORE, Finding, Looked
from pipelines.doctor.parts import fault_of
from pipelines.store import KEPT_RUNS, KINDS
from pipelines.table_of_runs import RUNS, fault_of_last_entry

SLACK = timedelta(minutes=5)
"""Clocks of two machines differ by so much without anything being wrong."""


@dataclass(frozen=True)
class Run:
    """One row of `runs`. `at`: which addition to the table it came with; a rotation adds several at once."""

    id: str
    kind: str
    at: int
    started_at: datetime
    finished_at: datetime
    as_of: date | None
    is_sample: bool
    contract_version: str
    reference_version: str
    fingerprint: str | None
    inputs: dict[str, Any]
    versions: dict[str, int]

    def said(self) -> str:
        """As findings name it."""
        day = f", as of {self.as_of}" if self.as_of else ""
        return f"{self.kind} {self.id} of {self.finished_at:%Y-%m-%d %H:%M}{day}"


@dataclass(frozen=True)
class History:
    """All runs that can be read, the latest first, and what is wrong with the table of runs."""

    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]

    @property
    def kept(self) -> list[Run]:
        """Those whose tables are kept: the last of each kind; runs of before a rotation have none."""
        of_kind = ([run for run in self.runs if run.kind == kind][:KEPT_RUNS] for kind in KINDS)
        return [run for runs in of_kind for run in runs if run.versions]

    def last(self, *kinds: str) -> Run | None:
        """The latest of these kinds, as readers find it."""
        return next((run for run in self.runs if run.kind in kinds), None)


def history_of(looked: Looked) -> History:
    """Whatever can still be read of the table of runs."""
    last, log = fault_of_last_entry(looked.store), DeltaLog(looked.store / "runs")
    wrong = [*_log_findings(log)] or [*(_lost(last) if last else ())]
    rows: list[Run] = []
    version = max((at for at in log.entries if log.parts(at) is not None), default=None)
    parts = (log.parts(version) or {}) if version is not None else {}
    for at, part in enumerate(parts.values()):
        fault = fault_of(part, quick=looked.quick)
        read = _rows(part.file, at) if fault is None else None
        if read is None:
            wrong.append(_damaged(looked.name_of(part.file), fault[1] if fault else "The file holds no runs"))
        rows.extend(read or [])
    latest_first = sorted(rows, key=lambda run: run.finished_at, reverse=True)
    return History(tuple(latest_first), tuple(wrong))


def clocks(runs: tuple[Run, ...], now: datetime) -> Iterator[Finding]:
    """A run that ends before it begins, after now, or before one that was added earlier. A run as of a day that is yet
    to come is none of these."""
    before: Run | None = None
    for run in sorted(runs, key=lambda each: (each.at, each.finished_at)):
        if run.finished_at < run.started_at:
            yield _clock(run, "ended before it began")
        elif run.finished_at > now + SLACK:
            yield _clock(run, "ended in the future")
        elif before is not None and run.finished_at < before.finished_at <= now + SLACK:
            yield _clock(run, f"was added after {before.id}, but says that it ended before it")
        before = run if before is None or run.finished_at >= before.finished_at else before


def contracts(runs: list[Run]) -> Iterator[Finding]:
    """Rows that a later version of the program has written mean what this one does not know."""
    for run in runs:
        if _number(run.contract_version) > _number(CONTRACT_VERSION):
            yield Finding(
                "contract_from_the_future",
                f"run {run.id}",
                f"It was made under contract {run.contract_version}; this program knows {CONTRACT_VERSION}",
                "Install the version of the program that made it; run nothing with this one before.",
                works="The store is whole for the newer program.",
            )


def _log_findings(log: DeltaLog) -> Iterator[Finding]:
    for version in [*log.missing, *log.damaged]:
        yield _damaged(f"runs/_delta_log/{log.entry(version).name}", "The entry of its log is gone or cannot be read")


def _damaged(where: str, what: str) -> Finding:
    return Finding("damaged_runs_table", where, f"The table of runs is damaged. {what}", RESTORE, breaks_all=True)


def _lost(what: str) -> Iterator[Finding]:
    yield Finding(
        "lost_runs",
        "runs/_delta_log",
        f"The table of runs is not what it was. {what}",
        RESTORE,
        works="Readers have the runs that are named there; later ones may be missing.",
    )


def _rows(file: Path, at: int) -> list[Run] | None:
    try:
        rows = pq.read_table(file, columns=list(RUNS), page_checksum_verification=True).to_pylist()
        return [_run(row, at) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def _run(row: dict[str, Any], at: int) -> Run:
    json.loads(row["stages"] or "{}")
    versions = json.loads(row["versions"])
    if row["kind"] is None or not all(isinstance(version, int) for version in versions.values()):
        raise ValueError("no run")
    return Run(
        row["run_id"],
        row["kind"],
        at,
        row["started_at"].astimezone(UTC),
        row["finished_at"].astimezone(UTC),
        row["as_of"],
        bool(row["is_sample"]),
        row["contract_version"] or "0",
        row["reference_version"] or "",
        row["fingerprint"],
        json.loads(row["inputs"] or "{}"),
        versions,
    )


def _clock(run: Run, what: str) -> Finding:
    return Finding(
        "clock_went_back",
        f"run {run.id}",
        f"The run {what}: the clock of the machine was wrong",
        "Set the clock right. Readers take the run that says it ended last: run again once the clock is past it.",
        works="Every table reads; which run is the last may be told wrongly.",
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
