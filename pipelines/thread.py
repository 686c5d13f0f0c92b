"""Canonical records to evidence, obligations and counts: the stages one after the other, without files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines import continuity as continuity_stage
from pipelines import evidence as evidence_stage
from pipelines.as_of import as_of_view
from pipelines.bucket import Bucket, Pregnancies, held, with_municipality_type
from pipelines.definitions.reference import Reference
from pipelines.linkage import linked
from pipelines.obligations import follow_up
from pipelines.records import Records
from pipelines.residence import spells

NOBODY = pl.LazyFrame()


@dataclass(frozen=True)
class Thread:
    """What is known on a day, child by child. All frames hold surrogates; `links` covers children of every date."""

    view: Records
    links: pl.LazyFrame
    children: pl.LazyFrame
    evidence: pl.LazyFrame
    exposed: pl.LazyFrame
    handovers_about: pl.LazyFrame
    reference: Reference
    as_of: date

    @staticmethod
    def follow(records: Records, reference: Reference, as_of: date) -> Thread:
        """Links are made on all records, everything else on the as-of view."""
        records = records.each(lambda _, rows: with_municipality_type(rows, reference))
        thread = Thread(
            view=as_of_view(records, as_of),
            links=linked(records.children, records.pregnancies, reference),
            children=NOBODY,
            evidence=NOBODY,
            exposed=NOBODY,
            handovers_about=NOBODY,
            reference=reference,
            as_of=as_of,
        )
        return replace(thread, children=thread.children_in_view())

    def children_in_view(self) -> pl.LazyFrame:
        """The children known on the day, with their links."""
        return evidence_stage.children_in_view(self.view.children, self.links, self.view.pregnancies)

    def with_children(self, children: pl.LazyFrame) -> Thread:
        """The same with the children in view worked out; evidence and exposed are few rows and are held in memory.

        One source after the other: a shared plan would hold all children several times.
        """
        evidence = pl.concat([held(rows) for rows in evidence_stage.evidence(self.view, children, self.reference)])
        return replace(
            self,
            children=children,
            evidence=evidence,
            exposed=held(evidence_stage.exposed(evidence, children, self.reference)),
            handovers_about=held(evidence_stage.about_each_child(self.view.handovers, children)),
        )

    def whole(self) -> Bucket:
        """All children as one bucket."""
        return Bucket(
            children=self.children,
            spells=spells(self.view.residences),
            contacts=follow_up.in_schedule(self.view.contacts, self.reference),
            support_records=self.view.support_records,
            evidence=self.evidence,
            exposed=self.exposed,
            handovers_about=self.handovers_about,
            reference=self.reference,
            as_of=self.as_of,
        )

    def pregnancies(self) -> Pregnancies:
        """All pregnancies."""
        return Pregnancies(
            pregnancies=self.view.pregnancies, reference=self.reference, as_of=self.as_of, **self._of_pregnancies()
        )

    def _of_pregnancies(self) -> dict[str, pl.LazyFrame]:
        named = self.view.exposures.filter(pl.col("pregnancy_id").is_not_null())
        return {
            "exposures": evidence_stage.uncancelled(named, "pregnancy_id"),
            "handovers": self.view.handovers.filter(pl.col("pregnancy_id").is_not_null()),
            "mother_diagnoses": evidence_stage.coded(self.view.diagnoses, "mother", self.reference),
            "treatments": self.view.treatments,
        }

    def beside_the_rows(self) -> dict[str, pl.LazyFrame]:
        """What every bucket needs beside its own rows: few rows, by name."""
        of_children = {
            "evidence": self.evidence,
            "exposed": self.exposed,
            "handovers_about": self.handovers_about,
        }
        return of_children | self._of_pregnancies()

    def continuity(self, gaps: pl.LazyFrame) -> pl.LazyFrame:
        """The funnel of the exposed children."""
        losses = continuity_stage.first_losses(self.exposed, gaps, self.reference)
        homes = spells(self.view.residences.join(self.exposed, on="child_id", how="semi"))
        people = held(
            continuity_stage.people(self.exposed, held(losses), self.children, held(homes), self.reference, self.as_of)
        )
        return continuity_stage.continuity(people, self.as_of)
