"""A whole request by commands: asked, forms sent and read, who is missing, reminded, approved, closed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from figure_frames import AS_OF
from icalendar import Calendar
from published_frames import FakeSnapshot, country, write_store
from typer.testing import CliRunner

from pipelines.audit_log import AuditLog
from pipelines.cli import app
from pipelines.requests.actors import Actor
from pipelines.requests.answers import answers
from pipelines.requests.opened import opened
from pipelines.requests.progress import progress
from pipelines.requests.steps import drafted
from sample_data.request_answers import Plan, fill_forms

pytestmark = pytest.mark.slow

ID = "gravide"
NYBORG, FANO, AERO, KOBENHAVN = "0450", "0563", "0492", "0101"
runner = CliRunner()


def roedtraad(*arguments: object, code: int = 0) -> str:
    result = runner.invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def country_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    row = {"measure": "registered", "attribution": "responsible", "group_kind": "municipality", "group_value": NYBORG}
    row |= {
        "period_kind": "three_years",
        "period": "2023-2025",
        "outcome": "denominator",
        "count": 8,
        "state": "number",
    }
    tables = country().tables | {"published_counts": pl.DataFrame([row])}
    return write_store(tmp_path_factory.mktemp("country") / "store", FakeSnapshot(tables))


@pytest.fixture(scope="module")
def done(country_store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The request as the demonstration runs it, up to its approval."""
    store, folder = country_store, tmp_path_factory.mktemp("request")
    for name, owner, place in (
        ("fyn", "regional", "0461"),
        ("sydvest", "municipal", "0561"),
        ("hav", "private", "0540"),
    ):
        of_provider = ("--name", name.title(), "--owner", owner, "--municipality", place, "--store", store)
        roedtraad("request", "provider", "add", name, *of_provider)
    asking = ("--region", "1083", "--on", "2026-06-01", "--id", ID, "--store", store)
    assert "25 are asked" in roedtraad("request", "open", "pregnant_substance_use", *asking)
    roedtraad("request", "forms", ID, "--store", store, "--out", folder / "forms")
    plan = Plan(late=AERO, deviating=NYBORG, reminded=FANO)
    sent = fill_forms(folder / "forms", folder / "answers", 1, plan)
    for when, day in (("in_time", "2026-07-20"), ("late", "2026-08-04")):
        roedtraad("request", "read", ID, *sent[when], "--received", day, "--store", store)
    reminding = ("--on", "2026-08-05", "--out", folder / "reminders", "--store", store)
    assert roedtraad("request", "remind", ID, *reminding).startswith("1 to remind")
    roedtraad("request", "read", ID, *sent["reminded"], "--received", "2026-08-10", "--store", store)
    return store, folder


def test_22_municipalities_and_three_providers_have_answered(done: tuple[Path, Path]) -> None:
    told = progress(opened(done[0], ID))
    assert told["state"].unique().to_list() == ["answered"]
    assert told.group_by("respondent_kind").len().sort("respondent_kind").rows() == [
        ("municipality", 22),
        ("provider", 3),
    ]
    assert sorted(told.filter("is_late")["respondent"]) == sorted([AERO, FANO])


def test_one_was_missing_when_it_was_reminded_and_its_list_and_calendar_can_be_opened(done: tuple[Path, Path]) -> None:
    reminders = pl.read_csv(done[1] / "reminders" / f"{ID}-reminders.csv", separator=";", infer_schema=False)
    assert reminders["respondent"].to_list() == [FANO]
    made = Calendar.from_ical((done[1] / "reminders" / f"{ID}.ics").read_bytes())
    assert len(made.walk("VEVENT")) == 7


def test_status_tells_who_answered_late_and_who_deviates(done: tuple[Path, Path]) -> None:
    text = roedtraad("request", "status", ID, "--store", done[0], "--on", AS_OF)
    assert "efter fristen" in text
    row = answers(opened(done[0], ID)).filter(respondent=NYBORG, question_id="children").row(0, named=True)
    assert (row["value"], row["counted"]) == (17.0, 8)
    assert row["reason"]


def test_a_form_to_mend_is_written_beside_the_others_and_the_rest_is_read(done: tuple[Path, Path]) -> None:
    from openpyxl import load_workbook

    store, folder = done
    roedtraad("request", "forms", ID, "--store", store, "--out", folder / "again")
    wrong, right = folder / "again" / f"{ID}-{FANO}.xlsx", folder / "again" / f"{ID}-{AERO}.xlsx"
    book = load_workbook(wrong)
    book["Svar"]["C10"].value = "tolv"
    book.save(wrong)
    told = roedtraad("request", "read", ID, wrong, right, "--store", store, "--marked", folder / "back", code=22)
    assert "not kept, to be mended: C10" in told
    assert "13 said already" in told
    assert [file.name for file in (folder / "back").iterdir()] == [f"{ID}-{FANO}-ret.xlsx"]


