"""Rows whose time is over are gone from the disk; what was published stays, and the pages say so."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from checked_stores import AS_OF, MONDAY, TUESDAY, checked, claim, store_with
from commanded import roedtraad
from deliveries import deliver
from killed_retention import STEPS
from published_frames import SVENDBORG, country, write_store
from quality_store import add_checks, quality_run
from streamlit_pages import opened, said

from pipelines.audit_log import AuditLog
from pipelines.definitions.reference import Reference
from pipelines.doctor.examination import examine
from pipelines.doctor.findings import Looked
from pipelines.errors import RowsDeleted, WrongUse
from pipelines.flow import Source, run
from pipelines.gap_decisions import ABOUT, FOUND, Decision, GapDecisions
from pipelines.numbers_of_checks import NUMBERS, RESULTS, Over
from pipelines.progress import Progress
from pipelines.retention import STAYS, delete, planned
from pipelines.store import Snapshot, Store, rows_deleted_on, rows_of

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
LATER = datetime.now(UTC) + timedelta(days=400)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a small delivery, its publication, and a decision about one of its gaps."""
    folder = tmp_path_factory.mktemp("made")
    store = store_with(folder)
    with store.writing() as writer:
        writer.write("published_counts", store.snapshot().table("counts").head(1))
        facts = {name: store.snapshot().run[name] for name in ("as_of", "is_sample", "contract_version")}
        canonical = store.snapshot().run["canonical_fingerprint"]
        writer.commit(kind="publish", stages="{}", fingerprint="f", canonical_fingerprint=canonical, **facts)
    gap = store.snapshot().table("gaps").head(1).collect()
    named = gap.rename({name: name for name in gap.columns}).select(
        [name if name in gap.columns else _text(name) for name in (*ABOUT, *FOUND)]
    )
    GapDecisions(store.folder, "0461").add(named, Decision("noted", "s", "ring igen"), secret=None)
    return store.folder


def _text(name: str) -> object:
    return pl.lit("c1").alias(name)


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    shutil.copytree(made, tmp_path / "store")
    return Store(tmp_path / "store")


def tables_on_disk(store: Store) -> set[str]:
    return {part.parent.name for part in (store.folder / "tables").glob("*/*.parquet")}


def test_rows_within_their_time_stay(store: Store) -> None:
    before = tables_on_disk(store)
    found = delete(store, 30)
    assert (found.runs, found.rows, found.decisions) == ((), 0, 0)
    assert tables_on_disk(store) == before
    assert "children" in before


def test_rows_over_their_time_are_gone_from_the_disk_and_publications_stay(store: Store) -> None:
    published = Store(store.folder).last("publish")
    assert published
    before = published.table("published_counts").collect()
    found = delete(store, 365, LATER)
    assert found.rows > 10
    assert found.decisions == 1
    assert tables_on_disk(store) <= STAYS
    after = store.last("publish")
    assert after
    assert after.table("published_counts").collect().equals(before)
    assert store.runs().height == 2
    assert store.last("run").run["canonical_fingerprint"] == after.run["canonical_fingerprint"]  # type: ignore[union-attr]
    assert GapDecisions(store.folder, "0461").history().height == 0
    assert not {each.kind for each in examine(Looked(store.folder)).findings} & {"lost_lines", "damaged_line"}


def test_whoever_asks_for_deleted_rows_is_told_the_day(store: Store) -> None:
    delete(store, 365, LATER)
    assert rows_deleted_on(store.snapshot().run) == LATER.date()
    with pytest.raises(RowsDeleted, match=f"deleted on {LATER.date()}"):
        store.snapshot().table("gaps")
    assert roedtraad("gaps", "--municipality", "0461", "--store", store.folder).returncode == 33


