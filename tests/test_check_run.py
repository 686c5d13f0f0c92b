"""A check of a store: counts, statuses in their order, keys of failing rows, and errors that stay where they are."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from checked_stores import AS_OF, checked, claim, contact, contacts_in, findings, result, small_frames, store_with
from deliveries import changed, deliver
from filelock import FileLock

from checks.catalogue import check_named
from checks.frames import Frame
from checks.frames import frames as frames_of_a_run
from checks.run import Outcome
from pipelines.definitions.reference import Reference
from pipelines.errors import StoreInUse, StoreIsEmpty, WrongUse
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
IS_HERE = pl.col("contact_id").is_in(["k1", "k3"])
NEVER = pl.col("contact_id") == "nobody's"
ODENSE, AARHUS = "0461", "0751"


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four contacts in no known municipality."""
    return store_with(tmp_path_factory.mktemp("four"), contacts=contacts_in(none=4))


def counts(outcome: Outcome, check_id: str, municipality: str | None = None) -> tuple[int, int, int]:
    row = result(outcome, check_id, municipality)
    return row["rows"], row["applicable"], row["failing"]


def test_rows_that_the_claim_is_about_and_rows_that_break_it_are_counted(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=3, m0751=2))
    others = claim("contacts.here", IS_HERE, applies=pl.col("municipality_code") == ODENSE)
    outcome = checked(store, others)
    assert counts(outcome, "contacts.here") == (5, 3, 1)
    assert findings(outcome).select("check_id", "row_key", "municipality_code", "still_open").rows() == [
        ("contacts.here", "k1", ODENSE, True)
    ]
    assert outcome.checked.run["kind"] == "run"
    assert outcome.results["run_id"].unique().to_list() == [outcome.checked.run["run_id"]]


def test_every_municipality_with_rows_is_counted_and_rows_of_nowhere_only_overall(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=2, m0751=1, none=1))
    outcome = checked(store, claim("contacts.two", IS_HERE), claim("contacts.none", NEVER))
    assert counts(outcome, "contacts.two") == (4, 4, 2)
    assert counts(outcome, "contacts.two", ODENSE) == (2, 2, 1)
    assert counts(outcome, "contacts.two", AARHUS) == (1, 1, 0)
    assert result(outcome, "contacts.two", ODENSE)["share"] == 0.5
    assert result(outcome, "contacts.two", AARHUS)["status"] == "passed"
    of_the_other = outcome.results.filter(pl.col("check_id") == "contacts.none")
    assert of_the_other["municipality_code"].to_list() == [None, ODENSE, AARHUS]
    assert counts(outcome, "contacts.none", ODENSE) == (2, 2, 0)


def test_a_municipality_without_rows_of_the_claim_has_not_passed_though_the_country_has(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=2, m0751=1))
    about_odense = claim("contacts.there", NEVER, applies=pl.col("municipality_code") == ODENSE)
    outcome = checked(store, about_odense)
    statuses = {code: result(outcome, about_odense.id, code)["status"] for code in (None, ODENSE, AARHUS)}
    assert statuses == {None: "passed", ODENSE: "passed", AARHUS: "not_applicable"}


def test_rows_that_cannot_be_judged_are_not_in_the_denominator(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=1, m0751=1, none=98))
    outcome = checked(store, claim("contacts.elsewhere", pl.col("municipality_code") == ODENSE, threshold=0.02))
    assert counts(outcome, "contacts.elsewhere") == (100, 2, 1)
    assert result(outcome, "contacts.elsewhere")["status"] == "failed"


def test_no_municipality_is_told_that_all_is_well_when_no_failing_row_says_where_it_belongs(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=2, m0751=1, none=1))
    outcome = checked(store, claim("contacts.nowhere", pl.col("municipality_code").is_null()))
    assert counts(outcome, "contacts.nowhere") == (4, 4, 1)
    assert outcome.results["municipality_code"].to_list() == [None]


def test_a_row_in_quarantine_belongs_to_no_municipality_and_no_other_is_told_that_all_is_well(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=[*contacts_in(m0461=2), contact(7, municipality_code="0999")])
    outcome = checked(store, check_named("contacts_delivered.reference"), frames=frames_of_a_run)
    assert counts(outcome, "contacts_delivered.reference") == (3, 3, 1)
    assert outcome.results["municipality_code"].to_list() == [None]


