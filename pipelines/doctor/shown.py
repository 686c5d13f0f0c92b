"""An examination as a table for people and as JSON for programs."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from pipelines.doctor.examination import Examination
from pipelines.doctor.findings import Finding


def shown(examined: Examination) -> Group:
    """What was looked at, then one block for each finding."""
    return Group(*(_facts(examined)), *((_table(examined),) if examined.findings else ()))


def as_json(examined: Examination) -> dict[str, Any]:
    """The same, with stable names."""
    return {
        "exit_code": examined.exit_code,
        "is_sound": not examined.findings,
        "files": examined.files,
        "bytes": examined.bytes,
        "held_by": examined.holder.said() if examined.holder else None,
        "kept_runs": [run.id for run in examined.kept],
        "whole_runs": [run.id for run in examined.whole],
        "findings": [finding_as_json(finding) for finding in examined.findings],
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One of them. `tables`: which at which version cannot be read because of it."""
    return {
        "kind": finding.kind,
        "where": finding.where,
        "what": finding.what,
        "works": finding.works,
        "to_do": finding.to_do,
        "can_be_repaired": finding.repair is not None,
        "tables": [{"table": name, "version": version} for name, version in sorted(finding.breaks)],
    }


def _facts(examined: Examination) -> list[str]:
    kept, whole = len(examined.kept), len(examined.whole)
    told = [
        f"{whole} of {kept} kept runs, ingests, checks and publications are whole "
        f"({examined.files:,} files, {examined.bytes / 1e6:,.1f} MB)."
    ]
    if examined.holder:
        told.append(escape(f"A run is writing now: {examined.holder.said()}. What it has half-done is not judged."))
    if not examined.findings:
        told.append("The store is sound.")
    else:
        told.append(f"{len(examined.findings)} findings:")
    return told


def _table(examined: Examination) -> Table:
    table = Table("Finding", "Where", "What, what still works, what to do", show_lines=True)
    for finding in examined.findings:
        words = "\n".join(text for text in (finding.what, finding.works, f"-> {finding.to_do}") if text)
        table.add_row(finding.kind, escape(finding.where), escape(words))
    return table
