"""Where a check finds something: municipalities with counts that may stand in the report of a whole store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.declared import Status
from dashboards.published import threshold
from dashboards.suppression import shown_parts
from pipelines.definitions.reference import Reference

OF_FIGURES = frozenset({"cohorts", "counts", "linkage", "reporting", "shares", "volume"})
"""Frames whose rows are figures of a municipality, not records of persons: a count of them is never small."""


@dataclass(frozen=True)
class Place:
    """A municipality in which a check finds something. Null counts are small, or would give a small one away."""

    municipality_code: str
    name: str
    status: Status
    applicable: int | None
    failing: int | None
    share: float | None


@dataclass(frozen=True)
class Places:
    """The municipalities, those with most failing rows first and hidden counts last, by name.

    `unnamed`: so many are left out, because the number of all failing rows would tell the hidden counts.
    """

    named: tuple[Place, ...] = ()
    unnamed: int = 0


def places_of(results: pl.DataFrame, reference: Reference) -> dict[str, Places]:
    """By check. Codes that are no municipality's are left out: they may be any text of a row."""
    names = dict(reference.municipalities.select("municipality_code", "name").iter_rows())
    known = results.filter(pl.col("municipality_code").is_in(reference.municipality_codes), pl.col("failing") > 0)
    found = known.sort("failing", "municipality_code", descending=[True, False])
    return {
        str(check_id): _places(list(some.iter_rows(named=True)), names)
        for (check_id,), some in found.group_by("check_id", maintain_order=True)
    }


def _places(rows: list[dict[str, Any]], names: Mapping[str, str]) -> Places:
    failing = [row["failing"] for row in rows]
    smallest = 1 if rows[0]["frame"] in OF_FIGURES else threshold()
    is_shown = shown_parts(failing, smallest)
    if not any(is_shown) and (len(failing) == 1 or sum(failing) == len(failing)):
        return Places(unnamed=len(rows))
    told = [_place(row, names, is_shown=shown) for row, shown in zip(rows, is_shown, strict=True)]
    counted = [place for place in told if place.failing is not None]
    hidden = sorted((place for place in told if place.failing is None), key=lambda place: place.name)
    return Places((*counted, *hidden))


def _place(row: Mapping[str, Any], names: Mapping[str, str], *, is_shown: bool) -> Place:
    code, counts = row["municipality_code"], ("applicable", "failing", "share")
    numbers = {name: row[name] if is_shown else None for name in counts}
    return Place(code, names.get(code, code), row["status"], **numbers)
