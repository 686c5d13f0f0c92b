"""Every damage that was planted in a small real store is found by its name, and nothing else; a sound one has none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import damaged_stores as ds
import polars as pl
import pytest
from commanded import roedtraad
from filelock import FileLock

from pipelines.audit_log import AuditLog
from pipelines.doctor import Looked, examine
from pipelines.doctor.folder import too_little_room
from pipelines.errors import StoreFailed
from pipelines.store import LOCK, STAGING, Store

pytestmark = pytest.mark.slow

WHOLE_LEFT, NONE_LEFT = 35, 36
Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ds.sound_store(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound.parent, tmp_path / "copy")
    return tmp_path / "copy" / "store"


def kinds(store: Path, *, quick: bool = False) -> list[str]:
    return [finding.kind for finding in examine(Looked(store, quick)).findings]


def test_a_sound_store_has_no_finding(store: Path) -> None:
    found = examine(Looked(store))
    assert (found.findings, found.exit_code) == ((), 0)
    assert [run.kind for run in found.whole] == ["run", "run", "publish"]
    assert kinds(store, quick=True) == []


DAMAGES: dict[str, tuple[str, int, Damage]] = {
    "a file of the last run is gone": ("missing_file", WHOLE_LEFT, lambda s: ds.part(s, "gaps").unlink()),
    "a file that all runs share is gone": ("missing_file", NONE_LEFT, lambda s: ds.part(s, "contacts").unlink()),
    "a byte of a page was flipped": ("changed_file", WHOLE_LEFT, lambda s: ds.flip(ds.part(s, "obligations"))),
    "a byte of the footer was flipped": ("changed_file", WHOLE_LEFT, lambda s: ds.flip(ds.part(s, "gaps"), 4)),
    "a file was cut short": ("changed_file", WHOLE_LEFT, lambda s: os.truncate(ds.part(s, "counts"), 100)),
    "an entry of a log was overwritten": (
        "damaged_log_entry",
        WHOLE_LEFT,
        lambda s: ds.last_entry(s, "tables/gaps").write_text('{"add": {"pa'),
    ),
    "an entry of a log is gone": (
        "gap_in_log",
        NONE_LEFT,
        lambda s: (s / "tables/gaps/_delta_log" / f"{1:020}.json").unlink(),
    ),
    "the last entry of a log is gone": (
        "version_gone",
        WHOLE_LEFT,
        lambda s: ds.last_entry(s, "tables/gaps").unlink(),
    ),
    "a table is gone": ("version_gone", NONE_LEFT, lambda s: shutil.rmtree(s / "tables/contacts")),
    "the log of runs is damaged": (
        "damaged_runs_table",
        NONE_LEFT,
        lambda s: ds.last_entry(s, "runs").write_text("{"),
    ),
    "a file of runs is gone": (
        "damaged_runs_table",
        NONE_LEFT,
        lambda s: min((s / "runs").glob("*.parquet")).unlink(),
    ),
    "a bit of a run has turned": (
        "damaged_runs_table",
        NONE_LEFT,
        lambda s: ds.flip(min((s / "runs").glob("*.parquet"))),
    ),
    "the last entry in the log of runs is gone": (
        "lost_runs",
        WHOLE_LEFT,
        lambda s: ds.last_entry(s, "runs").unlink(),
    ),
    "the last entry in the log of runs is another": (
        "lost_runs",
        WHOLE_LEFT,
        lambda s: ds.flip(ds.last_entry(s, "runs"), ds.last_entry(s, "runs").read_text().index("timestamp")),
    ),
    "a run was killed": ("leftover_staging", WHOLE_LEFT, ds.leave_staging),
    "a file lies in a table that no run names": (
        "leftover_files",
        WHOLE_LEFT,
        lambda s: shutil.copy2(ds.part(s, "gaps"), s / "tables/gaps/killed-0.parquet"),
    ),
    "rows can be read by others": ("open_to_others", WHOLE_LEFT, ds.open_a_file),
    "a file of a table is closed to its owner": (
        "closed_to_us",
        NONE_LEFT,
        lambda s: ds.part(s, "contacts").chmod(0),
    ),
    "decisions are closed to their owner": (
        "closed_to_us",
        WHOLE_LEFT,
        lambda s: (s / "gap-decisions/0461.jsonl").chmod(0),
    ),
    "a file was put into the store": (
        "unknown_file",
        WHOLE_LEFT,
        lambda s: (s / "tables/contacts/copy of contacts.csv").write_text("x"),
    ),
    "a run ended in the future": (
        "clock_went_back",
        WHOLE_LEFT,
        lambda s: ds.with_run(s, started_at=ds.tomorrow(), finished_at=ds.tomorrow()),
    ),
    "a run ended before it began": ("clock_went_back", WHOLE_LEFT, lambda s: ds.with_run(s, started_at=ds.tomorrow())),
    "a later run says that it ended earlier": (
        "clock_went_back",
        WHOLE_LEFT,
        lambda s: ds.with_run(s, **dict.fromkeys(("started_at", "finished_at"), ds.tomorrow() - timedelta(days=2))),
    ),
    "a run is of a later contract": (
        "contract_from_the_future",
        WHOLE_LEFT,
        lambda s: ds.with_run(s, contract_version="99"),
    ),
    "an entry of the audit log was changed": (
        "audit_log_broken",
        WHOLE_LEFT,
        lambda s: ds.flip(AuditLog.of(s).folder / "log.jsonl", 70),
    ),
    "the last entry of the audit log was taken": (
        "audit_log_broken",
        WHOLE_LEFT,
        lambda s: ds.without_last_line(AuditLog.of(s).folder / "log.jsonl"),
    ),
    "the audit log was cut short": (
        "audit_log_cut_short",
        WHOLE_LEFT,
        lambda s: ds.half_a_line(AuditLog.of(s).folder / "log.jsonl"),
    ),
    "a release was changed": (
        "ledger_broken",
        WHOLE_LEFT,
        lambda s: ds.flip(next((s / "ledger").glob("*.release"))),
    ),
    "what is published is no release": (
        "published_without_release",
        WHOLE_LEFT,
        lambda s: shutil.rmtree(s / "ledger"),
    ),
    "a publication was killed after the ledger": (
        "publication_unfinished",
        WHOLE_LEFT,
        ds.in_ledger_alone,
    ),
    "a release was begun and not named": (
        "release_unfinished",
        WHOLE_LEFT,
        lambda s: (s / "ledger" / f"{'0' * 64}.pending").write_bytes(b"half"),
    ),
    "a decision was half-written": (
        "half_written_line",
        WHOLE_LEFT,
        lambda s: ds.half_a_line(s / "gap-decisions/0461.jsonl"),
    ),
    "a decision was overwritten": (
        "damaged_line",
        WHOLE_LEFT,
        lambda s: (s / "gap-decisions/0461.jsonl").write_text('{"decision": 1}\n\0\0\0\n{"decision": 3}\n'),
    ),
    "all decisions of a municipality are gone from their file": (
        "lost_lines",
        WHOLE_LEFT,
        lambda s: (s / "gap-decisions/0461.jsonl").write_bytes(b""),
    ),
    "the decisions of a municipality are gone with their file": (
        "lost_lines",
        WHOLE_LEFT,
        lambda s: (s / "gap-decisions/0461.jsonl").unlink(),
    ),
    "the last decision was taken": (
        "changed_lines",
        WHOLE_LEFT,
        lambda s: ds.without_last_line(s / "gap-decisions/0461.jsonl"),
    ),
    "a digit of a decision has turned": (
        "changed_lines",
        WHOLE_LEFT,
        lambda s: ds.flip(s / "gap-decisions/0461.jsonl", len('{"decision": ')),
    ),
    "the note of how many decisions there are cannot be read": (
        "changed_lines",
        WHOLE_LEFT,
        lambda s: (s / "gap-decisions/0461.sum").write_text("2 \0\n"),
    ),
    "a request has lost its lines": (
        "lost_lines",
        WHOLE_LEFT,
        lambda s: (s / "requests" / "asked").mkdir(mode=0o700, parents=True),
    ),
    "a run is about a guidance that is gone": (
        "guidance_missing",
        WHOLE_LEFT,
        lambda s: ds.with_run(s, reference_version="rare_disabilities:14bb9bcdc54c"),
    ),
    "sample data have lost their secret": (
        "secret_missing",
        WHOLE_LEFT,
        lambda s: ds.with_run(s, is_sample=True, inputs='{"secret": "b08f9c711721493da4f698ec"}'),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_found_by_its_name_and_nothing_else_is_found(store: Path, damage: str) -> None:
    kind, exit_code, plant = DAMAGES[damage]
    plant(store)
    found = examine(Looked(store))
    assert [finding.kind for finding in found.findings] == [kind], found.findings
    assert found.exit_code == exit_code
    assert all(finding.what and finding.where and finding.works and finding.to_do for finding in found.findings)


def test_a_damaged_last_run_is_told_with_the_older_one_that_is_whole(store: Path) -> None:
    ds.part(store, "gaps").unlink()
    finding = examine(Looked(store)).findings[0]
    assert finding.where.startswith("tables/gaps/")
    assert "The last run does not read whole; whole is run" in finding.works
    assert "as of 2026-08-31" in finding.works


def test_a_quick_look_sees_sizes_and_footers_but_not_a_flipped_byte(store: Path) -> None:
    ds.flip(ds.part(store, "obligations"))
    assert kinds(store, quick=True) == []
    os.truncate(ds.part(store, "gaps"), 50)
    assert kinds(store, quick=True) == ["changed_file"]


def test_files_without_a_noted_hash_are_read_to_their_last_page(store: Path) -> None:
    """As in stores of earlier versions of the program."""
    file = ds.part(store, "obligations")
    log = ds.last_entry(store, "tables/obligations")
    log.write_text("\n".join(_without_hash(line) for line in log.read_text().splitlines()))
    assert kinds(store) == []
    content = bytearray(file.read_bytes())
    content[4:400] = bytes(396)
    file.write_bytes(content)
    assert kinds(store) == ["unreadable_file"]


def _without_hash(line: str) -> str:
    action = json.loads(line)
    if "add" in action:
        stats = json.loads(action["add"]["stats"])
        assert len(stats.pop("sha256")) == 64
        action["add"]["stats"] = json.dumps(stats)
    return json.dumps(action)


def test_rows_that_were_swapped_for_fewer_do_not_add_up(store: Path) -> None:
    """Whoever changes table and log together is found by the accounting."""
    log = ds.last_entry(store, "tables/contacts")
    lines = [json.loads(_without_hash(line)) for line in log.read_text().splitlines()]
    for action in (line["add"] for line in lines if "add" in line):
        file = store / "tables/contacts" / action["path"]
        pl.read_parquet(file).head(0).write_parquet(file)
        action |= {"size": file.stat().st_size, "stats": '{"numRecords": 0}'}
    log.write_text("\n".join(map(json.dumps, lines)))
    assert kinds(store) == ["rows_do_not_add_up"]


def test_a_disk_with_little_room_is_told(store: Path) -> None:
    assert [each.kind for each in too_little_room(Looked(store), 1_000_000_000, free=1_900_000_000)] == [
        "disk_nearly_full"
    ]
    assert list(too_little_room(Looked(store), 1_000_000_000, free=2_100_000_000)) == []


def test_files_of_another_user_are_told(store: Path) -> None:
    if os.geteuid() != 0:  # only an administrator can give a file away; anybody's store then has one owner
        assert kinds(store) == []
        return
    os.chown(store / "runs", 12345, 12345)
    assert kinds(store) == ["wrong_owner"]


def test_what_a_run_has_half_done_is_no_damage_while_it_writes(store: Path) -> None:
    ds.leave_staging(store)
    with FileLock(store / LOCK):
        found = examine(Looked(store))
    assert found.findings == ()
    assert found.holder is not None
    assert str(os.getpid()) in found.holder.said()


def test_a_lock_that_names_a_process_that_is_gone_is_stale(store: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (store / LOCK).write_text(f"{int(gone.stdout)}\n{os.uname().nodename}\n")
    assert kinds(store) == ["stale_lock"]
    assert roedtraad("doctor", "--store", store, "--repair").returncode == 0


def test_a_named_secret_that_others_may_read_is_told(store: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("0" * 64)
    secret.chmod(0o644)
    looked = Looked(store, secret_file=secret)
    assert [finding.kind for finding in examine(looked).findings] == ["open_to_others"]
    secret.chmod(0o600)
    assert examine(looked).findings == ()
    secret.write_text("short")
    assert [finding.kind for finding in examine(looked).findings] == ["secret_damaged"]


REPAIRABLE = (
    "a run was killed",
    "a file lies in a table that no run names",
    "rows can be read by others",
    "decisions are closed to their owner",
    "the audit log was cut short",
    "a release was begun and not named",
    "a decision was half-written",
)


def test_repair_mends_what_was_never_confirmed_and_leaves_every_row(store: Path) -> None:
    before = {name: rows_of(store, name) for name in Store(store).snapshot().versions}
    for damage in REPAIRABLE:
        DAMAGES[damage][2](store)
    assert roedtraad("doctor", "--store", store).returncode == WHOLE_LEFT

    told = roedtraad("doctor", "--store", store, "--repair")

    assert told.returncode == 0, told.stdout
    assert told.stdout.count("Mended: ") == len(REPAIRABLE)
    assert not (store / STAGING).exists()
    assert all(rows_of(store, name).equals(rows) for name, rows in before.items())
    assert (store / "gap-decisions/0461.jsonl").read_text() == '{"decision": 1}\n{"decision": 2}\n'
    assert "repaired" in AuditLog.of(store).entries()["action"].to_list()


def rows_of(store: Path, name: str) -> pl.DataFrame:
    return Store(store).snapshot().table(name).collect()


def test_repair_touches_nothing_that_is_damaged(store: Path) -> None:
    ds.flip(ds.part(store, "gaps"))
    ds.part(store, "counts").unlink()
    before = {file: file.read_bytes() for file in store.rglob("*") if file.is_file()}
    assert roedtraad("doctor", "--store", store, "--repair").returncode == WHOLE_LEFT
    assert {file: file.read_bytes() for file in store.rglob("*") if file.is_file()} == before


def test_repair_waits_for_no_run(store: Path) -> None:
    DAMAGES["a decision was half-written"][2](store)
    with FileLock(store / LOCK):
        assert roedtraad("doctor", "--store", store, "--repair").returncode == 4


@pytest.mark.parametrize("damage", ["a file of the last run is gone", "an entry of a log was overwritten"])
def test_a_damaged_run_is_set_aside_and_the_same_run_is_made_anew(store: Path, damage: str) -> None:
    DAMAGES[damage][2](store)
    last = Store(store).snapshot().run["run_id"]
    told = roedtraad("doctor", "--store", store, "--set-aside", last)
    assert told.returncode == 0, told.stdout
    assert Store(store).snapshot().run["as_of"] == ds.FIRST
    assert Store(store).runs().filter(run_id=last)["kind"].to_list() == ["damaged_run"]
    with ds.owner_alone():
        assert ds.run_as_of(store, store.parent / "delivery", ds.SECOND)
    assert rows_of(store, "gaps").height == Store(store).snapshot().table("gaps").collect().height
    assert kinds(store) == []


def test_a_whole_run_is_not_set_aside(store: Path) -> None:
    told = roedtraad("doctor", "--store", store, "--set-aside", Store(store).snapshot().run["run_id"])
    assert told.returncode == 2
    assert kinds(store) == []


def test_programs_read_the_findings_as_json(store: Path) -> None:
    ds.part(store, "gaps").unlink()
    told = json.loads(roedtraad("doctor", "--store", store, "--json").stdout)
    assert (told["exit_code"], told["is_sound"]) == (WHOLE_LEFT, False)
    assert told["findings"][0]["tables"] == [{"table": "gaps", "version": 2}]
    assert len(told["kept_runs"]) - len(told["whole_runs"]) == 1


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="is no store"):
        examine(Looked(tmp_path))
