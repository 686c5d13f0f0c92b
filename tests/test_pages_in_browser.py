"""The pages in a real Chromium: width, language, colours, reloads, files, and that nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page
from published_frames import LAESOE, SVENDBORG, country, write_store

from dashboards import screenshots
from dashboards.language import Words
from dashboards.screenshots import served, wait_until_done
from dashboards.tokens import DARK, LIGHT, Tokens

pytestmark = pytest.mark.browser
PAGES = {
    "overview": "?role=national",
    "leader": f"?role=leader&municipality={SVENDBORG}",
    "small": f"?role=leader&municipality={LAESOE}&by=year",
    "municipality": f"municipality?role=leader&municipality={SVENDBORG}",
    "worklist": f"worklist?role=steward&municipality={SVENDBORG}",
}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(write_store(tmp_path_factory.mktemp("demo") / "store", country())) as served_at:
        yield served_at


def hexadecimal(colour: str) -> str:
    """`rgb(251, 250, 247)` as `#FBFAF7`."""
    numbers = colour.removeprefix("rgb(").removesuffix(")").split(",")
    return "#" + "".join(f"{int(number):02X}" for number in numbers)


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate(f"element => getComputedStyle(element)['{name}']"))


WIDTHS = (400, 760, 900, 1280)
OVERFLOW = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return [main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth];
}"""
BOXES = """() => [...document.querySelectorAll('.rt-thread .rt-heads > div > *, .rt-thread .rt-losses span,'
    + '.rt-thread .rt-step > *, .rt-thread .rt-lost span')]
  .map(word => word.getBoundingClientRect())
  .map(box => [box.left, box.top, box.right, box.bottom])
  .filter(box => box[2] > box[0])"""


