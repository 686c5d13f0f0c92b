"""The main job in SQL, the yardstick of speed, makes the rows that a run makes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from naive.world import World
from worlds import AS_OF_DATES, prefixed, random_world, union
from worlds.frames import deliver

from benchmarks.sql_job.__main__ import run as run_sql
from benchmarks.sql_job.compare import COLUMNS, differences
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store
from sample_data import make_sample

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
SENTINEL = date(9999, 12, 31)
DAMAGES: dict[str, list[pl.Expr]] = {
    "pregnancies": [pl.lit("twins").alias("outcome"), pl.lit(7, pl.Int64).alias("care_level")],
    "children": [pl.lit("p-nobody").alias("pregnancy_id"), pl.lit(None, pl.Date).alias("birth_date")],
    "exposures": [pl.lit(None, pl.String).alias("substance"), pl.lit("c-nobody").alias("child_id")],
    "residences": [pl.col("from_date").alias("to_date"), pl.lit("9999").alias("municipality_code")],
    "diagnoses": [pl.lit("").alias("sks_code"), pl.lit(SENTINEL).alias("diagnosed_date")],
    "handovers": [pl.lit("nobody").alias("to_actor"), pl.lit(SENTINEL).alias("received_date")],
    "support_records": [pl.lit("c-nobody").alias("child_id"), pl.lit("maybe").alias("exposure_status")],
    "contacts": [pl.lit("month_99").alias("contact_code"), pl.lit(None, pl.Date).alias("contact_date")],
}
"""By table: what makes its rows break the contract, each in its own way."""
CONTRADICTIONS: dict[str, pl.Expr] = {
    "diagnoses": ~pl.col("is_refuted"),
    "residences": pl.lit("0101").alias("municipality_code"),
    "contacts": pl.lit("no_show").alias("status"),
    "handovers": pl.lit("school").alias("to_actor"),
}
"""By table: what makes a second row under a key say something else."""


def run_both(canonical: Path, folder: Path, as_of: date) -> dict[str, tuple[int, int]]:
    run(Store(folder / "store"), Source(canonical=canonical), as_of, Reference.load(), Progress())
    run_sql(canonical, folder / "sql", as_of)
    return differences(folder / "sql", folder / "store")


def damage(file: Path) -> None:
    """Of the rows of a table 6 % are changed until they break the contract, and 3 % have one that contradicts them."""
    rows = pl.read_parquet(file)
    parts = [rows.gather_every(100, offset) for offset in range(10)]
    whole = pl.concat([rows.gather_every(100, offset) for offset in range(6, 100)])
    ways = DAMAGES.get(file.stem, [])
    broken = [part.with_columns(way) for part, way in zip(parts[:6], ways * 3, strict=False)]
    other = CONTRADICTIONS.get(file.stem)
    contradicting = [part.with_columns(other) for part in parts[6:9]] if other is not None else []
    pl.concat([whole, *(broken or parts[:6]), *contradicting]).write_parquet(file)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sample")
    make_sample(made, children=500, seed=9, as_of=AS_OF, forms=["canonical"])
    for table in {*DAMAGES, *CONTRADICTIONS}:
        damage(made / "canonical" / f"{table}.parquet")
    return made


def test_a_damaged_delivery_makes_the_same_rows_in_sql_and_in_a_run(damaged: Path) -> None:
    compared = run_both(damaged / "canonical", damaged, AS_OF)
    assert set(compared) == set(COLUMNS)
    assert all(rows > 0 for rows, _ in compared.values())
    assert {table for table, (_, different) in compared.items() if different} == set()


def test_both_accept_as_many_rows_of_a_damaged_delivery(damaged: Path) -> None:
    in_sql = pl.read_parquet(damaged / "sql" / "row_accounting.parquet").select("table", "rows_read", "accepted")
    accounted = Store(damaged / "store").snapshot().table("row_accounting").collect()
    assert accounted["quarantined"].sum() > 100
    assert in_sql.sort("table").equals(accounted.select(in_sql.columns).sort("table"))


def test_the_comparison_sees_another_as_of_day(damaged: Path) -> None:
    run_sql(damaged / "canonical", damaged / "earlier", AS_OF - timedelta(days=90))
    compared = differences(damaged / "earlier", damaged / "store")
    assert all(compared[table][1] > 0 for table in ("obligations", "gaps", "counts"))


def edge_cases() -> tuple[World, date]:
    as_of = AS_OF_DATES[0]
    drawn = {seed: random_world(seed) for seed in range(60)}
    return union([prefixed(world, f"{seed}.") for seed, (world, day) in drawn.items() if day == as_of]), as_of


def test_copies_and_edge_cases_make_the_same_rows_in_sql_and_in_a_run(tmp_path: Path) -> None:
    world, as_of = edge_cases()
    twice = {table: Random(table).sample(rows * 2, 2 * len(rows)) for table, rows in world.items()}
    deliver(twice, tmp_path / "delivery")
    compared = run_both(tmp_path / "delivery", tmp_path, as_of)
    assert compared["obligations"][0] > 200
    assert {table for table, (_, different) in compared.items() if different} == set()
