"""What is taken home: each file says what it holds, nothing in it counts by itself, and only offers are answered."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from published_frames import SVENDBORG, FakeSnapshot, run_facts

from dashboards import take_home
from dashboards.language import Words
from dashboards.opening import Publication
from dashboards.page_record import Facts, Offer, Record
from dashboards.scope import Scope
from dashboards.spreadsheets import as_csv, as_excel
from dashboards.visit import Visit
from pipelines.audit_log import AuditLog

DASHBOARDS = Path(__file__).parent.parent / "dashboards"
AS_OF = date(2026, 9, 30)
FACTS = Facts(
    "Overleveret; til tiden",
    (("Titel", 'Overleveret; "til tiden"'), ("Sådan er det talt", "Børn,\nder er overleveret"), ("Tal pr.", "i dag")),
)
ROWS = pl.DataFrame(
    {"Sted": ["Svendborg", "=1+1", "@SUM(A1)", "-5", "+45"], "Andel": [0.5, None, 0.25, 1.0, 0.0], "Dag": [AS_OF] * 5}
)


def test_a_csv_says_first_what_it_holds_and_reads_as_a_table_without_those_lines() -> None:
    text = as_csv(ROWS, FACTS).decode("utf-8-sig")
    assert text.splitlines()[:4] == [
        "# Titel: Overleveret, ”til tiden”",
        "# Sådan er det talt: Børn, der er overleveret",
        "# Tal pr.: i dag",
        "Sted;Andel;Dag",
    ]
    again = pl.read_csv(as_csv(ROWS, FACTS), separator=";", decimal_comma=True, comment_prefix="#")
    assert again["Andel"].to_list() == ROWS["Andel"].to_list()


def test_a_danish_excel_opens_the_csv_by_a_double_click() -> None:
    content = as_csv(ROWS, FACTS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Svendborg;0,5;2026-09-30" in content.decode()


def test_no_cell_of_a_csv_begins_like_a_formula() -> None:
    lines = as_csv(ROWS, FACTS).decode("utf-8-sig").splitlines()[4:]
    assert [line.split(";")[0] for line in lines] == ["Svendborg", "'=1+1", "'@SUM(A1)", "'-5", "'+45"]


def test_a_workbook_has_the_rows_and_a_sheet_that_says_what_they_are() -> None:
    content = as_excel(ROWS, FACTS, ("Tal", "Om tallene"), AS_OF)
    book = fastexcel.read_excel(content)
    assert book.sheet_names == ["Tal", "Om tallene"]
    about = book.load_sheet("Om tallene", header_row=None).to_polars()
    assert about.rows() == [(name, told) for name, told in FACTS.lines]
    rows = pl.read_excel(io.BytesIO(content), sheet_name="Tal")
    assert rows["Dag"].to_list() == [AS_OF] * 5
    assert rows["Sted"].to_list() == ROWS["Sted"].to_list()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_same_rows_make_the_same_workbook() -> None:
    first, second = (as_excel(ROWS, FACTS, ("Tal", "Om tallene"), AS_OF) for _ in range(2))
    assert first == second


def record(monkeypatch: pytest.MonkeyPatch, store: Path, **offer: Any) -> Record:
    monkeypatch.setenv("ROEDTRAAD_STORE", str(store))
    source = FakeSnapshot({}, run_facts())
    visit = Visit(Words("da"), Scope("steward", SVENDBORG, "1083"), source, "light", Publication(source, "r1", True))
    return Record(visit, "overview", "Overblik", offers={"thread": Offer("tråden", FACTS, lambda: ROWS, **offer)})


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "thread",
        [],
        {},
        {"key": "thread"},
        {"key": "thread", "kind": "exe", "wish": "1"},
        {"key": "worklist", "kind": "csv", "wish": "1"},
        {"key": ["thread"], "kind": {"csv": 1}},
    ],
)
def test_a_wish_for_what_the_page_does_not_offer_is_not_answered(
    asked: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert take_home.made(record(monkeypatch, tmp_path), asked) is None


def test_the_answer_to_a_wish_goes_with_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = take_home.made(record(monkeypatch, tmp_path), {"key": "thread", "kind": "csv", "wish": "w1"})
    assert file is not None
    assert (file["wish"], file["name"]) == ("w1", "tråden.csv")
    assert b64decode(file["content"]) == as_csv(ROWS, FACTS)


def test_rows_of_persons_are_in_the_audit_log_before_they_are_handed_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    store.mkdir()
    assert take_home.made(record(monkeypatch, store, audited="worklist"), {"key": "thread", "kind": "excel"})
    told = AuditLog.of(store).entries().select("action", "what", "rows", "municipality_code")
    assert told.rows() == [("exported", "worklist", 5, SVENDBORG)]


def test_no_page_hands_out_a_file_at_an_address() -> None:
    pages = [file for file in DASHBOARDS.rglob("*.py") if "download_button" in file.read_text("utf-8")]
    assert pages == []


def test_what_runs_in_the_browser_comes_with_the_package_and_asks_no_other_machine() -> None:
    script = (resources.files("dashboards") / "take_home.js").read_text("utf-8")
    assert "http" not in script.replace("http://www.w3.org/2000/svg", "")
    assert "location.origin" in script
