"""No written file holds a person's number: planted ones are found in every kind of file, and nothing else is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commanded import in_a_process, roedtraad
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.export import as_specified
from pipelines.flow import Source, run
from pipelines.identity import REAL_NUMBER, TEST_NUMBER
from pipelines.progress import Progress
from pipelines.scan import scan
from pipelines.scan_rule import STANDS_ALONE
from pipelines.store import Store

SAMPLE = Path(__file__).parent.parent / "sample_data" / "small"
TEST, REAL, REPLACEMENT = "680125-4001", "01" + "0125-4001", "31" + "01251ab1"


def text(folder: Path, value: str) -> Path:
    (folder / "page.html").write_text(f"<p>\n<b>{value}</b>\n", encoding="utf-8")
    return folder


def wide_text(folder: Path, value: str) -> Path:
    (folder / "from_excel.csv").write_text(f"a;b\n1;{value}\n", encoding="utf-16")
    return folder


def json_lines(folder: Path, value: str) -> Path:
    (folder / "log.json").write_text(f'{{"id": "{value}"}}\n')
    return folder


def parquet(folder: Path, value: str) -> Path:
    rows = pl.DataFrame({"name": ["k1", f"about {value}."], "at": [date(2025, 1, 8)] * 2})
    rows.write_parquet(folder / "part.parquet")
    return folder


def nested_parquet(folder: Path, value: str) -> Path:
    pl.DataFrame({"add": [{"path": "a", "of": ["b", value]}]}).write_parquet(folder / "checkpoint.parquet")
    return folder


def notes_of_parquet(folder: Path, value: str) -> Path:
    pl.DataFrame({"a": [1]}).write_parquet(folder / "part.parquet", metadata={"made_for": value})
    return folder


def workbook(folder: Path, value: str) -> Path:
    pl.DataFrame({"name": ["k1", value]}).write_excel(folder / "list.xlsx")
    return folder


def zip_in_zip(folder: Path, value: str) -> Path:
    workbook(folder, value)
    with zipfile.ZipFile(folder / "outer.zip", "w") as packed:
        packed.write(folder / "list.xlsx", "list.xlsx")
    (folder / "list.xlsx").unlink()
    return folder


def picture(folder: Path, value: str) -> Path:
    note = b"tEXtTitle\0" + value.encode()
    (folder / "page.png").write_bytes(b"\x89PNG\r\n\x1a\n" + note + b"\0IDAT\0" + bytes(range(256)) * 50)
    return folder


def file_name(folder: Path, value: str) -> Path:
    (folder / f"journal_{value}.txt").write_text("nothing\n")
    return folder


KINDS = [
    text, wide_text, json_lines, parquet, nested_parquet, notes_of_parquet, workbook, zip_in_zip, picture, file_name,
]  # fmt: skip


@pytest.mark.parametrize("value", [TEST, REAL, REPLACEMENT], ids=["test", "real", "replacement"])
@pytest.mark.parametrize("plant", KINDS)
def test_a_planted_number_is_found_and_not_repeated(
    tmp_path: Path, plant: Callable[[Path, str], Path], value: str
) -> None:
    found = scan([plant(tmp_path, value)])
    assert [hit.count for hit in found.hits] == [1]
    assert value not in str(found)
    assert value.replace("-", "") not in str(found)


@pytest.mark.parametrize("plant", KINDS)
def test_the_same_file_without_a_number_is_clean(tmp_path: Path, plant: Callable[[Path, str], Path]) -> None:
    assert scan([plant(tmp_path, "k0000000")]).is_clean


SOMETHING_ELSE = [
    "k0000000", "16801254001", "68012540011", "0.6801254001", "680125400.1", "6801254001.5", "a6801254001",
    "6801254001e", "3f2504e0-6801-254001-9a0c-0305e82c3301", "2026-09-30T08:01:02.680125Z", "20250108-1234",
    "680125-40012", "681325-4001", "0.1.0+68012540", "d41d8cd98f00b204e9800998ecf8427e", "1732233600000", "680125_4001",
]  # fmt: skip


@pytest.mark.parametrize("value", SOMETHING_ELSE)
@pytest.mark.parametrize("plant", [text, parquet, workbook])
def test_what_is_no_number_is_no_hit(tmp_path: Path, plant: Callable[[Path, str], Path], value: str) -> None:
    assert scan([plant(tmp_path, value)]).is_clean


NEIGHBOURS = [f"{TEST}.", f"{TEST},1", f"1,{TEST}", f"[{TEST}]", f"CPR{TEST}", f"cpr:{TEST}x", f"-{TEST}-", f"_{TEST}_"]


@pytest.mark.parametrize("value", NEIGHBOURS)
def test_what_stands_beside_a_number_does_not_hide_it(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.csv").write_text(f"{value}\n")
    pl.DataFrame({"a": [value]}).write_parquet(tmp_path / "a.parquet")
    assert [hit.count for hit in scan([tmp_path]).hits] == [1, 1]


@settings(deadline=None, derandomize=True)
@given(st.from_regex(TEST_NUMBER, fullmatch=True) | st.from_regex(REAL_NUMBER, fullmatch=True))
def test_every_form_of_a_number_is_seen(number: str) -> None:
    written = [number, f"{number[:6]}-{number[6:]}", f"{number[:6]} {number[6:]}"]
    assert pl.Series(written).str.contains(STANDS_ALONE).all()


def test_places_are_told_by_line_column_and_member(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"a\n1\n{TEST};{TEST}\n{TEST}\n")
    parquet(tmp_path, TEST)
    workbook(tmp_path, TEST)
    told = {(Path(hit.file).name, hit.place, hit.count) for hit in scan([tmp_path]).hits}
    assert told == {
        ("a.csv", "from line 3", 3),
        ("part.parquet", "column name", 1),
        ("list.xlsx", "xl/sharedStrings.xml, from line 2", 1),
    }


def test_a_number_across_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(" " * 27 + TEST + " " * 40)
    for block in range(8, 48):
        monkeypatch.setattr("pipelines.scan.BLOCK", block)
        assert not scan([tmp_path]).is_clean


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64, pl.UInt64])
def test_a_column_of_numbers_taken_for_figures_is_found(tmp_path: Path, dtype: type[pl.DataType]) -> None:
    figures = [6801254001, int("3" + "101901234"), int("1" + "01254001"), None, 5]
    pl.DataFrame({"pnr": figures}, schema={"pnr": dtype}).write_parquet(tmp_path / "a.parquet")
    assert [(hit.place, hit.count) for hit in scan([tmp_path]).hits] == [("column pnr", 3)]


def test_a_figure_now_and_then_is_no_column_of_numbers(tmp_path: Path) -> None:
    columns = {
        "amount": [6801254001, 7, 9, 4_999_999_999],
        "surrogate": [-(2**62), 2**62 + 6801254001, 2**61, 2**60],
        "bytes": [1_012_345_678] * 4,
        "nine_digits": [101_254_001] * 4,
    }
    pl.DataFrame(columns).write_parquet(tmp_path / "a.parquet")
    assert scan([tmp_path]).is_clean


def test_the_size_of_a_large_file_in_a_log_is_no_number(tmp_path: Path) -> None:
    size = "10" + "12345678"
    (tmp_path / "0.json").write_text(f'{{"add": {{"path": "a.parquet", "size": {size}, "bytes":{size}}}}}\n')
    assert scan([tmp_path]).is_clean


def test_a_file_that_cannot_be_read_is_not_called_clean(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 and then nothing")
    found = scan([tmp_path])
    assert [Path(name).name for name in found.unread] == ["a.parquet", "b.zip"]
    assert not found.is_clean


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is nothing at"):
        scan([tmp_path / "nothing"])


def test_no_number_leaves_the_deliveries(tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = Source(declared=SAMPLE / "raw" / "source.toml")
    snapshot = run(Store(store), source, date(2026, 9, 30), Reference.load(), Progress()).snapshot
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in snapshot.versions:
        rows = as_specified(name, snapshot).collect()
        rows.write_csv(exports / f"{name}.csv")
        rows.write_parquet(exports / f"{name}.parquet")
    found = scan([store, exports, SAMPLE / "canonical"])
    assert found.hits == ()
    assert found.is_clean
    assert found.files > 60


def test_the_raw_sample_has_test_numbers_and_they_are_found() -> None:
    assert sum(hit.count for hit in scan([SAMPLE / "raw"]).hits) > 1000


def test_the_command_is_for_schedulers(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text("nothing\n")
    assert roedtraad("scan", tmp_path).returncode == 0
    text(tmp_path, TEST)
    found = in_a_process("scan", tmp_path)
    assert found.returncode == 8
    assert "from line 2: 1" in found.stdout
    assert TEST not in found.stdout + found.stderr
