"""How much more or less children of one pathway have cost than those of another, with what chance leaves open."""

from __future__ import annotations

from itertools import permutations

import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.pathway_costs import ALL, RESAMPLES, SEED, Blocks, means
from pipelines.pathways import PATHWAYS

PARTS = (("total", ALL), *(("payer", payer) for payer in e.PAYERS))
DIFFERENCES = {
    "from_pathway": pl.String(),
    "to_pathway": pl.String(),
    "breakdown": pl.String(),
    "part": pl.String(),
    "to_age": pl.Int32(),
    "children": pl.Int64(),
    "difference_dkk": pl.Float64(),
    "low_dkk": pl.Float64(),
    "high_dkk": pl.Float64(),
    "state": pl.String(),
}


def differences(blocks: Blocks, to_age: int, resamples: int = RESAMPLES, seed: int = SEED) -> pl.DataFrame:
    """Mean cost to an age of `to_pathway` minus that of `from_pathway`, per child, in all and by payer (`DIFFERENCES`).

    Every ordered pair of pathways, with the resamples that the means have. `children` are all of `from_pathway`, who
    could be moved. Missing where a mean of either is; not applicable where nobody of either lived to that age.
    """
    empty = pl.DataFrame(schema=DIFFERENCES)
    if to_age not in blocks.ages:
        return empty
    present = [pathway for pathway in blocks.pathways() if pathway in PATHWAYS]
    found = {pathway: means(blocks, pathway, PARTS, resamples, seed) for pathway in present}
    lived = {pathway: blocks.children_by_age(pathway).sum(axis=0) for pathway in present}
    at = blocks.ages.index(to_age)
    at_cell = [(len(PARTS) + part) * len(blocks.ages) + at for part in range(len(PARTS))]
    tables = [empty]
    for leaving, reaching in permutations(present, 2):
        difference = found[reaching].minus(found[leaving])
        low, high = difference.interval()
        nobody = lived[leaving][at] == 0 or lived[reaching][at] == 0
        values = {"difference_dkk": difference.estimate[at_cell], "low_dkk": low[at_cell], "high_dkk": high[at_cell]}
        named = pl.DataFrame(PARTS, ["breakdown", "part"], orient="row").with_columns(
            pl.lit(leaving).alias("from_pathway"),
            pl.lit(reaching).alias("to_pathway"),
            pl.lit(to_age).alias("to_age"),
            pl.lit(int(lived[leaving][0])).alias("children"),
            pl.lit("not_applicable" if nobody else "missing").alias("state"),
        )
        tables.append(_with_state(named.with_columns(**{name: pl.Series(value) for name, value in values.items()})))
    return pl.concat(tables)


def _with_state(rows: pl.DataFrame) -> pl.DataFrame:
    told = pl.col("difference_dkk").is_not_nan()
    return rows.with_columns(
        pl.when(told).then(pl.lit("number")).otherwise("state").alias("state"),
        pl.col("difference_dkk", "low_dkk", "high_dkk").fill_nan(None),
    ).select(pl.col(column).cast(dtype) for column, dtype in DIFFERENCES.items())
