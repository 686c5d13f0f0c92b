"""SAS files (`.sas7bdat`), numbers, text, days and moments in types of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import unpack_from
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.errors import RefusedDelivery
from pipelines.sources import files

if TYPE_CHECKING:
    from pyreadstat import metadata_container

VALUES_AT_A_TIME = 8_000_000
"""Every batch passes over the rows before it again (25 million a second), so batches are large."""

MAGIC = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
HEADER = 216
"""Bytes that are looked at before the file is read."""

FORMAT = re.compile(r"([A-Z0-9_]*?[A-Z_])\d*\.?\d*")
"""A format's name without its width: `YYMMDD` of `YYMMDD10.`, `E8601DA` of `E8601DA10.`."""

DAY = re.compile(
    "DATE|DAY|DOWNAME|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|(MMYY|YYMM)[CDNPS]?|YYQR?[CDNPS]?|[BE]8601DA|IS8601DA"
    "|JULDAY|JULIAN|MONNAME|MONTH|MONYY|QTRR?|WEEK(DATE|DATX|DAY|U|V|W)|WORDDAT[EX]|YEAR|YYMON|NLDATE[A-Z]*"
)
MOMENT = re.compile(
    "DATETIME|DATEAMPM|MDYAMPM|DT(DATE|MONYY|WKDATX|YEAR|YYQC)|[BE]8601(DN|DT|DX|DZ|LX)|IS8601DT|NLDATM[A-Z]*"
)
DAYS_TO_1970 = 3653
SECONDS_TO_1970 = DAYS_TO_1970 * 86400
FIRST_DAY, LAST_DAY = -719162, 2932896
"""The years 1 to 9999, in days after 1970. A number outside them is no day, and is kept at the end to be judged."""


def heading(file: Path) -> list[str]:
    """The names of the columns."""
    names = list(_described(file).column_names)
    files.assert_own_names(file, names)
    return names


def batches(file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """These columns and `_row`. Missing numbers are null, blank text is empty; numbers are Float64.

    A file that says no encoding is read as cp1252, as SAS does. A file without rows gives one empty batch.
    """
    described = _described(file)
    total = described.number_rows or 0
    at_a_time = VALUES_AT_A_TIME // max(1, len(columns))
    for start in range(0, max(1, total), at_a_time):
        values, _ = _read(file, usecols=list(columns), row_offset=start, row_limit=at_a_time)
        rows = _typed(values, columns, described)
        if rows.height != min(at_a_time, total - start):
            raise _cut(file)
        yield rows.with_row_index("_row", offset=start + 1).with_columns(pl.col("_row").cast(pl.Int64))


def _described(file: Path) -> metadata_container:
    _assert_whole(file)
    _, described = _read(file, metadataonly=True)
    return described


def _assert_whole(file: Path) -> None:
    """The header says how many pages there are; a file that lacks some was cut short."""
    try:
        with file.open("rb") as stream:
            head = stream.read(HEADER)
    except OSError as fault:
        raise files.unreadable(file, fault) from fault
    if head[12:32] != MAGIC:
        raise files.refused(file, "it is not a SAS file", "Ask for it again as .sas7bdat, or declare its form.")
    if len(head) < HEADER or file.stat().st_size < _size_told(head):
        raise _cut(file)


def _size_told(head: bytes) -> int:
    """Header and pages in bytes, in the byte order and the width of numbers of the machine that wrote them."""
    order, at = "<" if head[37] == 1 else ">", 200 if head[35] == ord("3") else 196
    header_size, page_size = unpack_from(f"{order}II", head, at)
    (pages,) = unpack_from(f"{order}{'Q' if head[32] == ord('3') else 'I'}", head, at + 8)
    return int(header_size + pages * page_size)


def _cut(file: Path) -> RefusedDelivery:
    return files.refused(file, "it is not a whole SAS file", "It was probably cut short: ask for it again.")


def _read(file: Path, **settings: Any) -> tuple[dict[str, Any], metadata_container]:
    """What pyreadstat reads. Its own messages may quote a value and are not passed on."""
    import pyreadstat  # slow to load, and most deliveries have no SAS file

    try:
        return pyreadstat.read_sas7bdat(file, output_format="dict", disable_datetime_conversion=True, **settings)
    except MemoryError:
        raise
    except Exception:
        raise files.refused(
            file,
            "it cannot be read as a SAS file to its end",
            "Ask for it again: whole, uncompressed (COMPRESS=NO), with text in the encoding that it names.",
        ) from None


def _typed(values: dict[str, Any], columns: Sequence[str], described: metadata_container) -> pl.DataFrame:
    kinds, formats = described.readstat_variable_types, described.original_variable_types
    return pl.DataFrame(
        pl.Series(name, values[name], dtype=pl.String)
        if kinds[name] == "string"
        else _in_format(pl.Series(name, values[name], dtype=pl.Float64), formats[name] or "")
        for name in columns
    )


def _in_format(numbers: pl.Series, form: str) -> pl.Series:
    """SAS has numbers only; the format says that one counts days or seconds from the first of January 1960."""
    named = FORMAT.fullmatch(form.upper())
    if named and DAY.fullmatch(named[1]):
        return (numbers.floor() - DAYS_TO_1970).clip(FIRST_DAY, LAST_DAY).cast(pl.Int32).cast(pl.Date)
    if named and MOMENT.fullmatch(named[1]):
        since_1970 = (numbers - SECONDS_TO_1970).clip(FIRST_DAY * 86400, LAST_DAY * 86400)
        return (since_1970 * 1e6).round().cast(pl.Int64).cast(pl.Datetime("us"))
    return numbers
