"""All that can be asked of a publication, one question a line."""

from __future__ import annotations

from pathlib import Path

from dashboards.language import Language, Words
from dashboards.notebook import changes, comparisons, courses, developments, money, threads
from dashboards.notebook.asking import Asking
from dashboards.notebook.peer_groups import Among, comparison_among
from dashboards.notebook.told import Told
from dashboards.opening import open_publication
from dashboards.scope import Scope
from dashboards.tokens import Mode
from pipelines.errors import StoreIsEmpty

NATIONAL = Scope("national")


def opened(store: str | Path, language: Language = "da", scope: Scope = NATIONAL, mode: Mode = "light") -> Figures:
    """The last publication of a store, read with the eyes of a scope. Synthetic data only, as on the pages.

    StoreIsEmpty where nothing was published; NotAllowed, later, for what the scope does not cover.
    """
    publication = open_publication(Path(store))
    if publication is None:
        raise StoreIsEmpty(f"Nothing is published in {store}", to_do="Publish the last run with: roedtraad publish")
    return Figures(Asking(publication.tables, scope, Words(language), mode))


class Figures:
    """Each question gives a `Told`. A name that nobody knows is answered with those there are.

    `period` is three calendar years, `2023-2025`; the last that says something where none is named. `own` and `place`
    are the name or code of a municipality (of a region, too, where that has figures).
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.words = asking.words
        """For sentences on frames of one's own."""

    def comparison(
        self, measure: str, period: str | None = None, own: str | None = None, among: Among | None = None
    ) -> Told:
        """Every municipality by size and share, with funnel limits; or the own one among peers: `size` (the ten
        nearest), `region`, or a list of municipalities."""
        if among is not None:
            return comparison_among(self._asking, measure, period, own, among)
        return comparisons.comparison(self._asking, measure, period, own)

    def each_place(self, measure: str, period: str | None = None, own: str | None = None) -> Told:
        """Every municipality with its interval, in order."""
        return comparisons.each_place(self._asking, measure, period, own)

    def spine(self, place: str | None = None, period: str | None = None) -> Told:
        """Many measures of one municipality."""
        return comparisons.municipality(self._asking, place, period)

    def heat_table(self, period: str | None = None, own: str | None = None) -> Told:
        """Every municipality by every measure of the overview."""
        return comparisons.all_measures(self._asking, period, own)

    def trend(self, measure: str, place: str | None = None) -> Told:
        """A measure over time, with its lasting change."""
        return changes.trend(self._asking, measure, place)

    def alerts(self) -> Told:
        """Lasting changes in the country and its regions, as sentences."""
        return changes.all_changes(self._asking)

    def development(self, domain: str, age_band: str | None = None, period: str | None = None) -> Told:
        """Results of assessments and who was not assessed, exposed and others, by period of birth."""
        return developments.development(self._asking, domain, age_band, period)

    def development_by(self, trait: str, domain: str, age_band: str | None = None, period: str | None = None) -> Told:
        """The same of exposed children by substance group, certainty, or whether it was known before birth."""
        return developments.development_by(self._asking, trait, domain, age_band, period)

    def z_scores(self, domain: str) -> Told:
        """Mean z-scores with intervals."""
        return developments.z_scores(self._asking, domain)

    def ratios(self, age_band: str, period: str | None = None, outcome: str = "concern") -> Told:
        """How many times as often among exposed children as among all others, domain by domain."""
        return developments.ratios(self._asking, age_band, period, outcome)

    def participation(self, period: str | None = None) -> Told:
        """The participation gap in the programmes for all children."""
        return developments.participation(self._asking, period)

    def curve(self, interval: str, by: str = "all", period: str | None = None) -> Told:
        """Time to event as cumulative incidence."""
        return courses.curve(self._asking, interval, by, period)

    def medians(self, interval: str) -> Told:
        """Within how long half of the children had come so far."""
        return courses.medians(self._asking, interval)

    def continuity(self, place: str | None = None, born: str | None = None) -> Told:
        """The red thread: who is inside each step, and what was lost."""
        return threads.continuity(self._asking, place, born)

    def costs(self) -> Told:
        """Cost per child by pathway and payer."""
        return money.costs(self._asking)

    def costs_by_age(self) -> Told:
        """Cost per child by pathway, added up by age."""
        return money.costs_by_age(self._asking)

    def scenario(self, from_pathway: str, to_pathway: str, share: float) -> Told:
        """What a moved share of children would cost more or less."""
        return money.moved(self._asking, from_pathway, to_pathway, share)
