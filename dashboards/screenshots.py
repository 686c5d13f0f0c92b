"""Pictures of every page in a real browser: wide and narrow, light and dark, Danish and English."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from dashboards.language import LANGUAGES
from dashboards.opening import STORE_VARIABLE
from pipelines.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

APP = Path(__file__).parent.parent / "app.py"
BROWSER_VARIABLE = "ROEDTRAAD_CHROMIUM"
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET_BROWSER = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""A browser that speaks to nobody but the page; without a sandbox, for it runs as root in containers."""

WIDTHS = {"wide": 1280, "narrow": 400}
WINDOW_HEIGHT = 900
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWS = {
    "overview": "?role=national",
    "overview-leader": "?role=leader&municipality=0751",
    "overview-small": "?role=leader&municipality=0479",
    "municipality": "municipality?role=leader&municipality=0751",
    "municipality-small": "municipality?role=leader&municipality=0479",
    "definitions": "definitions?role=national",
    "worklist": "worklist?role=steward&municipality=0479",
    "quality": "quality?role=steward&municipality=0479",
    "quality-national": "quality?role=national",
    "quality-checks": "quality_checks?role=steward&municipality=0479",
    "quality-check": "quality_check?role=steward&municipality=0479",
    "quality-findings": "quality_findings?role=steward&municipality=0479",
    "quality-quarantine": "quality_quarantine?role=steward&municipality=0479",
}
"""Name of the picture, and address: a large municipality, and one whose figures are mostly hidden."""

IS_DONE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && document.querySelector('.rt-head') && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && charts.every(chart => {
      const drawn = chart.querySelector('.main-svg');
      return drawn && Math.abs(drawn.clientWidth - chart.clientWidth) < 2;
    })
    && document.fonts.status === 'loaded';
}"""
HEIGHT = "document.querySelector('[data-testid=\"stMain\"]').scrollHeight"


def make_screenshots(store: Path, out: Path) -> list[Path]:
    """PNG files `<page>-<width>-<scheme>-<language>.png` in `out`. UserError without Playwright or a Chromium."""
    out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    with served(store) as address, browser() as opened:
        for (width, pixels), scheme in product(WIDTHS.items(), SCHEMES):
            reader = opened.new_context(
                color_scheme=scheme, viewport={"width": pixels, "height": WINDOW_HEIGHT}, locale="da-DK"
            )
            for view, language in product(VIEWS, LANGUAGES):
                files.append(out / f"{view}-{width}-{scheme}-{language}.png")
                _take(reader.new_page(), f"{address}/{VIEWS[view]}&lang={language}", files[-1], pixels)
            reader.close()
    return files


def _take(page: Page, address: str, file: Path, width: int) -> None:
    """The whole page, however long: the window grows to it, for the page scrolls inside its frame."""
    page.goto(address)
    wait_until_done(page)
    page.set_viewport_size({"width": width, "height": max(WINDOW_HEIGHT, int(page.evaluate(HEIGHT)))})
    wait_until_done(page)
    page.screenshot(path=file, animations="disabled")
    page.close()


def wait_until_done(page: Page) -> None:
    """Return when the script has run, every chart is drawn to its width, and the fonts are there."""
    page.wait_for_function(IS_DONE)


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The pages of a store on a free port of this machine, as an address; the server ends with the block."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.headless=true", f"--server.port={port}"]
    environment = os.environ | {STORE_VARIABLE: str(store.resolve())}
    server = subprocess.Popen(
        command, cwd=APP.parent, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait_until_listening(server)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout is not None:
            server.stdout.close()


def _wait_until_listening(server: subprocess.Popen[str]) -> None:
    """Streamlit says its address when it listens; what it says later is read away, so that it never waits for us."""
    said: list[str] = []
    for line in server.stdout or ():
        said.append(line)
        if "URL:" in line:
            threading.Thread(target=_read_away, args=(server.stdout,), daemon=True).start()
            return
    raise UserError("The pages could not be started", where="".join(said[-5:]).strip())


def _read_away(lines: IO[str]) -> None:
    try:
        for _ in lines:
            pass
    except ValueError:
        return  # closed under our hands: the server has ended


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as fault:
        raise UserError("Pictures need Playwright", to_do="Install the extra `test`, as `make setup` does.") from fault
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_chromium(), args=list(QUIET_BROWSER))
        try:
            yield opened
        finally:
            opened.close()


def _chromium() -> str:
    named = os.environ.get(BROWSER_VARIABLE)
    found = named or next((path for path in map(shutil.which, BROWSER_NAMES) if path), None)
    if found is None:
        raise UserError("No Chromium was found", to_do=f"Install one, or name its program in {BROWSER_VARIABLE}.")
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
    return port
