"""What pages may tell of results of checks: no small number, no strange code, of this run, and as of today."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
from checked_stores import MONDAY, TUESDAY, checked, claim, contacts_in, store_with
from published_frames import LAESOE, SVENDBORG
from quality_store import CHECKED, CRITICAL, EMPTY, UNRUN, WARNING, result

from checks.acceptance import Finding, accept, assign
from checks.catalogue import CATALOGUE
from checks.declared import Check
from checks.findings import FAILURES
from checks.results import RESULTS
from dashboards import published_checks
from dashboards.charts.check_statuses import run_columns
from dashboards.language import LANGUAGES, Words
from dashboards.opening import Source
from dashboards.page_record import Facts
from dashboards.quality import sentences, statuses
from dashboards.scope import Scope
from dashboards.spreadsheets import as_excel

DA, EN = Words("da"), Words("en")
NATIONAL, STEWARD = Scope("national"), Scope("steward", SVENDBORG, "1083")
ODENSE, AARHUS, COPENHAGEN, SAMSOE = "0461", "0751", "0101", "0741"
CODES = (SVENDBORG, LAESOE, ODENSE, AARHUS, COPENHAGEN, SAMSOE)
IN_ODENSE = claim("contacts.until_tuesday", pl.col("municipality_code") == ODENSE, severity="critical")


class _Results:
    """Results of checks as a store hands them out."""

    def __init__(self, rows: Sequence[dict[str, Any]], run_id: str = "r1") -> None:
        facts = {"run_id": run_id, "checked_at": CHECKED}
        self._rows = pl.DataFrame([facts | row for row in rows], schema=RESULTS)

    @property
    def run(self) -> dict[str, Any]:
        return {"run_id": "c1", "finished_at": CHECKED}

    def table(self, name: str) -> pl.LazyFrame:
        return self._rows.lazy() if name == "check_results" else pl.LazyFrame(schema=FAILURES)


def found_in(parts: dict[str, int], check: Check = CRITICAL) -> _Results:
    """A check that fails in so many rows of each municipality."""
    rows = [result(check, code, "failed", failing, 100) for code, failing in parts.items()]
    return _Results([result(check, None, "failed", sum(parts.values()), 5000), *rows])


def told_by(checks: Source, scope: Scope = NATIONAL) -> tuple[int | None, list[int | None]]:
    """The number of the country, and those of its municipalities."""
    country = published_checks.results(checks, scope).filter(pl.col("place") == published_checks.EVERYWHERE)
    places = published_checks.failing_by_municipality(checks, scope, CRITICAL.id)
    return country["failing"].item(), places["failing"].to_list()


@pytest.mark.parametrize(
    ("parts", "country"),
    [
        ([1, 1, 1, 1, 1], None),
        ([4, 4], None),
        ([4, 4, 4], None),
        ([3, 3, 2], 8),
        ([3, 2], 5),
        ([70, 4], 74),
    ],
)
def test_the_countrys_number_never_tells_the_small_ones_of_municipalities(
    parts: list[int], country: int | None
) -> None:
    checks = found_in(dict(zip(CODES, parts, strict=False)))
    assert told_by(checks) == (country, [None] * len(parts))


def test_a_count_of_a_municipalitys_figures_is_never_small() -> None:
    of_shares = next(check for check in CATALOGUE if check.frame == "shares")
    rows = [result(of_shares, None, "failed", 2, 3), *(result(of_shares, code, "failed", 1, 1) for code in CODES[:2])]
    checks = _Results(rows)
    country = published_checks.results(checks, NATIONAL).filter(pl.col("place") == published_checks.EVERYWHERE)
    assert country["failing"].item() == 2
    assert published_checks.failing_by_municipality(checks, NATIONAL, of_shares.id)["failing"].to_list() == [1, 1]


def test_what_national_coordination_may_not_read_no_steward_reads_either() -> None:
    checks = found_in(dict.fromkeys((LAESOE, ODENSE, AARHUS), 4))
    assert told_by(checks, STEWARD)[0] is None


def test_a_code_that_is_no_municipalitys_is_told_in_words() -> None:
    strange = "0101" + "01-4001"
    checks = found_in({ODENSE: 20, strange: 6, "9999": 3})
    places = published_checks.failing_by_municipality(checks, NATIONAL, CRITICAL.id)
    assert places.select("place", "failing").rows() == [(ODENSE, 20), (published_checks.NOWHERE, 9)]
    for read in (places, published_checks.results(checks, NATIONAL)):
        assert strange not in str(read.rows())
        assert "9999" not in str(read.rows())


def test_a_check_that_was_counted_for_no_municipality_does_not_say_that_ours_has_passed() -> None:
    rows = [
        result(CRITICAL, None, "passed", 0, 100),
        result(WARNING, None, "passed", 0, 100),
        result(WARNING, LAESOE, "passed", 0, 100),
        result(EMPTY, None, "not_applicable", 0, 0),
        result(UNRUN, None, "error", None, None),
    ]
    table = statuses.by_check(published_checks.results(_Results(rows), STEWARD), SVENDBORG)
    told = {row["check_id"]: statuses.is_of_country_alone(row) for row in table.iter_rows(named=True)}
    assert told == {CRITICAL.id: True, WARNING.id: False, EMPTY.id: False, UNRUN.id: False}
    assert table.row(by_predicate=pl.col("check_id") == WARNING.id, named=True)["status"] == "not_applicable"
    country = statuses.by_check(published_checks.results(_Results(rows), NATIONAL), published_checks.EVERYWHERE)
    assert not any(statuses.is_of_country_alone(row) for row in country.iter_rows(named=True))


def test_a_run_that_left_checks_out_is_marked_and_one_before_a_check_was_declared_is_not() -> None:
    def of(run_id: str, days: int, checks: Sequence[Check]) -> list[dict[str, Any]]:
        facts = {"run_id": run_id, "checked_at": CHECKED + timedelta(days=days)}
        return [result(check, None, "passed", 0, 100) | facts for check in checks]

    whole, gone = list(CATALOGUE), {"check_id": "nobody.declares_it_any_more"}
    first = [row | gone if row["check_id"] == WARNING.id else row for row in of("first", 0, whole)]
    rows = [*first, *of("second", 1, whole), *of("part", 2, whole[:3]), *of("last", 3, whole)]
    runs = statuses.run_by_run(published_checks.history(_Results(rows), NATIONAL), last=9)
    assert [run.is_partial for run in runs] == [False, False, True, False]
    assert run_columns(runs, DA).count("kun en del af kontrollerne er kørt") == 2


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_nothing_to_judge_is_not_called_well(words: Words) -> None:
    def said(*told: tuple[Check, str]) -> str:
        rows = [result(check, None, status, 0, 100) for check, status in told]
        table = statuses.by_check(published_checks.results(_Results(rows), NATIONAL), published_checks.EVERYWHERE)
        return sentences.of_checks(table, words)

    assert said((CRITICAL, "not_applicable")) == words("quality.checks_nothing", all=1)
    assert said((CRITICAL, "not_applicable"), (WARNING, "passed")) == words("quality.checks_well", judged=1, all=2)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Two of three contacts in Odense fail; the steward accepts them until Tuesday, and one is assigned until then."""
    store = store_with(tmp_path_factory.mktemp("decided"), contacts=contacts_in(m0461=2, m0751=1))
    checked(store, IN_ODENSE, now=MONDAY)
    facts: dict[str, Any] = {"reason": "Kendt", "until": TUESDAY.date(), "by": "Anne", "now": MONDAY}
    accept(store, Finding(IN_ODENSE.id, municipality_code=ODENSE), **facts)
    assign(store, Finding(IN_ODENSE.id, "k1"), to="Bodil", **facts)
    source = store.last("check")
    assert source is not None
    return source


