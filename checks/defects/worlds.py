"""Many defects in one country without meeting each other: each in families, or in a table, of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from checks.defects.clean import ROW, Clean
from checks.defects.declared import Defect, Patch, Scope
from pipelines.definitions.tables import TABLE_NAMES

FAMILY_PARTS = 12
"""Defects of rows in one world, each in a twelfth of the families: whatever one does, it does to those only."""


@dataclass(frozen=True)
class World:
    """The records of a country in which some things are wrong, and what is wrong in them by the defect's id."""

    tables: Mapping[str, pl.DataFrame]
    planted: Mapping[str, Sequence[Patch]]


def arranged(defects: Sequence[Defect]) -> list[list[Defect]]:
    """Defects that can stand in one world: twelve of rows; of feeds and of results one for each table; those of single
    stored rows together."""
    of_rows = [defect for defect in defects if defect.scope == "rows"]
    worlds = -(-len(of_rows) // FAMILY_PARTS)
    lots = [of_rows[at::worlds] for at in range(worlds)]
    stored = [defect for defect in defects if defect.scope == "stored"]
    of_tables = [*_one_for_each_table(defects, "feed"), *_one_for_each_table(defects, "results")]
    return [*lots, *of_tables, *([stored] if stored else [])]


def _one_for_each_table(defects: Sequence[Defect], scope: Scope) -> list[list[Defect]]:
    lots: list[list[Defect]] = []
    for defect in (one for one in defects if one.scope == scope):
        free = next((lot for lot in lots if not _share_a_table(lot, defect)), None)
        if free is None:
            lots.append([defect])
        else:
            free.append(defect)
    return lots


def _share_a_table(lot: Iterable[Defect], defect: Defect) -> bool:
    return any(set(one.planting.tables) & set(defect.planting.tables) for one in lot)


def planted_world(clean: Clean, defects: Sequence[Defect], rate: float, seed: int) -> World:
    """All of them planted; the same arguments give the same world."""
    planted = _planted(clean, defects, rate, seed)
    patches = [patch for each in planted.values() for patch in each]
    tables = {
        name: patched(clean.tables[name], [patch for patch in patches if patch.table == name]) for name in TABLE_NAMES
    }
    return World(tables, planted)


def _planted(clean: Clean, defects: Sequence[Defect], rate: float, seed: int) -> dict[str, Sequence[Patch]]:
    """The rarest first take a part of the families in which there is anything to be planted."""
    free = list(range(FAMILY_PARTS))
    planted = {}
    for defect in sorted(defects, key=lambda one: count(one.planting.plant(clean, rate, seed))):
        parts = [replace(clean, part=part, parts=FAMILY_PARTS) for part in free] if defect.scope == "rows" else [clean]
        for some in parts:
            planted[defect.id] = defect.planting.plant(some, rate, seed_of(defect, seed))
            if count(planted[defect.id]):
                break
        if defect.scope == "rows":
            free.remove(some.part)
    return planted


def planted_in_store(stored: Clean, defects: Sequence[Defect], rate: float, seed: int) -> dict[str, Sequence[Patch]]:
    """All of them planted into tables of a store; of those that share a table each has a part of its rows."""
    planted = {}
    for defect in defects:
        sharing = [one.id for one in defects if set(one.planting.tables) & set(defect.planting.tables)]
        part = replace(stored, part=sharing.index(defect.id), parts=len(sharing))
        planted[defect.id] = defect.planting.plant(part, rate, seed_of(defect, seed))
    return planted


def count(patches: Sequence[Patch]) -> int:
    """How many defects they plant."""
    return max((patch.planted["number"].n_unique() for patch in patches), default=0)


def seed_of(defect: Defect, seed: int) -> int:
    """Another choice of rows for each defect, the same in every process."""
    return zlib.crc32(f"{defect.id} {seed}".encode())


def patched(clean: pl.DataFrame, patches: Sequence[Patch]) -> pl.DataFrame:
    """The clean table with its changed rows in their places, without the removed ones, and the added ones at its end.

    A column into which a patch writes text becomes text as a whole, as in a file.
    """
    if not patches:
        return clean
    as_text = {
        name
        for patch in patches
        for rows in (patch.changed, patch.added)
        for name, dtype in rows.schema.items()
        if dtype == pl.String()
    }
    cast = [pl.col(name).cast(pl.String) for name in clean.columns if name in as_text]
    there = clean.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64)).with_columns(cast)
    schema = there.schema
    changed = [_fitted(patch.changed, schema) for patch in patches]
    added = [_fitted(patch.added, schema) for patch in patches]
    gone = pl.concat([_rows_of(patch) for patch in patches])
    stays = there.join(gone, on=ROW, how="anti", maintain_order="left")
    in_place = pl.concat([stays, *(rows for rows in changed if rows.height)]).sort(ROW)
    return pl.concat([in_place, *(rows for rows in added if rows.height)]).drop(ROW)


def _fitted(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Columns that a patch does not have, such as the place of an added row, are null."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _rows_of(patch: Patch) -> pl.DataFrame:
    nothing = pl.DataFrame(schema={ROW: pl.Int64})
    return pl.concat([nothing, *(rows.select(ROW) for rows in (patch.changed, patch.removed) if rows.height)])
