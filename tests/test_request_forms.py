"""Forms in Excel: written for one respondent, read back cell by cell; whatever else comes is refused in plain words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asked_municipalities import DA, EVERYTHING, ME, NYBORG, ODENSE, again, asked, counts, given, said
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboards.language import Words
from pipelines.audit_log import AuditLog
from pipelines.requests.answers import answers, history
from pipelines.requests.forms.guard import LARGEST_FILE, LARGEST_UNPACKED, FormRefused
from pipelines.requests.forms.layout import ANSWER, FACTS_SHEET, ID, REASON, SHEET
from pipelines.requests.forms.written import form
from pipelines.requests.opened import Opened, open_request
from pipelines.requests.receiving import Received, content_of, forms, receive

pytestmark = pytest.mark.slow

PUBLISHED = counts(m0450=8, m0461=None)
NUMBER = "010180-1234"


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return asked(tmp_path)


def written(made: Opened, code: str = NYBORG, language: str = "da") -> bytes:
    visible = {"children": 8} if code == NYBORG else {}
    kind = "provider" if code == "fyn" else "municipality"
    return form(made, kind, code, visible, Words("en" if language == "en" else "da"))


def changed(content: bytes, change: Callable[[Worksheet], None]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    change(book[SHEET])
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(sheet: Worksheet, question: str, column: int = ANSWER) -> Any:
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, ID + 1).value == question]
    return sheet.cell(rows[0], column + 1)


def filled(content: bytes, told: dict[str, Any], why: str | None = None) -> bytes:
    def fill(sheet: Worksheet) -> None:
        for question, value in told.items():
            cell_of(sheet, question).value = value
        if why is not None:
            cell_of(sheet, "children", REASON).value = why

    return changed(content, fill)


def handed_in(made: Opened, content: bytes, **options: Any) -> Received:
    return receive(again(made), content, PUBLISHED, DA, actor=ME, **options)


def refused(made: Opened, content: bytes, **options: Any) -> str:
    with pytest.raises(FormRefused) as fault:
        handed_in(made, content, **options)
    assert DA(f"request_fault.{fault.value.fault}")
    assert fault.value.to_do
    assert history(again(made)).is_empty()
    return fault.value.fault


def kept(made: Opened) -> dict[str, Any]:
    rows = answers(again(made)).select("question_id", "value", "text").rows()
    return {question: text if value is None else value for question, value, text in rows}


# Out


def test_a_form_is_written_for_everybody_who_is_asked(made: Opened) -> None:
    assert sorted(forms(made, PUBLISHED, DA)) == sorted(f"asked-{code}.xlsx" for code in made.respondents["respondent"])


def test_a_published_count_is_filled_in_and_a_hidden_one_is_not(made: Opened) -> None:
    for code, expected in ((NYBORG, 8), (ODENSE, None)):
        sheet = load_workbook(io.BytesIO(written(made, code)))[SHEET]
        assert cell_of(sheet, "children").value == expected


def test_only_cells_to_answer_in_are_open_and_the_facts_are_hidden(made: Opened) -> None:
    book = load_workbook(io.BytesIO(written(made)))
    sheet = book[SHEET]
    assert sheet.protection.sheet
    assert book[FACTS_SHEET].sheet_state == "veryHidden"
    assert sheet.column_dimensions["A"].hidden
    cells = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert {cell.column - 1 for cell in cells} == {ANSWER, REASON}
    assert len(cells) == len(made.request.of("municipality")) + 2


def test_choices_are_lists_and_numbers_have_limits(made: Opened) -> None:
    sheet = load_workbook(io.BytesIO(written(made)))[SHEET]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules[cell_of(sheet, "access").coordinate].formula1 == '"Ja,Nej,Ved ikke"'
    of_number = rules[cell_of(sheet, "pregnant").coordinate]
    assert (of_number.type, of_number.formula1) == ("whole", "0")


def test_the_same_request_makes_the_same_form(made: Opened) -> None:
    assert written(made) == written(made)


# Back


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_filled_form_is_kept_as_it_was_meant(made: Opened, language: str) -> None:
    told = EVERYTHING | ({"access": "Yes", "expected_development": "Rising"} if language == "en" else {})
    received = handed_in(made, filled(written(made, language=language), told))
    assert received.marked is None
    assert kept(made)["children"] == 8.0
    assert (kept(made)["access"], kept(made)["expected_development"]) == ("yes", "rising")
    assert set(answers(again(made))["how"]) == {"form"}


def test_a_form_comes_out_with_what_was_answered_and_read_back_changes_nothing(made: Opened) -> None:
    handed_in(made, filled(written(made), EVERYTHING))
    received = handed_in(made, written(again(made)))
    assert received.outcome is not None
    assert (received.outcome.stored, len(received.outcome.unchanged)) == ((), len(EVERYTHING))


def test_a_provider_answers_with_competences_from_the_list(made: Opened) -> None:
    told = {"inflow": 9, "waiting_time": 14, "competences": "Social behandling; afskærmning døgnet rundt"}
    handed_in(made, filled(written(made, "fyn"), told))
    assert kept(made) == {"inflow": 9.0, "waiting_time": 14.0, "competences": "social_treatment; shielding"}


def test_an_emptied_cell_takes_its_answer_away(made: Opened) -> None:
    given(made, NYBORG, said("challenges", "Få pladser"), said("access", "Ja"))
    handed_in(made, filled(written(again(made)), {"challenges": None}))
    assert "challenges" not in kept(made)


def test_a_form_written_before_a_colleague_answered_clashes_and_keeps_both(made: Opened) -> None:
    before = written(made)
    given(made, NYBORG, said("pregnant", 3), by="anna")
    received = handed_in(made, filled(before, {"pregnant": 5, "access": "Ja"}))
    assert received.outcome is not None
    assert [clash.by for clash in received.outcome.clashes] == ["anna"]
    assert (kept(made)["pregnant"], kept(made)["access"]) == (3.0, "yes")
    assert 5.0 in history(again(made))["value"].to_list()


def test_the_same_form_twice_is_kept_once(made: Opened) -> None:
    content = filled(written(made), EVERYTHING)
    handed_in(made, content)
    number = history(again(made)).height
    received = handed_in(made, content)
    assert received.outcome is not None
    assert (received.outcome.stored, history(again(made)).height) == ((), number)


# Cells to mend


@pytest.mark.parametrize(
    ("question", "value", "fault"),
    [
        ("pregnant", "ca. 12", "not_a_number"),
        ("pregnant", 1.5, "not_whole"),
        ("pregnant", -3, "out_of_range"),
        ("spending", "=1+2", "formula"),
        ("challenges", "=HYPERLINK(\"http://x\")", "formula"),
        ("pregnant", "#REF!", "cell_error"),
        ("access", "måske", "not_yes_no"),
        ("expected_development", "op", "not_a_choice"),
        ("challenges", f"om barnet {NUMBER}", "a_number"),
        ("challenges", "x" * 2001, "too_long"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_marked_in_the_form_that_goes_back_and_nothing_is_kept(
    made: Opened, question: str, value: object, fault: str
) -> None:
    received = handed_in(made, filled(written(made), EVERYTHING | {question: value}))
    assert received.marked is not None
    assert [each.fault for each in received.returned.faults] == [fault]
    assert history(again(made)).is_empty()
    cell = cell_of(load_workbook(io.BytesIO(received.marked))[SHEET], question)
    assert cell.fill.fgColor.rgb == "FFFBE3B5"
    assert cell.comment is not None
    assert len(cell.comment.text) > 20
    assert AuditLog.of(made.store).entries()["action"].to_list()[-1] == "refused"


def test_a_day_that_excel_has_made_of_a_number_is_marked(made: Opened) -> None:
    from datetime import datetime

    received = handed_in(made, filled(written(made), EVERYTHING | {"pregnant": datetime(2026, 5, 1)}))  # noqa: DTZ001
    assert [each.fault for each in received.returned.faults] == ["not_a_number"]


def test_another_number_than_is_on_record_without_a_reason_is_marked_where_the_reason_goes(made: Opened) -> None:
    received = handed_in(made, filled(written(made), EVERYTHING | {"children": 30}))
    assert [(each.fault, each.cell) for each in received.returned.faults] == [("no_reason", "F11")]
    handed_in(made, filled(written(made), EVERYTHING | {"children": 30}, why="Flere er kendt."))
    assert kept(made)["children"] == 30.0


def test_the_form_that_goes_back_can_be_mended_and_handed_in(made: Opened) -> None:
    received = handed_in(made, filled(written(made), EVERYTHING | {"pregnant": "tolv"}))
    assert received.marked is not None
    handed_in(made, filled(received.marked, {"pregnant": 12}))
    assert kept(made)["pregnant"] == 12.0


def test_a_persons_number_is_in_nothing_that_we_write(made: Opened) -> None:
    received = handed_in(made, filled(written(made), EVERYTHING | {"challenges": NUMBER}))
    assert received.marked is not None
    told = everything_in(received.marked)
    kept_files = b"".join(file.read_bytes() for file in made.store.parent.rglob("*") if file.is_file())
    assert NUMBER.encode() not in told
    assert NUMBER.encode() not in kept_files


def everything_in(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"challenges": f'="{NUMBER}"'}, None),
        ({"pregnant": NUMBER}, None),
        ({"pregnant": int(NUMBER.replace("-", "1")[-10:])}, None),
        ({"children": "ti"}, f"Se {NUMBER}"),
    ],
    ids=["a formula", "where a number goes", "as a number", "beside another fault of its row"],
)
def test_a_number_of_a_person_does_not_go_back_whatever_else_is_wrong(
    made: Opened, told: dict[str, Any], why: str | None
) -> None:
    received = handed_in(made, filled(written(made), EVERYTHING | told, why))
    assert received.marked is not None
    for number in (NUMBER, str(told.get("pregnant"))):
        assert number.encode() not in everything_in(received.marked)


# What is no form of this request


def test_an_empty_form_is_refused(made: Opened) -> None:
    assert refused(made, written(made, ODENSE)) == "empty"
    assert refused(made, written(made, NYBORG)) == "empty"


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 cut", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_a_file_that_is_no_workbook_is_refused(made: Opened, content: bytes) -> None:
    assert refused(made, content) == "not_excel"


def test_a_workbook_of_somebody_else_is_refused(made: Opened) -> None:
    assert refused(made, saved(Workbook())) == "not_our_form"


def test_a_form_of_another_request_is_refused(made: Opened) -> None:
    other = open_request(made.store, made.request, made.respondents, actor=ME, on=made.opened_on, request_id="another")
    assert refused(made, filled(written(other), EVERYTHING)) == "other_request"


def test_a_form_of_another_respondent_is_refused_where_one_is_expected(made: Opened) -> None:
    assert refused(made, filled(written(made), EVERYTHING), respondent=("municipality", ODENSE)) == "other_respondent"


def test_a_form_of_an_earlier_version_is_refused(made: Opened) -> None:
    earlier = replace(made, request=replace_version(made))
    assert refused(made, filled(written(earlier), EVERYTHING)) == "older_version"


def replace_version(made: Opened) -> Any:
    import msgspec

    return msgspec.structs.replace(made.request, version=2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("respondent", ODENSE), ("revisions", '{"pregnant":9}'), ("seal", "0" * 64), ("seal", "æ" * 64), ("version", "x")],
)
def test_a_form_whose_hidden_facts_were_changed_is_refused(made: Opened, field: str, value: str) -> None:
    book = load_workbook(io.BytesIO(filled(written(made), EVERYTHING)))
    for row in book[FACTS_SHEET].iter_rows(max_col=2):
        if row[0].value == field:
            row[1].value = value
    assert refused(made, saved(book)) == "seal"


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.insert_rows(11),
        lambda sheet: sheet.delete_rows(11),
        lambda sheet: sheet.insert_cols(2),
        lambda sheet: setattr(sheet["H12"], "value", 5),
        lambda sheet: setattr(sheet["C60"], "value", "under formularen"),
        lambda sheet: setattr(sheet["F17"], "value", "hvor ingen begrundelse er bedt om"),
        lambda sheet: setattr(sheet["A10"], "value", "children"),
        lambda sheet: setattr(sheet["C9000"], "value", 1),
        lambda sheet: sheet.move_range("A10:C11", rows=1),
    ],
)
def test_a_form_whose_cells_or_rows_were_moved_is_refused(made: Opened, change: Callable[[Worksheet], None]) -> None:
    assert refused(made, changed(filled(written(made), EVERYTHING), change)) == "moved"


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/embeddings/oleObject1.bin"])
def test_a_form_with_a_program_in_it_is_refused(made: Opened, name: str) -> None:
    assert refused(made, with_part(filled(written(made), EVERYTHING), name, b"x")) == "macros"


def test_a_file_that_calls_itself_one_with_macros_is_refused(made: Opened) -> None:
    assert refused(made, filled(written(made), EVERYTHING), name="svar.xlsm") == "macros"


def test_a_file_that_unpacks_to_more_than_a_form_is_refused_before_it_is_unpacked(made: Opened) -> None:
    file = io.BytesIO(written(made))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/big.xml", "w") as part:
        for _ in range(LARGEST_UNPACKED // 1_000_000 + 1):
            part.write(bytes(1_000_000))
    assert len(file.getvalue()) < LARGEST_FILE
    assert refused(made, file.getvalue()) == "too_large"


def test_a_file_that_is_too_large_or_not_there_is_refused_unread(made: Opened, tmp_path: Path) -> None:
    assert refused(made, bytes(LARGEST_FILE + 1)) == "too_large"
    (tmp_path / "large.xlsx").write_bytes(bytes(LARGEST_FILE + 1))
    for name, fault in (("large.xlsx", "too_large"), ("gone.xlsx", "not_excel")):
        with pytest.raises(FormRefused) as told:
            content_of(tmp_path / name)
        assert told.value.fault == fault


def with_sheet(content: bytes, change: Callable[[bytes], bytes], at: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The same file with another text of its sheet, or of another part."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(file, "w") as other:
        for name in packed.namelist():
            part = packed.read(name)
            other.writestr(name, change(part) if name == at else part)
    return file.getvalue()


def test_a_form_with_an_entity_that_grows_is_refused(made: Opened) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    content = with_sheet(
        filled(written(made), EVERYTHING), lambda part: part.replace(b"<worksheet", bomb + b"<worksheet", 1)
    )
    assert refused(made, content) == "not_our_form"


@pytest.mark.parametrize(
    ("before", "bomb"),
    [
        (b'<mergeCell ref="B2', b'<mergeCell ref="H100:XFD1048576"/>'),
        (b"<pageMargins", b'<hyperlinks><hyperlink ref="H1:XFD1048576" location="x"/></hyperlinks>'),
    ],
    ids=["merged cells", "a link"],
)
def test_a_range_of_billions_of_cells_in_a_small_file_costs_nothing(made: Opened, before: bytes, bomb: bytes) -> None:
    content = filled(written(made), EVERYTHING)
    handed_in(made, with_sheet(content, lambda part: part.replace(before, bomb + before, 1)))
    assert kept(made)["pregnant"] == 12.0


@pytest.mark.parametrize("far", [b'<row r="999999999999"><c/></row>', b'<row r="60"><c r="ZZZ60"/></row>'])
def test_a_cell_far_away_is_refused_without_the_way_there(made: Opened, far: bytes) -> None:
    content = with_sheet(
        filled(written(made), EVERYTHING), lambda part: part.replace(b"</sheetData>", far + b"</sheetData>")
    )
    assert refused(made, content) == "moved"


def test_a_form_with_styles_by_the_hundred_thousand_is_refused_before_they_are_read(made: Opened) -> None:
    many = b"<xf/>" * 100_000 + b"</cellXfs>"
    content = with_sheet(written(made), lambda part: part.replace(b"</cellXfs>", many), "xl/styles.xml")
    assert refused(made, content) == "too_large"
