"""A brief read back as its reader has it: the rows of its table and its words, from the HTML and from the PDF."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pypdf import PdfReader

from dashboards.language import NO_BREAK

CELLS = ("measure", "own", "country", "trend", "ask")


@dataclass
class Read(HTMLParser):
    """`rows`: the cells of each row of the table by name; `text`: all words; `attributes`: every address and name."""

    rows: list[dict[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _cell: int = -1
    _quiet: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag in ("style", "title"):
            self._quiet += 1
        if tag == "tr":
            self.rows.append({})
            self._cell = -1
        if tag in ("td", "th") and self.rows:
            self._cell += 1
            self.rows[-1][CELLS[self._cell]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._quiet -= 1
        if tag in ("tr", "table"):
            self._cell = -1

    def handle_data(self, data: str) -> None:
        if self._quiet:
            return
        self.words.append(data)
        if self._cell >= 0 and self.rows:
            self.rows[-1][CELLS[self._cell]] += f" {data}"

    @property
    def numbers(self) -> list[dict[str, str]]:
        """Rows of the table, without its head."""
        return [{name: flat(text) for name, text in row.items()} for row in self.rows[1:]]

    @property
    def text(self) -> str:
        return flat(" ".join(self.words))


def of_html(content: bytes) -> Read:
    read = Read()
    read.feed(content.decode("utf-8"))
    return read


def of_pdf(content: bytes) -> tuple[int, str]:
    """How many pages, and the words."""
    pages = PdfReader(io.BytesIO(content)).pages
    return len(pages), flat(" ".join(page.extract_text() for page in pages))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(NO_BREAK, " ")).strip()


def letters(text: str) -> str:
    """Without any space: a PDF breaks lines where it likes."""
    return re.sub(r"\s+", "", text)
