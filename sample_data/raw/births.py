"""Births in the Medical Birth Register: the live-born, the stillborn, their mothers, and the children's deaths."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sample_data.raw import dialects as d
from sample_data.raw.families import AT_BIRTH, SNAPSHOT, found_again
from sample_data.raw.outbox import Outbox, five_years, municipality_number
from sample_data.raw.registers import BIRTHS, theirs
from sample_data.raw.senders import DATE_FORMAT
from sample_data.raw.strangers import with_one_more

FIRST_BIRTH, FIRST_NEWBORN = 7_000_000, 8_000_000


@dataclass(frozen=True)
class Births:
    """`of_children`: child_id, birth_date, newborn_number. `of_mothers`: mother_id, birth_date, birth_number.

    `unseen_by_care`: pregnancy_id and birth_number, where the birth register alone knows of the pregnancy.
    `told`: pregnancies whose end the register tells.
    """

    of_children: pl.DataFrame
    of_mothers: pl.DataFrame
    unseen_by_care: pl.DataFrame
    told: pl.Series


def deliver_births(outbox: Outbox, families: pl.DataFrame) -> Births:
    """Takes the children that the register can carry, and the pregnancies that antenatal care never saw."""
    newborns, stillborn = _newborns(outbox, families), _stillborn(outbox)
    unseen = _unseen_by_care(outbox, newborns, stillborn)
    births = _numbered(pl.concat([newborns, stillborn], how="diagonal"))
    _write_births(outbox, births)
    _write_mothers_and_deaths(outbox, births)
    named = births.group_by("birth_number", maintain_order=True).agg(
        pl.col("mother_id").first(),
        pl.col("birth_date").first(),
        pl.col("mother_id").is_null().any().alias("lacks_her"),
    )
    return Births(
        of_children=births.drop_nulls("child_id").select("child_id", "birth_date", "newborn_number"),
        of_mothers=named.filter(~pl.col("lacks_her")).drop("lacks_her"),
        unseen_by_care=births.filter(pl.col("true_pregnancy_id").is_in(unseen.implode()))
        .select(pl.col("true_pregnancy_id").alias("pregnancy_id"), "birth_number")
        .unique(maintain_order=True),
        told=births.drop_nulls("true_mother_id")["true_pregnancy_id"].drop_nulls().unique(),
    )


def _newborns(outbox: Outbox, families: pl.DataFrame) -> pl.DataFrame:
    in_register = families.filter("is_in_mfr")
    told = pl.col("homes_told").is_in([SNAPSHOT, AT_BIRTH])
    facts = in_register.select(
        "child_id",
        "true_mother_id",
        "true_pregnancy_id",
        pl.when(told).then("place_at_birth").alias("place_at_birth"),
        (told | pl.col("place_at_birth").is_null()).alias("tells_place"),
    )
    children = outbox.take("children", pl.col("child_id").is_in(in_register["child_id"].implode()))
    return (
        children.drop("pregnancy_id")
        .join(facts, on="child_id", maintain_order="left")
        .with_columns(pl.lit("live_birth").alias("outcome"))
    )


def _stillborn(outbox: Outbox) -> pl.DataFrame:
    """Stillbirths whose antenatal record will be found again; the register gives the stillborn no number."""
    pregnancies = outbox.left("pregnancies")
    ended = pregnancies.filter((pl.col("outcome") == "stillbirth") & pl.col("end_date").is_not_null())
    births = ended.select("pregnancy_id", "mother_id", pl.col("end_date").alias("birth_date"))
    return ended.filter(pl.col("pregnancy_id").is_in(found_again(births, pregnancies).implode())).select(
        pl.col("pregnancy_id").alias("true_pregnancy_id"),
        "mother_id",
        pl.col("mother_id").alias("true_mother_id"),
        pl.col("end_date").alias("birth_date"),
        pl.col("municipality_code").alias("place_at_birth"),
        pl.lit(value=True).alias("tells_place"),
        pl.lit("unknown").alias("sex"),
        "outcome",
    )


def _unseen_by_care(outbox: Outbox, newborns: pl.DataFrame, stillborn: pl.DataFrame) -> pl.Series:
    """Pregnancies without a first contact that nothing else names: there is no antenatal record, only a birth."""
    named = [outbox.left(table)["pregnancy_id"].drop_nulls() for table in ("exposures", "handovers", "children")]
    columns = ("true_pregnancy_id", "true_mother_id", "tells_place")
    born = pl.concat([newborns.select(columns), stillborn.select(columns)])
    silent = born.filter(~pl.col("tells_place") | pl.col("true_mother_id").is_null())["true_pregnancy_id"]
    is_unseen = (
        pl.col("first_contact_date").is_null()
        & pl.col("pregnancy_id").is_in(born["true_pregnancy_id"].implode())
        & ~pl.col("pregnancy_id").is_in(pl.concat([*named, silent.drop_nulls()]).implode())
    )
    return outbox.take("pregnancies", is_unseen)["pregnancy_id"]


def _numbered(births: pl.DataFrame) -> pl.DataFrame:
    """Twins share the number of the birth; a child whose mother nobody knows has one of its own."""
    one_birth = pl.coalesce("true_pregnancy_id", "child_id")
    return births.with_columns(
        (FIRST_BIRTH + one_birth.rank("dense").cast(pl.Int64)).alias("birth_number"),
        (FIRST_NEWBORN + pl.int_range(pl.len())).alias("newborn_number"),
    )


def _write_births(outbox: Outbox, births: pl.DataFrame) -> None:
    on = births["birth_date"]
    rows = births.select(
        outbox.number_of(births["child_id"], on).alias("PNR_BARN"),
        outbox.number_of(births["mother_id"], on).alias("PNR_MOR"),
        pl.col("birth_date").alias("FOEDSELSDATO_BARN"),
        pl.col("sex").replace_strict(theirs(d.SEXES), return_dtype=pl.String).alias("KOEN_BARN"),
        pl.col("gestational_age_days").alias("GESTATIONSALDER"),
        pl.col("birth_weight_g").alias("VAEGT_BARN"),
        municipality_number("place_at_birth").alias("BOPAELSKOMMUNE_MOR"),
        pl.col("outcome").replace_strict(theirs(BIRTHS), return_dtype=pl.String).alias("LEVENDEFOEDTDOEDFOEDT"),
        pl.col("birth_number").alias("DW_EK_FOEDSEL"),
        pl.col("newborn_number").alias("DW_EK_NYFOEDT"),
        five_years(pl.col("birth_date")).alias("_part"),
    ).sort("_part", "DW_EK_NYFOEDT")
    for (years,), part in rows.partition_by("_part", as_dict=True, include_key=False, maintain_order=True).items():
        outbox.parquet(part, f"registre/MFR_NYFOEDTE_{years}.parquet")


def _write_mothers_and_deaths(outbox: Outbox, births: pl.DataFrame) -> None:
    """The patient register names mothers whom the birth register lacks."""
    children = births.drop_nulls("child_id")
    lacking = children.filter(pl.col("mother_id").is_null() & pl.col("true_mother_id").is_not_null())
    mothers = lacking.select(
        outbox.numbers.newest(lacking["child_id"]).alias("PNR_BARN"),
        outbox.numbers.newest(lacking["true_mother_id"]).alias("PNR_MOR"),
    )
    outbox.parquet(mothers, "registre/LPR_A_MOR_BARN_RELATION.parquet")
    dead = children.drop_nulls("death_date")
    deaths = dead.select(
        outbox.numbers.newest(dead["child_id"]).alias("PNR"),
        pl.col("death_date").dt.to_string(DATE_FORMAT).alias("DODDATO"),
    )
    whole = with_one_more(deaths, DODDATO="02-03-2020")
    outbox.text(whole.write_csv(separator=";", line_terminator="\r\n"), "registre/DOD.csv")
