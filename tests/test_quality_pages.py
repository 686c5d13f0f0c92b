"""The pages about data quality: each role, language and state of the store, and what must never be on them."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from published_frames import AS_OF, SVENDBORG, country, write_store
from quality_store import (
    CRITICAL,
    ELSEWHERE,
    EMPTY,
    LAESOE_KEYS,
    OWN_KEYS,
    UNRUN,
    WARNING,
    add_checks,
    quality_run,
)
from streamlit.testing.v1 import AppTest

from checks.catalogue import CATALOGUE
from checks.declared import STATUSES
from checks.faults import Fault
from dashboards import opening
from dashboards.language import LANGUAGES, NO_BREAK, Words
from dashboards.opening import Source
from dashboards.page_list import BY_NAME as ALL_PAGES
from dashboards.quality.declared import fault_in_words, unit_of
from dashboards.screenshots import VIEWS
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PAGES = ("quality", "quality_checks", "quality_check", "quality_findings", "quality_quarantine")
ROLES = {"national": {}, "leader": {"municipality": SVENDBORG}, "steward": {"municipality": SVENDBORG}}
DA, EN = Words("da"), Words("en")
TOLD = {check.id for check in (CRITICAL, ELSEWHERE, EMPTY, UNRUN, WARNING)}
"""All others have passed in the country, and were counted for no municipality."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return quality_run(tmp_path_factory.mktemp("quality") / "store")


@pytest.fixture(scope="module")
def checks(run: Snapshot) -> Source:
    add_checks(run.folder, run.run["run_id"])
    found = opening.open_checks(run.folder)
    assert found is not None
    return found


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, run: Snapshot, checks: Source) -> Path:
    monkeypatch.setenv(opening.STORE_VARIABLE, str(run.folder))
    return run.folder


