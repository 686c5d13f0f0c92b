"""One bucket of children, or of pregnancies: what is due to them, and how that is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines import cells as cells_of
from pipelines import counts as counts_stage
from pipelines import obligations as obligations_stage
from pipelines.buckets import Buckets, height
from pipelines.definitions.reference import Reference
from pipelines.obligations import LIFE, follow_up


def with_municipality_type(rows: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Municipality codes as small numbers: they are joined and grouped by many times."""
    codes = [name for name in rows.collect_schema().names() if name.endswith("municipality_code")]
    return rows.with_columns(pl.col(codes).cast(reference.municipality)) if codes else rows


def held(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Worked out now and kept in memory, for what more than one later step reads."""
    return rows.collect(engine="streaming").lazy()


@dataclass(frozen=True)
class Bucket:
    """Children of the as-of view with their rows. Evidence, exposed and hand-overs may be those of all children."""

    children: pl.LazyFrame
    spells: pl.LazyFrame
    contacts: pl.LazyFrame
    support_records: pl.LazyFrame
    evidence: pl.LazyFrame
    exposed: pl.LazyFrame
    handovers_about: pl.LazyFrame
    reference: Reference
    as_of: date

    def parts(self, buckets: Buckets) -> Iterator[Bucket]:
        """The bucket in slices that fit into memory, held there one after the other."""
        slices = buckets.slices(height(self.children))
        for at in range(slices):
            yield self._held(buckets.is_in_slice(at, slices))

    def _held(self, is_here: pl.Expr) -> Bucket:
        return replace(
            self,
            children=held(self.children.filter(is_here)),
            spells=held(self.spells.filter(is_here)),
            exposed=held(self.exposed.filter(is_here)),
            contacts=held(self.contacts.filter(is_here)),
            support_records=held(self.support_records.filter(is_here)),
        )

    def obligations(self) -> pl.LazyFrame:
        """Kinds 1 to 7. What several steps read is held between them: Polars would work it out for each again."""
        known = held(obligations_stage.knowledge_of(self.children, self.exposed))
        lives = held(obligations_stage.lives(self.children, known, self.spells))
        due = held(follow_up.expected(lives, self.reference, self.as_of, LIFE))
        seen = held(follow_up.outcomes(due, self.contacts))
        drafts = [
            obligations_stage.with_lives(
                obligations_stage.drafts_of_exposed(
                    known,
                    self.evidence,
                    self.support_records,
                    self.handovers_about,
                    self.spells,
                    self.reference,
                    self.as_of,
                ),
                lives,
            ),
            follow_up.follow_up(seen, self.contacts, self.reference, self.as_of, LIFE),
        ]
        return pl.concat(
            [held(obligations_stage.obligations_of_children(held(some), self.spells, self.as_of)) for some in drafts]
        )

    def gaps(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """Those of the obligations that are overdue or contradicted."""
        return obligations_stage.gaps(obligations, self.children, self.support_records, self.as_of)

    def cells(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """The outcomes of these obligations, counted by the groups of their child."""
        groups = counts_stage.groups_of_children(self.children, self.exposed, self.spells, self.reference, self.as_of)
        grouped = held(counts_stage.with_groups(obligations, groups))
        return held(cells_of.cells(grouped, self.as_of))


@dataclass(frozen=True)
class Pregnancies:
    """Pregnancies of the as-of view, and what is known of them; of exposures those that stand, all but the first of
    all pregnancies."""

    pregnancies: pl.LazyFrame
    exposures: pl.LazyFrame
    handovers: pl.LazyFrame
    mother_diagnoses: pl.LazyFrame
    treatments: pl.LazyFrame
    reference: Reference
    as_of: date

    def parts(self, buckets: Buckets) -> Iterator[Pregnancies]:
        """In slices that fit into memory, held there one after the other."""
        slices = buckets.slices(height(self.pregnancies))
        for at in range(slices):
            of_slice = self.pregnancies.filter(buckets.is_in_slice(at, slices, "pregnancy_id"))
            yield replace(self, pregnancies=held(of_slice))

    def obligations(self) -> pl.LazyFrame:
        """Screened, referred and plan before birth."""
        return obligations_stage.obligations_of_pregnancies(
            self.pregnancies,
            self.exposures,
            self.handovers,
            self.mother_diagnoses,
            self.treatments,
            self.reference,
            self.as_of,
        )

    def gaps(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """Those that are overdue or contradicted, in the shape of the gaps of children."""
        nobody = pl.LazyFrame(schema={"child_id": pl.Int64, "birth_date": pl.Date})
        no_record = pl.LazyFrame(schema={"record_id": pl.String, "record_type": pl.String})
        return obligations_stage.gaps(obligations, nobody, no_record, self.as_of)

    def cells(self, obligations: pl.LazyFrame) -> pl.LazyFrame:
        """The outcomes of these obligations, counted."""
        grouped = held(counts_stage.with_groups_of_pregnancies(obligations, self.reference))
        return held(cells_of.cells(grouped, self.as_of))
