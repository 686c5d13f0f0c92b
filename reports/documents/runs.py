"""The small markup of sentences (`<b>`, `<small>`) as runs of text: what a PDF and a Word document can write.

Sentences are made by the same rules for pages and documents, and those rules speak markup.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Literal

Style = Literal["", "strong", "interval"]
Run = tuple[Style, str]
STYLES: dict[str, Style] = {"b": "strong", "strong": "strong", "small": "interval"}


class _Reader(HTMLParser):
    """Text with the style of the innermost mark around it; other marks are heard and not said."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._open: list[Style] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begins a style."""
        if tag in STYLES:
            self._open.append(STYLES[tag])

    def handle_endtag(self, tag: str) -> None:
        """Ends the style that was begun last."""
        if tag in STYLES and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text."""
        self.runs.append((self._open[-1] if self._open else "", data))


def runs_of(markup: str) -> list[Run]:
    """`Når <b>62 %</b>` -> `[("", "Når "), ("strong", "62 %")]`."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.runs


def plain(text: str) -> list[Run]:
    """Text that is no markup: an answer, a name."""
    return [("", text)]


def text_of(runs: list[Run]) -> str:
    """The words alone."""
    return "".join(text for _, text in runs)
