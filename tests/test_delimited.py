"""Delimited text as Danish senders write it: read cell by cell, or refused whole with one clear message."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import RefusedDelivery, UserError
from pipelines.sources import files
from pipelines.sources.declarations import Form
from pipelines.sources.forms import delimited

TINY = 5
"""A block so small that every record lies across a border."""


def written(folder: Path, content: bytes | str, encoding: str = "utf-8") -> Path:
    file = folder / "kontakter.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def read(file: Path, encoding: str = "utf-8", separator: str = ";", block: int = delimited.BLOCK) -> pl.DataFrame:
    form = Form("delimited", encoding=encoding, separator=separator)
    names = [name for name in delimited.heading(file, form) if name]
    return pl.concat(delimited.batches(file, form, names, block))


def refusal(file: Path, encoding: str = "utf-8", block: int = delimited.BLOCK) -> str:
    with pytest.raises(RefusedDelivery) as refused:
        read(file, encoding, block=block)
    assert refused.value.to_do
    return refused.value.what.removeprefix("kontakter.csv is refused: ")


@pytest.mark.parametrize("block", [1, TINY, delimited.BLOCK])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
def test_danish_letters_quotes_and_line_breaks_are_read_in_every_encoding(
    tmp_path: Path, encoding: str, block: int
) -> None:
    text = 'Id;Bemærkning\r\n1;"Sagde ""nej"";\r\nså\nja"\r\n\r\n2;Åløkke\r\n'
    rows = read(written(tmp_path, text, encoding), encoding, block=block)
    assert rows.rows() == [("1", 'Sagde "nej";\r\nså\nja', 1), ("2", "Åløkke", 3)]
    assert rows.schema == {"Id": pl.String(), "Bemærkning": pl.String(), "_row": pl.Int64()}


def test_a_mark_of_byte_order_is_no_text_whether_declared_or_not(tmp_path: Path) -> None:
    file = written(tmp_path, '"Id";By\n1;Ærø\n', "utf-8-sig")
    assert read(file, "utf-8").rows() == read(file, "utf-8-sig").rows() == [("1", "Ærø", 1)]


def test_the_own_characters_of_cp1252_are_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, "Id\n– „5 €“\n", "cp1252"), "cp1252")["Id"].to_list() == ["– „5 €“"]


def test_leading_zeros_and_spaces_stay_and_an_empty_field_is_empty_text(tmp_path: Path) -> None:
    rows = read(written(tmp_path, 'Id;Navn;By\n007; x ;\n;"";NULL\n'))
    assert rows.rows() == [("007", " x ", "", 1), ("", "", "NULL", 2)]


def test_blank_rows_are_no_rows_but_keep_the_numbers_of_those_that_follow(tmp_path: Path) -> None:
    file = written(tmp_path, 'Id;By\r\n\r\n1;a\r\n;\r\n\r\n"";""\r\n2;b\r\n \t;\xa0\r\n\xa0; \r\n ;c')
    for block in (1, TINY, delimited.BLOCK):
        assert read(file, block=block).rows() == [("1", "a", 2), ("2", "b", 6), (" ", "c", 9)]


def test_a_heading_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    for text in ("Id;By", "Id;By\r\n"):
        rows = read(written(tmp_path, text))
        assert (rows.columns, rows.height) == (["Id", "By", "_row"], 0)


def test_only_the_columns_asked_for_are_given_in_the_order_asked(tmp_path: Path) -> None:
    file = written(tmp_path, "Id;By;;\n1;a;x;\n")
    rows = pl.concat(delimited.batches(file, Form("delimited"), ["By", "Id"]))
    assert rows.to_dicts() == [{"By": "a", "Id": "1", "_row": 1}]


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, "Id;By\n1;a\n")
    with pytest.raises(RefusedDelivery, match="columns are missing or renamed: Dato"):
        list(delimited.batches(file, Form("delimited"), ["Dato"]))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
def test_any_mark_may_separate(tmp_path: Path, separator: str) -> None:
    file = written(tmp_path, f'Id{separator}By\n1{separator}"a{separator}b"\n')
    assert read(file, separator=separator).rows() == [("1", f"a{separator}b", 1)]


@pytest.mark.parametrize("separator", ['"', "\n", "\r", "x", "7", "§", "\0"])
def test_what_cannot_separate_is_told(tmp_path: Path, separator: str) -> None:
    with pytest.raises(UserError, match="separator"):
        read(written(tmp_path, "Id;By\n"), separator=separator)


UNEVEN = "its rows do not have the fields of its heading; it is cut short or uses another separator"
ASTRAY = "a quotation mark stands where none can be"
REFUSED = [
    ("Id;By;Art\n1;a;x\n2;b\n", f"{UNEVEN} (row 2)"),
    ("Id;By;Art\n1;a;x\n\n2;b;x;\n", f"{UNEVEN} (row 3)"),
    ("Id;By;Art\n1;a\n2;b;x;y\n", f"{UNEVEN} (row 1)"),
    ('Id;By;Art\n1;"a;b"\n', f"{UNEVEN} (row 1)"),
    ("Id;By;Art\n1;a;x\n ", f"{UNEVEN} (row 2)"),
    ('Id;By\n1;"a\n2;b\n', "a quotation mark is never closed; it is cut short or damaged"),
    ('Id;By\n1;"\n', "a quotation mark is never closed; it is cut short or damaged"),
    ('Id;By\n1;5" rør\n2;6" rør\n', f"{ASTRAY} (byte 9)"),
    ('Id;By\n1;"a" b\n', f"{ASTRAY} (byte 10)"),
    ('Id;By\n1; "a"\n', f"{ASTRAY} (byte 9)"),
    ("Id;Id\n1;a\n", "its first line is no heading with a name of its own for each column"),
    ("_row;Id\n1;a\n", "it has a column _row, which is a name of ours for a row's place"),
    ("\nId;By\n1;a\n", "its first line is no heading with a name of its own for each column"),
    ("Id;By\r1;a\r", "its lines do not end with a line feed"),
    ("Id;By\n1\r;a\n", "its lines do not end with a line feed"),
    ("Id;By\n1;\0\n", "it holds NUL bytes: it is damaged, or written in UTF-16"),
    ("\ufeff", UNEVEN),
]


@pytest.mark.parametrize("block", [1, TINY, delimited.BLOCK])
@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_a_file_that_is_not_whole_or_even_is_refused(tmp_path: Path, text: str, told: str, block: int) -> None:
    assert refusal(written(tmp_path, text), block=block) == told


def test_a_quoted_return_is_text_and_no_line_end(tmp_path: Path) -> None:
    assert read(written(tmp_path, 'Id;By\n1;"a\rb\r"\n')).rows() == [("1", "a\rb\r", 1)]


def test_a_record_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.sources.forms.records.LONGEST_RECORD", 100)
    assert refusal(written(tmp_path, "Id;By\r1;a\r" * 50), block=TINY) == "its lines do not end with a line feed"
    told = refusal(written(tmp_path, 'Id;By\n1;"a\n' + "2;b\n" * 50), block=TINY)
    assert told == "a quotation mark is never closed; it is cut short or damaged"


def test_cp1252_declared_as_utf_8_is_refused_with_its_place(tmp_path: Path) -> None:
    for block in (TINY, delimited.BLOCK):
        told = refusal(written(tmp_path, "Id;By\n1;a\n2;Ærø\n", "cp1252"), block=block)
        assert told == "it is not in the declared encoding utf-8 (byte 12)"


@pytest.mark.parametrize("declared", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", ["Id;By\n1;a\n2;Ærø\n", "Id;Født\n1;a\n", "\ufeffId;By\n1;a\n"])
def test_utf_8_declared_as_another_encoding_is_refused(tmp_path: Path, declared: str, text: str) -> None:
    told = f"it is declared as {declared} but is written in UTF-8"
    assert refusal(written(tmp_path, text), declared, block=TINY) == told


def test_a_heading_in_utf_8_declared_as_cp1252_is_no_missing_column(tmp_path: Path) -> None:
    with pytest.raises(RefusedDelivery, match="is written in UTF-8"):
        delimited.heading(written(tmp_path, "Id;Født\n1;a\n"), Form("delimited", encoding="cp1252"))


def test_utf_16_is_told_as_what_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, "Id;By\n1;a\n", "utf-16")
    assert refusal(file, "cp1252") == "it is declared as cp1252 but is written in UTF-16"


@pytest.mark.parametrize(("encoding", "byte"), [("cp1252", b"\x81"), ("latin-1", b"\x80")])
def test_bytes_that_the_encoding_does_not_have_are_refused(tmp_path: Path, encoding: str, byte: bytes) -> None:
    file = written(tmp_path, b"Id;By\n1;\xe6\n2;" + byte + b"\n")
    assert refusal(file, encoding, block=TINY) == f"it is not in the declared encoding {encoding} (byte 12)"


def test_a_lazy_scan_gives_the_same_rows_and_tells_the_same_refusal(tmp_path: Path) -> None:
    file, form = written(tmp_path, "Id;By\n1;a\n2;b\n3;b\n"), Form("delimited")
    rows = delimited.scan(file, form)
    assert rows.filter(pl.col("By") == "b").select("Id", "_row").collect().rows() == [("2", 2), ("3", 3)]
    assert rows.head(1).collect().equals(read(file).head(1))
    file.write_text("Id;By\n1;a\n2\n")
    with pytest.raises(RefusedDelivery, match=r"\(row 2\)"):
        rows.select("Id").sink_parquet(tmp_path / "out.parquet")


def test_a_folder_and_a_link_to_nothing_are_told_before_reading(tmp_path: Path) -> None:
    (tmp_path / "mappe.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    told = {"mappe.csv": "it is a folder", "link.csv": "a link to a file that is gone", "gone.csv": "it is not there"}
    for name, words in told.items():
        with pytest.raises(RefusedDelivery, match=words):
            files.assert_not_empty(tmp_path / name)


NOBODY = 65534


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Root may read everything, so for a while the tests are run by nobody."""
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "open to all"
    folder.mkdir(mode=0o755)
    written(folder, "Id\n1\n").chmod(0)
    monkeypatch.chdir(folder)  # nobody may enter the folders above it
    with an_ordinary_user(), pytest.raises(RefusedDelivery, match="may not be read"):
        files.assert_not_empty(Path("kontakter.csv"))