def test_the_reply_is_approved_step_by_step_and_then_the_request_is_closed(done: tuple[Path, Path]) -> None:
    store = done[0]
    roedtraad("request", "approve", ID, "directors_forum", "--store", store, code=2)
    drafted(store, ID, actor=Actor("somebody"))
    roedtraad("request", "approve", ID, "k22", "--store", store, code=2)
    roedtraad("request", "approve", ID, "directors_forum", "--send-back", "--note", "Tal mangler", "--store", store)
    for forum in ("directors_forum", "k22", "kkr", "councils", "region"):
        roedtraad("request", "approve", ID, forum, "--store", store)
    assert roedtraad("request", "status", ID, "--store", store).count("Godkendt") == 5
    roedtraad("request", "close", ID, "--store", store)
    roedtraad("request", "answer", ID, NYBORG, "access", "nej", "--store", store, code=2)
    assert AuditLog.of(store).verify().is_whole


def test_a_municipality_declines_and_comes_back_by_command(country_store: Path) -> None:
    asking = ("--region", "1083", "--on", "2026-06-01", "--id", "anden", "--store", country_store)
    roedtraad("request", "open", "eating_disorders", *asking)
    leaving = ("request", "withdraw", "anden", FANO, "--store", country_store, "--reason", "Ingen i målgruppen")
    assert "withdrawn" in roedtraad(*leaving)
    roedtraad("request", "answer", "anden", FANO, "citizens", "3", "--store", country_store, code=2)
    roedtraad(*leaving, "--undo")
    roedtraad("request", "answer", "anden", FANO, "citizens", "3", "--store", country_store)


def test_a_day_is_moved_and_one_more_is_asked_while_the_request_is_open(country_store: Path) -> None:
    change = ("request", "change", "flyttet", "--store", country_store)
    roedtraad("request", "open", "eating_disorders", "--region", "1083", "--id", "flyttet", "--store", country_store)
    assert roedtraad(*change, "--step", "k22", "--due", "2099-01-01") == "k22: until 2099-01-01"
    assert roedtraad(*change, "--ask", KOBENHAVN) == "København is asked too"
    assert opened(country_store, "flyttet").has("municipality", KOBENHAVN)
    for wrong, code in (((), 2), (("--step", "k22"), 2), (("--due", "2099-01-01"), 2), (("--ask", KOBENHAVN), 1)):
        roedtraad(*change, *wrong, code=code)


def test_a_form_of_somebody_who_has_withdrawn_holds_up_no_other(country_store: Path, tmp_path: Path) -> None:
    asking = ("--region", "1083", "--on", "2026-06-01", "--id", "blandet", "--store", country_store)
    roedtraad("request", "open", "eating_disorders", *asking)
    roedtraad("request", "forms", "blandet", "--store", country_store, "--out", tmp_path / "forms")
    sent = fill_forms(tmp_path / "forms", tmp_path, 1, Plan(late="none", deviating="none", reminded="none"))["in_time"]
    both = [file for file in sent if file.stem.endswith((NYBORG, FANO))]
    roedtraad("request", "withdraw", "blandet", NYBORG, "--reason", "Nej.", "--store", country_store)
    told = roedtraad("request", "read", "blandet", *both, "--received", "2026-07-01", "--store", country_store, code=22)
    assert "Nyborg has withdrawn" in told
    assert answers(opened(country_store, "blandet"))["respondent"].unique().to_list() == [FANO]


def test_a_name_like_a_formula_is_none_in_the_list_of_whom_to_remind(country_store: Path, tmp_path: Path) -> None:
    of_provider = ("--name", '=HYPERLINK("x")', "--owner", "private", "--municipality", "0461")
    roedtraad("request", "provider", "add", "formel", *of_provider, "--store", country_store)
    roedtraad("request", "open", "eating_disorders", "--region", "1083", "--id", "formel", "--store", country_store)
    roedtraad("request", "remind", "formel", "--out", tmp_path, "--store", country_store)
    rows = pl.read_csv(tmp_path / "formel-reminders.csv", separator=";", infer_schema=False)
    assert rows.filter(respondent="formel")["name"].to_list() == ['\'=HYPERLINK("x")']


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("open", "weather", "--region", "1083"), 1),
        (("open", "eating_disorders", "--region", "9999"), 1),
        (("open", "eating_disorders", "--region", "1083", "--id", "../x"), 2),
        (("status", "none"), 1),
        (("forms", "none", "--out", "x"), 1),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_with_a_way_out(
    country_store: Path, arguments: tuple[str, ...], code: int
) -> None:
    roedtraad("request", *arguments, "--store", country_store, code=code)


def test_a_mistyped_store_is_told_and_makes_no_folder(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    roedtraad("request", "open", "eating_disorders", "--region", "1083", "--store", gone, code=6)
    assert not gone.exists()


def test_a_declaration_with_a_slip_asks_nobody(country_store: Path, tmp_path: Path) -> None:
    import shutil

    from pipelines.requests.declared import shipped

    shutil.copytree(shipped() / "eating_disorders", tmp_path / "eating_disorders")
    file = tmp_path / "eating_disorders" / "request.toml"
    file.write_text(file.read_text("utf-8").replace("days = 60", "days = 0"), "utf-8")
    asking = ("--region", "1083", "--folder", tmp_path, "--id", "slip", "--store", country_store)
    told = roedtraad("request", "open", "eating_disorders", *asking, code=21)
    assert "days is 1 to" in told


def test_what_can_be_asked_and_what_is_open_is_listed(country_store: Path) -> None:
    text = roedtraad("request", "list", "--store", country_store)
    assert "rare_disabilities" in text
    assert "eating_disorders" in text
