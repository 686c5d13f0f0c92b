"""Every kind of file, taken from a page in a real Chromium and opened: title, definition, date and note are inside."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest
from playwright.sync_api import Page
from published_frames import SVENDBORG, country, write_store

from dashboards.language import Words
from dashboards.screenshots import served, wait_until_done
from dashboards.tokens import DARK, LIGHT

pytestmark = pytest.mark.browser
DA, EN = Words("da"), Words("en")
LEADER = f"?role=leader&municipality={SVENDBORG}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(write_store(tmp_path_factory.mktemp("demo") / "store", country())) as served_at:
        yield served_at


@pytest.fixture
def page(tab: Page) -> Page:
    tab.emulate_media(color_scheme="dark")
    return tab


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    wait_until_done(page)
    page.wait_for_selector("[data-take='page']")
    return page


def taken(page: Page, key: str, kind: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(f"[data-take='{key}'] button[data-as='{kind}']").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def read(svg: Path) -> ElementTree.Element:
    return ElementTree.fromstring(svg.read_text("utf-8"))  # noqa: S314 - our own file


def told_of(page: Page, words: Words) -> list[str]:
    """What every file of the trend says of itself."""
    title = page.locator(".st-key-card-trend h2").inner_text()
    counted = words.measure("handed_over", "sentence")
    return [title, counted, words("take_home.hidden", threshold=5), words("app.sample_note"), "2026"]


@pytest.mark.parametrize("words", [DA, EN], ids=["da", "en"])
def test_rows_of_a_picture_come_as_csv_and_excel_with_what_they_are(
    page: Page, address: str, tmp_path: Path, words: Words
) -> None:
    opened(page, f"{address}/{LEADER}&lang={words.language}")
    csv = taken(page, "trend-handed_over", "csv", tmp_path)
    book = taken(page, "trend-handed_over", "excel", tmp_path)
    about = fastexcel.read_excel(book).load_sheet(words("take_home.sheet_about"), header_row=None).to_polars()
    in_book, in_csv = " ".join(told for _, told in about.rows()), csv.read_text("utf-8-sig")
    assert [told for told in told_of(page, words) if told not in in_book or told not in in_csv] == []
    rows = pl.read_csv(csv, separator=";", decimal_comma=True, comment_prefix="#")
    again = pl.read_excel(book, sheet_name=words("take_home.sheet_rows"))
    assert rows.columns == again.columns
    assert rows[words("table.state")].to_list() == again[words("table.state")].to_list()


def test_a_picture_comes_as_svg_in_light_colours_and_stands_alone(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/{LEADER}")
    file = taken(page, "trend-handed_over", "svg", tmp_path)
    drawn, root = file.read_text("utf-8"), read(file)
    title, description = (root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc"))
    assert [told for told in told_of(page, DA) if told not in f"{title}\n{description}"] == []
    written = " ".join(text for element in root.iter(f"{SVG}text") for text in element.itertext())
    assert title in written
    assert "href" not in drawn
    assert "var(" not in drawn
    assert LIGHT.thread in drawn
    assert not {DARK.thread, DARK.ink, DARK.card} & set(drawn.replace('"', " ").split())
    texts = [element for element in root.iter(f"{SVG}text") if "".join(element.itertext()).strip()]
    assert len(texts) > 10
    assert {bool(text.get("font-family") and text.get("font-size")) for text in texts} == {True}


def test_what_is_drawn_in_plain_html_comes_as_svg_too(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/{LEADER}")
    root = read(taken(page, "thread", "svg", tmp_path))
    written = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
    heads = page.locator(".st-key-card-thread .rt-wide .rt-heads b").all_inner_texts()
    assert [head for head in heads if head not in written] == []
    assert len(list(root.iter(f"{SVG}path"))) > 3


def test_what_is_written_in_a_picture_is_no_markup_in_its_svg(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/{LEADER}")
    plain = read(taken(page, "trend-handed_over", "svg", tmp_path))
    page.evaluate(
        "said => document.querySelectorAll('.js-plotly-plot svg text').forEach(text => text.textContent = said)",
        hostile := "<script>alert(1)</script><img src=x onerror=alert(1)>'\"><a href='javascript:alert(1)'>{{ 7 }}",
    )
    told = read(taken(page, "trend-handed_over", "svg", tmp_path))
    assert {element.tag for element in told.iter()} <= {element.tag for element in plain.iter()}
    assert {name for element in told.iter() for name in element.attrib if name.startswith("on")} == set()
    assert any(hostile in "".join(text.itertext()) for text in told.iter(f"{SVG}text"))


def test_the_map_comes_with_every_municipality(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/?role=national&measure=handed_over")
    root = read(taken(page, "map-handed_over", "svg", tmp_path))
    boxes = list(root.iter(f"{SVG}rect"))
    assert len(boxes) >= 98


def test_a_picture_comes_as_png_of_twice_its_size_with_its_words_inside(
    page: Page, address: str, tmp_path: Path
) -> None:
    opened(page, f"{address}/{LEADER}")
    drawn = read(taken(page, "trend-handed_over", "svg", tmp_path))
    png = taken(page, "trend-handed_over", "png", tmp_path).read_bytes()
    assert struct.unpack(">II", png[16:24]) == (2 * int(drawn.attrib["width"]), 2 * int(drawn.attrib["height"]))
    words = png[: png.index(b"IDAT")].decode("utf-8", "ignore")
    assert [told for told in told_of(page, DA) if told not in words] == []


def test_files_are_taken_by_the_keyboard_and_the_reader_is_told(page: Page, address: str) -> None:
    opened(page, f"{address}/{LEADER}")
    button = page.get_by_role("button", name=DA("take_home.name", kind="CSV", title=DA("thread.title")))
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text=download.value.suggested_filename).wait_for(state="attached")


def test_no_address_leads_to_the_rows(page: Page, address: str, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, f"{address}/?role=steward&municipality={SVENDBORG}")
    before = len(asked)
    for key in page.locator("[data-take]").evaluate_all("rows => rows.map(row => row.dataset.take)"):
        kind = "page" if key == "page" else "csv"
        assert taken(page, key, kind, tmp_path).stat().st_size > 100
    assert [url for url in asked[before:] if not url.startswith("blob:")] == []


def test_a_file_is_saved_once(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, f"{address}/{LEADER}")
    downloads: list[str] = []
    page.on("download", lambda download: downloads.append(download.suggested_filename))
    taken(page, "thread", "csv", tmp_path)
    page.get_by_text("English", exact=True).click()
    page.get_by_text(EN("take_home.document")).wait_for()
    wait_until_done(page)
    assert len(downloads) == 1
