"""SAS files as registers deliver them: an uncompressed 64-bit little-endian `.sas7bdat`, written by us.

No Python library writes the format. The facts are those of the public notes "SAS7BDAT Database Binary Format": a
header, one page that describes the columns (its parts stand at its end, the first one last), then pages of rows of one
width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from struct import pack, pack_into

import numpy as np
import numpy.typing as npt
import polars as pl

MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
SIXTY_FOUR_BITS, UNPADDED, LITTLE_ENDIAN, UNIX, UTF_8 = 0x33, 0x22, 1, ord("1"), 20
HEADER_SIZE = 8192
SMALLEST_PAGE = 16384
PAGE_HEADER = 40
POINTER = 24
DATA_PAGE = 0x0100
TEXT_AHEAD = 28
"""Text begins so many bytes after the size field of its part."""

MISSING = np.array([0xFFFFFE0000000000], dtype="<u8").view("<f8")[0]
SAS_DAY_ZERO = date(1960, 1, 1)
MADE_ON = 60 * 365.25 * 86400
"""Seconds after the first day of 1960; fixed, so that the same rows are the same bytes."""

PART_SIGNS = {
    "row_size": "f7f7f7f700000000",
    "column_size": "f6f6f6f600000000",
    "text": "fdffffffffffffff",
    "names": "ffffffffffffffff",
    "attributes": "fcffffffffffffff",
    "format": "fefbffffffffffff",
}
LISTS = ("text", "names", "attributes")
FORMATS: dict[type[pl.DataType], str] = {pl.Date: "DATE", pl.Datetime: "DATETIME"}


@dataclass(frozen=True)
class Column:
    """One column: `offset` and `width` in bytes inside a row, and the SAS format that says what a number means."""

    name: str
    offset: int
    width: int
    is_text: bool
    format: str


def write_sas(rows: pl.DataFrame, file: Path, dataset: str) -> None:
    """Numbers, truth values (1 and 0), dates, moments and text (UTF-8; null is written as blank, as SAS does)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = _columns(rows)
    row_length = sum(column.width for column in columns)
    page_size = _page_size(columns, row_length)
    per_page = (page_size - PAGE_HEADER) // row_length
    starts = range(0, max(1, rows.height), per_page)
    packed = _packed(rows, columns)
    with file.open("wb") as out:
        out.write(_header(dataset, page_size, pages=1 + len(starts)))
        out.write(_described(columns, rows.height, row_length, page_size))
        for start in starts:
            out.write(_data_page(packed[start : start + per_page], page_size))


def _columns(rows: pl.DataFrame) -> list[Column]:
    is_text = [not (kind.is_numeric() or kind.is_temporal() or kind == pl.Boolean) for kind in rows.dtypes]
    widths = [_width(values) if text else 8 for values, text in zip(rows, is_text, strict=True)]
    offsets = accumulate(widths, initial=0)
    formats = [FORMATS.get(type(kind), "") for kind in rows.dtypes]
    return [Column(*one) for one in zip(rows.columns, offsets, widths, is_text, formats, strict=False)]


def _width(texts: pl.Series) -> int:
    """Bytes of the longest text; SAS has no column without width."""
    longest = texts.cast(pl.String).str.len_bytes().max()
    return max(1, longest) if isinstance(longest, int) else 1


def _page_size(columns: list[Column], row_length: int) -> int:
    """The smallest power of two that takes all the descriptions, and a row."""
    described = PAGE_HEADER + sum(len(part) + POINTER for _, part in _parts(columns, 0, row_length, 0))
    return max(SMALLEST_PAGE, 1 << (max(described, PAGE_HEADER + row_length) - 1).bit_length())


def _header(dataset: str, page_size: int, pages: int) -> bytes:
    header = bytearray(HEADER_SIZE)
    header[:32] = MAGIC
    header[32:40] = bytes([SIXTY_FOUR_BITS, UNPADDED, 0, UNPADDED, UNPADDED, LITTLE_ENDIAN, 2, UNIX])
    header[70] = UTF_8
    texts = {84: b"SAS FILE", 92: dataset.encode("ascii")[:64].ljust(64), 156: b"DATA    "}
    for at, text in (texts | {220: b"9.0401M6", 228: b"Linux", 276: b"x86_64"}).items():
        header[at : at + len(text)] = text
    pack_into("<dddd", header, 164, MADE_ON, MADE_ON, 0, 0)
    pack_into("<IIQ", header, 196, HEADER_SIZE, page_size, pages)
    return bytes(header)


