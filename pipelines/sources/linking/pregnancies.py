"""Births of the register joined to the pregnancies that antenatal records handed on, by mother and dates."""

from __future__ import annotations

import polars as pl

from pipelines import canonical
from pipelines.definitions.link_rule import dates_fit_the_birth
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import PREGNANCIES
from pipelines.sources.linking.unborn import hand_on_unborn
from pipelines.sources.linking.unlinked import set_aside, tell
from pipelines.sources.reading import Reading

DELIVERY = "births"
CANDIDATE = ["pregnancy_id", "mother_id", "outcome", "first_contact_date", "due_date", "end_date"]


def join_births_to_antenatal_records(reading: Reading) -> None:
    """Every birth finds its pregnancy, or becomes one of the register's own, or stays without: then it is told.

    Until now a child's `pregnancy_id` is the id of its birth; twins share it. Exactly one fitting pregnancy: it takes
    the place, and learns the end and outcome that it lacks. None: the birth itself is a pregnancy, when the mother is
    known. Several, or several births for one pregnancy: not linked. Then the notifications about unborn children.

    Only pregnancies that the contract accepts are in question: a child whose pregnancy is set aside later would go with
    it, and everything about the child.
    """
    if reading.births:
        births = births_with_pregnancies(pl.concat(reading.births), pregnancies_to_complete(reading), reading.reference)
        _complete_pregnancies(births, reading)
        births = _without_refused(births, pregnancies_told(reading))
        _link_children(births, reading)
        _tell(births, reading)
    if reading.unborn:
        hand_on_unborn(pl.concat(reading.unborn), pregnancies_told(reading), reading)


def pregnancies_told(reading: Reading) -> pl.DataFrame:
    """CANDIDATE, typed, of the pregnancies handed on so far that the contract accepts, each once."""
    return _accepted(reading.table("pregnancies"), reading.reference)


def pregnancies_to_complete(reading: Reading) -> pl.DataFrame:
    """The same, and those that lack nothing but the outcome, which their birth will tell."""
    outcome = pl.col("outcome").replace("", None).fill_null("unknown")
    return _accepted(reading.table("pregnancies").with_columns(outcome), reading.reference)


def _accepted(pregnancies: pl.LazyFrame, reference: Reference) -> pl.DataFrame:
    """As the canonical stage will judge them: of two contents under one id neither is accepted."""
    schema = dict(pregnancies.collect_schema())
    rules = canonical.rules_of(PREGNANCIES, schema, reference)
    once = canonical.accepted(pregnancies, PREGNANCIES, rules, schema).unique(maintain_order=True).collect()
    return once.filter(~pl.col("pregnancy_id").is_duplicated()).select(CANDIDATE)


