"""Diagnoses in the registers: at birth in the birth register, else in the patient register in both its editions."""

from __future__ import annotations

from datetime import date

import polars as pl

from sample_data.raw.births import Births
from sample_data.raw.outbox import Outbox

LPR3_BEGINS = date(2019, 2, 1)
CHILD_DAYS, MOTHER_DAYS = 7, 10
"""So close to the birth a diagnosis belongs to the birth register."""
FIRST_CONTACT, FIRST_RECORD = 500_000, 300_000
OTHER_CAUSE, REFERRED_FOR = "DZ039", "DF102"
"""The main code of an admission of which the diagnosis is an additional code; and what a referral may say."""
EVERY_ADDITIONAL, EVERY_REFERRAL = 5, 40


def deliver_diagnoses(outbox: Outbox, births: Births) -> None:
    """Takes all diagnoses but two sorts, which come by the hospitals' own list.

    Refuted ones before 2019, which the second edition does not know; and those that would contradict each other in the
    registers' way of writing codes (`dp04.3` and `DP043` of one day, one of them refuted).
    """
    rows = outbox.left("diagnoses")
    by = _register_of(rows, births)
    taken = outbox.take("diagnoses", by["by"].is_not_null()).with_columns(
        by.filter(pl.col("by").is_not_null()).drop("person_id", "diagnosed_date")
    )
    part = taken.partition_by("by", as_dict=True, maintain_order=True)
    empty = taken.clear()
    _write_of_births(outbox, part.get(("child",), empty), "newborn_number", "DW_EK_NYFOEDT", "MFR_BARN_DIAGNOSER")
    _write_of_births(outbox, part.get(("mother",), empty), "birth_number", "DW_EK_FOEDSEL", "MFR_MOR_DIAGNOSER")
    _write_second_edition(outbox, part.get(("lpr2",), empty))
    _write_third_edition(outbox, part.get(("lpr3",), empty))


def _register_of(rows: pl.DataFrame, births: Births) -> pl.DataFrame:
    """`by` (child, mother, lpr2, lpr3; null: none) of each diagnosis, with the numbers of the birth it belongs to."""
    normal = pl.col("sks_code").str.to_uppercase().str.replace_all(".", "", literal=True)
    since_birth = (pl.col("diagnosed_date") - pl.col("birth_date")).dt.total_days()
    keyed = rows.select("person_id", "diagnosed_date", "is_refuted", normal.alias("code")).with_row_index("at")
    is_said_twice = keyed.select(pl.struct("person_id", "code", "diagnosed_date").is_duplicated()).to_series()
    of_mothers = births.of_mothers.rename({"mother_id": "person_id"})
    near = keyed.join(of_mothers, on="person_id").filter(since_birth.abs() <= MOTHER_DAYS).unique("at", keep="none")
    is_childs = pl.col("newborn_number").is_not_null() & since_birth.is_between(0, CHILD_DAYS)
    is_old = pl.col("diagnosed_date") < LPR3_BEGINS
    return (
        keyed.join(births.of_children, left_on="person_id", right_on="child_id", how="left", maintain_order="left")
        .join(near.select("at", "birth_number"), on="at", how="left", maintain_order="left")
        .select(
            "person_id",
            "diagnosed_date",
            "newborn_number",
            "birth_number",
            pl.when(pl.lit(is_said_twice))
            .then(None)
            .when(is_childs)
            .then(pl.lit("child"))
            .when(pl.col("birth_number").is_not_null())
            .then(pl.lit("mother"))
            .when(~is_old)
            .then(pl.lit("lpr3"))
            .when(~pl.col("is_refuted"))
            .then(pl.lit("lpr2"))
            .alias("by"),
        )
    )


def _write_of_births(outbox: Outbox, rows: pl.DataFrame, number: str, heading: str, layout: str) -> None:
    told = rows.select(
        pl.col(number).alias(heading),
        pl.col("sks_code").alias("DIAGNOSEKODE"),
        pl.lit("A").alias("DIAGNOSETYPE"),
        pl.when("is_refuted").then(pl.lit("Ja")).otherwise(pl.lit("Nej")).alias("SENEREAFKRAEFTET"),
        pl.col("diagnosed_date").alias("STARTDATO_KONTAKT"),
    )
    outbox.parquet(told, f"registre/{layout}.parquet")


def _with_contact(outbox: Outbox, rows: pl.DataFrame, first: int) -> pl.DataFrame:
    """Diagnoses of one person and day belong to one contact."""
    one = pl.struct("diagnosed_date", "person_id").rank("dense").cast(pl.Int64)
    return rows.with_columns(
        (first + one).alias("contact"), outbox.numbers.newest(rows["person_id"]).alias("PNR")
    ).sort("contact", "sks_code")


def _write_second_edition(outbox: Outbox, rows: pl.DataFrame) -> None:
    """LPR_ADM and LPR_DIAG; now and then the diagnosis is the additional code of another."""
    told = _with_contact(outbox, rows, FIRST_RECORD)
    is_additional = pl.int_range(pl.len()) % EVERY_ADDITIONAL == 0
    code = pl.col("sks_code")
    diagnoses = told.select(
        pl.col("contact").alias("RECNUM"),
        pl.when(is_additional).then(pl.lit(OTHER_CAUSE)).otherwise(code).alias("C_DIAG"),
        pl.when(is_additional).then(pl.lit("B")).otherwise(pl.lit("A")).alias("C_DIAGTYPE"),
        pl.when(is_additional).then(code).alias("C_TILDIAG"),
    )
    admissions = told.unique("contact", maintain_order=True)
    outbox.parquet(diagnoses, "registre/LPR_DIAG.parquet")
    outbox.parquet(
        admissions.select(pl.col("contact").alias("RECNUM"), "PNR", pl.col("diagnosed_date").alias("D_INDDTO")),
        "registre/LPR_ADM.parquet",
    )


def _write_third_edition(outbox: Outbox, rows: pl.DataFrame) -> None:
    """LPR_A_KONTAKT and LPR_A_DIAGNOSE; some contacts carry the diagnosis of the referral, which is none."""
    told = _with_contact(outbox, rows, FIRST_CONTACT)
    contacts = told.unique("contact", maintain_order=True)
    own = told.select(
        pl.col("contact").alias("DW_EK_KONTAKT"),
        pl.col("sks_code").alias("DIAG_KODE"),
        pl.lit("A").alias("DIAG_KODE_TYPE"),
        pl.when("is_refuted").then(pl.lit("Ja")).alias("SENERE_AFKRAEFTET"),
    )
    referred = own.gather_every(EVERY_REFERRAL).with_columns(
        pl.lit(REFERRED_FOR).alias("DIAG_KODE"), pl.lit("H").alias("DIAG_KODE_TYPE")
    )
    outbox.parquet(
        pl.concat([own, referred]).sort("DW_EK_KONTAKT", "DIAG_KODE_TYPE"), "registre/LPR_A_DIAGNOSE.parquet"
    )
    outbox.parquet(
        contacts.select(
            pl.col("contact").alias("DW_EK_KONTAKT"),
            "PNR",
            (pl.col("diagnosed_date").cast(pl.Datetime("us")) + pl.duration(minutes=487)).alias("KONT_STARTTIDSPUNKT"),
        ),
        "registre/LPR_A_KONTAKT.parquet",
    )
