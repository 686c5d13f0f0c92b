"""The static document of a page: what it keeps of the page's markup, what it leaves out, and how it is put together."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.language import LANGUAGES, Language, Words
from dashboards.page_record import Part, Record
from dashboards.plain_twin import Writer, document, rows_of_persons

DA = Words("da")


def written(*markup: str) -> str:
    writer = Writer(DA)
    for piece in markup:
        writer.add(piece)
    return writer.written()


KEPT = """
| a link is its text              | <p><a href='x'>Svendborg</a></p>                  | <p>Svendborg</p>              |
| a link down the page goes       | <p>Se <a href='#a'>hvorfor</a>!</p>               | <p>Se !</p>                   |
| what a pointer tells is written | <p><span title='under 5'>Skjult</span></p>        | <p>Skjult (under 5)</p>       |
| a mark goes, its word stays     | <p><i class='m' aria-hidden='true'></i>Bedre</p>  | <p>Bedre</p>                  |
| buttons go                      | <p>Tal</p><div class='rt-take'><b>x</b></div>     | <p>Tal</p>                    |
| drawings go                     | <p>Tal</p><svg><text>7</text></svg>               | <p>Tal</p>                    |
| what can be opened is open      | <details><summary>Vis</summary><p>x</p></details> | <div><p>Vis</p><p>x</p></div> |
| text stays text                 | <p>a &lt;b&gt; &amp; c</p>                        | <p>a &lt;b&gt; &amp; c</p>    |
| headings skip no level          | <h1>A</h1><h3>B</h3>                              | <h1>A</h1><h2>B</h2>          |
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    return [(rule, before, after) for rule, before, after in lines]


@pytest.mark.parametrize(("rule", "before", "after"), rows(KEPT), ids=[row[0] for row in rows(KEPT)])
def test_what_is_kept_of_a_page(rule: str, before: str, after: str) -> None:
    assert written(before) == after


def test_a_picture_is_its_text() -> None:
    drawn = "<div class='rt-thread'><div role='img' aria-label='41 børn'><b>41</b></div></div>"
    assert written(drawn) == "<div><p class='picture'><b>Billedet i ord:</b> 41 børn</p></div>"


def test_a_table_without_a_name_has_that_of_its_heading() -> None:
    table = "<table><tr><th scope='col' class='n'>Sted</th></tr></table>"
    assert "<caption>Hele &amp; landet</caption>" in written("<h2>Hele &amp; <b>landet</b></h2>", table)
    assert written(table.replace("<tr>", "<caption class='x'>Eget</caption><tr>", 1)).count("<caption>") == 1


def test_a_heading_of_a_row_that_says_nothing_is_a_cell() -> None:
    told = written("<h2>A</h2><table><tr><th scope='row'><i aria-hidden='true'></i></th><td>7</td></tr></table>")
    assert "<tr><td></td><td>7</td></tr>" in told


class Balance(HTMLParser):
    """Raises where a tag is closed that is not the last that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "wbr", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div class='rt-take'>", "</div>", "<b>", "</b>", "<svg>", "</svg>", "<br>", "tal "]
)


@given(st.lists(st.lists(TAGS, max_size=8).map("".join), max_size=4))
def test_whatever_a_page_leaves_open_is_closed(pieces: list[str]) -> None:
    balance = Balance()
    balance.feed(written(*pieces))
    assert balance.open == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_stands_alone(language: Language) -> None:
    parts = [Part("markup", "<header class='rt-head'><h1>Overblik</h1></header>"), Part("picture", "3 < 4 børn")]
    text = document(Record(title="Overblik", parts=parts), [("Tal pr.", "i dag")], Words(language))
    assert text.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert "3 &lt; 4 børn" in text
    assert "<dt>Tal pr.</dt><dd>i dag</dd>" in text
    assert re.findall(r"<script|src=|https?:|url\(", text) == []
    balance = Balance()
    balance.feed(text.removeprefix("<!doctype html>"))
    assert balance.open == []


def test_rows_of_persons_are_counted_without_their_headings() -> None:
    table = "<table class='rt-gaps'><thead><tr><th>Barn</th></tr></thead><tbody><tr></tr><tr></tr></tbody></table>"
    assert rows_of_persons(Record(parts=[Part("markup", table), Part("markup", "<table><tr></tr></table>")])) == 2
