"""Flawless records, and beside each row what planting has to know of its child and its pregnancy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

ROW = "_row"
FAMILY = "_family"
NOT_HOME = ("0825", "0482")
"""Two small municipalities: who has lived in the first has not lived in the second."""


@dataclass(frozen=True)
class Clean:
    """The canonical tables of a sample country. `part` of `parts` families are the only ones that may be touched."""

    tables: Mapping[str, pl.DataFrame]
    as_of: date
    part: int = 0
    parts: int = 1

    def rows(self, table: str) -> pl.DataFrame:
        """The rows of the families that may be touched, with their place `_row` and what is known around them.

        `_born`, `_died`, `_first_home`, `_not_home` of the child; `_mother`; `_contacted`, `_due`, `_ended` of the
        pregnancy. Of twins whom only their pregnancy names, the first.
        """
        rows = self.tables[table].with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
        known = self._of_persons(rows) if "person_id" in rows.columns else self._of_children(rows, table)
        return known.filter(self._may_be_touched()).sort(ROW)

    def _may_be_touched(self) -> pl.Expr:
        return pl.col(FAMILY).hash(7) % self.parts == self.part

    def _of_children(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        if table == "pregnancies":
            return rows.join(self.pregnancies, on="pregnancy_id", how="left", maintain_order="left")
        if table == "children" or "pregnancy_id" not in rows.columns:
            return rows.join(self.children, on="child_id", how="left", maintain_order="left")
        by_pregnancy = self.children.filter(pl.col("_pregnancy").is_not_null()).unique(
            "_pregnancy", keep="first", maintain_order=True
        )
        first_child = by_pregnancy.select(pregnancy_id="_pregnancy", _child="child_id")
        return (
            rows.join(first_child, on="pregnancy_id", how="left", maintain_order="left")
            .with_columns(pl.coalesce("child_id", "_child").alias("_about"))
            .join(self.children, left_on="_about", right_on="child_id", how="left", maintain_order="left")
            .join(
                self.pregnancies.select("pregnancy_id", _hers=FAMILY),
                on="pregnancy_id",
                how="left",
                maintain_order="left",
            )
            .with_columns(pl.coalesce(FAMILY, "_hers").alias(FAMILY))
        )

    def _of_persons(self, rows: pl.DataFrame) -> pl.DataFrame:
        """A person is a child, or else a mother, or nobody here."""
        first = self.children.unique("_mother", keep="first", maintain_order=True)
        of_mothers = first.select(person_id="_mother", _child="child_id").drop_nulls()
        return (
            rows.join(self.children, left_on="person_id", right_on="child_id", how="left", maintain_order="left")
            .join(of_mothers, on="person_id", how="left", maintain_order="left")
            .with_columns(pl.coalesce(FAMILY, "person_id").alias(FAMILY))
        )

    @cached_property
    def pregnancies(self) -> pl.DataFrame:
        """pregnancy_id, its family, and whether a child was born of it."""
        born = self.tables["children"].select("pregnancy_id", _has_child=pl.lit(value=True)).drop_nulls().unique()
        return (
            self.tables["pregnancies"]
            .select("pregnancy_id", pl.col("mother_id").alias(FAMILY))
            .join(born, on="pregnancy_id", how="left", maintain_order="left")
            .with_columns(pl.col("_has_child").fill_null(value=False))
        )

    @cached_property
    def children(self) -> pl.DataFrame:
        """child_id and what is known around the child; the family is the mother's, else the child's own."""
        pregnancies = self.tables["pregnancies"].select(
            _pregnancy="pregnancy_id",
            _her="mother_id",
            _contacted="first_contact_date",
            _due="due_date",
            _ended="end_date",
        )
        children = self.tables["children"].select(
            "child_id", _pregnancy="pregnancy_id", _own="mother_id", _born="birth_date", _died="death_date"
        )
        mother = pl.coalesce("_own", "_her")
        return (
            children.join(pregnancies, on="_pregnancy", how="left", maintain_order="left")
            .with_columns(mother.alias("_mother"), pl.coalesce("_own", "_her", "child_id").alias(FAMILY))
            .drop("_own", "_her")
            .join(self._homes(), on="child_id", how="left", maintain_order="left")
            .with_columns(*_siblings())
        )

    def _homes(self) -> pl.DataFrame:
        lived = self.tables["residences"].sort("child_id", "from_date").group_by("child_id", maintain_order=True)
        codes = pl.col("municipality_code")
        somewhere_else = pl.when((codes == NOT_HOME[0]).any()).then(pl.lit(NOT_HOME[1])).otherwise(pl.lit(NOT_HOME[0]))
        return lived.agg(codes.first().alias("_first_home"), somewhere_else.alias("_not_home"))


def _siblings() -> list[pl.Expr]:
    """`_twin`: born of the same pregnancy just before. `_elder`: the first child of the same mother, if born before."""
    same_pregnancy = pl.col("_pregnancy") == pl.col("_pregnancy").shift(1)
    elder = pl.col("child_id").first().over(FAMILY)
    elder_born = pl.col("_born").first().over(FAMILY)
    return [
        pl.when(same_pregnancy).then(pl.col("child_id").shift(1)).alias("_twin"),
        pl.when(elder_born < pl.col("_born")).then(elder).alias("_elder"),
    ]
