"""Looks through written files for text that looks like a person's number. A hit is critical; its value is never told.

A number counts where it stands alone: digits inside a longer run of digits, inside hexadecimal text (hashes, UUIDs) or
after a decimal point are something else. Letters other than a-f beside it do not hide it.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from pipelines.errors import StoreFailed, UserError
from pipelines.identity import NUMBER_FOUND, masked
from pipelines.scan_parquet import hits_in_parquet
from pipelines.scan_rule import STANDS_ALONE, Hit
from pipelines.tables_at import FILE as TABLES_AT
from pipelines.tables_at import address_of

BLOCK = 1 << 24
LONGEST = 16
"""No number, with what must stand around it, is longer than this."""

SIZES = re.compile(r'"(?:size|bytes|numRecords)" ?: ?[0-9]+')
"""In JSON a file of some gigabytes has a size of ten digits."""

LARGEST_UNPACKED, DEEPEST_ZIP = 1 << 30, 4
"""Bytes of all members of a zip, with those of zips in it: what is larger is told as unread."""

ZIP, GZIP, PARQUET = b"PK\x03\x04", b"\x1f\x8b", b"PAR1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Findings:
    """What a scan found, and how much it has looked at. `unread` files could not be opened: nothing is said of them."""

    hits: tuple[Hit, ...]
    unread: tuple[str, ...]
    files: int
    bytes: int

    @property
    def is_clean(self) -> bool:
        """Every file was read, and no number was in any."""
        return not self.hits and not self.unread


UNREADABLE = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    pl.exceptions.PolarsError,
)
"""Locked, damaged, or packed in a way that nobody here can open: nothing is known about it, and that is told."""


def scan(paths: Iterable[Path]) -> Findings:
    """Files, and folders with all that is below them: contents, names, columns of Parquet, members of workbooks."""
    hits: list[Hit] = []
    unread: list[str] = []
    files = size = 0
    for root, file in _files(paths):
        name = masked(str(file.relative_to(root.parent)))
        hits += _hits_in_name(file.relative_to(root.parent), name)
        try:
            hits += [replace(hit, file=name) for hit in _hits_in_file(file)]
            size += file.stat().st_size
            files += 1
        except UNREADABLE:
            unread.append(name)
        if file.name == TABLES_AT:
            unread += _tables_elsewhere(file, name)
    return Findings(tuple(hits), tuple(unread), files, size)


def _tables_elsewhere(file: Path, name: str) -> list[str]:
    """The address of tables that were not looked into; the name of a file that names none."""
    try:
        address = address_of(file.parent)
    except StoreFailed:
        return [name]
    return [address] if address else []


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    for path in paths:
        root = path.resolve()
        if not root.exists():
            raise UserError(f"There is nothing at {masked(str(path))}", to_do="Check the path.")
        found = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from ((root, file) for file in found if file.is_file())


def _hits_in_name(path: Path, name: str) -> list[Hit]:
    found = len(NUMBER_FOUND.findall(str(path)))
    return [Hit(name, "the file's name", found)] if found else []


def _hits_in_file(file: Path) -> Iterator[Hit]:
    with file.open("rb") as opened:
        begins = opened.read(4)
        opened.seek(0)
        if begins == PARQUET:
            yield from hits_in_parquet(file)
        elif begins == ZIP:
            yield from _hits_in_zip(opened)
        elif begins[:2] == GZIP:
            with gzip.open(opened) as unpacked:
                yield from _hits_in_text(cast("BinaryIO", unpacked), "line")
        else:
            yield from _hits_in_text(opened, "line")


def _hits_in_zip(opened: BinaryIO, left: int = LARGEST_UNPACKED, depth: int = 1) -> Iterator[Hit]:
    """Workbooks are zips; a zip in a zip is opened, too. What unpacks to more than it can hold is not looked into."""
    with zipfile.ZipFile(opened) as packed:
        left -= sum(member.file_size for member in packed.infolist())
        if left < 0 or depth > DEEPEST_ZIP:
            raise zipfile.LargeZipFile
        for member in packed.namelist():
            name = masked(member)
            if NUMBER_FOUND.search(member):
                yield Hit("", f"name of member {name}", 1)
            content = BytesIO(packed.read(member))
            is_zip = content.getvalue()[:4] == ZIP
            inside = _hits_in_zip(content, left, depth + 1) if is_zip else _hits_in_text(content, "line")
            for hit in inside:
                yield replace(hit, place=f"{name}, {hit.place}")


def _hits_in_text(opened: BinaryIO, place: str) -> Iterator[Hit]:
    """One hit per file: how many, and the first line. Bytes are read as Latin-1: what is not ASCII is no digit."""
    lines_before, found, first = 0, 0, 0
    for text in _texts(opened):
        if pl.Series([text]).str.contains(STANDS_ALONE).item():
            inside = [match.start() for match in NUMBER_FOUND.finditer(SIZES.sub("", text))]
            if inside and not found:
                first = lines_before + text.count("\n", 0, inside[0]) + 1
            found += len(inside)
        lines_before += text.count("\n")
    if found:
        yield Hit("", f"from {place} {first}", found)


def _texts(opened: BinaryIO) -> Iterator[str]:
    """The file in blocks that end with a line, or overlap where there are no lines."""
    carried = opened.read(2)
    is_wide = carried in UTF_16
    while block := opened.read(BLOCK):
        whole = carried + (block.replace(b"\0", b"") if is_wide else block)
        end = whole.rfind(b"\n") + 1
        yield (whole[:end] if end else whole).decode("latin-1")
        carried = whole[end:] if end else whole[-LONGEST:]
    yield carried.decode("latin-1")
