"""From an invented older contract to the next and back: rows, figures and publications are the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from checked_stores import store_with
from commanded import roedtraad

from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.errors import StoreIsEmpty
from pipelines.migrations import MIGRATIONS, Change, Migration
from pipelines.migrations.applying import back, upgrade, version_of
from pipelines.migrations.declared import FromTheFuture, NoWayThere, way
from pipelines.store import Snapshot, Store

RENAMED = Change(
    "children",
    "`weight` is called `birth_weight_g`",
    lambda rows: rows.rename({"weight": "birth_weight_g"}),
    lambda rows: rows.rename({"birth_weight_g": "weight"}),
)
ADDED = Change(
    "handovers",
    "`has_exposure` is new: unknown for rows of before",
    lambda rows: rows.with_columns(pl.lit(None, pl.Boolean).alias("has_exposure")),
    lambda rows: rows.drop("has_exposure"),
)
OLDER = (Migration("0", "1", (RENAMED, ADDED)),)


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


def test_a_run_made_since_goes_back_by_the_declared_way(old: Store) -> None:
    upgrade(old, known=OLDER)
    now = old.snapshot()
    with old.writing() as writer:
        writer.keep(now, *now.versions)
        writer.commit(**_facts(now, "run") | {"contract_version": "1", "stages": "{}"})
    back(old, known=OLDER)
    assert version_of(old) == "0"
    assert "weight" in columns(old, "children")
    assert "has_exposure" not in columns(old, "handovers")


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
