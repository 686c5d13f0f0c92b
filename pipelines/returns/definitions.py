"""By which definitions figures are made: one hash of everything that could make the same rows other counts."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION

FIGURE_CODE = (
    "definitions",
    "obligations",
    "statistics",
    "analysis.py",
    "as_of.py",
    "band_populations.py",
    "bucket.py",
    "buckets.py",
    "canonical.py",
    "cells.py",
    "continuity.py",
    "counts.py",
    "development.py",
    "event_table.py",
    "evidence.py",
    "latest_assessments.py",
    "linkage.py",
    "participation_gap.py",
    "records.py",
    "residence.py",
    "returns/counting.py",
    "returns/count_tables.py",
    "thread.py",
    "time_to_event.py",
)
"""Modules and folders of `pipelines` that decide what is counted. What reads, publishes or shows is not in it: a
municipality with a newer page is not refused."""


def definitions_hash(reference: Reference) -> str:
    """SHA-256 over contract version, the version of the reference files and the code that makes figures."""
    digest = hashlib.sha256(f"{CONTRACT_VERSION}\n{reference.version}\n".encode())
    digest.update(_code())
    return digest.hexdigest()


@cache
def _code() -> bytes:
    """Line ends count alike on every system."""
    digest = hashlib.sha256()
    for name in FIGURE_CODE:
        place = resources.files("pipelines") / name
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]  # type: ignore[attr-defined]
        for file in files:
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.digest()
