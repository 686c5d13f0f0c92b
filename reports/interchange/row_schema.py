"""JSON Schema (2020-12) of a table: of its JSON file, and, under `$defs`, of one row of it or of its CSV."""

from __future__ import annotations

from collections.abc import Mapping

from reports.interchange.declared import Limits, Table, meaning

JSON_TYPES = {"text": "string", "integer": "integer", "number": "number", "date": "string", "list": "array"}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(table: Table) -> dict[str, object]:
    """Every column is there, null where there is no value; no other is. A hidden figure with a value is not valid."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:roedtraad:schema:{table.name}",
        "title": table.title("en"),
        "description": table.row("en"),
        "type": "object",
        "required": ["table", "as_of", "rows"],
        "properties": {
            "table": {"const": table.name},
            "as_of": {"type": "string", "format": "date"},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        },
        "$defs": {"row": _row(table)},
    }


def _row(table: Table) -> dict[str, object]:
    rules = [_emptied(*told) for told in table.told_in]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(table.columns),
        "properties": {name: _property(name, table) for name in table.columns},
        **({"allOf": rules} if rules else {}),
    }


def _property(name: str, table: Table) -> dict[str, object]:
    limits = table.limits[name]
    may_be_null = name not in table.required
    kind = JSON_TYPES[limits.kind]
    return {
        "description": meaning(name, "en"),
        "type": [kind, "null"] if may_be_null else kind,
        **_constraints(limits, may_be_null=may_be_null),
    }


def _constraints(limits: Limits, *, may_be_null: bool) -> Mapping[str, object]:
    told = {"minimum": limits.minimum, "maximum": limits.maximum}
    values = [*limits.values, None] if may_be_null else list(limits.values)
    return {
        **{name: limit for name, limit in told.items() if limit is not None},
        **({"enum": values} if limits.values else {}),
        **({"format": "date"} if limits.kind == "date" else {}),
        **({"items": {"type": "string"}} if limits.kind == "list" else {}),
    }


def _emptied(state: str, states: tuple[str, ...], names: tuple[str, ...]) -> dict[str, object]:
    return {
        "if": {"properties": {state: {"enum": list(states)}}},
        "else": {"properties": {name: {"type": "null"} for name in names}},
    }
