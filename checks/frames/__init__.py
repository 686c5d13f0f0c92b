"""Frames: the rows that checks look at, with everything joined on that a rule reads. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from checks.frames import of_children, of_families, of_knowledge, volume
from checks.frames.delivered import delivered
from checks.frames.frame import Days, Frame, Subject
from checks.frames.results import results
from checks.frames.told import Read, told
from checks.targets import targets
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES, TABLES
from pipelines.linkage import linked
from pipelines.records import Records
from pipelines.store import Snapshot

__all__ = ["Days", "Frame", "canonical_frames", "frames", "frames_of"]


def frames(snapshot: Snapshot, reference: Reference) -> dict[str, Frame]:
    """All frames of a run, by name; of an ingest that no run has followed, only those that need no results."""
    run_on = snapshot.run["started_at"]
    on = run_on.date() if isinstance(run_on, datetime) else run_on
    days = Days(snapshot.run["as_of"] or on, on)
    return frames_of(snapshot.table, reference, days, has_results=snapshot.run["kind"] == "run")


def frames_of(read: Read, reference: Reference, days: Days, *, has_results: bool) -> dict[str, Frame]:
    """The same from any reader of the store's tables."""
    records = Records.of({name: read(name) for name in TABLE_NAMES})
    links = read("links") if has_results else linked(records.children, records.pregnancies, reference)
    subject = Subject(records, links, days, reference)
    made = [
        *_domain(subject),
        *(delivered(table, read(table.name), read("quarantine"), reference) for table in TABLES),
        *told(read, subject),
        *(results(read, days, targets()) if has_results else []),
    ]
    return {frame.name: frame for frame in made}


def canonical_frames(tables: Mapping[str, pl.LazyFrame], reference: Reference, as_of: date) -> dict[str, Frame]:
    """Only the frames about the canonical tables themselves, before anything is stored."""
    records = Records.of(tables)
    links = linked(records.children, records.pregnancies, reference)
    return {frame.name: frame for frame in _domain(Subject(records, links, Days(as_of, as_of), reference))}


def _domain(subject: Subject) -> list[Frame]:
    return [
        of_families.pregnancies(subject),
        of_families.children(subject),
        of_families.siblings(subject),
        of_knowledge.exposures(subject),
        of_children.residences(subject),
        of_knowledge.diagnoses(subject),
        of_knowledge.treatments(subject),
        of_knowledge.handovers(subject),
        of_children.support_records(subject),
        of_children.contacts(subject),
        of_children.assessments(subject),
        of_children.costs(subject),
        volume.volume(subject),
        volume.cohorts(subject),
        volume.calendar(subject),
    ]