def opened(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(f"dashboards/pages/{page}.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All markup of the page, without its style sheet and script."""
    blocks = [block.proto.body for block in app.get("html")] + [block.value for block in app.markdown]
    return " ".join(block for block in blocks if not block.startswith(("<style", "<script"))).replace(NO_BREAK, " ")


def words_of(text: str) -> str:
    """What a reader reads: markup, and spaces after it, gone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_every_role_in_both_languages(store: Path, page: str, role: str, language: str) -> None:
    text = said(opened(page, role=role, lang=language, **ROLES[role]))
    assert "<h1>" in text
    assert Words("en" if language == "en" else "da")("app.sample_note") in text


@pytest.mark.parametrize("page", ["quality_checks", "quality_check", "quality_findings"])
def test_before_anybody_has_checked_the_pages_say_how_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str
) -> None:
    folder = quality_run(tmp_path / "unchecked").folder
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    app = opened(page, role="steward", municipality=SVENDBORG)
    assert DA("checks.none") in said(app)
    assert app.code[0].value == f"roedtraad check --store {folder}"
    assert DA("quality.no_checks") in said(opened("quality"))


def test_a_run_without_a_ledger_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(opening.STORE_VARIABLE, str(write_store(tmp_path / "old", country())))
    for page in PAGES:
        assert DA("quality.no_ledger") in said(opened(page, role="steward", municipality=SVENDBORG))


def test_checks_of_an_earlier_run_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = quality_run(tmp_path / "moved-on").folder
    add_checks(folder, "another run")
    monkeypatch.setenv(opening.STORE_VARIABLE, str(folder))
    for page in ("quality", "quality_checks", "quality_check"):
        assert DA("checks.stale") in said(opened(page))


def test_checks_of_this_run_are_not_called_old(store: Path) -> None:
    assert DA("checks.stale") not in said(opened("quality"))


def test_the_steward_reads_the_sum_of_the_own_files(store: Path) -> None:
    text = words_of(said(opened("quality", role="steward", municipality=SVENDBORG)))
    assert "Rækker: 1.010 læst = 1.003 godkendt + 3 sat til side + 4 gentaget" in text
    assert "Rækker: 50 læst = 44 brugt + 6 uden for formålet" in text
    assert "Dannet af dem: 61 = 61 godkendt" in text


SMALL_OR_FOREIGN = ("707", "706", "90001", "90.001", "606", "604")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_the_counts_of_files_that_are_not_the_readers_own(store: Path, page: str, role: str) -> None:
    text = words_of(said(opened(page, role=role, **ROLES[role])))
    assert not any(re.search(rf"\b{re.escape(number)}\b", text) for number in SMALL_OR_FOREIGN)
    if role != "steward":
        assert not re.search(r"\b(1\.010|1\.003)\b", text)


def test_statuses_stand_in_their_fixed_order_with_their_words(store: Path) -> None:
    text = said(opened("quality_checks"))
    counted = re.search(r"<ul class='rt-counts'>(.*?)</ul>", text)
    assert counted is not None
    assert re.findall(r"rt-status (\w+)", counted[1]) == list(STATUSES)
    numbers = [int(number) for number in re.findall(r"<b>(\d+)</b>", counted[1])]
    assert numbers == [1, 1, 2, 1, len(CATALOGUE) - 5]


def test_a_failed_critical_check_says_that_figures_must_wait(store: Path) -> None:
    assert "Vent med at bruge tallene" in said(opened("quality"))


def test_only_what_needs_eyes_is_listed_at_first_and_filters_stand_in_the_address(store: Path) -> None:
    app = opened("quality_checks", role="steward", municipality=SVENDBORG)
    assert {CRITICAL.claim_da, WARNING.claim_da, UNRUN.claim_da} == set(re.findall(r"_self'>([^<]*)</a>", said(app)))
    pills = next(group for group in app.get("button_group") if group.key == "status")
    pills.set_value("failed").run()
    assert re.findall(r"_self'>([^<]*)</a>", said(app)) == [CRITICAL.claim_da]
    assert app.query_params["status"] == "failed"
    assert set(app.query_params) <= {"role", "municipality", "lang", "status"}


def test_the_municipalities_are_side_by_side_for_national_coordination_only(store: Path) -> None:
    text = said(opened("quality_checks"))
    assert text.count("<ul class='rt-places'>") == 1
    assert f"Svendborg: {DA('status.failed')}" in text
    for role in ("leader", "steward"):
        assert "rt-places" not in said(opened("quality_checks", role=role, municipality=SVENDBORG))


def test_one_check_says_what_it_claims_what_it_means_and_what_to_do(store: Path) -> None:
    text = said(opened("quality_check", role="steward", municipality=SVENDBORG, check=CRITICAL.id))
    for told in (CRITICAL.claim_da, CRITICAL.reader_da, CRITICAL.supplier_da):
        assert told in text.replace("&#x27;", "'").replace("&quot;", '"')
    assert f"I Svendborg bryder <b>6</b> af 444 {unit_of(CRITICAL.frame, DA)} det" in text
    assert "6 hos jer" in text


def test_one_check_says_which_figures_it_touches(store: Path) -> None:
    of_follow_up = next(check for check in CATALOGUE if check.touches == ("follow_up",))
    assert "Berører opfølgning." in said(opened("quality_check", check=of_follow_up.id))
    of_no_figure = next(check for check in CATALOGUE if not check.touches)
    assert DA("caveat.touches_none") in said(opened("quality_check", check=of_no_figure.id))


def test_every_page_has_its_picture() -> None:
    pictured = {tuple(address.partition("&")[0].split("?role=")) for address in VIEWS.values()}
    assert {(page.name, role) for page in ALL_PAGES.values() for role in page.roles} <= pictured


def test_results_of_another_run_are_marked_among_those_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = quality_run(tmp_path / "store")
    monkeypatch.setenv(opening.STORE_VARIABLE, str(run.folder))
    add_checks(run.folder, run.run["run_id"])
    former = Store(run.folder).last("check")
    assert former is not None
    is_left_out = (pl.col("check_id") == CRITICAL.id) & (pl.col("run_id") != "before")
    rows = former.table("check_results").filter(~is_left_out).collect()
    failures = former.table("check_failures").collect()
    with Store(run.folder).writing() as writer:
        writer.write("check_results", rows.lazy())
        writer.write("check_failures", failures.lazy())
        writer.commit(kind="check", as_of=AS_OF, is_sample=True)
    note = DA("checks.partly_stale", number=1, all=len(CATALOGUE))
    text = said(opened("quality_checks", status="all"))
    assert note in text
    assert note in said(opened("quality"))
    assert DA("checks.stale") not in text
    assert DA("check.of_another_run") in said(opened("quality_check", check=CRITICAL.id))
    assert DA("check.of_another_run") not in said(opened("quality_check", check=WARNING.id))


def test_a_check_that_is_counted_for_the_country_only_says_so_to_a_municipality(store: Path) -> None:
    of_the_country = next(check for check in CATALOGUE if check.id not in TOLD)
    here = {"role": "leader", "municipality": SVENDBORG}
    assert DA("checks.country_only") in said(opened("quality_check", check=of_the_country.id, **here))
    assert DA("checks.country_only") in said(opened("quality_checks", status="all", **here))
    assert DA("checks.country_only") not in said(opened("quality_check", check=of_the_country.id))


def test_a_check_that_could_not_be_run_says_why_and_what_to_do(store: Path) -> None:
    text = said(opened("quality_check", check=UNRUN.id))
    assert fault_in_words(str(Fault("rule_stopped", UNRUN.frame)), DA) in text
    assert "ComputeError" not in text


def test_an_unknown_check_in_the_address_is_the_one_that_needs_eyes_most(store: Path) -> None:
    text = said(opened("quality_check", check="<script>.x"))
    assert CRITICAL.claim_da in text
    assert "<script>.x" not in text


def test_a_check_that_applies_to_nothing_is_never_called_passed(store: Path) -> None:
    text = said(opened("quality_check", check=EMPTY.id))
    assert DA("check.not_applicable", unit=unit_of(EMPTY.frame, DA)) in text
    assert DA("check.passed") not in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_keys_are_on_no_page_but_the_stewards_own(store: Path, page: str, role: str) -> None:
    text = said(opened(page, role=role, **ROLES[role])).replace("<wbr>", "")
    assert not any(key in text for key in LAESOE_KEYS)
    assert any(key in text for key in OWN_KEYS) <= (role == "steward")


def test_findings_are_a_closed_door_that_opens_for_the_steward(store: Path) -> None:
    app = opened("quality_findings", role="leader", municipality=SVENDBORG)
    assert DA("door.closed", roles=DA("role.steward").lower()) in said(app)
    app.button(key="look-as").click().run()
    assert OWN_KEYS[0] in said(app)


def test_states_and_checks_choose_among_findings(store: Path) -> None:
    app = opened("quality_findings", role="steward", municipality=SVENDBORG, state="assigned")
    assert OWN_KEYS[4] in said(app)
    assert OWN_KEYS[0] not in said(app)
    assert set(app.query_params) <= {"role", "municipality", "lang", "state"}


def test_quarantine_tells_the_steward_file_row_and_what_to_do(store: Path) -> None:
    text = said(opened("quality_quarantine", role="steward", municipality=SVENDBORG)).replace("<wbr>", "")
    assert "kommuner/0479/kontakter.csv" in text
    assert DA("mend.type") in text
    assert DA("mend.any") in text
    assert "kommuner/0825" not in text
