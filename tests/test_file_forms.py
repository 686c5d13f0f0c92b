"""What holds for every form of file: blank rows, names of our own, and only types that a cell can have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import polars as pl
import pytest
from deliveries import changed, deliver, text_frame
from xlsxwriter import Workbook

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import table_named
from pipelines.errors import RefusedDelivery, UserError
from pipelines.flow import Source, ingest_into
from pipelines.identity import Pseudonyms
from pipelines.progress import Progress
from pipelines.sources import forms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declarations import Form, FormKind, Mapped, PersonWithoutNumber, Place
from pipelines.sources.linking.described import child_described
from pipelines.sources.mapped import read_mapped
from pipelines.sources.number_changes import NumberChanges
from pipelines.sources.people import People
from pipelines.sources.reading import Reading
from pipelines.store import Store
from sample_data.raw.sas_file import write_sas

BLANK_ROWS = pl.DataFrame(
    {"Id": ["1", None, " ", None, "2", None], "By": ["a", None, "", None, None, None], "Note": [None] * 5 + ["x"]},
    schema=dict.fromkeys(["Id", "By", "Note"], pl.String),
)
"""The second to fourth say nothing; in the last only something stands that is not asked for."""


def as_text(rows: pl.DataFrame, file: Path) -> None:
    rows.write_csv(file, separator=";")


def as_sheet(rows: pl.DataFrame, file: Path) -> None:
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([tuple(rows.columns), *rows.rows()]):
            sheet.write_row(at, 0, row)


def as_sas(rows: pl.DataFrame, file: Path) -> None:
    write_sas(rows.with_columns(pl.all().fill_null("")), file, "X")


WRITERS: dict[FormKind, Callable[[pl.DataFrame, Path], None]] = {
    "delimited": as_text,
    "excel": as_sheet,
    "parquet": pl.DataFrame.write_parquet,
    "sas": as_sas,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_rows_without_any_content_are_no_rows_in_any_form_and_the_others_keep_their_numbers(
    tmp_path: Path, kind: FormKind
) -> None:
    file = tmp_path / "file"
    WRITERS[kind](BLANK_ROWS, file)
    rows = pl.concat(forms.batches(file, Form(kind), ["By", "Id"]))
    assert rows.columns == ["By", "Id", "_row"]
    assert rows.with_columns(pl.col("By", "Id").replace("", None)).rows() == [
        ("a", "1", 1),
        (None, "2", 5),
        (None, None, 6),
    ]


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["_row", "_source"])
def test_a_column_with_a_name_of_ours_refuses_the_file(tmp_path: Path, kind: FormKind, name: str) -> None:
    WRITERS[kind](pl.DataFrame({"Id": ["1"], name: ["7"]}), tmp_path / "file")
    with pytest.raises(RefusedDelivery, match=f"it has a column {name}"):
        forms.heading(tmp_path / "file", Form(kind))


def test_blank_rows_of_a_canonical_parquet_file_are_no_rows(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d")
    (folder / "residences.csv").unlink()
    homes = text_frame("residences", [{}, changed("residences"), {"child_id": " "}, {"municipality_code": "0461"}])
    homes.write_parquet(folder / "residences.parquet")
    snapshot = ingest_into(Store(tmp_path / "s"), Source(canonical=folder), Reference.load(), Progress()).snapshot
    account = snapshot.table("row_accounting").filter(pl.col("table") == "residences").collect()
    assert account.select("rows_read", "accepted", "quarantined").rows() == [(2, 1, 1)]
    assert snapshot.table("quarantine").collect()["row_number"].to_list() == [4]


UNREADABLE = {"List": [[1]], "Struct": [{"a": 1}], "Time": [time(1)], "Duration": [timedelta(1)], "Binary": [b"x"]}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_parquet_column_of_a_type_that_no_cell_has_is_refused_where_it_is_read(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    pl.DataFrame({"Id": ["1"], "Sag": UNREADABLE[kind]}).write_parquet(file)
    with pytest.raises(RefusedDelivery, match=f"a type that cannot be read: Sag is {kind}"):
        list(forms.batches(file, Form("parquet"), ["Id", "Sag"]))
    assert pl.concat(forms.batches(file, Form("parquet"), ["Id"])).rows() == [("1", 1)]


COSTS = Mapped(
    table_named("costs"),
    Place("costs.parquet"),
    Form("parquet", date_format="%d-%m-%Y"),
    {"cost_id": "id", "service": "s", "payer": "p", "start_date": "f", "end_date": "t", "amount_dkk": "b"},
)


def handed_on(rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    rows.write_parquet(folder / "costs.parquet")
    (folder / "staging").mkdir()
    people = People(Pseudonyms(b"a secret of the tests, nobody's", test_numbers_only=True), NumberChanges())
    reading = Reading(folder, people, folder / "staging", Reference.load())
    read_mapped(COSTS, reading)
    return reading.table("costs").collect()


def test_categories_of_a_data_frame_are_judged_as_text(tmp_path: Path) -> None:
    told = {"id": ["u1"], "s": ["hospital"], "p": ["region"], "f": ["08-01-2025"], "t": ["09-01-2025"]}
    rows = handed_on(pl.DataFrame(told | {"b": ["1.234,5"]}).cast(pl.Categorical), tmp_path)
    read = rows.select("service", "start_date", "end_date", "amount_dkk").row(0)
    assert read == ("hospital", "2025-01-08", "2025-01-09", "1234.5")


def test_decimals_are_numbers_and_what_is_too_large_for_a_whole_number_is_not_lost(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": [1e300], "s": [float("inf")], "p": ["x"], "f": [20250108], "t": ["x"], "b": ["12.50"]})
    read = handed_on(rows.with_columns(pl.col("b").cast(pl.Decimal(10, 2))), tmp_path).row(0, named=True)
    assert read["amount_dkk"] == "12.5"
    assert read["service"] is not None
    assert read["start_date"] is not None


def described(form: str, *births: str) -> list[str | None]:
    person = PersonWithoutNumber(birth_date="Født")
    declared = Mapped(table_named("contacts"), Place("x"), Form("delimited", date_format=form), {}, person=person)
    people = People(Pseudonyms(b"a secret of the tests, nobody's", test_numbers_only=True), NumberChanges())
    return child_described(pl.DataFrame({"Født": births}), declared, people)["birth_date"].to_list()


@pytest.mark.parametrize(
    ("form", "birth", "read"),
    [
        ("%d%m%Y", "08012025", "2025-01-08"),
        ("%Y%m%d", "20250108", "2025-01-08"),
        ("%d-%m-%Y", " 08-01-2025 ", "2025-01-08"),
        ("%d%b%Y", "08JAN2025", "2025-01-08"),
        ("%d-%m-%Y", "2025-01-08", "2025-01-08"),
        ("%d-%m-%Y", "8-1-2025", None),
        ("%d-%m-%Y", "08-01-23", None),
        ("%d-%m-%Y", "08-01-0023", None),
        ("%d-%m-%Y", "0023-01-08", None),
        ("%Y-%m-%d", "23-01-08", None),
        ("%d-%m-%Y", "31-12-9999", None),
        ("%d%m%Y", "31022025", None),
        ("%d%m%y", "080125", None),
    ],
)
def test_a_child_is_described_by_a_day_in_the_declared_form(form: str, birth: str, read: str | None) -> None:
    assert described(form, birth) == [read]


@pytest.mark.parametrize("form", ["%d%m%y", "%d-%m-%y", "%D"])
def test_a_century_is_never_guessed(tmp_path: Path, form: str) -> None:
    toml = f"""[source]
name = "x"
demo = true
[[delivery]]
table = "residences"
path = "x.csv"
form = "delimited"
date_format = "{form}"
[delivery.columns]
child_id = "Barn"
from_date = "Fra"
municipality_code = "Kom"
"""
    (tmp_path / "source.toml").write_text(toml)
    with pytest.raises(UserError, match="the century is never guessed"):
        read_configuration(tmp_path / "source.toml")
