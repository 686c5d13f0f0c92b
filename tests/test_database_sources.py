"""Whole sources from PostgreSQL: the same records as from the exports, also after the server was killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi
from asked_databases import TABLES, VARIABLE
from polars.testing import assert_frame_equal
from postgres import Server, running_server

from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store

pytestmark = pytest.mark.slow

SECRET = "the same for both twins"  # noqa: S105 - of test numbers
LOCK = 7
HELD_FOR_SECONDS = 60
EXPORTS = {
    "barn": """barn;mor;foedt;koen;dage;doed
680125-4001;6101902222;08-01-2025;pige;278;
6803251111;6101902222;08-03-2025;dreng;;09-03-2025
""",
    "udgift": """id;barn;ydelse;betaler;fra;til;beloeb
1;6801254001;hospital;region;08-01-2025;09-01-2025;1.234,50
2;6801254001;hospital;region;08-01-2025;09-01-2025;2469
3;6801254001;hospital;region;08-01-2025;09-01-2025;3703,5
4;6801254001;hospital;region;infinity;09-01-2025;NaN
""",
}
COLUMNS = {
    "barn": """table = "children"
[delivery.columns]
child_id = "barn"
mother_id = "mor"
birth_date = "foedt"
sex = "koen"
gestational_age_days = "dage"
death_date = "doed"
[delivery.codes.sex]
pige = "female"
dreng = "male"
""",
    "udgift": """table = "costs"
[delivery.columns]
cost_id = "id"
child_id = "barn"
service = "ydelse"
payer = "betaler"
start_date = "fra"
end_date = "til"
amount_dkk = "beloeb"
""",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server() as running:
        running.run(*TABLES)
        yield running


@pytest.fixture
def asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server whose connection string is in the environment."""
    monkeypatch.setenv(VARIABLE, server.address())
    return server


def in_the_database(name: str, query: str = "") -> str:
    asked = query or f"SELECT * FROM {name} ORDER BY 1"  # noqa: S608
    return f'form = "database"\nconnection_variable = "{VARIABLE}"\nquery = """{asked}"""\n{COLUMNS[name]}'


def as_export(name: str) -> str:
    return f'form = "delimited"\npath = "{name}.csv"\n{COLUMNS[name]}'


def declared(folder: Path, *deliveries: str) -> Source:
    folder.mkdir(exist_ok=True)
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    for name, text in EXPORTS.items():
        (folder / f"{name}.csv").write_text(text)
    head = '[source]\nname = "test"\ndemo = true\nsecret_file = "secret"\n'
    (folder / "source.toml").write_text(head + "".join(f"[[delivery]]\n{one}" for one in deliveries))
    return Source(declared=folder / "source.toml")


def ingested(store: Path, source: Source) -> Snapshot:
    return ingest_into(Store(store), source, Reference.load(), Progress()).snapshot


def test_a_database_gives_the_same_records_as_its_export(tmp_path: Path, asked: Server) -> None:
    told = ingested(tmp_path / "s1", declared(tmp_path / "d1", *map(in_the_database, COLUMNS)))
    exported = ingested(tmp_path / "s2", declared(tmp_path / "d2", *map(as_export, COLUMNS)))
    assert told.table("costs").collect()["amount_dkk"].sort().to_list() == [1234.5, 2469.0, 3703.5]
    for name, key in (("children", "child_id"), ("costs", "cost_id")):
        both = [snapshot.table(name).collect().sort(key) for snapshot in (told, exported)]
        assert_frame_equal(*both)
    faults = [
        snapshot.table("quarantine").select("table", "row_number", "rule", "column").collect()
        for snapshot in (told, exported)
    ]
    assert_frame_equal(*faults)
    assert faults[0].rows() == [("costs", 4, "type", "start_date")]


@contextmanager
def row_held_back(server: Server) -> Iterator[None]:
    """Whoever asks for the shared lock waits, until the one who holds it is gone."""
    holder = dbapi.connect(server.address("postgres"))
    try:
        with holder.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM pg_advisory_lock({LOCK})")  # noqa: S608
            yield
    finally:
        with suppress(Error):
            holder.close()


def process_that_waits(server: Server) -> int:
    """The server's process that stands in the middle of our query."""
    until = time.monotonic() + HELD_FOR_SECONDS
    while time.monotonic() < until:
        waiting = server.answer("SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory'")
        if waiting:
            return int(str(waiting[0][0]))
    raise TimeoutError


HELD_AT_40_000 = f"""
SELECT rpad(n::text, 300) AS id, barn, ydelse, betaler, fra, til, beloeb FROM generate_series(1, 50000) n, udgift u
WHERE u.id = 1 AND CASE WHEN n = 40000 THEN (SELECT 1 FROM pg_advisory_lock_shared({LOCK})) = 1 ELSE true END
"""  # noqa: S608


def test_a_server_killed_in_the_middle_of_a_read_leaves_the_last_good_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_server() as server, ThreadPoolExecutor(1) as elsewhere:
        server.run(*TABLES)
        monkeypatch.setenv(VARIABLE, server.address())
        good = ingested(tmp_path / "s", declared(tmp_path / "d", *map(in_the_database, COLUMNS)))
        before = good.table("costs").collect()
        half = declared(tmp_path / "d", in_the_database("barn"), in_the_database("udgift", HELD_AT_40_000))
        with row_held_back(server):
            reading = elsewhere.submit(ingested, tmp_path / "s", half)
            os.kill(process_that_waits(server), signal.SIGKILL)
            fault = reading.exception(HELD_FOR_SECONDS)
    assert isinstance(fault, RefusedDelivery)
    assert "cannot be read to their end" in fault.what
    last = Store(tmp_path / "s").last("run", "ingest")
    assert last is not None
    assert last.run == good.run
    assert_frame_equal(last.table("costs").collect(), before)
