"""What the pages keep in memory: figures of one publication, for the scope that asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from published_frames import COPENHAGEN, SVENDBORG, FakeSnapshot, country, run_facts, write_store

from dashboards.language import Words
from dashboards.opening import open_publication
from dashboards.scope import NotAllowed, Place, Scope
from dashboards.visit import Visit
from pipelines.definitions.measures import HANDED_OVER
from pipelines.errors import StoreFailed

LEADER = Scope("leader", SVENDBORG, "1083")
TABLE = "published_shares"


def publication(folder: Path) -> Visit:
    """What somebody of national coordination sees of a store."""
    found = open_publication(folder)
    assert found is not None
    return Visit(Words("da"), Scope("national"), found.tables, "light", found)


def of_leader(visit: Visit) -> Visit:
    return Visit(Words("da"), LEADER, visit.source, "light", visit.publication)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_store(tmp_path / "store", country())


def test_a_table_is_read_once_and_a_publication_that_is_made_anew_in_the_same_folder_is_another(store: Path) -> None:
    first = publication(store).tables.table(TABLE).collect()
    shutil.rmtree(store / "published" / TABLE)
    assert publication(store).tables.table(TABLE).collect().equals(first)
    shutil.rmtree(store)
    none = FakeSnapshot(country().tables | {TABLE: first.clear()}, run_facts())
    assert publication(write_store(store, none)).tables.table(TABLE).collect().is_empty()


def test_a_table_that_is_not_published_is_named_and_nothing_is_kept_of_it(store: Path) -> None:
    with pytest.raises(StoreFailed, match="no table counts"):
        publication(store).tables.table("counts")


def test_a_table_that_cannot_be_read_is_told_of_where_it_is_read(store: Path) -> None:
    for part in (store / "published" / TABLE).glob("*.parquet"):
        part.write_bytes(b"")
    rows = publication(store).tables.table(TABLE)
    with pytest.raises(pl.exceptions.PolarsError):
        rows.collect()


def test_what_is_kept_for_one_scope_is_closed_to_another(store: Path) -> None:
    national = publication(store)
    asked = ((HANDED_OVER,), (Place("municipality", COPENHAGEN),), "three_years", (national.window,))
    national.shares(*asked)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        of_leader(national).shares(*asked)  # type: ignore[arg-type]
    national.thread(Place("municipality", COPENHAGEN), national.window)
    with pytest.raises(NotAllowed):
        of_leader(national).thread(Place("municipality", COPENHAGEN), national.window)
