"""What a reader must know of figures because of the checks: which failed check touches which figure, gravest first.

Words only: no number of rows, no key. An `info` check touches no figure: it is for those who mend data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from checks.declared import EVERY_FIGURE, Severity
from dashboards.headlines import Headline
from dashboards.published_checks import EVERYWHERE
from dashboards.quality.declared import declared
from dashboards.scope import Place
from pipelines.definitions.enumerations import KINDS

State = Literal["unchecked", "earlier_run", "checked"]
TOLD: tuple[Severity, ...] = ("critical", "warning")
THREAD = "continuity"
"""The red thread as a whole; its steps have the names of the kinds below."""

WORKLIST = "worklist"
"""The rows that a steward works on, which can be wrong where no figure is."""

WITHOUT_A_PAGE = ("costs", "development")
"""Figures that checks know of and exports hold, and that no page shows yet."""

FIGURES = (*KINDS, THREAD, WORKLIST, *WITHOUT_A_PAGE)
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
    """A failed check that touches figures: it failed in the reader's place, in the whole country, or in both."""

    check_id: str
    severity: Severity
    touches: frozenset[str]
    is_here: bool
    is_everywhere: bool

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
        is_bad, is_everywhere = pl.col("status") == "failed", pl.col("place") == EVERYWHERE
        here = set(results.filter(is_bad & (pl.col("place") == place.code) & ~is_everywhere)["check_id"])
        everywhere = set(results.filter(is_bad & is_everywhere)["check_id"])
        errors = results.filter(pl.col("status") == "error")["check_id"]
        checked_at = results["checked_at"].max()
        return Caveats(
            "checked",
            _gravest_first(here, everywhere),
            checked_at.date() if checked_at is not None else None,  # type: ignore[union-attr]
            is_partial=not _touching() <= set(results["check_id"]),
            has_errors=not _touching().isdisjoint(errors),
        )

    def about(self, names: Collection[str]) -> tuple[Caveat, ...]:
        """Those that touch one of these figures, the gravest first."""
        return tuple(caveat for caveat in self.failed if caveat.is_about(names))


def figures_of(headline: Headline) -> frozenset[str]:
    """The names that `touches` may use for a headline. A transition and a programme stand for their kind."""
    if headline.step is not None:
        return figures_of_step(headline.step)
    return frozenset(_kind(measure) for measure in headline.population)


def figures_of_all(headlines: Iterable[Headline]) -> frozenset[str]:
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


def _gravest_first(here: set[str], everywhere: set[str]) -> tuple[Caveat, ...]:
    """By severity, the reader's own place before the country, in the order of the catalogue."""
    known = declared()
    caveats = [
        Caveat(check_id, check.severity, frozenset(check.touches), check_id in here, check_id in everywhere)
        for check_id, check in known.items()
        if check_id in (here | everywhere) & _touching()
    ]
    return tuple(sorted(caveats, key=lambda caveat: (TOLD.index(caveat.severity), not caveat.is_here)))