@pytest.fixture(scope="module")
def checked_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows checked on two days."""
    store = store_with(tmp_path_factory.mktemp("checked"))
    every_contact = claim("contacts.any", pl.col("contact_id").is_not_null())
    for day, as_of in ((MONDAY, AS_OF), (TUESDAY, AS_OF - timedelta(days=30))):
        run(store, Source(), as_of, Reference.load(), Progress())
        checked(store, every_contact, now=day)
    return store.folder


def test_numbers_of_checks_go_with_the_rows_that_they_count_and_how_they_ended_stays(
    checked_twice: Path, tmp_path: Path
) -> None:
    """A number of a check is exact, one child at times, and no gate has seen it; a caveat needs the status alone."""
    store = Store(shutil.copytree(checked_twice, tmp_path / "store"))
    before = results_of(store)
    assert before.select(NUMBERS).null_count().row(0) != (before.height,) * len(NUMBERS)
    found = delete(store, 365, LATER)
    after = results_of(store)
    assert found.checks > 0
    assert after.select(NUMBERS).null_count().row(0) == (before.height,) * len(NUMBERS)
    assert after.drop(NUMBERS).equals(before.drop(NUMBERS))
    on_disk = [pl.read_parquet(file) for file in (store.folder / "tables" / RESULTS).glob("*.parquet")]
    assert all(rows.select(NUMBERS).null_count().row(0) == (rows.height,) * len(NUMBERS) for rows in on_disk)
    again = planned(store, 365, LATER)
    assert (again.runs, again.checks) == ((), 0)


def test_a_younger_check_forgets_the_numbers_of_an_older_one(checked_twice: Path, tmp_path: Path) -> None:
    store = Store(shutil.copytree(checked_twice, tmp_path / "store"))
    over = Over(MONDAY + timedelta(hours=1), [])
    with store.writing() as writer:
        made = over.taken_from(store, writer)
    assert results_of(store)["failing"].null_count() == 0
    newest = Snapshot(store.folder, store.last("check").run)  # type: ignore[union-attr]
    rows = rows_of(store.folder / "tables" / RESULTS, made[newest.versions[RESULTS]]).collect()
    assert set(rows.filter(pl.col("checked_at") == MONDAY)["failing"]) == {None}
    assert rows.filter(pl.col("checked_at") == TUESDAY)["failing"].null_count() == 0


def results_of(store: Store) -> pl.DataFrame:
    last = store.last("check")
    assert last
    return last.table(RESULTS).collect().sort("checked_at", "check_id", "municipality_code")


def test_the_next_delivery_brings_rows_again(store: Store, tmp_path: Path) -> None:
    delete(store, 365, LATER)
    done = run(store, Source(canonical=deliver(tmp_path / "d")), AS_OF, Reference.load(), Progress())
    assert done.is_new
    assert store.snapshot().table("children").collect().height > 0


def test_another_run_of_the_same_rows_does_not_make_them_younger(store: Store) -> None:
    run(store, Source(), AS_OF - timedelta(days=30), Reference.load(), Progress())
    first, last = store.runs()["started_at"].min(), store.runs()["started_at"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    between = first + (last - first) / 2 + timedelta(days=365)
    assert len(planned(store, 365, between).runs) == 2


def test_after_more_runs_and_checks_than_keep_their_tables_rows_still_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.store.KEPT_RUNS", 2)
    store = store_with(tmp_path)
    every_contact = claim("contacts.any", pl.col("contact_id").is_not_null())
    for day in range(4):
        run(store, Source(), AS_OF - timedelta(days=30 * day), Reference.load(), Progress())
        checked(store, every_contact, now=MONDAY + timedelta(days=day))
    assert len(store.kept_versions()[RESULTS]) == 2
    assert len({json.loads(named).get(RESULTS) for named in store.runs()["versions"]} - {None}) == 4
    assert planned(store, 365, datetime.now(UTC)).runs == ()
    found = delete(store, 365, LATER)
    assert (found.rows > 10, found.checks > 0) == (True, True)
    assert tables_on_disk(store) <= STAYS
    assert results_of(store).select(NUMBERS).null_count().row(0) == (results_of(store).height,) * len(NUMBERS)
    assert planned(store, 365, LATER).checks == 0


@pytest.mark.parametrize("moment", STEPS)
def test_a_deletion_killed_after_any_step_is_finished_by_the_next(store: Store, moment: str) -> None:
    command = [sys.executable, TESTS / "killed_retention.py", store.folder, moment]
    killed = subprocess.run(command, check=False, capture_output=True, cwd=TESTS.parent)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    whole = Store(store.folder).snapshot()
    assert bool(rows_deleted_on(whole.run)) != ("children" in whole.versions)
    delete(Store(store.folder), 0)
    assert tables_on_disk(store) <= STAYS
    assert GapDecisions(store.folder, "0461").history().height == 0


def test_the_command_plans_first_and_writes_into_the_audit_log(store: Store) -> None:
    before = tables_on_disk(store)
    arguments = ("retention", "--keep-rows-days", 0, "--store", store.folder)
    assert "would be deleted" in roedtraad(*arguments, "--dry-run").stdout
    assert tables_on_disk(store) == before
    assert "Published figures stay" in roedtraad(*arguments).stdout
    assert tables_on_disk(store) <= STAYS
    log = AuditLog.of(store.folder)
    assert log.entries()["action"].to_list() == ["deleted_rows"]
    assert log.verify().is_whole


def test_less_than_no_days_is_refused(store: Store) -> None:
    with pytest.raises(WrongUse):
        planned(store, -1, LATER)


def test_leaders_read_on_and_stewards_are_told_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_store(tmp_path / "store", country())
    delete(Store(folder), 0)
    monkeypatch.setenv("ROEDTRAAD_STORE", str(folder))
    assert "blev slettet den" in said(opened("worklist", lang="da", role="steward", municipality="0479"))
    leader = opened("overview", lang="da", role="leader", municipality="0479")
    assert not leader.exception
    assert "slettet" not in said(leader)


@pytest.mark.parametrize(
    ("page", "role"), [("quality", "national"), ("quality_checks", "steward"), ("overview", "leader")]
)
def test_pages_of_checks_whose_numbers_are_gone_open_as_before(
    page: str, role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = quality_run(tmp_path / "store")
    add_checks(made.folder, made.run["run_id"])
    delete(Store(made.folder), 0)
    monkeypatch.setenv("ROEDTRAAD_STORE", str(made.folder))
    where = {} if role == "national" else {"municipality": SVENDBORG}
    app = opened(page, lang="en", role=role, **where)
    assert not app.exception
    assert not re.search(r"\b(None|null|nan)\b|gik galt|went wrong", said(app))
