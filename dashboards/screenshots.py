"""Pictures of every page in a real browser: wide and narrow, light and dark, Danish and English."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dashboards import page_list
from dashboards.language import LANGUAGES
from dashboards.scope import Role
from dashboards.serving import served
from pipelines.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_VARIABLE = "ROEDTRAAD_CHROMIUM"
BROWSER_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
QUIET_BROWSER = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--in-process-gpu",
    "--no-zygote",
    "--disable-software-rasterizer",
    "--process-per-site",
    "--js-flags=--no-opt",
)
"""A browser that speaks to nobody but the page; without a sandbox, for it runs as root in containers. Pages are looked
at for seconds: one process reads the scripts for all of them, and nothing is optimised for a long life."""

WIDTHS = {"wide": 1280, "narrow": 400}
WINDOW_HEIGHT = 900
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WHERE: dict[Role, str] = {
    "leader": "role=leader&municipality=0751",
    "steward": "role=steward&municipality=0479",
    "national": "role=national",
    "operator": "role=operator",
}
OTHERS = {
    "overview-small": "overview?role=leader&municipality=0479",
    "municipality-small": "municipality?role=leader&municipality=0479",
    "follow-up-small": "follow_up?role=leader&municipality=0479",
    "moves-small": "moves?role=leader&municipality=0479",
    "compare-all": "compare?role=national&view=all",
    "compare-one": "compare?role=national&view=one&municipality=0751",
    "closed-door": "worklist?role=leader&municipality=0751",
    "child-none": "child?role=steward&municipality=0479",
}
"""A municipality whose figures are mostly hidden, other views of a page, a page of another role, nothing chosen yet."""

VIEWS = {
    f"{page.name}-{role}".replace("_", "-"): f"{page.name}?{where}"
    for role, where in WHERE.items()
    for page in page_list.of_role(role)
} | OTHERS
"""Name of the picture, and address: every page of every role."""

REACHED = {"child-steward": ("worklist", ".st-key-open-0 button")}
"""Views that no address leads to, for a child stands in none: the page before, and what is clicked there."""

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
PATIENCE = 120_000
"""Milliseconds for one page, on a machine that has other things to do."""

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
                page = reader.new_page()
                _open(page, address, view, language)
                _take(page, files[-1], pixels)
            reader.close()
    return files


def _open(page: Page, address: str, view: str, language: str) -> None:
    before, click = REACHED.get(view, ("", ""))
    name, _, choices = VIEWS[view].partition("?")
    page.goto(f"{address}/{before or name}?{choices}&lang={language}")
    wait_until_done(page)
    if click:
        page.locator(click).first.click()
        page.wait_for_url(f"**/{name}?*")
        wait_until_done(page)


def _take(page: Page, file: Path, width: int) -> None:
    """The whole page, however long: the window grows to it, for the page scrolls inside its frame."""
    page.set_viewport_size({"width": width, "height": max(WINDOW_HEIGHT, int(page.evaluate(HEIGHT)))})
    wait_until_done(page)
    page.screenshot(path=file, animations="disabled")
    page.close()


def wait_until_done(page: Page) -> None:
    """Return when the script has run, every chart is drawn to its width, and the fonts are there."""
    page.wait_for_function(IS_DONE, timeout=PATIENCE)


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
