"""The form of a return: what its `return.json` says, declared once; the JSON Schema is made from it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from pipelines.errors import UserError
from pipelines.returns.refusals import ReturnRefused

SCHEMA_VERSION: Literal[1] = 1
FORMAT: Literal["roedtraad-return"] = "roedtraad-return"
MANIFEST = "return.json"
SCHEMA_FILE = f"return-{SCHEMA_VERSION}.schema.json"
UNSIGNED = ("checksum", "signature")

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Months = Annotated[int, Meta(ge=0, le=100_000)]
Short = Annotated[str, Meta(min_length=1, max_length=80)]
Code = Annotated[str, Meta(pattern="^([0-9]{4}|rest)$", description="Four digits; rest for children of nowhere.")]
Rows = Annotated[int, Meta(ge=0, le=2_000_000)]
TableName = Literal["obligations", "continuity", "population", "results", "courses", "contacts"]


class Definitions(Struct, forbid_unknown_fields=True, frozen=True):
    """By which definitions was counted. `hash` covers contract, reference files, and the code that makes figures."""

    hash: Hash
    reference: Short
    software: Short


class Period(Struct, forbid_unknown_fields=True, frozen=True):
    """The days of due dates that are counted, both included."""

    first_day: date
    last_day: date


class Completeness(Struct, forbid_unknown_fields=True, frozen=True):
    """How whole one source is: months in which rows were to be expected, those with rows, and shares of rows, rounded
    to hundredths, that were set aside."""

    source: Short
    months_expected: Months
    months_reported: Months
    share_set_aside: Annotated[float, Meta(ge=0, le=1)] | None


class TableFile(Struct, forbid_unknown_fields=True, frozen=True):
    """A table of the file: `tables/<name>.csv`, UTF-8, comma, with a heading. `sha256` is of its bytes."""

    name: TableName
    rows: Rows
    sha256: Hash


class Signature(Struct, forbid_unknown_fields=True, frozen=True):
    """Ed25519 over the canonical form. `key`: the first 16 hex digits of the SHA-256 of the raw public key."""

    algorithm: Literal["Ed25519"]
    key: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    value: Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{86}==$")]


class Manifest(Struct, forbid_unknown_fields=True, frozen=True):
    """`checksum` is the SHA-256 of the canonical form: this object without checksum and signature as JSON with sorted
    names, no blanks, and UTF-8. The hashes of the tables stand in it, so it covers every count."""

    format: Literal["roedtraad-return"]
    schema_version: Literal[1]
    contract_version: Short
    definitions: Definitions
    municipality_code: Code
    as_of: date
    period: Period
    is_sample: bool
    made_at: Annotated[datetime, Meta(tz=True)]
    completeness: Annotated[list[Completeness], Meta(max_length=500)]
    tables: Annotated[list[TableFile], Meta(min_length=6, max_length=6)]
    checksum: str = ""
    signature: Signature | None = None

    def canonical(self) -> bytes:
        """What is hashed and signed."""
        told = {name: value for name, value in msgspec.to_builtins(self).items() if name not in UNSIGNED}
        return canonical_form(told)


def canonical_form(told: dict[str, Any]) -> bytes:
    """Sorted names, no blanks, UTF-8: the same bytes on every machine."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def checksum_of(canonical: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(canonical).hexdigest()


def read_manifest(content: bytes) -> tuple[Manifest, bytes]:
    """What it says, and its canonical form: the very same facts, so that nothing is read that was not signed.

    ReturnRefused when it has another form, or when its checksum does not fit.
    """
    told = _told(content)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ReturnRefused("not_a_return", "The file is no return", to_do="Give what `roedtraad return export` wrote.")
    if told.get("schema_version") != SCHEMA_VERSION:
        raise other_form(f"The return has another form than version {SCHEMA_VERSION}")
    own = canonical_form({name: value for name, value in told.items() if name not in UNSIGNED})
    if told.get("checksum") != checksum_of(own):
        raise broken_checksum("return.json")
    try:
        return msgspec.convert(told, Manifest), own
    except (msgspec.ValidationError, ValueError) as fault:
        place = str(fault).partition(" - at `$.")[2].strip("`")  # never the rest: it quotes what stands in the file
        raise other_form("return.json does not keep to its form", place or MANIFEST) from fault


def _told(content: bytes) -> Any:
    """Each name once, and no number that JSON does not have: others would read something else in it."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise other_form("return.json is no JSON, or says something twice") from fault


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name stands twice")
    return told


def _no_number(_: str) -> None:
    raise ValueError("no number of JSON")


def other_form(what: str, where: str = "") -> ReturnRefused:
    """A return of another version, or made by something else."""
    to_do = "Ask the sender to export it again with this version; the form is `roedtraad return schema`."
    return ReturnRefused("other_form", what, where=where, to_do=to_do)


def broken_checksum(where: str) -> ReturnRefused:
    """Something was changed or lost on the way."""
    to_do = "Ask the sender to send the same file again, and by a way that does not change files."
    return ReturnRefused("checksum", "The checksum does not fit: the file was changed or cut", where=where, to_do=to_do)


def json_schema() -> str:
    """The JSON Schema (2020-12) of `return.json`, with the columns of each table."""
    from pipelines.returns.count_tables import TABLES

    schema = msgspec.json.schema(Manifest)
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Return to national coordination, version {SCHEMA_VERSION}",
        "x-tables": {
            each.name: {
                "file": table_file(each.name),
                "meaning": each.meaning,
                "columns": {column: dtype_name(dtype) for column, dtype in each.schema.items()},
                "one row per": list(each.keys),
            }
            for each in TABLES.values()
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def dtype_name(dtype: object) -> str:
    """In the words of JSON Schema."""
    return {"String": "string", "Float64": "number"}.get(str(dtype), "integer")


def table_file(name: str) -> str:
    """Where a table lies in the file."""
    return f"tables/{name}.csv"


def shipped_schema() -> str:
    """As it lies in the package."""
    try:
        return (resources.files("pipelines.returns") / SCHEMA_FILE).read_text("utf-8")
    except OSError as fault:
        raise UserError(f"{SCHEMA_FILE} is missing", to_do="Install Rød tråd again.") from fault
