"""What is noted beside a file of lines: how many there are, and a hash that each line goes on from the one before.

A bit that turns, a line that goes, or a whole file is found by it later. The note comes after its line, so it may be
behind by what a crash has left; a line is never behind its note. What is damaged stays found: a new line goes on from
the note and not from what stands in the file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.private_file import write_at_once, write_in_turn

SUFFIX = ".sum"
BEGINNING = "0" * 64
A_SUM = re.compile(r"\d+ [0-9a-f]{64}")


@dataclass(frozen=True)
class Sum:
    """So many lines, and the hash of all of them."""

    lines: int
    hash: str

    def then(self, *lines: bytes) -> Sum:
        """With these lines after it."""
        last = self.hash
        for line in lines:
            last = hashlib.sha256(last.encode() + line).hexdigest()
        return Sum(self.lines + len(lines), last)


NONE = Sum(0, BEGINNING)


def sum_beside(file: Path) -> Path:
    """Where the note of a file of lines lies."""
    return file.with_suffix(SUFFIX)


def noted(file: Path) -> list[Sum] | None:
    """What was noted of a file last: two sums while all its lines were being replaced. Null without a note; ValueError
    for one that cannot be read."""
    beside = sum_beside(file)
    told = whole_lines(beside.read_bytes()) if beside.exists() else []
    if not told:
        return None
    last = told[-1].decode("ascii", "replace").rstrip("\n").split(", ")
    if any(A_SUM.fullmatch(each) is None for each in last):
        raise ValueError("no sums")
    return [Sum(int(number), hashed) for number, hashed in (each.split() for each in last)]


def note(file: Path, *sums: Sum) -> None:
    """In one write after what was noted before. Two sums: the lines are what the one says or the other."""
    append_whole(sum_beside(file), written(*sums))


def append_whole(file: Path, lines: bytes) -> None:
    """In one write; what a crash has left without its end goes before."""
    if file.exists():
        os.truncate(file, sum(map(len, whole_lines(file.read_bytes()))))
    write_at_once(file, lines)


def note_anew(file: Path, known: Sum) -> None:
    """Instead of all that was noted before."""
    write_in_turn(sum_beside(file), written(known))


def written(*sums: Sum) -> bytes:
    """As they stand in a note."""
    return (", ".join(f"{each.lines} {each.hash}" for each in sums) + "\n").encode()


def fitting(sums: Sequence[Sum], lines: Sequence[bytes]) -> Sum | None:
    """The sum that these lines begin with."""
    return next((each for each in sums if len(lines) >= each.lines and NONE.then(*lines[: each.lines]) == each), None)


def whole_lines(content: bytes) -> list[bytes]:
    """With their ends; what a crash has left without its end is none."""
    return [line + b"\n" for line in content.split(b"\n")[:-1]]
