"""A wall around a server and a browser: nothing but loopback is reached, and what was asked of others is written down.

For a server, Python runs `sitecustomize` before anything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from playwright.sync_api import Browser, BrowserContext

HERE = {"localhost", "127.0.0.1", "::1", "", None}
ASKED = "ASKED_OF_OTHERS"
NOBODY_LISTENS = 9
"""The port of a proxy that is not there: Chromium goes around it for loopback alone."""

WALL = """
import os, socket

_connect, _connect_ex, _find = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
LOOPBACK = ("localhost", "127.", "::1")

def _refuse_unless_here(host):
    if isinstance(host, (str, bytes)):
        name = host.decode() if isinstance(host, bytes) else host
        if name and not name.startswith(LOOPBACK):
            with open(os.environ["ASKED_OF_OTHERS"], "a") as told:
                told.write(name + "\\n")
            raise ConnectionRefusedError("nothing leaves this machine")

def _guarded(inner):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_unless_here(address[0])
        return inner(self, address)
    return connect

def _found(host, *rest, **named):
    _refuse_unless_here(host)
    return _find(host, *rest, **named)

socket.socket.connect, socket.socket.connect_ex = _guarded(_connect), _guarded(_connect_ex)
socket.getaddrinfo = _found
"""


def around_a_server(place: Path, told: Path) -> dict[str, str]:
    """What a process has to find in its environment; `told` gets a line for each host that it asks for."""
    (place / "sitecustomize.py").write_text(WALL, "utf-8")
    return {"PYTHONPATH": str(place), ASKED: str(told)}


def walled(chromium: Browser, asked: list[str], **how: Any) -> BrowserContext:
    """A context that reaches loopback and nothing else; what it asks of another machine comes into `asked`."""
    context = chromium.new_context(
        proxy={"server": f"http://127.0.0.1:{NOBODY_LISTENS}", "bypass": "localhost,127.0.0.1"}, **how
    )
    context.on("request", lambda request: None if is_here(request.url) else asked.append(request.url))
    return context


def is_here(url: str) -> bool:
    """On this machine, or in the page itself."""
    return urlparse(url).hostname in HERE
