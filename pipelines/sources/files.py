"""Files as a whole: are they there, whole, readable and in the declared encoding? What is not is refused at once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.errors import RefusedDelivery
from pipelines.identity import masked

FEW_ROWS, ROWS_PER_BYTE = 1_000_000, 20
"""The same value a hundred million times packs to nothing. Rows with an id of their own take some bytes each."""


def content_hash(file: Path) -> str:
    """SHA-256 of the bytes, the first 32 hex digits."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()[:32]
    except OSError as fault:
        raise unreadable(file, fault) from fault


def unreadable(file: Path, fault: OSError) -> RefusedDelivery:
    """No permission, gone, a broken disk."""
    return RefusedDelivery(
        f"{masked(file.name)} cannot be opened: {fault.strerror or type(fault).__name__}",
        where=masked(str(file.parent)),
        to_do="Check the path and the rights of the file, then run again. The last good version is untouched.",
    )


def refused(file: Path, what: str, to_do: str) -> RefusedDelivery:
    """One clear message about one file."""
    return RefusedDelivery(f"{masked(file.name)} is refused: {what}", where=masked(str(file.parent)), to_do=to_do)


def assert_file(file: Path) -> None:
    """A folder, a link to nothing and a file without permission are told before anything is read."""
    try:
        is_folder, is_there = file.is_dir(), file.exists()
    except OSError as fault:
        raise unreadable(file, fault) from fault
    if is_folder:
        raise refused(file, "it is a folder, not a file", "Name the files in it.")
    if not is_there:
        what = "it is a link to a file that is gone" if file.is_symlink() else "it is not there"
        raise refused(file, what, "Check the path, or ask for it again.")
    if not os.access(file, os.R_OK):
        raise refused(file, "it may not be read", "Give the account that runs this the right to read it.")


def assert_below(folder: Path, file: Path) -> None:
    """Wherever its links lead, the file lies below the folder; a link to nowhere is told by whoever opens it."""
    if not file.resolve().is_relative_to(folder.resolve()):
        what = "it is a link, or lies behind one, that leads out of the folder of the TOML file"
        raise refused(file, what, "Put the file itself there, or the TOML file above where the files lie.")


def assert_not_empty(file: Path) -> None:
    """A delivery without rows still has its heading."""
    assert_file(file)
    if file.stat().st_size == 0:
        raise refused(file, "it is empty", "Ask for it again; a table without rows is delivered with its heading.")


def assert_own_names(file: Path, names: list[str]) -> None:
    """Each column has a name of its own, and none has ours for the number of a row or for the file."""
    ours = [name for name in names if name in (ROW, SOURCE)]
    if ours:
        what = f"it has a column {ours[0]}, which is a name of ours for a row's place"
        raise refused(file, what, "Ask for it without that column, or with another heading for it.")
    if len(set(names)) < len(names):
        raise refused(file, "two of its columns have the same heading", "Give each column a heading of its own.")


def scan_columns(file: Path) -> pl.LazyFrame:
    """A Parquet file with its row number. Refused when it cannot be read as one."""
    try:
        rows = pl.scan_parquet(file)
        names, told = rows.collect_schema().names(), rows.select(pl.len()).collect().item()
        is_hollow = told > max(FEW_ROWS, ROWS_PER_BYTE * file.stat().st_size)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as fault:
        raise refused(file, "it is not a whole Parquet file", "It was probably cut short: ask for it again.") from fault
    if is_hollow:
        raise refused(file, f"it says that it has {told:,} rows, in far too few bytes", "Ask for it again.")
    assert_own_names(file, names)
    return pl.scan_parquet(file, row_index_name=ROW).with_columns((pl.col(ROW) + 1).cast(pl.Int64))
