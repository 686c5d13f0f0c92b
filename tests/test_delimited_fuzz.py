"""Delimited text of every kind: what is written is read back cell by cell, and what cannot be read is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.sources.declarations import Form
from pipelines.sources.forms import delimited

pytestmark = pytest.mark.slow

PRIVATE = "hemmelig"
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1")
LETTERS = 'aZ09 ;,"\t\r\næøåÆØÅéü§\xa0'

MANNERS = ((csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n"))
"""How the writer quotes and ends lines. It leaves a lone return bare where lines end with a line feed alone."""

blocks = st.sampled_from([1, 2, 3, 7, 64, delimited.BLOCK])
encodings = st.sampled_from(ENCODINGS)
cells = st.text(st.sampled_from(LETTERS), max_size=6)
thorough = settings(derandomize=True, deadline=None, max_examples=200)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "delivery.csv"


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12).map(lambda rows: rows or [[]]))


def read(file: Path, encoding: str, block: int) -> list[tuple[object, ...]] | UserError:
    """The rows, or what the user is told."""
    form = Form("delimited", encoding=encoding)
    try:
        names = [name for name in delimited.heading(file, form) if name]
        return pl.concat(delimited.batches(file, form, names, block)).rows()
    except UserError as refused:
        return refused


def written(heading: list[str], rows: list[list[str]], quoting: int, line_end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator=line_end, quoting=quoting).writerows([heading, *rows])
    return text.getvalue()


def says_anything(row: list[str]) -> bool:
    return any(cell.strip(" \t\r\n\xa0") for cell in row)


def is_told_apart(text: bytes, encoding: str) -> bool:
    """Latin text that happens to be UTF-8 throughout (`Å` before a no-break space) is refused, and rightly so."""
    if encoding.startswith("utf") or text.isascii():
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


@thorough
@given(tables(), encodings, st.sampled_from(MANNERS), blocks)
def test_any_table_is_read_back_cell_by_cell(
    file: Path, table: list[list[str]], encoding: str, manner: tuple[int, str], block: int
) -> None:
    heading = [f"Søjle {at}" for at in range(len(table[0]))] or ["Søjle"]
    rows = [row for row in table if row]
    content = written(heading, rows, *manner).encode(encoding)
    assume(is_told_apart(content, encoding))
    file.write_bytes(content)
    assert read(file, encoding, block) == [(*row, at) for at, row in enumerate(rows, start=1) if says_anything(row)]


@thorough
@given(st.text(st.sampled_from('a;"\n\ræ'), max_size=24), blocks)
def test_what_is_accepted_is_what_another_reader_reads_and_no_row_is_swallowed(
    file: Path, body: str, block: int
) -> None:
    file.write_text("x;y\n" + body, encoding="utf-8", newline="")
    rows = read(file, "utf-8", block)
    if isinstance(rows, list):
        records = list(csv.reader(io.StringIO(body, newline=""), delimiter=";", strict=True))
        assert rows == [(*record, at) for at, record in enumerate(records, start=1) if says_anything(record)]


@thorough
@given(st.lists(st.text(st.sampled_from("aæ;"), max_size=5), min_size=1, max_size=12), st.booleans(), blocks)
def test_unquoted_rows_are_accepted_when_and_only_when_they_are_even(
    file: Path, lines: list[str], ends_with_line_end: bool, block: int
) -> None:
    file.write_text("x;y;z\n" + "\n".join(lines) + "\n" * ends_with_line_end, encoding="utf-8")
    rows = read(file, "utf-8", block)
    uneven = [at for at, line in enumerate(lines, start=1) if line and line.count(";") != 2]
    if uneven:
        assert f"(row {uneven[0]})" in str(rows)
    else:
        full = [(at, line.split(";")) for at, line in enumerate(lines, start=1) if line.strip(";")]
        assert rows == [(*cells, at) for at, cells in full]


@thorough
@given(st.binary(max_size=80), encodings, blocks)
def test_any_bytes_at_all_are_read_or_refused(file: Path, content: bytes, encoding: str, block: int) -> None:
    file.write_bytes(content)
    rows = read(file, encoding, block)
    assert isinstance(rows, list) or rows.to_do


DAMAGES = st.tuples(
    st.integers(0, 200),
    st.integers(0, 3),
    st.sampled_from([b'"', b";", b"\n", b"\r", b"\0", b"\xe6", b"\xc3\xa6", b"\x81", b""]),
)


@thorough
@given(st.lists(DAMAGES, min_size=1, max_size=4), encodings, blocks)
def test_a_damaged_file_is_read_or_refused_and_no_message_tells_a_value(
    file: Path, damages: list[tuple[int, int, bytes]], encoding: str, block: int
) -> None:
    cell = f"{PRIVATE} {PRIVATE}"
    content = written(["x", "y"], [[cell, f'{cell};"{cell}"\n{cell}']] * 3, csv.QUOTE_MINIMAL, "\r\n").encode()
    for at, lost, found in damages:
        content = content[:at] + found + content[at + lost :]
    file.write_bytes(content)
    rows = read(file, encoding, block)
    if isinstance(rows, UserError):
        told = [rows, rows.__cause__, None if rows.__suppress_context__ else rows.__context__]
        assert PRIVATE[:4] not in " ".join(map(str, told))
