"""Support, placements and disability support in Statistics Denmark's registers: records without an id of their own."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from sample_data.raw.outbox import Outbox, municipality_number
from sample_data.raw.registers import DISABILITY_MEASURES, MEASURES, theirs
from sample_data.raw.strangers import with_one_more

LONG_PLACEMENT = timedelta(days=200)
FIRST_EVENT_DAYS = 90
EVERY_OTHER_EVENT = 3
OUTSIDE_DIVISION = "0411"
SOME_DAY = date(2020, 3, 2)
OUT_OF_SCOPE = "out_of_scope"


def deliver_support(outbox: Outbox) -> None:
    """Takes records that say nothing of the exposure, of the three types that have a register."""
    _write_support(outbox, _taken(outbox, "support_measure"))
    _write_placements(outbox, _taken(outbox, "placement"))
    _write_disability(outbox, _taken(outbox, "disability_support"))


def _taken(outbox: Outbox, record_type: str) -> pl.DataFrame:
    silent = pl.all_horizontal(pl.col("exposure_status", "exposure_recorded_date").is_null())
    is_one = ~pl.struct("child_id", "opened_date", "municipality_code", "record_type").is_duplicated()
    is_in_order = (pl.col("closed_date") >= pl.col("opened_date")).fill_null(value=True)
    placed = pl.col("municipality_code") != OUTSIDE_DIVISION
    taken = outbox.take(
        "support_records", (pl.col("record_type") == record_type) & silent & is_one & is_in_order & placed
    )
    outbox.taken_without_name(taken)
    return taken.with_columns(outbox.numbers.newest(taken["child_id"]).alias("PNR"))


def _write_support(outbox: Outbox, rows: pl.DataFrame) -> None:
    told = rows.select(
        "PNR",
        pl.lit(theirs(MEASURES)["support_measure"]).alias("PGF"),
        pl.col("opened_date").alias("SAG_VFRA"),
        pl.col("closed_date").alias("SAG_VTIL"),
        municipality_number("municipality_code").alias("ADMKOM"),
    )
    other = theirs(MEASURES)[OUT_OF_SCOPE]
    outbox.parquet(with_one_more(told, PGF=other, SAG_VFRA=SOME_DAY, ADMKOM=101), "registre/BUFO.parquet")


def _write_placements(outbox: Outbox, rows: pl.DataFrame) -> None:
    """A long placement is told in two events; events of other kinds lie between them."""
    moved_on = pl.col("opened_date") + pl.duration(days=FIRST_EVENT_DAYS)
    runs_long = pl.col("closed_date").is_null() & (pl.col("opened_date") < outbox.as_of - LONG_PLACEMENT)
    events = [
        rows.select(
            "PNR",
            pl.lit("1").alias("HAENDELSE"),
            pl.col("opened_date").alias("STARTDATO"),
            pl.when(runs_long).then(moved_on).otherwise("closed_date").alias("SLUTDATO"),
            municipality_number("municipality_code").alias("NYKOM"),
        ),
        rows.filter(runs_long).select(
            "PNR",
            pl.lit("1").alias("HAENDELSE"),
            moved_on.alias("STARTDATO"),
            pl.col("closed_date").alias("SLUTDATO"),
            municipality_number("municipality_code").alias("NYKOM"),
        ),
    ]
    told = pl.concat(events)
    other = told.gather_every(EVERY_OTHER_EVENT).with_columns(pl.lit("9").alias("HAENDELSE"))
    whole = with_one_more(pl.concat([told, other]), HAENDELSE="9", STARTDATO=SOME_DAY, NYKOM=101)
    outbox.parquet(whole.sort("PNR", "STARTDATO", "HAENDELSE"), "registre/BUAF.parquet")


def _write_disability(outbox: Outbox, rows: pl.DataFrame) -> None:
    told = rows.select(
        "PNR",
        pl.lit(theirs(DISABILITY_MEASURES)["disability_support"]).alias("INDSATS_KODE"),
        pl.col("opened_date").alias("INDSATS_STARTDATO"),
        pl.col("closed_date").alias("INDSATS_SLUTDATO"),
        municipality_number("municipality_code").alias("ADMKOM"),
    )
    other = theirs(DISABILITY_MEASURES)[OUT_OF_SCOPE]
    whole = with_one_more(told, INDSATS_KODE=other, INDSATS_STARTDATO=SOME_DAY, ADMKOM=101)
    outbox.parquet(whole, "registre/HANDICBU.parquet")
