"""Which FHIR profile a file is of, by the words that only one of them has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipelines.errors import UserError
from pipelines.sources.fhir import PROFILES

MARKS: Mapping[str, tuple[str, ...]] = {
    "children_reports": ("klgateway-children", "CodeSystem/FBOE"),
    "antenatal_record": ("363905002", "363908000", "278844005", "161714006", "63893-2"),
}
"""Profile names, code systems and SNOMED or LOINC codes that stand in the resources of one profile only."""

LOOKED_AT = 1 << 22


@dataclass(frozen=True)
class FhirGuess:
    """A profile, how the resources are written down, and by what the profile was known."""

    profile: str
    form: str
    why: str


def fhir_of(file: Path) -> FhirGuess:
    """The profile with most marks in the first 4 MB. UserError when there is none."""
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        text = stream.read(LOOKED_AT)
    counts = {profile: sum(text.count(mark) for mark in MARKS[profile]) for profile in PROFILES}
    profile = max(counts, key=lambda one: counts[one])
    if not counts[profile] or "resourceType" not in text:
        raise UserError(
            f"{file.name} is JSON, but of no known FHIR profile", to_do=f"Known profiles: {', '.join(PROFILES)}."
        )
    return FhirGuess(profile, _form(file), "codes that only this profile has are in it")


def _form(file: Path) -> str:
    """Newline-delimited when the first line is a whole resource and another follows."""
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        lines = [line for line in islice(stream, 2) if line.strip()]
    return "ndjson" if len(lines) > 1 and _is_whole(lines[0]) else "bundle"


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
