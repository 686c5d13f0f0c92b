"""What is wrong with a resource by the FHIR standard itself, element by element, without the values.

Slow (a model of all of FHIR), so not on the way of a delivery: it explains a sample, or resources that were faulty. The
library has R4B, which is R4 but for a few resource types that none of our profiles use.
"""

from __future__ import annotations

import re

import msgspec
import pydantic

from pipelines.sources.fhir.entries import NOT_JSON

ELEMENT = re.compile(r"\A[a-z][A-Za-z]{0,40}\Z")
EXTRA = "extra_forbidden"


class _Kind(msgspec.Struct, rename="camel"):
    resource_type: str


def explain(resource: bytes) -> list[str]:
    """`path: kind of error` for each, in the order of the paths; empty when the resource keeps the standard.

    An element that FHIR does not know is told as `?`: its name is the sender's, and could be anything.
    """
    from fhir.resources.R4B import get_fhir_model_class

    try:
        kind = msgspec.json.decode(resource, type=_Kind).resource_type
    except NOT_JSON:
        return ["resource: not JSON with a resourceType"]
    try:
        model = get_fhir_model_class(kind)
    except ValueError:
        return ["resourceType: not a resource of FHIR R4"]
    try:
        model.model_validate_json(resource)
    except pydantic.ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=False, include_input=False)
        return sorted({f"{kind}{_path(error)}: {error['type']}" for error in errors})
    except Exception:  # the library trips over some broken values, with texts that quote them
        return [f"{kind}: cannot be read at all"]
    return []


def _path(error: object) -> str:
    told = msgspec.convert(error, dict[str, object])
    parts = told["loc"] if isinstance(told["loc"], tuple) else ()
    shown = [_part(part) for part in parts]
    if told["type"] == EXTRA and shown:
        shown[-1] = ".?"
    return "".join(shown)


def _part(part: object) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if ELEMENT.match(str(part)) else ".?"
