"""Lines and what is noted of them: at every moment of every change the two fit, and damage stays found afterwards."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

import pipelines.append_only
from pipelines.append_only import Lines, Refusals
from pipelines.errors import StoreFailed
from pipelines.line_sums import fitting, note, noted, sum_beside, whole_lines

REFUSALS = Refusals(unread="unread", busy="busy", unwritten="unwritten")


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    held = Lines(tmp_path / "lines.jsonl", REFUSALS)
    for number in (1, 2, 3):
        held.append({"number": number})
    return held


def fits(lines: Lines) -> bool:
    known = noted(lines.file)
    there = whole_lines(lines.file.read_bytes()) if lines.file.exists() else []
    return known is None or fitting(known, there) is not None


def as_numbers(lines: Lines) -> list[int]:
    return [each["number"] for each in lines.read()]


def replace(lines: Lines, *numbers: int) -> None:
    lines.replace(json.dumps({"number": number}) + "\n" for number in numbers)


CHANGES = {
    "a line is added": lambda lines: lines.append({"number": 4}),
    "lines are replaced by fewer": lambda lines: replace(lines, 2),
    "lines are replaced by others": lambda lines: replace(lines, 7, 8, 9, 10),
    "all lines go": lambda lines: lines.remove(),
}


class Killed(BaseException):
    """Nobody catches it, as nobody hears of a kill."""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("moment", [0, 1])
def test_killed_before_any_note_the_lines_still_fit_and_what_comes_next_is_noted(
    lines: Lines, change: str, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [moment]

    def stops(*told: object) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        note(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(pipelines.append_only, "note", stops)
    monkeypatch.setattr(pipelines.append_only, "note_anew", stops)
    with suppress(Killed):
        CHANGES[change](lines)
    monkeypatch.undo()
    assert fits(lines)
    before = as_numbers(lines)
    lines.append({"number": 11})
    assert fits(lines)
    assert as_numbers(lines) == [*before, 11]
    known = noted(lines.file)
    assert known is not None
    assert [each.lines for each in known] == [len(before) + 1]


def test_damage_stays_found_when_lines_are_added_after_it(lines: Lines) -> None:
    lines.file.write_bytes(lines.file.read_bytes().replace(b"2", b"5"))
    assert not fits(lines)
    lines.append({"number": 4})
    assert not fits(lines)
    assert as_numbers(lines) == [1, 5, 3, 4]


def test_a_file_that_is_gone_and_begun_again_does_not_fit(lines: Lines) -> None:
    lines.file.unlink()
    assert not fits(lines)
    lines.append({"number": 4})
    assert not fits(lines)


def test_a_file_from_before_there_were_notes_is_taken_as_it_stands(lines: Lines) -> None:
    sum_beside(lines.file).unlink()
    assert fits(lines)
    lines.append({"number": 4})
    known = noted(lines.file)
    assert known is not None
    assert known[0].lines == 4
    lines.file.write_bytes(lines.file.read_bytes().replace(b"1", b"5"))
    assert not fits(lines)


def test_removed_lines_leave_nothing(lines: Lines) -> None:
    lines.remove()
    assert list(lines.file.parent.iterdir()) == []


def test_a_line_whose_note_cannot_be_written_is_none(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(pipelines.append_only, "note", full)
        with pytest.raises(StoreFailed, match="unwritten"), lines.alone():
            lines.append({"number": 4})
    assert as_numbers(lines) == [1, 2, 3]
    assert fits(lines)


def test_of_lines_for_which_there_is_no_room_none_is_left(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    write, told = os.write, [{"number": number} for number in range(4, 10)]
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda opened, content: write(opened, content[: len(content) // 2]))
        with pytest.raises(StoreFailed, match="unwritten"), lines.alone():
            lines.append(*told)
    assert as_numbers(lines) == [1, 2, 3]
    lines.append(*told)
    assert as_numbers(lines) == [*range(1, 10)]
    assert fits(lines)


def test_of_nothing_nothing_is_noted(tmp_path: Path) -> None:
    Lines(tmp_path / "lines.jsonl", REFUSALS).append()
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_left_of_a_note_goes_with_the_next_line(lines: Lines) -> None:
    with sum_beside(lines.file).open("ab") as opened:
        opened.write(b"4 ab")
    assert fits(lines)
    lines.append({"number": 4})
    known = noted(lines.file)
    assert known is not None
    assert known[0].lines == 4
    assert fits(lines)


def test_half_a_line_is_none_and_goes_with_the_next(lines: Lines) -> None:
    with lines.file.open("ab") as opened:
        opened.write(b'{"number": ')
    assert fits(lines)
    lines.append({"number": 4})
    assert fits(lines)
    assert as_numbers(lines) == [1, 2, 3, 4]
