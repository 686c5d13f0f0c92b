"""CELLS.csv and RELATIONS.json written small: by default a table of two rows and three columns with its margins."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COUNTS = {"a1": 3, "a2": 12, "a3": 20, "b1": 6, "b2": 18, "b3": 20}
TOTALS = {
    "a": ["a1", "a2", "a3"],
    "b": ["b1", "b2", "b3"],
    "c1": ["a1", "b1"],
    "c2": ["a2", "b2"],
    "c3": ["a3", "b3"],
    "all": ["a", "b"],
}


def with_margins(counts: Mapping[str, int], totals: Mapping[str, Sequence[str]] = TOTALS) -> dict[str, int]:
    """Counts with the sums of all totals, which stand in an order in which each is known when it is needed."""
    known = dict(counts)
    for total, parts in totals.items():
        known[total] = sum(known[part] for part in parts)
    return known


def write_cells(file: Path, counts: Mapping[str, object], rate_of: Mapping[str, str] | None = None) -> Path:
    rows = [f"{cell},{count}" + (f",{rate_of.get(cell, '')}" if rate_of else "") for cell, count in counts.items()]
    file.write_text("\n".join(["cell,count" + (",rate_of" if rate_of else ""), *rows]) + "\n", encoding="utf-8")
    return file


def write_relations(file: Path, totals: Mapping[str, Sequence[str]] = TOTALS, **others: Any) -> Path:
    declared = [{"total": total, "parts": list(parts)} for total, parts in totals.items()]
    file.write_text(json.dumps({"threshold": 5, "totals": declared} | others), encoding="utf-8")
    return file
