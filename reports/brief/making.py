"""All briefs of a publication, or that of one municipality, as files by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboards import published
from dashboards.geography import Geography
from dashboards.language import Language, Words
from dashboards.opening import Source
from dashboards.scope import Scope
from pipelines.errors import UserError
from reports.brief.choosing import candidates
from reports.brief.content import Brief, brief_of
from reports.brief.figures import Country, Held
from reports.brief.index import index
from reports.brief.page import page
from reports.brief.paper import paper
from reports.brief.reporting import reported
from reports.brief.standing import standings
from reports.opened import publication_of, run_of

CHRISTIANSOE = "0411"
"""Lies in no municipality; what happens there is counted as outside."""

LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u"})
INDEX = "index.html"


@dataclass(frozen=True)
class Choice:
    """What is asked for: one municipality by its code, or all; in which language, with PDF or without."""

    municipality: str | None = None
    language: Language = "da"
    has_pdf: bool = True


def briefs(store: Path, choice: Choice, who: str) -> dict[str, bytes]:
    """The files by name; of all municipalities with a list of them. Errors: as `publication_of`, and UserError for a
    municipality that is none."""
    publication = publication_of(store, who)
    country = Country.of(publication.tables, Words(choice.language))
    codes = _codes(choice.municipality, country.geography)
    run = run_of(store, publication, who)
    made = _made(country, codes, Held(run) if run else None)
    files = {name: content for brief in made for name, content in _files(brief, choice).items()}
    if choice.municipality is None:
        names = {brief.code: file_name(brief) for brief in made}
        period = published.windows(country.as_of)[-1].replace("-", "–")
        files[INDEX] = index(made, names, country.words, period, has_pdf=choice.has_pdf).encode()
    return files


def _made(country: Country, codes: Sequence[str], run: Source | None) -> list[Brief]:
    first_and_last = standings(country, candidates(), published.windows(country.as_of)[-1])
    return [
        brief_of(country, code, first_and_last, reported(run, _leader_of(code, country.geography), country.words))
        for code in codes
    ]


def _leader_of(code: str, geography: Geography) -> Scope:
    return Scope("leader", code, geography.region_of(code).code)


def _codes(municipality: str | None, geography: Geography) -> list[str]:
    if municipality is None:
        return geography.codes
    if municipality == CHRISTIANSOE:
        raise UserError(
            f"Christiansø ({CHRISTIANSOE}) belongs to no municipality, so it has no brief",
            to_do="Its children are counted in the country: make the briefs of the municipalities.",
        )
    if municipality not in geography.codes:
        raise UserError(
            f"There is no municipality {municipality}",
            to_do="Give one of the four-digit codes, 0479 for Svendborg, or leave it out for all.",
        )
    return [municipality]


def _files(brief: Brief, choice: Choice) -> dict[str, bytes]:
    name = file_name(brief)
    pdfs = {f"{name}.pdf": paper(brief)} if choice.has_pdf else {}
    return {f"{name}.html": page(brief).encode(), **pdfs}


def file_name(brief: Brief) -> str:
    """`0479-svendborg`: of letters that every machine and every mail takes."""
    plain = brief.place.lower().translate(LETTERS)
    return f"{brief.code}-{re.sub(r'[^a-z]+', '-', plain).strip('-')}"
