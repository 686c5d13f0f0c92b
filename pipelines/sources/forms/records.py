"""Where records of delimited text begin and end. A quoted field may hold separators, line ends and doubled marks.

Found in the bytes themselves, so that a file is cut into blocks at record ends and no record is read with fewer or more
fields than it has: the reader after it fills short records silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from pipelines.sources.files import refused

MARK, LINE_FEED, RETURN = b'"\n\r'
LONGEST_RECORD = 1 << 26

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Records:
    """Bytes from the start of a record on, and where its quotation marks are. ASCII or an encoding that contains it."""

    text: bytes

    @cached_property
    def _bytes(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.text, np.uint8)

    @cached_property
    def _marks(self) -> Positions:
        """The first opens, the second closes, and so on; a doubled mark closes and opens again."""
        return self._where(MARK) if b'"' in self.text else np.empty(0, np.intp)

    @cached_property
    def _line_ends(self) -> Positions:
        return self._outside_quotes(LINE_FEED)

    @property
    def is_open(self) -> bool:
        """A quoted field has not ended."""
        return self._marks.size % 2 == 1

    def __len__(self) -> int:
        """Whole records, blank lines included."""
        return self._line_ends.size

    def stray_mark(self, separator: str) -> int | None:
        """Where a mark stands inside a field that is not quoted, or text follows a closing mark."""
        if not self._marks.size:
            return None
        opening, closing = self._marks[::2], self._marks[1::2]
        beside = np.array([ord(separator), MARK, LINE_FEED, RETURN], np.uint8)
        before = self._bytes[opening[opening > 0] - 1]
        after = self._bytes[closing[closing < len(self.text) - 1] + 1]
        astray = [
            *opening[opening > 0][~np.isin(before, beside[:3])][:1],
            *closing[closing < len(self.text) - 1][~np.isin(after, beside)][:1],
        ]
        return int(min(astray)) if astray else None

    def end_of_last(self) -> int:
        """Just after the last line end that is not in quotes; 0 when there is none."""
        end = self.text.rfind(b"\n")
        while end >= 0 and (before := int(np.searchsorted(self._marks, end))) % 2:
            end = self.text.rfind(b"\n", 0, int(self._marks[before - 1]))
        return end + 1

    def has_lone_return(self) -> bool:
        """A carriage return without a line feed, outside quotes: some programs end a line with it, others do not."""
        is_return = self._bytes == RETURN
        if np.count_nonzero(is_return) == np.count_nonzero(is_return[self._line_ends - 1]):
            return False
        returns = self._outside_quotes(RETURN)
        return bool((self._bytes[returns + 1] != LINE_FEED).any())

    def first(self) -> bytes:
        """The first record with its line end."""
        return self.text[: int(self._line_ends[0]) + 1]

    def after_the_first(self) -> Records:
        """All but the first."""
        return Records(self.text[len(self.first()) :])

    def has_separators_for(self, separator: str, fields: int) -> bool:
        """As many as even records have; then none is short, unless another is too long."""
        all_even = len(self) * (fields - 1)
        return not self._marks.size and np.count_nonzero(self._bytes == ord(separator)) == all_even

    def first_uneven(self, separator: str, fields: int) -> int | None:
        """The first record (from 0) that has not so many fields. Blank lines are no records."""
        ends = self._line_ends
        separators = np.searchsorted(self._outside_quotes(ord(separator)), ends)
        uneven = np.flatnonzero(np.diff(separators, prepend=0) != fields - 1)
        length = np.diff(ends, prepend=-1)[uneven] - (self._bytes[ends[uneven] - 1] == RETURN)
        uneven = uneven[length > 1]
        return int(uneven[0]) if uneven.size else None

    def _where(self, byte: int) -> Positions:
        return np.flatnonzero(self._bytes == byte)

    def _outside_quotes(self, byte: int) -> Positions:
        found = self._where(byte)
        return found[np.searchsorted(self._marks, found) % 2 == 0] if self._marks.size else found


def whole_records(stream: BinaryIO, file: Path, separator: str, size: int) -> Iterator[tuple[int, bytes]]:
    """The file in blocks of about `size` bytes that end at record ends, each with its place in the file (in bytes).

    The last one gets its line end when it has none. A mark astray and one that is never closed refuse the file.
    """
    place, rest = stream.tell(), b""
    while read := stream.read(size):
        records = Records(rest + read)
        _assert_marks(records, file, separator, place)
        end = records.end_of_last()
        if end:
            yield place, records.text[:end]
        elif len(records.text) > LONGEST_RECORD:
            raise _never_closed(file) if records.is_open else _wrong_line_ends(file)
        place, rest = place + end, records.text[end:]
    if rest:
        if Records(rest).is_open:
            raise _never_closed(file)
        yield place, rest + b"\n"


def assert_readable(records: Records, file: Path) -> None:
    """No NUL bytes, and lines that end in one of the two ways in use."""
    if b"\0" in records.text:
        what = "it holds NUL bytes: it is damaged, or written in UTF-16"
        raise refused(file, what, "Ask for it again, in UTF-8.")
    if records.has_lone_return():
        raise _wrong_line_ends(file)


def _assert_marks(records: Records, file: Path, separator: str, place: int) -> None:
    astray = records.stray_mark(separator)
    if astray is not None:
        raise refused(
            file,
            f"a quotation mark stands where none can be (byte {place + astray})",
            "Ask for it with such fields in quotes and the mark doubled, or without such marks.",
        )


def _never_closed(file: Path) -> Exception:
    what = "a quotation mark is never closed; it is cut short or damaged"
    return refused(file, what, "Ask for it again.")


def _wrong_line_ends(file: Path) -> Exception:
    what = "its lines do not end with a line feed"
    return refused(file, what, "Ask for it with line ends of Windows (CR LF) or Unix (LF).")
