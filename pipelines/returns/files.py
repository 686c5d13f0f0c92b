"""A return as a file: a zip of `return.json` and six CSV tables. Written whole or not at all; read with limits."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.private_file import write_private
from pipelines.returns.count_tables import TABLES, CountTable
from pipelines.returns.form import MANIFEST, Manifest, broken_checksum, other_form, read_manifest, table_file
from pipelines.returns.refusals import ReturnRefused

LARGEST_FILE = 20_000_000
LARGEST_TABLE = 50_000_000
LARGEST_MANIFEST = 1_000_000
"""Bytes. The return of Copenhagen is a hundredth of these."""

PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others unpack without a limit, and have errors of their own."""

ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The moment of every part of the zip: the same counts are the same bytes."""


def csv_of(rows: pl.DataFrame) -> bytes:
    """UTF-8, comma, a heading, no quotes where none are needed."""
    return rows.write_csv().encode()


def sha256(content: bytes) -> str:
    """In hex digits."""
    return hashlib.sha256(content).hexdigest()


def write_return(out: Path, manifest: bytes, tables: Mapping[str, bytes]) -> None:
    """For the owner's eyes alone; nobody sees a half-written one. StoreFailed when it cannot be written."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in {MANIFEST: manifest, **{table_file(of): rows for of, rows in tables.items()}}.items():
            parts.writestr(zipfile.ZipInfo(name, ALWAYS), content, zipfile.ZIP_DEFLATED)
    write_private(out, whole.getvalue())


@dataclass(frozen=True)
class Sealed:
    """A return whose checksum fits: what it says, in its canonical form too, and its tables as they came."""

    manifest: Manifest
    canonical: bytes
    parts: Mapping[str, bytes]
    content: bytes

    def tables(self) -> dict[str, pl.DataFrame]:
        """ReturnRefused when one has another form."""
        return {
            each.name: read_table(self.parts[each.name], TABLES[each.name], each.rows) for each in self.manifest.tables
        }


def read_return(file: Path) -> Sealed:
    """ReturnRefused: too large, cut, changed, or of another form.

    Whose signature it has, and whether the counts add up, is asked elsewhere.
    """
    content = _bytes_of(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _assert_expected(parts)
            manifest, canonical = read_manifest(_part(parts, MANIFEST, LARGEST_MANIFEST))
            if sorted(each.name for each in manifest.tables) != sorted(TABLES):
                raise other_form("return.json does not name each of the six tables once")
            found: dict[str, bytes] = {
                each.name: _part(parts, table_file(each.name), LARGEST_TABLE) for each in manifest.tables
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as fault:
        raise _cut_or_none(content) from fault
    for each in manifest.tables:
        if sha256(found[each.name]) != each.sha256:
            raise broken_checksum(table_file(each.name))
    return Sealed(manifest, canonical, found, content)


def _bytes_of(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise FileNotFoundError
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as fault:
        raise ReturnRefused("not_a_return", "The file cannot be read", to_do="Look at its place and rights.") from fault
    if len(content) > LARGEST_FILE:
        raise too_large("the file as a whole")
    return content


def _cut_or_none(content: bytes) -> ReturnRefused:
    """A zip that begins as one and does not end as one was cut on its way."""
    if content.startswith(b"PK"):
        return broken_checksum("the file as a whole")
    return ReturnRefused("not_a_return", "The file is no return", to_do="Give what `roedtraad return export` wrote.")


def too_large(where: str) -> ReturnRefused:
    """No municipality has so much to return."""
    return ReturnRefused(
        "too_large",
        "The file, or what is packed in it, is too large for a return",
        where=where,
        to_do="Do not open it.",
    )


def _assert_expected(parts: zipfile.ZipFile) -> None:
    """Exactly the parts of a return, each once, packed in a usual way, none larger than a return can be."""
    names = [part.filename for part in parts.infolist()]
    if sorted(names) != sorted([MANIFEST, *map(table_file, TABLES)]):
        raise other_form("The file has other parts than a return", f"{len(names)} parts")
    if any(part.compress_type not in PACKED for part in parts.infolist()):
        raise other_form("The file is packed in an unusual way")
    if any(part.file_size > LARGEST_TABLE for part in parts.infolist()):
        raise too_large("a table")


def _part(parts: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """Never more than `largest`, whatever the zip says of itself."""
    with parts.open(name) as opened:
        content = opened.read(largest + 1)
    if len(content) > largest:
        raise too_large(name)
    return content


def read_table(content: bytes, declared: CountTable, rows: int) -> pl.DataFrame:
    """Strictly as declared: another column, text in a number or an empty field is another form."""
    where = table_file(declared.name)
    if content.partition(b"\n")[0].decode("utf-8", "replace").strip() != ",".join(declared.columns):
        raise other_form("A table has other columns", where)
    try:
        found = pl.read_csv(content, schema=declared.schema, truncate_ragged_lines=False)
    except pl.exceptions.PolarsError as fault:
        raise other_form("A table has something else than counts", where) from fault
    if found.height != rows:
        raise other_form("A table has another number of rows than return.json says", where)
    may_not = [column for column in declared.columns if column not in declared.may_be_null]
    if found.select(pl.any_horizontal(pl.col(may_not).is_null().any())).item():
        raise other_form("A table has empty fields", where)
    return found
