"""The store under a real life: killed runs, two runs at once, a full disk, the same delivery again."""

from __future__ import annotations

import errno
import random
import resource
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commanded import roedtraad
from deliveries import changed, deliver
from filelock import FileLock

from pipelines.definitions.reference import Reference
from pipelines.errors import StoreFailed, StoreInUse, StoreIsEmpty
from pipelines.flow import Outcome, Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.store import STAGING, Store
from pipelines.table_files import laid

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
TESTS = Path(__file__).parent


def run_on(store: Path, delivery: Path | None, as_of: date = AS_OF) -> Outcome:
    return run(Store(store), Source(canonical=delivery), as_of, Reference.load(), Progress())


def all_tables(store: Path) -> dict[str, pl.DataFrame]:
    snapshot = Store(store).snapshot()
    return {name: snapshot.table(name).collect() for name in snapshot.versions}


@pytest.mark.parametrize("moment", ["ingest contacts", "obligations", "continuity", "0", "7", "18"])
def test_a_run_killed_in_the_middle_leaves_the_old_version_and_the_next_run_succeeds(
    tmp_path: Path, moment: str
) -> None:
    store = tmp_path / "store"
    run_on(store, deliver(tmp_path / "old"))
    before = all_tables(store)
    new = deliver(tmp_path / "new", {"contacts": [changed("contacts"), changed("contacts", contact_id="k2")]})

    killed = subprocess.run(
        [sys.executable, TESTS / "interrupted_run.py", new, store, AS_OF.isoformat(), moment],
        check=False,
        capture_output=True,
    )

    assert killed.returncode == -signal.SIGKILL
    after = all_tables(store)
    assert before.keys() == after.keys()
    assert all(before[name].equals(after[name]) for name in before)
    outcome = run_on(store, new)
    assert outcome.is_new
    assert outcome.snapshot.table("contacts").collect().height == 2
    assert not (store / STAGING).exists()


