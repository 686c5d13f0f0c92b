"""What tests of several files need: a Chromium, a country to attack, and one to walk through; one for each file that
asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from signed_in import Served
    from walks import Comes


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Without one the tests are skipped and say so; in CI they fail, for there none is left out."""
    from dashboards.screenshots import browser

    try:
        with browser() as opened:
            yield opened
    except UserError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country in `store` whose municipalities can be recognised by their figures and rows."""
    from planted_store import planted_store

    made = tmp_path_factory.mktemp("country")
    planted_store(made)
    return made


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A country whose Svendborg loses most at moves, on its first night."""
    from walked_country import first_night

    return first_night(tmp_path_factory.mktemp("walked"))


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
