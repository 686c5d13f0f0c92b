"""Are the obligations of two stores the same? From raw deliveries and canonical tables of one seed they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commanded import in_a_process, roedtraad

from checks.same_obligations import are_identical, compared, obligations_by_canonical_names, read_names
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent.parent / "sample_data" / "small"
AS_OF = date(2026, 9, 30)


def made(folder: Path, source: Source) -> Store:
    store = Store(folder)
    run(store, source, AS_OF, Reference.load(), Progress())
    return store


@pytest.fixture(scope="module")
def from_raw(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return made(tmp_path_factory.mktemp("raw") / "store", Source(declared=SMALL / "raw" / "source.toml"))


@pytest.fixture(scope="module")
def from_canonical(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return made(tmp_path_factory.mktemp("canonical") / "store", Source(canonical=SMALL / "canonical"))


def both(one: Store, other: Store) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = read_names(SMALL / "names.parquet")
    first, second = (obligations_by_canonical_names(store, names).collect() for store in (one, other))
    return first, second


def test_raw_deliveries_and_canonical_tables_of_one_seed_give_the_same_obligations(
    from_raw: Store, from_canonical: Store
) -> None:
    told = in_a_process("compare", from_raw.folder, from_canonical.folder, "--names", SMALL / "names.parquet")
    assert (told.returncode, told.stderr) == (0, "")
    assert "The obligations are identical." in told.stdout


def test_the_comparison_is_of_every_column_and_of_the_children_by_name(from_raw: Store, from_canonical: Store) -> None:
    first, second = both(from_raw, from_canonical)
    assert first.columns == second.columns == from_canonical.snapshot().table("obligations").collect_schema().names()
    assert first["child_id"].drop_nulls().str.starts_with("c-").all()
    assert first["pregnancy_id"].drop_nulls().str.starts_with("p-").all()


def test_another_delivery_is_told_apart_by_the_command(from_raw: Store, tmp_path: Path) -> None:
    """One attended contact less in the canonical tables."""
    folder = tmp_path / "canonical"
    folder.mkdir()
    for file in (SMALL / "canonical").iterdir():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        dropped = next((at for at, line in enumerate(lines) if "attended" in line), None)
        kept = lines if file.name != "contacts.csv" else [line for at, line in enumerate(lines) if at != dropped]
        (folder / file.name).write_text("".join(kept), encoding="utf-8")
    other = made(tmp_path / "store", Source(canonical=folder))
    told = roedtraad("compare", from_raw.folder, other.folder, "--names", SMALL / "names.parquet")
    assert told.returncode == 8
    assert "The obligations differ." in told.stderr


@pytest.mark.parametrize("column", ["due_date", "status", "municipality_code", "subject_id", "child_id", "found_date"])
def test_one_changed_value_in_one_row_is_a_difference(from_raw: Store, from_canonical: Store, column: str) -> None:
    first, second = both(from_raw, from_canonical)
    is_first = pl.int_range(pl.len()) == 0
    changed = second.with_columns(pl.when(is_first).then(pl.lit("changed")).otherwise(column).alias(column))
    comparison = compared(first.lazy(), changed.lazy())
    assert not are_identical(comparison)
    assert comparison.select(pl.col("only_one", "only_other").sum()).row(0) == (1, 1)


ROW = {"kind": "registered", "child_id": "c1", "subject_id": None, "status": "met"}


def frame(*rows: dict[str, str | None]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), schema=dict.fromkeys(ROW, pl.String))


def test_a_row_that_stands_twice_on_one_side_is_a_difference() -> None:
    assert are_identical(compared(frame(ROW, ROW), frame(ROW, ROW)))
    once = compared(frame(ROW), frame(ROW, ROW)).row(0, named=True)
    assert (once["rows_one"], once["rows_other"], once["equal"], once["only_other"]) == (1, 2, 1, 1)


def test_nothing_on_both_sides_proves_nothing() -> None:
    assert not are_identical(compared(frame(), frame()))


def test_a_kind_on_one_side_only_is_told() -> None:
    comparison = compared(frame(ROW), frame(ROW, ROW | {"kind": "screened"}))
    assert comparison.filter(kind="screened").select("rows_one", "only_other").row(0) == (0, 1)
    assert not are_identical(comparison)


def test_a_file_without_names_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no names"):
        read_names(tmp_path / "nothing.parquet")
