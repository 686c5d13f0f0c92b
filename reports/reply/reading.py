"""What a reply reads: a request as it stands, its answers as documents may show them, and published figures.

Numbers come from `pipelines.requests.disclosed` alone, never from the answers themselves: what a municipality says of
few citizens is confidential.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from dashboards import published
from dashboards.charts.periods import period_words
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.headlines import SELECTABLE
from dashboards.language import Words
from dashboards.opening import Source
from dashboards.scope import COUNTRY, Place, Scope
from dashboards.shares import Shares
from pipelines.definitions.measures import Measure
from pipelines.requests.declared import Question
from pipelines.requests.deviations import deviations, published_counts
from pipelines.requests.disclosed import deviations_shown, shown, totals
from pipelines.requests.opened import Opened
from pipelines.requests.progress import progress
from pipelines.requests.providers import profiles
from pipelines.requests.steps import steps

NATIONAL = Scope("national")


@dataclass(frozen=True)
class Reply:
    """`tables`: the last publication; none where nothing is published. `on`: the day that deadlines are seen from."""

    opened: Opened
    tables: Source | None
    words: Words
    on: date

    @property
    def state_on(self) -> date:
        """The day of the last answer; of the opening, where nobody has answered."""
        day: date | None = self.progress["last_on"].drop_nulls().max()  # type: ignore[assignment]
        return day or self.opened.opened_on

    @property
    def as_of(self) -> date:
        """The day that the published figures are true on; without any, that of the answers."""
        if self.tables is None:
            return self.state_on
        day: date = self.tables.run["as_of"]
        return day

    @property
    def threshold(self) -> int:
        """The smallest number of citizens that is shown."""
        return published.threshold()

    @cached_property
    def counts(self) -> pl.DataFrame:
        """Published counts that answers are compared with."""
        return published_counts(self.tables, self.opened)

    @cached_property
    def answers(self) -> pl.DataFrame:
        """Every respondent and question, as documents may show it (columns SHOWN)."""
        return shown(self.opened, self.counts, self.threshold)

    @cached_property
    def totals(self) -> dict[str, dict[str, Any]]:
        """By question: the sum, or the range that is left open by what is hidden."""
        rows = totals(self.opened, self.answers, self.threshold)
        return {row["question_id"]: row for row in rows.iter_rows(named=True)}

    @cached_property
    def deviations(self) -> pl.DataFrame:
        """Answers beside counts, without what is small."""
        return deviations_shown(deviations(self.opened, self.counts), self.threshold)

    @cached_property
    def progress(self) -> pl.DataFrame:
        """How far each respondent is."""
        return progress(self.opened)

    @cached_property
    def steps(self) -> pl.DataFrame:
        """Steps and approvals, as they stand on the day."""
        return steps(self.opened, self.on)

    @cached_property
    def providers(self) -> pl.DataFrame:
        """Who the providers are."""
        return profiles(self.opened.store)

    @property
    def is_counted(self) -> bool:
        """Whether published figures are about the same target group: some answer is compared with a count of them."""
        return self.tables is not None and any(each.compared_with for each in self.opened.request.questions)

    @property
    def place(self) -> Place:
        """The region that is asked, or the country."""
        code = self.opened.region_code
        return COUNTRY if code is None else Place("region", code)

    @cached_property
    def place_name(self) -> str:
        """`Region Syddanmark`, `Hele landet`."""
        if self.place == COUNTRY:
            return self.words("place.country")
        return Geography.on(self.as_of).name(self.place)

    @property
    def has_window(self) -> bool:
        """Whether the years that the request is about are years that figures are published for."""
        return self.is_counted and self.opened.period in published.windows(self.as_of)

    @cached_property
    def thread(self) -> Thread:
        """Of the children of the place; of the country where most of the place's own is hidden."""
        own = self.thread_of(self.place)
        return self.thread_of(COUNTRY) if own.says_little else own

    def asks(self, question_id: str) -> str:
        """The text of a question, with its years as they are written everywhere in a document."""
        text = self.opened.asks(question_id, self.words.language)
        return text.replace(self.opened.period, period_words(self.opened.period, self.words))

    def thread_of(self, place: Place) -> Thread:
        """The continuity picture in the years of the request; missing where nothing is published for them."""
        if self.tables is None or not self.has_window:
            return Thread("missing")
        return published.thread(self.tables, NATIONAL, place, self.opened.period)

    def shares(self, measures: Sequence[Measure]) -> Shares:
        """Measures in the place and in the country, in the years of the request."""
        if self.tables is None:
            raise KeyError("nothing is published")
        places = (self.place, COUNTRY) if self.place != COUNTRY else (COUNTRY,)
        period = self.opened.period
        return Shares(
            published.shares(self.tables, NATIONAL, tuple(measures), places, kind="three_years", names=[period])
        )

    def told(self, measures: Sequence[Measure]) -> list[Measure]:
        """Those of them that the target group of the store has."""
        return [measure for measure in measures if measure in tuple(SELECTABLE)]

    def of(self, question: Question) -> pl.DataFrame:
        """What was answered to a question, by name of the respondent."""
        return self.answers.filter(
            pl.col("question_id") == question.id, pl.col("respondent_kind") == question.respondent
        ).sort("name")
