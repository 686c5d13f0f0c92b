"""What sentences and numbers need of somebody who looks: a visit to the pages, or a document that is being made."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from dashboards import published
from dashboards.continuity import Thread
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.published import PeriodKind
from dashboards.scope import Place
from dashboards.shares import Shares
from pipelines.definitions.measures import Measure
from pipelines.statistics.overdispersion import Overdispersion


class ByDay:
    """The periods that follow from the day of the figures."""

    @property
    @abstractmethod
    def as_of(self) -> date:
        """The day that the figures are true on."""

    @property
    def window(self) -> str:
        """The last three years that municipalities are counted in."""
        return self.windows[-1]

    @property
    def windows(self) -> list[str]:
        """The windows of three years that municipalities are counted in, oldest first."""
        return published.windows(self.as_of)

    def periods(self, kind: PeriodKind) -> list[str]:
        """The last periods, oldest first; the last of them is not over."""
        return published.periods(self.as_of, kind)


class Looking(Protocol):
    """Published figures of one publication, with the eyes of one scope, in one language."""

    @property
    def words(self) -> Words:
        """The language."""

    @property
    def as_of(self) -> date:
        """The day that the figures are true on."""

    @property
    def geography(self) -> Geography:
        """The division of the country on that day."""

    @property
    def window(self) -> str:
        """The last three years that municipalities are counted in."""

    @property
    def windows(self) -> list[str]:
        """The windows of three years that municipalities are counted in, oldest first."""

    def periods(self, kind: PeriodKind) -> list[str]:
        """The last periods, oldest first."""

    def shares(
        self, headlines: Sequence[Measure], places: Sequence[Place], kind: PeriodKind, names: Sequence[str]
    ) -> Shares:
        """Published figures for this scope; NotAllowed where it does not cover a place."""

    def usual_variation(self, headlines: Sequence[Measure]) -> Mapping[str, Overdispersion]:
        """By headline: how much municipalities usually differ in the last window."""

    def thread(self, place: Place, window: str) -> Thread:
        """The continuity picture of children born in the window."""

    def name(self, place: Place) -> str:
        """The place as a heading."""
