"""BUFO, BUAF and HANDICBU: support measures, placements and disability support, each a support record."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.definitions.tables import SUPPORT_RECORDS
from pipelines.sources.registers.codes import WRITTEN
from pipelines.sources.registers.layouts_of_municipalities import OUT_OF_SCOPE
from pipelines.sources.registers.normal import day
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import Register, person
from pipelines.sources.reported import reported_by_municipality


@dataclass(frozen=True)
class MeasureTable:
    """A register of measures: the variables for what it is, from when to when, and the municipality."""

    layout: str
    kind: str
    opened: str
    closed: str
    municipality: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What, with the person, makes two rows the same measure."""
        return (self.kind + WRITTEN, self.opened, self.municipality)


PREVENTIVE = MeasureTable("BUFO", "PGF", "SAG_VFRA", "SAG_VTIL", "ADMKOM")
DISABILITY = MeasureTable("HANDICBU", "INDSATS_KODE", "INDSATS_STARTDATO", "INDSATS_SLUTDATO", "ADMKOM")
PLACEMENTS = MeasureTable("BUAF", "HAENDELSE", "STARTDATO", "SLUTDATO", "NYKOM")


def read_measures(registers: Registers) -> None:
    """Support records of the measures that are declared."""
    for table in (PREVENTIVE, DISABILITY):
        if registers.has(table.layout):
            register = _standing(registers, table)
            register.leave_out(pl.col(table.kind) == OUT_OF_SCOPE)
            _hand_on(register, table, pl.col(table.kind))
    if registers.has(PLACEMENTS.layout):
        register = _standing(registers, PLACEMENTS)
        register.leave_out(pl.col(PLACEMENTS.kind) != "placement")
        register.rows = placements_in_a_row(register.rows)
        _hand_on(register, PLACEMENTS, pl.lit("placement"))


def placements_in_a_row(events: pl.DataFrame) -> pl.DataFrame:
    """One row per course, the first event's with the end of the last: a new place is no new placement.

    Events follow each other when the next begins at the latest on the day after the one before, of those of the same
    municipality, has ended; one without an end lasts until the next begins, and the last one so leaves the course open.
    An event without a readable start, or whose person is not known, stands alone.
    """
    course = ["PNR", PLACEMENTS.municipality]
    start, end = day(PLACEMENTS.opened), day(PLACEMENTS.closed)
    is_whole = pl.all_horizontal(pl.col("PNR").is_not_null(), start.is_not_null())
    ordered = (
        events.filter(is_whole)
        .with_columns(start.alias("_start"), end.alias("_end"))
        .sort(*course, "_start", "_end", SOURCE, ROW, nulls_last=True)
    )
    reached = pl.col("_end").fill_null(pl.date(9999, 12, 30)).cum_max().shift(1).over(course)
    begins = (pl.col("_start") > reached + pl.duration(days=1)).fill_null(value=True)
    ended = pl.when(pl.col("_end").last().is_not_null()).then(pl.col("_end").max())
    courses = (
        ordered.with_columns(begins.cum_sum().over(course).alias("_course"))
        .group_by(*course, "_course", maintain_order=True)
        .agg(pl.exclude("_start", "_end").first(), ended.dt.to_string("%Y-%m-%d").alias("_closed"))
        .with_columns(pl.col("_closed").alias(PLACEMENTS.closed))
    )
    return pl.concat([courses.select(events.columns), events.filter(~is_whole)])


def _standing(registers: Registers, table: MeasureTable) -> Register:
    """The newest version of each row, counted as reported before anything is left out."""
    register = registers.read(table.layout)
    register.supersede_older_versions(*table.key)
    register.reading.reported += reported_by_municipality(
        register.rows.select(_municipality(table), pl.col(table.opened).alias(SUPPORT_RECORDS.known_by)),
        SUPPORT_RECORDS,
        table.layout,
    )
    register.set_aside_unknown_codes("support_records", table.kind)
    return register


def _hand_on(register: Register, table: MeasureTable, record_type: pl.Expr) -> None:
    records = register.rows.with_columns(register.named(table.layout.lower(), *table.key).alias("record_id")).select(
        "record_id",
        *person("PNR", "child_id"),
        _municipality(table),
        record_type.alias("record_type"),
        pl.col(table.opened).alias("opened_date"),
        pl.col(table.closed).alias("closed_date"),
        SOURCE,
        ROW,
    )
    register.reading.hand_on("support_records", records)


def _municipality(table: MeasureTable) -> pl.Expr:
    return pl.col(table.municipality).alias("municipality_code")