@pytest.mark.parametrize(
    ("fails", "applies", "threshold", "status"),
    [
        (NEVER, None, 0.0, "passed"),
        (IS_HERE, None, 0.0, "failed"),
        (IS_HERE, None, 0.5, "passed_with_failing_rows"),
        (IS_HERE, None, 0.49, "failed"),
        (IS_HERE, NEVER, 0.0, "not_applicable"),
        (IS_HERE, pl.lit(None, pl.Boolean), 0.0, "not_applicable"),
        (pl.col("municipality_code") == "0101", None, 0.0, "not_applicable"),
        (pl.col("absent") > 0, None, 0.0, "error"),
        (pl.col("absent") > 0, NEVER, 0.0, "error"),
    ],
    ids=[
        "none",
        "some",
        "at the threshold",
        "above it",
        "about none",
        "unknown",
        "none can be judged",
        "error",
        "error first",
    ],
)
def test_the_first_status_that_fits(
    four: Store, request: pytest.FixtureRequest, fails: pl.Expr, applies: pl.Expr | None, threshold: float, status: str
) -> None:
    name = f"contacts.{request.node.callspec.id}"
    outcome = checked(four, claim(name, fails, applies=applies, threshold=threshold))
    assert result(outcome, name)["status"] == status


def test_a_share_exactly_at_its_threshold_passes(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=100))
    is_one_of_29 = pl.col("contact_id").str.slice(1).cast(pl.Int64) < 29
    outcome = checked(store, claim("contacts.29", is_one_of_29, threshold=0.29))
    assert result(outcome, "contacts.29")["status"] == "passed_with_failing_rows"


def test_an_empty_frame_is_never_passed(tmp_path: Path) -> None:
    outcome = checked(store_with(tmp_path), claim("nobody.at_all", IS_HERE))
    assert result(outcome, "nobody.at_all")["status"] == "not_applicable"
    assert result(outcome, "nobody.at_all")["share"] is None


def test_a_check_that_raises_is_an_error_for_itself_alone(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=2))
    as_date = pl.col("contact_id").str.to_date("%Y-%m-%d", strict=True).is_null()
    outcome = checked(
        store,
        claim("contacts.good", IS_HERE),
        claim("contacts.no_such_column", pl.col("absent").is_null()),
        claim("contacts.wrong_type", pl.col("contact_date").str.contains("x")),
        claim("contacts.raises_on_a_row", as_date),
        claim("contacts.also_good", NEVER),
    )
    errors = {row["check_id"]: row["error"] for row in outcome.results.iter_rows(named=True) if row["error"]}
    assert errors == {
        "contacts.no_such_column": "no_column|contacts|absent",
        "contacts.wrong_type": "wrong_types|contacts|InvalidOperationError",
        "contacts.raises_on_a_row": "rule_stopped|contacts|",
    }
    assert counts(outcome, "contacts.good") == (2, 2, 1)
    assert result(outcome, "contacts.also_good")["status"] == "passed"
    assert outcome.exit_code == 12


def test_a_frame_that_is_missing_or_cannot_be_read_is_an_error_for_its_checks_alone(tmp_path: Path) -> None:
    def frames(snapshot: Snapshot, reference: Reference) -> dict[str, Frame]:
        lost = pl.scan_parquet(tmp_path / "lost.parquet")
        return small_frames(snapshot, reference) | {"lost": Frame("lost", lost, ("id",), None, "Tabt", "Lost")}

    checks = (claim("lost.a", NEVER), claim("absent.b", NEVER), claim("contacts.fine", NEVER))
    outcome = checked(store_with(tmp_path), *checks, frames=frames)
    assert result(outcome, "lost.a")["error"].startswith("table_unread|lost|")
    assert result(outcome, "absent.b")["error"] == "no_frame|absent|"
    assert result(outcome, "contacts.fine")["status"] == "passed"


@pytest.mark.parametrize(
    ("lost", "errors", "fine"),
    [
        ("costs", {"costs.a", "costs_delivered.a", "stored.a"}, {"contacts.a", "children.a", "counts.a"}),
        ("links", {"children.a"}, {"contacts.a", "costs.a", "costs_delivered.a", "stored.a", "counts.a"}),
        ("counts", {"counts.a"}, {"contacts.a", "children.a", "costs.a", "costs_delivered.a", "stored.a"}),
    ],
)
@pytest.mark.parametrize("how", ["folder", "files", "version"])
def test_a_table_that_the_store_has_lost_is_an_error_for_the_checks_that_stand_on_it_and_no_other(
    tmp_path: Path, lost: str, errors: set[str], fine: set[str], how: str
) -> None:
    store = store_with(tmp_path)
    lose(store, lost, how)
    outcome = checked(store, *(claim(name, pl.lit(value=False)) for name in errors | fine), frames=frames_of_a_run)
    statuses = dict(outcome.results.select("check_id", "status").rows())
    assert {name for name, status in statuses.items() if status == "error"} == errors
    assert {name for name, status in statuses.items() if status != "error"} == fine
    assert outcome.exit_code == 12


