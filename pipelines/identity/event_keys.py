"""Ids that senders made: where one contains a person's number, a keyed name stands in its place."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import Column, Table
from pipelines.identity.numbers import NUMBER_AS_TOKEN
from pipelines.identity.pseudonyms import AS_TOKEN, Pseudonyms

OF_OUR_OWN = "x"
WORDS = r"\pL{2,}[ ,.]+\pL{2,}"
"""Two words are a name or a sentence, and no id."""


def with_event_keys_of_our_own(rows: pl.DataFrame, table: Table, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """The rows of a table, as text, without a person's number in the sender's event keys, pregnancy ids and free text.

    An id with something like a number in it, or with words as a name has, becomes `x` and a keyed name of the whole id:
    the same in every table and every delivery. In free text (instrument, codes outside a list) the value is dropped, so
    that the row breaks `required` and is set aside: free text with a person's number is no name of an instrument.
    Person columns are not looked at; they are pseudonyms already.

    A sender's id that looks like one of our keyed names is keyed, too, so that every such name in a store is ours: only
    those can be given a new key when the secret is rotated. For the same reason this is not for ids that an adapter has
    made itself with `Pseudonyms.keyed`.
    """
    for column in table.columns:
        if column.name not in rows.columns:
            continue
        if is_id(column, table):
            rows = rows.with_columns(_id_of_our_own(rows.get_column(column.name), pseudonyms))
        elif is_free_text(column, table):
            rows = rows.with_columns(pl.when(~_has_a_number(pl.col(column.name))).then(pl.col(column.name)))
    return rows


def is_id(column: Column, table: Table) -> bool:
    """Event keys and pregnancies: names that a sender has made up."""
    return column.identifier == "pregnancy" or (column.identifier is None and table.key == (column.name,))


def is_free_text(column: Column, table: Table) -> bool:
    """Text that no list bounds."""
    is_bounded = column.identifier or column.allowed or column.references
    return column.type_name == "str" and not is_bounded and not is_id(column, table)


def _has_a_number(text: pl.Expr) -> pl.Expr:
    return text.str.contains(NUMBER_AS_TOKEN)


def _id_of_our_own(ids: pl.Series, pseudonyms: Pseudonyms) -> pl.Series:
    given = ids.cast(pl.String)
    telling = given.str.contains(NUMBER_AS_TOKEN) | given.str.contains(AS_TOKEN) | given.str.contains(WORDS)
    if not telling.any():
        return given
    made = OF_OUR_OWN + pseudonyms.keyed(given.set(~telling.fill_null(value=False), None))
    return made.fill_null(given).alias(ids.name)
