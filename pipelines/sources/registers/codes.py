"""Codes of a register and what they mean: the TOML file says it, never the code. What it does not know is counted."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.definitions.contract import SOURCE
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.sources.declarations import RegisterFile
from pipelines.sources.reading import UNMAPPED
from pipelines.sources.registers.layout import Layout, Variable
from pipelines.sources.registers.layouts_of_municipalities import OUT_OF_SCOPE
from pipelines.sources.unmapped import shown_safely

WRITTEN = "_written"
"""Suffix of the column that keeps a code as it was written, beside its meaning."""


def meanings_of(variable: Variable, reference: Reference) -> tuple[str, ...]:
    """What the codes of a variable may be mapped to; a variable without a list of its own means a service."""
    return variable.meanings or (*reference.services["service"].to_list(), OUT_OF_SCOPE)


def assert_meanings(declared: RegisterFile, layout: Layout, reference: Reference) -> None:
    """A code mapped to a word that the layout does not know is a slip, and is told before anything is read."""
    for variable in layout.variables:
        allowed = meanings_of(variable, reference)
        unknown = sorted(set(declared.codes.get(variable.name, {}).values()) - set(allowed))
        if unknown:
            raise UserError(
                f"Codes of {variable.name} are mapped to what is not known: {', '.join(unknown)}",
                where=f"register {layout.name}",
                to_do=f"Known: {', '.join(allowed)}.",
            )


def meaning(variable: Variable, declared: RegisterFile, reference: Reference) -> pl.Expr:
    """The meaning of a normalised code, null when nobody has given one. Our own words mean themselves."""
    known = {word: word for word in meanings_of(variable, reference)} | dict(declared.codes.get(variable.name, {}))
    return pl.col(variable.name).replace_strict(known, default=None, return_dtype=pl.String)


def is_unmapped(name: str) -> pl.Expr:
    """A code is written whose meaning is not known."""
    return pl.col(name).is_null() & pl.col(name + WRITTEN).is_not_null()


def codes_not_mapped(rows: pl.DataFrame, names: Sequence[str]) -> list[pl.DataFrame]:
    """Codes without a meaning with their rows (schema UNMAPPED), per file and variable."""
    told = []
    for name in names:
        unknown = rows.filter(is_unmapped(name)).select(pl.col(name + WRITTEN).alias("code"), SOURCE)
        for (source,), of_file in unknown.group_by(SOURCE, maintain_order=True):
            counted = shown_safely(of_file.get_column("code").value_counts(name="rows"))
            place = (pl.lit(source, pl.String).alias("source"), pl.lit(name).alias("column"))
            told.append(counted.with_columns(*place, pl.col("rows").cast(pl.Int64)).select(*UNMAPPED))
    return told
