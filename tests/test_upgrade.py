"""From an invented older contract to the next and back: rows, figures and publications are the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from checked_stores import store_with
from commanded import roedtraad
from killed_upgrade import STEPS
from older_contract import OLDER

from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreIsEmpty
from pipelines.migrations import MIGRATIONS, Change, Migration
from pipelines.migrations.applying import back, upgrade, version_of
from pipelines.migrations.declared import FromTheFuture, NoWayThere, way
from pipelines.store import STAGING, Snapshot, Store

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent


@pytest.fixture
def old(tmp_path: Path) -> Store:
    """A store as a release of contract 0 would have left it: a run and a publication."""
    store = store_with(tmp_path)
    now = store.snapshot()
    with store.writing() as writer:
        writer.keep(now, *now.versions)
        for change in OLDER[0].changes:
            writer.write(change.table, change.back(now.table(change.table)))
            writer._kept.pop(change.table)
        writer.commit(**_facts(now, "run"))
    with store.writing() as writer:
        writer.write("published_counts", now.table("counts"))
        writer.commit(**_facts(now, "publish"))
    return store


def _facts(now: Snapshot, kind: str) -> dict[str, object]:
    own = ("run_id", "kind", "started_at", "finished_at", "duration_seconds", "versions")
    return {name: value for name, value in now.run.items() if name not in own} | {"kind": kind, "contract_version": "0"}


def columns(store: Store, table: str) -> set[str]:
    return set(store.snapshot().table(table).collect_schema())


def test_an_older_store_is_brought_to_this_contract_with_the_same_rows_and_figures(old: Store) -> None:
    before, published = old.snapshot(), old.last("publish")
    done = upgrade(old, known=OLDER)
    after = old.snapshot()
    assert (done.steps, done.carried) == (("0 -> 1",), ("run", "publish"))
    assert version_of(old) == CONTRACT_VERSION
    assert {"birth_weight_g"} <= columns(old, "children")
    assert after.table("handovers").select("has_exposure").collect().to_series().is_null().all()
    assert after.table("children").select("birth_weight_g").collect().to_series().to_list() == [3200]
    for name in ("counts", "obligations", "gaps"):
        assert after.versions[name] == before.versions[name]
    assert published
    assert old.last("publish").versions == published.versions  # type: ignore[union-attr]
    assert old.last("publish").run["fingerprint"] == published.run["fingerprint"]  # type: ignore[union-attr]


def test_the_way_back_brings_the_run_that_was_there(old: Store) -> None:
    before, rows = old.snapshot().run["run_id"], old.snapshot().table("children").collect()
    upgrade(old, known=OLDER)
    assert back(old, known=OLDER).steps == ("1 -> 0",)
    assert old.snapshot().run["run_id"] == before
    assert old.snapshot().table("children").collect().equals(rows)


def run_since(store: Store) -> None:
    now = store.snapshot()
    with store.writing() as writer:
        writer.keep(now, *now.versions)
        writer.commit(**_facts(now, "run") | {"contract_version": "1", "stages": "{}"})


def test_a_run_made_since_goes_back_by_the_declared_way(old: Store) -> None:
    upgrade(old, known=OLDER)
    run_since(old)
    back(old, known=OLDER)
    assert version_of(old) == "0"
    assert "weight" in columns(old, "children")
    assert "has_exposure" not in columns(old, "handovers")


def killed(store: Store, way: str, moment: str) -> None:
    command = [sys.executable, TESTS / "killed_upgrade.py", store.folder, way, moment]
    ended = subprocess.run(command, check=False, capture_output=True, cwd=TESTS.parent)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.parametrize("moment", STEPS)
def test_an_upgrade_killed_after_any_step_leaves_one_contract_or_the_other_and_the_next_one_finishes(
    old: Store, moment: str
) -> None:
    rows = {name: old.snapshot().table(name).collect() for name in ("children", "handovers", "gaps")}
    killed(old, "upgrade", moment)
    was = version_of(Store(old.folder))
    assert was == (CONTRACT_VERSION if moment in {"the runs are committed", "old files are removed"} else "0")
    assert_whole(old, rows, was)
    upgrade(Store(old.folder), known=OLDER)
    assert_whole(old, rows, CONTRACT_VERSION)
    assert was == CONTRACT_VERSION or not (old.folder / STAGING).exists()


@pytest.mark.parametrize("moment", STEPS)
def test_a_way_back_killed_after_any_step_is_finished_by_the_next(old: Store, moment: str) -> None:
    rows = {name: old.snapshot().table(name).collect() for name in ("children", "handovers", "gaps")}
    upgrade(old, known=OLDER)
    run_since(old)
    killed(old, "back", moment)
    was = version_of(Store(old.folder))
    assert_whole(old, rows, was)
    if was == CONTRACT_VERSION:
        back(Store(old.folder), known=OLDER)
    assert_whole(old, rows, "0")


def assert_whole(store: Store, before: dict[str, pl.DataFrame], version: str) -> None:
    """Every table that the last run and publication name can be read, with the columns of that contract."""
    fresh = Store(store.folder)
    now, published = fresh.snapshot(), fresh.last("publish")
    assert now.run["contract_version"] == version
    assert published
    for snapshot in (now, published):
        assert all(snapshot.table(name).collect().width for name in snapshot.versions)
    forth = {change.table: change for change in OLDER[0].changes} if version == CONTRACT_VERSION else {}
    for name, rows in before.items():
        expected = forth[name].forward(rows.lazy()).collect() if name in forth else rows
        assert now.table(name).collect().equals(expected), name


def test_an_upgrade_that_is_done_does_nothing_twice(old: Store) -> None:
    upgrade(old, known=OLDER)
    before = old.runs()
    assert upgrade(old, known=OLDER).steps == ()
    assert old.runs().equals(before)


def test_a_migration_that_would_lose_rows_changes_nothing(old: Store) -> None:
    losing = Change("children", "loses all", lambda rows: rows.head(0), lambda rows: rows)
    before = old.runs()
    with pytest.raises(NoWayThere, match="how many rows children has"):
        upgrade(old, known=(Migration("0", "1", (losing,)),))
    assert old.runs().equals(before)


def test_published_tables_and_leaps_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="does not touch"):
        Change("published_counts", "", lambda rows: rows, lambda rows: rows)
    with pytest.raises(ValueError, match="one version on"):
        Migration("1", "3", ())


def test_the_declared_migrations_lead_without_a_gap_to_the_contract_of_this_release() -> None:
    first = MIGRATIONS[0].before if MIGRATIONS else CONTRACT_VERSION
    assert len(way(first, CONTRACT_VERSION, MIGRATIONS)) == len(MIGRATIONS) == int(CONTRACT_VERSION) - int(first)


def test_every_command_refuses_a_store_of_a_later_release(tmp_path: Path) -> None:
    store = store_with(tmp_path)
    now = store.snapshot()
    with store.writing() as writer:
        writer.keep(now, *now.versions)
        writer.commit(**_facts(now, "run") | {"contract_version": str(int(CONTRACT_VERSION) + 1)})
    for command in (["status"], ["upgrade"], ["check"], ["run", "--as-of", "2026-09-30"], ["health"]):
        assert roedtraad(*command, "--store", store.folder).returncode == 31, command
    with pytest.raises(FromTheFuture):
        upgrade(store)


def test_without_a_declared_migration_the_command_says_so(old: Store) -> None:
    assert roedtraad("upgrade", "--store", old.folder).returncode == 32


def test_a_store_of_this_contract_needs_nothing(tmp_path: Path) -> None:
    told = roedtraad("upgrade", "--store", store_with(tmp_path).folder)
    assert told.returncode == 0
    assert "nothing is to be done" in told.stdout
    with pytest.raises(StoreIsEmpty):
        upgrade(Store(tmp_path / "nothing"))
