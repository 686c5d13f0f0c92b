"""The ledger under a real life: changed bytes, lost and smuggled releases, killed processes, two at once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from disclosed_files import COUNTS, with_margins, write_cells, write_relations
from filelock import FileLock

from pipelines.disclosure.earlier import Contradicts, with_what_is_known
from pipelines.disclosure.ledger import HEAD, LOCK, Ledger, LedgerBroken
from pipelines.disclosure.linked_tables import LinkedTables, Published
from pipelines.disclosure.publishing import protect_file
from pipelines.errors import StoreInUse

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent


def release_of(counts: dict[str, int], hidden: Sequence[str] = ()) -> Published:
    tables = LinkedTables.of(counts, {"all": [cell for cell in counts if cell != "all"]})
    return Published.of(tables, np.isin(np.array(tables.names), list(hidden)))


def ledger_with(folder: Path, *releases: Published) -> Ledger:
    ledger = Ledger(folder)
    with ledger.writing():
        for release in releases:
            ledger.append(release, {"reason": None, "as_of": None})
    return ledger


FIRST, SECOND, THIRD = (release_of({"a": 10, "b": n, "all": 10 + n}, ["b", "all"]) for n in (20, 21, 22))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_with(
        tmp_path / "ledger", FIRST, release_of({"x": 7, "y": 8, "all": 15}), release_of({"z": 9, "all": 9})
    )


def test_releases_come_back_as_they_were_written(ledger: Ledger) -> None:
    first, *_ = ledger.releases()
    assert [release.number for release in ledger.releases()] == [1, 2, 3]
    assert list(first.published.names) == ["a", "b", "all"]
    assert first.published.counts.tolist() == [10, -1, -1]
    assert first.published.suppressed.tolist() == [False, True, True]
    assert list(first.published.relations) == [(2, (0, 1))]
    assert first.published.threshold == 5


def test_a_ledger_that_nobody_has_written_to_is_empty(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none").releases() == []


def test_the_same_release_again_is_no_new_one(tmp_path: Path) -> None:
    assert len(ledger_with(tmp_path / "ledger", FIRST, FIRST).releases()) == 1


def test_true_counts_of_hidden_cells_are_not_in_the_ledger(tmp_path: Path) -> None:
    one = ledger_with(tmp_path / "one", FIRST).releases()[0]
    other = ledger_with(tmp_path / "other", SECOND).releases()[0]
    assert one.content == other.content


def test_every_changed_byte_is_found(ledger: Ledger) -> None:
    file = min(ledger.folder.glob("*.release"))
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerBroken, match="changed"):
            ledger.releases()
    file.write_bytes(whole[:-1])
    with pytest.raises(LedgerBroken, match="changed"):
        ledger.releases()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_missing_release_is_found(ledger: Ledger, number: int) -> None:
    next(ledger.folder.glob(f"{number:06}-*")).unlink()
    with pytest.raises(LedgerBroken, match="missing or was put in"):
        ledger.releases()


@pytest.mark.parametrize("number", [2, 4])
def test_a_release_that_was_put_in_is_found(ledger: Ledger, tmp_path: Path, number: int) -> None:
    foreign = next(ledger_with(tmp_path / "other", THIRD).folder.glob("*.release"))
    shutil.copy(foreign, ledger.folder / f"{number:06}{foreign.name[6:]}")
    with pytest.raises(LedgerBroken, match="missing or was put in"):
        ledger.releases()


def test_a_release_that_was_replaced_by_another_is_found(ledger: Ledger, tmp_path: Path) -> None:
    foreign = next(ledger_with(tmp_path / "other", THIRD).folder.glob("*.release"))
    next(ledger.folder.glob("000002-*")).unlink()
    shutil.copy(foreign, ledger.folder / f"000002{foreign.name[6:]}")
    with pytest.raises(LedgerBroken, match="chain"):
        ledger.releases()


@pytest.mark.parametrize("head", [None, "", "3", "2 0000\n", "three 0\n", "0 " + "0" * 64])
def test_a_head_that_is_lost_or_changed_is_found(ledger: Ledger, head: str | None) -> None:
    (ledger.folder / HEAD).unlink() if head is None else (ledger.folder / HEAD).write_text(head)
    with pytest.raises(LedgerBroken):
        ledger.releases()


def test_nothing_is_published_beside_a_broken_ledger(ledger: Ledger, tmp_path: Path) -> None:
    next(ledger.folder.glob("000002-*")).unlink()
    tables = LinkedTables.of({"a": 10, "b": 20, "all": 30}, {"all": ["a", "b"]})
    with pytest.raises(LedgerBroken):
        protect_file(tables, tmp_path / "out.csv", ledger, None)
    assert not (tmp_path / "out.csv").exists()


def test_two_cannot_publish_at_once(ledger: Ledger) -> None:
    with FileLock(ledger.folder / LOCK), pytest.raises(StoreInUse), ledger.writing():
        pass
    assert len(ledger.releases()) == 3


@pytest.mark.parametrize("moves", range(5))
def test_a_process_killed_at_any_moment_leaves_a_whole_ledger(tmp_path: Path, moves: int) -> None:
    cells = write_cells(tmp_path / "cells.csv", with_margins(COUNTS))
    relations = write_relations(tmp_path / "relations.json")
    folder, out = tmp_path / "ledger", tmp_path / "out.csv"
    ledger_with(folder, FIRST)
    arguments = [cells, relations, out, folder, moves]
    script = [sys.executable, TESTS / "interrupted_release.py", *map(str, arguments)]
    done = subprocess.run(script, check=False, capture_output=True, text=True)
    was_killed = done.returncode == -signal.SIGKILL
    assert was_killed == (moves < 4), done.stderr
    assert len(Ledger(folder).releases()) == (1 if moves < 2 else 2)
    assert out.exists() == (not was_killed)
    again = subprocess.run([*script[:-1], "99"], check=False, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert len(Ledger(folder).releases()) == 2
    assert out.exists()
    assert not list(folder.glob("*.pending"))


def test_what_is_out_cannot_be_hidden_again(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path / "ledger", FIRST)
    tables = LinkedTables.of({"b": 20, "a": 10, "c": 6, "more": 36}, {"more": ["a", "b", "c"]})
    known = with_what_is_known(tables, ledger.releases(), None)
    assert known.known is not None
    assert known.known[: len(tables)].tolist() == [False, True, False, False]


def test_sums_of_earlier_releases_bind_what_is_still_hidden(tmp_path: Path) -> None:
    earlier = release_of({"a": 10, "b": 20, "c": 5, "all": 35}, ["a", "b"])
    tables = LinkedTables.of({"b": 20, "a": 10, "more": 30}, {"more": ["a", "b"]})
    known = with_what_is_known(tables, ledger_with(tmp_path / "ledger", earlier).releases(), None)
    assert list(known.names) == ["b", "a", "more", "c (earlier)", "all (earlier)"]
    assert list(known.relations) == [(2, (1, 0)), (4, (1, 0, 3))]
    assert known.known is not None
    assert known.known.tolist() == [False, False, False, True, True]


def test_sums_that_the_tables_have_themselves_are_not_added(tmp_path: Path) -> None:
    tables = LinkedTables.of({"a": 10, "b": 20, "all": 30}, {"all": ["a", "b"]})
    known = with_what_is_known(tables, ledger_with(tmp_path / "ledger", FIRST).releases(), None)
    assert len(known) == 3
    assert len(known.relations) == 1


def test_a_released_figure_that_has_changed_needs_a_reason_and_is_named_without_counts(tmp_path: Path) -> None:
    releases = ledger_with(tmp_path / "ledger", FIRST).releases()
    tables = LinkedTables.of({"a": 11, "b": 20, "all": 31}, {"all": ["a", "b"]})
    with pytest.raises(Contradicts) as error:
        with_what_is_known(tables, releases, None)
    assert error.value.what == "1 figures of release 1 have become others: 'a'"
    known = with_what_is_known(tables, releases, "a child moved")
    assert known.known is not None
    assert not known.known[:3].any()


def test_the_latest_published_value_counts(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path / "ledger", release_of({"a": 10, "all": 10}), release_of({"a": 11, "all": 11}))
    tables = LinkedTables.of({"a": 11, "all": 11}, {"all": ["a"]})
    known = with_what_is_known(tables, ledger.releases(), None)
    assert known.known is not None
    assert known.known[:2].all()


def test_two_releases_that_differ_by_one_municipality_do_not_give_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    first = LinkedTables.of({"a": 30, "b": 40, "ab": 70}, {"ab": ["a", "b"]})
    protect_file(first, tmp_path / "first.csv", ledger, None)
    second = LinkedTables.of(
        {"a": 30, "b": 40, "c": 2, "d": 9, "abc": 72, "all": 81}, {"abc": ["a", "b", "c"], "all": ["abc", "d"]}
    )
    passed = protect_file(second, tmp_path / "second.csv", ledger, None)
    shown = {name for name, hidden in zip(second.names, passed.hidden.tolist(), strict=True) if not hidden}
    assert {"a", "b"} <= shown
    assert not {"c", "abc"} & shown
