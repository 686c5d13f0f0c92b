"""Failing rows by name: keys as text, and what is known of each finding from earlier checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from pipelines.definitions.contract import Identifier
from pipelines.definitions.tables import TABLES
from pipelines.identity import with_pseudonyms

if TYPE_CHECKING:
    from checks.frames import Frame

NAMED: dict[str, Identifier] = {
    column.name: column.identifier for table in TABLES for column in table.columns if column.identifier
}
"""Columns of surrogates: a name means the same in every frame."""

FOUND: dict[str, pl.DataType] = {
    "check_id": pl.String(),
    "row_key": pl.String(),
    "municipality_code": pl.String(),
}
FAILURES: dict[str, pl.DataType] = FOUND | {
    "first_seen": pl.Datetime("us", "UTC"),
    "still_open": pl.Boolean(),
    "accepted_until": pl.Date(),
    "accepted_reason": pl.String(),
    "assigned_to": pl.String(),
    "rows": pl.Int64(),
}
"""One row per check and key of failing rows that was ever fetched. `row_key` is text: pseudonyms and the senders' own
ids. `rows`: so many failing rows have that key."""

FINDING = ["check_id", "row_key"]
MOST_FINDINGS = 10_000
"""Of each check, the keys of this many failing rows are fetched at most; its counts are exact all the same."""

NO_NAME = "#"
NO_NAMES: dict[str, pl.DataType] = {"kind": pl.String(), "id": pl.Int64(), "pseudonym": pl.String()}


def naming_columns(frame: Frame) -> list[str]:
    """What names a row of a frame, and where it belongs."""
    return list(dict.fromkeys([*frame.key, *([frame.municipality] if frame.municipality else [])]))


def with_row_keys(
    found: pl.DataFrame, key: Sequence[str], municipality: str | None, names: pl.DataFrame
) -> pl.DataFrame:
    """FOUND of one frame. `names`: kind, id, pseudonym of everybody in question.

    The parts of a key stand with `|` between them; an absent part is empty. A person whom no result names has no
    pseudonym in the store: the store's own number stands for it, after `#`.
    """
    code = pl.lit(None, pl.String) if municipality is None else pl.col(municipality).cast(pl.String)
    rows = found.with_columns(code.alias("_municipality")).lazy()
    for name in key:
        rows = _as_text(rows, name, names.lazy())
    return rows.select(
        "check_id",
        pl.concat_str([pl.col(name).fill_null("") for name in key] or [pl.lit("")], separator="|").alias("row_key"),
        pl.col("_municipality").alias("municipality_code"),
    ).collect()


def _as_text(rows: pl.LazyFrame, name: str, names: pl.LazyFrame) -> pl.LazyFrame:
    dtype = rows.collect_schema()[name]
    if name not in NAMED or dtype != pl.Int64:
        return rows.with_columns(pl.col(name).cast(pl.String))
    numbered = pl.concat_str(pl.lit(NO_NAME), pl.col("_number").cast(pl.String))
    return (
        with_pseudonyms(rows.with_columns(pl.col(name).alias("_number")), names, name, NAMED[name])
        .with_columns(pl.coalesce(name, numbered).alias(name))
        .drop("_number")
    )


def names_of(found: Iterable[tuple[pl.DataFrame, Sequence[str]]], identities: pl.LazyFrame) -> pl.DataFrame:
    """kind, id, pseudonym of the persons and pregnancies in the keys of all frames, by one look into `identities`."""
    ids = [
        rows.select(pl.lit(NAMED[name]).alias("kind"), pl.col(name).alias("id"))
        for rows, key in found
        for name in key
        if name in NAMED and rows.schema[name] == pl.Int64
    ]
    wanted = pl.concat([pl.DataFrame(schema={"kind": pl.String, "id": pl.Int64}), *ids]).unique().drop_nulls()
    named = identities.select(pl.col("kind").cast(pl.String), "id", "pseudonym")
    if wanted.is_empty():
        return pl.DataFrame(schema=named.collect_schema())
    return named.join(wanted.lazy(), on=["kind", "id"], how="semi").collect(engine="streaming")


def with_rows(found: pl.DataFrame) -> pl.DataFrame:
    """FOUND with each key once, where it was found first, and `rows`: how often."""
    place, rows = pl.col("municipality_code").first(), pl.len().cast(pl.Int64).alias("rows")
    return found.group_by(FINDING, maintain_order=True).agg(place, rows)


def carried_on(earlier: pl.DataFrame, found: pl.DataFrame, judged: Sequence[str], now: datetime) -> pl.DataFrame:
    """All findings after a check, without what was decided about them; schema FAILURES.

    A finding keeps the day on which it was first seen, also when it was gone in between. One that is not found again is
    closed if its check is among the `judged`: those that listed all their failing rows this time, and those that are no
    longer asked. Any other stays as it was.
    """
    fresh = with_rows(found)
    seen = earlier.select(*FINDING, "first_seen")
    is_found = fresh.join(seen, on=FINDING, how="left").with_columns(
        pl.col("first_seen").fill_null(pl.lit(now).cast(FAILURES["first_seen"])),
        pl.lit(value=True).alias("still_open"),
    )
    is_gone = earlier.join(fresh, on=FINDING, how="anti").with_columns(
        pl.col("still_open") & ~pl.col("check_id").is_in(list(judged))
    )
    columns = [*FOUND, "first_seen", "still_open", "rows"]
    blank = [pl.lit(None, dtype).alias(name) for name, dtype in FAILURES.items() if name not in columns]
    return (
        pl.concat([is_found.select(columns), is_gone.select(columns)])
        .with_columns(blank)
        .select(list(FAILURES))
        .sort(FINDING)
    )
