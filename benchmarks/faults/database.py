"""A PostgreSQL database that goes away while it is read: dropped, its server killed, or the connection ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi

from benchmarks.faults.of_the_tests import Server, running_server
from benchmarks.faults.outcomes import NEW, OLD, QUICKLY, Outcome, between, seen, unlike
from benchmarks.faults.processes import Done, ended, roedtraad, started, succeeded

GONE = "the database goes away in the middle of a read"
VARIABLE, LOCK, PATIENCE = "ROEDTRAAD_FAULTY_DATABASE", 7, 120
REFUSED = 3
TABLES = (
    "CREATE TABLE barn (barn text, mor text, foedt date, koen text)",
    "INSERT INTO barn VALUES ('680125-4001', '6101902222', '2025-01-08', 'pige')",
    "CREATE TABLE udgift (id text, barn text, ydelse text, betaler text, fra date, til date, beloeb numeric(12,2))",
    "INSERT INTO udgift SELECT rpad(n::text, 300), '6801254001', 'hospital', 'region', '2025-01-08', '2025-01-09', n"
    " FROM generate_series(1, 50000) n",
)
SOURCE = """[source]
name = "test"
demo = true
secret_file = "secret"
[[delivery]]
table = "children"
form = "database"
connection_variable = "{variable}"
query = "SELECT * FROM barn"
columns = {{ child_id = "barn", mother_id = "mor", birth_date = "foedt", sex = "koen" }}
codes = {{ sex = {{ pige = "female", dreng = "male" }} }}
[[delivery]]
table = "costs"
form = "database"
connection_variable = "{variable}"
query = '''{costs}'''
[delivery.columns]
cost_id = "id"
child_id = "barn"
service = "ydelse"
payer = "betaler"
start_date = "fra"
end_date = "til"
amount_dkk = "beloeb"
"""
COSTS = "SELECT * FROM udgift{where}"
HELD = f" WHERE CASE WHEN beloeb = 40000 THEN (SELECT 1 FROM pg_advisory_lock_shared({LOCK})) = 1 ELSE true END"  # noqa: S608


def lost_databases(_: object = None) -> Iterator[Outcome]:
    """Each way once, with a server and a database of its own."""
    for what, ending in ENDINGS.items():
        yield lost(what, ending)


def lost(what: str, ending: Callable[[Server, int], None]) -> Outcome:
    """An ingest from the database, then one whose reading is interrupted, then one from a server that is there."""
    outcome = Outcome(GONE, what, "at row 40,000 of 50,000")
    with TemporaryDirectory(prefix="roedtraad-fault-") as place, running_server() as server:
        folder, store = Path(place), Path(place) / "store"
        address = made_in(server)
        whole, half = declared(folder, "whole", ""), declared(folder, "half", HELD)
        own = {VARIABLE: address}
        succeeded(_ingest(whole, store), own)
        before = seen(store)
        refused = interrupted(_ingest(half, store), server, own, ending)
        found = seen(store)
        if refused.code != REFUSED or not refused.told_plainly:
            outcome.wrong.append(f"exit code {refused.code}: {refused.said[-400:]}")
        outcome.version = OLD if found["pieces"] == before["pieces"] else NEW
        outcome.wrong += between(found, before, before)
        outcome.wrong += _from_another(store, whole, half)
    return outcome


def _from_another(store: Path, whole: Path, half: Path) -> list[str]:
    """The next ingest, from a new server, is that of a store that nobody disturbed."""
    with running_server() as server:
        own = {VARIABLE: made_in(server)}
        undisturbed = store.with_name("undisturbed")
        for source in (whole, half):
            succeeded(_ingest(source, undisturbed), own)
        succeeded(_ingest(half, store), own)
    return unlike(seen(store, QUICKLY), seen(undisturbed, QUICKLY))


def _ingest(source: Path, store: Path) -> list[str]:
    return roedtraad("ingest", "-q", "--source", source, "--store", store)


def interrupted(command: list[str], server: Server, own: dict[str, str], ending: Callable[[Server, int], None]) -> Done:
    with _row_held_back(server):
        since = time.monotonic()
        process = started(command, own)
        ending(server, _process_that_waits(server))
        return ended(process, since)


@contextmanager
def _row_held_back(server: Server) -> Iterator[None]:
    """Whoever asks for the shared lock waits, until the one who holds it is gone."""
    holder = dbapi.connect(_at(server, "archive", "postgres"))
    try:
        with holder.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM pg_advisory_lock({LOCK})")  # noqa: S608
            yield
    finally:
        with suppress(Error):
            holder.close()


def _process_that_waits(server: Server) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        waiting = server.answer("SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory'")
        if waiting:
            return int(str(waiting[0][0]))
        time.sleep(0.01)
    raise TimeoutError


def made_in(server: Server) -> str:
    """A database of its own beside that of the server, so that it can be dropped."""
    server.run("CREATE DATABASE archive")
    with dbapi.connect(_at(server, "archive", "postgres"), autocommit=True) as opened, opened.cursor() as cursor:
        for statement in (*TABLES, "GRANT ALL ON ALL TABLES IN SCHEMA public TO reader"):
            cursor.execute(statement)
    return _at(server, "archive", "reader")


def _at(server: Server, database: str, user: str) -> str:
    return f"{str(server.address(user)).rpartition('/')[0]}/{database}"


def declared(folder: Path, name: str, where: str) -> Path:
    """A source in that database; `where`: which rows of the costs."""
    (folder / "secret").write_text("the same for both")
    (folder / "secret").chmod(0o600)
    file = folder / f"{name}.toml"
    file.write_text(SOURCE.format(variable=VARIABLE, costs=COSTS.format(where=where)))
    return file


ENDINGS: dict[str, Callable[[Server, int], None]] = {
    "the database is dropped": lambda server, _: server.run("DROP DATABASE archive WITH (FORCE)"),
    "the server is killed": lambda _, process: os.kill(process, signal.SIGKILL),
    "the connection is ended": lambda server, process: server.run(f"SELECT pg_terminate_backend({process})"),
}