def test_without_the_table_of_names_findings_go_by_the_stores_own_numbers(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    lose(store, "identities", "files")
    checks = (claim("children.all", pl.col("child_id").is_not_null()), claim("names.a", NEVER))
    outcome = checked(store, *checks, frames=frames_of_a_run)
    assert result(outcome, "names.a")["status"] == "error"
    assert counts(outcome, "children.all") == (1, 1, 1)
    assert findings(outcome)["row_key"].str.contains(r"^#-?\d+$").all()


def lose(store: Store, table: str, how: str) -> None:
    """The whole folder is gone, only its files, or all that says which files belong to it."""
    folder = store.folder / "tables" / table
    if how == "folder":
        shutil.rmtree(folder)
    for file in folder.glob("*.parquet" if how == "files" else "_delta_log/*"):
        file.unlink()


def test_when_every_row_fails_the_counts_are_exact_and_the_list_says_that_it_is_cut(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=10_050))
    outcome = checked(store, claim("contacts.all", pl.col("contact_id").is_not_null()))
    row = result(outcome, "contacts.all")
    assert (row["failing"], row["listed"], row["share"]) == (10_050, 10_000, 1.0)
    assert findings(outcome).height == 10_000


def test_persons_are_named_by_pseudonym_and_other_parts_of_a_key_as_they_are(tmp_path: Path) -> None:
    def frames(snapshot: Snapshot, _: Reference) -> dict[str, Frame]:
        key = ("person_id", "sks_code", "diagnosed_date")
        return {"diagnoses": Frame("diagnoses", snapshot.table("diagnoses"), key, None, "", "")}

    stranger = changed("diagnoses", person_id="of no result")
    store = store_with(tmp_path, diagnoses=[changed("diagnoses"), stranger])
    outcome = checked(store, claim("diagnoses.any", pl.col("sks_code").is_not_null()), frames=frames)
    keys = findings(outcome)["row_key"].to_list()
    assert keys[1] == "m1|DF102|2024-07-01"
    assert keys[0].startswith("#")
    assert "of no result" not in keys[0]


def test_no_key_is_left_in_what_great_expectations_would_write(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=[changed("contacts", contact_id="kanarie")])
    is_canary = pl.col("contact_id") == "kanarie"
    as_date = pl.col("contact_id").str.to_date("%Y-%m-%d", strict=True).is_null()
    outcome = checked(store, claim("contacts.bird", is_canary), claim("contacts.bird_as_date", as_date))
    told = outcome.validations["contacts"]
    assert findings(outcome)["row_key"].to_list() == ["kanarie"]
    assert '"unexpected_count": 1' in str(told)
    assert "kanarie" not in str(told) + repr(told.to_json_dict())
    assert "kanarie" not in str(outcome.results.rows())


@pytest.mark.parametrize("is_made_of_other_rows", [True, False], ids=["joined", "as it stands"])
def test_a_frame_is_read_for_all_checks_for_the_places_and_for_failing_rows_and_joined_once_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_made_of_other_rows: bool
) -> None:
    def frames(snapshot: Snapshot, reference: Reference) -> dict[str, Frame]:
        contacts = small_frames(snapshot, reference)["contacts"]
        births = snapshot.table("children").select("child_id", "birth_date")
        return {"contacts": replace(contacts, rows=contacts.rows.join(births, on="child_id", how="left"))}

    chosen = frames if is_made_of_other_rows else small_frames
    read: list[str] = []
    collect, sink = pl.LazyFrame.collect, pl.LazyFrame.sink_ipc

    def collecting(rows: pl.LazyFrame, *args: Any, **options: Any) -> Any:
        read.append(rows.explain(optimized=False))
        return collect(rows, *args, **options)

    def sinking(rows: pl.LazyFrame, *args: Any, **options: Any) -> Any:
        read.append(rows.explain(optimized=False))
        return sink(rows, *args, **options)

    def passes() -> tuple[int, int]:
        """Over the table in the store, and over the worked-out file; and forgotten."""
        made = sum("tables/contacts" in plan for plan in read), sum("contacts.arrow" in plan for plan in read)
        read.clear()
        return made

    store = store_with(tmp_path, contacts=contacts_in(m0461=4))
    fine = [claim(f"contacts.fine_{number}", NEVER | (pl.col("contact_id") == str(number))) for number in range(20)]
    bad = [claim(f"contacts.bad_{number}", IS_HERE & (pl.col("contact_id") != str(number))) for number in range(20)]
    monkeypatch.setattr(pl.LazyFrame, "collect", collecting)
    monkeypatch.setattr(pl.LazyFrame, "sink_ipc", sinking)
    checked(store, *fine, frames=chosen)
    assert passes() == ((1, 2) if is_made_of_other_rows else (2, 0))
    checked(store, *fine, *bad, frames=chosen)
    assert passes() == ((1, 3) if is_made_of_other_rows else (3, 0))