def test_the_same_inputs_make_no_new_version(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    first = run_on(tmp_path / "store", delivery)
    again = run_on(tmp_path / "store", delivery)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.snapshot.versions == first.snapshot.versions
    assert Store(tmp_path / "store").runs().height == 1


def test_another_day_takes_the_records_that_are_there(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    first = run_on(tmp_path / "store", delivery)
    other = run_on(tmp_path / "store", delivery, date(2025, 6, 30))
    assert other.is_new
    assert other.snapshot.versions["contacts"] == first.snapshot.versions["contacts"]
    assert other.snapshot.versions["obligations"] == first.snapshot.versions["obligations"] + 1


def test_ingest_alone_is_enough_for_a_later_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    delivery = deliver(tmp_path / "d")
    assert ingest_into(store, Source(canonical=delivery), Reference.load(), Progress()).is_new
    assert not ingest_into(store, Source(canonical=delivery), Reference.load(), Progress()).is_new
    from_store = run_on(tmp_path / "store", None).snapshot
    directly = run_on(tmp_path / "other", delivery).snapshot
    for name in ("obligations", "evidence", "counts"):
        one, other = (snapshot.table(name).collect() for snapshot in (from_store, directly))
        assert one.sort(one.columns).equals(other.sort(one.columns))


def test_a_second_run_is_told_that_the_store_is_in_use(tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    run_on(tmp_path / "store", delivery)
    with FileLock(tmp_path / "store" / "LOCK"), pytest.raises(StoreInUse, match="Another run is writing"):
        run_on(tmp_path / "store", delivery, date(2025, 1, 1))
    assert Store(tmp_path / "store").snapshot().run["as_of"] == AS_OF


def test_a_full_disk_is_told_and_the_last_version_stays(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_on(store, deliver(tmp_path / "old"))
    chance = random.Random(1)
    many = [changed("contacts", contact_id=f"{chance.getrandbits(64):x}") for _ in range(20_000)]
    new = deliver(tmp_path / "new", {"contacts": many})

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    command = [sys.executable, "-m", "pipelines.cli", "run", "--quiet", "--canonical", new, "--store", store]
    failed = subprocess.run(
        [*command, "--as-of", AS_OF.isoformat()],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=small_files_only,
    )

    assert failed.returncode == 6
    assert "File too large" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert Store(store).snapshot().table("contacts").collect().height == 1


def test_a_store_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file stands where the folder should be")
    command = [sys.executable, "-m", "pipelines.cli", "run", "--quiet", "--canonical", deliver(tmp_path / "d")]
    failed = subprocess.run(
        [*command, "--store", tmp_path / "store", "--as-of", "2026-09-30"], check=False, capture_output=True, text=True
    )
    assert failed.returncode == 6
    assert "Traceback" not in failed.stderr


@pytest.fixture
def kept_runs(monkeypatch: pytest.MonkeyPatch) -> int:
    """Fewer runs keep their tables, so that fewer are to be made."""
    monkeypatch.setattr("pipelines.store.KEPT_RUNS", 3)
    return 3


def test_files_of_old_runs_go_and_those_of_the_last_runs_stay(kept_runs: int, tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "d")
    for day in range(1, kept_runs + 4):
        run_on(tmp_path / "store", delivery, date(2026, 1, day))
    runs = Store(tmp_path / "store").runs()
    assert runs.height == kept_runs + 3
    parts = list((tmp_path / "store" / "tables" / "exposed").glob("*.parquet"))
    assert len(parts) == kept_runs
    assert len(list((tmp_path / "store" / "tables" / "contacts").glob("*.parquet"))) == 1


def test_what_a_killed_first_run_has_left_goes_with_the_next(tmp_path: Path) -> None:
    """Its table is there, and a file of it that no version names; nobody has ever finished."""
    store, delivery = tmp_path / "store", deliver(tmp_path / "delivery")
    with Store(store).writing():
        pass
    left = store / "tables" / "children" / "left.parquet"
    laid(left.parent, pl.Schema({"child_id": pl.Int64()}))
    pl.DataFrame({"child_id": [1]}).write_parquet(left)
    run_on(store, delivery)
    assert not left.exists()
    assert all_tables(store)["children"].height


def test_many_ingests_leave_the_last_run_readable(kept_runs: int, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_on(store, deliver(tmp_path / "first"))
    for at in range(kept_runs + 2):
        costs = {"costs": [changed("costs", amount_dkk=str(at))]}
        delivery = deliver(tmp_path / f"d{at}", costs)
        assert ingest_into(Store(store), Source(canonical=delivery), Reference.load(), Progress()).is_new
    tables = all_tables(store)
    assert tables["costs"]["amount_dkk"].to_list() == [12500.5]
    assert tables["obligations"].height > 0


def test_a_folder_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (lake / "staging").mkdir(parents=True)
    (lake / "staging" / "mine.txt").write_text("mine")
    with pytest.raises(StoreFailed, match="is no store, and it is not empty"):
        run_on(lake, deliver(tmp_path / "d"))
    assert [file.name for file in lake.rglob("*")] == ["staging", "mine.txt"]


def test_a_store_without_records_says_so_and_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreIsEmpty, match="holds no records yet"):
        run_on(tmp_path / "store", None)
    assert not (tmp_path / "store").exists()


def test_a_damaged_table_of_runs_is_told(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_on(store, deliver(tmp_path / "d"))
    for file in (store / "runs" / "_delta_log").glob("*.json"):
        file.write_text("{")
    with pytest.raises(StoreFailed, match="damaged or closed"):
        Store(store).snapshot()


@pytest.mark.parametrize("name", ["Børn og unge", "100 % #1", "a+b&c"])
def test_a_folder_may_be_called_what_people_call_folders(tmp_path: Path, name: str) -> None:
    delivery, store = deliver(tmp_path / name / "d"), Store(tmp_path / name / "s")
    first = ingest_into(store, Source(canonical=delivery), Reference.load(), Progress())
    again = ingest_into(store, Source(canonical=delivery), Reference.load(), Progress())
    assert (first.is_new, again.is_new) == (True, False)
    assert again.snapshot.table("children").collect().height == 1


def test_a_table_whose_log_is_gone_is_told_by_the_command(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run_on(store, deliver(tmp_path / "d"))
    for file in (store / "tables" / "obligations" / "_delta_log").glob("*.json"):
        file.unlink()
    done = roedtraad("export", "obligations", "--store", store, "--out", tmp_path / "out.csv")
    assert (done.returncode, "roedtraad doctor" in done.stderr.replace("\n", " ")) == (6, True)
    assert not (tmp_path / "out.csv").exists()


def test_what_the_machine_refuses_is_told_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "no", "returns")

    monkeypatch.setattr(Path, "is_dir", closed)
    done = roedtraad("return", "combine", tmp_path / "returns", "--store", tmp_path / "store")
    assert (done.returncode, "Permission denied" in done.stderr) == (6, True)
