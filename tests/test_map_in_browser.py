"""The map in a real Chromium, tiles and areas: reached, read and opened by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from published_frames import country, write_store
from test_boundaries import CODES, checkerboard, written

from dashboards.boundaries import VARIABLE
from dashboards.screenshots import served, wait_until_done

pytestmark = pytest.mark.browser
MEASURE = "screened"
ABOUT_THE_FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  return { label: at.getAttribute('aria-label'), region: at.parentElement.getAttribute('aria-label'),
           href: at.getAttribute('href'), x: box.x + box.width / 2, y: box.y + box.height / 2 };
}"""


@pytest.fixture(scope="module", params=["tiles", "areas"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Iterator[str]:
    folder = tmp_path_factory.mktemp(kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(written(folder, checkerboard(CODES))) if kind == "areas" else "")
        with served(write_store(folder / "store", country())) as served_at:
            yield served_at


@pytest.fixture(scope="module")
def page(reader: BrowserContext, address: str) -> Iterator[Page]:
    """One for all tests: none but the last goes anywhere else."""
    opened = reader.new_page()
    opened.goto(f"{address}/?role=national&measure={MEASURE}")
    wait_until_done(opened)
    yield opened
    opened.close()


def places(page: Page, kind: str) -> str:
    return {"tiles": ".rt-map a.rt-tile", "areas": ".rt-areas a.rt-area"}[kind]


def test_tab_goes_through_the_municipalities_region_by_region(page: Page, kind: str) -> None:
    selector = places(page, kind)
    assert page.locator(selector).count() == len(CODES)
    page.locator(selector).first.focus()
    met = []
    for _ in CODES:
        met.append(page.evaluate(ABOUT_THE_FOCUSED))
        page.keyboard.press("Tab")
    regions = [place["region"] for place in met]
    assert list(dict.fromkeys(regions)) == sorted(set(regions)), "a region is left once only"
    assert len(set(regions)) == 5
    assert len({place["label"] for place in met}) == len(CODES)


def test_every_place_says_its_name_and_its_figure_or_state(page: Page, kind: str) -> None:
    labels = page.locator(places(page, kind)).evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert all(re.match(r"^[^:]+: (\d+|over|under|Skjult|Ikke)", label) for label in labels)


def test_the_focused_place_is_seen(page: Page, kind: str) -> None:
    """A line of its own around a tile, a thicker one around an area."""
    look = {
        "tiles": "one => getComputedStyle(one).outlineWidth",
        "areas": "one => getComputedStyle(one.querySelector('path')).strokeWidth",
    }[kind]
    first = page.locator(places(page, kind)).first
    before = first.evaluate(look)
    page.locator(places(page, kind)).nth(1).focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(ABOUT_THE_FOCUSED)["label"] == first.get_attribute("aria-label")
    assert float(first.evaluate(look).removesuffix("px")) >= 2
    assert kind == "tiles" or first.evaluate(look) != before


@pytest.mark.parametrize(("key", "way"), [("ArrowDown", (0, 1)), ("ArrowRight", (1, 0))])
def test_an_arrow_goes_to_the_neighbour_on_that_side_and_its_opposite_leads_back(
    page: Page, kind: str, key: str, way: tuple[int, int]
) -> None:
    start = page.locator(
        f"{places(page, kind)}[aria-label^='Svendborg:'], {places(page, kind)}[aria-label^='Randers:']"
    )
    start.last.focus()
    before = page.evaluate(ABOUT_THE_FOCUSED)
    page.keyboard.press(key)
    after = page.evaluate(ABOUT_THE_FOCUSED)
    assert (after["x"] - before["x"]) * way[0] + (after["y"] - before["y"]) * way[1] > 0
    page.keyboard.press({"ArrowDown": "ArrowUp", "ArrowRight": "ArrowLeft"}[key])
    assert page.evaluate(ABOUT_THE_FOCUSED)["label"] == before["label"]


def test_the_map_keeps_its_size_on_a_telephone(page: Page, kind: str) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    widest = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollWidth")
    assert widest <= 400
    box = page.locator({"tiles": ".rt-map", "areas": ".rt-areas svg"}[kind]).bounding_box()
    assert box is not None
    assert box["width"] > 250
    page.set_viewport_size({"width": 1280, "height": 900})


def test_enter_opens_the_municipality(page: Page, kind: str) -> None:
    first = page.locator(places(page, kind)).first
    name = str(first.get_attribute("aria-label")).split(":")[0]
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/municipality?**")
    wait_until_done(page)
    assert page.locator(".rt-head h1").inner_text() == name


def test_the_comparison_is_a_table_of_links_with_words(open_page: Callable[..., Page]) -> None:
    opened = open_page("compare?role=national&view=all", 400)
    frame = opened.locator(".rt-grid-frame").first
    frame.focus()
    assert opened.evaluate("document.activeElement.getAttribute('aria-label')")
    assert frame.locator("tbody a").count() == len(CODES)
    opened.locator(".rt-grid tbody a").first.focus()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/municipality?**")
