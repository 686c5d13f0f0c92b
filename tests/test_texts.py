"""The catalogue of texts: the same keys and placeholders in both languages, nothing missing, nothing left over."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import polars as pl
import pytest

from dashboards import gap_words, headlines, worklist
from dashboards.language import LANGUAGES, NO_BREAK, Words, catalogue
from dashboards.scope import ROLES
from dashboards.states import STATES
from pipelines.continuity import STEPS
from pipelines.definitions import enumerations as e

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SPEAKING = ("dashboards", "reports", "pipelines/requests")
"""Where texts are spoken: pages, documents, and the forms of requests, which are handed the words."""

DA, EN = Words("da"), Words("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert catalogue("da").keys() == catalogue("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip()] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    da, en = catalogue("da"), catalogue("en")
    assert {key for key in da if placeholders(da[key]) != placeholders(en[key])} == set()


def trees() -> list[ast.Module]:
    files = (file for place in SPEAKING for file in sorted((ROOT / place).rglob("*.py")))
    return [ast.parse(file.read_text("utf-8")) for file in files]


def is_words(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"words", "self", "Words"}


def keys_spoken() -> set[str]:
    """Every plain text that is given to `words(...)` as its key, both ways of a condition included."""
    calls = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call) and is_words(node.func)]
    firsts = [call.args[0] for call in calls if call.args and not isinstance(call.args[0], ast.JoinedStr)]
    ways = [
        way for first in firsts for way in ((first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,))
    ]
    return {str(way.value) for way in ways if isinstance(way, ast.Constant) and "." in str(way.value)}


def patterns() -> list[re.Pattern[str]]:
    """Keys that are put together, as patterns: f"state.{state}" speaks any key under `state`."""
    joined = [node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    texts = [
        "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in text.values)
        for text in joined
    ]
    return [re.compile(text) for text in texts if re.match(r"[a-z_]+\\\.|\.\+\\\.[a-z]+$", text)]


def sections() -> set[str]:
    """Sections that are joined to data whole."""
    named = (
        node.args[0].value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in {"_named", "section"}
        and isinstance(node.args[0], ast.Constant)
    )
    return {str(name) for name in named}


def test_every_key_that_the_code_speaks_exists() -> None:
    assert keys_spoken() - catalogue("da").keys() == set()


def test_no_key_is_left_over() -> None:
    constants = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made, joined = patterns(), sections()
    unused = [
        key
        for key in catalogue("da")
        if key not in constants
        and key.split(".")[0] not in joined
        and not any(pattern.fullmatch(key) for pattern in made)
    ]
    assert unused == []


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_every_name_of_the_contract_that_a_page_may_show_has_a_text(words: Words) -> None:
    transitions = ("school_start", "adulthood", "placement")
    plain_kinds = [kind for kind in e.KINDS if kind != "carried_at_transition"]
    names = [
        *(f"state.{state}" for state in STATES if state != "number"),
        *(f"why.{state}" for state in STATES if state != "number"),
        *(f"role.{role}" for role in ROLES),
        *(f"severity.{severity}" for severity in e.SEVERITIES),
        *(f"found.{reason}" for reason in (*e.LOSS_REASONS, gap_words.CONTRADICTED)),
        *(f"{section}.{topic}" for topic in (*plain_kinds, *transitions) for section in ("gap", "expected")),
        *(f"closer.{closing.closer}" for closing in gap_words.CLOSINGS),
        *(f"step.{step}" for step in STEPS),
        *(f"filter.{pill}" for pill in gap_words.PILLS),
        *(f"worklist.sort_{sort}" for sort in worklist.SORTS),
        *(f"column.{key}" for key in worklist.FILE_COLUMNS),
        *(f"programme.{programme}" for programme in e.PROGRAMMES),
    ]
    assert [name for name in names if not words.known(name)] == []


@pytest.mark.parametrize("words", [DA, EN], ids=LANGUAGES)
def test_every_link_where_knowledge_may_be_lost_has_words_and_a_question(words: Words) -> None:
    for link in headlines.WHERE_IT_MAY_BE_LOST:
        assert words.known(f"ask.{link.name}")
        assert words.known(f"where.{link.name}")


def test_kinds_reasons_and_programmes_of_the_worklist_always_have_somebody_who_can_close_them() -> None:
    topics = {kind for kind in e.KINDS if kind not in {"follow_up", "carried_at_transition"}}
    topics |= {"school_start", "adulthood", "placement", *e.PROGRAMMES}
    for topic in topics:
        for reason in (*e.LOSS_REASONS, gap_words.CONTRADICTED):
            for sector in e.SECTORS:
                assert any(closing.fits(topic, reason, sector) for closing in gap_words.CLOSINGS)


def test_numbers_dates_and_shares_are_written_as_each_language_does() -> None:
    day = date(2026, 9, 30)
    assert (DA.number(1234), EN.number(1234)) == ("1.234", "1,234")
    assert (DA.number(1234567), EN.number(12)) == ("1.234.567", "12")
    assert (DA.percent(0.83), EN.percent(0.83)) == (f"83{NO_BREAK}%", "83%")
    assert (DA.interval(0.61, 0.839), EN.interval(0.61, 0.839)) == (f"61–84{NO_BREAK}%", "61–84%")
    assert (DA.day(day), EN.day(day)) == ("30. september 2026", "30 September 2026")


def test_a_share_that_only_rounds_to_none_or_all_says_so() -> None:
    assert DA.percent(0.002) == f"under 1{NO_BREAK}%"
    assert EN.percent(0.998) == "over 99%"
    assert (EN.percent(0.0), EN.percent(1.0)) == ("0%", "100%")


@pytest.mark.parametrize(
    ("birth", "da", "en"),
    [
        (date(2026, 8, 1), "60 dage", "60 days"),
        (date(2026, 7, 30), "2 mdr.", "2 months"),
        (date(2024, 10, 1), "23 mdr.", "23 months"),
        (date(2024, 9, 30), "2 år", "2 years"),
        (date(2008, 10, 1), "17 år", "17 years"),
    ],
)
def test_age_is_in_days_months_or_years(birth: date, da: str, en: str) -> None:
    row = pl.DataFrame({"birth_date": [birth]})
    spoken = [row.select(gap_words.age(words, date(2026, 9, 30))).item() for words in (DA, EN)]
    assert spoken == [da, en]
