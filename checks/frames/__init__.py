"""Frames: the rows that checks look at, with everything joined on that a rule reads. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

import polars as pl

from checks.days import danish_day
from checks.frames import feeds, of_children, of_families, of_knowledge, reporting, results, sizes, told, volume
from checks.frames.delivered import SUFFIX, delivered_to
from checks.frames.frame import Days, Frame, Read, Subject, nothing_before
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES
from pipelines.linkage import linked
from pipelines.store import Snapshot

__all__ = ["OF_RECORDS", "Days", "Frame", "Frames", "canonical_frames", "frames", "frames_of", "subject_of"]

Make = Callable[[Subject], Frame]
RowsBefore = Callable[[], pl.LazyFrame]

OF_RECORDS: dict[str, Make] = {
    "sizes": sizes.sizes,
    "pregnancies": of_families.pregnancies,
    "children": of_families.children,
    "siblings": of_families.siblings,
    "exposures": of_knowledge.exposures,
    "residences": of_children.residences,
    "diagnoses": of_knowledge.diagnoses,
    "treatments": of_knowledge.treatments,
    "handovers": of_knowledge.handovers,
    "support_records": of_children.support_records,
    "contacts": of_children.contacts,
    "assessments": of_children.assessments,
    "costs": of_children.costs,
    "feeds": feeds.feeds,
    "volume": volume.volume,
    "volume_by_year": volume.volume_by_year,
    "cohorts": volume.cohorts,
    "calendar": volume.calendar,
}
"""About the canonical tables themselves."""

OF_INGEST: dict[str, Make] = {
    **{table.name + SUFFIX: partial(delivered_to, table=table) for table in TABLES},
    "deliveries": told.deliveries,
    "accounts": told.accounts,
    "stored": told.stored,
    "reporting": reporting.reporting,
    "record_links": told.record_links,
    "number_hints": told.number_hints,
    "names": told.names,
    "texts": told.texts,
}
"""About what an ingest writes beside them."""

OF_RESULTS: dict[str, Make] = {
    "evidence": results.evidence,
    "exposed": results.exposed,
    "obligations": results.obligations,
    "gaps": results.gaps,
    "counts": results.counts,
    "funnel": results.funnel,
    "linkage": results.linkage,
    "conservation": results.conservation,
    "shares": results.shares,
}
"""About what a run writes after the links."""


@dataclass(frozen=True)
class Frames(Mapping[str, Frame]):
    """Frames by name, each made when it is asked for: only then it is known whether its tables are there."""

    subject: Subject
    makes: Mapping[str, Make]

    def __getitem__(self, name: str) -> Frame:
        """StoreFailed, or what Delta says, when a table that the frame stands on is gone."""
        return self.makes[name](self.subject)

    def __contains__(self, name: object) -> bool:
        return name in self.makes

    def __iter__(self) -> Iterator[str]:
        return iter(self.makes)

    def __len__(self) -> int:
        return len(self.makes)


def frames(snapshot: Snapshot, reference: Reference) -> Frames:
    """All frames of a run, by name; of an ingest that no run has followed, only those that need no results."""
    run_on = snapshot.run["started_at"]
    on = danish_day(run_on) if isinstance(run_on, datetime) else run_on
    days = Days(snapshot.run["as_of"] or on, on)

    def rows_before() -> pl.LazyFrame:
        return sizes.rows_of(sizes.run_before(snapshot))

    has_results = snapshot.run["kind"] == "run"
    return frames_of(snapshot.table, reference, days, has_results=has_results, rows_before=rows_before)


def frames_of(
    read: Read, reference: Reference, days: Days, *, has_results: bool, rows_before: RowsBefore = nothing_before
) -> Frames:
    """The same from any reader of the store's tables."""
    if has_results:
        return Frames(_subject(read, reference, days, rows_before), OF_RECORDS | OF_INGEST | OF_RESULTS)
    return Frames(subject_of(read, reference, days, rows_before), OF_RECORDS | OF_INGEST)


def canonical_frames(
    tables: Mapping[str, pl.LazyFrame], reference: Reference, days: Days, rows_before: RowsBefore = nothing_before
) -> Frames:
    """Only the frames about the canonical tables themselves, before anything is stored."""
    return Frames(subject_of(tables.__getitem__, reference, days, rows_before), OF_RECORDS)


def subject_of(read: Read, reference: Reference, days: Days, rows_before: RowsBefore = nothing_before) -> Subject:
    """Tables of which no run has made the links yet: they are found when a frame asks for them."""

    def with_links(name: str) -> pl.LazyFrame:
        return linked(read("children"), read("pregnancies"), reference) if name == "links" else read(name)

    return _subject(with_links, reference, days, rows_before)


def _subject(read: Read, reference: Reference, days: Days, rows_before: RowsBefore) -> Subject:
    """With the rows by day among its tables: counted when a frame asks for them, and not again."""

    def with_rows_by_day(name: str) -> pl.LazyFrame:
        return feeds.rows_by_day(subject) if name == feeds.ROWS_BY_DAY else read(name)

    subject = Subject(cache(with_rows_by_day), days, reference, rows_before)
    return subject
