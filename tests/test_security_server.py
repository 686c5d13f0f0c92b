"""What comes over the network and what is asked of a database: sizes, origins, addresses, and one question only."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import streamlit as st

from dashboards.address import chosen
from dashboards.coordination.file_sections import MEGABYTES
from pipelines.errors import RefusedDelivery, UserError
from pipelines.requests.forms.guard import LARGEST_FILE
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declarations import Form
from pipelines.sources.forms.question import single_select

ROOT = Path(__file__).parent.parent
SERVER = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))


def test_the_server_is_shut_where_streamlit_could_be_opened() -> None:
    server = SERVER["server"]
    asked = {
        "address": "localhost",
        "enableXsrfProtection": True,
        "enableCORS": True,
        "enableStaticServing": False,
        "enableAgentApi": False,
        "trustedUserHeaders": {},
    }
    assert {name: server.get(name) for name in asked} == asked
    assert (SERVER["client"]["showErrorDetails"], SERVER["browser"]["gatherUsageStats"]) == ("type", False)


def test_nothing_larger_than_a_form_is_taken_in() -> None:
    assert SERVER["server"]["maxUploadSize"] <= 5
    assert LARGEST_FILE <= MEGABYTES * 1_000_000 <= SERVER["server"]["maxUploadSize"] * 1_048_576


@pytest.mark.parametrize(
    "asked", ["x" * 60_000, "<script>alert(1)</script>", "../../etc", "0479&role=operator", "\x00"]
)
def test_an_address_chooses_only_among_what_the_page_offers(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", {"period": asked})
    assert chosen("period", ("year", "quarter"), "year") == "year"


DATABASE = """[source]
name = "x"
[[delivery]]
table = "residences"
form = "database"
query = "SELECT 1"
connection = '{}'
[delivery.columns]
child_id = "a"
municipality_code = "b"
from_date = "c"
to_date = "d"
"""


@pytest.mark.parametrize(
    "connection",
    [
        "postgresql://reader:hemmeligt@host/db",
        "postgresql://reader@host/db?password=hemmeligt",
        "postgresql://reader@host/db?%70assword=hemmeligt",
        "host=db user=reader password=hemmeligt",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dreader%3BPWD%3Dhemmeligt",
        "mysql://reader@host/db?passwd=hemmeligt",
        "snowflake://reader@host/db?token=hemmeligt",
        "bigquery://host/db?private_key=hemmeligt",
        "postgresql://reader@host/db?sslpassword = hemmeligt",
    ],
)
def test_no_password_stands_in_a_source_and_none_is_repeated(tmp_path: Path, connection: str) -> None:
    (tmp_path / "source.toml").write_text(DATABASE.format(connection))
    with pytest.raises(UserError, match="A password does not belong") as refused:
        read_configuration(tmp_path / "source.toml")
    assert "hemmeligt" not in str(refused.value)


def test_a_connection_without_a_password_is_taken(tmp_path: Path) -> None:
    (tmp_path / "source.toml").write_text(DATABASE.format("postgresql://reader@host/db?sslmode=verify-full"))
    assert read_configuration(tmp_path / "source.toml").mapped[0].form.connection


@pytest.mark.parametrize(
    "query",
    [
        r"SELECT E'\''; DELETE FROM barn; --'",
        r'SELECT "\"; DELETE FROM barn; --"',
        "SELECT `'`; DELETE FROM barn; -- '",
        "SELECT [']; DELETE FROM barn; --']",
        "SELECT 1 /* /* */ ; DELETE FROM barn */",
        "SELECT 1;;DELETE FROM barn",
        "EXPLAIN ANALYZE DELETE FROM barn",
        "CALL slet()",
        "SET ROLE ejer",
        "ATTACH 'x.db' AS x",
        "PRAGMA writable_schema=1",
    ],
)
def test_a_second_statement_is_refused_however_it_is_hidden(query: str) -> None:
    with pytest.raises(RefusedDelivery, match="not a single SELECT"):
        single_select(Form("database", query=query, connection_variable="X"))
