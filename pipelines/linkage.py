"""Which pregnancy and which mother belong to a child. Made before the as-of view, on all rows, and kept."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.link_rule import dates_fit_the_birth
from pipelines.definitions.reference import Reference


def linked(children: pl.LazyFrame, pregnancies: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """`child_id, pregnancy_id, mother_id, link` for every child.

    `link` says how: the register's own, found by mother and dates (exactly one candidate), ambiguous (several: not
    linked), or none. The mother is the child's own `mother_id`, else that of its pregnancy.
    """
    candidates = candidate_pregnancies(children, pregnancies, reference)
    mothers = pregnancies.select("pregnancy_id", pl.col("mother_id").alias("pregnancy_mother_id"))
    return (
        children.select("child_id", "mother_id", pl.col("pregnancy_id").alias("register_pregnancy_id"))
        .join(candidates, on="child_id", how="left")
        .with_columns(pl.coalesce("register_pregnancy_id", "found_pregnancy_id").alias("pregnancy_id"), link_made())
        .join(mothers, on="pregnancy_id", how="left")
        .select("child_id", "pregnancy_id", pl.coalesce("mother_id", "pregnancy_mother_id").alias("mother_id"), "link")
    )


def candidate_pregnancies(children: pl.LazyFrame, pregnancies: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    """For children without a pregnancy: the number of candidates, and the candidate when it is the only one."""
    unlinked = children.filter(pl.col("pregnancy_id").is_null() & pl.col("mother_id").is_not_null())
    return (
        unlinked.select("child_id", "mother_id", "birth_date")
        .join(pregnancies.select("pregnancy_id", "mother_id", "due_date", "end_date", "outcome"), on="mother_id")
        .filter(fits_the_birth(reference))
        .group_by("child_id")
        .agg(pl.len().alias("candidates"), pl.col("pregnancy_id").min().alias("first_pregnancy_id"))
        .select(
            "child_id",
            "candidates",
            pl.when(pl.col("candidates") == 1).then("first_pregnancy_id").alias("found_pregnancy_id"),
        )
    )


def fits_the_birth(reference: Reference) -> pl.Expr:
    """The pregnancy may have brought a live child, and its dates fit the birth."""
    return ~pl.col("outcome").is_in(["loss", "stillbirth"]) & dates_fit_the_birth(reference)


def link_made() -> pl.Expr:
    """How the link to the pregnancy came about."""
    return (
        pl.when(pl.col("register_pregnancy_id").is_not_null())
        .then(pl.lit("register"))
        .when(pl.col("candidates") == 1)
        .then(pl.lit("found"))
        .when(pl.col("candidates") > 1)
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("none"))
        .alias("link")
    )


def linkage_quality(
    links: pl.LazyFrame,
    children: pl.LazyFrame,
    residences: pl.LazyFrame,
    pregnancies: pl.LazyFrame,
    exposures: pl.LazyFrame,
    reference: Reference,
) -> pl.LazyFrame:
    """`measure, municipality_code, outcome, rows`: what linkage lost, per municipality.

    The municipality is that of the child's home at birth, else of the pregnancy, else null. `births`: how the link to
    the pregnancy was made. `exposures`: `child` (linked to one), `no_child` although the pregnancy ended live,
    `no_live_birth`, `unknown_outcome` of an ended pregnancy, `not_due` while it has not ended.
    """
    code = pl.col("municipality_code").cast(reference.municipality)
    ended = pregnancies.select("pregnancy_id", "end_date", "outcome", code.alias("pregnancy_code"))
    homes = residences.with_columns(code)
    born = _births_with_homes(links, children, homes, ended)
    exposed_births = _births_with_homes(links, _children_of(exposures, children, links), homes, ended)
    exposed = _exposures_with_homes(exposures, exposed_births, ended)
    counted = [
        rows.group_by("municipality_code", "outcome").agg(pl.len().cast(pl.Int64).alias("rows")).with_columns(measure)
        for rows, measure in (
            (born.rename({"link": "outcome"}), pl.lit("births").alias("measure")),
            (exposed, pl.lit("exposures").alias("measure")),
        )
    ]
    columns = ("measure", "municipality_code", "outcome", "rows")
    return pl.concat([rows.select(columns) for rows in counted]).sort(columns[:3], nulls_last=True)


def _births_with_homes(
    links: pl.LazyFrame, children: pl.LazyFrame, residences: pl.LazyFrame, pregnancies: pl.LazyFrame
) -> pl.LazyFrame:
    """child_id, pregnancy_id, link, municipality_code of every child."""
    return (
        children.select("child_id")
        .join(_homes_at_birth(children, residences), on="child_id", how="left")
        .join(links.select("child_id", "pregnancy_id", "link"), on="child_id", how="left")
        .join(pregnancies.select("pregnancy_id", "pregnancy_code"), on="pregnancy_id", how="left")
        .select(
            "child_id", "pregnancy_id", "link", pl.coalesce("home_code", "pregnancy_code").alias("municipality_code")
        )
    )


def _children_of(exposures: pl.LazyFrame, children: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """The few children whom an exposure names, or whose pregnancy one names."""
    by_pregnancy = links.join(exposures, on="pregnancy_id", how="semi").select("child_id")
    named = pl.concat([by_pregnancy, exposures.select("child_id")])
    return children.join(named, on="child_id", how="semi")


def _homes_at_birth(children: pl.LazyFrame, residences: pl.LazyFrame) -> pl.LazyFrame:
    """child_id, home_code: the spell that covers the birth; of several the one begun last."""
    covers = (pl.col("from_date") <= pl.col("birth_date")) & (pl.col("birth_date") < pl.col("to_date")).fill_null(
        value=True
    )
    homes = (
        residences.join(children.select("child_id", "birth_date"), on="child_id")
        .filter(covers)
        .select("child_id", "from_date", pl.col("municipality_code").alias("home_code"))
    )
    last = homes.group_by("child_id").agg(pl.col("from_date").max())
    return homes.join(last, on=["child_id", "from_date"]).select("child_id", "home_code")


def _exposures_with_homes(exposures: pl.LazyFrame, births: pl.LazyFrame, pregnancies: pl.LazyFrame) -> pl.LazyFrame:
    """municipality_code and outcome of every exposure; of twins the first one's home."""
    by_child = births.select("child_id", pl.col("municipality_code").alias("childs_code"))
    by_pregnancy = (
        births.filter(pl.col("pregnancy_id").is_not_null())
        .sort("child_id")
        .group_by("pregnancy_id")
        .agg(pl.col("municipality_code").drop_nulls().first().alias("births_code"), pl.len().alias("children"))
    )
    return (
        exposures.select("child_id", "pregnancy_id")
        .join(by_child, on="child_id", how="left")
        .join(by_pregnancy, on="pregnancy_id", how="left")
        .join(pregnancies, on="pregnancy_id", how="left")
        .select(
            pl.coalesce("childs_code", "births_code", "pregnancy_code").alias("municipality_code"),
            _outcome_of_exposure().alias("outcome"),
        )
    )


def _outcome_of_exposure() -> pl.Expr:
    """An unknown end is a pregnancy that has not ended; an outcome that says more counts without a date too."""
    outcome = pl.col("outcome")
    return (
        pl.when(pl.col("child_id").is_not_null() | pl.col("children").is_not_null())
        .then(pl.lit("child"))
        .when(outcome == "live_birth")
        .then(pl.lit("no_child"))
        .when(outcome.is_in(["loss", "stillbirth"]))
        .then(pl.lit("no_live_birth"))
        .when(pl.col("end_date").is_not_null())
        .then(pl.lit("unknown_outcome"))
        .otherwise(pl.lit("not_due"))
    )
