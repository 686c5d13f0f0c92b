"""Evidence of prenatal exposure: six sources, one row each, and what they say together about a child."""

from __future__ import annotations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.age_bands import birthday
from pipelines.definitions.reference import Reference
from pipelines.records import Records

COLUMNS = (
    "child_id",
    "source",
    "source_id",
    "person_id",
    "sks_code",
    "diagnosed_date",
    "evidence_date",
    "known_date",
    "certainty",
    "substance",
    "is_municipal",
    "names_child",
)
"""As kept in the store. `source_id` is null for diagnoses: their key is `person_id|sks_code|diagnosed_date`."""

RANK = {certainty: position for position, certainty in enumerate(e.CERTAINTIES_OF_EVIDENCE)}


def children_in_view(children: pl.LazyFrame, links: pl.LazyFrame, pregnancies: pl.LazyFrame) -> pl.LazyFrame:
    """The children of the as-of view with their links, and what is known of their pregnancy.

    A pregnancy that is not in the view gives its id and nothing else.
    """
    of_pregnancy = pregnancies.select(
        "pregnancy_id", "first_contact_date", pl.col("municipality_code").alias("pregnancy_municipality_code")
    )
    return (
        children.drop("pregnancy_id", "mother_id")
        .join(links, on="child_id", how="left")
        .join(of_pregnancy, on="pregnancy_id", how="left")
    )


def evidence(records: Records, children: pl.LazyFrame, reference: Reference) -> list[pl.LazyFrame]:
    """Every evidence row of every child, one frame per source and all of one shape.

    `records` is the as-of view, `children` comes from `children_in_view`.
    """
    rows = {
        "registration": registrations(records.exposures, children),
        "child_diagnosis": child_diagnoses(records.diagnoses, children, reference),
        "mother_diagnosis": mother_diagnoses(records.diagnoses, children, reference),
        "mother_treatment": mother_treatments(records.treatments, children, reference),
        "handover": handovers(records.handovers, children),
        "support_record": support_records(records.support_records, children),
    }
    counted = [row for source, row in rows.items() if source in reference.target.evidence]
    return [_of_age(row.select(_completed(row)), children, reference.target.until_age) for row in counted]


def _of_age(row: pl.LazyFrame, children: pl.LazyFrame, until_age: int | None) -> pl.LazyFrame:
    """What was known before the birthday with which the target group ends."""
    if until_age is None:
        return row
    ends = children.select("child_id", birthday("birth_date", until_age).alias("ends_date"))
    return row.join(ends, on="child_id").filter(pl.col("known_date") < pl.col("ends_date")).drop("ends_date")


def _completed(row: pl.LazyFrame) -> list[pl.Expr]:
    """All columns of evidence, in order; those that a source does not have are null (or false)."""
    missing = {
        "source_id": pl.lit(None, pl.String),
        "person_id": pl.lit(None, pl.Int64),
        "sks_code": pl.lit(None, pl.String),
        "diagnosed_date": pl.lit(None, pl.Date),
        "substance": pl.lit(None, pl.String),
        "is_municipal": pl.lit(value=False),
        "names_child": pl.lit(value=False),
    }
    there = row.collect_schema().names()
    return [pl.col(column) if column in there else missing[column].alias(column) for column in COLUMNS]


