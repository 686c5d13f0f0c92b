"""What pages may read of files and checks, scope by scope, and how it is shaped and put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from published_frames import AS_OF, LAESOE, SVENDBORG
from quality_store import (
    CHECKED,
    CRITICAL,
    DEADLINE,
    ELSEWHERE,
    OWN_KEYS,
    UNRUN,
    WARNING,
    add_checks,
    quality_run,
)

from checks.catalogue import CATALOGUE
from checks.declared import CATEGORIES, STATUSES
from dashboards import opening, published_checks, published_quality
from dashboards.charts.month_strips import month_strips, strip_text
from dashboards.language import LANGUAGES, NO_BREAK, Words
from dashboards.opening import Source
from dashboards.page_record import Facts
from dashboards.quality import accounts, findings, months, sentences, set_aside, statuses
from dashboards.quality.declared import table_name
from dashboards.scope import NotAllowed, Scope
from dashboards.spreadsheets import as_csv
from pipelines.store import Snapshot

DA, EN = Words("da"), Words("en")
STEWARD, LEADER = Scope("steward", SVENDBORG, "1083"), Scope("leader", SVENDBORG, "1083")
NATIONAL, ELSEWHERE_STEWARD = Scope("national"), Scope("steward", LAESOE, "1081")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return quality_run(tmp_path_factory.mktemp("quality") / "store")


@pytest.fixture(scope="module")
def checks(run: Snapshot) -> Source:
    add_checks(run.folder, run.run["run_id"])
    found = opening.open_checks(run.folder)
    assert found is not None
    return found


def test_checks_that_do_not_say_that_they_are_of_sample_data_are_not_opened(tmp_path: Path) -> None:
    for answer in (False, None):
        folder = quality_run(tmp_path / str(answer)).folder
        add_checks(folder, "r", is_sample=answer)
        assert opening.open_checks(folder) is None


def test_a_superseded_file_is_not_counted_again(run: Snapshot) -> None:
    rows = published_quality.deliveries(run, STEWARD)
    assert rows.filter((pl.col("delivery") == "contacts") & (pl.col("whose") == "own"))["rows_read"].to_list() == [1010]
    assert published_quality.former_files(run, STEWARD)["source"].to_list() == ["kommuner/0479/kontakter.csv"]


@pytest.mark.parametrize("scope", [STEWARD, LEADER, NATIONAL, ELSEWHERE_STEWARD], ids=lambda scope: scope.role)
def test_numbers_of_files_are_the_stewards_own_only(run: Snapshot, scope: Scope) -> None:
    rows = published_quality.deliveries(run, scope)
    counted = rows.filter(pl.any_horizontal(pl.col(published_quality.COUNTS).is_not_null()))
    assert counted["whose"].unique().to_list() == (["own"] if scope.role == "steward" else [])
    assert rows.filter(pl.col("whose") == "others").is_empty() == (scope.role != "national")


def test_shared_files_are_told_in_words(run: Snapshot) -> None:
    told = dict(published_quality.deliveries(run, LEADER).select("delivery", "has_set_aside").iter_rows())
    assert told == {"contacts": True, "children_reports": False, "BEF": False, "antenatal_record": True}


def test_codes_of_another_municipality_are_not_for_this_one(run: Snapshot) -> None:
    own = published_quality.unmapped(run, STEWARD)
    assert own.select("code", "rows").rows() == [("set?", 11)]
    assert published_quality.unmapped(run, LEADER).select("code", "rows").rows() == [("set?", None)]
    assert sorted(published_quality.unmapped(run, NATIONAL)["code"]) == ["X9", "set?"]


def test_linkage_is_exact_for_the_steward_and_suppressed_for_others(run: Snapshot) -> None:
    own = published_quality.linkage(run, STEWARD).select("outcome", "rows").rows()
    assert own == [("register", 40), ("none", 2), ("child", 8)]
    for scope in (LEADER, NATIONAL):
        told = published_quality.linkage(run, scope).select("measure", "outcome", "rows").rows()
        assert told == [
            ("births", "linked", None),
            ("births", "not_linked", None),
            ("exposures", "not_linked", 9),
            ("exposures", "linked", 8),
        ]


def test_accounts_that_do_not_add_up_are_told(run: Snapshot) -> None:
    assert published_quality.adds_up(run)
    told = sentences.of_rows([], DA, adds_up=False)
    assert told.startswith(DA("quality.does_not_add_up"))


def test_the_last_months_cross_the_year() -> None:
    assert months.months_until(date(2026, 2, 28), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert len(months.months_until(AS_OF)) == months.MONTHS


def test_missing_declared_and_too_few_are_kept_apart(run: Snapshot) -> None:
    year = months.months_until(AS_OF, 12)
    rows = published_quality.reporting(run, LEADER, year[0], year[-1])
    (strip,) = months.strips(rows, "delivery", year)
    assert [strip.number(state) for state in months.STATES] == [9, 1, 1, 1]
    markup = month_strips([strip], year, str, DA)
    for state in months.STATES:
        assert f"<i class='{state}' title=" in markup
        assert DA(f"month_state.{state}") in markup
    assert strip_text(strip, year, DA) == (
        "9 af 12 måneder indberettet; mangler: juli 2026; meldt ufuldstændig: 1; for få til at sige noget: 1"
    )


def test_months_that_say_nothing_are_not_expected(run: Snapshot) -> None:
    year = months.months_until(AS_OF, 12)
    counted = months.completeness(published_quality.reporting(run, LEADER, year[0], year[-1]), year)
    assert (counted.reported, counted.missing, counted.declared, counted.expected) == (9, 1, 1, 11)
    assert months.Completeness(0, 0, 0).share is None


def test_numbers_of_months_are_the_stewards(run: Snapshot) -> None:
    first, last = date(2020, 1, 1), AS_OF
    assert published_quality.reporting(run, STEWARD, first, last)["rows"].unique().to_list() == [3]
    for scope in (LEADER, NATIONAL):
        assert published_quality.reporting(run, scope, first, last)["rows"].unique().to_list() == [None]
    own = published_quality.reporting(run, LEADER, first, last)["municipality_code"].unique().to_list()
    assert own == [SVENDBORG]


def test_a_month_that_the_delivery_does_not_have_is_drawn_as_none() -> None:
    rows = pl.DataFrame({"delivery": ["BUU"], "month": [date(2026, 1, 1)], "state": ["reported"]})
    (strip,) = months.strips(rows, "delivery", [date(2026, 1, 1), date(2026, 2, 1)])
    assert strip.states == ("reported", None)
    assert "class='outside'" in month_strips([strip], [date(2026, 1, 1), date(2026, 2, 1)], str, EN)


def row_of(checks: Source, scope: Scope, check_id: str) -> dict[str, object]:
    table = statuses.by_check(published_checks.results(checks, scope), scope.municipality_code or "country")
    return table.row(by_predicate=pl.col("check_id") == check_id, named=True)


def test_a_check_stands_as_it_does_in_the_readers_place(checks: Source) -> None:
    here = [str(row_of(checks, STEWARD, check.id)["status"]) for check in (CRITICAL, WARNING, UNRUN, ELSEWHERE)]
    assert here == ["failed", "passed_with_failing_rows", "error", "not_applicable"]
    assert row_of(checks, STEWARD, ELSEWHERE.id)["status_everywhere"] == "failed"
    assert row_of(checks, NATIONAL, ELSEWHERE.id)["status"] == "failed"


def test_leaders_read_statuses_and_no_number(checks: Source) -> None:
    rows = published_checks.results(checks, LEADER)
    assert rows.select(pl.col(published_checks.NUMBERS).is_not_null().any()).row(0) == (False,) * 6
    assert set(rows["place"]) == {"country", SVENDBORG}
    assert published_checks.history_of(checks, LEADER, CRITICAL.id)["failing"].unique().to_list() == [None]


def test_the_countrys_number_is_hidden_when_it_gives_away_a_small_one_elsewhere(checks: Source) -> None:
    warning, critical = (row_of(checks, STEWARD, check.id) for check in (WARNING, CRITICAL))
    assert (warning["failing"], warning["failing_everywhere"]) == (60, None)
    assert (critical["failing"], critical["failing_everywhere"]) == (6, 13)


def test_municipalities_with_few_failing_rows_are_hidden_with_what_would_give_them_away(checks: Source) -> None:
    def found(check_id: str, scope: Scope = NATIONAL) -> list[tuple[str, int | None]]:
        return published_checks.failing_by_municipality(checks, scope, check_id).select("place", "failing").rows()

    assert found(CRITICAL.id) == [(LAESOE, 7), (SVENDBORG, 6)]
    assert found(WARNING.id) == [(SVENDBORG, None), (LAESOE, None)]
    assert found(CRITICAL.id, STEWARD) == [(SVENDBORG, 6)]
    assert found(CRITICAL.id, LEADER) == [(SVENDBORG, None)]


def test_checks_are_divided_by_table_kind_and_severity(checks: Source) -> None:
    table = statuses.by_check(published_checks.results(checks, NATIONAL), "country")
    for division in statuses.DIVISIONS:
        divided = statuses.divided(table, division)
        assert divided.select(pl.sum_horizontal(STATUSES)).sum().item() == len(CATALOGUE)
    assert statuses.divided(table, "category")["part"].to_list() == [
        c for c in CATEGORIES if c in set(table["category"])
    ]


def test_runs_stand_beside_each_other_the_oldest_first(checks: Source) -> None:
    runs = statuses.run_by_run(published_checks.history(checks, LEADER), last=5)
    assert [run.checks["failed"] for run in runs] == [0, 2]
    assert runs[-1].checked_at == CHECKED
    assert {run.all for run in runs} == {len(CATALOGUE)}


@pytest.mark.parametrize("scope", [LEADER, NATIONAL], ids=lambda scope: scope.role)
@pytest.mark.parametrize("reader", ["quarantine", "findings"])
def test_rows_are_refused_to_all_but_the_steward(run: Snapshot, checks: Source, scope: Scope, reader: str) -> None:
    read: Callable[[], pl.DataFrame] = {
        "quarantine": lambda: published_quality.quarantine(run, scope),
        "findings": lambda: published_checks.findings(checks, scope),
    }[reader]
    with pytest.raises(NotAllowed):
        read()


def test_findings_are_open_assigned_or_accepted_and_closed_ones_are_gone(checks: Source) -> None:
    rows = published_checks.findings(checks, STEWARD)
    assert findings.number_of(rows) == {"all": 5, "open": 3, "assigned": 1, "accepted": 1}
    assert OWN_KEYS[5] not in rows["row_key"].to_list()
    told = findings.in_words(rows, DA)["state_word"].to_list()
    assert "Tildelt Anne" in told
    assert f"Accepteret til og med 31. december {DEADLINE.year}" in [word.replace(NO_BREAK, " ") for word in told]


def test_an_acceptance_that_has_passed_is_open_again(run: Snapshot, checks: Source) -> None:
    assert isinstance(checks, opening.Opened)
    assert isinstance(checks.source, Snapshot)
    later = replace(checks.source, run={**checks.run, "finished_at": CHECKED.replace(year=DEADLINE.year + 1)})
    assert findings.number_of(published_checks.findings(later, STEWARD))["accepted"] == 0


def test_quarantine_of_shared_files_is_told_by_field_and_small_numbers_are_hidden(run: Snapshot) -> None:
    told = published_quality.quarantine_of_others(run, STEWARD).select("table", "rule", "rows").rows()
    assert told == [("diagnoses", "enumeration", 6), ("pregnancies", "form", None)]
    assert published_quality.quarantine_of_others(run, LEADER)["rows"].unique().to_list() == [None]
    assert "required" in published_quality.quarantine_of_others(run, NATIONAL)["rule"].to_list()


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_files_hold_keys_and_what_to_do_and_nothing_else_of_a_row(run: Snapshot, checks: Source, words: Words) -> None:
    set_aside_rows = set_aside.in_words(published_quality.quarantine(run, STEWARD), words)
    found = findings.in_words(published_checks.findings(checks, STEWARD), words)
    assert set_aside.for_file(set_aside_rows, words).width == len(set_aside.FILE_COLUMNS)
    assert findings.for_file(found, words).width == len(findings.FILE_COLUMNS)
    assert findings.for_file(found, words)[words("finding.file_key")].to_list()[0] in OWN_KEYS


def test_a_key_like_a_formula_stays_text_in_a_spreadsheet(run: Snapshot) -> None:
    rows = set_aside.for_file(set_aside.in_words(published_quality.quarantine(run, STEWARD), DA), DA)
    text = as_csv(rows, Facts("Sat til side", ())).decode("utf-8-sig")
    assert ";'=cmd|x;" in text
    assert ";=cmd" not in text


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_every_table_rule_and_status_has_a_name(words: Words) -> None:
    assert [frame for frame in {check.frame for check in CATALOGUE} if table_name(frame, words) == frame] == []
    rules = ("identity", "type", "required", "enumeration", "reference", "at_least_one", "ends_before_it_begins", "key")
    assert [rule for rule in rules if set_aside.rule_word(rule, words) == rule] == []
    assert all(words.known(f"status.{status}") and words.known(f"check.{status}") for status in STATUSES)
    assert words.section("rule").keys() == words.section("mend").keys() - {"any"}


def test_a_sum_is_one_where_each_row_made_one_and_two_where_it_did_not() -> None:
    counts = dict.fromkeys(published_quality.COUNTS, 0)
    facts = {"delivery": "x", "whose": "own", "files": 1, "senders": 1, "last_seen": AS_OF, "has_set_aside": False}

    def sums(**numbers: int) -> list[tuple[str, int, tuple[tuple[str, int], ...]]]:
        row = pl.DataFrame([{**facts, **counts, **numbers}])
        return [(told.name, told.whole, told.parts) for told in accounts.accounts(row)[0].sums]

    one = sums(rows_read=10, out_of_scope=2, handed_on=8, accepted=7, exact_duplicates=1)
    assert one == [("read", 10, (("accepted", 7), ("exact_duplicates", 1), ("out_of_scope", 2)))]
    two = sums(rows_read=10, faulty=1, handed_on=12, accepted=12)
    assert two == [("read", 10, (("handed_on", 9), ("faulty", 1))), ("made", 12, (("accepted", 12),))]
