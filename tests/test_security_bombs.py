"""Files that are small and become large, or that never end: each gets one clear message, soon, in little memory."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest
from xlsxwriter import Workbook

from pipelines.sources.forms import sas

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES = 5.0, 200
"""Of computing, and of memory beyond what the readers had before. The worst of these took 8 s and 4,500 MB, or the
process with it, before they were looked at first."""

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BLANKS = b" " * (90 << 20)
"""Packs to a thousandth."""

LAUGHS = (
    b'<!DOCTYPE s [<!ENTITY a "' + b"ha" * 10 + b'">'
    b"%s]>" % b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9))
)
FETCHED = b'<!DOCTYPE s [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
ENTITY = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&j;</t></si></sst>'


def workbook(folder: Path) -> dict[str, bytes]:
    with Workbook(folder / "plain.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["a", "b"])
    return parts_of(folder / "plain.xlsx")


def parts_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(file: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def with_rows(parts: dict[str, bytes], rows: bytes) -> dict[str, bytes]:
    return parts | {SHEET: parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")}


def lying(file: Path, name: str) -> None:
    """The zip says that a part is of ten bytes."""
    content = bytearray(file.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    struct.pack_into("<I", content, entry + 24, 10)
    file.write_bytes(content)


def workbooks(folder: Path, parts: dict[str, bytes]) -> None:
    cell = b'<row r="%d"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row>'
    far = cell % (1048576, b"XFD1048576")
    for name, content in {
        "far-cell": with_rows(parts, far),
        "far-cell-otherwise-written": with_rows(parts, far.replace(b' r="XFD1048576"', b"\n r = 'xfd1048576'")),
        "far-cell-in-utf-16": with_rows(parts, far) | {SHEET: with_rows(parts, far)[SHEET].decode().encode("utf-16")},
        "far-cell-in-a-part-of-another-name": {
            SHEET.replace("xml", "dat") if part == SHEET else part: said.replace(b"sheet1.xml", b"sheet1.dat")
            for part, said in with_rows(parts, far).items()
        },
        "blanks": with_rows(parts, b'<row r="9"><c t="inlineStr"><is><t>' + BLANKS + b"</t></is></c></row>"),
        "strings": parts | {STRINGS: parts[STRINGS].replace(b"</sst>", b"<si><t>a</t></si>" * 5_000_000 + b"</sst>")},
        "billion-laughs": parts | {STRINGS: LAUGHS + ENTITY},
        "entity-from-elsewhere": parts | {STRINGS: FETCHED + ENTITY},
        "deep": with_rows(parts, b'<row r="9">' + b"<c>" * 500_000),
        "many-parts": parts | {f"xl/x{at}.xml": b"" for at in range(6_000)},
        "of-two-forms": parts | {"content.xml": b"<x/>"},
    }.items():
        zipped(folder / f"delivery-{name}.xlsx", content)
    zipped(folder / "look-far-cell.xlsx", with_rows(parts, far))
    zipped(folder / "delivery-lies-of-its-size.xlsx", with_rows(parts, b"<row>" * 100_000))
    lying(folder / "delivery-lies-of-its-size.xlsx", SHEET)
    zipped(folder / "form-blanks.xlsx", with_rows(parts, BLANKS))
    zipped(folder / "form-many-parts.xlsx", parts | {f"xl/x{at}.xml": b"" for at in range(6_000)})


def templates(folder: Path, scratch: Path) -> None:
    docx.Document().save(str(scratch / "plain.docx"))
    parts = parts_of(scratch / "plain.docx")
    body = parts["word/document.xml"]
    head, rest = body.split(b"<w:document", 1)
    zipped(folder / "template-blanks.docx", parts | {"word/x.xml": BLANKS})
    zipped(
        folder / "template-billion-laughs.docx", parts | {"word/document.xml": head + LAUGHS + b"<w:document" + rest}
    )
    zipped(folder / "template-in-utf-16.docx", parts | {"word/document.xml": body.decode().encode("utf-16")})


def reports(folder: Path) -> None:
    bundle, patient = b'{"resourceType":"Bundle","entry":%s}', b'{"resourceType":"Patient","x":%s}'
    deep = b"[" * 2_000_000 + b"]" * 2_000_000
    (folder / "fhir-deep.json").write_bytes(bundle % deep)
    (folder / "fhir-deep-entry.json").write_bytes(bundle % (b'[{"resource":%s}]' % (patient % deep)))
    (folder / "fhir-deep.ndjson").write_bytes(patient % deep + b"\n")
    (folder / "fhir-entries.json").write_bytes(bundle % (b"[" + b"{}," * 2_000_000 + b"{}]"))
    (folder / "fhir-digits.json").write_bytes(b'{"resourceType":"Bundle","timestamp":%s}' % (b"9" * 1_000_000))
    inner = bundle % b"[]"
    for _ in range(3_000):
        inner = b'{"resourceType":"Bundle","entry":[{"resource":%s}]}' % inner
    (folder / "fhir-bundles-in-bundles.json").write_bytes(inner)
    for name, size in (("fhir-too-long.ndjson", 1 << 29), ("fhir-too-long.json", (1 << 30) + 1)):
        with (folder / name).open("wb") as hollow:
            hollow.write(b'{"resourceType":"Patient","x":"')
            hollow.truncate(size)


def columns(folder: Path) -> None:
    pl.select(pl.repeat(0, 30_000_000, dtype=pl.Int8).alias("a")).write_parquet(
        folder / "parquet-hollow.parquet", row_group_size=30_000_000, statistics=False
    )
    whole = (folder / "parquet-hollow.parquet").read_bytes()
    (folder / "parquet-long-footer.parquet").write_bytes(whole[:-8] + struct.pack("<I", 0xFFFFFFF0) + b"PAR1")
    head = bytearray(8192)
    head[12:32], head[32], head[35], head[37] = sas.MAGIC, ord("3"), ord("3"), 1
    for name, page_size, pages in (("pages", 4096, 1 << 40), ("page", 0xFFFFFFF0, 0), ("no-page", 0, 1 << 40)):
        struct.pack_into("<IIQ", head, 200, 1024, page_size, pages)
        (folder / f"sas-{name}.sas7bdat").write_bytes(head)


def packed(folder: Path) -> None:
    zipped(folder / "return-blanks.zip", {"return.json": BLANKS})
    zipped(folder / "scan-blanks.zip", {f"{at}.txt": BLANKS for at in range(12)})
    inner = folder.parent / "inner.zip"
    zipped(inner, {"a.txt": b"a"})
    for _ in range(8):
        zipped(inner, {"a.zip": inner.read_bytes()})
    inner.rename(folder / "scan-zips-in-zips.zip")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    scratch = tmp_path_factory.mktemp("bombs")
    folder = scratch / "all"
    folder.mkdir()
    workbooks(folder, workbook(scratch))
    templates(folder, scratch)
    reports(folder)
    columns(folder)
    packed(folder)
    command = [sys.executable, str(Path(__file__).parent / "bombs_in_a_process.py"), str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    yield {line["bomb"]: line for line in map(json.loads, done.stdout.splitlines())}
    for file in folder.iterdir():
        file.unlink()


REFUSED = """
delivery-far-cell.xlsx, delivery-far-cell-otherwise-written.xlsx, delivery-far-cell-in-utf-16.xlsx
delivery-far-cell-in-a-part-of-another-name.xlsx, delivery-blanks.xlsx, delivery-strings.xlsx
delivery-billion-laughs.xlsx, delivery-entity-from-elsewhere.xlsx, delivery-deep.xlsx, delivery-many-parts.xlsx
delivery-of-two-forms.xlsx, look-far-cell.xlsx, delivery-lies-of-its-size.xlsx, form-blanks.xlsx, form-many-parts.xlsx
template-blanks.docx, template-billion-laughs.docx, template-in-utf-16.docx
fhir-deep.json, fhir-deep-entry.json, fhir-deep.ndjson, fhir-entries.json, fhir-digits.json, fhir-too-long.ndjson
fhir-too-long.json, fhir-bundles-in-bundles.json, parquet-hollow.parquet, parquet-long-footer.parquet
sas-pages.sas7bdat, sas-page.sas7bdat, sas-no-page.sas7bdat, return-blanks.zip
"""


@pytest.mark.parametrize("bomb", REFUSED.replace("\n", ", ").strip(", ").split(", "))
def test_a_bomb_is_refused_with_one_message_soon_and_in_little_memory(
    told: dict[str, dict[str, Any]], bomb: str
) -> None:
    assert bomb in told, "the process ended before it"
    ended = told[bomb]
    assert ended["ended"] == "refused", ended
    assert ended["said"]
    assert (ended["seconds"] < SECONDS, ended["megabytes"] < MEGABYTES) == (True, True), ended


@pytest.mark.parametrize("bomb", ["scan-blanks.zip", "scan-zips-in-zips.zip"])
def test_the_search_for_numbers_tells_what_it_did_not_look_into(told: dict[str, dict[str, Any]], bomb: str) -> None:
    ended = told[bomb]
    assert bomb in ended["said"]
    assert (ended["seconds"] < SECONDS, ended["megabytes"] < MEGABYTES) == (True, True), ended
