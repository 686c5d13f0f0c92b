"""No page speaks the other language: every page is opened in both, and read for words that only the other one has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from quality_store import add_checks
from streamlit.testing.v1 import AppTest
from streamlit_pages import app_at, run, said

from checks.catalogue import CATALOGUE
from dashboards import page_list
from dashboards.language import LANGUAGES, Language, Words, catalogue
from dashboards.opening import STORE_VARIABLE
from dashboards.page_list import Page
from pipelines.definitions.descriptions import shipped
from pipelines.definitions.measures import HEADLINE_MEASURES
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.store import Store

pytestmark = pytest.mark.slow

OTHER: dict[Language, Language] = {"da": "en", "en": "da"}
WORD = re.compile(r"[^\W\d_]+")


def words_written(*names: str) -> frozenset[str]:
    return frozenset(word.casefold() for name in names for word in WORD.findall(name))


NAMES = {"rød", "tråd", "roedtraad", "dansk", "english", "excel"}
"""Of the product, of the languages in their own, and of other people's products."""

IDENTIFIERS = words_written(*(table.name for table in TABLES), *page_list.BY_NAME)
"""Names of tables and pages, which an operator reads as they are."""

SHORTEST = 4
"""Letters: shorter words are the same in both too often to tell anything."""


@pytest.fixture(scope="module")
def store(published_country: Path) -> Path:
    add_checks(published_country, str(Store(published_country).snapshot().run["run_id"]))
    return published_country


def words_of(text: str) -> set[str]:
    """Words in small letters; what is code, an address or a placeholder is none."""
    without_code = re.sub(r"<code.*?</code>|\{[^}]*\}|roedtraad [\w -]+", " ", text, flags=re.DOTALL)
    plain = unescape(re.sub(r"<[^>]*>", " ", without_code))
    return {word.casefold() for word in WORD.findall(plain)}


@cache
def vocabulary(language: Language) -> frozenset[str]:
    """Every word that the catalogue, the measures or the reference tables have in the language."""
    words = Words(language)
    texts = [*catalogue(language).values()]
    texts += [
        words.measure(each.name, part)
        for each in HEADLINE_MEASURES
        for part in ("title", "sentence", "why", "unit", "owner")
    ]
    parts = ("claim", "supplier", "reader")
    texts += [getattr(check, f"{part}_{language}", "") for check in CATALOGUE for part in parts]
    reference = Reference.load()
    tables = (reference.schedule, reference.recommendations, reference.record_types, reference.services)
    for table in tables:
        for column in table.columns:
            if column.endswith(f"_{language}"):
                texts += table[column].drop_nulls().to_list()
    for each in shipped():
        told = (each.title, each.short_title, each.target_group, each.publisher, *each.sources)
        texts += [said[language] for said in told]
        for column in (f"text_{language}", f"not_measured_{language}"):
            texts += each.recommendations[column].drop_nulls().to_list()
    return frozenset().union(*(words_of(text) for text in texts))


@cache
def names_of_places() -> frozenset[str]:
    rows = Reference.load().municipalities
    texts = [text for column in ("name", "region_name") for text in rows[column].to_list()]
    return frozenset().union(*(words_of(text) for text in texts))


def foreign_to(language: Language) -> frozenset[str]:
    """Words that only the other language has."""
    other = vocabulary(OTHER[language]) - vocabulary(language) - names_of_places() - NAMES - IDENTIFIERS
    return frozenset(word for word in other if len(word) >= SHORTEST)


def labels(app: AppTest) -> Iterator[str]:
    """What widgets and charts say."""
    for element in (*app.main, *app.sidebar):
        proto = getattr(element, "proto", None)
        yield str(getattr(proto, "label", ""))
        options = getattr(proto, "options", ())
        yield from (str(getattr(option, "content", option)) for option in options if options)
        if spec := getattr(proto, "spec", ""):
            yield from written_on(json.loads(spec)) if isinstance(spec, str) and spec.startswith("{") else ()


def written_on(part: Any, key: str = "") -> Iterator[str]:
    """Texts of a chart: those under names that are drawn."""
    if isinstance(part, dict):
        for name, inside in part.items():
            yield from written_on(inside, name)
    elif isinstance(part, list):
        for inside in part:
            yield from written_on(inside, key)
    elif isinstance(part, str) and key in {"text", "name", "ticktext", "hovertemplate", "customdata", "hovertext"}:
        yield part


@cache
def spoken(page: Page, language: Language) -> frozenset[str]:
    """All words of a page, in the one store of this file."""
    role = page.roles[0]
    address = {"lang": language, "role": role}
    if role in ("leader", "steward"):
        address["municipality"] = "0479"
    app = run(app_at(address), page.name)
    return frozenset(words_of(" ".join((said(app), *labels(app)))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", page_list.PAGES, ids=lambda page: page.name)
def test_a_page_says_no_word_of_the_other_language(
    page: Page, language: Language, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(store))
    own_names = words_written(*(log.parent.name for log in store.rglob("_delta_log")))
    assert sorted(spoken(page, language) & foreign_to(language) - own_names) == []


@pytest.mark.parametrize("page", page_list.PAGES, ids=lambda page: page.name)
def test_only_names_have_danish_letters_in_english(page: Page, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(store))
    danish = {word for word in spoken(page, "en") if set(word) & set("æøå")}
    unknown = danish - NAMES - vocabulary("en")
    assert {word for word in unknown if not any(name.startswith(word) for name in names_of_places())} == set()
