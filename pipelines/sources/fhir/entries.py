"""FHIR files to single resources. What cannot be read as one is an entry too, so that everything can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from pipelines.errors import RefusedDelivery
from pipelines.sources.files import refused, unreadable

LARGEST_BUNDLE = 1 << 30
LONGEST_LINE = 1 << 26
MOST_ENTRIES = 2_000_000
DEEPEST_BUNDLE = 4
LONGEST_NAME = 64
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises. Its texts may quote a value and are never passed on."""


class Entry(NamedTuple):
    """One resource, or the place where one should be (`kind` is then null).

    `row`: the line of the file, or in a bundle file the running number of the resource. `bundle`: the same number for
    resources that can refer to each other, different in all files of a source.
    """

    row: int
    bundle: int
    bundle_id: str | None
    sent: str | None
    url: str | None
    kind: str | None
    resource: msgspec.Raw | bytes


class _Kind(msgspec.Struct, rename="camel"):
    resource_type: str


class _Bundle(msgspec.Struct, rename="camel"):
    timestamp: Any = None
    identifier: Any = None
    entry: list[msgspec.Raw] | None = None


class _Wrapped(msgspec.Struct, rename="camel"):
    resource: msgspec.Raw
    full_url: Any = None


_kinds = msgspec.json.Decoder(_Kind)
_bundles = msgspec.json.Decoder(_Bundle)
_wrapped = msgspec.json.Decoder(_Wrapped)


def entries(file: Path, form: Literal["bundle", "ndjson"], numbers: Iterator[int]) -> Iterator[Entry]:
    """All resources of a file in its order; bundles take their numbers from `numbers`.

    RefusedDelivery when the file as a whole is not what was declared: missing, empty, cut, in another encoding, no
    JSON, no FHIR. A broken line is an entry without a kind, and the others are read.
    """
    try:
        if file.stat().st_size == 0:
            raise refused(
                file, "it is empty", "Ask for it again; a report without resources is a Bundle without entries."
            )
        yield from _of_lines(file, numbers) if form == "ndjson" else _of_bundle(file, numbers)
    except OSError as fault:
        raise unreadable(file, fault) from fault


def _of_bundle(file: Path, numbers: Iterator[int]) -> Iterator[Entry]:
    if file.stat().st_size > LARGEST_BUNDLE:
        raise refused(file, "it is larger than one JSON value may be", "Ask for it as NDJSON, or in several files.")
    content = _in_utf_8(file, file.read_bytes(), "")
    bundle = _bundle(content) if _kind(content) == "Bundle" else None
    if bundle is None:
        raise refused(
            file, "it is not one whole FHIR Bundle in JSON", "It was cut short or is something else: ask for it again."
        )
    if len(bundle.entry or ()) > MOST_ENTRIES:
        raise refused(file, f"it has more than {MOST_ENTRIES:,} entries", "Ask for it as NDJSON, or in several files.")
    rows = count(1)
    for entry in _unfolded(bundle, None, numbers, depth=1):
        yield entry._replace(row=next(rows))


def _of_lines(file: Path, numbers: Iterator[int]) -> Iterator[Entry]:
    """Loose resources of a file can refer to each other; those of a Bundle on a line to that Bundle's only."""
    loose, has_resources, row = next(numbers), False, 0
    for row, line in _lines(file):
        kind = _kind(line)
        if kind is None and not line.endswith(b"\n") and not _is_json(line):
            raise refused(file, f"it ends in the middle of line {row}", "It was cut short: ask for it again.")
        has_resources |= kind is not None
        bundle = _bundle(line) if kind == "Bundle" else None
        if bundle:
            for entry in _unfolded(bundle, None, numbers, depth=1):
                yield entry._replace(row=row)
        else:
            yield Entry(row, loose, None, None, None, None if kind == "Bundle" else kind, line)
    if row and not has_resources:
        raise refused(
            file, "no line of it is a FHIR resource in JSON", "Declare its form: a file that is one Bundle is 'bundle'."
        )


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; blank ones are no lines."""
    with file.open("rb") as stream:
        for row in count(1):
            line = stream.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) == LONGEST_LINE:
                raise refused(
                    file, f"line {row} is longer than a resource can be", "Ask for one resource or Bundle a line."
                )
            line = _in_utf_8(file, line, f"line {row}, ")
            if line.strip():
                yield row, line


def _in_utf_8(file: Path, content: bytes, place: str) -> bytes:
    """Without a byte order mark. An encoding is a matter of the whole file, so one wrong byte refuses it."""
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _not_utf_8(file, f"{place}byte {fault.start}") from None
    return content


def _not_utf_8(file: Path, place: str) -> RefusedDelivery:
    return refused(file, f"it is not in UTF-8, as JSON must be ({place})", "Ask for it in UTF-8.")


def _unfolded(bundle: _Bundle, outer_sent: str | None, numbers: Iterator[int], *, depth: int) -> Iterator[Entry]:
    """The resources of a bundle and of those in it. A bundle without a time of its own was sent with the outer one."""
    number, name, sent = next(numbers), _name(bundle.identifier), _text(bundle.timestamp) or outer_sent
    for piece in bundle.entry or []:
        wrapped = _unwrapped(piece)
        kind = _kind(wrapped.resource) if wrapped else None
        if wrapped is None or kind is None:
            yield Entry(0, number, name, sent, None, None, b"")
            continue
        inner = _bundle(wrapped.resource) if kind == "Bundle" and depth < DEEPEST_BUNDLE else None
        if inner:
            yield from _unfolded(inner, sent, numbers, depth=depth + 1)
        else:
            yield Entry(
                0, number, name, sent, _text(wrapped.full_url), None if kind == "Bundle" else kind, wrapped.resource
            )


def _kind(content: msgspec.Raw | bytes) -> str | None:
    try:
        return _kinds.decode(content).resource_type
    except NOT_JSON:
        return None


def _bundle(content: msgspec.Raw | bytes) -> _Bundle | None:
    try:
        return _bundles.decode(content)
    except NOT_JSON:
        return None


def _unwrapped(content: msgspec.Raw) -> _Wrapped | None:
    try:
        return _wrapped.decode(content)
    except NOT_JSON:
        return None


def _is_json(content: bytes) -> bool:
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except NOT_JSON:
        return False
    return True


def _name(identifier: object) -> str | None:
    """A record's id is one word: text with blanks in it may be anything, a name too."""
    value = _text(identifier.get("value")) if isinstance(identifier, dict) else None
    is_one_word = value is not None and [value] == value.split() and len(value) <= LONGEST_NAME
    return value if is_one_word else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
