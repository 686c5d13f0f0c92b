"""From a row of the worklist to the child's thread and back, by keyboard, in a real Chromium; words never overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from child_tables import CHILD, source
from playwright.sync_api import Page
from published_frames import SVENDBORG, run_facts, written

from dashboards.language import Words
from dashboards.screenshots import served, wait_until_done

pytestmark = pytest.mark.browser
DA = Words("da")
BOXES = """selector => [...document.querySelectorAll(selector)].map(text => {
  const box = text.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = tmp_path_factory.mktemp("demo") / "store"
    written(store, "run", source().tables, run_facts())
    with served(store) as served_at:
        yield served_at


@pytest.fixture
def worklist(open_page: Callable[[str], Page]) -> Page:
    return open_page(f"?role=steward&municipality={SVENDBORG}&filter=move")


def open_the_child_by_keyboard(page: Page) -> None:
    row = page.locator(".st-key-open-0").get_by_role("button")
    page.locator(".st-key-pick-0 input").focus()
    page.keyboard.press("Tab")
    assert row.evaluate("button => button === document.activeElement")
    page.keyboard.press("Enter")
    page.locator(".rt-child").wait_for(state="attached")
    wait_until_done(page)


def test_a_row_opens_its_child_by_keyboard_and_the_way_back_keeps_the_filter(worklist: Page, tmp_path: Path) -> None:
    open_the_child_by_keyboard(worklist)
    assert "/child" in worklist.url
    assert CHILD[:4] not in worklist.url
    assert "7f3a·c21e" in worklist.locator(".rt-head p").inner_text()
    worklist.locator(".st-key-child-back").get_by_role("button").focus()
    worklist.keyboard.press("Enter")
    worklist.get_by_role("heading", name=DA("worklist.title")).wait_for()
    wait_until_done(worklist)
    assert "filter=move" in worklist.url
    assert worklist.locator(".rt-gap").count() == 1


@pytest.mark.parametrize("width", [1280, 1100])
def test_no_words_of_the_drawing_lie_over_each_other(worklist: Page, width: int) -> None:
    worklist.set_viewport_size({"width": width, "height": 900})
    open_the_child_by_keyboard(worklist)
    for line in ("what", "found"):
        boxes = worklist.evaluate(BOXES, f".rt-child-wide text.{line}")
        assert len(boxes) == 9
        for one, other in combinations(boxes, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart


def test_a_phone_shows_the_thread_as_a_list_that_is_no_wider_than_the_page(worklist: Page) -> None:
    worklist.set_viewport_size({"width": 400, "height": 900})
    open_the_child_by_keyboard(worklist)
    assert worklist.locator(".rt-child-narrow li").first.is_visible()
    assert worklist.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 400
    assert worklist.locator(".rt-child-wide").get_attribute("aria-label")
