"""Commands that failed, for whoever runs them: which, when, with which exit code, and what was said. Beside the tables.

What a command says never holds a value of a person's row; long numbers are left out all the same, for file names are
the senders' own. Of a fault that nobody foresaw only its kind is kept.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from filelock import FileLock

from pipelines.errors import UserError

FILE, LOCK = "failures.jsonl", "failures.lock"
SECONDS_TO_WAIT = 5.0
KEPT = 200
"""The latest ones."""

OF_STORES = ("ingest", "run", "check", "publish", "secret_rotate", "export", "accept", "assign", "take_back")
"""Commands that write into a store, or read it for somebody else: one that fails leaves something undone."""

FAILURES: dict[str, pl.DataType] = {
    "at": pl.Datetime("us", "UTC"),
    "command": pl.String(),
    "exit_code": pl.Int64(),
    "what": pl.String(),
}
UNFORESEEN = 70
"""Told as the exit code of a fault that is ours (EX_SOFTWARE)."""

LONG_NUMBER = re.compile(r"\d[\d\-. _]{4,}\d")
LONGEST = 200


def noted_failure(store: Path, command: str, fault: BaseException) -> None:
    """Add a line about it, one command after the other. A folder that is no store stays as it is, and what cannot be
    noted stops nobody."""
    if command not in OF_STORES or not (store / "runs").is_dir():
        return
    line = {
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "command": command,
        "exit_code": fault.exit_code if isinstance(fault, UserError) else UNFORESEEN,
        "what": without_numbers(fault.what if isinstance(fault, UserError) else type(fault).__name__),
    }
    with suppress(OSError), FileLock(store / LOCK, timeout=SECONDS_TO_WAIT):
        lines = [*_lines(store)[1 - KEPT :], json.dumps(line, ensure_ascii=False)]
        _replace(store / FILE, "".join(f"{text}\n" for text in lines))


def failures(store: Path) -> pl.DataFrame:
    """The latest failures, the last one first (columns FAILURES); none where none was noted."""
    rows = [row for row in map(_read, _lines(store)) if row is not None]
    told = pl.DataFrame(rows, schema={**FAILURES, "at": pl.String()}, strict=False)
    at = pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False)
    return told.with_columns(at).sort("at", descending=True, nulls_last=True)


def without_numbers(text: str) -> str:
    """What a command said, short, and with a mark for every long number."""
    return LONG_NUMBER.sub("…", text)[:LONGEST]


def _lines(store: Path) -> list[str]:
    file = store / FILE
    return file.read_text("utf-8", "replace").splitlines() if file.exists() else []


def _read(line: str) -> dict[str, object] | None:
    """None where somebody else has written into the file."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and row.keys() == FAILURES.keys() else None


def _replace(file: Path, text: str) -> None:
    """In one step, so that whoever reads meanwhile sees a whole file."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        new.write_text(text, "utf-8")
        new.replace(file)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
