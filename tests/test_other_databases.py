"""Any other database by its connection string: SQLite, since every machine has it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from asked_databases import VARIABLE, from_database, refusal, rows_of

from pipelines.errors import RefusedDelivery
from pipelines.sources.forms import database, other_database


@pytest.fixture
def small_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An SQLite database whose address is in the environment."""
    file = tmp_path / "small.db"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(
            "CREATE TABLE t (n INTEGER, day DATE, moment DATETIME, amount NUMERIC, word TEXT, is_so, raw BLOB)"
        )
        row = (1, "2025-01-08", "2025-01-08 00:00:00", 12.5, "%æ", None, b"\xde\xad")
        made.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", [row, (2, None, None, 278.0, ":a", 1, None)])
    monkeypatch.setenv(VARIABLE, f"sqlite:///{file}")
    return file


def test_any_other_database_is_read_as_text(small_file: Path) -> None:
    rows = rows_of("SELECT *, '%d :x' AS odd FROM t ORDER BY n")
    assert rows.rows() == [
        (1, "1", "2025-01-08", "2025-01-08", "12.5", "%æ", None, "\\xdead", "%d :x"),
        (2, "2", None, None, "278", ":a", "1", None, "%d :x"),
    ]
    assert set(rows.drop("_row").dtypes) == {pl.String()}
    assert rows_of("SELECT * FROM t WHERE n > 2").height == 0


def test_any_other_database_is_read_page_by_page(small_file: Path) -> None:
    counting = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 120000) SELECT n FROM c"
    pages = list(database.batches(from_database(counting), ["n"]))
    assert [page.height for page in pages] == [50_000, 50_000, 20_000]
    assert pages[2]["_row"].to_list() == list(range(100_001, 120_001)) == pages[2]["n"].cast(pl.Int64).to_list()


def test_any_other_database_is_not_written_to(small_file: Path) -> None:
    with pytest.raises(RefusedDelivery):
        rows_of("WITH a AS (SELECT 1) DELETE FROM t WHERE n = 1", "n")
    with closing(sqlite3.connect(small_file)) as made:
        assert made.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'none.db'}")
    assert "does not let us in" in refusal().what
    assert not (tmp_path / "none.db").exists()


def test_a_query_that_does_not_fit_is_refused_by_any_other_database(small_file: Path) -> None:
    assert "refuses the query" in refusal("SELECT hemmelig FROM t").what
    assert "same name" in refusal("SELECT n, n FROM t").what


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), (True, "true"), (False, "false"), (Decimal("1E+3"), "1000"), (Decimal("-0.50"), "-0.50"),
     (278.0, "278"), (0.1, "0.1"), (date(2025, 1, 8), "2025-01-08"), (b"\xde", "\\xde"), ("", ""),
     (datetime(2025, 1, 7, 23, tzinfo=UTC), "2025-01-08 00:00:00+01:00"), (7, "7")],
)  # fmt: skip
def test_values_of_drivers_are_written_as_postgresql_writes_them(value: object, text: str | None) -> None:
    assert other_database._text(value) == text
