"""Great Expectations' own pages of a check: whole, offline, in a named language, and without a value of a row."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from checked_stores import MONDAY, TUESDAY, checked, store_with
from reported_checks import ALL, BROKEN, EARLY, FINE, NOBODY, ODENSE, TOLERATED, bad_in, every_status

from checks.acceptance import Finding, accept
from checks.polars_engine.quietly import great_expectations as gx
from checks.report import reported, write_reports
from checks.report.data_docs import _finished, write_data_docs
from checks.report.words import Words
from checks.run import Outcome
from pipelines.errors import StoreFailed

pytestmark = pytest.mark.slow

ADDRESS = re.compile(r"https?:|(?<![:\w])//[\w-]+\.|@import|url\(", re.IGNORECASE)
FRAMES = ("children", "contacts", "nobody")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return every_status(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def folder(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All reports of the check."""
    out = tmp_path_factory.mktemp("reports")
    write_reports(outcome, reported(outcome, catalogue=ALL), out, Words("da"))
    return out


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def pages(folder: Path) -> list[Path]:
    return [path for path in files(folder / "great_expectations" / "data_docs") if path.suffix == ".html"]


def test_no_file_of_a_report_names_an_address_outside(folder: Path) -> None:
    assert [path.name for path in files(folder) if ADDRESS.search(path.read_text("utf-8"))] == []


def test_no_page_needs_a_script_a_picture_or_a_style_from_another_file(folder: Path) -> None:
    for page in pages(folder):
        assert not re.search(r"<(script|link|img|iframe|object)\b", page.read_text("utf-8"))
    assert {path.suffix for path in files(folder / "great_expectations" / "data_docs")} == {".html"}


def test_there_is_a_page_for_every_suite_and_every_result_and_one_that_leads_to_them(folder: Path) -> None:
    site = folder / "great_expectations" / "data_docs"
    assert [page.stem for page in pages(folder) if page.parent.name == "expectations"] == list(FRAMES)
    assert sorted(page.relative_to(site).parts[1] for page in pages(folder) if page.stem == "all-rows") == list(FRAMES)
    links = re.findall(r"href=\"([^\"#]+)\"", (site / "index.html").read_text("utf-8"))
    assert len(set(links)) == 2 * len(FRAMES)
    assert all((site / unquote(link)).is_file() for link in links)


def test_every_link_of_every_page_leads_to_a_page(folder: Path) -> None:
    for page in pages(folder):
        links = re.findall(r"href=\"([^\"#]+)", page.read_text("utf-8"))
        assert [link for link in links if not (page.parent / unquote(link)).is_file()] == []


def test_every_page_names_its_language_and_has_a_title_and_one_main_heading(folder: Path) -> None:
    for page in pages(folder):
        html = page.read_text("utf-8")
        assert html.lstrip().startswith('<!doctype html>\n<html lang="en">')
        assert len(re.findall("<h1>", html)) == len(re.findall("<title>[^<]+</title>", html)) == 1


def test_a_result_says_the_claim_in_english_the_counts_and_what_failed(folder: Path) -> None:
    html = next(page for page in pages(folder) if "contacts" in page.parts and page.stem == "all-rows").read_text(
        "utf-8"
    )
    assert f"So it is ({EARLY.id}, plausibility, critical)" in html
    assert "123 unexpected values found" in html
    assert "The check could not be calculated." in html
    assert BROKEN.id in html


def test_results_hold_counts_and_nothing_of_a_row(folder: Path) -> None:
    stored = next(path for path in files(folder / "great_expectations" / "validations") if "contacts" in path.parts)
    result = json.loads(stored.read_text("utf-8"))
    assert set(result["meta"]) <= {"run_id", "great_expectations_version", "validation_time", "not_applicable"}
    counted = {name for each in result["results"] for name in each["result"]}
    assert all(name.endswith(("_count", "_percent", "_percent_total", "_percent_nonmissing")) for name in counted)
    whole = stored.read_text("utf-8")
    assert not re.search(r'"k\d+"|contact_id|2024-12-24|partial_unexpected|index_list', whole)


def result_of(folder: Path, frame: str) -> dict[str, Any]:
    stored = next(path for path in files(folder / "great_expectations" / "validations") if frame in path.parts)
    told: dict[str, Any] = json.loads(stored.read_text("utf-8"))
    return told


