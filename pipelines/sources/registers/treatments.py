"""SMDB: courses of substance treatment, from the two registers of waiting times and the one of enrolments."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.definitions.tables import TREATMENTS
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import NUMBER, Register, person
from pipelines.sources.reported import reported_by_municipality


@dataclass(frozen=True)
class CourseTable:
    """A register of courses: the variables for its id, start, end, municipality and (where it is told) substance."""

    layout: str
    ids: tuple[str, ...]
    start: str
    end: str
    municipality: str
    substance: str | None = None


WAITING = ("IVAERKSAETTELSEID", "KONTAKTFORLOEBID")
DRUG = "PERSONAKTUELTHOVEDSTOFKODE"
TABLES = (
    CourseTable("SMDB_VBGH", WAITING, "IVAERKSATBEHANDLINGDATO", "BEHANDLINGAFSLUTTETDATO", "KOMMUNEKODE", DRUG),
    CourseTable("SMDB_VBGF", WAITING, "IVAERKSATBEHANDLINGDATO", "TILBUDTILKNYTTETSLUTDATO", "KOMMUNEKODE", DRUG),
    CourseTable("SMDB_IBIB", ("INDSKRIVNINGID",), "INDSKRIVNINGDATO", "UDSKRIVNINGDATO", "INDSKRIVNINGKOMMUNEKODE"),
)
"""In the order in which they are believed: the end of the treatment comes before the end with one facility."""


def read_treatments(registers: Registers) -> None:
    """One treatment per course, whichever of the registers tell of it."""
    found = [_courses(registers, table) for table in TABLES if registers.has(table.layout)]
    if found:
        registers.reading.hand_on("treatments", one_per_course(pl.concat(found)))


def one_per_course(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the same course and person: the first start and the last end of the register that is believed first.

    A course with a row that has not ended goes on. She was pregnant when any row says so. Rows without a known person
    stand alone.
    """
    course = ["treatment_id", "person_id"]
    first = pl.col("_rank") == pl.col("_rank").min()
    has_ended = pl.col("end_date").filter(first).is_not_null().all()
    is_known = pl.col("person_id").is_not_null()
    whole = (
        rows.filter(is_known)
        .group_by(course, maintain_order=True)
        .agg(
            pl.col("start_date").filter(first).min(),
            pl.when(has_ended).then(pl.col("end_date").filter(first).max()).alias("end_date"),
            pl.col("substance").drop_nulls().first(),
            pl.col("was_pregnant").drop_nulls().sort().last(),
            pl.exclude("start_date", "end_date", "substance", "was_pregnant").first(),
        )
        .select(rows.columns)
    )
    return pl.concat([whole, rows.filter(~is_known)])


def _courses(registers: Registers, table: CourseTable) -> pl.DataFrame:
    """A course is named by its id, else by whose it is and when it began."""
    register = registers.read(table.layout)
    register.reading.reported += _reported(register.rows, table)
    register.leave_out(pl.col("SMD_STATUS") == "deleted")
    if "ISDELETED" in register.rows.columns:
        register.leave_out(pl.col("ISDELETED") == "true")
    register.leave_out(pl.col(table.start).is_null())
    own = pl.coalesce(pl.concat_str(pl.lit(f"{name}|"), pl.col(name)) for name in table.ids)
    register.rows = register.rows.with_columns(
        own.alias("_id"), pl.when(own.is_null()).then(pl.col(NUMBER)).alias(NUMBER)
    )
    register.rows = register.rows.with_columns(
        pl.when(pl.col("_id").is_null()).then(pl.col(table.start)).otherwise("_id").alias("_id")
    )
    return _as_treatments(register, table)


def _as_treatments(register: Register, table: CourseTable) -> pl.DataFrame:
    was_pregnant = pl.col("PERSONGRAVIDKODE")
    substance = pl.col(table.substance) if table.substance else pl.lit(None, pl.String)
    return register.rows.with_columns(register.named("smdb", "_id").alias("treatment_id")).select(
        "treatment_id",
        *person("PNR", "person_id"),
        substance.alias("substance"),
        pl.col(table.start).alias("start_date"),
        pl.col(table.end).alias("end_date"),
        pl.col(table.municipality).alias("municipality_code"),
        pl.when(was_pregnant.is_in(["true", "false"])).then(was_pregnant).alias("was_pregnant"),
        pl.lit([one.layout for one in TABLES].index(table.layout)).alias("_rank"),
        SOURCE,
        ROW,
    )


def _reported(rows: pl.DataFrame, table: CourseTable) -> list[pl.DataFrame]:
    told = rows.select(
        pl.col(table.municipality).alias("municipality_code"), pl.col(table.start).alias(TREATMENTS.known_by)
    )
    return reported_by_municipality(told, TREATMENTS, table.layout)
