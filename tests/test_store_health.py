"""What a monitor is told of a store: readable or not, and how old its publication is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commanded import in_a_process
from published_frames import country, write_store

from pipelines.store import Store
from pipelines.store_health import UNHEALTHY, health_of
from pipelines.tables_at import folder_of


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_store(tmp_path / "store", country())


def test_a_published_store_is_healthy_until_its_publication_is_too_old(store: Path) -> None:
    published = Store(store).last("publish")
    assert published
    later = published.run["finished_at"] + timedelta(hours=30)
    assert health_of(store, later).is_healthy
    assert health_of(store, later, 36).exit_code == 0
    old = health_of(store, later, 24)
    assert (old.exit_code, old.published_age_hours, old.is_healthy) == (UNHEALTHY, 30.0, False)


def test_an_empty_store_and_a_damaged_one_are_told_apart(store: Path, tmp_path: Path) -> None:
    assert health_of(tmp_path / "none", datetime.now(UTC)).exit_code == 5
    published = Store(store).last("publish")
    assert published
    name = next(iter(published.versions))
    for part in folder_of(store, name).glob("*.parquet"):
        part.write_bytes(part.read_bytes()[:40])
    assert health_of(store, datetime.now(UTC)).exit_code == 6


def test_the_command_says_one_line_of_facts_and_no_figure(store: Path) -> None:
    done = in_a_process("health", "--store", store)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert set(told) == {
        "is_healthy",
        "problem",
        "published_at",
        "published_age_hours",
        "as_of",
        "contract_version",
        "rows_deleted_on",
    }
    assert told["contract_version"] == "1"
