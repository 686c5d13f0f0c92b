"""Which figures a report of a year or of a quarter tells. Not everything is counted by quarter, and it says so.

| report    | country and regions          | municipalities and thread           |
|-----------|------------------------------|-------------------------------------|
| `2025`    | the year                     | the last three years that are over  |
| `2026Q3`  | the last published quarter   | the same                            |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboards import published
from dashboards.charts.periods import period_words
from dashboards.language import NO_BREAK, Words
from pipelines.errors import UserError

ASKED = re.compile(r"(\d{4})(?:-?[QK]([1-4]))?", re.IGNORECASE)


@dataclass(frozen=True)
class ReportPeriod:
    """`told`: the year or quarter whose figures are told, at most the one asked for; `before`: the same one year
    earlier; `window`: three years of births and of municipalities."""

    asked: str
    kind: Literal["year", "quarter"]
    told: str
    before: str
    window: str

    def title(self, words: Words) -> str:
        """`2025`, `3. kvartal 2026`."""
        return period_words(self.asked, words).replace(" ", NO_BREAK)

    @property
    def is_behind(self) -> bool:
        """Whether the quarter that was asked for is not published yet."""
        return self.told != self.asked


def report_period(text: str, as_of: date, quarters: Sequence[str]) -> ReportPeriod:
    """`quarters`: those that are published (`2025-Q4`). UserError for a period that is none, is not over, or of which
    nothing is published; it names those there are: a quarter needs a year that was over at its end."""
    years = [year for year in published.periods(as_of, "year") if int(year) < as_of.year]
    known = [*years, *_quarters_between(max(quarters[0], f"{years[0]}-Q4"), as_of)] if quarters else years
    found = ASKED.fullmatch(text.strip())
    asked = "" if found is None else found[1] + (f"-Q{found[2]}" if found[2] else "")
    if asked not in known:
        raise UserError(
            f"There is no report of the period {text}",
            where=f"the figures are as of {as_of}",
            to_do=f"Years: {years[0]} to {years[-1]}. Quarters: {_spoken(known, years)}. Such as --period {years[-1]}.",
        )
    is_quarter = "Q" in asked
    told = max((quarter for quarter in quarters if quarter <= asked), default="") if is_quarter else asked
    return ReportPeriod(asked, "quarter" if is_quarter else "year", told, _year_before(told), _window(asked, as_of))


def _quarters_between(first: str, as_of: date) -> list[str]:
    """From the first published one to that of the day."""
    ends = [(int(first[:4]) * 4 + int(first[-1]) - 1), as_of.year * 4 + (as_of.month - 1) // 3]
    return [f"{at // 4}-Q{at % 4 + 1}" for at in range(ends[0], ends[1] + 1)]


def _spoken(known: Sequence[str], years: Sequence[str]) -> str:
    quarters = [name.replace("-", "") for name in known if name not in years]
    return f"{quarters[0]} to {quarters[-1]}" if quarters else "none"


def _year_before(period: str) -> str:
    return f"{int(period[:4]) - 1}{period[4:]}"


def _window(asked: str, as_of: date) -> str:
    """The last one that was over at the end of the period; the first where none was."""
    last = int(asked[:4]) - (0 if len(asked) == 4 or asked.endswith("Q4") else 1)
    windows = published.windows(as_of)
    over = [window for window in windows if int(window[-4:]) <= last]
    return over[-1] if over else windows[0]
