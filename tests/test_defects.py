"""Defects are planted as declared, where they can be, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from checks.defects import DEFECTS, chosen_defects
from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Defect
from checks.defects.spoiling import IDENTITIES
from checks.defects.worlds import World, arranged, count, planted_in_store, planted_world
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.errors import WrongUse
from pipelines.flow import Source, ingest_into, run
from pipelines.progress import Progress
from pipelines.store import Store
from sample_data.country import make_country

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
RATE = 0.05
OF_RECORDS = [defect for defect in DEFECTS if defect.scope in ("rows", "feed")]
OF_STORED_ROWS = [defect for defect in DEFECTS if defect.scope == "stored"]


@pytest.fixture(scope="module")
def clean() -> Clean:
    return Clean(make_country(4000, 5, AS_OF).tables, AS_OF)


@pytest.fixture(scope="module")
def worlds(clean: Clean) -> list[tuple[list[Defect], World]]:
    return [(lot, planted_world(clean, lot, RATE, 1)) for lot in arranged(OF_RECORDS)]


def test_more_than_sixty_types_are_known_over_all_tables() -> None:
    assert len(DEFECTS) >= 60
    assert len({defect.id for defect in DEFECTS}) == len(DEFECTS)
    assert {defect.table for defect in OF_RECORDS} >= set(TABLE_NAMES)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_a_defect_says_in_two_languages_what_happens_and_who_has_to_find_it(defect: Defect) -> None:
    assert defect.what_da.endswith(".")
    assert defect.what_en.endswith(".")
    assert defect.what_da != defect.what_en
    assert defect.found_by or defect.quarantined


def test_every_defect_is_planted_at_least_once(worlds: list[tuple[list[Defect], World]]) -> None:
    planted = {defect.id: count(world.planted[defect.id]) for lot, world in worlds for defect in lot}
    assert set(planted) == {defect.id for defect in OF_RECORDS}
    assert [name for name, times in planted.items() if times == 0] == []


def test_the_same_seed_plants_the_same_defects_and_another_seed_others(clean: Clean) -> None:
    lot = arranged(DEFECTS)[0]
    once, again, other = (planted_world(clean, lot, RATE, seed) for seed in (1, 1, 2))
    for name in TABLE_NAMES:
        assert_frame_equal(once.tables[name], again.tables[name])
    assert any(not once.tables[name].equals(other.tables[name]) for name in TABLE_NAMES)


def test_a_higher_rate_plants_more(clean: Clean) -> None:
    defects = chosen_defects(["contacts.before_birth"])
    few, many = (count(planted_world(clean, defects, rate, 1).planted["contacts.before_birth"]) for rate in (0.01, 0.1))
    assert 0 < few < many


def test_no_family_has_two_defects_in_one_world(worlds: list[tuple[list[Defect], World]]) -> None:
    for lot, world in worlds:
        told = [
            patch.planted.select(FAMILY, pl.lit(defect.id).alias("defect"))
            for defect in lot
            if defect.scope == "rows"
            for patch in world.planted[defect.id]
        ]
        if told:
            per_family = pl.concat(told).drop_nulls(FAMILY).group_by(FAMILY).agg(pl.col("defect").n_unique())
            assert per_family["defect"].max() == 1


def test_no_stored_row_has_two_defects(clean: Clean, tmp_path: Path) -> None:
    ran = run(
        Store(tmp_path / "store"), delivered(clean.tables, tmp_path), AS_OF, Reference.load(), Progress()
    ).snapshot
    names = {name for defect in OF_STORED_ROWS for name in defect.planting.tables} | {IDENTITIES}
    stored = Clean({name: ran.table(name).collect().sort(pl.all()) for name in names}, AS_OF)
    planted = planted_in_store(stored, OF_STORED_ROWS, RATE, 1)
    assert [defect_id for defect_id, patches in planted.items() if count(patches) == 0] == []
    for table in names:
        patches = [patch for each in planted.values() for patch in each if patch.table == table]
        rows = [row for patch in patches for part in (patch.changed, patch.removed) for row in _rows(part)]
        assert len(rows) == len(set(rows)), table


def test_what_is_not_planted_is_as_it_was(clean: Clean, worlds: list[tuple[list[Defect], World]]) -> None:
    for _, world in worlds:
        for name in TABLE_NAMES:
            assert_frame_equal(_untouched(clean.tables[name], world, name), _still_there(clean, world, name))


def _untouched(rows: pl.DataFrame, world: World, table: str) -> pl.DataFrame:
    touched = [
        row for patch in _patches(world, table) for part in (patch.changed, patch.removed) for row in _rows(part)
    ]
    return rows.with_row_index(ROW).filter(~pl.col(ROW).is_in(touched)).drop(ROW).select(pl.all().cast(pl.String))


def _still_there(clean: Clean, world: World, table: str) -> pl.DataFrame:
    """Changed rows keep their places, removed ones leave none, added ones come last."""
    gone = {row for patch in _patches(world, table) for row in _rows(patch.removed)}
    changed = {row for patch in _patches(world, table) for row in _rows(patch.changed)}
    places = [row for row in range(clean.tables[table].height) if row not in gone]
    kept = world.tables[table].head(len(places)).with_columns(pl.Series(ROW, places, pl.Int64))
    return kept.filter(~pl.col(ROW).is_in(list(changed))).drop(ROW).select(pl.all().cast(pl.String))


def _patches(world: World, table: str) -> list:  # type: ignore[type-arg]
    return [patch for each in world.planted.values() for patch in each if patch.table == table]


def _rows(part: pl.DataFrame) -> list[int]:
    return part[ROW].to_list() if part.height else []


def test_what_breaks_the_contract_ends_in_quarantine_with_its_rule_and_the_rest_does_not(tmp_path: Path) -> None:
    few = Clean(make_country(1000, 5, AS_OF).tables, AS_OF)
    lots = [lot for lot in arranged(OF_RECORDS) if any(defect.quarantined for defect in lot)]
    assert {defect.id for lot in lots for defect in lot} >= {each.id for each in OF_RECORDS if each.quarantined}
    for number, lot in enumerate(lots):
        world = planted_world(few, lot, RATE, 1)
        quarantine = _quarantine(world.tables, tmp_path / str(number))
        for defect in lot:
            set_aside = _set_aside(defect, world, quarantine)
            if defect.quarantined:
                assert set_aside.height == count(world.planted[defect.id]), defect.id
                assert set(set_aside["rule"] + ":" + set_aside["column"]) == {defect.quarantined}
            elif defect.scope == "rows":
                assert set_aside.is_empty(), defect.id


def delivered(tables: Mapping[str, pl.DataFrame], folder: Path) -> Source:
    canonical = folder / "canonical"
    canonical.mkdir(parents=True)
    for name, rows in tables.items():
        rows.write_parquet(canonical / f"{name}.parquet")
    return Source(canonical=canonical)


def _quarantine(tables: Mapping[str, pl.DataFrame], folder: Path) -> pl.DataFrame:
    source = delivered(tables, folder)
    snapshot = ingest_into(Store(folder / "store"), source, Reference.load(), Progress()).snapshot
    return snapshot.table("quarantine").collect()


def _set_aside(defect: Defect, world: World, quarantine: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat([patch.planted.select(pl.col(ROW) + 1) for patch in world.planted[defect.id]]).drop_nulls()
    of_table = quarantine.filter(pl.col("table") == defect.table)
    return of_table.join(rows, left_on="row_number", right_on=ROW, how="semi")


def test_an_unknown_defect_is_refused_by_name() -> None:
    with pytest.raises(WrongUse, match="nonsense"):
        chosen_defects(["nonsense"])
