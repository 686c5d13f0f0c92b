"""Text to UTF-8, block by block. A file in another encoding than the declared one is told, never guessed or garbled."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from pipelines.sources.files import refused

UTF_8 = ("utf-8", "utf-8-sig")
UTF_8_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ALL_BUT_CONTROLS = bytes(byte for byte in range(256) if not 0x80 <= byte < 0xA0)
LEAD_OF_CONTROLS = b"\xc2"
"""80-9F are control characters in latin-1, which nobody writes; in cp1252 they are dashes, quotes and the euro."""


def skip_the_mark(stream: BinaryIO, file: Path, encoding: str) -> None:
    """The byte order mark of UTF-8 is no text, whether it was declared or not. Under another encoding it is a slip."""
    start = stream.read(len(UTF_8_MARK))
    if start.startswith(UTF_16_MARKS):
        raise _is_in(file, encoding, "UTF-16", "Ask for it in UTF-8.")
    if start != UTF_8_MARK:
        stream.seek(0)
    elif encoding not in UTF_8:
        raise _is_in(file, encoding, "UTF-8")


def assert_heading_not_utf_8(heading: str, file: Path, encoding: str) -> None:
    """`FÃ¸dt` in a heading is told as what it is, and not as a column that is missing."""
    if encoding not in UTF_8 and not heading.isascii() and _is_utf_8(heading.encode(encoding)):
        raise _is_in(file, encoding, "UTF-8")


class Transcoder:
    """One file. Each block must end where a character ends."""

    def __init__(self, file: Path, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self._is_utf_8: bool | None = None

    def to_utf_8(self, block: bytes, place: int) -> bytes:
        """The block in UTF-8. RefusedDelivery names the first byte (of the file) that the encoding does not have."""
        if block.isascii():
            return block
        if self._encoding not in UTF_8 and self._is_utf_8 is not False:
            self._is_utf_8 = _is_utf_8(block)
        try:
            return self._transcoded(block)
        except UnicodeDecodeError as fault:
            self.assert_not_utf_8()
            raise self._wrong_at(place + fault.start) from None

    def _transcoded(self, block: bytes) -> bytes:
        if self._encoding not in UTF_8:
            return self._from_latin(block)
        block.decode("utf-8")
        return block

    def _from_latin(self, block: bytes) -> bytes:
        """cp1252 without characters of its own is latin-1, which is read many times faster."""
        text = block.decode("latin-1").encode()
        if LEAD_OF_CONTROLS not in text:
            return text
        controls = block.translate(None, ALL_BUT_CONTROLS)
        if controls and self._encoding == "latin-1":
            at = block.index(controls[:1])
            raise UnicodeDecodeError("latin-1", controls, at, at + 1, "a control character")
        return block.decode("cp1252").encode() if controls else text

    def assert_not_utf_8(self) -> None:
        """At the end of the file. Nearly all bytes are characters of cp1252, so UTF-8 passes for it and becomes `Ã¦`.

        It is UTF-8 when all that is not ASCII is whole UTF-8 characters: real cp1252 never is by chance, but for a file
        with a single such pair (`Å` before a no-break space).
        """
        if self._is_utf_8:
            raise _is_in(self._file, self._encoding, "UTF-8")

    def _wrong_at(self, byte: int) -> Exception:
        return refused(
            self._file,
            f"it is not in the declared encoding {self._encoding} (byte {byte})",
            "Declare the encoding it has, or ask for it in the agreed one.",
        )


def _is_utf_8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_in(file: Path, declared: str, found: str, to_do: str = 'Declare encoding = "utf-8".') -> Exception:
    return refused(file, f"it is declared as {declared} but is written in {found}", to_do)
