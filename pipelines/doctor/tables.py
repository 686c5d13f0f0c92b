"""Damage of the tables that kept runs name: their logs, their versions, their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.delta_log import DeltaLog, Part
from pipelines.doctor.findings import REPAIR, RUN_AGAIN, Finding, Looked, Table
from pipelines.doctor.history import Run
from pipelines.doctor.parts import fault_of
from pipelines.store import Store
from pipelines.tables_at import folder_of


@dataclass(frozen=True)
class Tables:
    """The tables that the kept runs name, at the versions that they name."""

    looked: Looked
    kept: list[Run]
    logs: dict[str, DeltaLog] = field(default_factory=dict)

    @cached_property
    def named(self) -> dict[str, set[int]]:
        """Table to versions."""
        found: dict[str, set[int]] = {}
        for run in self.kept:
            for name, version in run.versions.items():
                found.setdefault(name, set()).add(version)
        return found

    def log(self, name: str) -> DeltaLog:
        """Read once."""
        return self.logs.setdefault(name, DeltaLog(folder_of(self.looked.store, name)))

    def parts(self, name: str, version: int) -> dict[str, Part]:
        """The files of a table; none where the log cannot tell."""
        return self.log(name).parts(version) or {}

    def rows(self, name: str, version: int) -> int | None:
        """As the log tells; null when it does not."""
        parts = self.log(name).parts(version)
        rows = None if parts is None else [part.rows for part in parts.values()]
        return None if rows is None or None in rows else sum(row for row in rows if row is not None)


def damaged_logs(tables: Tables) -> Iterator[Finding]:
    """Entries that are gone or cannot be read. A version stands on all entries before it."""
    for name, versions in sorted(tables.named.items()):
        log = tables.log(name)
        for kind, said, numbers in (
            ("gap_in_log", "is gone though later ones are there", log.missing),
            ("damaged_log_entry", "cannot be read", log.damaged),
        ):
            for number in numbers:
                yield Finding(
                    kind,
                    tables.looked.name_of(log.entry(number)),
                    f"An entry of the log of table {name} {said}",
                    RUN_AGAIN,
                    breaks=frozenset((name, version) for version in versions if version >= number),
                )


def versions_that_are_gone(tables: Tables) -> Iterator[Finding]:
    """A run names a version that its table never had, or has no more."""
    for name, versions in sorted(tables.named.items()):
        log = tables.log(name)
        for version in sorted(version for version in versions if version > log.last):
            yield Finding(
                "version_gone",
                f"table {name}, version {version}",
                "The table is gone" if log.last < 0 else f"The log of the table ends at version {log.last}",
                RUN_AGAIN,
                breaks=frozenset({(name, version)}),
            )


def damaged_files(tables: Tables) -> Iterator[Finding]:
    """Every file that a kept run names, once, however many runs share it."""
    for name, versions in sorted(tables.named.items()):
        parts = {part: at for version in versions for at, part in tables.parts(name, version).items()}
        for part, at in sorted(parts.items(), key=lambda each: each[1]):
            if fault := fault_of(part, quick=tables.looked.quick):
                used = (version for version in versions if at in tables.parts(name, version))
                yield _of_file(tables, name, part, fault, frozenset((name, version) for version in used))


def files_nobody_needs(tables: Tables) -> Iterator[Finding]:
    """Left by a run that was stopped: no kept run names them. Those of a newest version that no run names yet go with
    the next run."""
    for name in sorted(tables.named):
        log, folder = tables.log(name), folder_of(tables.looked.store, name)
        if log.missing or log.damaged or not folder.is_dir():
            continue
        needed = {at for version in tables.named[name] for at in tables.parts(name, version)}
        needed |= set(tables.parts(name, log.last))
        left = [file for file in folder.glob("*.parquet") if file.name not in needed]
        if left:
            yield Finding(
                "leftover_files",
                tables.looked.name_of(folder),
                f"{len(left)} files that no kept run names lie there",
                f"They go with the next run, or now: {REPAIR}",
                works="Everything reads.",
                repair=Store(tables.looked.store).tidy,
            )


def _of_file(tables: Tables, name: str, part: Part, fault: tuple[str, str], breaks: frozenset[Table]) -> Finding:
    kind, what = fault
    to_do = RUN_AGAIN if kind != "closed_to_us" else "Give this user the right to read it, or start as its owner."
    return Finding(
        kind, tables.looked.name_of(part.file), f"Table {name}: {what[0].lower()}{what[1:]}", to_do, breaks=breaks
    )
