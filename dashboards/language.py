"""Words in Danish and English from one catalogue with the same keys in both; numbers and dates as Unicode's locale data
(by Babel) has them for Denmark and for the English of Europe.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, get_args

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal, format_percent

from pipelines.definitions.descriptions import read_description
from pipelines.definitions.in_force import InForce, guidance
from pipelines.definitions.measures import facts_of
from pipelines.definitions.rewording import reworded_by

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
LOCALES: dict[Language, Locale] = {"da": Locale("da", "DK"), "en": Locale("en", "GB")}
SUBSTANCES = "development_group"
"""Where the names of the groups stand that exposed children are divided by."""

FORMATS_KEPT = 20_000
"""Formatted numbers and days that are remembered: a page says the same ones again and again."""


@dataclass(frozen=True)
class Words:
    """Speaks one language: `words("card.of", part=34, whole=41)`. An unknown key is a fault of ours and raises."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in."""
        return catalogue(self.language)[key].format(**values)

    def measure(self, name: str, part: Literal["title", "sentence", "why", "unit", "owner"]) -> str:
        """What `measures.csv` says of a measure, a single contact of the schedule included."""
        text: str = getattr(facts_of(name), part)[self.language]
        return text

    def known(self, key: str) -> bool:
        """Whether the catalogue has the key (for names that come from data)."""
        return key in catalogue(self.language)

    def section(self, name: str) -> dict[str, str]:
        """All texts of a section by the last part of their key, placeholders and all (to join names to data)."""
        prefix = f"{name}."
        texts = catalogue(self.language).items()
        return {key.removeprefix(prefix): text for key, text in texts if key.startswith(prefix)}

    def number(self, value: int) -> str:
        """1.234 in Danish, 1,234 in English."""
        return _decimal(self.language, Decimal(value), 0)

    def decimal(self, value: float, digits: int | None = None) -> str:
        """1.234,5 in Danish, 1,234.5 in English; a negative one has a real minus sign, and zero none.

        With so many digits after the comma, or as many as six figures that count leave.
        """
        told = Decimal(f"{value + 0.0:g}" if digits is None else f"{value + 0.0:.{digits}f}")
        return _decimal(self.language, told if told else abs(told), digits)

    def percent(self, share: float) -> str:
        """A share between 0 and 1 in whole percent: 83 % (with a space that does not break), 83%.

        Shares that only round to 0 or 100 say so (under 1 %, over 99 %): they are neither none nor all.
        """
        whole = round(share * 100)
        if whole == 0 and share > 0:
            return self("app.under", share=self._percent(1))
        if whole == 100 and share < 1:
            return self("app.over", share=self._percent(99))
        return self._percent(whole)

    def interval(self, low: float, high: float) -> str:
        """61–84 %, whole percent."""
        return f"{round(low * 100)}–{self._percent(round(high * 100))}"

    def day(self, value: date) -> str:
        """30. september 2026, 30 September 2026."""
        return _day(self.language, value)

    def month(self, number: int) -> str:
        """The name of a month, 1 to 12."""
        return _months(self.language)[number]

    def _percent(self, whole: int) -> str:
        return _percent(self.language, whole)


@lru_cache(FORMATS_KEPT)
def _decimal(language: Language, value: Decimal, digits: int | None) -> str:
    """Every digit that the value has, or exactly so many."""
    pattern = "#,##0.##########" if digits is None else f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(value, pattern, LOCALES[language]).replace("-", MINUS)


@lru_cache(FORMATS_KEPT)
def _percent(language: Language, whole: int) -> str:
    return format_percent(Decimal(whole) / 100, locale=LOCALES[language]).replace("-", MINUS)


@lru_cache(FORMATS_KEPT)
def _day(language: Language, day: date) -> str:
    return format_date(day, "long", LOCALES[language])


@cache
def _months(language: Language) -> dict[int, str]:
    """By their number, as they stand alone and in a date (the same in both languages)."""
    return dict(get_month_names("wide", "stand-alone", LOCALES[language]))


def catalogue(language: Language) -> dict[str, str]:
    """All texts of a language by dotted key, in the words of the target group whose store is open."""
    return _catalogue(language, guidance())


@cache
def _catalogue(language: Language, chosen: InForce | None) -> dict[str, str]:
    shipped = shipped_texts(language)
    if chosen is None:
        return shipped
    described = read_description(chosen.folder)
    own = flat(described.texts(language).get("texts", {}))
    groups = described.target.groups if described.target else {}
    names = {f"{SUBSTANCES}.{name}": titles[language] for name, titles in groups.items()}
    return {key: reworded_by(text, language, chosen) for key, text in shipped.items()} | names | own


@cache
def shipped_texts(language: Language) -> dict[str, str]:
    """From the files of its folder; no key stands in two of them."""
    files = sorted((resources.files("dashboards") / "texts" / language).iterdir(), key=lambda file: file.name)
    texts = [_flat(tomllib.loads(file.read_text("utf-8")), "") for file in files if file.name.endswith(".toml")]
    keys = [key for of_file in texts for key, _ in of_file]
    if twice := sorted({key for key in keys if keys.count(key) > 1} if len(keys) > len(set(keys)) else ()):
        raise KeyError(f"texts of {language} said twice: {', '.join(twice)}")
    return {key: text for of_file in texts for key, text in of_file}


def flat(branch: dict[str, object]) -> dict[str, str]:
    """The texts of nested tables by dotted key."""
    return dict(_flat(branch, ""))


def _flat(branch: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = []
    for name, value in branch.items():
        key = f"{prefix}{name}"
        leaves += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))]
    return leaves
