"""The list of all briefs: a row for each municipality, with the way to its page and its PDF."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboards.language import Words
from reports.brief.content import Brief
from reports.brief.page import LOGO, document


def index(briefs: Sequence[Brief], names: dict[str, str], words: Words, period: str, *, has_pdf: bool) -> str:
    """`names`: by code, the name of its files without the ending."""
    day = words.day(briefs[0].as_of)
    number = words.number(len(briefs))
    columns = ("municipality", "region", "shown", "brief")
    heads = "".join(f"<th scope='col'>{escape(words(f'brief.index_{column}'))}</th>" for column in columns)
    rows = "".join(_row(brief, names[brief.code], words, has_pdf=has_pdf) for brief in briefs)
    title = words("brief.index_title")
    subtitle = words("brief.index_subtitle", number=number, period=period, day=day)
    return document(
        f"{title} · {words('take_home.source')}",
        f"<header><p class='kind'>{LOGO}<b>{escape(words('take_home.source'))}</b></p><h1>{escape(title)}</h1>"
        f"<p class='where'>{escape(subtitle)}</p></header>"
        f"<main id='content'><section class='briefs'><table><caption>{escape(words('brief.index_caption'))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p class='key'>{escape(words('brief.index_outside'))}</p></section></main>"
        f"<footer><dl>{_sources(briefs[0])}</dl></footer>",
        words,
    )


def _row(brief: Brief, name: str, words: Words, *, has_pdf: bool) -> str:
    shown = words("brief.of", part=words.number(brief.shown), whole=words.number(len(brief.rows)))
    kinds = {"html": words("brief.index_page"), **({"pdf": words("brief.index_pdf")} if has_pdf else {})}
    links = " · ".join(
        f"<a href='{name}.{ending}' aria-label='{escape(f'{text}: {brief.place}', quote=True)}'>{escape(text)}</a>"
        for ending, text in kinds.items()
    )
    return (
        f"<tr><th scope='row'>{escape(brief.place)}</th><td>{escape(brief.region)}</td>"
        f"<td class='n'>{escape(shown)}</td><td>{links}</td></tr>"
    )


def _sources(brief: Brief) -> str:
    """Release, day and kind of data, as every brief has them."""
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in brief.facts[2:])
