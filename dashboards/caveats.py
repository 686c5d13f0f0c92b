"""What a reader must know of figures because of the checks: which failed check touches which figure, gravest first.

Words only: no number of rows, no key. An `info` check touches no figure: it is for those who mend data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from checks.declared import EVERY_FIGURE, Check, Severity
from dashboards.published_checks import EVERYWHERE
from dashboards.quality.declared import declared
from dashboards.scope import Place
from pipelines.definitions.enumerations import KINDS
from pipelines.definitions.measures import Measure

State = Literal["unchecked", "earlier_run", "checked"]
TOLD: tuple[Severity, ...] = ("critical", "warning")
THREAD = "continuity"
"""The red thread as a whole; its steps have the names of the kinds below."""

WORKLIST = "worklist"
"""The rows that a steward works on, which can be wrong where no figure is."""

WITHOUT_A_MEASURE = ("costs", "development")
"""Figures that no headline measure counts: they have pages of their own."""

FIGURES = (*KINDS, THREAD, WORKLIST, *WITHOUT_A_MEASURE)
"""Every name that `touches` may use, beside EVERY_FIGURE."""

KINDS_OF_STEP: dict[str, tuple[str, ...]] = {
    "registered": ("registered",),
    "on_child_record": ("on_child_record",),
    "handed_over": ("handed_over",),
    "carried_in_record": ("carried_in_record",),
    "carried_at_move_and_transition": ("carried_at_move", "carried_at_transition"),
    "followed_up": ("follow_up",),
}
"""Kinds of obligation that end the thread at a step."""

STEPS = ("exposed", "known_before_birth", *KINDS_OF_STEP)
"""The first two come before any obligation."""


@dataclass(frozen=True)
class Caveat:
    """A check that touches figures and failed in the reader's place, in the whole country, or in both.

    `is_accepted`: it would have failed, had stewards not accepted what it found; the figures rest on it all the same.
    Someone has looked at it, so that it weighs no more than a warning. `accepted_until`: null where that is not known.
    """

    check_id: str
    severity: Severity
    touches: frozenset[str]
    is_here: bool
    is_everywhere: bool
    is_accepted: bool = False
    accepted_until: date | None = None

    @property
    def weight(self) -> Severity:
        """How grave it is for those who read figures."""
        return "warning" if self.is_accepted else self.severity

    def is_about(self, names: Collection[str]) -> bool:
        """Whether it touches one of these figures."""
        return EVERY_FIGURE in self.touches or not self.touches.isdisjoint(names)


@dataclass(frozen=True)
class Caveats:
    """What the last check says of the figures of one place in this very run; `failed` has the gravest first.

    `is_partial`: some checks were not asked of this run. `has_errors`: some could not be calculated. What those would
    have found is not known.
    """

    state: State
    failed: tuple[Caveat, ...] = ()
    checked_on: date | None = None
    is_partial: bool = False
    has_errors: bool = False

    @staticmethod
    def of(results: pl.DataFrame, place: Place) -> Caveats:
        """`results`: `published_checks.of_run`. None of this run means that they are of an earlier one."""
        if results.is_empty():
            return Caveats("earlier_run")
        bad = results.filter((pl.col("status") == "failed") | pl.col("is_accepted"))
        errors = results.filter(pl.col("status") == "error")["check_id"]
        checked_at = results["checked_at"].max()
        return Caveats(
            "checked",
            _gravest_first(bad, place),
            checked_at.date() if checked_at is not None else None,  # type: ignore[union-attr]
            is_partial=not _touching() <= set(results["check_id"]),
            has_errors=not _touching().isdisjoint(errors),
        )

    def about(self, names: Collection[str]) -> tuple[Caveat, ...]:
        """Those that touch one of these figures, the gravest first."""
        return tuple(caveat for caveat in self.failed if caveat.is_about(names))


def figures_of(headline: Measure) -> frozenset[str]:
    """The names that `touches` may use for a headline. A transition and a programme stand for their kind."""
    if headline.measure is None:
        return figures_of_step(headline.step or "")
    return frozenset((_kind(headline.measure),))


def figures_of_all(headlines: Iterable[Measure]) -> frozenset[str]:
    """The names for all of them."""
    return frozenset(name for headline in headlines for name in figures_of(headline))


def figures_of_step(step: str) -> frozenset[str]:
    """A step of the thread: the thread itself, and the kinds that end it there."""
    return frozenset((THREAD, *KINDS_OF_STEP.get(step, ())))


def _kind(measure: str) -> str:
    kind = measure.split(":", maxsplit=1)[0]
    return kind if kind in KINDS else "follow_up"


def _touching() -> set[str]:
    """The checks whose failure is told beside figures."""
    return {check.id for check in declared().values() if check.touches and check.severity in TOLD}


def _gravest_first(bad: pl.DataFrame, place: Place) -> tuple[Caveat, ...]:
    """By weight, the reader's own place before the country, in the order of the catalogue."""
    touching, known = _touching(), declared()
    rows = {str(check_id): some for (check_id,), some in bad.group_by("check_id")}
    caveats = [_caveat(check, rows[name], place) for name, check in known.items() if name in rows and name in touching]
    return tuple(sorted(caveats, key=lambda caveat: (TOLD.index(caveat.weight), not caveat.is_here)))


def _caveat(check: Check, bad: pl.DataFrame, place: Place) -> Caveat:
    """`bad`: where the check failed, or would have failed, among the place and the country."""
    places = set(bad["place"])
    return Caveat(
        check.id,
        check.severity,
        frozenset(check.touches),
        is_here=place.code in places - {EVERYWHERE},
        is_everywhere=EVERYWHERE in places,
        is_accepted=bool(bad["is_accepted"].all()),
        accepted_until=bad["accepted_until"].min(),  # type: ignore[arg-type]  # a column of dates
    )
