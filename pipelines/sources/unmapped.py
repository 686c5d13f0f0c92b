"""Codes that a sender uses and nobody has said the meaning of: counted, so that the mapping can be completed."""

from __future__ import annotations

import polars as pl

from pipelines.definitions.contract import SOURCE, Column, Table
from pipelines.definitions.reference import Reference
from pipelines.sources.declarations import Mapped
from pipelines.sources.reading import UNMAPPED

LONGEST_RARE, LONGEST_OFTEN = 12, 80
MOST_DIGITS_SHOWN = 5
SEEN_OFTEN = 5
NAME = r"\p{Lu}[\p{L}.'’-]*[\s,]+(?:(?:von|van|der|de|el|al|bin)\s+)*\p{Lu}"
"""Two words with a capital one after the other (`Hanne Jensen`, `JENSEN, H`)."""
MOST_CODES = 40
"""A column with more different unknown values than this holds no codes (a name, an address): none of them is shown."""

YES_OR_NO = ("true", "false")


def codes_not_mapped(theirs: pl.DataFrame, declared: Mapped) -> list[pl.DataFrame]:
    """Values of coded columns that neither the mapping nor the contract's list knows (schema UNMAPPED), per column.

    `theirs` has the sender's headings and `_source`. Coded are columns with a closed list, truth values, and those
    with declared codes; never persons or pregnancies. Whether such a row can be used is judged by the contract.
    """
    found = [_of_column(theirs, column, declared) for column in declared.table.columns if _is_coded(column, declared)]
    return [rows for rows in found if rows.height]


def _is_coded(column: Column, declared: Mapped) -> bool:
    has_list = bool(column.allowed) or column.type_name == "bool" or column.name in declared.codes
    return has_list and column.identifier is None and column.name in declared.columns


def _of_column(theirs: pl.DataFrame, column: Column, declared: Mapped) -> pl.DataFrame:
    """Per file, because most files of most deliveries have none: those are looked at once, all together."""
    given = _as_text(theirs.get_column(declared.columns[column.name]))
    if column.name in declared.pad:
        given = given.replace("", None).str.zfill(declared.pad[column.name])
    counted = pl.DataFrame([given.alias("code"), theirs.get_column(SOURCE).alias("source")]).drop_nulls("code")
    unknown = _unknown(counted.get_column("code").unique(), column, declared)
    rows = counted.filter(pl.col("code").is_in(unknown.implode())) if unknown.len() else counted.clear()
    empty = pl.DataFrame(schema=UNMAPPED)
    return pl.concat([empty, *(_of_file(part, column) for part in rows.partition_by("source", maintain_order=True))])


def _unknown(codes: pl.Series, column: Column, declared: Mapped) -> pl.Series:
    known = pl.Series(_known(column, declared), dtype=pl.String)
    unknown = codes.filter((codes != "") & ~codes.is_in(known.implode()))
    if column.type_name == "bool":
        unknown = unknown.filter(~unknown.str.to_lowercase().is_in(YES_OR_NO))
    return unknown


def _of_file(rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    counted = rows.group_by("code").agg(pl.len().alias("rows"))
    place = (pl.lit(rows.item(0, "source"), pl.String).alias("source"), pl.lit(column.name).alias("column"))
    return shown_safely(counted).with_columns(*place, pl.col("rows").cast(pl.Int64)).select(*UNMAPPED)


def _as_text(given: pl.Series) -> pl.Series:
    """As the mapping sees it: without blanks around it, and whole numbers of Parquet and SAS without a decimal part."""
    if given.dtype.is_float() and bool((given.drop_nulls() == given.drop_nulls().floor()).all()):
        given = given.fill_nan(None).cast(pl.Int64, strict=False)
    return given.cast(pl.String).str.strip_chars()


def _known(column: Column, declared: Mapped) -> list[str]:
    codes = declared.codes.get(column.name, {})
    return [*codes, *codes.values(), *column.allowed, *_listed(column, declared.table)]


def _listed(column: Column, table: Table) -> list[str]:
    """Lists that stand in reference files, and the whole numbers between the contract's bounds."""
    if column.references == "services":
        return Reference.load().services["service"].to_list()
    if column.references == "municipalities":
        return Reference.load().municipality_codes
    if table.pair_in_schedule and column.name == table.pair_in_schedule[1]:
        return Reference.load().schedule["contact_code"].to_list()
    if column.lowest is not None and column.highest is not None:
        return [str(number) for number in range(column.lowest, column.highest + 1)]
    return []


def shown_safely(counted: pl.DataFrame) -> pl.DataFrame:
    """`code, rows` with every code that could be a person's value put together as null ("other values").

    Shown is what at least 5 rows say, when it is at most 80 characters on one line and no name; of the rest only what
    has at most 12 characters and no blank. Never more than 5 digits (a birth date has 6), and only in a column with few
    different ones.
    """
    if counted.height > MOST_CODES:
        counted = counted.with_columns(pl.lit(None, pl.String).alias("code"))
    code, rows = pl.col("code"), pl.col("rows")
    is_no_number = code.str.count_matches(r"\d") <= MOST_DIGITS_SHOWN
    is_a_word = (code.str.len_chars() <= LONGEST_RARE) & ~code.str.contains(r"\s")
    is_a_label = (code.str.len_chars() <= LONGEST_OFTEN) & ~code.str.contains(rf"[[:cntrl:]]|{NAME}")
    shown = pl.when(is_no_number & (is_a_word | (is_a_label & (rows >= SEEN_OFTEN)))).then(code).alias("code")
    return counted.group_by(shown).agg(rows.sum()).sort("rows", "code", descending=[True, False], nulls_last=True)
