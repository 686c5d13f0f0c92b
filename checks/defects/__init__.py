"""The defect bench: everything that is known to go wrong is planted into flawless records, and has to be found."""

from __future__ import annotations

from collections.abc import Sequence

from checks.defects import (
    of_children,
    of_contacts,
    of_costs,
    of_diagnoses,
    of_exposures,
    of_feeds,
    of_figures,
    of_handovers,
    of_obligations,
    of_pregnancies,
    of_residences,
    of_results,
    of_silence,
    of_stored,
)
from checks.defects.declared import Defect
from pipelines.errors import WrongUse

DEFECTS: tuple[Defect, ...] = (
    *of_pregnancies.DEFECTS,
    *of_children.DEFECTS,
    *of_exposures.DEFECTS,
    *of_residences.DEFECTS,
    *of_diagnoses.DEFECTS,
    *of_handovers.DEFECTS,
    *of_contacts.DEFECTS,
    *of_costs.DEFECTS,
    *of_feeds.DEFECTS,
    *of_silence.DEFECTS,
    *of_results.DEFECTS,
    *of_obligations.DEFECTS,
    *of_figures.DEFECTS,
    *of_stored.DEFECTS,
)


def chosen_defects(only: Sequence[str] | None) -> list[Defect]:
    """Those named, or all of them."""
    unknown = sorted(set(only or ()) - {defect.id for defect in DEFECTS})
    if unknown:
        raise WrongUse(f"No defect is called {', '.join(unknown)}", to_do="`roedtraad defects` shows all names.")
    return [defect for defect in DEFECTS if not only or defect.id in only]
