"""The recommendations of the guidance descriptions, and the measures that show whether each is met.

Which recommendation a measure shows is a fact of `measures.csv` and stands nowhere else; this turns it round.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.definitions.measures import LANGUAGES, Measure, Obligations, headline_measures
from pipelines.definitions.reference import Reference


@dataclass(frozen=True)
class Recommendation:
    """`measures` are counted in every place; `others` show it as well, but not as a share of one municipality.

    Neither: nothing that is delivered tells whether it is met, and `not_measured` says why, by language.
    """

    name: str
    pathway: str
    dimension: str
    text: dict[str, str]
    measures: tuple[Measure, ...]
    others: tuple[Measure, ...]
    not_measured: dict[str, str]

    @property
    def is_measured(self) -> bool:
        """Whether any figure shows it."""
        return bool(self.measures or self.others)


def recommendations(reference: Reference) -> tuple[Recommendation, ...]:
    """Those of the descriptions that the reference serves, in the order of their files."""
    return tuple(
        Recommendation(
            row["id"],
            row["pathway"],
            row["dimension"],
            {language: row[f"text_{language}"] for language in LANGUAGES},
            tuple(each for each in _of(row["id"]) if is_of_places(each)),
            tuple(each for each in _of(row["id"]) if not is_of_places(each)),
            {language: row[f"not_measured_{language}"] or "" for language in LANGUAGES},
        )
        for row in reference.recommendations.iter_rows(named=True)
    )


def is_of_places(measure: Measure) -> bool:
    """Counted in every municipality: obligations, and steps of the thread."""
    return isinstance(measure.population, Obligations) or measure.step is not None


def _of(recommendation: str) -> list[Measure]:
    return [measure for measure in headline_measures() if measure.facts.recommendation == recommendation]