def births_with_pregnancies(births: pl.DataFrame, pregnancies: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Each birth once, with `birth_day`, `pregnancy_id` and `link`: found, own, ambiguous or none (no mother is known).

    Rows of one birth that contradict each other make it ambiguous; exact repetitions are one birth.
    """
    told = births.with_columns(pl.col("birth_date").str.to_date("%Y-%m-%d", strict=False).alias("birth_day"))
    different = pl.struct("mother_id", "birth_date", "outcome").n_unique().over("birth_id")
    once = told.with_columns((different > 1).alias("contradicts_itself")).unique(
        "birth_id", keep="first", maintain_order=True
    )
    candidates = _candidates(once.filter(~pl.col("contradicts_itself")), pregnancies, reference)
    link = (
        pl.when(pl.col("contradicts_itself") | pl.col("is_contested"))
        .then(pl.lit("ambiguous"))
        .when(pl.col("found_id").is_not_null())
        .then(pl.lit("found"))
        .when(pl.col("mother_id").is_null())
        .then(pl.lit("none"))
        .otherwise(pl.lit("own"))
    )
    return (
        once.join(candidates, on="birth_id", how="left", maintain_order="left")
        .with_columns(pl.col("is_contested").fill_null(value=False))
        .with_columns(link.alias("link"))
        .with_columns(
            pl.when(pl.col("link") == "found")
            .then("found_id")
            .when(pl.col("link") == "own")
            .then("birth_id")
            .alias("pregnancy_id")
        )
        .drop("found_id", "is_contested", "contradicts_itself")
    )


def _candidates(births: pl.DataFrame, pregnancies: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """birth_id, found_id, is_contested: several pregnancies fit the birth, or its only one fits another birth too."""
    pairs = (
        births.select("birth_id", "mother_id", pl.col("birth_day").alias("birth_date"), pl.col("outcome").alias("born"))
        .join(pregnancies, on="mother_id")
        .filter(dates_fit_the_birth(reference) & _outcomes_fit())
        .select("birth_id", "pregnancy_id")
    )
    is_contested = (pl.len().over("birth_id") > 1) | (pl.len().over("pregnancy_id") > 1)
    return (
        pairs.with_columns(is_contested.alias("is_contested"))
        .group_by("birth_id", maintain_order=True)
        .agg(pl.col("pregnancy_id").min().alias("found_id"), pl.col("is_contested").any())
    )


def _outcomes_fit() -> pl.Expr:
    """A live birth is not of a pregnancy known as lost, a stillbirth not of one known as anything else."""
    is_stillbirth = pl.col("born") == "stillbirth"
    of_a_stillbirth = pl.col("outcome").is_in(["stillbirth", "unknown"])
    return pl.when(is_stillbirth).then(of_a_stillbirth).otherwise(pl.col("outcome").is_in(["live_birth", "unknown"]))


def _complete_pregnancies(births: pl.DataFrame, reading: Reading) -> None:
    """End and outcome where the antenatal record has none, and the register's own pregnancies."""
    found = births.filter(pl.col("link") == "found")
    if found.height:
        reading.replace("pregnancies", _with_ends(reading.table("pregnancies"), found).collect())
    own = births.filter(pl.col("link") == "own").with_columns(pl.col("birth_date").alias("end_date"))
    reading.hand_on("pregnancies", own.drop("birth_id", "birth_day", "birth_date", "link"))


def _with_ends(pregnancies: pl.LazyFrame, found: pl.DataFrame) -> pl.LazyFrame:
    told = found.lazy().select("pregnancy_id", pl.col("birth_date").alias("_end"), pl.col("outcome").alias("_outcome"))
    has_outcome = ~pl.col("outcome").fill_null("").is_in(["", "unknown"])
    return (
        pregnancies.join(told, on="pregnancy_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(pl.col("end_date").replace("", None), "_end").alias("end_date"),
            pl.when(has_outcome).then("outcome").otherwise(pl.coalesce("_outcome", "outcome")).alias("outcome"),
        )
        .drop("_end", "_outcome")
    )


def _without_refused(births: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """A pregnancy of the register's own that breaks the contract (a municipality abroad) is nobody's: `none`."""
    is_accepted = pl.col("birth_id").is_in(accepted["pregnancy_id"].implode())
    link = pl.when((pl.col("link") == "own") & ~is_accepted).then(pl.lit("none")).otherwise("link")
    return births.with_columns(link.alias("link"))


def _link_children(births: pl.DataFrame, reading: Reading) -> None:
    """Children whose birth became a pregnancy keep its id; the others have none.

    A pregnancy that mother and dates tell is found again by the same rule on the canonical tables, where the link is
    known as found: an id written here would pass for the register's own.
    """
    not_own = births.filter(pl.col("link") != "own").select(pl.col("birth_id").alias("pregnancy_id")).lazy()
    if not_own.select(pl.len()).collect().item() == 0:
        return
    is_birth = pl.lit(value=True).alias("_is_birth")
    children = (
        reading.table("children")
        .join(not_own.with_columns(is_birth), on="pregnancy_id", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("_is_birth").is_null()).then("pregnancy_id").alias("pregnancy_id"))
        .drop("_is_birth")
    )
    reading.replace("children", children.collect(engine="streaming"))


def _tell(births: pl.DataFrame, reading: Reading) -> None:
    """How each birth came to its pregnancy. A child stands on its own row; of a stillbirth nothing else is left."""
    linked_by = pl.col("link").replace("own", "register").alias("linked_by")
    tell(births.with_columns(linked_by), "pregnancies", DELIVERY, reading)
    set_aside(
        births.filter(pl.col("pregnancy_id").is_null() & (pl.col("outcome") == "stillbirth")), "pregnancies", reading
    )