def about_each_child(rows: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """One row per child that a row is about: the child it names, else every child of the pregnancy it names."""
    of_pregnancy = children.select("child_id", "pregnancy_id").filter(pl.col("pregnancy_id").is_not_null())
    naming_child = rows.filter(pl.col("child_id").is_not_null()).join(children, on="child_id", how="semi")
    naming_pregnancy = rows.filter(pl.col("child_id").is_null()).drop("child_id").join(of_pregnancy, on="pregnancy_id")
    return pl.concat(
        [
            naming_child.with_columns(pl.lit(value=True).alias("names_child")),
            naming_pregnancy.with_columns(pl.lit(value=False).alias("names_child")),
        ],
        how="diagonal",
    )


def uncancelled(exposures: pl.LazyFrame, whose: str) -> pl.LazyFrame:
    """Confirmed rows, and suspected ones without a ruled-out row of the same substance on or after them.

    `whose` is the column that holds the child (or the pregnancy) that the rows are about.
    """
    last_ruled_out = (
        exposures.filter(pl.col("certainty") == "ruled_out")
        .group_by(whose, "substance")
        .agg(pl.col("registered_date").max().alias("last_ruled_out_date"))
    )
    is_cancelled = (pl.col("last_ruled_out_date") >= pl.col("registered_date")).fill_null(value=False)
    stands = (pl.col("certainty") == "confirmed") | ((pl.col("certainty") == "suspected") & ~is_cancelled)
    return exposures.join(last_ruled_out, on=[whose, "substance"], how="left").filter(stands)


def registrations(exposures: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """Registered exposures that stand; they show themselves on the day of detection when that was earlier."""
    return uncancelled(about_each_child(exposures, children), "child_id").select(
        "child_id",
        pl.lit("registration").alias("source"),
        pl.col("exposure_id").alias("source_id"),
        pl.min_horizontal("detected_date", "registered_date").alias("evidence_date"),
        pl.col("registered_date").alias("known_date"),
        "certainty",
        "substance",
        pl.col("recorded_by").is_in(e.MUNICIPAL_ACTORS).alias("is_municipal"),
        "names_child",
    )


def coded(diagnoses: pl.LazyFrame, bearer: str, reference: Reference) -> pl.LazyFrame:
    """Diagnoses not refuted whose code is in the bearer's list, with substance and certainty of the longest prefix.

    Prefixes are compared once for each different code, not for each row.
    """
    code = pl.col("sks_code").str.to_uppercase().str.replace_all(".", "", literal=True)
    listed = reference.exposure_codes.filter((pl.col("bearer") == bearer) & pl.col("in_scope"))
    longest_first = listed.sort(pl.col("prefix").str.len_chars(), "prefix", descending=[True, False])
    prefixes = [
        pl.when(code.str.starts_with(prefix.upper().replace(".", ""))).then(pl.lit(prefix))
        for prefix in longest_first["prefix"]
    ]
    in_list = pl.coalesce(prefixes) if prefixes else pl.lit(None, pl.String)
    said = {column: dict(listed.select("prefix", column).iter_rows()) for column in ("substance", "certainty")}
    codes = (
        diagnoses.select("sks_code")
        .unique()
        .with_columns(in_list.alias("prefix"))
        .select("sks_code", *(_looked_up(column, values) for column, values in said.items()))
    )
    in_scope = codes.filter(pl.col("substance").is_not_null())
    return diagnoses.filter(~pl.col("is_refuted")).join(in_scope, on="sks_code")


def _looked_up(column: str, values: dict[str, str]) -> pl.Expr:
    return pl.col("prefix").replace_strict(values, default=None, return_dtype=pl.String).alias(column)


def child_diagnoses(diagnoses: pl.LazyFrame, children: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Diagnoses of the child itself from the child list."""
    return (
        coded(diagnoses, "child", reference)
        .join(children.select(pl.col("child_id").alias("person_id")), on="person_id", how="semi")
        .select(
            pl.col("person_id").alias("child_id"),
            pl.lit("child_diagnosis").alias("source"),
            "person_id",
            "sks_code",
            "diagnosed_date",
            pl.col("diagnosed_date").alias("evidence_date"),
            pl.col("diagnosed_date").alias("known_date"),
            "certainty",
            "substance",
        )
    )


def first_contact() -> pl.Expr:
    """The earlier of the pregnancy's first contact and the birth; without a first contact the birth."""
    return pl.min_horizontal("first_contact_date", "birth_date")


def window_start(reference: Reference) -> pl.Expr:
    """Birth minus the gestational age, or minus the default when that is unknown."""
    days = pl.col("gestational_age_days").fill_null(reference.days_of("gestation_default_days"))
    return pl.col("birth_date") - pl.duration(days=days)


def _births_of_mothers(children: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    return children.filter(pl.col("mother_id").is_not_null()).select(
        "child_id",
        pl.col("mother_id").alias("person_id"),
        "birth_date",
        window_start(reference).alias("window_start"),
        first_contact().alias("first_contact"),
    )


def mother_diagnoses(diagnoses: pl.LazyFrame, children: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Diagnoses of the mother from the mother list, dated in the pregnancy (both ends included)."""
    seen = pl.max_horizontal("diagnosed_date", "first_contact")
    return (
        coded(diagnoses, "mother", reference)
        .join(_births_of_mothers(children, reference), on="person_id")
        .filter(pl.col("diagnosed_date").is_between("window_start", "birth_date"))
        .select(
            "child_id",
            pl.lit("mother_diagnosis").alias("source"),
            "person_id",
            "sks_code",
            "diagnosed_date",
            seen.alias("evidence_date"),
            seen.alias("known_date"),
            "certainty",
            "substance",
        )
    )


def mother_treatments(treatments: pl.LazyFrame, children: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """Substance-use treatment of the mother that overlaps the pregnancy; it says nothing before the first contact."""
    begins_in_time = pl.col("start_date") <= pl.col("birth_date")
    ends_in_time = (pl.col("end_date") >= pl.col("window_start")).fill_null(value=True)
    seen = pl.max_horizontal("start_date", "window_start", "first_contact")
    return (
        treatments.select("treatment_id", "person_id", "substance", "start_date", "end_date")
        .join(_births_of_mothers(children, reference), on="person_id")
        .filter(begins_in_time & ends_in_time)
        .select(
            "child_id",
            pl.lit("mother_treatment").alias("source"),
            pl.col("treatment_id").alias("source_id"),
            seen.alias("evidence_date"),
            seen.alias("known_date"),
            pl.lit("probable").alias("certainty"),
            "substance",
        )
    )


def handovers(rows: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """Hand-overs in which the exposure is stated (unknown counts as not stated)."""
    return (
        about_each_child(rows, children)
        .filter(pl.col("has_exposure").fill_null(value=False))
        .select(
            "child_id",
            pl.lit("handover").alias("source"),
            pl.col("handover_id").alias("source_id"),
            pl.col("sent_date").alias("evidence_date"),
            pl.col("sent_date").alias("known_date"),
            pl.lit("probable").alias("certainty"),
            pl.col("from_actor").is_in(e.MUNICIPAL_ACTORS).alias("is_municipal"),
        )
    )


def support_records(rows: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """Municipal records in which the exposure is recorded."""
    recorded = pl.coalesce("exposure_recorded_date", "opened_date")
    return (
        rows.filter((pl.col("exposure_status") == "recorded").fill_null(value=False))
        .join(children, on="child_id", how="semi")
        .select(
            "child_id",
            pl.lit("support_record").alias("source"),
            pl.col("record_id").alias("source_id"),
            recorded.alias("evidence_date"),
            recorded.alias("known_date"),
            pl.lit("probable").alias("certainty"),
            pl.lit(value=True).alias("is_municipal"),
        )
    )


def exposed(evidence_rows: pl.LazyFrame, children: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """One row per child with evidence: first dates, strongest certainty, substance group, and who knew first.

    Known before birth is known early: a guidance may set a later age (`early_months`), that day not included.

    `first_knowers` counts the evidence rows known on the first day; `municipal_first_knowers` those of them that are
    municipal.
    """
    first = pl.col("known_date") == pl.col("known_date").min()
    strength = pl.col("certainty").replace_strict(RANK, return_dtype=pl.Int8)
    return (
        evidence_rows.group_by("child_id")
        .agg(
            pl.col("evidence_date").min().alias("first_evidence_date"),
            pl.col("known_date").min().alias("first_known_date"),
            strength.max().alias("strength"),
            substance_group().alias("substance_group"),
            first.sum().cast(pl.Int32).alias("first_knowers"),
            (first & pl.col("is_municipal")).sum().cast(pl.Int32).alias("municipal_first_knowers"),
        )
        .join(children.select("child_id", "birth_date"), on="child_id")
        .select(
            "child_id",
            "first_evidence_date",
            "first_known_date",
            pl.col("strength")
            .replace_strict({rank: name for name, rank in RANK.items()}, return_dtype=pl.String)
            .alias("certainty"),
            "substance_group",
            (pl.col("first_known_date") < known_early_until(reference)).alias("known_before_birth"),
            "first_knowers",
            "municipal_first_knowers",
        )
    )


def known_early_until(reference: Reference) -> pl.Expr:
    """The birth, or the age that a guidance sets instead."""
    return pl.col("birth_date").dt.offset_by(f"{reference.target.early_months}mo")


def substance_group() -> pl.Expr:
    """The one substance over all evidence, `multiple` for more, `unspecified` for none (unspecified does not count)."""
    counted = pl.col("substance").filter(pl.col("substance").is_not_null() & (pl.col("substance") != "unspecified"))
    return (
        pl.when(counted.n_unique() > 1)
        .then(pl.lit("multiple"))
        .when(counted.n_unique() == 1)
        .then(counted.first())
        .otherwise(pl.lit("unspecified"))
    )
