"""Registers of single events: language assessments and individual expenditure."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import ROW, SOURCE
from pipelines.definitions.tables import SUPPORT_RECORDS
from pipelines.sources.registers.codes import WRITTEN
from pipelines.sources.registers.layouts_of_municipalities import OUT_OF_SCOPE
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import person
from pipelines.sources.reported import reported_by_municipality

INSTRUMENT = "Sprogvurdering"
EXPENDITURE = "SIU_INDIVID_UDGIFTER_TOTAL"


def read_language_assessments(registers: Registers) -> None:
    """UDD_SPROGVURDERING: one assessment of communication per child, day and part of the assessment."""
    register = registers.read("UDD_SPROGVURDERING")
    register.set_aside_unknown_codes("assessments", "INDSATSGRUPPE")
    rows = register.rows.with_columns(register.named("sprog", "DATO", "DELOMRAADE").alias("assessment_id")).select(
        "assessment_id",
        *person("PNR", "child_id"),
        pl.col("DATO").alias("assessed_date"),
        pl.lit(INSTRUMENT).alias("instrument"),
        pl.lit("communication").alias("domain"),
        pl.col("Z_SCORE").alias("z_score"),
        pl.col("INDSATSGRUPPE").alias("result"),
        SOURCE,
        ROW,
    )
    registers.reading.hand_on("assessments", rows)


def read_expenditure(registers: Registers) -> None:
    """SIU: what the municipality paid for a person's service over a period. A corrected amount replaces the old one."""
    register = registers.read(EXPENDITURE)
    key = ("INDSATS" + WRITTEN, "START_DATO", "SLUT_DATO", "KOM", "KONTOSTRENG")
    register.supersede_older_versions(*key)
    municipality = pl.col("KOM").alias("municipality_code")
    # costs have no municipality in the contract; who reported is told all the same
    told = register.rows.select(municipality, pl.col("START_DATO").alias("opened_date"))
    register.reading.reported += reported_by_municipality(told, SUPPORT_RECORDS, EXPENDITURE)
    register.set_aside_unknown_codes("costs", "INDSATS")
    register.leave_out(pl.col("INDSATS") == OUT_OF_SCOPE)
    rows = register.rows.with_columns(register.named("siu", *key, "UDGIFT").alias("cost_id")).select(
        "cost_id",
        *person("PNR", "child_id"),
        pl.col("INDSATS").alias("service"),
        pl.lit("municipality").alias("payer"),
        pl.col("START_DATO").alias("start_date"),
        pl.col("SLUT_DATO").alias("end_date"),
        pl.col("UDGIFT").alias("amount_dkk"),
        SOURCE,
        ROW,
    )
    registers.reading.hand_on("costs", rows)
