"""Canonical records to evidence, obligations and counts: the stages one after the other, without files."""

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
from pipelines.obligations import follow_up
from pipelines.records import Records
from pipelines.residence import spells


def with_municipality_type(rows: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Municipality codes as small numbers: they are joined and grouped by many times."""
    codes = [name for name in rows.collect_schema().names() if name.endswith("municipality_code")]
    return rows.with_columns(pl.col(codes).cast(lists.municipality(reference))) if codes else rows


def held(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Worked out now and kept in memory, for what more than one later step reads."""
    return rows.collect(engine="streaming").lazy()


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
    contacts: pl.LazyFrame
    reference: Reference
    as_of: date

    @staticmethod
    def follow(records: Records, reference: Reference, as_of: date) -> Thread:
        """Links are made on all records, everything else on the as-of view."""
        records = records.each(lambda _, rows: with_municipality_type(rows, reference))
        links = linked(records.children, records.pregnancies, reference)
        view = as_of_view(records, as_of)
        children = evidence_stage.children_in_view(view.children, links, view.pregnancies)
        evidence = pl.concat(evidence_stage.evidence(view, children, reference))
        return Thread(
            view=view,
            links=links,
            children=children,
            evidence=evidence,
            exposed=evidence_stage.exposed(evidence, children, reference),
            handovers_about=evidence_stage.about_each_child(view.handovers, children),
            spells=spells(view.residences),
            contacts=follow_up.in_schedule(view.contacts, reference),
            reference=reference,
            as_of=as_of,
        )

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

    def bucket(self, at: int, buckets: int) -> Thread:
        """The children whose surrogate falls in one of `buckets` (a power of two), and their rows, held in memory."""
        is_here = (pl.col("child_id") & (buckets - 1)) == at if buckets > 1 else pl.lit(value=True)
        contacts = follow_up.in_schedule(self.view.contacts.filter(is_here), self.reference)
        return replace(
            self,
            children=held(self.children.filter(is_here)),
            spells=held(spells(self.view.residences.filter(is_here))),
            exposed=held(self.exposed.filter(is_here)),
            contacts=held(contacts),
            view=replace(self.view, support_records=held(self.view.support_records.filter(is_here))),
        )

    def obligations_of_children(self) -> pl.LazyFrame:
        """Kinds 1 to 7. What several steps read is held between them: Polars would work it out for each again."""
        known = held(obligations_stage.knowledge_of(self.children, self.exposed))
        first_known = self.children.select("child_id", "birth_date").join(
            known.select("child_id", "first_known_date"), on="child_id", how="left"
        )
        due = held(follow_up.expected(first_known, self.reference, self.as_of))
        seen = held(follow_up.outcomes(due, self.contacts))
        drafts = [
            obligations_stage.drafts_of_exposed(
                known,
                self.evidence,
                self.view.support_records,
                self.handovers_about,
                self.spells,
                self.reference,
                self.as_of,
            ),
            follow_up.follow_up(seen, self.contacts, self.reference, self.as_of),
        ]
        return pl.concat(
            [
                held(obligations_stage.obligations_of_children(held(some), self.children, self.spells, self.as_of))
                for some in drafts
            ]
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

    def cells_of_children(self, obligations: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The outcomes of these obligations, counted by the groups of their child."""
        groups = counts_stage.groups_of_children(self.children, self.exposed, self.spells, self.reference, self.as_of)
        grouped = held(counts_stage.with_groups(obligations, groups))
        return {name: held(cells) for name, cells in counts_stage.cells(grouped, self.as_of).items()}

    def cells_of_pregnancies(self, obligations: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The same for obligations of pregnancies."""
        grouped = held(counts_stage.with_groups_of_pregnancies(obligations, self.reference))
        return {name: held(cells) for name, cells in counts_stage.cells(grouped, self.as_of).items()}

    def continuity(self, gaps: pl.LazyFrame) -> pl.LazyFrame:
        """The funnel of the exposed children."""
        losses = continuity_stage.first_losses(self.exposed, gaps, self.reference)
        homes = spells(self.view.residences.join(self.exposed, on="child_id", how="semi"))
        return continuity_stage.continuity(self.exposed, losses, self.children, homes, self.reference, self.as_of)
