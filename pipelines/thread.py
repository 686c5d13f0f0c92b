"""Canonical records to evidence, obligations and counts: the stages one after the other, lazily, without files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines import continuity as continuity_stage
from pipelines import counts as counts_stage
from pipelines import evidence as evidence_stage
from pipelines import obligations as obligations_stage
from pipelines.as_of import as_of_view
from pipelines.definitions import lists
from pipelines.definitions.reference import Reference
from pipelines.linkage import linked
from pipelines.records import Records
from pipelines.residence import spells


def with_municipality_type(rows: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Municipality codes as small numbers: they are joined and grouped by many times."""
    codes = [name for name in rows.collect_schema().names() if name.endswith("municipality_code")]
    return rows.with_columns(pl.col(codes).cast(lists.municipality(reference))) if codes else rows


@dataclass(frozen=True)
class Thread:
    """What is known on a day, child by child. All frames hold surrogates; `links` covers children of every date."""

    view: Records
    links: pl.LazyFrame
    children: pl.LazyFrame
    evidence: pl.LazyFrame
    exposed: pl.LazyFrame
    handovers_about: pl.LazyFrame
    spells: pl.LazyFrame
    reference: Reference
    as_of: date

    @staticmethod
    def follow(records: Records, reference: Reference, as_of: date) -> Thread:
        """Links are made on all records, everything else on the as-of view."""
        records = records.each(lambda _, rows: with_municipality_type(rows, reference))
        links = linked(records.children, records.pregnancies, reference)
        view = as_of_view(records, as_of)
        children = evidence_stage.children_in_view(view.children, links, view.pregnancies)
        evidence = evidence_stage.evidence(view, children, reference)
        return Thread(
            view=view,
            links=links,
            children=children,
            evidence=evidence,
            exposed=evidence_stage.exposed(evidence, children),
            handovers_about=evidence_stage.about_each_child(view.handovers, children),
            spells=spells(view.residences),
            reference=reference,
            as_of=as_of,
        )

    def with_knowledge_collected(self) -> Thread:
        """The same with evidence, exposed and hand-overs in memory: few rows, read by every bucket."""
        evidence, exposed, handovers = pl.collect_all(
            [self.evidence, self.exposed, self.handovers_about], engine="streaming"
        )
        return replace(self, evidence=evidence.lazy(), exposed=exposed.lazy(), handovers_about=handovers.lazy())

    def bucket(self, at: int, buckets: int) -> Thread:
        """The children whose surrogate falls in one of `buckets` (a power of two), with their large tables."""
        if buckets == 1:
            return self
        is_here = (pl.col("child_id") & (buckets - 1)) == at
        return replace(
            self,
            children=self.children.filter(is_here),
            spells=spells(self.view.residences.filter(is_here)),
            exposed=self.exposed.filter(is_here),
            view=replace(
                self.view,
                contacts=self.view.contacts.filter(is_here),
                support_records=self.view.support_records.filter(is_here),
            ),
        )

    def obligations_of_children(self) -> pl.LazyFrame:
        """Kinds 1 to 7."""
        return obligations_stage.obligations_of_children(
            self.children,
            self.exposed,
            self.evidence,
            self.view,
            self.handovers_about,
            self.spells,
            self.reference,
            self.as_of,
        )

    def obligations_of_pregnancies(self) -> pl.LazyFrame:
        """Screened, referred and plan before birth."""
        named = self.view.exposures.filter(pl.col("pregnancy_id").is_not_null())
        return obligations_stage.obligations_of_pregnancies(
            self.view,
            evidence_stage.uncancelled(named, "pregnancy_id"),
            evidence_stage.coded(self.view.diagnoses, "mother", self.reference),
            self.reference,
            self.as_of,
        )

    def grouped_by_child(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """Obligations of children with the groups in which they count."""
        groups = counts_stage.groups_of_children(self.children, self.exposed, self.spells, self.as_of)
        return counts_stage.with_groups(obligations, groups)

    def grouped_by_pregnancy(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """The same for obligations of pregnancies."""
        return counts_stage.with_groups_of_pregnancies(obligations)

    def continuity(self, gaps: pl.LazyFrame) -> pl.LazyFrame:
        """The funnel of the exposed children."""
        losses = continuity_stage.first_losses(self.exposed, gaps, self.reference)
        return continuity_stage.continuity(self.exposed, losses, self.children, self.spells, self.reference, self.as_of)
