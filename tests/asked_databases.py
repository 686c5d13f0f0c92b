"""Questions to a database whose connection string is in the environment, and a small municipality to ask about."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.errors import RefusedDelivery
from pipelines.sources.declarations import Form
from pipelines.sources.forms import database

VARIABLE = "ROEDTRAAD_TEST_DATABASE"
TABLES = (
    "CREATE TABLE barn (barn text, mor text, foedt date, koen text, dage numeric(4,0), doed timestamp)",
    "INSERT INTO barn VALUES ('680125-4001', '6101902222', '2025-01-08', 'pige', 278, NULL),"
    " ('6803251111', '6101902222', '2025-03-08', 'dreng', NULL, '2025-03-09')",
    "CREATE TABLE udgift (id int, barn text, ydelse text, betaler text, fra date, til date, beloeb numeric(12,2))",
    "INSERT INTO udgift SELECT n, '6801254001', 'hospital', 'region', '2025-01-08', '2025-01-09', 1234.50 * n"
    " FROM generate_series(1, 3) n",
    "INSERT INTO udgift VALUES (4, '6801254001', 'hospital', 'region', 'infinity', '2025-01-09', 'NaN')",
    "CREATE TABLE husket (n int)",
    "CREATE FUNCTION husk(n int) RETURNS int LANGUAGE plpgsql AS"
    " $$ BEGIN INSERT INTO husket VALUES (n); RETURN n; END $$",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO reader",
)


def from_database(query: str) -> Form:
    return Form("database", query=query, connection_variable=VARIABLE)


def rows_of(query: str, *columns: str) -> pl.DataFrame:
    form = from_database(query)
    return pl.concat(list(database.batches(form, columns or database.heading(form))))


def refusal(query: str = "SELECT 1 AS n") -> RefusedDelivery:
    with pytest.raises(RefusedDelivery) as refused:
        rows_of(query)
    return refused.value
