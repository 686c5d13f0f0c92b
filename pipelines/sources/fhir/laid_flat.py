"""The resources of a file as a frame: one row each, readable or not, in the same columns whatever their type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice

import msgspec
import polars as pl

from pipelines.sources.fhir.entries import NOT_JSON, Entry
from pipelines.sources.fhir.resources import READ, Flat, Resource

BATCH = 50_000

ANSWERS = pl.List(pl.Struct({"question": pl.String, "answer": pl.String, "is_text": pl.Boolean}))
COLUMNS: dict[str, pl.DataType] = {
    "_row": pl.Int64(),
    "bundle": pl.Int64(),
    "bundle_id": pl.String(),
    "sent": pl.String(),
    "kind": pl.String(),
    "url_key": pl.String(),
    "subject_key": pl.String(),
    "content": pl.UInt64(),
    "fault": pl.String(),
    "id": pl.String(),
    "status": pl.String(),
    "code": pl.String(),
    "at": pl.String(),
    "ends": pl.String(),
    "value": pl.String(),
    "is_absent": pl.Boolean(),
    "answers": ANSWERS,
    "number": pl.String(),
    "organisation": pl.String(),
    "municipality": pl.String(),
}
"""`content`: a hash of what is read but for whom it is about, which has another name in every bundle. `fault`: the path
of the element that keeps an unreadable resource from being read. `at`, `ends`: dates as told."""

_PATH = re.compile(r"at `\$([A-Za-z.\[\]0-9]*)`")
_decoders: dict[str, msgspec.json.Decoder[Resource]] = {kind.__name__: msgspec.json.Decoder(kind) for kind in READ}
_nothing = Flat()


def laid_flat(entries: Iterable[Entry]) -> Iterator[pl.DataFrame]:
    """Frames of at most 50,000 resources, so that the objects made while reading are few at a time."""
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield pl.DataFrame([_row_of(entry) for entry in batch], schema=COLUMNS, orient="row")


def _row_of(entry: Entry) -> tuple[object, ...]:
    place = (entry.row, entry.bundle, entry.bundle_id, entry.sent, entry.kind, _key(entry.url))
    if entry.kind is None:
        return (*place, None, 0, "entry", *_told(_nothing))
    decoder = _decoders.get(entry.kind)
    if decoder is None:
        return (*place, None, 0, None, *_told(_nothing))
    try:
        resource = decoder.decode(entry.resource)
    except NOT_JSON as fault:
        return (*place, None, 0, entry.kind + _path(fault), *_told(_nothing))
    subject, flat = resource.subject, resource.flat()
    return (*place, _key(subject.reference if subject else None), _hash(flat), None, *_told(flat))


def _path(fault: Exception) -> str:
    """Only the path of msgspec's message: its names are those of our own declarations."""
    found = _PATH.search(str(fault)) if isinstance(fault, msgspec.ValidationError) else None
    return found.group(1) if found else ""


def _key(address: str | None) -> str | None:
    """`Patient/1`, `urn:uuid:1`, `https://a.dk/Patient/1/_history/2` and `1` are the same resource of a bundle."""
    if not address:
        return None
    return re.split(r"[/:]", address.split("/_history/")[0])[-1] or None


def _hash(flat: Flat) -> int:
    return int.from_bytes(blake2b(msgspec.msgpack.encode(flat), digest_size=8).digest(), "big")


def _told(flat: Flat) -> tuple[object, ...]:
    said = [answer._asdict() for answer in flat.answers]
    return (
        flat.id,
        flat.status,
        flat.code,
        flat.at,
        flat.ends,
        flat.value,
        flat.is_absent,
        said,
        flat.number,
        flat.organisation,
        flat.municipality,
    )
