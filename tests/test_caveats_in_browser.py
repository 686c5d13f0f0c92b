"""Caveats in a real Chromium: the line at the top leads to the collected words, and nothing is wider than the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from checked_figures import GRAVE, OF_FOLLOW_UP, checked
from playwright.sync_api import Page
from published_frames import SVENDBORG
from quality_store import quality_run

from dashboards.language import Words
from dashboards.screenshots import served, wait_until_done

pytestmark = pytest.mark.browser
PAGES = {
    "overview": f"?role=leader&municipality={SVENDBORG}",
    "municipality": f"municipality?role=leader&municipality={SVENDBORG}",
    "worklist": f"worklist?role=steward&municipality={SVENDBORG}",
}
TOO_WIDE = """() => [...document.querySelectorAll('.rt-card, [class*="st-key-card-"]')]
  .filter(card => card.scrollWidth > card.clientWidth + 1).map(card => card.innerText.slice(0, 40))"""
DA = Words("da")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    run = quality_run(Path(tmp_path_factory.mktemp("caveats")) / "store")
    checked(run.folder, str(run.run["run_id"]), (GRAVE, None, "failed"), (OF_FOLLOW_UP, SVENDBORG, "failed"))
    with served(run.folder) as served_at:
        yield served_at


@pytest.mark.parametrize("page", PAGES)
def test_the_line_at_the_top_leads_to_the_collected_words(open_page: Callable[[str, int], Page], page: str) -> None:
    opened = open_page(PAGES[page], 1280)
    opened.get_by_role("link", name=DA("caveat.why")).click()
    opened.wait_for_function("document.querySelector('#caveats').getBoundingClientRect().top < innerHeight")
    assert opened.get_by_role("heading", name=DA("caveat.title")).is_visible()
    assert "role=" in opened.url


@pytest.mark.parametrize("page", PAGES)
def test_no_card_is_wider_than_its_frame(open_page: Callable[[str, int], Page], page: str) -> None:
    opened = open_page(PAGES[page], 1280)
    too_wide = {}
    for width in (1280, 760, 400):
        opened.set_viewport_size({"width": width, "height": 900})
        wait_until_done(opened)
        too_wide[width] = opened.evaluate(TOO_WIDE)
    assert too_wide == {1280: [], 760: [], 400: []}
