"""A table whose file came before is shared with the ingest before: nothing is read again, and nothing is another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import flow
from pipelines.already_ingested import JUDGED_BY, already_ingested
from pipelines.buckets import Buckets
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.flow import How, Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.sources.canonical_folder import read_canonical_folder
from pipelines.store import Snapshot, Store
from sample_data import make_sample

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
OF_THIS_RUN = ("cells", "deliveries")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a row that no list knows and a row told twice, in a table that never changes here."""
    made = tmp_path_factory.mktemp("delivered")
    make_sample(made, children=300, seed=8, as_of=AS_OF, forms=("canonical",))
    folder = made / "canonical"
    rows = pl.read_parquet(folder / "handovers.parquet")
    of_no_list = rows.head(1).with_columns(pl.lit("x-1").alias("handover_id"), pl.lit("owl").alias("from_actor"))
    pl.concat([rows, of_no_list, rows.tail(1)]).write_parquet(folder / "handovers.parquet")
    return folder


@pytest.fixture(scope="module")
def first(delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of it, to be copied."""
    store = tmp_path_factory.mktemp("first") / "store"
    made(store, delivered)
    return store


def made(store: Path, delivery: Path, how: How | None = None) -> Snapshot:
    return run(Store(store), Source(delivery), AS_OF, Reference.load(), Progress(), how=how).snapshot


def with_other(delivered: Path, name: str, to: Path) -> Path:
    """The delivery once more, with one row less of a table."""
    shutil.copytree(delivered, to)
    rows = pl.read_parquet(to / f"{name}.parquet")
    rows.head(rows.height - 1).write_parquet(to / f"{name}.parquet")
    return to


def read_again(before: Snapshot, after: Snapshot) -> set[str]:
    return {name for name in TABLE_NAMES if before.versions[name] != after.versions[name]}


def assert_same(one: Snapshot, other: Snapshot) -> None:
    assert set(one.versions) == set(other.versions)
    for name in set(one.versions) - set(OF_THIS_RUN):
        columns = sorted(one.table(name).collect_schema().names())
        rows, again = (found.table(name).select(columns).collect().sort(columns) for found in (one, other))
        assert rows.equals(again), name


NAME_NO_CHILD = {"diagnoses", "treatments"}
"""Whom they are about need not be among the children."""


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("contacts", {"contacts"}),
        ("costs", {"costs"}),
    ],
)
def test_only_the_file_that_is_another_is_read_and_the_results_are_those_of_a_full_run(
    delivered: Path, first: Path, tmp_path: Path, name: str, again: set[str]
) -> None:
    shutil.copytree(first, tmp_path / "store")
    before = Store(tmp_path / "store").snapshot()
    later = with_other(delivered, name, tmp_path / "canonical")
    after = made(tmp_path / "store", later)
    assert read_again(before, after) == again
    assert after.versions["identities"] == before.versions["identities"]
    assert_same(made(tmp_path / "fresh", later), after)


def test_what_was_refused_and_told_twice_is_accounted_for_again(delivered: Path, first: Path, tmp_path: Path) -> None:
    shutil.copytree(first, tmp_path / "store")
    after = made(tmp_path / "store", with_other(delivered, "costs", tmp_path / "canonical"))
    account = after.table("row_accounting").filter(pl.col("table") == "handovers").collect().row(0, named=True)
    assert (account["quarantined"], account["exact_duplicates"]) == (1, 1)
    assert account["rows_read"] == account["accepted"] + 2
    refused = after.table("quarantine").filter(pl.col("table") == "handovers").collect()
    assert refused["rule"].to_list() == ["enumeration"]
    ledger = after.table("deliveries").filter(pl.col("source") == "handovers.parquet").collect()
    told = ledger.select("state", "rows_read", "handed_on", "accepted", "quarantined", "exact_duplicates").rows()
    assert told == [("in_use", account["rows_read"], account["rows_read"], account["accepted"], 1, 1)]


def test_with_other_children_every_table_that_names_them_is_read_again(
    delivered: Path, first: Path, tmp_path: Path
) -> None:
    shutil.copytree(first, tmp_path / "store")
    before = Store(tmp_path / "store").snapshot()
    later = with_other(delivered, "children", tmp_path / "canonical")
    after = made(tmp_path / "store", later)
    assert read_again(before, after) == set(TABLE_NAMES) - {"pregnancies"} - NAME_NO_CHILD
    assert_same(made(tmp_path / "fresh", later), after)


def test_the_same_files_as_an_ingest_are_read_once(delivered: Path, tmp_path: Path) -> None:
    """An ingest, and a run of it and one more file."""
    store = Store(tmp_path / "store")
    before = ingest_into(store, Source(delivered), Reference.load(), Progress()).snapshot
    later = with_other(delivered, "treatments", tmp_path / "canonical")
    after = made(tmp_path / "store", later)
    assert read_again(before, after) == {"treatments"}
    assert_same(made(tmp_path / "fresh", later), after)


def flipped(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


@pytest.mark.parametrize("damage", [flipped, Path.unlink], ids=["flipped", "gone"])
def test_a_table_that_is_damaged_in_the_store_is_made_anew(
    delivered: Path, first: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(first, tmp_path / "store")
    before = Store(tmp_path / "store").snapshot()
    file = before.files("residences")[0]
    assert isinstance(file, Path)
    damage(file)
    later = with_other(delivered, "contacts", tmp_path / "canonical")
    after = made(tmp_path / "store", later)
    assert read_again(before, after) == {"contacts", "residences"}
    assert_same(made(tmp_path / "fresh", later), after)


@pytest.mark.parametrize("beside", ["secret", "number_changes.csv"])
def test_a_declared_source_or_other_number_changes_share_nothing(delivered: Path, first: Path, beside: str) -> None:
    """The files have the names and the content of tables; what stands beside them says that rows may be others."""
    earlier = Store(first).snapshot()
    judged_by = {name: earlier.run[name] for name in JUDGED_BY}
    inputs = json.loads(earlier.run["inputs"])
    otherwise = Snapshot(first, {**earlier.run, "inputs": json.dumps(inputs | {beside: "another"})})
    delivery = read_canonical_folder(delivered)
    assert already_ingested(delivery, earlier, judged_by, Buckets()).names == set(TABLE_NAMES)
    assert already_ingested(delivery, otherwise, judged_by, Buckets()).names == set()


def test_other_code_reads_everything_again(
    delivered: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(first, tmp_path / "store")
    before = Store(tmp_path / "store").snapshot()
    monkeypatch.setattr(flow, "code_version", lambda: "another")
    after = made(tmp_path / "store", with_other(delivered, "contacts", tmp_path / "canonical"))
    assert read_again(before, after) == set(TABLE_NAMES)


def test_in_other_buckets_every_table_that_has_files_of_buckets_is_written_again(
    delivered: Path, first: Path, tmp_path: Path
) -> None:
    """And with the pregnancies all that names them."""
    shutil.copytree(first, tmp_path / "store")
    before = Store(tmp_path / "store").snapshot()
    after = made(tmp_path / "store", with_other(delivered, "costs", tmp_path / "canonical"), How(3))
    assert read_again(before, after) == set(TABLE_NAMES) - NAME_NO_CHILD
