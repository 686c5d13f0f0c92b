"""A page as one static document: what it has said in this run, for a reader whose tools the page itself does not fit.

Headings in order, sentences, numbers, each picture as its text with its table, and where the figures come from. No
script, nothing from the net, no link to follow: it can be kept, printed, and read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from dashboards.language import Words
from dashboards.page_record import Record

GONE = {"style", "script", "svg", "button", "head", "template"}
GONE_CLASSES = {"rt-take", "rt-map", "rt-key", "rt-places-key", "rt-runs-key"}
"""Menus, keys of colours, and pictures whose text stands beside them."""

TABLE = ("table", "thead", "tbody", "tr", "th", "td")
WAYS_ON = ("#", "definitions?")
"""Links that say nothing where they cannot be followed."""

KEPT = frozenset(("p", "ul", "ol", "li", "dl", "dt", "dd", "b", "strong", "em", "code", "caption", *TABLE))
BLOCKS = {"div", "section", "article", "header", "footer", "nav", "details", "figure", "main"}
SMALL = {"small": "small", "summary": "p", "figcaption": "p"}
EMPTY = {"br", "wbr", "hr", "img", "input", "meta", "link", "path", "col"}
KEPT_ATTRIBUTES = ("scope", "colspan", "rowspan")
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}

CSS = """
:root{color-scheme:light dark}
body{margin:0 auto;padding:1rem 1.2rem 3rem;max-width:52rem;font:1.05rem/1.55 "Segoe UI",Arial,sans-serif;
color:light-dark(#1F2430,#ECE9E2);background:light-dark(#FFFFFF,#14171D)}
h1,h2,h3,h4{font-family:Georgia,"Times New Roman",serif;line-height:1.25;margin:1.6em 0 .4em}
h1{font-size:2rem;margin-top:.6em}
h2{font-size:1.4rem;border-top:1px solid #8A8F99;padding-top:.8em}h3{font-size:1.1rem}
p{margin:.35em 0}.picture{border-left:4px solid light-dark(#B3261E,#FF7B6B);padding-left:.8em}
table{border-collapse:collapse;width:100%;margin:.8em 0;font-size:.95rem}
caption{text-align:left;font-weight:bold;padding:.3em 0}
th,td{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;
border-bottom:1px solid #8A8F99;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.2em 1em}dt{font-weight:bold}dd{margin:0}
footer{border-top:2px solid #8A8F99;margin-top:2.5rem;font-size:.95rem}
a:focus-visible{outline:3px solid currentColor;outline-offset:2px}
.number{font-size:1.5rem;font-weight:bold}
.skip{position:absolute;left:-100vw}.skip:focus{position:static}
@media print{body{color:#000;background:#FFF;max-width:none;font-size:10.5pt}h1,h2,h3,h4,caption{break-after:avoid}
tr,.picture{break-inside:avoid}thead{display:table-header-group}.skip{display:none}}
"""


def document(record: Record, origin: Sequence[tuple[str, str]], words: Words) -> str:
    """The whole document. `origin`: as of when the figures are, and where they come from."""
    writer = Writer(words)
    for part in record.parts:
        if part.kind == "picture":
            writer.picture(part.body)
        else:
            writer.add(part.body)
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(told)}</dd>" for name, told in origin)
    title = escape(f"{record.title} · {words('take_home.source')}")
    return (
        f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{CSS}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#content">{escape(words("twin.skip"))}</a>\n'
        f"<header><p>{escape(words('take_home.source'))}</p></header>\n"
        f'<main id="content">\n{writer.written()}\n</main>\n'
        f"<footer>\n<h2>{escape(words('twin.about'))}</h2>\n<p>{escape(words('twin.made'))}</p>\n<dl>{facts}</dl>\n"
        "</footer>\n</body>\n</html>\n"
    )


def rows_of_persons(record: Record) -> int:
    """How many rows of lists the document holds, for the audit log; a page without any tells of one child."""
    lists = [part.body for part in record.parts if "rt-gaps" in part.body]
    return max(1, sum(body.count("<tr") - body.count("<thead") for body in lists))


class Writer(HTMLParser):
    """Copies markup of pages without what only works on them.

    Links become their text; a picture becomes its text; what explains itself at a pointer is written out. No heading
    skips a level, and each table is named by the heading above it.
    """

    def __init__(self, words: Words) -> None:
        super().__init__(convert_charrefs=True)
        self._words = words
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._skipping = 0
        self._level = 0

    def add(self, markup: str) -> None:
        """One piece of the page; what it leaves open is closed."""
        self.feed(markup)
        self.close()
        while self._open:
            self._out.append(self._open.pop()[1])
        self._skipping = 0
        self.reset()

    def picture(self, text: str) -> None:
        """A picture, as it is told in words."""
        label = escape(self._words("twin.picture"))
        self._out.append(f"<p class='picture'><b>{label}:</b> {escape(text)}</p>")

    def _named_tables(self, text: str) -> str:
        """Every table has a name: its own, or that of the last heading above it."""
        heading = ""
        pieces = re.split(r"(<h\d>.*?</h\d>|<table>(?!<caption>))", text)
        for at, piece in enumerate(pieces):
            if piece == "<table>":
                pieces[at] = f"<table><caption>{heading}</caption>"
            elif re.match(r"<h\d>", piece):
                heading = re.sub(r"<[^>]*>", "", piece)
        return "".join(pieces)

    def written(self) -> str:
        """Everything so far, without the shells of what was left out; an empty heading of a row is a cell."""
        text, before = "".join(self._out), ""
        while text != before:
            before, text = text, re.sub(r"<(p|div|ul|li|b|small|strong|em|code|dd|dt|dl)>\s*</\1>", "", text)
        return self._named_tables(re.sub(r"<th[^>]*>\s*</th>", "<td></td>", text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens what is kept."""
        given = {name: value or "" for name, value in attrs}
        if tag in EMPTY:
            if tag in ("br", "wbr") and not self._skipping:
                self._out.append(f"<{tag}>")
            return
        if self._skipping or self._is_left_out(tag, given):
            self._skipping += 1
            return
        self._begin(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Closes what was opened."""
        if tag in EMPTY:
            return
        if self._skipping:
            self._skipping -= 1
        elif self._open:
            self._out.append(self._open.pop()[1])

    def handle_data(self, data: str) -> None:
        """Text stays text."""
        if not self._skipping:
            self._out.append(escape(data, quote=False))

    def _is_left_out(self, tag: str, given: dict[str, str]) -> bool:
        if given.get("role") == "img" and given.get("aria-label"):
            self.picture(given["aria-label"])
            return True
        is_hidden = given.get("aria-hidden") == "true" or (tag == "a" and given.get("href", "").startswith(WAYS_ON))
        return tag in GONE or is_hidden or bool(GONE_CLASSES.intersection(given.get("class", "").split()))

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        name = self._named(tag)
        closing = f" ({escape(given['title'])})" if given.get("title") else ""
        is_number = name == "p" and "rt-number" in given.get("class", "").split()
        kept = " class='number'" if is_number else ""
        kept += "".join(f' {each}="{escape(given[each])}"' for each in KEPT_ATTRIBUTES if each in given)
        self._out.append(f"<{name}{kept}>" if name else "")
        self._open.append((tag, f"{closing}</{name}>" if name else closing))

    def _named(self, tag: str) -> str:
        if tag in HEADINGS:
            self._level = min(HEADINGS[tag], self._level + 1)
            return f"h{self._level}"
        if tag in BLOCKS:
            return "div"
        return tag if tag in KEPT else SMALL.get(tag, "")
