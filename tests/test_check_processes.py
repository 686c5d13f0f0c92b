"""Checks as processes: two at once, and one that is killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from checked_stores import checked, claim, contacts_in, store_with

from checks.results import TABLES
from pipelines.errors import StoreInUse
from pipelines.store import STAGING, Store

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
EVERY = claim("contacts.each", pl.col("contact_id").is_not_null())


def tables_of(store: Store) -> dict[str, pl.DataFrame]:
    last = store.last("check")
    assert last is not None
    return {name: last.table(name).collect() for name in TABLES}


def test_of_two_checks_at_once_one_is_told_that_the_store_is_in_use_and_the_other_is_not_disturbed(
    tmp_path: Path,
) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=3))
    first = subprocess.Popen(
        [sys.executable, TESTS / "interrupted_check.py", store.folder, "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "check contacts\n"

    second = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "check", "--store", store.folder, "--table", "shares"],
        check=False,
        capture_output=True,
        text=True,
    )
    first.communicate("go on\n")

    assert second.returncode == StoreInUse.exit_code
    assert "Another run is writing" in second.stdout + second.stderr
    assert "Traceback" not in second.stdout + second.stderr
    assert first.returncode == 0
    counted = tables_of(store)["check_results"].filter(pl.col("municipality_code").is_null())
    assert counted.select("check_id", "failing").rows() == [("contacts.each", 3)]


@pytest.mark.parametrize("moment", ["check contacts", "0", "2"])
def test_a_check_killed_in_the_middle_leaves_the_last_one_and_the_next_one_succeeds(
    tmp_path: Path, moment: str
) -> None:
    store = store_with(tmp_path, contacts=contacts_in(m0461=3))
    checked(store, EVERY)
    before = tables_of(store)
    figures = store_with(tmp_path, contacts=contacts_in(m0461=5)).snapshot().table("counts").collect()

    killed = subprocess.run(
        [sys.executable, TESTS / "interrupted_check.py", store.folder, moment], check=False, capture_output=True
    )

    assert killed.returncode == -signal.SIGKILL
    after = tables_of(store)
    assert all(before[name].equals(after[name]) for name in TABLES)
    assert store.snapshot().table("counts").collect().equals(figures)
    checked(store, EVERY)
    assert tables_of(store)["check_failures"].height == 5
    assert not (store.folder / STAGING).exists()
