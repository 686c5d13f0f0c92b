"""What reports of the checks say, to whom; and the forms for programs: JSON and JUnit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from checked_stores import MONDAY, TUESDAY, WEDNESDAY, checked, store_with
from reported_checks import (
    AARHUS,
    ALL,
    BROKEN,
    CHILD,
    EARLY,
    FINE,
    LAESOE,
    ODENSE,
    SAMSOE,
    bad_in,
    every_status,
    of,
)

from checks.acceptance import Finding, accept, assign
from checks.declared import STATUSES
from checks.faults import CODES, Code, Fault
from checks.report import reported
from checks.report.json_report import json_report
from checks.report.junit import junit_report
from checks.report.one_check import told
from checks.report.page import page
from checks.report.places import places_of
from checks.report.reported import Report
from checks.report.words import Words
from checks.run import Outcome
from pipelines.definitions.reference import Reference
from pipelines.errors import WrongUse

pytestmark = pytest.mark.slow

DA, EN = Words("da"), Words("en")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return every_status(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def report(outcome: Outcome) -> Report:
    return reported(outcome, catalogue=ALL)


def test_every_check_that_was_asked_is_reported_once_with_what_came_of_it(report: Report) -> None:
    assert {each.check.id: each.status for each in report.checks} == {
        "contacts.told_early": "failed",
        "contacts.told_tolerated": "passed_with_failing_rows",
        "contacts.told_fine": "passed",
        "nobody.told": "not_applicable",
        "contacts.told_broken": "error",
        "children.told": "failed",
    }
    assert list(report.counted().items()) == list(zip(STATUSES, (1, 1, 2, 1, 1), strict=True))
    assert (report.worst_failure, report.exit_code) == ("critical", 11)


def test_small_counts_of_municipalities_are_hidden_and_with_them_one_that_would_give_them_away(report: Report) -> None:
    places = of(report, EARLY)["municipalities"]
    assert {place["municipality_code"]: place["failing"] for place in places} == {
        ODENSE: 70,
        AARHUS: None,
        SAMSOE: None,
        LAESOE: None,
    }
    assert all(place["share"] is None and place["applicable"] is None for place in places if place["failing"] is None)
    assert of(report, EARLY)["failing"] == 123


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"m0825": 3}, False),
        ({"m0825": 1, "m0741": 1}, False),
        ({"m0825": 2, "m0741": 2}, False),
        ({"m0825": 2, "m0741": 3}, True),
    ],
)
def test_municipalities_are_not_named_where_the_whole_number_tells_their_own(
    tmp_path: Path, bad: dict[str, int], named: bool
) -> None:
    found = reported(checked(store_with(tmp_path, contacts=bad_in(**bad)), EARLY), catalogue=[EARLY])
    told, html = of(found, EARLY), page(found, DA)
    assert told["failing"] == sum(bad.values())
    assert [place["failing"] for place in told["municipalities"]] == ([None, None] if named else [])
    assert told["municipalities_unnamed"] == (0 if named else len(bad))
    assert ("Læsø" in html, "ikke er nævnt" in html) == (named, not named)


def places_where(
    outcome: Outcome, counts: dict[str | None, tuple[int, int]]
) -> list[tuple[str, int | None, int | None]]:
    """By municipality (None: the whole store) failing and applicable rows; what is told of each."""
    one = outcome.results.filter(pl.col("check_id") == EARLY.id).head(1)
    rows = [
        one.with_columns(
            pl.lit(code, pl.String).alias("municipality_code"),
            pl.lit(failing, pl.Int64).alias("failing"),
            pl.lit(applicable, pl.Int64).alias("applicable"),
        )
        for code, (failing, applicable) in counts.items()
    ]
    told = places_of(pl.concat(rows), Reference.load())[EARLY.id]
    return [(place.municipality_code, place.failing, place.applicable) for place in told.named]


def test_of_how_many_is_hidden_where_the_few_that_keep_the_claim_could_be_worked_out(outcome: Outcome) -> None:
    elsewhere = {None: (60, 1000), ODENSE: (6, 8), AARHUS: (54, 100)}
    assert places_where(outcome, elsewhere) == [(AARHUS, 54, 100), (ODENSE, 6, None)]
    nowhere_else = {None: (60, 108), ODENSE: (6, 8), AARHUS: (54, 100)}
    assert places_where(outcome, nowhere_else) == [(AARHUS, 54, None), (ODENSE, 6, None)]
    few_everywhere = {None: (60, 62), ODENSE: (6, 7), AARHUS: (54, 55)}
    assert places_where(outcome, few_everywhere) == []
    none_keeps_it = {None: (60, 60), ODENSE: (6, 6), AARHUS: (54, 54)}
    assert places_where(outcome, none_keeps_it) == [(AARHUS, 54, 54), (ODENSE, 6, 6)]


def test_a_count_of_a_municipalitys_figures_is_never_small(outcome: Outcome) -> None:
    place = pl.lit("0825").alias("municipality_code")
    one = outcome.results.filter(pl.col("check_id") == EARLY.id).head(1)
    of_figures = [one, one.with_columns(place, pl.lit(1, pl.Int64).alias("failing"))]
    rows = pl.concat(of_figures).with_columns(pl.lit("shares").alias("frame"))
    told = places_of(rows, Reference.load())[EARLY.id]
    assert [(named.name, named.failing) for named in told.named] == [("Læsø", 1)]
    assert told.unnamed == 0


def test_the_report_of_a_municipality_has_its_own_counts_and_nothing_of_the_others(outcome: Outcome) -> None:
    own = reported(outcome, municipality=LAESOE, catalogue=ALL)
    told = of(own, EARLY)
    assert (told["failing"], told["applicable"], told["municipalities"]) == (2, 2, [])
    assert told["history"][0]["failing"] == 2
    assert of(own, CHILD)["failing"] is None
    assert of(own, CHILD)["status"] == "failed"
    assert (of(own, FINE)["status"], of(own, BROKEN)["status"]) == ("passed", "error")
    for text in (page(own, DA), json_report(own), junit_report(own, DA)):
        assert "Odense" not in text
        assert "123" not in re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)


def test_a_municipality_without_rows_of_the_claim_is_told_that_there_are_none(outcome: Outcome) -> None:
    own = reported(outcome, municipality="0479", catalogue=ALL)
    assert of(own, EARLY)["status"] == "not_applicable"
    assert "Der er ingen rækker, som kontrollen handler om." in page(own, DA)


def test_there_is_no_report_for_a_municipality_that_does_not_exist(outcome: Outcome) -> None:
    with pytest.raises(WrongUse):
        reported(outcome, municipality="9999", catalogue=ALL)


def test_earlier_runs_are_told_beside_the_last_one(tmp_path: Path) -> None:
    checked(store_with(tmp_path, contacts=bad_in(m0461=9)), EARLY, now=MONDAY)
    later = checked(store_with(tmp_path, contacts=bad_in(m0461=6, m0751=6)), EARLY, FINE, now=TUESDAY)
    told = of(reported(later, catalogue=ALL), EARLY)
    assert [(past["checked_at"], past["failing"]) for past in told["history"]] == [
        (MONDAY.isoformat(), 9),
        (TUESDAY.isoformat(), 12),
    ]
    assert (told["findings"]["open"], told["findings"]["new"]) == (12, 3)
    html = page(reported(later, catalogue=ALL), EN)
    assert "24 November 2026, 8:00 UTC" in html
    assert "The oldest was seen on 23 November 2026." in html


def test_a_run_of_which_only_some_checks_were_asked_is_marked(tmp_path: Path) -> None:
    checked(store_with(tmp_path, contacts=bad_in(m0461=9)), EARLY, FINE, now=MONDAY)
    part = checked(store_with(tmp_path, contacts=bad_in(m0461=9)), EARLY, now=TUESDAY)
    assert part.results["check_id"].unique().to_list() == [EARLY.id]
    whole = checked(store_with(tmp_path, contacts=bad_in(m0461=9)), EARLY, FINE, now=WEDNESDAY)
    html = page(reported(whole, catalogue=ALL), DA)
    assert "24. november 2026 kl. 8.00 UTC (kun en del af kontrollerne)" in html
    assert html.count("(kun en del af kontrollerne)") == 1


def test_a_run_that_was_checked_again_in_part_is_one_run(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=bad_in(m0461=9))
    checked(store, EARLY, CHILD, now=MONDAY)
    again = checked(store, EARLY, CHILD, now=TUESDAY, tables=["contacts"])
    html = page(reported(again, catalogue=ALL), DA)
    assert "kun en del af kontrollerne" not in html


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
@pytest.mark.parametrize("code", CODES)
def test_why_a_check_could_not_be_run_is_told_with_what_to_do_in_the_readers_language(
    report: Report, words: Words, code: Code
) -> None:
    error = str(Fault(code, "contacts", "ComputeError"))
    html = page(replace(report, checks=(replace(report.checks[0], status="error", error=error),)), words)
    why = words.fault(error, detail="<span lang='en'>ComputeError</span>")
    assert why in html
    assert "roedtraad" in why
    assert html.count("ComputeError") == why.count("ComputeError")
    assert words.frame("contacts") in why or code == "targets"


def test_a_sentence_that_an_earlier_version_kept_is_not_quoted() -> None:
    assert DA.fault("the rule stopped: ComputeError") == DA.of_pages("fault.other")


@pytest.mark.parametrize(("frame", "unit"), [("deliveries", "filer"), ("shares", "kommuner"), ("contacts", "rækker")])
def test_what_is_counted_has_its_own_word(report: Report, frame: str, unit: str) -> None:
    one = replace(report.checks[0], check=replace(EARLY, frame=frame))
    assert f"123 af 125 {unit} bryder den" in next(told(one, DA))
    assert f"Der er ingen {unit}, som" in next(told(replace(one, status="not_applicable"), DA))


def test_what_stewards_decided_is_counted_and_their_words_stay_in_the_store(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=bad_in(m0461=7))
    checked(store, EARLY)
    until = TUESDAY.date()
    accept(store, Finding(EARLY.id, "k1"), reason="Kendt siden marts", until=until, by="Anne", now=MONDAY)
    assign(store, Finding(EARLY.id, "k2"), to="Bodil", reason="Ringer", until=until, by="Anne", now=MONDAY)
    found = reported(checked(store, EARLY, now=TUESDAY), catalogue=[EARLY])
    html = page(found, DA)
    assert "Accepteret af en dataansvarlig: 1." in html
    assert "Tildelt nogen: 1." in html
    assert not any(word in html + json_report(found) for word in ("Kendt siden", "Bodil", "Anne", "Ringer"))


def test_long_lists_of_which_only_the_first_are_fetched_say_so(report: Report) -> None:
    long = replace(report.checks[0], failing=13_397, applicable=20_000, listed=10_000, share=0.67)
    html = page(replace(report, checks=(long,)), DA)
    assert "Nøglerne til 10.000 af de 13.397 rækker er hentet" in html


def test_the_json_names_its_schema_and_stands_in_the_same_order_every_time(outcome: Outcome, report: Report) -> None:
    whole = json.loads(json_report(report))
    assert (whole["schema"], whole["schema_version"]) == ("roedtraad.checks", 1)
    names = ["schema", "schema_version", "run", "statuses", "worst_failure", "exit_code", "checks"]
    assert list(whole) == names
    assert [each["id"] for each in whole["checks"]] == sorted(check.id for check in ALL)
    assert json_report(reported(outcome, catalogue=list(reversed(ALL)))) == json_report(report)


def test_names_of_version_one_of_the_json_stay(report: Report) -> None:
    assert set(of(report, EARLY)) >= {
        *("id", "frame", "category", "context", "severity", "threshold", "owner", "since", "touches"),
        *("claim", "reader", "supplier", "status", "error", "rows", "applicable", "failing", "share"),
        *("accepted", "listed", "findings", "municipalities", "municipalities_unnamed", "history"),
    }


def test_junit_fails_where_the_exit_code_does_and_tells_the_rest(report: Report) -> None:
    whole = ElementTree.fromstring(junit_report(report, DA))  # noqa: S314  # our own text
    counts = {name: whole.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "1", "errors": "1", "skipped": "1"}
    cases = {
        str(case.get("name")): [(inner.tag, inner.get("type")) for inner in case] for case in whole.iter("testcase")
    }
    assert cases == {
        "contacts.told_early": [("failure", "critical")],
        "contacts.told_tolerated": [("system-out", None)],
        "contacts.told_fine": [],
        "nobody.told": [("skipped", None)],
        "contacts.told_broken": [("error", "warning")],
        "children.told": [("system-out", None)],
    }
    assert whole.findtext(".//failure") is not None
    assert whole.find(".//skipped").get("message") == "Der er ingen rækker, som kontrollen handler om."  # type: ignore[union-attr]
