"""Queries to a real PostgreSQL: every type as text, page by page, read only, and refusals that give nothing away."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from asked_databases import TABLES, VARIABLE, from_database, refusal, rows_of
from postgres import PASSWORD, Server, running_server

from pipelines.errors import RefusedDelivery
from pipelines.sources.forms import database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        running.run(*TABLES)
        yield running


@pytest.fixture
def asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server whose connection string is in the environment."""
    monkeypatch.setenv(VARIABLE, server.address())
    return server


@pytest.mark.parametrize(
    ("expression", "text"),
    [("interval '1 day 2 hours'", "1 day 02:00:00"), ("date 'infinity'", "infinity"), ("2.50::numeric(9,2)", "2.50"),
     ("true", "true"), ("'\\xdead'::bytea", "\\xdead"), ("NULL::int", None), ("ARRAY[1, 2]", "{1,2}"),
     ("'æøå'::text", "æøå"), ("date '2025-01-08'", "2025-01-08"), ("timestamp '2025-01-08'", "2025-01-08"),
     ("timestamp '2025-01-08 13:05'", "2025-01-08 13:05:00"), ("278::float8", "278"), ("point(1, 2)", "(1,2)"),
     ("timestamptz '2025-01-07 23:00+00'", "2025-01-08"), ("'{\"a\": 1}'::jsonb", '{"a": 1}')],
)  # fmt: skip
def test_every_type_comes_as_the_text_that_the_database_writes(asked: Server, expression: str, text: str) -> None:
    """Also types that Arrow cannot carry (intervals end a process, `infinity` becomes another date)."""
    assert rows_of(f"SELECT {expression} AS value")["value"].to_list() == [text]


def test_rows_come_in_several_pages_in_the_order_of_the_query(asked: Server) -> None:
    form = from_database(
        "SELECT n, repeat('x', 400) AS filling FROM generate_series(50000, 1, -1) AS n ORDER BY n DESC"
    )
    pages = list(database.batches(form, ["n", "filling"]))
    rows = pl.concat(pages)
    assert len(pages) > 3
    assert rows["_row"].to_list() == list(range(1, 50_001))
    assert rows["n"].cast(pl.Int64).to_list() == list(range(50_000, 0, -1))


def test_only_the_columns_that_are_mapped_are_read(asked: Server) -> None:
    rows = rows_of(
        'SELECT 1 AS "Født", 1 / (SELECT 0) AS broken, 2 AS "with ""quotes"" in"', "Født", 'with "quotes" in'
    )
    assert rows.drop("_row").rows() == [("1", "2")]


def test_a_query_without_rows_is_an_empty_delivery(asked: Server) -> None:
    assert rows_of("SELECT 1 AS n WHERE false").schema == {"_row": pl.Int64(), "n": pl.String()}


@pytest.mark.parametrize(
    "query", ["SELECT 1 AS n;", "select 1 as n -- why; not", "WITH one AS (SELECT 1 AS n) /* ; */ SELECT n FROM one ; "]
)
def test_a_closing_semicolon_and_comments_do_no_harm(asked: Server, query: str) -> None:
    assert rows_of(query)["n"].to_list() == ["1"]


def test_a_semicolon_inside_text_is_no_end(asked: Server) -> None:
    query = "SELECT ';' || $$ ; $$ || $tag$--$tag$ AS n, '--' AS \"a;b\""
    assert rows_of(query).drop("_row").rows() == [("; ; --", "--")]


@pytest.mark.parametrize(
    "query",
    ["SELECT 1 AS n; DELETE FROM barn", "DELETE FROM barn", "COPY barn TO STDOUT", "", "-- nothing", "selection"],
)
def test_only_a_single_select_is_asked(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://127.0.0.1:1/nowhere")
    with pytest.raises(RefusedDelivery, match="not a single SELECT"):
        rows_of(query)


@pytest.mark.parametrize(
    "query",
    ["SELECT husk(n) AS n FROM generate_series(1, 3) n",
     "WITH put AS (INSERT INTO husket VALUES (1) RETURNING n) SELECT n FROM put",
     "SELECT 1 AS n) AS delivered; INSERT INTO husket VALUES (2); SELECT * FROM (SELECT 1 AS n"],
)  # fmt: skip
def test_nothing_that_a_query_does_is_written(asked: Server, query: str) -> None:
    with pytest.raises(RefusedDelivery):
        rows_of(query, "n")
    assert asked.answer("SELECT count(*) FROM husket") == [(0,)]


def test_a_query_cannot_give_itself_the_right_to_write(asked: Server) -> None:
    with pytest.raises(RefusedDelivery):
        rows_of("SELECT husk(1) AS n FROM set_config('transaction_read_only', 'off', true)", "n")
    assert asked.answer("SELECT count(*) FROM husket") == [(0,)]


def test_a_password_in_the_variable_opens_the_door(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, server.address("guarded", PASSWORD))
    assert rows_of("SELECT current_user AS n")["n"].to_list() == ["guarded"]


@pytest.mark.parametrize(
    ("user", "password", "database_name"),
    [("guarded", "wrong-password", "postgres"), ("stranger", "", "postgres"), ("reader", "", "elsewhere")],
)
def test_a_closed_door_is_told_without_key_or_address(
    server: Server, monkeypatch: pytest.MonkeyPatch, user: str, password: str, database_name: str
) -> None:
    monkeypatch.setenv(VARIABLE, server.address(user, password).replace("/postgres", f"/{database_name}"))
    told = refusal()
    assert told.what == "The database does not let us in"
    assert VARIABLE in told.where
    assert told.__cause__ is None
    assert not any(word and word in str(told) for word in (user, password, str(server.port), database_name))


@pytest.mark.parametrize(
    ("address", "told"),
    [("postgresql://secret-word@no-such-host.invalid/x", "does not let us in"),
     ("postgresql://secret-word@127.0.0.1:1/x", "does not let us in"),
     ("postgresql://secret-word@127.0.0.1:none/x", "does not let us in"),
     ("mssql+pyodbc://secret-word@host/x", "no driver"), ("secretsql://host/x", "no driver"),
     ("secret-word", "no driver"), ("", "is not there")],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch, address: str, told: str) -> None:
    monkeypatch.setenv(VARIABLE, address)
    refused = refusal()
    assert told in refused.what
    assert refused.to_do
    assert "secret" not in str(refused)


def test_a_variable_that_is_not_set_is_named() -> None:
    assert VARIABLE in refusal().where


@pytest.mark.parametrize(
    ("query", "code"),
    [("SELECT hemmelig FROM ingen_tabel", "42P01"), ("SELECT hemmelig FROM barn", "42703"),
     ("SELECT hemmelig( FROM barn", "42601"), ("SELECT rolpassword FROM pg_authid", "42501")],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_told_by_its_code(asked: Server, query: str, code: str) -> None:
    told = refusal(query)
    assert told.what == f"The database refuses the query (SQLSTATE {code})"
    assert "hemmelig" not in str(told)


def test_two_columns_of_one_name_are_refused(asked: Server) -> None:
    assert "same name" in refusal("SELECT 1 AS n, 2 AS n").what


def test_a_row_that_breaks_the_query_refuses_it_without_its_value(asked: Server) -> None:
    number = "CASE WHEN n = 40000 THEN concat('680125', '-', n)::int END"
    told = refusal(f"SELECT repeat('x', 400) AS filling, {number} AS n FROM generate_series(1, 50000) n")  # noqa: S608
    assert "cannot be read to their end" in told.what
    assert "680125" not in str(told)
