"""The pandas job of the benchmarks is a yardstick only while its results are those of the pipeline."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from worlds import prefixed, random_world, union
from worlds.frames import frames_of

from benchmarks.pandas_job.__main__ import run as run_in_pandas
from benchmarks.sql_job.compare import COLUMNS, differences
from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store
from sample_data.country import make_country

pytestmark = pytest.mark.slow

AS_OF = date(2026, 8, 2)
CHILDREN = 500
SEEDS = range(60)


def broken_rows(table: str, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """A copy of a row, one that contradicts another under its key, and rows that break a rule of the contract."""

    def row(at: int, **values: object) -> pl.DataFrame:
        said = [pl.lit(value, rows.schema[name]).alias(name) for name, value in values.items()]
        return rows.slice(at, 1).with_columns(said)

    match table:
        case "contacts":
            return [
                row(0),
                row(1, contact_date=date(2026, 1, 1)),
                row(2, contact_id="k-1", status="waved"),
                row(3, contact_id="k-2", child_id="nobody"),
                row(4, contact_id="k-3", contact_code="month_99"),
                row(5, contact_id="k-4", contact_date=date(1899, 1, 1)),
            ]
        case "residences":
            return [row(0, from_date=date(1990, 1, 2), to_date=date(1990, 1, 2))]
        case "diagnoses":
            return [row(0, sks_code="DX999", is_refuted=None)]
        case "children":
            return [row(0), row(0, child_id="610101-1111")]
        case "pregnancies":
            return [row(0, pregnancy_id="p-1", care_level=7)]
        case _:
            return []


def deliver(folder: Path) -> None:
    """A sample, and worlds full of edge cases, with broken rows among them."""
    folder.mkdir()
    country = make_country(CHILDREN, 1, date(2026, 9, 30)).tables
    worlds = frames_of(union([prefixed(random_world(seed)[0], f"{seed}.") for seed in SEEDS]))
    for table, of_worlds in worlds.items():
        sample = country[table].select(of_worlds.collect_schema().names())
        rows = pl.concat([sample, *broken_rows(table, sample), of_worlds.collect()])
        rows.write_parquet(folder / f"{table}.parquet", row_group_size=5_000)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What the pandas job wrote, and the store of the pipeline."""
    folder = tmp_path_factory.mktemp("both")
    canonical, out, store = folder / "canonical", folder / "out", folder / "store"
    deliver(canonical)
    run_in_pandas(canonical, out, AS_OF)
    run(Store(store), Source(canonical=canonical), AS_OF, Reference.load(), Progress())
    return out, store


def test_every_row_of_the_pandas_job_is_that_of_the_pipeline(both: tuple[Path, Path]) -> None:
    found = differences(*both)
    assert {table: different for table, (_, different) in found.items()} == dict.fromkeys(COLUMNS, 0)
    assert all(rows for rows, _ in found.values())


def test_both_refuse_the_same_rows(both: tuple[Path, Path]) -> None:
    out, store = both
    in_pandas = pl.read_parquet(out / "row_accounting.parquet").sort("table").select("table", "rows_read", "accepted")
    accounting = Store(store).snapshot().table("row_accounting").collect().sort("table")
    assert in_pandas.rows() == accounting.select(in_pandas.columns).rows()
    refused = in_pandas.filter(pl.col("accepted") < pl.col("rows_read"))["table"].to_list()
    assert refused == ["children", "contacts", "diagnoses", "pregnancies", "residences"]


def test_the_comparison_notices_one_changed_row(both: tuple[Path, Path], tmp_path: Path) -> None:
    out, store = both
    for file in out.glob("*.parquet"):
        (tmp_path / file.name).hardlink_to(file)
    changed = pl.read_parquet(out / "counts.parquet").with_row_index()
    is_first = pl.col("index") == 0
    changed = changed.with_columns(pl.col("not_due") + is_first.cast(pl.Int64)).drop("index")
    (tmp_path / "counts.parquet").unlink()
    changed.write_parquet(tmp_path / "counts.parquet")
    assert differences(tmp_path, store)["counts"][1] == 2
