"""Servers on this machine, each ended with its block: the pages of a store, and others that they need."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dashboards.opening import STORE_VARIABLE
from pipelines.errors import UserError

APP = Path(__file__).parent.parent / "app.py"
SECONDS_TO_END = 10


@contextmanager
def served(
    store: Path, *, port: int | None = None, options: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The pages of a store on a port of this machine (a free one unless it is named), as an address."""
    at = port or free_port()
    command = [
        sys.executable,
        "-m",
        "dashboards.server",
        "run",
        str(APP),
        "--server.headless=true",
        f"--server.port={at}",
    ]
    variables = {STORE_VARIABLE: str(store.resolve()), **(environment or {})}
    with running([*command, *options], "URL:", variables):
        yield f"http://localhost:{at}"


@contextmanager
def running(command: Sequence[str], listens: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A server that says `listens` when it does. UserError with its last words when it ends before."""
    server = subprocess.Popen(
        command,
        cwd=APP.parent,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_listening(server, listens)
        yield server
    finally:
        _end(server)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_until_listening(server: subprocess.Popen[str], listens: str) -> None:
    """What the server says later is read away, so that it never waits for us."""
    said: list[str] = []
    for line in server.stdout or ():
        said.append(line)
        if listens in line:
            threading.Thread(target=_read_away, args=(server.stdout,), daemon=True).start()
            return
    raise UserError("The server could not be started", where="".join(said[-5:]).strip())


def _read_away(lines: IO[str]) -> None:
    try:
        for _ in lines:
            pass
    except ValueError:
        return  # closed under our hands: the server has ended


def _end(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout is not None:
        server.stdout.close()
