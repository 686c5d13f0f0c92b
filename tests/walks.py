"""Somebody at a browser: signs in at the provider, goes from page to page, takes files home and signs out.

Whatever the browser asks for is kept, so that a walk can be judged by where it went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import fastexcel
import polars as pl
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect
from signed_in import Served

from dashboards.access.sign_in_demo import PEOPLE
from dashboards.language import Words
from dashboards.screenshots import wait_until_done

DA, EN = Words("da"), Words("en")
HERE = {"localhost", "127.0.0.1"}
PATIENCE = 20_000
"""Milliseconds until something that is expected has come, on a machine that has other things to do."""


@dataclass
class Walker:
    """One browser with one page. `asked`: every address that our pages asked for, WebSockets included."""

    page: Page
    served: Served
    folder: Path
    asked: list[str] = field(default_factory=list)

    def signs_in(self, who: str) -> None:
        """By the button of the first page and the form of the provider, as anybody does."""
        assert who in PEOPLE
        self.page.goto(self.served.address)
        self.page.get_by_role("button", name=DA("sign_in.button")).click()
        self.page.get_by_placeholder("sub").fill(who)
        self.page.get_by_role("button", name="Authorize", exact=True).click()
        self.page.wait_for_url(f"{self.served.address}/**")
        self.has_come()

    def signs_out(self) -> None:
        """By the button beside every page, and again at the provider."""
        self.page.locator(".st-key-sign-out button").click()
        self.page.get_by_role("button", name="End session").click()
        expect(self.page.locator(".st-key-sign-in button")).to_be_visible()

    def has_come(self) -> None:
        """Waits until the page is drawn."""
        self.page.locator(".rt-head h1").first.wait_for()
        wait_until_done(self.page)

    def goes_to(self, name: str) -> None:
        """A page of the menu, by its link."""
        link = self.page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True)
        link.click()
        expect(self.page.locator(".st-key-here")).to_have_text(name)
        self.has_come()

    def opens(self, address: str) -> None:
        """An address that is typed by hand."""
        self.page.goto(f"{self.served.address}/{address}")
        self.has_come()

    def speaks(self, name: str, title: str) -> None:
        """Another language, and the page's title in it."""
        self.page.get_by_test_id("stSidebar").get_by_text(name, exact=True).click()
        expect(self.heading).to_have_text(title)
        self.has_come()

    def chooses(self, label: str, option: str) -> None:
        """An option of a box, by its label."""
        self.page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox").click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def takes(self, key: str, kind: str) -> Path:
        """The file of a picture: `csv` or `excel`."""
        with self.page.expect_download() as download:
            self.page.locator(f"[data-take='{key}'] button[data-as='{kind}']").click()
        file = self.folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    @property
    def heading(self) -> Locator:
        """The page's name."""
        return self.page.locator(".rt-head h1").first

    @property
    def lead(self) -> Locator:
        """The page's first sentences."""
        return self.page.locator(".rt-lead").first

    @property
    def language(self) -> str:
        """The one that the page says it is in."""
        return str(self.page.evaluate("document.documentElement.lang"))


Comes = Callable[[], AbstractContextManager[Walker]]
"""Somebody who comes to the pages with a browser of their own."""


@contextmanager
def somebody(chromium: Browser, served: Served, folder: Path, persons: Iterable[str]) -> Iterator[Walker]:
    """A walker. When it has gone: it never left this machine, and no address told whom it looked at (`persons` are
    pseudonyms, of which eight letters are told on pages)."""
    expect.set_options(timeout=PATIENCE)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="da-DK")
    walker = Walker(context.new_page(), served, folder)
    _listen(context, walker)
    yield walker
    context.close()
    assert {urlsplit(url).hostname for url in walker.asked} <= HERE
    assert len(walker.asked) > 10
    told = unquote(" ".join(walker.asked))
    assert [person for person in persons if person[:8] in told] == []


def _listen(context: BrowserContext, walker: Walker) -> None:
    """The form of the provider, which is no page of ours, would like to be dressed from elsewhere: it stays plain."""
    provider = walker.served.demo.issuer

    def note(request: Request) -> None:
        is_of_the_form = request.headers.get("referer", "").startswith(provider)
        if not is_of_the_form and not request.url.startswith(("blob:", "data:")):
            walker.asked.append(request.url)

    def stay(route: Route) -> None:
        route.continue_() if urlsplit(route.request.url).hostname in HERE else route.abort()

    context.on("request", note)
    context.route("https://**", stay)
    walker.page.on("websocket", lambda socket: walker.asked.append(socket.url))


def rows_of_csv(file: Path) -> pl.DataFrame:
    """As a Danish Excel reads it."""
    return pl.read_csv(file, separator=";", decimal_comma=True, comment_prefix="#")


def facts_of_book(file: Path, words: Words) -> dict[str, str]:
    """What an Excel file says of itself."""
    sheet = fastexcel.read_excel(file).load_sheet(words("take_home.sheet_about"), header_row=None).to_polars()
    return dict(sheet.iter_rows())
