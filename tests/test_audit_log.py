"""The audit log: nothing is lost, nothing can be changed unseen, and two who write at once both stand in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published_frames import country, write_store
from typer.testing import CliRunner, Result

from pipelines import cli
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog, AuditLogFailed

pytestmark = pytest.mark.slow

ENTRIES = 12


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(cli.app, arguments)


def said(log: AuditLog, number: int = ENTRIES) -> AuditLog:
    for at in range(number):
        log.add("saw", f"page æøå {at}", who="anna", role="steward", municipality_code="0479", rows=at)
    return log


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return said(AuditLog(tmp_path / "audit"))


def file(log: AuditLog) -> Path:
    return log.folder / "log.jsonl"


def test_a_log_that_nobody_touched_is_whole(log: AuditLog) -> None:
    verdict = log.verify()
    assert verdict.is_whole
    assert verdict.entries == ENTRIES
    assert log.entries()["what"].to_list() == [f"page æøå {at}" for at in range(ENTRIES)]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    log = said(AuditLog(tmp_path_factory.mktemp("audit")))
    content = bytearray(file(log).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file(log).write_bytes(content)
    verdict = log.verify()
    assert not verdict.is_whole
    assert verdict.broken_at is not None
    assert verdict.broken_at <= bytes(content[:at]).count(b"\n") + 2


@pytest.mark.parametrize("removed", [0, 5, ENTRIES - 1])
def test_a_removed_entry_is_found_also_the_last_one(log: AuditLog, removed: int) -> None:
    lines = file(log).read_bytes().splitlines(keepends=True)
    file(log).write_bytes(b"".join(line for at, line in enumerate(lines) if at != removed))
    assert log.verify().broken_at == removed + 1


def test_entries_that_changed_places_or_came_twice_are_found(log: AuditLog) -> None:
    lines = file(log).read_bytes().splitlines(keepends=True)
    for order in ([*lines[:3], lines[4], lines[3], *lines[5:]], [*lines[:4], lines[3], *lines[4:]]):
        file(log).write_bytes(b"".join(order))
        assert not log.verify().is_whole


def test_a_space_that_means_nothing_is_found_too(log: AuditLog) -> None:
    file(log).write_text(file(log).read_text("utf-8").replace('"anna"', ' "anna"', 1), "utf-8")
    assert log.verify().why == "changed"


def test_a_log_that_was_made_anew_from_its_middle_is_found_by_a_head_that_was_noted_elsewhere(log: AuditLog) -> None:
    noted = log.verify().head
    lines = file(log).read_bytes().splitlines(keepends=True)
    file(log).write_bytes(b"".join(lines[:6]))
    kept = json.loads(lines[5])
    (log.folder / "head").write_text(f"{kept['number']}:{kept['hash']}")
    said(log, 6)
    assert log.verify().is_whole, "whoever may write both files can make a chain that fits"
    assert log.verify(noted).why == "entries_missing"
    assert log.verify(log.verify().head).is_whole


def test_without_its_head_a_log_is_not_believed(log: AuditLog) -> None:
    (log.folder / "head").unlink()
    assert log.verify().why == "entries_missing"


def test_a_first_entry_that_is_being_written_is_waited_for(log: AuditLog) -> None:
    (log.folder / "head").rename(log.folder / "head.new")
    with ThreadPoolExecutor(1) as elsewhere, FileLock(log.folder / "LOCK"):
        verdict = elsewhere.submit(log.verify)
        with pytest.raises(TimeoutError):
            verdict.result(timeout=0.2)
        (log.folder / "head.new").rename(log.folder / "head")
    assert verdict.result().is_whole


def test_a_log_that_is_verified_while_its_first_entries_are_added_is_whole(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit")
    with ThreadPoolExecutor(1) as elsewhere:
        writing = elsewhere.submit(said, log)
        verdicts = [log.verify()]
        while not writing.done():
            verdicts.append(log.verify())
    assert [verdict.why for verdict in verdicts if not verdict.is_whole] == []


def test_what_a_crash_left_half_written_is_set_aside_and_said(log: AuditLog) -> None:
    with file(log).open("ab") as opened:
        opened.write(b'{"number": 13, "at": "2026')
    assert log.verify().why == "cut_short"
    said(log, 1)
    assert log.verify().is_whole
    assert log.entries()["action"].to_list()[-2:] == ["repaired", "saw"]
    aside = next(log.folder.glob("cut-short-*"))
    assert aside.read_bytes() == b'{"number": 13, "at": "2026'


def test_nothing_is_added_behind_an_entry_that_cannot_be_read(log: AuditLog) -> None:
    with file(log).open("ab") as opened:
        opened.write(b"scribble\n")
    with pytest.raises(AuditLogFailed):
        said(log, 1)


def test_a_log_that_cannot_be_written_lets_nothing_be_shown(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    with pytest.raises(AuditLogFailed):
        said(AuditLog(tmp_path / "audit"), 1)


def test_an_action_that_nobody_declared_is_a_fault_of_ours(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="knows no action"):
        log.add("looked", "worklist", who="anna", role="steward")


def test_only_the_owner_may_read_it(log: AuditLog) -> None:
    assert {path.stat().st_mode & 0o077 for path in (log.folder, file(log), log.folder / "head")} == {0}


def test_it_lies_beside_the_store_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AuditLog.of(tmp_path / "store").folder == (tmp_path / "store-audit").resolve()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
    assert AuditLog.of(tmp_path / "store").folder == tmp_path / "elsewhere"


def test_when_somebody_last_saw_a_page_is_told_of_them_alone(log: AuditLog) -> None:
    log.add("saw", "worklist", who="bo", role="steward", municipality_code="0479")
    log.add("exported", "worklist", who="anna", role="steward", municipality_code="0479")
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert log.last_seen("anna", "worklist", "0479", now) is None
    seen = log.last_seen("bo", "worklist", "0479", now)
    assert seen == log.entries()["at"][ENTRIES]
    assert log.last_seen("bo", "worklist", "0479", seen) is None
    assert log.last_seen("bo", "worklist", "0461", now) is None, "of another municipality"


@pytest.mark.parametrize("block", [1, 7, 300, 1000, 1 << 20])
def test_the_log_is_read_from_its_end_as_from_its_beginning(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr("pipelines.audit_log.BLOCK", block)
    for latest in (1, 2, ENTRIES, ENTRIES + 1, 1000):
        assert log.entries(latest).equals(log.entries().tail(latest))
    with (log.folder / "log.jsonl").open("ab") as opened:
        opened.write(b'{"number": half')
    assert log.entries(2).equals(log.entries().tail(2))


def test_the_latest_entries_are_gone_through_alone_and_the_verdict_says_from_where(log: AuditLog) -> None:
    whole, latest = log.verify(), log.verify(latest=2)
    assert (latest.is_whole, latest.first, latest.head) == (True, ENTRIES - 1, whole.head)
    assert log.verify(latest=ENTRIES) == whole
    assert log.verify(latest=ENTRIES + 1) == whole
    file = log.folder / "log.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], lines[-1].replace(b"saw", b"sew")]))
    assert log.verify(latest=2).broken_at == ENTRIES
    file.write_bytes(b"".join(lines[:-1]))
    assert log.verify(latest=2).why == "entries_missing"


WRITES = """
import sys
from pathlib import Path
from pipelines.audit_log import AuditLog
log = AuditLog(Path(sys.argv[1]))
for at in range(40):
    log.add("saw", f"page {at}", who=sys.argv[2], role="steward")
