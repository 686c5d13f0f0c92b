"""Where a check finds something: municipalities with counts that may stand in the report of a whole store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.declared import Status
from checks.statuses import overall
from dashboards.published import threshold
from dashboards.suppression import gives_away, shown_parts, smallest_shown
from pipelines.definitions.reference import Reference


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
    keeping = dict(overall(results).select("check_id", pl.col("applicable") - pl.col("failing")).iter_rows())
    known = results.filter(pl.col("municipality_code").is_in(reference.municipality_codes), pl.col("failing") > 0)
    found = known.sort("failing", "municipality_code", descending=[True, False])
    return {
        str(check_id): _places(list(some.iter_rows(named=True)), names, keeping.get(check_id) or 0)
        for (check_id,), some in found.group_by("check_id", maintain_order=True)
    }


def _places(rows: list[dict[str, Any]], names: Mapping[str, str], keeping: int) -> Places:
    """How many rows break the claim, where that may be told; among how many, where what keeps it may be told as well.

    `keeping`: rows of the whole store that keep it.
    """
    smallest = smallest_shown(rows[0]["frame"], threshold())
    failing = [row["failing"] for row in rows]
    has_failing = shown_parts(failing, smallest)
    has_whole = _rest_shown([row["applicable"] - row["failing"] for row in rows], keeping, smallest)
    if has_whole is None or gives_away(failing, has_failing, smallest):
        return Places(unnamed=len(rows))
    told = [
        _place(row, names, has_failing=is_failing_shown, has_whole=is_whole_shown)
        for row, is_failing_shown, is_whole_shown in zip(rows, has_failing, has_whole, strict=True)
    ]
    counted = [place for place in told if place.failing is not None]
    hidden = sorted((place for place in told if place.failing is None), key=lambda place: place.name)
    return Places((*counted, *hidden))


def _rest_shown(keeping: list[int], of_all: int, smallest: int) -> list[bool] | None:
    """Which places may tell how many rows keep the claim; none at all if even hiding all would tell too much.

    Places in which nothing breaks the claim are not told: enough rows there, and nobody can work out a hidden one.
    """
    elsewhere, is_large = of_all - sum(keeping), [rest == 0 or rest >= smallest for rest in keeping]
    if elsewhere >= smallest or all(is_large):
        return is_large
    parts = [*keeping, max(elsewhere, 0)]
    shown = shown_parts(parts, smallest)
    return None if gives_away(parts, shown, smallest) else shown[: len(keeping)]


def _place(row: Mapping[str, Any], names: Mapping[str, str], *, has_failing: bool, has_whole: bool) -> Place:
    code = row["municipality_code"]
    failing = row["failing"] if has_failing else None
    applicable, share = (row["applicable"], row["share"]) if has_failing and has_whole else (None, None)
    return Place(code, names.get(code, code), row["status"], applicable, failing, share)
