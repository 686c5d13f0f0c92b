"""Backups: whole by themselves, made while a run writes, killed at any moment; and stores that come back from them."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import damaged_stores as ds
import polars as pl
import pytest
from commanded import roedtraad

from pipelines.audit_log import AuditLog
from pipelines.backup import BackupNotWhole, back_up, restore, verified
from pipelines.backup.places import HALF
from pipelines.disclosure.ledger import Ledger
from pipelines.doctor import Looked, examine
from pipelines.errors import StoreFailed, UserError, WrongUse
from pipelines.store import Store

pytestmark = pytest.mark.slow

SECRET = "throw-away-secret"  # noqa: S105 - a file name
KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.backup import making, restoring, back_up, restore
from pipelines.backup import places
what, left, source, target = sys.argv[1:]
left = int(left)
def dying(*told):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return begun(*told)
begun = places.begun
places.begun = restoring.begun = dying
(back_up if what == "backup" else restore)(Path(source), Path(target))
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = ds.sound_store(tmp_path_factory.mktemp("sound"))
    with ds.owner_alone():
        (store / SECRET).write_text("a secret that is in no backup at all")
    return store


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound.parent, tmp_path / "copy")
    return tmp_path / "copy" / "store"


@pytest.fixture(scope="module", params=["backup", "backup.zip"])
def made(sound: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return back_up(sound, tmp_path_factory.mktemp("made") / request.param).place


def tables_of(store: Path) -> dict[tuple[str, str], pl.DataFrame]:
    runs = [snapshot for kind in ("run", "publish") if (snapshot := Store(store).last(kind))]
    return {(run.run["run_id"], name): run.table(name).collect() for run in runs for name in run.versions}


def test_a_store_comes_back_with_every_row_and_every_chain(sound: Path, made: Path, tmp_path: Path) -> None:
    restored = restore(made, tmp_path / "again")
    before, after = tables_of(sound), tables_of(tmp_path / "again")
    assert before.keys() == after.keys()
    assert all(rows.equals(after[name]) for name, rows in before.items())
    assert examine(Looked(tmp_path / "again")).findings == ()
    assert AuditLog.of(tmp_path / "again").verify(restored.manifest.audit_head).is_whole
    assert AuditLog.of(tmp_path / "again").entries().equals(AuditLog.of(sound).entries())
    assert len(Ledger(tmp_path / "again" / "ledger").releases()) == 1
    assert (tmp_path / "again/gap-decisions/0461.jsonl").read_bytes() == (
        sound / "gap-decisions/0461.jsonl"
    ).read_bytes()


def test_older_runs_come_back_too_and_a_new_run_goes_on(sound: Path, made: Path, tmp_path: Path) -> None:
    restore(made, tmp_path / "again")
    assert [run.kind for run in examine(Looked(tmp_path / "again")).whole] == ["run", "run", "publish"]
    with ds.owner_alone():
        assert not ds.run_as_of(tmp_path / "again", sound.parent / "delivery", ds.SECOND)
        assert ds.run_as_of(tmp_path / "again", sound.parent / "delivery", date(2026, 7, 31))


def test_the_secret_is_in_no_backup(made: Path, tmp_path: Path) -> None:
    names = {entry.name for entry in verified(made).files}
    assert not any("secret" in name for name in names)
    assert "apart" in verified(made).not_included
    restore(made, tmp_path / "again")
    assert not (tmp_path / "again" / SECRET).exists()


def test_backup_and_restored_store_are_for_their_owner_alone(made: Path, tmp_path: Path) -> None:
    restore(made, tmp_path / "again")
    for root in (made, tmp_path / "again", tmp_path / "again-audit"):
        for file in (root, *root.rglob("*")):
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file


def test_every_changed_byte_missing_and_added_file_is_found(made: Path, tmp_path: Path) -> None:
    names = sorted(entry.name for entry in verified(made).files)
    for damage in (flipped, without, added):
        copy = damage(made, tmp_path / damage.__name__, names[len(names) // 2])
        with pytest.raises(BackupNotWhole, match="not whole"):
            verified(copy)
        with pytest.raises(BackupNotWhole):
            restore(copy, tmp_path / "never")
        assert not (tmp_path / "never").exists()


def flipped(made: Path, copy: Path, name: str) -> Path:
    return rewritten(made, copy, lambda n, c: c[:-1] + bytes([c[-1] ^ 1]) if n == name else c)


def without(made: Path, copy: Path, name: str) -> Path:
    return rewritten(made, copy, lambda n, c: None if n == name else c)


def added(made: Path, copy: Path, _: str) -> Path:
    return rewritten(made, copy, lambda _, c: c, extra="store/tables/planted.parquet")


def rewritten(made: Path, copy: Path, change: Callable[[str, bytes], bytes | None], extra: str = "") -> Path:
    """The same backup with other contents, as somebody makes it who does not know of the list."""
    if made.is_dir():
        contents = {file.relative_to(made).as_posix(): file.read_bytes() for file in made.rglob("*") if file.is_file()}
    else:
        with zipfile.ZipFile(made) as packed:
            contents = {name: packed.read(name) for name in packed.namelist()}
    kept = {name: new for name, content in contents.items() if (new := change(name, content)) is not None}
    if extra:
        kept[extra] = b"planted"
    if made.is_dir():
        for name, content in kept.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(content)
        return copy
    with zipfile.ZipFile(copy.with_suffix(".zip"), "w") as packed:
        for name, content in kept.items():
            packed.writestr(name, content)
    return copy.with_suffix(".zip")


def test_a_backup_whose_list_leads_out_of_it_is_refused(made: Path, tmp_path: Path) -> None:
    lists: dict[str, bytes] = {}

    def leading_out(name: str, content: bytes) -> bytes:
        if name == "MANIFEST.json":
            lists["new"] = content.replace(b'"store/gap-decisions/0461.jsonl"', b'"store/../../planted"')
            assert lists["new"] != content
            return lists["new"]
        return f"{hashlib.sha256(lists['new']).hexdigest()}\n".encode() if name == "MANIFEST.sha256" else content

    if made.is_dir():
        leading_out("MANIFEST.json", (made / "MANIFEST.json").read_bytes())
    copy = rewritten(made, tmp_path / "copy", leading_out)
    with pytest.raises(BackupNotWhole, match="leads out"):
        restore(copy, tmp_path / "deep" / "never")
    assert not (tmp_path / "planted").exists()


def test_a_backup_that_was_made_anew_as_a_whole_is_known_by_its_noted_hash(store: Path, tmp_path: Path) -> None:
    first = back_up(store, tmp_path / "one.zip")
    other = back_up(store, tmp_path / "two.zip")
    assert verified(first.place, first.seal) == first.manifest
    with pytest.raises(BackupNotWhole, match="hash was noted"):
        verified(other.place, first.seal)


def test_what_a_run_has_half_done_is_not_in_the_backup(store: Path, tmp_path: Path) -> None:
    ds.leave_staging(store)
    ds.half_a_line(store / "gap-decisions/0461.jsonl")
    ds.half_a_line(AuditLog.of(store).folder / "log.jsonl")
    with ds.owner_alone(), Store(store).writing() as writer:
        writer.write("gaps", pl.LazyFrame({"half": [1]}))
        writer.commit_tables()  # and dies before `runs` says so
        made = back_up(store, tmp_path / "backup")
    restored = restore(made.place, tmp_path / "again")
    assert restored.to_do == ()
    assert (tmp_path / "again/gap-decisions/0461.jsonl").read_text() == '{"decision": 1}\n{"decision": 2}\n'


def test_backups_made_while_runs_write_are_all_sound(store: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITING, str(store), str(store.parent / "delivery")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent) as writing:
        assert writing.stdout is not None
        writing.stdout.readline()
        made = [back_up(store, tmp_path / f"{at}.zip").place for at in range(3)]
        assert writing.wait() == 0
    for at, place in enumerate(made):
        assert restore(place, tmp_path / f"again{at}").to_do == ()


WRITING = """
import sys
from datetime import date
from pathlib import Path
import damaged_stores as ds
print("begun", flush=True)
with ds.owner_alone():
    for day in range(1, 4):
        ds.run_as_of(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 6, day))