def _described(columns: list[Column], row_count: int, row_length: int, page_size: int) -> bytes:
    """The page of descriptions: pointers from the front, what they point to from the end."""
    page, end = bytearray(page_size), page_size
    parts = list(_parts(columns, row_count, row_length, page_size))
    pack_into("<HHH", page, 32, 0, len(parts), len(parts))
    for at, (kind, part) in enumerate(parts):
        end -= len(part)
        page[end : end + len(part)] = part
        pack_into("<QQBB", page, PAGE_HEADER + at * POINTER, end, len(part), 0, kind in LISTS)
    return bytes(page)


def _parts(columns: list[Column], row_count: int, row_length: int, page_size: int) -> Iterator[tuple[str, bytes]]:
    """The parts in the order in which readers need them: names and formats point into the text."""
    text, places = _text([column.name for column in columns] + sorted({column.format for column in columns}))
    sizes = bytearray(808)
    pack_into("<QQ", sizes, 40, row_length, row_count)
    pack_into("<Q", sizes, 72, len(columns))
    pack_into("<Q", sizes, 104, page_size)
    yield _part("row_size", bytes(sizes[8:]))
    yield _part("column_size", pack("<QQ", len(columns), 0))
    yield _part("text", text)
    yield _part("names", _list(b"".join(pack("<HHHH", 0, *places[column.name], 0) for column in columns)))
    yield _part("attributes", _list(b"".join(_attributes(column) for column in columns)))
    for column in columns:
        yield _part("format", pack("<38xHHH12x", 0, *places[column.format]))


def _part(kind: str, content: bytes) -> tuple[str, bytes]:
    return kind, bytes.fromhex(PART_SIGNS[kind]) + content


def _list(entries: bytes) -> bytes:
    """Entries of a list with its size before them and twelve empty bytes after them."""
    return pack("<HHHH", len(entries) + 8, 0, 0, 0) + entries + bytes(12)


def _attributes(column: Column) -> bytes:
    is_long = len(column.name.encode()) > 8
    return pack("<QIHBx", column.offset, column.width, 2048 if is_long else 4, 2 if column.is_text else 1)


def _text(words: list[str]) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """All names behind each other, each from a fourth byte on, with (offset, length) of each."""
    written, places = b"", {}
    for word in words:
        places[word] = (TEXT_AHEAD + len(written), len(word.encode()))
        written += word.encode() + bytes(-len(word.encode()) % 4)
    ahead = bytes(10) + b" " * 8 + bytes(8)
    size = 2 + len(ahead) + len(written)
    return pack("<H", size) + ahead + written + bytes(12), places


def _data_page(rows: npt.NDArray[np.void], page_size: int) -> bytes:
    head = bytes(32) + pack("<HHHH", DATA_PAGE, len(rows), 0, 0)
    return (head + rows.tobytes()).ljust(page_size, b"\0")


def _packed(rows: pl.DataFrame, columns: list[Column]) -> npt.NDArray[np.void]:
    """The rows as they stand in the file: fields of fixed width behind each other."""
    fields = [(str(at), f"S{column.width}" if column.is_text else "<f8") for at, column in enumerate(columns)]
    packed = np.zeros(rows.height, dtype=fields)
    for (field, _), column in zip(fields, columns, strict=True):
        values = rows[column.name]
        packed[field] = _bytes_of(values, column.width) if column.is_text else _numbers(values)
    return packed


def _bytes_of(values: pl.Series, width: int) -> npt.NDArray[np.bytes_]:
    """Text filled up with blanks to the width of its column."""
    text = values.cast(pl.String).fill_null("")
    blanks = pl.lit(" " * width).str.slice(0, width - pl.col("text").str.len_bytes())
    filled = text.alias("text").to_frame().select(pl.col("text") + blanks).to_series()
    return np.frombuffer(filled.str.join("").item().encode(), dtype=f"S{width}")


def _numbers(values: pl.Series) -> npt.NDArray[np.float64]:
    """Dates are days, moments seconds after the first of January 1960."""
    if values.dtype.is_temporal():
        since = values.dt.cast_time_unit("us") if values.dtype == pl.Datetime else values
        start = pl.Series([SAS_DAY_ZERO]).cast(values.dtype)
        elapsed = (since - start).dt.total_microseconds()
        values = elapsed / (1e6 if values.dtype == pl.Datetime else 86400e6)
    numbers = values.cast(pl.Float64).fill_nan(None)
    return np.where(numbers.is_null().to_numpy(), MISSING, numbers.fill_null(0.0).to_numpy())
