"""Every row that was delivered of a table: accepted as it stands, or set aside with the rules that it broke."""

from __future__ import annotations

import polars as pl

from checks.frames.frame import Frame, Subject
from pipelines.definitions.contract import Table
from pipelines.definitions.reference import Reference

SUFFIX = "_delivered"
SET_ASIDE = "set_aside"
IS_LISTED = "_is_listed"
IS_IN_SCHEDULE = "is_in_schedule"


def delivered_to(subject: Subject, table: Table) -> Frame:
    """The rows of one table of the store."""
    return delivered(table, subject.read(table.name), subject.read("quarantine"), subject.reference)


def delivered(table: Table, accepted: pl.LazyFrame, quarantine: pl.LazyFrame, reference: Reference) -> Frame:
    """Accepted rows with all their columns and a null `set_aside`; rows in quarantine with their rules in it.

    `set_aside` is `;rule:column;...;` so that a rule can be looked for as `;rule:`. `<column>_is_listed` says whether a
    code is in its reference file. The key of a row in quarantine is its file and row number: its own may be missing,
    and so may its municipality. The rows belong nowhere: of failing rows it is not known where they belong.
    """
    return Frame(
        table.name + SUFFIX,
        pl.concat([_with_lists(table, accepted, reference), _set_aside(table, quarantine)], how="diagonal"),
        (*table.key, "source", "row_number"),
        None,
        f"{table.title_da}, som leveret",
        f"{table.title_en} as delivered",
    )


def _with_lists(table: Table, rows: pl.LazyFrame, reference: Reference) -> pl.LazyFrame:
    codes = {"municipalities": reference.municipality_codes, "services": reference.services["service"].to_list()}
    listed = [
        pl.col(column.name).is_in(codes[column.references]).alias(column.name + IS_LISTED)
        for column in table.columns
        if column.references in codes
    ]
    rows = rows.with_columns(listed)
    if table.pair_in_schedule is None:
        return rows
    pairs = (
        reference.schedule.select(table.pair_in_schedule).lazy().with_columns(pl.lit(value=True).alias(IS_IN_SCHEDULE))
    )
    known = rows.join(pairs, on=list(table.pair_in_schedule), how="left")
    return known.with_columns(pl.col(IS_IN_SCHEDULE).fill_null(value=False))


def _set_aside(table: Table, quarantine: pl.LazyFrame) -> pl.LazyFrame:
    others = pl.when(pl.col("other_faults").is_not_null()).then(
        pl.concat_str(pl.col("other_faults").str.replace_all("; ", ";", literal=True), pl.lit(";"))
    )
    return quarantine.filter(pl.col("table") == table.name).select(
        "source",
        "row_number",
        pl.concat_str(pl.lit(";"), "rule", pl.lit(":"), "column", pl.lit(";"), others.fill_null("")).alias(SET_ASIDE),
    )
