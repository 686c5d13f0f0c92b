"""A machine without a way out: the server may connect to loopback alone, so may the browser, and every page works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Route
from quality_store import add_checks

from dashboards import page_list
from dashboards.charts.template import CONFIG
from dashboards.page_list import Page
from dashboards.scope import ROLES, Role
from dashboards.screenshots import wait_until_done
from dashboards.serving import served
from pipelines.store import Store

pytestmark = pytest.mark.browser
HERE = {"localhost", "127.0.0.1", "::1", "", None}
ASKED = "ASKED_OF_OTHERS"
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
"""Python runs `sitecustomize` before anything else: what is asked of another machine is written down and refused."""


@pytest.fixture(scope="module")
def asked_by_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked") / "hosts"


@pytest.fixture(scope="module")
def address(published_country: Path, tmp_path_factory: pytest.TempPathFactory, asked_by_server: Path) -> Iterator[str]:
    add_checks(published_country, str(Store(published_country).snapshot().run["run_id"]))
    wall = tmp_path_factory.mktemp("wall")
    (wall / "sitecustomize.py").write_text(WALL, "utf-8")
    with served(published_country, environment={"PYTHONPATH": str(wall), ASKED: str(asked_by_server)}) as served_at:
        yield served_at


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def reader(chromium: Browser, asked: list[str]) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="da-DK")

    def guard(route: Route) -> None:
        if urlparse(route.request.url).hostname in HERE:
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    yield context
    context.close()


def place_of(role: Role, page: Page) -> str:
    at = "" if page_list.FIRST[role] == page.name else page.name
    return f"{at}?role={role}" + ("&municipality=0479" if role in ("leader", "steward") else "")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_works_and_asks_nothing_of_another_machine(
    role: Role, reader: BrowserContext, asked: list[str], address: str, asked_by_server: Path
) -> None:
    shown = reader.new_page()
    for page in page_list.of_role(role):
        shown.goto(f"{address}/{place_of(role, page)}")
        wait_until_done(shown)
        assert shown.locator(".rt-head h1").inner_text()
        assert shown.locator("[data-testid=stException]").count() == 0
        assert shown.locator(".modebar-btn, [data-title*=Share]").count() == 0
    assert asked == []
    assert not asked_by_server.exists()


def test_a_server_that_asked_would_be_caught(address: str, asked_by_server: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "sitecustomize.py").write_text(WALL, "utf-8")
    told = tmp_path / "hosts"
    ask = "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env=os.environ | {"PYTHONPATH": str(tmp_path), ASKED: str(told)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nothing leaves this machine" in done.stderr
    assert told.read_text("utf-8").splitlines() == ["example.org"]


def test_charts_have_no_button_that_uploads_them() -> None:
    assert CONFIG["displayModeBar"] is False
