"""Which obligations and measures show a recommendation. That is a fact of `deadlines.csv`, `schedule.csv` and
`measures.csv`, and stands nowhere else; this turns it round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.definitions.descriptions import Description
from pipelines.definitions.in_force import looked_at
from pipelines.definitions.measures import HEADLINE_MEASURES, Facts, Measure, facts_under
from pipelines.definitions.reference import Reference


@dataclass(frozen=True)
class ShownBy:
    """`obligations` by the names that they are counted under, and headline `measures`."""

    obligations: tuple[str, ...]
    measures: tuple[Measure, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing shows it."""
        return not self.obligations and not self.measures


@dataclass(frozen=True)
class Definitions:
    """The reference and the facts of measures that a description stands on, whichever is in force."""

    reference: Reference
    facts: Mapping[str, Facts]

    @staticmethod
    def of(described: Description) -> Definitions:
        """Those of its own target group, else the shipped ones; UserError names a file that contradicts itself."""
        chosen = looked_at(described.folder) if described.target else None
        return Definitions(Reference.under(chosen), facts_under(chosen))


def shown_by(recommendation: str, definitions: Definitions) -> ShownBy:
    """Kinds and transitions of `deadlines.csv` that the target group has, programmes of the schedule, and measures."""
    reference, facts = definitions.reference, definitions.facts
    asked = reference.target.obligations
    kinds = _named(reference.deadlines, recommendation, ("kind", "transition"))
    programmes = _named(reference.schedule, recommendation, ("programme",))
    shown = {name for name, told in facts.items() if told.recommendation == recommendation}
    measures = tuple(each for each in HEADLINE_MEASURES if each.name in shown)
    return ShownBy(
        tuple(dict.fromkeys([*(kind for kind in kinds if asked is None or kind in asked), *programmes])), measures
    )


def _named(rows: pl.DataFrame, recommendation: str, key: tuple[str, ...]) -> list[str]:
    names: list[str] = (
        rows.filter(pl.col("recommendation") == recommendation)
        .select(pl.concat_str(key, separator=":", ignore_nulls=True))
        .to_series()
        .to_list()
    )
    return names
