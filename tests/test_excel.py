"""Excel sheets as offices send them: read cell by cell, or refused whole with one clear message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery, UserError
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources import forms
from pipelines.sources.declarations import Form
from pipelines.sources.draft import draft
from pipelines.sources.forms.excel import read_sheet
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

HEADING = ["Id", "Barn", "Kom", "Type", "Fra"]
CHILD = "6801254001"
GOOD = ["s1", CHILD, "0461", "notification", "08-01-2025"]
TOML = """[source]
name = "excel"
demo = true
[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
mother_id = "Mor"
birth_date = "Født"
sex = "Køn"
[[delivery]]
table = "support_records"
path = "sager.xlsx"
form = "excel"
[delivery.columns]
record_id = "Id"
child_id = "Barn"
municipality_code = "Kom"
record_type = "Type"
opened_date = "Fra"
"""

Fill = Callable[[Workbook, Worksheet], object]


def workbook(folder: Path, *fills: Fill) -> Path:
    """`sager.xlsx` with the sheet `Udtræk`."""
    with Workbook(folder / "sager.xlsx") as book:
        sheet = book.add_worksheet("Udtræk")
        for fill in fills:
            fill(book, sheet)
    return folder / "sager.xlsx"


def lines(*rows: Sequence[object], first: int = 0) -> Fill:
    """Rows under each other; None leaves a cell empty."""
    return lambda _, sheet: [sheet.write_row(first + at, 0, row) for at, row in enumerate(rows)]


def merged(row: int, first: int, last: int, text: str) -> Fill:
    return lambda _, sheet: sheet.merge_range(row, first, row, last, text)


def day(book: Workbook, sheet: Worksheet, row: int, column: int, value: date | datetime) -> None:
    sheet.write_datetime(row, column, value, book.add_format({"num_format": "dd-mm-yyyy"}))


def read(file: Path, sheet: str | None = None) -> pl.DataFrame:
    form = Form("excel", sheet=sheet)
    return pl.concat(forms.batches(file, form, forms.heading(file, form)))


def ingested(folder: Path) -> Snapshot:
    """The workbook in `folder` through the whole ingest, with the one child that it speaks of."""
    birth = f"Barn;Mor;Født;Køn\n{CHILD};6101902222;08-01-2025;female\n"
    (folder / "boern.csv").write_text(birth, encoding="utf-8")
    (folder / "source.toml").write_text(TOML, encoding="utf-8")
    store = Store(folder / "store")
    return ingest_into(store, Source(declared=folder / "source.toml"), Reference.load(), Progress()).snapshot


def set_aside(snapshot: Snapshot) -> list[tuple[object, ...]]:
    rows = snapshot.table("quarantine").filter(pl.col("table") == "support_records").sort("row_number").collect()
    return rows.select("row_number", "rule", "column").rows()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:3000])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def no_zip(file: Path) -> None:
    file.write_text("Id;Barn\n1;hemmelig\n")


def folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut, "it is not a whole Excel file"),
        (emptied, "it is empty"),
        (no_zip, "it is not a whole Excel file"),
        (folder_instead, "it is a folder, not a file"),
        (Path.unlink, "it is not there"),
    ],
)
def test_what_is_no_whole_workbook_is_refused(tmp_path: Path, damage: Callable[[Path], object], told: str) -> None:
    file = workbook(tmp_path, lines(HEADING, GOOD))
    damage(file)
    with pytest.raises(RefusedDelivery, match=told) as refused:
        read(file)
    assert refused.value.__cause__ is None
    assert "hemmelig" not in str(refused.value)


TITLE = "its first row names 1 of 5 columns: a title stands above them, or cells are merged"


@pytest.mark.parametrize(
    ("fills", "told"),
    [
        ([merged(0, 0, 4, "Udtræk fra 2025"), lines(HEADING, GOOD, first=1)], TITLE),
        ([lines(["Udtræk fra 2025"], HEADING, GOOD)], TITLE),
        ([lines(["Udtræk", "2025"], HEADING, GOOD)], TITLE.replace("1 of", "2 of")),
        ([lines(["Id", "Barn", "Barn"], GOOD[:3])], "two of its columns have the same heading"),
        ([lines(["Id", "_row"], ["s1", "7"])], "it has a column _row"),
        ([], "it has no heading"),
    ],
)
def test_a_sheet_without_one_plain_row_of_headings_is_refused(tmp_path: Path, fills: list[Fill], told: str) -> None:
    file = workbook(tmp_path, *fills)
    with pytest.raises(RefusedDelivery, match=told) as refused:
        read(file)
    assert refused.value.to_do


def test_a_title_row_is_told_by_the_draft_too(tmp_path: Path) -> None:
    file = workbook(tmp_path, merged(0, 0, 4, "Udtræk fra 2025"), lines(HEADING, GOOD, first=1))
    with pytest.raises(UserError, match="a title stands above them, or cells are merged"):
        draft([file], tmp_path / "source.toml")


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = workbook(tmp_path, lines(HEADING, GOOD))
    assert read(file, "Udtræk").height == 1
    with pytest.raises(RefusedDelivery, match="it has no sheet Sager"):
        read(file, "Sager")


def test_of_merged_header_cells_the_first_column_has_the_heading(tmp_path: Path) -> None:
    file = workbook(tmp_path, lines(["Id"]), merged(0, 1, 2, "Barn"), lines(["a", "b", "c"], first=1))
    assert read(file).to_dicts() == [{"Id": "a", "Barn": "b", "_row": 1}]


@pytest.mark.parametrize("heading", [["Id", "Barn", "Kom", "Type"], ["Id", "Barn", "Kom", "Type", "Oprettet"]])
def test_a_missing_or_renamed_column_refuses_the_file_and_says_where_to_mend_it(
    tmp_path: Path, heading: list[str]
) -> None:
    workbook(tmp_path, lines(heading, GOOD[: len(heading)]))
    with pytest.raises(RefusedDelivery, match="columns are missing or renamed: Fra") as refused:
        ingested(tmp_path)
    assert refused.value.to_do == "Correct the heading in [delivery.columns] of the TOML, or ask for the file again."


def test_further_columns_do_no_harm(tmp_path: Path) -> None:
    workbook(tmp_path, lines([*HEADING, "Bemærkning", None, "x"], [*GOOD, "hemmelig", "hemmelig"]))
    assert set_aside(snapshot := ingested(tmp_path)) == []
    assert snapshot.table("support_records").collect().height == 1


def test_blank_rows_are_no_rows_but_keep_the_numbers_of_those_that_follow(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Id", "By"], ["1", "a"], [], [" ", "\xa0"], ["2", None], [], [None, None, "note"]]
    assert read(workbook(tmp_path, lines(*rows))).rows() == [("1", "a", 1), ("2", None, 4), (None, None, 6)]


def test_blank_rows_above_the_heading_are_not_there(tmp_path: Path) -> None:
    assert read(workbook(tmp_path, lines(["Id", "By"], ["1", "a"], first=3))).rows() == [("1", "a", 1)]


def test_a_heading_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read(workbook(tmp_path, lines(HEADING))).shape == (0, 6)


def test_every_kind_of_cell_is_text_of_its_own(tmp_path: Path) -> None:
    def cells(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["Tal", "Dag", "Tid", "Ja", "Fejl"])
        sheet.write_row(1, 0, [6801254001])
        day(book, sheet, 1, 1, date(2025, 1, 8))
        day(book, sheet, 1, 2, datetime(2025, 1, 8, 12, 30))  # noqa: DTZ001 - Excel knows no zones
        sheet.write(1, 3, True)
        sheet.write_formula(1, 4, "=NA()", None, "#N/A")
        sheet.write_row(2, 0, [12500.5])

    file = workbook(tmp_path, cells)
    first = ("6801254001", "2025-01-08", "2025-01-08 12:30:00", "true", "#ERROR", 1)
    assert read(file).rows() == [first, ("12500.5", None, None, None, None, 2)]
    assert read_sheet(file, None).columns[0] == "_row"


def test_days_as_cells_and_as_text_are_read_and_what_is_no_day_is_set_aside(tmp_path: Path) -> None:
    def cells(book: Workbook, sheet: Worksheet) -> None:
        lines(HEADING, *([f"s{at}", *GOOD[1:4]] for at in range(8)))(book, sheet)
        day(book, sheet, 1, 4, date(2025, 1, 8))
        written = ["08-01-2025", "2025-01-08", "8-1-23", "08-01-0023", "31-02-2025", 45665]
        for row, value in enumerate(written, start=2):
            sheet.write(row, 4, value)
        sheet.write_formula(8, 4, "=NA()", None, "#N/A")

    workbook(tmp_path, cells)
    snapshot = ingested(tmp_path)
    assert snapshot.table("support_records").collect()["opened_date"].to_list() == [date(2025, 1, 8)] * 3
    assert set_aside(snapshot) == [(row, "type", "opened_date") for row in (4, 5, 6, 7, 8)]


def test_numbers_that_lost_a_leading_zero_are_set_aside_unless_they_are_padded(tmp_path: Path) -> None:
    lost = int("01" + "0125" + "4001")
    workbook(tmp_path, lines(HEADING, ["s1", int(CHILD), 461, *GOOD[3:]], ["s2", lost, "0461", *GOOD[3:]]))
    assert set_aside(ingested(tmp_path)) == [(1, "reference", "municipality_code"), (2, "identity", "child_id")]
    padded = TOML + "[delivery.pad]\nmunicipality_code = 4\n"
    (tmp_path / "padded.toml").write_text(padded, encoding="utf-8")
    store = Store(tmp_path / "other")
    again = ingest_into(store, Source(declared=tmp_path / "padded.toml"), Reference.load(), Progress()).snapshot
    assert set_aside(again) == [(2, "identity", "child_id")]
