"""Briefs in a real browser: the rules of axe in light and dark, on a wide screen, a phone and paper; one sheet each."""

from __future__ import annotations

from pathlib import Path

import pytest
from briefs_made import all_briefs
from briefs_read import of_pdf
from playwright.sync_api import Browser, Page
from published_frames import COPENHAGEN, LAESOE, SVENDBORG
from rules_of_axe import ONLY_COLOURS, findings

from dashboards.language import Language
from reports.brief.making import Choice, briefs

pytestmark = pytest.mark.browser
LANGUAGES: tuple[Language, ...] = ("da", "en")
WIDE, PHONE = 1280, 320


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store, danish = all_briefs(tmp_path_factory)
    folder = tmp_path_factory.mktemp("briefs")
    (folder / "da").symlink_to(danish)
    (folder / "en").mkdir()
    for code in (COPENHAGEN, SVENDBORG, LAESOE):
        for name, content in briefs(store, Choice(code, "en", has_pdf=False), "tester").items():
            (folder / "en" / name).write_bytes(content)
    return folder


def opened(chromium: Browser, file: Path, width: int, colours: str) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    return page


def file_of(made: Path, language: str, code: str) -> Path:
    return next((made / language).glob(f"{code}*.html"))


@pytest.mark.parametrize("code", [COPENHAGEN, SVENDBORG, LAESOE, "index"])
def test_axe_finds_nothing(chromium: Browser, made: Path, code: str) -> None:
    for language in LANGUAGES if code != "index" else LANGUAGES[:1]:
        page = opened(chromium, file_of(made, language, code), WIDE, "light")
        for width in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="light")
            assert findings(page) == set(), (language, width)
            page.emulate_media(color_scheme="dark")
            assert findings(page, **ONLY_COLOURS) == set(), (language, width)
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
def test_briefs_are_one_sheet_in_print_and_light(chromium: Browser, made: Path, language: str) -> None:
    page = chromium.new_page(color_scheme="dark")
    for file in sorted((made / language).glob("[0-9]*.html"))[:: 14 if language == "da" else 1]:
        page.goto(file.as_uri())
        assert of_pdf(page.pdf(prefer_css_page_size=True, print_background=True))[0] == 1, file.name
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(31, 36, 48)"
    page.close()
