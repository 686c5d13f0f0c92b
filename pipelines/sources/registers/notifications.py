"""BUU, notifications to the municipality: about children support records, about the unborn what becomes hand-overs."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.definitions.tables import SUPPORT_RECORDS
from pipelines.sources.places import municipality_or_null
from pipelines.sources.reading import DECLARED_INCOMPLETE, Reading
from pipelines.sources.registers.codes import is_unmapped
from pipelines.sources.registers.layouts_of_municipalities import BACKGROUNDS
from pipelines.sources.registers.normal import version_in_order
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import Register, person, written
from pipelines.sources.reported import reported_by_municipality

LAYOUT = "BUU"
OF_AGE = 18
A_YEAR = r"^\d{4}$"
UNBORN = ["mother_id", "sent_date", "from_actor", "municipality_code", "has_exposure", "handover_id", SOURCE, ROW]
TOLD = ["UNDERRETNINGSDATO", "KOMNR", *written(["PERS_TYPE", "UNDRETTYPE", *BACKGROUNDS])]
"""What tells two notifications about the same person apart. Rows with all of it alike are one, delivered twice."""

_NEWEST = "_newest"
_VERSION = "_version"


def read_notifications(registers: Registers) -> None:
    """Notifications of children to support records; those of the unborn wait in `reading.unborn` for a pregnancy."""
    reading, register = registers.reading, registers.read(LAYOUT)
    _keep_newest_versions(register)
    reading.declared_incomplete += _incomplete_years(register.rows)
    reading.reported += _reported(register.rows)
    register.set_aside_unknown_codes("support_records", "PERS_TYPE")
    is_child = pl.col("PERS_TYPE") == "child"
    age = pl.coalesce(pl.col(name).cast(pl.Float64, strict=False) for name in ("BEREGN_ALDER", "ALDER_INDB"))
    register.leave_out(is_child & (age >= OF_AGE))
    _set_aside_unborn_without_mother_or_sender(register, ~is_child)
    rows = register.rows.with_columns(register.named("buu", *TOLD).alias("record_id"))
    _hand_on_children(rows.filter(is_child), reading)
    unborn = _unborn(rows.filter(~is_child))
    reading.unborn += [unborn] if unborn.height else []


def is_about_the_exposure() -> pl.Expr:
    """A background of the notification means the exposure."""
    return pl.any_horizontal((pl.col(name) == "exposure").fill_null(value=False) for name in BACKGROUNDS)


def _keep_newest_versions(register: Register) -> None:
    """Of each year only the rows of the newest version stand. A file without such a row has been superseded whole."""
    year = pl.coalesce(pl.col("AAR"), pl.col("UNDERRETNINGSDATO").str.slice(0, 4)).fill_null("")
    version = version_in_order("VERSION").fill_null("")
    rows = register.rows.with_columns(year.alias("_year"), version.alias(_VERSION))
    rows = rows.with_columns(pl.col(_VERSION).max().over("_year").alias(_NEWEST))
    register.rows = rows
    is_old = pl.col(_VERSION) < pl.col(_NEWEST)
    files = rows.group_by(SOURCE).agg(is_old.all().alias("is_old"), pl.col("_year").max())
    newest = rows.filter(~is_old).group_by("_year").agg(pl.col(SOURCE).min().alias("_by"))
    for source, by in files.filter("is_old").join(newest, on="_year").select(SOURCE, "_by").iter_rows():
        register.accounts[source].superseded_by = by
    register.supersede(is_old)


def _incomplete_years(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Municipalities that say themselves that they have not reported all months of a year (four digits both)."""
    said = rows.filter(pl.col("ALLE_MDR").cast(pl.Float64, strict=False) == 0).select(
        pl.lit(LAYOUT).alias("delivery"),
        municipality_or_null(pl.col("KOMNR")).alias("municipality_code"),
        pl.when(pl.col("AAR").str.contains(A_YEAR)).then(pl.col("AAR").cast(pl.Int64, strict=False)).alias("year"),
    )
    said = said.drop_nulls().unique(maintain_order=True).select(*DECLARED_INCOMPLETE)
    return [said] if said.height else []


def _reported(rows: pl.DataFrame) -> list[pl.DataFrame]:
    told = rows.select(
        pl.col("KOMNR").alias("municipality_code"), pl.col("UNDERRETNINGSDATO").alias(SUPPORT_RECORDS.known_by)
    )
    return reported_by_municipality(told, SUPPORT_RECORDS, LAYOUT)


def _set_aside_unborn_without_mother_or_sender(register: Register, is_unborn: pl.Expr) -> None:
    """Where nobody knows whose pregnancy it was, or who told, there is nothing to hand over."""
    register.set_aside(
        is_unborn & pl.col(IDENTITY_FAULT + "PNR").is_not_null(), "handovers", "identity", "pregnancy_id"
    )
    register.set_aside(is_unborn & pl.col("PNR").is_null(), "handovers", "required", "pregnancy_id")
    register.set_aside(is_unborn & is_unmapped("UNDRETTYPE"), "handovers", "unmapped_code", "UNDRETTYPE")
    register.set_aside(is_unborn & pl.col("UNDRETTYPE").is_null(), "handovers", "required", "UNDRETTYPE")


def _hand_on_children(rows: pl.DataFrame, reading: Reading) -> None:
    """A notification that says it is about the exposure has recorded it, on its day; of the others nothing is known."""
    is_exposure = is_about_the_exposure()
    records = rows.select(
        "record_id",
        *person("PNR", "child_id"),
        pl.col("KOMNR").alias("municipality_code"),
        pl.lit("notification").alias("record_type"),
        pl.col("UNDERRETNINGSDATO").alias("opened_date"),
        pl.when(is_exposure).then(pl.lit("recorded")).alias("exposure_status"),
        pl.when(is_exposure).then("UNDERRETNINGSDATO").alias("exposure_recorded_date"),
        SOURCE,
        ROW,
    )
    reading.hand_on("support_records", records)


def _unborn(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col("PNR").alias("mother_id"),
        pl.col("UNDERRETNINGSDATO").alias("sent_date"),
        pl.col("UNDRETTYPE").alias("from_actor"),
        pl.col("KOMNR").alias("municipality_code"),
        pl.when(is_about_the_exposure()).then(pl.lit(value=True)).alias("has_exposure"),
        pl.col("record_id").alias("handover_id"),
        SOURCE,
        ROW,
    ).select(UNBORN)