"""


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path / "audit"), who], env=os.environ)
        for who in ("anna", "bo", "carl")
    ]
    assert [writer.wait(timeout=240) for writer in writers] == [0, 0, 0]
    log = AuditLog(tmp_path / "audit")
    assert log.verify().is_whole
    told = log.entries().sort("number")
    for who in ("anna", "bo", "carl"):
        assert told.filter(who=who)["what"].to_list() == [f"page {at}" for at in range(40)]


def test_commands_that_show_publish_or_decide_stand_in_the_log_and_the_chain_can_be_verified(
    tmp_path: Path,
) -> None:
    store = write_store(tmp_path / "store", country(gaps_in_svendborg=3))
    asked = ["--store", str(store)]
    assert run(["gaps", *asked, "--municipality", "0479"]).exit_code == 0
    assert run(["export", "published_shares", *asked, "--out", str(tmp_path / "shares.csv")]).exit_code == 0
    run(["export", "gaps", *asked, "--out", str(tmp_path / "gaps.csv")])  # the entry stands before the file is begun
    entries = AuditLog.of(store).entries()
    assert entries.select("action", "what", "municipality_code").rows() == [
        ("saw", "worklist", "0479"),
        ("exported", "gaps", None),
    ]
    listed = run(["audit-log", "list", *asked, "--action", "exported"])
    assert "exported" in listed.output
    assert "saw" not in listed.output
    head = run(["audit-log", "verify", *asked]).output.split("Head: ")[1].strip()
    assert run(["audit-log", "verify", *asked, "--head", head]).exit_code == 0
    log = AuditLog.of(store).folder / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"0479", b"0461", 1))
    broken = run(["audit-log", "verify", *asked])
    assert broken.exit_code == 16
    assert "entry 1" in broken.output
