"""What could go wrong in the pipeline itself: rows that a stage loses or counts twice, while the records are flawless.

The rate is the share of rows that a result has lost. Here the tables are those that a run made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import polars as pl

from checks.defects.clean import ROW, Clean
from checks.defects.declared import Defect, Patch
from checks.defects.planting import NUMBER


@dataclass(frozen=True)
class Lost:
    """A stage has dropped rows; the law that it breaks is what has to be named. At least the share `fewest` is gone."""

    table: str
    law: str
    where: pl.Expr | None = None
    key: str = "law"
    fewest: float = 0.0

    @property
    def tables(self) -> tuple[str, ...]:
        """One table of results."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """Rows are gone, whichever they were."""
        gone = _some(clean.tables[self.table], max(rate, self.fewest), seed, self.where)
        return [Patch(self.table, _broken(self.law, self.key), removed=gone.select(ROW))]


@dataclass(frozen=True)
class Doubled:
    """A stage has counted twice."""

    table: str
    column: str
    law: str
    key: str = "law"
    where: pl.Expr | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """One table of results."""
        return (self.table,)

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        """The number stands twice as high in some rows where it is not nought."""
        counted = pl.col(self.column) > 0
        some = counted if self.where is None else counted & self.where
        spoiled = _some(clean.tables[self.table], rate, seed, some).with_columns(pl.col(self.column) * 2)
        return [Patch(self.table, _broken(self.law, self.key), changed=spoiled)]


def _broken(law: str, key: str = "law") -> pl.DataFrame:
    return pl.DataFrame({NUMBER: [0], key: [law]})


def _some(rows: pl.DataFrame, rate: float, seed: int, where: pl.Expr | None = None) -> pl.DataFrame:
    placed = rows.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
    eligible = placed if where is None else placed.filter(where)
    return eligible.sample(ceil(rate * eligible.height), seed=seed).sort(ROW)


DEFECTS = (
    Defect(
        "links.lost",
        "Koblingen har tabt børn undervejs.",
        "Linkage lost children on the way.",
        Lost("links", "children_linked"),
        found_by=("conservation.children_linked",),
        scope="results",
    ),
    Defect(
        "children_in_view.lost",
        "Børn, der er født, er ikke med i opgørelsen.",
        "Children who are born are not among those counted.",
        Lost("children_in_view", "children_in_view"),
        found_by=("conservation.children_in_view",),
        scope="results",
    ),
    Defect(
        "exposed.lost",
        "Børn med spor af eksponering er faldet ud, før forpligtelserne blev gjort op.",
        "Children with evidence of exposure dropped out before obligations were worked out.",
        Lost("exposed", "evidence_exposed"),
        found_by=("conservation.evidence_exposed",),
        scope="results",
    ),
    Defect(
        "gaps.lost",
        "Huller mangler på arbejdslisten.",
        "Gaps are missing on the worklist.",
        Lost("gaps", "gaps_kept"),
        found_by=("conservation.gaps_kept",),
        scope="results",
    ),
    Defect(
        "counts.doubled",
        "En optælling er lagt sammen to gange.",
        "A count was added up twice.",
        Doubled("counts", "denominator", "obligations_counted"),
        found_by=("conservation.obligations_counted",),
        scope="results",
    ),
    Defect(
        "linkage_quality.lost",
        "Kommuner mangler i opgørelsen af koblingen.",
        "Municipalities are missing in the account of the linkage.",
        Lost("linkage_quality", "births_in_linkage", pl.col("measure") == "births"),
        found_by=("conservation.births_in_linkage",),
        scope="results",
    ),
    Defect(
        "row_accounting.doubled",
        "Regnskabet for en tabel tæller rækker, som ingen fil har leveret.",
        "The accounts of a table count rows that no file delivered.",
        Doubled("row_accounting", "accepted", "accepted", key="counted"),
        found_by=("accounts.differ",),
        scope="results",
    ),
)
