"""Substance treatment in three registers: the treatment guarantee's two (SAS and Parquet) and the enrolments."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from sample_data.raw.outbox import Outbox, municipality_number
from sample_data.raw.registers import DELETIONS, FLAGS, MAIN_DRUGS, PREGNANT, theirs
from sample_data.raw.strangers import with_one_more

SOME_DAY = date(2020, 3, 2)
FIRST_FACILITY = timedelta(days=30)
BEGUN, OF_FACILITY, IN_BOTH = range(3)
"""Courses take turns: told by the register of treatments begun, by that of facilities, or by both."""


def deliver_treatments(outbox: Outbox) -> None:
    """Takes all courses of treatment. Those without a substance are enrolments, which never tell one."""
    rows = outbox.take("treatments", pl.lit(value=True))
    number = outbox.number_of(rows["person_id"], rows["start_date"]).alias("PNR")
    pregnant = (
        pl.col("was_pregnant")
        .cast(pl.String)
        .fill_null("unknown")
        .replace_strict(theirs(PREGNANT), return_dtype=pl.String)
        .alias("PERSONGRAVIDKODE")
    )
    known = rows.with_columns(number, pregnant)
    waited = known.filter(pl.col("substance").is_not_null()).with_columns((pl.int_range(pl.len()) % 3).alias("turn"))
    outbox.sas(_begun(waited.filter(pl.col("turn") != OF_FACILITY)), "registre/smdb_vbgh.sas7bdat", "SMDB_VBGH")
    outbox.parquet(_of_facilities(waited.filter(pl.col("turn") != BEGUN)), "registre/SMDB_VBGF.parquet")
    outbox.parquet(_enrolments(known.filter(pl.col("substance").is_null())), "registre/SMDB_IBIB.parquet")


def _of_guarantee(end: pl.Expr) -> list[pl.Expr]:
    """What both registers of the guarantee tell, with the end as each has it."""
    drug = pl.col("substance").replace_strict(theirs(MAIN_DRUGS), return_dtype=pl.String)
    return [
        pl.col("PNR"),
        pl.col("treatment_id").alias("IVAERKSAETTELSEID"),
        drug.alias("PERSONAKTUELTHOVEDSTOFKODE"),
        pl.col("start_date").alias("IVAERKSATBEHANDLINGDATO"),
        end,
        municipality_number("municipality_code").cast(pl.Float64).alias("KOMMUNEKODE"),
        pl.col("PERSONGRAVIDKODE"),
    ]


def _begun(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(_of_guarantee(pl.col("end_date").alias("BEHANDLINGAFSLUTTETDATO")))


def _of_facilities(rows: pl.DataFrame) -> pl.DataFrame:
    """A course that the other register tells too leaves its first facility early: the treatment's end stands."""
    left_first = pl.min_horizontal("end_date", pl.col("start_date") + pl.lit(FIRST_FACILITY))
    end = pl.when(pl.col("turn") == IN_BOTH).then(left_first).otherwise("end_date").alias("TILBUDTILKNYTTETSLUTDATO")
    valid = pl.lit(theirs(DELETIONS)["valid"]).alias("SMD_STATUS")
    return with_one_more(
        rows.select(*_of_guarantee(end), valid),
        IVAERKSAETTELSEID="slettet",
        IVAERKSATBEHANDLINGDATO=SOME_DAY,
        KOMMUNEKODE=101.0,
        SMD_STATUS=theirs(DELETIONS)["deleted"],
    )


def _enrolments(rows: pl.DataFrame) -> pl.DataFrame:
    told = rows.select(
        pl.col("treatment_id").alias("INDSKRIVNINGID"),
        "PNR",
        pl.col("start_date").alias("INDSKRIVNINGDATO"),
        pl.col("end_date").alias("UDSKRIVNINGDATO"),
        municipality_number("municipality_code").alias("INDSKRIVNINGKOMMUNEKODE"),
        "PERSONGRAVIDKODE",
        pl.lit(theirs(FLAGS)["false"]).alias("ISDELETED"),
    )
    return with_one_more(
        told,
        INDSKRIVNINGID="slettet",
        INDSKRIVNINGDATO=SOME_DAY,
        INDSKRIVNINGKOMMUNEKODE=101,
        ISDELETED=theirs(FLAGS)["true"],
    )
