"""New names for persons and records in the tables of a store: pseudonyms in text, and the surrogates of persons."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.definitions.tables import TABLES
from pipelines.errors import StoreFailed
from pipelines.identity import AS_TOKEN, KEYED, assert_no_shared_surrogates, hashed_again, surrogate
from pipelines.identity.pseudonyms import PSEUDONYM_LENGTH
from pipelines.identity.surrogates import IDENTIFIERS
from pipelines.store import Snapshot

NAMES = {column.name: column.identifier for table in TABLES for column in table.columns if column.identifier}
"""Columns of surrogates: a name means the same in every table."""

KEYS = {table.key[0] for table in TABLES if len(table.key) == 1}
TEXTS = {"pseudonym", "source_id", "subject_id", "key", "row_key", *KEYS, *NAMES}
"""Columns of text in which a pseudonym or a keyed name can stand."""

_TOKEN = re.compile(f"(?<![0-9a-f]){KEYED}(?![0-9a-f])")


@dataclass(frozen=True)
class Renaming:
    """Old names to new ones: pseudonyms in text, and the surrogates that stand for them."""

    identities: pl.DataFrame
    more: tuple[bytes, ...]
    surrogates: dict[str, pl.DataFrame] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, more: Sequence[bytes]) -> Renaming:
        """From the identities of a run, and the keys that it does not have yet."""
        names = cls(snapshot.table("identities").collect(), tuple(more))
        again = names.identities.with_columns(names.text(names.identities.get_column("pseudonym")).alias("new"))
        for identifier in IDENTIFIERS:
            own = again.filter(pl.col("kind") == identifier)
            names.surrogates[identifier] = own.select("id", surrogate(pl.col("new"), identifier).alias("new_id"))
        whole = [names.surrogates[one].select(pl.lit(one).alias("kind"), id="new_id") for one in IDENTIFIERS]
        assert_no_shared_surrogates(pl.concat(whole))
        return names

    def columns(self, schema: pl.Schema) -> list[str]:
        """The columns of a table that name somebody."""
        return [
            name
            for name, dtype in schema.items()
            if (dtype == pl.Int64 and name in NAMES) or (dtype == pl.String and name in TEXTS)
        ]

    def renamed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with all names new, in the same order."""
        if "pseudonym" in rows.columns:
            return self._renamed_identities(rows)
        return rows.with_columns(
            self._numbers(rows.get_column(name)) if rows.schema[name] == pl.Int64 else self.text(rows.get_column(name))
            for name in self.columns(rows.schema)
        )

    def text(self, values: pl.Series) -> pl.Series:
        """Text with each pseudonym and keyed name in it replaced; other text stays."""
        told = values.drop_nulls().unique()
        old = told.filter(told.str.contains(AS_TOKEN))
        if old.is_empty():
            return values
        new = [_TOKEN.sub(lambda found: hashed_again([found.group()], self.more)[0], one) for one in old.to_list()]
        return values.replace(old, pl.Series(new, dtype=pl.String))

    def texts(self, values: list[str]) -> list[str]:
        """The same for a list."""
        return self.text(pl.Series(values, dtype=pl.String)).to_list()

    def _renamed_identities(self, rows: pl.DataFrame) -> pl.DataFrame:
        named = rows.with_columns(self.text(rows.get_column("pseudonym")))
        of_kind = [
            pl.when(pl.col("kind") == one).then(surrogate(pl.col("pseudonym"), one)).alias(one) for one in IDENTIFIERS
        ]
        return named.with_columns(pl.coalesce(of_kind).alias("id"))

    def _numbers(self, ids: pl.Series) -> pl.Series:
        known = self.surrogates[NAMES[ids.name]]
        joined = ids.to_frame("id").join(known, on="id", how="left", maintain_order="left")
        new = joined.get_column("new_id").alias(ids.name)
        unnamed = ids.filter(new.is_null() & ids.is_not_null()).unique()
        return new.fill_null(self._of_nobody(ids, unnamed)) if unnamed.len() else new

    def _of_nobody(self, ids: pl.Series, unnamed: pl.Series) -> pl.Series:
        """Persons whom no result names have a surrogate but no pseudonym in the store: the number itself is hashed."""
        new = pl.Series([_hashed_number(number, self.more) for number in unnamed.to_list()], dtype=pl.Int64)
        return ids.replace_strict(unnamed, new, default=None, return_dtype=pl.Int64)

    def assert_all_columns_are_known(self, table: str, rows: pl.LazyFrame) -> None:
        """Text elsewhere must hold no pseudonym: a column that this file does not know stops the rotation."""
        schema = rows.collect_schema()
        names = [name for name, dtype in schema.items() if dtype == pl.String and name not in TEXTS]
        persons = self.identities.lazy().filter(pl.col("kind") == "person").select("pseudonym")
        held = [_pseudonyms(rows, name).join(persons, on="pseudonym", how="semi").head(1) for name in names]
        for name, met in zip(names, pl.collect_all(held, engine="streaming"), strict=True):
            if met.height:
                raise StoreFailed(
                    "A column holds pseudonyms and the rotation does not know it, so nothing was changed",
                    where=f"table {table}, column {name}",
                    to_do="Report it: the column must be listed in pipelines/rekey.py.",
                )


def _pseudonyms(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """What has the form of one, anywhere in a column of text."""
    long = rows.select(name).filter(pl.col(name).str.len_bytes() >= PSEUDONYM_LENGTH)
    return long.select(pl.col(name).str.extract(f"({KEYED})").alias("pseudonym")).drop_nulls().unique()


def _hashed_number(number: int, keys: Iterable[bytes]) -> int:
    for key in keys:
        number = int.from_bytes(hmac.digest(key, f"surrogate {number}".encode(), "sha256")[:8], "big", signed=True)
    return number
