"""Which costs of pathways may be told (rule 5 of the gate): enough children, nobody above half, also in what is hidden.

Each pathway is a whole of its own. Its cost to an age is told in parts by payer, by nature, by service and by year of
age. What is hidden can be worked out as a sum from what is told, so it must keep the rule as a sum too.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.disclosure.cost_parts import ages_told, allowed, parts_told
from pipelines.disclosure.statistics import mean_may_be_shown
from pipelines.pathway_costs import AT_AGE, TO_AGE

NUMBERS = ("children", "mean_dkk", "low_dkk", "high_dkk")
DIGITS = 3
"""Significant digits of a mean and of the ends of its interval."""


def told_costs(
    figures: pl.DataFrame,
    yearly: pl.LazyFrame,
    followed: pl.LazyFrame,
    services: pl.DataFrame,
    to_age: int,
    threshold: int,
    told_pathways: Sequence[str],
) -> pl.DataFrame:
    """The figures that leave the house: columns of `figures`, `suppressed` without its numbers where it must be.

    Told are, for each pathway: the total at each age and to each age, and the parts by payer, nature and service to
    `to_age`. Others are left out. A pathway that is not in `told_pathways` (its number of children is hidden) has
    nothing told. Means are rounded, numbers of children are in tens. `yearly` and `followed` are what `figures` was
    made from.
    """
    kept = figures.filter(_is_told_at_all(to_age))
    open_to_view = _tellable(kept, yearly, followed, services, to_age, threshold, told_pathways)
    cells = ["pathway", "breakdown", "part", "span", "age"]
    rows = kept.join(open_to_view.with_columns(pl.lit(value=True).alias("is_told")), on=cells, how="left")
    hidden = pl.col("is_told").is_null()
    rounded = [pl.col(name).round_sig_figs(DIGITS) for name in NUMBERS[1:]]
    return (
        rows.with_columns(_in_tens("children"), *rounded)
        .with_columns(pl.when(~hidden).then(name).alias(name) for name in NUMBERS)
        .with_columns(pl.when(hidden).then(pl.lit("suppressed")).otherwise("state").alias("state"))
        .drop("is_told")
    )


def told_differences(difference: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """A difference is told where both means to that age are; rounded as they are."""
    numbers = told.filter((pl.col("span") == TO_AGE) & (pl.col("state") != "suppressed"))
    seen = numbers.select("pathway", "breakdown", "part", pl.col("age").alias("to_age")).with_columns(
        pl.lit(value=True).alias("seen")
    )
    rows = difference
    for side in ("from", "to"):
        renamed = seen.rename({"pathway": f"{side}_pathway", "seen": f"{side}_seen"})
        rows = rows.join(renamed, on=[f"{side}_pathway", "breakdown", "part", "to_age"], how="left")
    is_told = pl.col("from_seen").is_not_null() & pl.col("to_seen").is_not_null()
    numbers_of_it = ("difference_dkk", "low_dkk", "high_dkk")
    return rows.select(
        *(pl.col(name) for name in ("from_pathway", "to_pathway", "breakdown", "part", "to_age")),
        pl.when(is_told).then(_in_tens("children")).alias("children"),
        *(pl.when(is_told).then(pl.col(name).round_sig_figs(DIGITS)).alias(name) for name in numbers_of_it),
        pl.when(is_told).then("state").otherwise(pl.lit("suppressed")).alias("state"),
    )


def _in_tens(column: str) -> pl.Expr:
    """Whole tens, at least ten: the children of one age more or less would be a small count."""
    return ((pl.col(column) + 5) // 10 * 10).clip(10).alias(column)


def _is_told_at_all(to_age: int) -> pl.Expr:
    by_age = (pl.col("breakdown") == "total") & (pl.col("age") <= to_age)
    return by_age | ((pl.col("span") == TO_AGE) & (pl.col("age") == to_age))


def _tellable(
    kept: pl.DataFrame,
    yearly: pl.LazyFrame,
    followed: pl.LazyFrame,
    services: pl.DataFrame,
    to_age: int,
    threshold: int,
    told_pathways: Sequence[str],
) -> pl.DataFrame:
    """`pathway, breakdown, part, span, age` of the cells that may be told."""
    shares = _shares(kept, yearly, followed, services, to_age)
    cells = [
        pl.DataFrame(schema=dict.fromkeys(("pathway", "breakdown", "part", "span"), pl.String()) | {"age": pl.Int32()})
    ]
    for (pathway,), rows in kept.group_by("pathway", maintain_order=True):
        if pathway not in told_pathways or not _whole_may_be_told(rows, to_age, threshold):
            continue
        own = shares.filter(pl.col("pathway") == pathway)
        if own.height and not allowed(own, [], threshold)["allowed"].all():
            continue
        parts = parts_told(own, rows, threshold)
        ages = ages_told(own, rows, threshold)
        cells.append(pl.concat([parts, ages]).with_columns(pl.lit(pathway).alias("pathway")).select(cells[0].columns))
    return pl.concat(cells)


def _whole_may_be_told(rows: pl.DataFrame, to_age: int, threshold: int) -> bool:
    whole = rows.filter((pl.col("breakdown") == "total") & (pl.col("span") == TO_AGE) & (pl.col("age") == to_age))
    return all(mean_may_be_shown(children, threshold) for children in whole["children"]) and not whole.is_empty()


def _shares(
    kept: pl.DataFrame, yearly: pl.LazyFrame, followed: pl.LazyFrame, services: pl.DataFrame, to_age: int
) -> pl.DataFrame:
    """Each child's share in the mean to the age: its cost in a year of age over the children who lived through it.

    A cost of unknown price (NaN) has none: what is made from it is missing, and told by nobody.
    """
    lived = kept.filter((pl.col("breakdown") == "total") & (pl.col("span") == AT_AGE)).select(
        "pathway", "age", "children"
    )
    payer, service = pl.Enum(e.PAYERS), pl.Enum(services["service"])
    nature = pl.Enum(services["nature"].unique(maintain_order=True))
    return (
        yearly.filter((pl.col("age") <= to_age) & (pl.col("cost_dkk") != 0) & pl.col("cost_dkk").is_not_nan())
        .join(followed.select("child_id", pl.col("pathway").cast(pl.String)), on="child_id")
        .join(lived.lazy(), on=["pathway", "age"])
        .select(
            "pathway",
            "child_id",
            "age",
            pl.col("payer").cast(payer),
            pl.col("service").cast(service),
            pl.col("service").replace_strict(services["service"], services["nature"]).cast(nature).alias("nature"),
            (pl.col("cost_dkk") / pl.col("children")).alias("share"),
        )
        .collect(engine="streaming")
    )
