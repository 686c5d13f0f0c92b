"""Briefs in a real browser: the rules of axe in light and dark, on a wide screen, a phone and paper; one sheet each."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from briefs_read import of_pdf
from playwright.sync_api import Browser, Page
from published_frames import COPENHAGEN, LAESOE, SVENDBORG, country, write_store

from dashboards.language import Language
from reports.brief.making import Choice, briefs

pytestmark = pytest.mark.browser
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
LANGUAGES: tuple[Language, ...] = ("da", "en")
WIDE, PHONE = 1280, 320


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("briefs")
    store = write_store(folder / "store", country())
    for language in LANGUAGES:
        (folder / language).mkdir()
        for name, content in briefs(store, Choice(language=language, has_pdf=False), "tester").items():
            (folder / language / name).write_bytes(content)
    return folder


def opened(chromium: Browser, file: Path, width: int, colours: str) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    return page


def file_of(made: Path, language: str, code: str) -> Path:
    return next((made / language).glob(f"{code}*.html"))


def violations(page: Page) -> list[tuple[str, str]]:
    page.evaluate(AXE)
    told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(rule["id"], " ".join(map(str, node["target"]))) for rule in told["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("code", [COPENHAGEN, SVENDBORG, LAESOE, "index"])
def test_axe_finds_nothing(chromium: Browser, made: Path, code: str, width: int, colours: str) -> None:
    for language in LANGUAGES:
        page = opened(chromium, file_of(made, language, code), width, colours)
        assert violations(page) == []
        page.close()


@pytest.mark.parametrize("code", [COPENHAGEN, LAESOE])
def test_a_phone_needs_no_sideways_scrolling(chromium: Browser, made: Path, code: str) -> None:
    page = opened(chromium, file_of(made, "da", code), PHONE, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.close()


def test_dark_and_light_follow_the_reader(chromium: Browser, made: Path) -> None:
    grounds = []
    for colours in ("light", "dark"):
        page = opened(chromium, file_of(made, "da", SVENDBORG), WIDE, colours)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert grounds == ["rgb(251, 250, 247)", "rgb(20, 23, 29)"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_brief_is_one_sheet_in_print_and_light(chromium: Browser, made: Path, language: str) -> None:
    page = chromium.new_page(color_scheme="dark")
    for file in sorted((made / language).glob("[0-9]*.html"))[::7]:
        page.goto(file.as_uri())
        assert of_pdf(page.pdf(prefer_css_page_size=True, print_background=True))[0] == 1, file.name
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(31, 36, 48)"
    page.close()
