"""How long each child's course took from one event to the next, and how its following ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import TIMES_TO_EVENT, TimeToEvent

ENDINGS = ("event", "died", "left", "censored")
ENDING = pl.Enum(ENDINGS)
INTERVAL = pl.Enum([declared.name for declared in TIMES_TO_EVENT])


@dataclass(frozen=True)
class Course:
    """What is known of the children on `as_of`, as the stages before make it.

    `handovers` has one row per child that it is about; `spells` comes from `residence.spells`; `support_records` and
    `assessments` are the as-of view.
    """

    children: pl.LazyFrame
    exposed: pl.LazyFrame
    handovers: pl.LazyFrame
    support_records: pl.LazyFrame
    assessments: pl.LazyFrame
    spells: pl.LazyFrame
    reference: Reference
    as_of: date

    def kept(self, hold: Callable[[pl.LazyFrame], pl.LazyFrame]) -> Course:
        """The same, cut to what is read here and worked out once by `hold`: each interval reads it again.

        For a country this is the difference between seconds and minutes; the rows of `time_to_event` want it too before
        they go to `event_table`.
        """
        return replace(
            self,
            children=hold(self.children.select("child_id", "birth_date", "death_date")),
            exposed=hold(self.exposed),
            handovers=hold(self.handovers.join(self.exposed, on="child_id", how="semi")),
            support_records=hold(self.support_records),
            assessments=hold(_with_concern(self.assessments).select("child_id", "assessed_date", "result")),
            spells=hold(self.spells),
        )


def time_to_event(course: Course) -> pl.LazyFrame:
    """`interval, child_id, cohort, origin_date, days, ending, is_before_origin`, one row per child and interval.

    A child is followed from the origin to the event, to its death, to the end of its last spell (it has left) or to
    `as_of`, whichever comes first; on the same day in that order, and `as_of` is followed too. What happened before the
    origin counts on day 0 (`is_before_origin`). Children without the origin, or dead or gone before it, are not there.
    `cohort` is the birth year.
    """
    followed = _followed(course)
    return pl.concat([_one(course, followed, declared) for declared in TIMES_TO_EVENT])


def _followed(course: Course) -> pl.LazyFrame:
    """Each child with the day it died or left, where it did.

    A pause between two spells is not leaving; a child without a spell has not left (a broken feed must not empty the
    country); one that left and died later left.
    """
    lives_on = pl.col("end_date").is_null().any()
    left = course.spells.group_by("child_id").agg(pl.when(~lives_on).then(pl.col("end_date").max()).alias("left_date"))
    return course.children.select("child_id", "birth_date", "death_date").join(left, on="child_id", how="left")


def _one(course: Course, followed: pl.LazyFrame, declared: TimeToEvent) -> pl.LazyFrame:
    origins = _at_risk(_origins(course, followed, declared))
    first = (
        _candidates(course, declared)
        .join(origins.select("child_id", "origin_date"), on="child_id")
        .filter((pl.col("closed_date") >= pl.col("origin_date")).fill_null(value=True))
        .group_by("child_id")
        .agg(pl.col("event_date").min())
    )
    return (
        origins.join(first, on="child_id", how="left")
        .with_columns(_ending(course.as_of).alias("ending"), _stop(course.as_of).alias("stop_date"))
        .select(
            pl.lit(declared.name, dtype=INTERVAL).alias("interval"),
            "child_id",
            pl.col("birth_date").dt.year().alias("cohort"),
            "origin_date",
            (pl.col("stop_date") - pl.col("origin_date")).dt.total_days().clip(0).cast(pl.Int32).alias("days"),
            "ending",
            ((pl.col("ending") == "event") & (pl.col("event_date") < pl.col("origin_date")))
            .fill_null(value=False)
            .alias("is_before_origin"),
        )
    )


def _origins(course: Course, followed: pl.LazyFrame, declared: TimeToEvent) -> pl.LazyFrame:
    """The children of the interval with the day on which their clock starts, never before their birth.

    Nobody can be lost before birth (only the live-born are children), so that time is not followed.
    """
    children = _population(course, followed, declared)
    if declared.origin == "birth":
        started = children.with_columns(pl.col("birth_date").alias("start_date"))
    elif declared.origin == "first_evidence":
        started = children.join(
            course.exposed.select("child_id", pl.col("first_evidence_date").alias("start_date")), on="child_id"
        )
    else:
        concern = _concerns(course).group_by("child_id").agg(pl.col("event_date").min().alias("start_date"))
        started = children.join(concern, on="child_id")
    origin = pl.max_horizontal("birth_date", "start_date").alias("origin_date")
    return started.select("child_id", "birth_date", "death_date", "left_date", origin)


def _population(course: Course, followed: pl.LazyFrame, declared: TimeToEvent) -> pl.LazyFrame:
    """Where the municipality knew first, there is nothing to hand over to it: those are not in that interval."""
    if declared.population == "all":
        return followed
    known_elsewhere = pl.col("municipal_first_knowers") == 0
    members = course.exposed.filter(known_elsewhere | pl.lit(declared.population == "exposed"))
    return followed.join(members, on="child_id", how="semi")


def _at_risk(origins: pl.LazyFrame) -> pl.LazyFrame:
    """Alive and not gone before the clock starts; dying or leaving on that very day is followed."""
    gone = pl.min_horizontal("death_date", "left_date")
    return origins.filter((gone >= pl.col("origin_date")).fill_null(value=True))


def _candidates(course: Course, declared: TimeToEvent) -> pl.LazyFrame:
    """`child_id, event_date, closed_date`: what can be the event. A record closed before the origin cannot."""
    never = pl.lit(None, pl.Date).alias("closed_date")
    if declared.event == "evidence":
        return course.exposed.select("child_id", pl.col("first_evidence_date").alias("event_date"), never)
    if declared.event == "handover":
        return _handovers_into_the_municipality(course).with_columns(never)
    if declared.event == "support_record":
        return course.support_records.select("child_id", pl.col("opened_date").alias("event_date"), "closed_date")
    if declared.event == "carrying_record":
        return _carrying_records(course).with_columns(never)
    return _concerns(course).with_columns(never)


def _handovers_into_the_municipality(course: Course) -> pl.LazyFrame:
    """As for the obligation `handed_over`: it states the exposure, comes from outside, and its receipt is confirmed."""
    stated = pl.col("has_exposure").fill_null(value=False)
    into = pl.col("to_actor").is_in(e.MUNICIPAL_ACTORS) & ~pl.col("from_actor").is_in(e.MUNICIPAL_ACTORS)
    return course.handovers.filter(stated & into & pl.col("received_date").is_not_null()).select(
        "child_id", pl.col("received_date").alias("event_date")
    )


def _carrying_records(course: Course) -> pl.LazyFrame:
    """As for the obligation `carried_in_record`, those that knew first themselves included: they carry it too."""
    carrying = course.reference.record_types.filter(pl.col("carries_exposure"))["record_type"].to_list()
    is_recorded = (pl.col("exposure_status") == "recorded").fill_null(value=False)
    return course.support_records.filter(pl.col("record_type").is_in(carrying) & is_recorded).select(
        "child_id", pl.coalesce("exposure_recorded_date", "opened_date").alias("event_date")
    )


def _concerns(course: Course) -> pl.LazyFrame:
    """Assessments with the result concern, in any domain."""
    return _with_concern(course.assessments).select("child_id", pl.col("assessed_date").alias("event_date"))


def _with_concern(assessments: pl.LazyFrame) -> pl.LazyFrame:
    return assessments.filter(pl.col("result") == "concern")


def _stop(as_of: date) -> pl.Expr:
    """The first of all days on which following ends; a missing one never comes."""
    return pl.min_horizontal("event_date", "death_date", "left_date", pl.lit(as_of))


def _ending(as_of: date) -> pl.Expr:
    stop = _stop(as_of)
    return (
        pl.when(pl.col("event_date") == stop)
        .then(pl.lit("event", dtype=ENDING))
        .when(pl.col("death_date") == stop)
        .then(pl.lit("died", dtype=ENDING))
        .when(pl.col("left_date") == stop)
        .then(pl.lit("left", dtype=ENDING))
        .otherwise(pl.lit("censored", dtype=ENDING))
    )