"""


def test_a_damaged_store_gives_no_backup_and_leaves_nothing(store: Path, tmp_path: Path) -> None:
    ds.flip(ds.part(store, "gaps"))
    with pytest.raises(StoreFailed, match="damaged"):
        back_up(store, tmp_path / "backups" / "one")
    assert list((tmp_path / "backups").iterdir()) == []


def test_lines_that_are_not_those_that_were_written_give_no_backup(store: Path, tmp_path: Path) -> None:
    ds.flip(store / "gap-decisions" / "0461.jsonl", len('{"decision": '))
    with pytest.raises(UserError, match="roedtraad doctor"):
        back_up(store, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_nothing_that_lies_there_is_written_over(store: Path, made: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(WrongUse, match="already"):
        back_up(store, tmp_path / "there")
    (tmp_path / "there" / "somebody's").write_text("x")
    with pytest.raises(WrongUse, match="not empty"):
        restore(made, tmp_path / "there")
    with pytest.raises(WrongUse, match="within"):
        back_up(store, store / "backup")


@pytest.mark.parametrize("files", [0, 60])
def test_a_killed_backup_is_none_and_the_next_one_is_whole(store: Path, tmp_path: Path, files: int) -> None:
    place = tmp_path / "backups" / "one"
    assert killed("backup", files, store, place) == -signal.SIGKILL
    assert not place.exists()
    assert len(list(place.parent.glob(f".*{HALF}"))) == 1
    back_up(store, place)
    assert [file.name for file in place.parent.iterdir()] == ["one"]
    verified(place)


@pytest.mark.parametrize("files", [60])
def test_a_killed_restore_leaves_no_store_and_the_next_one_is_whole(
    sound: Path, made: Path, tmp_path: Path, files: int
) -> None:
    assert killed("restore", files, made, tmp_path / "again") == -signal.SIGKILL
    assert not (tmp_path / "again").exists()
    restore(made, tmp_path / "again")
    assert not list(tmp_path.glob(f".*{HALF}"))
    assert examine(Looked(tmp_path / "again")).findings == ()


def killed(what: str, files: int, source: Path, target: Path) -> int:
    command = [sys.executable, "-c", KILLED, what, str(files), str(source), str(target)]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_the_audit_log_that_outlived_its_store_goes_on(store: Path, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "one.zip")
    AuditLog.of(store).add("saw", "after the backup", who="a", role="steward")
    shutil.rmtree(store)
    restored = restore(made.place, store)
    assert restored.keeps_audit_log
    assert AuditLog.of(store).entries()["what"].to_list()[-1] == "after the backup"


def test_another_audit_log_is_never_mixed_with_that_of_the_backup(made: Path, tmp_path: Path) -> None:
    AuditLog.of(tmp_path / "again").add("saw", "another store", who="b", role="steward")
    with pytest.raises(WrongUse, match="Another audit log"):
        restore(made, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_commands_say_what_they_did_and_note_it(store: Path, tmp_path: Path) -> None:
    told = roedtraad("backup", "--store", store, "--to", tmp_path / "one.zip")
    assert told.returncode == 0, told.stderr
    assert "The secret of the pseudonyms is not in this backup" in " ".join(told.stdout.split())
    assert AuditLog.of(store).entries()["what"].to_list()[-1] == "backup:one.zip"
    assert roedtraad("backup", "--verify", tmp_path / "one.zip").returncode == 0
    assert roedtraad("restore", tmp_path / "one.zip", "--store", tmp_path / "again").returncode == 0
    assert AuditLog.of(tmp_path / "again").entries()["what"].to_list()[-1] == "restored from backup:one.zip"
    os.truncate(tmp_path / "one.zip", 5000)
    assert roedtraad("backup", "--verify", tmp_path / "one.zip").returncode == 37
    assert roedtraad("backup", "--store", store).returncode == 2
