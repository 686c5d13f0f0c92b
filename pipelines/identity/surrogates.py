"""Int64 surrogates inside a store, and the table that gives the pseudonyms back at the edge."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.definitions.contract import Identifier, Table
from pipelines.errors import UserError

_SEEDS: dict[Identifier, int] = {"person": 1, "pregnancy": 2}


IDENTIFIERS: tuple[Identifier, ...] = tuple(_SEEDS)
KIND = pl.Enum(IDENTIFIERS)


def surrogate(pseudonym: pl.Expr, identifier: Identifier) -> pl.Expr:
    """Text to an Int64 that stands for it inside one store; null stays null.

    A 64-bit hash: two pseudonyms may in principle share one. `assert_no_shared_surrogates` looks, before anything is
    written.
    """
    hashed = pseudonym.hash(_SEEDS[identifier]).reinterpret(signed=True)
    return pl.when(pseudonym.is_not_null()).then(hashed)


def with_surrogates(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """The table with its persons and pregnancies as surrogates."""
    return rows.with_columns(
        surrogate(pl.col(column.name), column.identifier) for column in table.columns if column.identifier
    )


def identities_of(rows: pl.LazyFrame, table: Table, columns: Iterable[str]) -> list[pl.LazyFrame]:
    """`kind, id, pseudonym` of identifier columns of a table, duplicates included."""
    identifiers = [(name, table.column(name).identifier) for name in columns]
    return [
        rows.select(
            pl.lit(identifier, dtype=KIND).alias("kind"),
            surrogate(pl.col(name), identifier).alias("id"),
            pl.col(name).alias("pseudonym"),
        ).filter(pl.col("id").is_not_null())
        for name, identifier in identifiers
        if identifier
    ]


def assert_no_shared_surrogates(identities: pl.DataFrame) -> None:
    """Two pseudonyms behind one surrogate would join two lives: stop instead (chance below 1 in 100,000)."""
    shared = identities.height - identities.select(pl.struct("kind", "id").n_unique()).item()
    if shared:
        raise UserError(
            "Two pseudonyms were given the same internal number, so nothing was written",
            where=f"{shared} of {identities.height} identifiers",
            to_do="Pseudonymise the delivery again with another secret.",
        )


def with_pseudonyms(rows: pl.LazyFrame, identities: pl.LazyFrame, column: str, identifier: Identifier) -> pl.LazyFrame:
    """The inverse of `surrogate`, for the edge: the column as text again, in its place."""
    names = identities.filter(pl.col("kind") == identifier).select(
        pl.col("id").alias(column), pl.col("pseudonym").alias("_pseudonym")
    )
    return rows.join(names, on=column, how="left").with_columns(pl.col("_pseudonym").alias(column)).drop("_pseudonym")
