"""Registers as they come: dates in many forms, lost zeros, other headings, files that are refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from registers_on_disk import NUMBERS, birth, declare, read, told

from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery, UserError
from pipelines.flow import Source, ingest_into
from pipelines.ledger import IN_USE
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

ALONE = {"DW_EK_KONTAKT": 1, "DIAG_KODE": "DF102", "DIAG_KODE_TYPE": "A", "SENERE_AFKRAEFTET": "Nej"}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("08-01-2025", "2025-01-08"),
        ("2025-01-08", "2025-01-08"),
        ("08JAN2025", "2025-01-08"),
        ("2025-01-08 00:00:00", "2025-01-08"),
        (20250108, "2025-01-08"),
        (datetime(2025, 1, 8, 14, 5), "2025-01-08"),  # noqa: DTZ001 - registers have no zone
        ("8-1-25", "?"),
        ("08-01-0025", "0025-01-08"),
        ("08/01/2025", "?"),
        ("2025-01-08 14:05", "?"),
    ],
)
def test_a_day_is_read_in_its_usual_forms_and_what_is_none_is_left_to_be_judged(
    tmp_path: Path, written: Any, read_as: str
) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(FOEDSELSDATO_BARN=written)]})
    assert made.rows("children", "birth_date") == [(read_as,)]


@pytest.mark.parametrize(
    ("written", "municipality"),
    [(101, "0101"), (101.0, "0101"), ("101", "0101"), ("0461", "0461"), ("Odense", "Odense")],
)
def test_municipalities_get_their_leading_zero_back(tmp_path: Path, written: Any, municipality: str) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(BOPAELSKOMMUNE_MOR=written)]})
    assert made.named(made.reading.births, "municipality_code") == [(municipality,)]


def test_numbers_as_figures_get_their_leading_zero_back_and_text_that_lost_it_is_refused(tmp_path: Path) -> None:
    real = int("1" + "01254001")
    figures = read(tmp_path / "a", {"MFR_NYFOEDTE": [birth(PNR_BARN=real)]})
    text = read(tmp_path / "b", {"MFR_NYFOEDTE": [birth(PNR_BARN=str(real))]})
    assert figures.rows("children", "_identity_fault_child_id") == [("real_number",)]
    assert text.rows("children", "_identity_fault_child_id") == [("lost_leading_zero",)]


def test_headings_of_the_sender_are_renamed(tmp_path: Path) -> None:
    renamed = [{"CPR" if name == "PNR_BARN" else name: value for name, value in birth().items()}]
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": renamed}, headings='{ PNR_BARN = "CPR" }')
    assert made.rows("children", "child_id") == [("Ida",)]


@pytest.mark.parametrize("form", ["parquet", "delimited", "sas"])
def test_a_missing_or_renamed_variable_refuses_the_file(tmp_path: Path, form: str) -> None:
    rows = [{name: value for name, value in birth().items() if name != "PNR_MOR"}]
    with pytest.raises(RefusedDelivery, match="PNR_MOR"):
        read(tmp_path / "d", {"MFR_NYFOEDTE": rows}, form)


@pytest.mark.parametrize("form", ["parquet", "delimited", "sas"])
def test_a_file_of_no_bytes_a_folder_a_cut_file_and_no_file_are_refused(tmp_path: Path, form: str) -> None:
    source = declare(tmp_path / "d", {"MFR_NYFOEDTE": [birth()] * 50}, form)
    (file,) = (tmp_path / "d").glob("MFR*")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - 30])
    with pytest.raises(RefusedDelivery):
        told(source)
    (tmp_path / "d" / "staging").rmdir()
    file.write_bytes(b"")
    with pytest.raises(RefusedDelivery, match="empty"):
        told(source)
    (tmp_path / "d" / "staging").rmdir()
    file.unlink()
    with pytest.raises(RefusedDelivery, match="No file matches"):
        told(source)
    (tmp_path / "d" / "staging").rmdir()
    file.mkdir()
    with pytest.raises(RefusedDelivery, match="folder"):
        told(source)


def test_a_parquet_file_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    source = declare(tmp_path / "d", {"MFR_NYFOEDTE": [birth(DW_EK_NYFOEDT=at) for at in range(5000)]})
    file = tmp_path / "d" / "MFR_NYFOEDTE.parquet"
    content = bytearray(file.read_bytes())
    content[4:400] = b"\xff" * 396
    file.write_bytes(content)
    with pytest.raises(RefusedDelivery, match="damaged"):
        told(source)


@pytest.mark.parametrize(
    ("registers", "said"),
    [
        ({"LPR_A_DIAGNOSE": [ALONE]}, "LPR_A_DIAGNOSE is declared without LPR_A_KONTAKT"),
        ({"DOD": [{"PNR": NUMBERS["Ida"], "DODDATO": date(2025, 1, 8)}]}, "DOD is declared without MFR_NYFOEDTE"),
    ],
)
def test_a_register_that_says_nothing_alone_is_told(tmp_path: Path, registers: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        read(tmp_path / "d", registers)


BUFO_QUERY = """[source]
name = "registers"
demo = true
[[register]]
layout = "BUFO"
form = "database"
connection = "sqlite:///{file}"
query = "SELECT * FROM bufo"
[register.codes.PGF]
"54" = "out_of_scope"
"""


def test_a_query_that_has_grown_or_changed_is_another_delivery(tmp_path: Path) -> None:
    """Also where the new row is out of scope: the hash is of what the query gave, not of what is used."""
    file, store = tmp_path / "bufo.db", Store(tmp_path / "s")
    (tmp_path / "source.toml").write_text(BUFO_QUERY.format(file=file), encoding="utf-8")
    add = "INSERT INTO bufo VALUES ('680125-4001', '54', '2025-03-01', NULL, 461)"
    steps = [
        "CREATE TABLE bufo (PNR, PGF, SAG_VFRA, SAG_VTIL, ADMKOM)",
        add,
        add,
        "UPDATE bufo SET SAG_VTIL='2025-04-01'",
    ]
    read_rows, contents = [], set()
    for step in steps:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(step)
        snapshot = ingest_into(store, Source(declared=tmp_path / "source.toml"), Reference.load(), Progress()).snapshot
        ledger = snapshot.table("deliveries").collect().filter(pl.col("state") == IN_USE)
        read_rows.append(ledger["rows_read"].item())
        contents.add(ledger["content_hash"].item())
    assert read_rows == [0, 1, 2, 2]
    assert len(contents) == len(steps)
    again = ingest_into(store, Source(declared=tmp_path / "source.toml"), Reference.load(), Progress()).snapshot
    assert again.run["run_id"] == snapshot.run["run_id"]


def test_a_code_mapped_to_an_unknown_word_is_told_before_anything_is_read(tmp_path: Path) -> None:
    source = declare(tmp_path / "d", {"MFR_NYFOEDTE": [birth()]})
    source.write_text(source.read_text().replace('"female"', '"kvinde"'))
    with pytest.raises(UserError, match="KOEN_BARN are mapped to what is not known: kvinde"):
        told(source)
