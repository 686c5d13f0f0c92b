"""Who the resources of a bundle are about: references to the patients in it, their numbers and their municipality."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT
from pipelines.sources.declarations import FhirFiles
from pipelines.sources.fhir.meanings import count_unmapped
from pipelines.sources.fhir.verdicts import FAULTY, is_open, judged
from pipelines.sources.reading import Reading

PERSON = "person"


def with_person(rows: pl.DataFrame, declared: FhirFiles, reading: Reading) -> pl.DataFrame:
    """The person each resource is about, by its reference within its bundle.

    Adds `person` (a pseudonym), `_identity_fault_person`, `municipality_code` and `patient` (the row number `no` of the
    Patient; null: the bundle has none, or several that contradict each other; those are faulty).
    """
    patients = rows.filter((pl.col("kind") == "Patient") & is_open())
    keys = _keys(patients)
    torn = keys.group_by("bundle", "key").agg("no", pl.col("content").n_unique().alias("contents"))
    torn = torn.filter(pl.col("contents") > 1)
    rows = judged(rows, pl.col("no").is_in(torn["no"].explode().implode()), FAULTY, rule="key", column="id")
    one = keys.join(torn, on=["bundle", "key"], how="anti").unique(["bundle", "key"], keep="first", maintain_order=True)
    known = _known(patients, declared, reading)
    found = one.select("bundle", "key", pl.col("no").alias("patient")).join(known, on="patient", how="left")
    whom = pl.when(pl.col("kind") == "Patient").then("id").otherwise("subject_key")
    return (
        rows.with_columns(whom.alias("key"))
        .join(found, on=["bundle", "key"], how="left", maintain_order="left")
        .drop("key")
    )


def _keys(patients: pl.DataFrame) -> pl.DataFrame:
    """A patient is known by its id, and by the last part of its address in the bundle."""
    by_id, by_url = (
        patients.select("bundle", pl.col(name).alias("key"), "no", "content") for name in ("id", "url_key")
    )
    return pl.concat([by_id, by_url]).drop_nulls("key").unique(maintain_order=True)


def _known(patients: pl.DataFrame, declared: FhirFiles, reading: Reading) -> pl.DataFrame:
    people = patients.select(
        pl.col("no").alias("patient"),
        pl.col("number").alias(PERSON),
        pl.coalesce(by_organisation(declared), sender_code(reading)).alias("municipality_code"),
    )
    known = reading.people.known_by(people, PERSON)
    return known.select("patient", PERSON, IDENTITY_FAULT + PERSON, "municipality_code")


def by_organisation(declared: FhirFiles) -> pl.Expr:
    """The municipality of a SOR id in the source's list; null where it is not there."""
    return pl.col("organisation").replace_strict(declared.municipalities, default=None, return_dtype=pl.String)


def sender_code(reading: Reading) -> pl.Expr:
    """The sender of the file, when it is a municipality's code."""
    return pl.when(pl.col("sender").is_in(reading.reference.municipality_codes)).then("sender")


def count_unmapped_organisations(rows: pl.DataFrame, reading: Reading) -> None:
    """Organisations that leave a row without a municipality, as codes that the source's list lacks."""
    unknown = rows.filter(pl.col("organisation").is_not_null() & pl.col("municipality_code").is_null())
    count_unmapped(unknown, "municipalities", pl.col("organisation"), reading)
