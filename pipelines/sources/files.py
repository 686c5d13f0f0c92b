"""Files as a whole: are they there, whole, readable and in the declared encoding? What is not is refused at once."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import polars as pl

from pipelines.errors import RefusedDelivery

BLOCK = 1 << 22


def content_hash(file: Path) -> str:
    """SHA-256 of the bytes, the first 32 hex digits."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    except OSError as fault:
        raise unreadable(file, fault) from fault
    return digest.hexdigest()[:32]


def unreadable(file: Path, fault: OSError) -> RefusedDelivery:
    """No permission, gone, a broken disk."""
    return RefusedDelivery(
        f"{file.name} cannot be opened: {fault.strerror or type(fault).__name__}",
        where=str(file.parent),
        to_do="Check the path and the rights of the file, then run again. The last good version is untouched.",
    )


def refused(file: Path, what: str, to_do: str) -> RefusedDelivery:
    """One clear message about one file."""
    return RefusedDelivery(f"{file.name} is refused: {what}", where=str(file.parent), to_do=to_do)


def assert_not_empty(file: Path) -> None:
    """A delivery without rows still has its heading."""
    if file.stat().st_size == 0:
        raise refused(file, "it is empty", "Ask for it again; a table without rows is delivered with its heading.")


def transcoded(file: Path, encoding: str, into: Path) -> Path:
    """The file as UTF-8 without a mark at the start, copied as a stream. Refused when the encoding does not fit."""
    try:
        with (
            file.open(encoding=encoding, errors="strict", newline="") as source,
            into.open("w", encoding="utf-8", newline="") as target,
        ):
            while text := source.read(BLOCK):
                target.write(text)
    except UnicodeDecodeError as fault:
        raise refused(
            file,
            f"it is not in the declared encoding {encoding} (byte {fault.start})",
            "Declare the encoding it has, or ask for it in the agreed one.",
        ) from fault
    except OSError as fault:
        raise unreadable(file, fault) from fault
    return into


def assert_utf8(file: Path) -> None:
    """Reads the whole file as UTF-8."""
    try:
        with file.open(encoding="utf-8", errors="strict", newline="") as stream:
            while stream.read(BLOCK):
                continue
    except UnicodeDecodeError as fault:
        raise refused(
            file, f"it is not UTF-8 (byte {fault.start})", "Save it as UTF-8, or declare it in a source's TOML."
        ) from fault
    except OSError as fault:
        raise unreadable(file, fault) from fault


def scan_text(file: Path, separator: str, shown: Path | None = None) -> pl.LazyFrame:
    """Every column of a UTF-8 file as text, with the row number. Refused when a row has not the heading's fields.

    Polars fills a short row with nulls without a word, so the fields are counted first. Rows without any content are
    blank lines and are not rows. `shown` is the file that the sender knows, when `file` is a copy of it.
    """
    _assert_even(file, separator, shown or file)
    rows = pl.scan_csv(
        file, separator=separator, infer_schema=False, empty_string_is_null=False, row_index_name="_row"
    ).with_columns((pl.col("_row") + 1).cast(pl.Int64))
    columns = [name for name in rows.collect_schema().names() if name != "_row"]
    return rows.filter(pl.any_horizontal(pl.col(columns) != ""))


def _assert_even(file: Path, separator: str, shown: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        records = csv.reader(stream, delimiter=separator, strict=True)
        try:
            heading = next(records)
            widths = set(map(len, records)) - {0, len(heading)}
        except (csv.Error, StopIteration):
            widths = {-1}
    if widths:
        raise refused(
            shown,
            "its rows do not have the fields of its heading; it is cut short or uses another separator",
            "Ask for it again, or declare its separator.",
        )


def scan_columns(file: Path) -> pl.LazyFrame:
    """A Parquet file with its row number. Refused when it cannot be read as one."""
    try:
        rows = pl.scan_parquet(file, row_index_name="_row").with_columns((pl.col("_row") + 1).cast(pl.Int64))
        rows.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise refused(file, "it is not a whole Parquet file", "It was probably cut short: ask for it again.") from fault
    return rows
