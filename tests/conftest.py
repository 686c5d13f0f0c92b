"""What tests of several files need: a Chromium and a reader in it, a country with figures, one to attack, and one to
walk through; each file that asks has its own country.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from signed_in import Served
    from walks import Comes


TAKES_LONG = {"chromium", "published_country", "planted", "walked"}
"""Fixtures that start a browser or make a whole country."""

IN_MEMORY, ROOM = Path("/dev/shm"), 12 * 2**30  # noqa: S108 - a folder of our own is made in it
TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
THREADS = "POLARS_MAX_THREADS"
WITH_BROWSER: set[Path] = set()
kept: ExitStack[None] = ExitStack()
open_browsers: list[Browser] = []
readers: list[BrowserContext] = []


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _work_in_memory(config)
    _give_polars_one_thread()


def _work_in_memory(config: pytest.Config) -> None:
    """Where there is room, folders of tests lie in memory: hundreds of small stores are written and thrown away."""
    if (
        config.option.basetemp
        or TEMPORARY in os.environ
        or not IN_MEMORY.is_dir()
        or os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC
    ):
        return
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text("ascii"))
    if available and min(int(available[1]) * 1024, shutil.disk_usage(IN_MEMORY).free) > ROOM:
        folder = tempfile.mkdtemp(prefix="roedtraad-tests-", dir=IN_MEMORY)
        config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))
        os.environ[TEMPORARY] = folder


def _give_polars_one_thread() -> None:
    """Polars asks once how many threads it may have: one for the small tables in here. The commands and servers that
    tests start have them all."""
    if THREADS not in os.environ:
        os.environ[THREADS] = "1"
        import polars as _  # noqa: F401

        del os.environ[THREADS]


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test with a browser or a server waits for them much of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser come first, then those with processes and stores, and files with few tests last of each, so
    that no worker ends long after the others."""
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        if TAKES_LONG & uses:
            item.add_marker(pytest.mark.slow)
        if "chromium" in uses:
            WITH_BROWSER.add(item.path)
    if "streamlit.testing.v1" in sys.modules:
        _read_packages_once()
    many = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in WITH_BROWSER, item.path not in slow, -many[item.path], item.path))


def pytest_collection_finish() -> None:
    """All tests and what they import stay to the end; Python need not look through them again and again."""
    gc.collect()
    gc.freeze()


def _read_packages_once() -> None:
    """Streamlit reads the descriptions of all installed packages for every page that a test opens."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Playwright's loop would be in the way of tests that have no browser."""
    if item.path not in WITH_BROWSER:
        _close_browser()


def pytest_sessionfinish() -> None:
    _close_browser()
    gc.unfreeze()  # at the end everything goes, or a library tells of what it takes for lost


def _close_browser() -> None:
    open_browsers.clear()
    readers.clear()
    kept.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Kept from file to file. Without one the tests are skipped and say so; in CI they fail: there none is left out."""
    from dashboards.screenshots import browser

    try:
        if not open_browsers or not open_browsers[0].is_connected():
            _close_browser()
            open_browsers.append(kept.enter_context(browser()))
    except UserError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    yield open_browsers[0]
    for context in open_browsers[0].contexts:
        if context not in readers:
            context.close()


@pytest.fixture(scope="module")
def reader(chromium: Browser, address: str) -> BrowserContext:
    """One reader for the tests of all files that need no other; what never changes is loaded and compiled once. Its
    first page, of which nobody takes notice, keeps the scripts in memory."""
    if not readers:
        readers.append(chromium.new_context(viewport={"width": 1280, "height": 900}, locale="da-DK"))
        readers[0].new_page().goto(f"{address}/_stcore/health")
    return readers[0]


@pytest.fixture
def tab(reader: BrowserContext) -> Iterator[Page]:
    """A page of the reader, empty, for one test."""
    page = reader.new_page()
    yield page
    page.close()


@pytest.fixture
def open_page(reader: BrowserContext, address: str) -> Iterator[Callable[..., Page]]:
    """A page of the server of the file, of a width, in a medium: `color_scheme` and the like. Closed after the test."""
    from dashboards.screenshots import wait_until_done

    opened = []

    def open_at(path: str = "", width: int = 1280, **medium: Any) -> Page:
        page = reader.new_page()
        opened.append(page)
        page.emulate_media(**{"color_scheme": "light", **medium})
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{path}")
        wait_until_done(page)
        return page

    yield open_at
    for page in opened:
        page.close()


@pytest.fixture(scope="module")
def published_country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a sample with every published table."""
    from made_once import copy_of
    from published_stores import published_store

    return copy_of("published", published_store, tmp_path_factory)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country in `store` whose municipalities can be recognised by their figures and rows."""
    from made_once import copy_of
    from planted_store import planted_store

    return copy_of("planted", planted_store, tmp_path_factory).parent


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country whose Svendborg loses most at moves, on its first night."""
    from made_once import copy_of
    from walked_country import first_night

    return copy_of("walked", first_night, tmp_path_factory)


@pytest.fixture(scope="module")
def walked_served(walked: Path) -> Iterator[Served]:
    """That country behind its sign-in."""
    from signed_in import country_signed_in

    with country_signed_in(walked) as served:
        yield served


@pytest.fixture
def comes(chromium: Browser, walked_served: Served, walked: Path, tmp_path: Path) -> Comes:
    """A browser in which nobody has signed in to that country."""
    from walked_country import pseudonyms
    from walks import somebody

    return partial(somebody, chromium, walked_served, tmp_path, pseudonyms(walked))
