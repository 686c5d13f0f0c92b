"""Many measures of one place: each beside the country, its region and the spread of all municipalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.comparison import Target, compared

FEWEST_FOR_QUARTILES = 5
SPREAD = {"min": 0.0, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75, "max": 1.0}


def targets(countries: pl.DataFrame) -> dict[str, Target]:
    """The country's counts by measure, from `measure, numerator, denominator, state`; null where it is no number."""
    is_number = pl.col("state").cast(pl.String) == "number"
    known = countries.select(
        "measure", *(pl.when(is_number).then(pl.col(name)).alias(name) for name in ("numerator", "denominator"))
    )
    return {measure: Target(numerator, denominator) for measure, numerator, denominator in known.iter_rows()}


def compared_measures(
    shares: pl.LazyFrame,
    countries: Mapping[str, Target],
    polarity: Mapping[str, bool],
    *,
    rank_floor: int,
    is_adjusted: bool = True,
) -> pl.LazyFrame:
    """`compared` for every measure of `polarity`, in its order; `shares` has `measure` beside the columns of one.

    A measure without a country is incomparable. One without any row has none.
    """
    each = [
        compared(
            shares.filter(pl.col("measure") == measure),
            countries.get(measure, Target(None, None)),
            high_is_good=high_is_good,
            rank_floor=rank_floor,
            is_adjusted=is_adjusted,
        )
        for measure, high_is_good in polarity.items()
    ]
    return pl.concat(each) if each else compared(shares.clear(), Target(None, None), high_is_good=True, rank_floor=1)


def spine(
    rows: pl.LazyFrame, place: str, polarity: Mapping[str, bool], regions: Mapping[str, float | None] | None = None
) -> pl.LazyFrame:
    """From `compared_measures`: the rows of one place, one for each measure in the order of `polarity`.

    Beside them `region_share`, `high_is_good`, and `min, lower_quartile, median, upper_quartile, max` of the municipal
    shares that are told, with their number in `places`; null under five of them. They are made of published figures
    alone, so they say nothing that the figures do not. A measure without a row for the place has the state `missing`.
    """
    known = pl.col("share").is_not_null()
    told = pl.col("share").filter(known)
    enough = known.sum() >= FEWEST_FOR_QUARTILES
    spread = [pl.when(enough).then(told.quantile(part, "linear")).alias(name) for name, part in SPREAD.items()]
    of_all = rows.group_by("measure").agg(known.sum().cast(pl.Int64).alias("places"), *spread)
    asked = _measures(list(polarity), list(polarity.values()), [(regions or {}).get(name) for name in polarity])
    own = rows.filter(pl.col("place") == place)
    return (
        asked.join(own, on="measure", how="left", maintain_order="left")
        .join(of_all, on="measure", how="left", maintain_order="left")
        .with_columns(
            pl.col("state").cast(pl.String).fill_null("missing"),
            pl.col("verdict").fill_null("incomparable"),
            pl.col("is_clear").fill_null(value=False),
            pl.col("places").fill_null(0),
        )
    )


def _measures(names: Sequence[str], is_good: Sequence[bool], regions: Sequence[float | None]) -> pl.LazyFrame:
    return pl.LazyFrame(
        {"measure": names, "high_is_good": is_good, "region_share": regions},
        schema={"measure": pl.String, "high_is_good": pl.Boolean, "region_share": pl.Float64},
    )