def test_nothing_to_judge_is_no_success(folder: Path) -> None:
    told = result_of(folder, "nobody")
    assert (told["results"], told["meta"]["not_applicable"]) == ([], [NOBODY.id])
    assert told["statistics"]["evaluated_expectations"] == told["statistics"]["successful_expectations"] == 0
    suite = (folder / "great_expectations" / "data_docs" / "expectations" / "nobody.html").read_text("utf-8")
    assert "0 rows, not applicable" in suite


def test_results_succeed_where_the_report_says_so(folder: Path) -> None:
    told = result_of(folder, "contacts")
    of_rule = {each["expectation_config"]["kwargs"]["rule"]: each for each in told["results"]}
    assert {name: each["success"] for name, each in of_rule.items()} == {
        EARLY.id: False,
        TOLERATED.id: True,
        FINE.id: True,
        BROKEN.id: False,
    }
    assert {name for name, each in of_rule.items() if each["exception_info"]["raised_exception"]} == {BROKEN.id}
    assert (told["success"], told["statistics"]["unsuccessful_expectations"]) == (False, 2)


def test_what_a_steward_has_accepted_is_a_success_that_says_so(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=bad_in(m0461=7))
    checked(store, EARLY)
    finding, until = Finding(EARLY.id, municipality_code=ODENSE), TUESDAY.date()
    accept(store, finding, reason="Kendt", until=until, by="Anne", now=MONDAY)
    again = checked(store, EARLY, now=TUESDAY)
    write_reports(again, reported(again, catalogue=ALL), tmp_path / "out", Words("da"))
    told = result_of(tmp_path / "out", "contacts")
    assert (told["success"], told["results"][0]["result"]["unexpected_count"]) == (True, 7)
    page = next(page for page in pages(tmp_path / "out") if page.stem == "all-rows")
    assert "Accepted by a data steward: 7" in page.read_text("utf-8")


def test_great_expectations_opens_the_folder_and_finds_suites_and_results(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "great_expectations", tmp_path / "gx")
    context = gx.get_context(mode="file", context_root_dir=tmp_path / "gx")
    assert sorted(suite.name for suite in context.suites.all()) == list(FRAMES)
    assert len(context.validation_results_store.list_keys()) == len(FRAMES)
    assert not context.variables.config.analytics_enabled


def test_a_second_report_takes_the_place_of_the_first_and_nothing_else_is_touched(
    outcome: Outcome, tmp_path: Path
) -> None:
    out, report = tmp_path / "docs", reported(outcome, catalogue=ALL)
    for _ in range(2):
        index = write_data_docs(outcome.validations, report, out)
        assert index.is_file()
        assert len([path for path in files(out) if path.stem == "all-rows" and path.suffix == ".html"]) == len(FRAMES)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(StoreFailed):
        write_data_docs(outcome.validations, report, other)
    assert [path.name for path in files(other)] == ["letter.txt"]


def test_a_page_that_could_not_be_made_is_told(folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(folder / "great_expectations" / "data_docs", site)
    with pytest.raises(StoreFailed) as told:
        _finished(site, {"costs": None}, gx.RunIdentifier(run_name="none"))
    assert "costs" in str(told.value)


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) {{ 7 * 7 }} {% raw %} "
    "$rule ${rule} %(rule)s =cmd|' /C calc'!A0 \"'><svg onload=alert(1)>"
)


def test_a_claim_and_a_reason_that_are_markup_or_template_stay_words(tmp_path: Path) -> None:
    """Great Expectations fills templates of two kinds with what it is told."""
    told = replace(EARLY, claim_en=HOSTILE, claim_da=HOSTILE)
    store = store_with(tmp_path, contacts=bad_in(m0461=2))
    outcome = checked(store, told)
    report = reported(outcome, catalogue=(told,))
    for name, catalogue in (("hostile", (told,)), ("plain", (EARLY,))):
        made = reported(outcome, catalogue=catalogue) if name == "plain" else report
        write_data_docs(outcome.validations, made, tmp_path / name)
    hostile, plain = ([tags_of(page) for page in html_in(tmp_path / name)] for name in ("hostile", "plain"))
    assert hostile == plain
    whole = unescape(" ".join(page.read_text("utf-8") for page in html_in(tmp_path / "hostile")))
    assert "<script>alert(1)</script>" in whole
    assert "{{ 7 * 7 }}" in whole


def html_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"), key=lambda page: str(page.relative_to(folder)))


def tags_of(page: Path) -> list[tuple[str, tuple[str, ...]]]:
    """What a browser would make of it: each element with the names of its attributes."""
    found: list[tuple[str, tuple[str, ...]]] = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, tuple(name for name, _ in attrs)))

    Elements().feed(page.read_text("utf-8"))
    return found
