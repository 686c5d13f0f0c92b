"""Registers of single events: expenditure per person (CSV), language assessments."""

from __future__ import annotations

import polars as pl

from sample_data.development import LANGUAGE
from sample_data.raw.files import danish_number
from sample_data.raw.outbox import Outbox, municipality_number
from sample_data.raw.registers import EXPENDITURES, LANGUAGE_GROUPS, theirs
from sample_data.raw.senders import DATE_FORMAT


def deliver_expenditure(outbox: Outbox) -> None:
    """Takes what a municipality paid for measures that the register lists, one row per child, measure and period."""
    period = ("child_id", "service", "start_date", "end_date")
    wanted = (
        (pl.col("payer") == "municipality")
        & pl.col("service").is_in(list(EXPENDITURES.values()))
        & pl.col("child_id").is_in(outbox.homes["child_id"].implode())
        & ~pl.struct(period).is_duplicated()
    )
    rows = outbox.take("costs", wanted).join(outbox.homes, on="child_id", how="left", maintain_order="left")
    told = rows.select(
        outbox.number_of(rows["child_id"], rows["start_date"]).alias("PNR"),
        pl.col("service").replace_strict(theirs(EXPENDITURES), return_dtype=pl.String).alias("INDSATS"),
        pl.col("start_date").dt.to_string(DATE_FORMAT).alias("START_DATO"),
        pl.col("end_date").dt.to_string(DATE_FORMAT).alias("SLUT_DATO"),
        danish_number(pl.col("amount_dkk")).alias("UDGIFT"),
        municipality_number("_home").alias("KOM"),
    )
    text = told.write_csv(separator=";", line_terminator="\r\n")
    outbox.text(text, "registre/SIU_INDIVID_UDGIFTER_TOTAL.csv", "latin-1")


def deliver_language_assessments(outbox: Outbox) -> None:
    """Takes the assessments of language at school start."""
    rows = outbox.take("assessments", pl.col("instrument") == LANGUAGE)
    told = rows.select(
        outbox.numbers.newest(rows["child_id"]).alias("PNR"),
        pl.col("assessed_date").alias("DATO"),
        pl.lit("Samlet").alias("DELOMRAADE"),
        pl.col("z_score").alias("Z_SCORE"),
        pl.col("result").replace_strict(theirs(LANGUAGE_GROUPS), return_dtype=pl.String).alias("INDSATSGRUPPE"),
    )
    outbox.parquet(told, "registre/UDD_SPROGVURDERING.parquet")
