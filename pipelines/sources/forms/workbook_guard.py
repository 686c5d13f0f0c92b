"""Whether a workbook may be opened at all: it unpacks to what it says, and its cells stand close together.

A few kilobytes can unpack to gigabytes, and one cell at the far end of a sheet makes a reader lay out all between. The
library that reads workbooks then ends the process, so this is asked before it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pipelines.sources import files

LARGEST_UNPACKED, USUAL = 1 << 30, 64 << 20
MOST_RATIO = 100
"""A workbook of rows packs to a tenth. Asked from USUAL bytes on: what is smaller harms nobody."""

MOST_PARTS = 5_000
MOST_PLACES, PLACES_PER_CELL = 20_000_000, 20
"""Places from the first cell to the last one, in all; more only where the cells fill them."""

BLOCK, OVERLAP = 1 << 20, 40
PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
LOCAL_HEADER = 30

OF_OTHER_FORMS = {"xl/workbook.bin", "content.xml"}
"""Workbooks in binary and of OpenDocument: their cells stand elsewhere. Text in UTF-16 would hide them as well."""


def assert_bounded(file: Path) -> None:
    """RefusedDelivery for what is no .xlsx, and for one that is packed or spread as no table of rows is."""
    try:
        with ZipFile(file) as packed, file.open("rb") as stream:
            _assert_parts(file, packed.infolist())
            for part in packed.infolist():
                _assert_part(file, stream, part)
    except (BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError):
        raise _not_whole(file) from None
    except OSError as fault:
        raise files.unreadable(file, fault) from fault


def _assert_parts(file: Path, parts: list[ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names or names & OF_OTHER_FORMS:
        raise _not_whole(file)
    unpacked = sum(part.file_size for part in parts)
    is_dense = unpacked > USUAL and unpacked > MOST_RATIO * file.stat().st_size
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or is_dense:
        raise files.refused(
            file,
            f"it unpacks to {unpacked >> 20} MB in {len(parts)} parts, as no table of rows does",
            "Ask for it again; a large table comes better as CSV or Parquet.",
        )


def _assert_part(file: Path, stream: BinaryIO, part: ZipInfo) -> None:
    """It unpacks to the size that the zip told, and no cell of a sheet stands far from all others."""
    unpacked, spread, before = 0, _Spread(), b""
    for block in _unpacked(stream, part):
        unpacked += len(block)
        if unpacked > part.file_size:
            raise _not_whole(file)
        if part.filename.lower().endswith((".xml", ".rels")) and b"\0" in block:
            raise _not_whole(file)
        spread.see(before + block)
        before = block[-OVERLAP:]
    if unpacked != part.file_size:
        raise _not_whole(file)
    if spread.is_wide:
        raise files.refused(
            file,
            f"a cell stands far from the others: a sheet reaches to row {spread.rows}, column {spread.columns}",
            "Delete the empty rows and columns behind the table, and save it again.",
        )


class _Spread:
    """How far the cells of a part reach, and how many there are. What is no sheet has none."""

    def __init__(self) -> None:
        self.rows, self.columns, self.cells = 0, 1, 0

    def see(self, xml: bytes) -> None:
        found = PLACE.findall(xml)
        self.cells += len(found)
        if found:
            self.rows = max(self.rows, *(int(row) for _, row in found), 0)
            self.columns = max(self.columns, *(_column(letters) for letters in {letters for letters, _ in found}), 1)

    @property
    def is_wide(self) -> bool:
        return self.rows * self.columns > max(MOST_PLACES, PLACES_PER_CELL * self.cells)


def _column(letters: bytes) -> int:
    """`A` is 1, `XFD` 16384; of a row alone 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _unpacked(stream: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """The bytes of a part in blocks, as they are: Python's own reader stops at the size that was told."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
        raise NotImplementedError
    stream.seek(part.header_offset)
    head = stream.read(LOCAL_HEADER)
    stream.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    left, inflating = part.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (packed := stream.read(min(left, BLOCK))):
        left -= len(packed)
        if part.compress_type == ZIP_STORED:
            yield packed
            continue
        while packed:
            yield inflating.decompress(packed, BLOCK)
            packed = inflating.unconsumed_tail


def _not_whole(file: Path) -> Exception:
    return files.refused(file, "it is not a whole Excel file", "Open and save it as .xlsx, or ask for it again.")
