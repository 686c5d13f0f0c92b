"""The table of runs, which says which versions of the others belong together: how rows come into it, and its note.

By the note an entry of its log that goes is found.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.content_sum import sha256_of
from pipelines.line_sums import append_whole, whole_lines
from pipelines.table_files import committed, laid, written_to

RUNS: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "kind": pl.String(),
    "started_at": pl.Datetime("us", "UTC"),
    "finished_at": pl.Datetime("us", "UTC"),
    "duration_seconds": pl.Float64(),
    "as_of": pl.Date(),
    "is_sample": pl.Boolean(),
    "contract_version": pl.String(),
    "reference_version": pl.String(),
    "code_version": pl.String(),
    "inputs_hash": pl.String(),
    "canonical_fingerprint": pl.String(),
    "fingerprint": pl.String(),
    "inputs": pl.String(),
    "stages": pl.String(),
    "versions": pl.String(),
}
"""One row per finished ingest or run. `inputs`, `stages` and `versions` are JSON: file to content hash, stage to rows
and seconds, table to Delta version."""

FOLDER, NOTE = "runs", "runs.last"
A_NOTE = re.compile(r"(\d+) ([0-9a-f]{64})")


def add_rows(store: Path, rows: pl.DataFrame, staging: Path, mode: Literal["append", "overwrite"] = "append") -> None:
    """Rows (columns RUNS) after the others, or instead of them, in one step. `staging`: a run's own folder."""
    table, schema = store / FOLDER, pl.Schema(RUNS)
    laid(table, schema)
    staged = staging / f"{staging.name}-{FOLDER}.parquet"
    written_to(staged, rows.select(list(RUNS)).lazy())
    part = staged.rename(table / staged.name)
    version = committed(table, [part], schema, mode).version
    with suppress(OSError):  # a note that is behind is none the less true
        append_whole(store / NOTE, note_of(table, version))


def note_of(table: Path, version: int) -> bytes:
    """The number and the hash of an entry of the log."""
    return f"{version} {sha256_of(_entry(table, version))}\n".encode()


def fault_of_last_entry(store: Path) -> str | None:
    """What is wrong with the entry that was noted last; null when nothing is, or nothing was ever noted.

    The note is written after its entry, so it may be behind; an entry is never behind its note.
    """
    note = store / NOTE
    notes = whole_lines(note.read_bytes()) if note.exists() else []
    if not notes:
        return None
    told = A_NOTE.fullmatch(notes[-1].decode("ascii", "replace").strip())
    if told is None:
        return "The note of its last entry cannot be read"
    entry = _entry(store / FOLDER, int(told[1]))
    if not entry.exists():
        return f"Its log had an entry {told[1]}, which is gone"
    return None if sha256_of(entry) == told[2] else f"Entry {told[1]} of its log is not the one that was written"


def _entry(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020}.json"