@pytest.mark.parametrize(
    ("today", "status", "state"),
    [
        (TUESDAY.date(), "passed_with_failing_rows", "accepted"),
        (TUESDAY.date() + timedelta(days=1), "failed", "open"),
    ],
    ids=["on its last day", "on the day after"],
)
def test_an_acceptance_ends_with_its_day_though_nobody_has_checked_since(
    decided: Source, today: date, status: str, state: str
) -> None:
    odense = Scope("steward", ODENSE, "1083")
    rows = published_checks.results(decided, odense, today)
    assert rows.select("place", "status").rows() == [(ODENSE, status), (published_checks.EVERYWHERE, status)]
    assert published_checks.failing_by_municipality(decided, NATIONAL, IN_ODENSE.id, today)["status"].to_list() == [
        status
    ]
    assert published_checks.findings(decided, odense, today)["state"].to_list() == [state, state]
    assert published_checks.findings(decided, odense, today)["assigned_to"].null_count() == (
        1 if status != "failed" else 2
    )
    run_id = rows["run_id"].unique().item()
    told = published_checks.of_run(decided, odense, run_id, ODENSE, today)
    assert told["is_accepted"].to_list() == [status != "failed"] * 2
    assert told["accepted_until"].to_list() == [TUESDAY.date() if status != "failed" else None] * 2


def test_keys_of_senders_are_text_in_excel_neither_formulas_nor_links() -> None:
    keys = ["=1+1", "http://example.org/x", "mailto:nobody@example.org", "0042", "k1"]
    book = as_excel(pl.DataFrame({"key": keys}), Facts("Fund", ()), ("Tal", "Om tallene"), TUESDAY.date())
    told = pl.read_excel(io.BytesIO(book), infer_schema_length=0)["key"].to_list()
    assert told == keys
    with ZipFile(io.BytesIO(book)) as parts:
        assert not any("rels" in name and b"hyperlink" in parts.read(name) for name in parts.namelist())
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
