"""Words, numbers and names of the reports, in Danish and English: a report's own texts, and the pages' for the rest."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Literal

from checks.declared import Check
from dashboards.language import NO_BREAK, Language
from dashboards.language import Words as PageWords
from dashboards.quality.declared import fault_in_words, table_name, unit_of
from pipelines.definitions.rewording import reworded

MOST_DECIMALS = 3
TOLERATED_ROUNDING = 0.05
"""Of the share, or of what is missing to the whole if that is less."""


@dataclass(frozen=True)
class Words:
    """Speaks one language: `words("lead.error", error=2)`. An unknown key is a fault of ours and raises."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key of checks/report/texts with its placeholders filled in."""
        section, name = key.split(".")
        return texts(self.language)[section][name].format(**values)

    @property
    def of_pages(self) -> PageWords:
        """The same language, in the words of the pages: statuses, severities and tables have one name everywhere."""
        return PageWords(self.language)

    def said(self, check: Check, part: Literal["claim", "reader", "supplier"]) -> str:
        """A sentence of the check itself."""
        return reworded(str(getattr(check, f"{part}_{self.language}")), self.language)

    def status(self, status: str) -> str:
        """`Ikke bestået`."""
        return self.of_pages(f"status.{status}")

    def severity(self, severity: str) -> str:
        """`Advarsel`."""
        return self.of_pages(f"severity.{severity}")

    def category(self, category: str) -> str:
        """`Rimelighed`."""
        return self.of_pages(f"category.{category}")

    def frame(self, name: str) -> str:
        """`Graviditeter`; the name itself of a frame that has no words yet."""
        return table_name(name, self.of_pages)

    def unit(self, frame: str) -> str:
        """`rækker`, `filer`: what the rows of a frame are."""
        return unit_of(frame, self.of_pages)

    def fault(self, error: str, detail: str | None = None) -> str:
        """Why a check could not be calculated, and what to do."""
        return fault_in_words(error, self.of_pages, detail)

    def number(self, value: int | None) -> str:
        """1.234 in Danish, 1,234 in English; a dash where there is none."""
        return "–" if value is None else self.of_pages.number(value)

    def day(self, moment: datetime) -> str:
        """22. november 2026, 22 November 2026."""
        return self.of_pages.day(moment.date())

    def moment(self, moment: datetime) -> str:
        """22. november 2026 kl. 8.05 UTC: a store can be checked several times a day."""
        utc = moment.astimezone(UTC)
        return self("count.moment", day=self.day(utc), hour=utc.hour, minute=f"{utc.minute:02}")

    def share(self, share: float) -> str:
        """Percent with as few decimals as tell it to a twentieth: 36 %, 0,21 %, 99,9 %. Never rounded to 0 or 100."""
        percent = share * 100
        nearest = min(percent, 100 - percent)
        for decimals in range(MOST_DECIMALS + 1):
            if abs(round(percent, decimals) - percent) <= TOLERATED_ROUNDING * nearest:
                return self._percent(f"{percent:.{decimals}f}")
        edge = 0.1**MOST_DECIMALS
        bound = self._percent(f"{edge if percent < edge else 100 - edge:.{MOST_DECIMALS}f}")
        return self("count.under" if percent < edge else "count.over", share=bound)

    def _percent(self, number: str) -> str:
        return f"{number.replace('.', ',')}{NO_BREAK}%" if self.language == "da" else f"{number}%"


@cache
def texts(language: Language) -> dict[str, dict[str, str]]:
    """All texts of a language, by section and name."""
    file = resources.files("checks.report") / "texts" / f"{language}.toml"
    found: dict[str, dict[str, str]] = tomllib.loads(file.read_text("utf-8"))
    return found
