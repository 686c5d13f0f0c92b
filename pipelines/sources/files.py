"""Files as a whole: are they there, whole, readable and in the declared encoding? What is not is refused at once."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl

from pipelines.errors import RefusedDelivery

BLOCK = 1 << 22
BATCH = 100_000


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


def scan_text(file: Path, separator: str) -> pl.LazyFrame:
    """Every column of a UTF-8 file as text, with the row number. Refused when a row has not the heading's fields.

    Polars fills a short row with nulls without a word, so the fields are counted first. Rows without any content are
    blank lines and are not rows.
    """
    for _ in _records(file, separator, "utf-8"):
        continue
    rows = pl.scan_csv(
        file, separator=separator, infer_schema=False, empty_string_is_null=False, row_index_name="_row"
    ).with_columns((pl.col("_row") + 1).cast(pl.Int64))
    columns = [name for name in rows.collect_schema().names() if name != "_row"]
    return rows.filter(pl.any_horizontal(pl.col(columns) != ""))


def read_text(file: Path, separator: str, encoding: str) -> pl.DataFrame:
    """The same for any encoding, in memory: for the many small files of a source, where starting a query costs most."""
    records = _records(file, separator, encoding)
    heading = next(records)
    at, parts = 0, []
    while batch := list(islice(records, BATCH)):
        columns = dict(zip(heading, zip(*batch, strict=True), strict=True))
        part = pl.DataFrame(columns, schema=dict.fromkeys(heading, pl.String))
        parts.append(part.with_columns(pl.int_range(at + 1, at + 1 + len(batch), dtype=pl.Int64).alias("_row")))
        at += len(batch)
    empty = pl.DataFrame(schema=dict.fromkeys(heading, pl.String()) | {"_row": pl.Int64()})
    rows = pl.concat([empty, *parts])
    return rows.filter(pl.any_horizontal(pl.col(heading) != ""))


def _records(file: Path, separator: str, encoding: str) -> Iterator[list[str]]:
    """Heading and rows; blank lines come as rows of empty fields, so that row numbers stay. Refuses uneven rows."""
    uneven = refused(
        file,
        "its rows do not have the fields of its heading; it is cut short or uses another separator",
        "Ask for it again, or declare its separator.",
    )
    try:
        with file.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=separator, strict=True)
            heading = next(reader, None)
            if heading is None or len(set(heading)) != len(heading):
                raise uneven
            yield heading
            for record in reader:
                if len(record) != len(heading) and record:
                    raise uneven
                yield record or [""] * len(heading)
    except csv.Error:
        raise uneven from None
    except UnicodeDecodeError as fault:
        raise refused(
            file,
            f"it is not in the declared encoding {encoding} (byte {fault.start})",
            "Declare the encoding it has, or ask for it in the agreed one.",
        ) from fault
    except OSError as fault:
        raise unreadable(file, fault) from fault


def scan_columns(file: Path) -> pl.LazyFrame:
    """A Parquet file with its row number. Refused when it cannot be read as one."""
    try:
        rows = pl.scan_parquet(file, row_index_name="_row").with_columns((pl.col("_row") + 1).cast(pl.Int64))
        rows.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise refused(file, "it is not a whole Parquet file", "It was probably cut short: ask for it again.") from fault
    return rows
