"""Mean cost per child and year of age by pathway, payer, service and nature, with bootstrap intervals.

Described as association: children of different pathways differ in more than their pathway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.pathways import OTHERS, PATHWAY
from pipelines.statistics.bootstrap import Array, Resampled, resampled
from pipelines.yearly_costs import BEFORE_BIRTH, Prices, years_lived

BREAKDOWNS = ("total", "payer", "service", "nature")
ALL = "all"
"""The one part of the breakdown `total`."""

AT_AGE, TO_AGE = "at_age", "to_age"
"""Spans: in the year of age alone, or from before birth through that year."""

BLOCKS = 2000
"""Children are resampled one by one up to this number in a pathway; of more, as many blocks of children of equal size,
put together at random. The mean of blocks is as uncertain as that of their children."""

RESAMPLES = 1000
SEED = 20260930


def followed(children: pl.LazyFrame, pathways: pl.LazyFrame, as_of: date, seed: int = SEED) -> pl.LazyFrame:
    """`child_id, birth_date, pathway, years_lived, block` of every child in view; `others` has no pathway.

    The blocks depend on the seed and on who is there, not on the order of the rows.
    """
    place = pl.int_range(pl.len()).shuffle(seed=seed).over("pathway")
    return (
        years_lived(children, as_of)
        .join(pathways, on="child_id", how="left")
        .sort("child_id")
        .with_columns(pl.col("pathway").fill_null(pl.lit(OTHERS, dtype=PATHWAY)))
        .with_columns((place % BLOCKS).cast(pl.Int32).alias("block"))
    )


@dataclass(frozen=True)
class Blocks:
    """Costs and children added up by pathway and block, which is all that the means and their bootstrap need.

    `costs`: `pathway, block, breakdown, part, age, cost_dkk`. `children`: `pathway, block, years_lived, children`.
    """

    costs: pl.DataFrame
    children: pl.DataFrame
    parts: tuple[tuple[str, str], ...]

    @staticmethod
    def of(yearly: pl.LazyFrame, followed_children: pl.LazyFrame, reference: Reference) -> Blocks:
        """Collects. `yearly` comes from `yearly_costs`, `followed_children` from `followed`."""
        natures = dict(reference.services.select("service", "nature").iter_rows())
        rows = yearly.join(followed_children.select("child_id", "pathway", "block"), on="child_id").with_columns(
            pl.col("service").replace_strict(natures, default=None, return_dtype=pl.String).alias("nature")
        )
        fine = rows.group_by("pathway", "block", "age", "payer", "service", "nature").agg(pl.col("cost_dkk").sum())
        children = followed_children.group_by("pathway", "block", "years_lived").len("children")
        costs, counted = pl.collect_all([fine, children])
        sums = pl.concat([_summed(costs, breakdown) for breakdown in BREAKDOWNS])
        return Blocks(sums, counted, parts_of(reference))

    @property
    def ages(self) -> list[int]:
        """From before birth to the oldest year of age that anybody has lived through."""
        oldest = self.children["years_lived"].max()
        return list(range(BEFORE_BIRTH, oldest if isinstance(oldest, int) else 0))

    def pathways(self) -> list[str]:
        """Those that have children, in their fixed order."""
        present = set(self.children["pathway"].cast(pl.String).to_list())
        return [pathway for pathway in PATHWAY.categories if pathway in present]

    def children_by_age(self, pathway: str) -> Array:
        """Children of the pathway who lived through each age (blocks x ages)."""
        lived = self.children.filter(pl.col("pathway") == pathway)
        children = np.zeros((int(lived["block"].n_unique()), len(self.ages)))
        through = lived["years_lived"].to_numpy()[:, None] > np.array(self.ages)[None, :]
        np.add.at(children, lived["block"].to_numpy(), through * lived["children"].to_numpy()[:, None])
        return children

    def costs_by_age(self, pathway: str, parts: Sequence[tuple[str, str]]) -> Array:
        """Costs of the pathway (blocks x parts x ages), 0 where there is none."""
        blocks = self.children.filter(pl.col("pathway") == pathway)["block"].n_unique()
        places = pl.DataFrame([(*part, at) for at, part in enumerate(parts)], ["breakdown", "part", "at"], orient="row")
        rows = self.costs.filter(pl.col("pathway") == pathway).join(places, on=["breakdown", "part"])
        costs = np.zeros((blocks, len(parts), len(self.ages)))
        at = (rows["block"].to_numpy(), rows["at"].to_numpy(), rows["age"].to_numpy() - BEFORE_BIRTH)
        costs[at] = rows["cost_dkk"].to_numpy()
        return costs


def parts_of(reference: Reference) -> tuple[tuple[str, str], ...]:
    """Breakdown and part of every figure, those without a cost included."""
    services, natures = reference.services["service"].to_list(), sorted(set(reference.services["nature"].to_list()))
    named = {"total": [ALL], "payer": e.PAYERS, "service": services, "nature": natures}
    return tuple((breakdown, part) for breakdown in BREAKDOWNS for part in named[breakdown])


def _summed(costs: pl.DataFrame, breakdown: str) -> pl.DataFrame:
    part = pl.lit(ALL) if breakdown == "total" else pl.col(breakdown)
    return costs.group_by(
        pl.col("pathway").cast(pl.String), "block", pl.lit(breakdown).alias("breakdown"), part.alias("part"), "age"
    ).agg(pl.col("cost_dkk").sum())


def means(
    blocks: Blocks,
    pathway: str,
    parts: Sequence[tuple[str, str]],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Resampled:
    """Mean cost per child: cells of span x part x age, the spans in the order at_age, to_age.

    In an age: the cost of the children who lived through it, over those children. To an age: the sum of the means so
    far, so that those born lately do not make later ages cheap. Each pathway has resamples of its own.
    """
    costs, children = blocks.costs_by_age(pathway, parts), blocks.children_by_age(pathway)
    units = np.concatenate([costs.reshape(len(costs), -1), children], axis=1)
    own_seed = [seed, PATHWAY.categories.to_list().index(pathway)]
    return resampled(units, _mean_costs(len(parts), children.shape[1]), resamples, own_seed)


def _mean_costs(parts: int, ages: int) -> Callable[[Array], Array]:
    def statistic(sums: Array) -> Array:
        costs = sums[:, : parts * ages].reshape(-1, parts, ages)
        children = sums[:, None, parts * ages :]
        at_age = np.divide(costs, children, out=np.full(costs.shape, np.nan), where=children > 0)
        return np.stack([at_age, at_age.cumsum(axis=2)], axis=1).reshape(len(sums), -1)

    return statistic


def pathway_costs(blocks: Blocks, prices: Prices, resamples: int = RESAMPLES, seed: int = SEED) -> pl.DataFrame:
    """`pathway, breakdown, part, span, age, children, mean_dkk, low_dkk, high_dkk, state, price_year, discount_rate`.

    `children`: those who lived through the age (of a sum to an age: through the last of them). State `number`;
    `not_applicable` where nobody lived through it; `missing` where a year of the price index is. No ends of an interval
    where there is nothing to resample: one child alone, or all alike.
    """
    tables = [_figures_of(blocks, pathway, resamples, seed) for pathway in blocks.pathways()]
    empty = pl.DataFrame(schema=FIGURES)
    return pl.concat([empty, *tables]).with_columns(
        pl.lit(prices.price_year, pl.Int32).alias("price_year"), pl.lit(prices.discount_rate).alias("discount_rate")
    )


FIGURES = {
    "pathway": pl.String(),
    "breakdown": pl.String(),
    "part": pl.String(),
    "span": pl.String(),
    "age": pl.Int32(),
    "children": pl.Int64(),
    "mean_dkk": pl.Float64(),
    "low_dkk": pl.Float64(),
    "high_dkk": pl.Float64(),
    "state": pl.String(),
}


def _figures_of(blocks: Blocks, pathway: str, resamples: int, seed: int) -> pl.DataFrame:
    found = means(blocks, pathway, blocks.parts, resamples, seed)
    low, high = found.interval()
    lived = blocks.children_by_age(pathway).sum(axis=0).astype(np.int64)
    spans, parts, ages = (AT_AGE, TO_AGE), blocks.parts, blocks.ages
    labels = [(*part, span, age) for span in spans for part in parts for age in ages]
    children = np.tile(lived, len(spans) * len(parts))
    values = {"children": children, "mean_dkk": found.estimate, "low_dkk": low, "high_dkk": high}
    named = pl.DataFrame(labels, schema=["breakdown", "part", "span", "age"], orient="row")
    figures = pl.concat([named, pl.DataFrame(values)], how="horizontal").with_columns(pl.lit(pathway).alias("pathway"))
    told = pl.col("mean_dkk").is_not_null()
    state = pl.when(pl.col("children") == 0).then(pl.lit("not_applicable")).when(told).then(pl.lit("number"))
    return (
        figures.with_columns(pl.col("mean_dkk", "low_dkk", "high_dkk").fill_nan(None))
        .with_columns(state.otherwise(pl.lit("missing")).alias("state"))
        .select(pl.col(column).cast(dtype) for column, dtype in FIGURES.items())
    )


def oldest_common_age(figures: pl.DataFrame, pathways: Sequence[str], at_least: int) -> int | None:
    """The oldest age that at least so many children of each pathway lived through; None when there is none.

    Sums to this age can be compared between pathways.
    """
    enough = figures.filter(
        (pl.col("breakdown") == "total") & (pl.col("span") == AT_AGE) & pl.col("pathway").is_in(list(pathways))
    ).filter(pl.col("children") >= at_least)
    oldest = enough.group_by("pathway").agg(pl.col("age").max())["age"].to_list()
    return min(oldest) if pathways and len(oldest) == len(set(pathways)) else None
