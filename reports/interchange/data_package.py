"""`datapackage.json`: the CSV files described as a Frictionless Data Package (version 1 of the standard)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reports.interchange.declared import Limits, Table, meaning, tables

TYPES = {"text": "string", "integer": "integer", "number": "number", "date": "date", "list": "string"}
"""A list is a text in CSV: the names with a bar between them."""
BLOCK = 1 << 20


def data_package(files: Mapping[str, Path], run: Mapping[str, Any], licence: str | None) -> dict[str, object]:
    """`files`: table to its CSV. Titles are Danish, with both languages beside them."""
    published_at: datetime = run["finished_at"]
    as_of: date = run["as_of"]
    return {
        "profile": "tabular-data-package",
        "name": "roedtraad",
        "id": f"urn:roedtraad:publication:{run['fingerprint']}",
        "title": f"Rød tråd: offentliggjorte tal pr. {as_of}",
        "titles": {
            "da": f"Rød tråd: offentliggjorte tal pr. {as_of}",
            "en": f"Rød tråd: published figures as of {as_of}",
        },
        "created": published_at.isoformat(timespec="seconds"),
        "version": str(run["contract_version"]),
        "is_sample": run["is_sample"],
        "sources": [{"title": _source(run)}],
        **({"licenses": [{"name": licence}]} if licence else {}),
        "resources": [_resource(tables()[name], file) for name, file in files.items()],
    }


def _source(run: Mapping[str, Any]) -> str:
    data = "synthetic sample data" if run["is_sample"] else "records of municipalities, regions and national registers"
    return f"Rød tråd {run['code_version']}, reference lists {run['reference_version']}, from {data}"


def _resource(table: Table, file: Path) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"csv/{file.name}",
        "title": table.title("da"),
        "description": table.row("da"),
        "titles": {"da": table.title("da"), "en": table.title("en")},
        "descriptions": {"da": table.row("da"), "en": table.row("en")},
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256_of(file)}",
        "schema": {
            "fields": [_field(name, table) for name in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.declared.key),
            **_foreign_keys(table),
        },
    }


def _field(name: str, table: Table) -> dict[str, object]:
    limits = table.limits[name]
    return {
        "name": name,
        "type": TYPES[limits.kind],
        "description": meaning(name, "da"),
        "descriptions": {"da": meaning(name, "da"), "en": meaning(name, "en")},
        "constraints": {"required": name in table.required, **_limits(limits)},
    }


def _limits(limits: Limits) -> dict[str, object]:
    told = {"minimum": limits.minimum, "maximum": limits.maximum, "enum": list(limits.values) or None}
    return {name: limit for name, limit in told.items() if limit is not None}


def _foreign_keys(table: Table) -> dict[str, object]:
    """A region of a municipality is a place too."""
    if table.name != "places":
        return {}
    return {"foreignKeys": [{"fields": ["region_code"], "reference": {"resource": "", "fields": ["place"]}}]}


def sha256_of(file: Path) -> str:
    """Of the bytes of a file, in hexadecimal."""
    summed = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            summed.update(block)
    return summed.hexdigest()
