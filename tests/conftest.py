"""What tests of several files need: a Chromium, and a country to attack; one for each file that asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