def at_width(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    wait_until_done(page)
    return page


@pytest.mark.parametrize("page_name", PAGES)
def test_no_page_scrolls_sideways(open_page: Open, page_name: str) -> None:
    page = open_page(PAGES[page_name])
    assert {width: at_width(page, width).evaluate(OVERFLOW) for width in WIDTHS} == {width: [0, 0] for width in WIDTHS}


def overlap(one: list[float], other: list[float]) -> bool:
    """More than a pixel in both directions."""
    sideways = min(one[2], other[2]) - max(one[0], other[0])
    upright = min(one[3], other[3]) - max(one[1], other[1])
    return sideways > 1 and upright > 1


def test_words_of_the_thread_never_overlap(open_page: Open) -> None:
    page = open_page(PAGES["overview"] + "&lang=en")
    for width in WIDTHS:
        boxes = at_width(page, width).evaluate(BOXES)
        assert len(boxes) > 15
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize(("scheme", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_colours_are_the_tokens_in_light_and_dark(open_page: Open, scheme: str, tokens: Tokens) -> None:
    page = open_page(PAGES["leader"], color_scheme=scheme)
    assert hexadecimal(style(page, ".stApp", "backgroundColor")) == tokens.paper
    assert hexadecimal(style(page, ".rt-card", "backgroundColor")) == tokens.card
    assert hexadecimal(style(page, ".rt-head h1", "color")) == tokens.ink
    assert hexadecimal(style(page, ".rt-band", "fill")) == tokens.thread
    assert hexadecimal(style(page, ".js-plotly-plot .xtick text", "fill")) == tokens.muted


def test_figures_follow_when_the_reader_changes_light_and_dark(open_page: Open) -> None:
    page = open_page(PAGES["leader"])
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"getComputedStyle(document.querySelector('.stApp')).colorScheme === '{'dark'}'")
    assert hexadecimal(style(page, ".js-plotly-plot .xtick text", "fill")) == DARK.muted
    assert hexadecimal(style(page, ".js-plotly-plot .trace .js-line", "stroke")) in {DARK.thread, DARK.muted, DARK.ink}


def test_headings_are_in_the_serif_that_comes_with_the_pages(open_page: Open) -> None:
    page = open_page(PAGES["overview"])
    assert style(page, ".rt-head h1", "fontFamily").startswith('"Source Serif"')
    assert page.evaluate("[...document.fonts].some(f => f.family.includes('Source Serif') && f.status === 'loaded')")


def test_figures_have_no_mode_bar_and_a_text_beside_them(open_page: Open) -> None:
    page = open_page(PAGES["leader"])
    assert page.locator(".modebar-btn").count() == 0
    charts = page.locator('[data-testid="stPlotlyChart"]')
    labels = [charts.nth(at).get_attribute("aria-label") for at in range(charts.count())]
    assert labels
    assert all(label and len(label) > 40 for label in labels)


def test_language_role_municipality_and_filter_survive_a_reload(open_page: Open) -> None:
    page = open_page(PAGES["worklist"])
    page.get_by_text("English", exact=True).click()
    page.get_by_role("heading", name="Gaps to close").wait_for()
    page.get_by_role("radio", name="Critical").click()
    page.wait_for_url("**filter=critical**")
    page.reload()
    wait_until_done(page)
    assert page.get_by_role("heading", name="Gaps to close").is_visible()
    assert page.get_by_role("radio", name="Critical").get_attribute("aria-checked") == "true"
    assert set(page.locator(".rt-severity").all_inner_texts()) == {"Critical"}
    assert "Svendborg" in page.locator(".rt-head p").inner_text()


def test_language_and_role_survive_a_change_of_page(open_page: Open) -> None:
    page = open_page(PAGES["worklist"] + "&lang=en")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name="Where do we lose the thread?").wait_for()
    wait_until_done(page)
    assert {"lang=en", "role=steward"} <= set(urlparse(page.url).query.split("&"))
    page.reload()
    page.get_by_role("heading", name="Where do we lose the thread?").wait_for()


def test_a_tile_opens_its_municipality_in_the_same_language(open_page: Open) -> None:
    page = open_page("?lang=en")
    page.locator(".rt-tile[href*='municipality=0461']").click()
    page.get_by_role("heading", name="Odense").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_map_has_a_table_with_the_same_figures(open_page: Open) -> None:
    page = open_page("")
    page.locator(".st-key-card-map").get_by_text(Words("da")("app.table")).click()
    rows = page.locator(".st-key-card-map .rt-table tbody tr")
    rows.first.wait_for()
    assert rows.count() == 98


def test_pages_of_the_worklist_turn_and_filters_begin_at_the_first(open_page: Open) -> None:
    page = open_page(PAGES["worklist"])
    first = page.locator(".st-key-gap-rows").inner_text()
    page.get_by_role("button", name="Page 2").click()
    page.get_by_text("26–50 af 120").wait_for()
    assert page.locator(".st-key-gap-rows").inner_text() != first
    page.get_by_role("radio", name="Kritiske").click()
    page.get_by_text("1–25 af").wait_for()


def test_the_files_are_what_the_filter_shows(open_page: Open, tmp_path: Path) -> None:
    page = open_page(PAGES["worklist"] + "&filter=pregnancy")
    with page.expect_download() as download:
        page.locator("[data-take='worklist'] [data-as='csv']").click()
    file = tmp_path / "gaps.csv"
    download.value.save_as(file)
    lines = [line for line in file.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    assert lines[0].startswith("Pseudonym;Alder;Alvor")
    assert len(lines) == 1 + 16
    assert download.value.suggested_filename == f"huller-{SVENDBORG}-2026-09-30.csv"


def test_a_picture_can_be_taken_home_as_a_file_with_the_state_of_each_figure(open_page: Open, tmp_path: Path) -> None:
    page = open_page("")
    card = page.locator(".st-key-card-trend")
    card.get_by_text(Words("da")("app.table")).click()
    card.locator(".rt-table").wait_for()
    with page.expect_download() as download:
        card.get_by_role("button", name="Tag med som CSV").click()
    file = tmp_path / "figures.csv"
    download.value.save_as(file)
    first, *lines = [line for line in file.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    assert first == "Tal;Sted;Periode;Tilstand;Heraf;Ud af;Andel;95 % fra;95 % til"
    assert [line.split(";")[2:4] for line in lines[-2:]] == [["2025", "Tal"], ["2026", "Ikke forfaldent endnu"]]
    assert "," in lines[-2].split(";")[6], "a Danish Excel reads a decimal comma"


def test_the_definition_of_a_number_is_one_click_away(open_page: Open) -> None:
    page = open_page(PAGES["overview"])
    page.locator(".rt-card summary").nth(3).click()
    assert "senest 14 dage" in page.locator(".rt-card details[open]").inner_text()


def test_pictures_are_taken_of_the_whole_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chromium: Browser
) -> None:
    assert chromium.is_connected()
    monkeypatch.setattr(screenshots, "VIEWS", {"worklist": PAGES["worklist"]})
    monkeypatch.setattr(screenshots, "WIDTHS", {"narrow": 400})
    monkeypatch.setattr(screenshots, "SCHEMES", ("dark",))
    store = write_store(tmp_path / "store", country())
    with ThreadPoolExecutor(1) as apart:  # Playwright drives one browser per thread
        files = apart.submit(screenshots.make_screenshots, store, tmp_path / "pictures").result()
    assert [file.name for file in files] == ["worklist-narrow-dark-da.png", "worklist-narrow-dark-en.png"]
    width, height = (int.from_bytes(files[0].read_bytes()[at : at + 4]) for at in (16, 20))
    assert width == 400
    assert height > 3000
