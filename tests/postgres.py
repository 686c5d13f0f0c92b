"""A PostgreSQL server of the tests' own: in a folder that goes away, on loopback, writing nothing safely to disk.

`reader` may read and comes in freely; `guarded` needs its password.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import machine
import pytest
from adbc_driver_manager import OperationalError
from adbc_driver_postgresql import dbapi

PASSWORD = "not-a-secret"  # noqa: S105 - of a server that lives for one test
WHO_MAY = """host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
ROLES = ("CREATE ROLE reader LOGIN", f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Server:
    port: int

    def address(self, user: str = "reader", password: str = "") -> str:
        """A connection string."""
        return f"postgresql://{user}{':' if password else ''}{password}@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> None:
        """Each statement as the owner of everything, committed."""
        with dbapi.connect(self.address("postgres"), autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def answer(self, query: str) -> list[tuple[object, ...]]:
        with dbapi.connect(self.address("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server; its processes and its folder are gone afterwards. Skips only outside CI, where there is none."""
    programs = machine.server()
    if programs is None:
        missing = pytest.fail if machine.in_ci() else pytest.skip
        missing("PostgreSQL is not on this machine")
    folder = Path(tempfile.mkdtemp(prefix="roedtraad-postgres-"))
    try:
        _make_cluster(programs, folder)
        with _started(programs, folder, _free_port()) as server:
            server.run(*ROLES)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(programs: Path, folder: Path) -> None:
    if _is_root():
        shutil.chown(folder, "postgres")
    data, settings = str(folder / "data"), ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [str(programs / "initdb"), "-D", data, *settings], check=True, capture_output=True, **_as_postgres(folder)
    )
    (folder / "data" / "pg_hba.conf").write_text(WHO_MAY)


@contextmanager
def _started(programs: Path, folder: Path, port: int) -> Iterator[Server]:
    """The server as a process of ours, ended by its own id."""
    settings = ["listen_addresses=127.0.0.1", "fsync=off", f"unix_socket_directories={folder}"]
    arguments = ["-D", str(folder / "data"), "-p", str(port), *(part for one in settings for part in ("-c", one))]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([str(programs / "postgres"), *arguments], **quiet, **_as_postgres(folder)) as process:
        try:
            _wait_for(port, process)
            yield Server(port)
        finally:
            process.send_signal(signal.SIGQUIT)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            dbapi.connect(Server(port).address("postgres")).close()
            return
        except OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _as_postgres(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    whose: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
    return {"cwd": folder, **whose}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