def test_only_the_named_frames_are_checked(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    checks = (claim("contacts.x", NEVER), claim("children.x", pl.col("child_id").is_null()))
    assert checked(store, *checks, tables=["children"]).results["check_id"].to_list() == ["children.x"]
    with pytest.raises(WrongUse, match="No check is about nonsense"):
        checked(store, *checks, tables=["nonsense"])


def test_an_ingest_is_checked_without_the_frames_that_need_a_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(StoreIsEmpty):
        checked(store, claim("contacts.y", NEVER))
    ingest_into(store, Source(canonical=deliver(tmp_path / "d")), Reference.load(), Progress())
    outcome = checked(store, claim("contacts.y", NEVER), claim("obligations.y", NEVER))
    assert outcome.results["check_id"].to_list() == ["contacts.y"]
    assert outcome.exit_code == 0


def test_checks_of_results_asked_for_by_name_need_a_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    ingest_into(store, Source(canonical=deliver(tmp_path / "d")), Reference.load(), Progress())
    both = claim("contacts.y", NEVER), claim("shares.y", pl.col("share").is_null())
    for asked in (["shares"], ["contacts", "shares"]):
        with pytest.raises(WrongUse, match="Nothing can be said of shares: no run has made results") as refused:
            checked(store, *both, tables=asked, frames=frames_of_a_run)
        assert "`roedtraad run` first" in refused.value.to_do
    assert store.last("check") is None


def test_a_critical_failure_comes_before_an_error_and_warnings_stop_nothing(tmp_path: Path) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=4))
    warning = claim("contacts.warns", IS_HERE)
    grave = claim("contacts.grave", IS_HERE, severity="critical")
    broken = claim("contacts.broken", pl.col("absent").is_null(), severity="info")
    assert (checked(store, warning).exit_code, checked(store, warning).worst_failure) == (0, "warning")
    assert checked(store, warning, broken).exit_code == 12
    assert (checked(store, grave, broken).exit_code, checked(store, grave).worst_failure) == (11, "critical")


def test_a_check_leaves_the_figures_alone(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    before = store.snapshot()
    checked(store, claim("contacts.alone", NEVER))
    assert store.snapshot().run == before.run
    assert store.snapshot().table("counts").collect().height > 0


def test_a_second_check_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    with FileLock(store.folder / "LOCK"), pytest.raises(StoreInUse, match="Another run is writing"):
        checked(store, claim("contacts.waits", NEVER))


def test_checks_of_several_stores_at_once_never_mix_their_counts(tmp_path: Path) -> None:
    stores = [store_with(tmp_path / str(many), contacts=contacts_in(m0461=many)) for many in (3, 5, 8)]
    rule = claim("contacts.of_each", pl.col("contact_id").is_not_null())
    with ThreadPoolExecutor(3) as threads:
        outcomes = list(threads.map(lambda store: checked(store, rule), stores))
    assert [counts(outcome, "contacts.of_each") for outcome in outcomes] == [(3, 3, 3), (5, 5, 5), (8, 8, 8)]


def test_a_full_disk_is_told_and_the_last_results_stay(tmp_path: Path) -> None:
    chance = random.Random(1)
    many = [changed("contacts", contact_id=f"{chance.getrandbits(64):x}") for _ in range(10_000)]
    store = store_with(tmp_path, contacts=many)
    before = checked(store, claim("contacts.small", NEVER))

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    failed = subprocess.run(
        [sys.executable, "-B", TESTS / "check_every_contact.py", store.folder],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=small_files_only,
    )

    assert failed.returncode == 6, failed.stderr
    last = store.last("check")
    assert last is not None
    assert last.run["run_id"] == before.snapshot.run["run_id"]
    assert store.snapshot().run["as_of"] == AS_OF
