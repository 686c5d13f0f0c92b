"""An S3 server of its own for tests, on loopback and in memory, in a process of its own: libraries that wait for it may
hold this one. Its environment is that of a command that is to use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest

SERVER = """
import logging, sys
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from functools import cache
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import ThreadedMotoServer
DomainDispatcherApplication.get_backend_for_host = cache(DomainDispatcherApplication.get_backend_for_host)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""
BUCKET = "land"
SECRET = "not-to-be-told"  # noqa: S105 - of nobody


@dataclass(frozen=True)
class Storage:
    """`address`: of the server."""

    address: str

    def ask(self, method: str, path: str, content: bytes | None = None) -> None:
        kind = {"Content-Type": "text/plain"}
        with urlopen(Request(self.address + path, data=content, method=method, headers=kind)):  # noqa: S310
            return

    @contextmanager
    def refusing_everybody(self) -> Iterator[None]:
        """The server looks at keys, and knows none."""
        self.ask("POST", "/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self.ask("POST", "/moto-api/reset-auth", b"inf")


@contextmanager
def storage() -> Iterator[Storage]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdin
        made = Storage(server.stdout.readline().strip())
        made.ask("PUT", f"/{BUCKET}")
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("AWS_ENDPOINT_URL", made.address)
            patched.setenv("AWS_ALLOW_HTTP", "true")
            patched.setenv("AWS_ACCESS_KEY_ID", "tester")
            patched.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
            patched.setenv("AWS_REGION", "us-east-1")
            yield made
        server.stdin.close()
