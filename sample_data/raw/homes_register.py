"""Homes in the population register: snapshots at the end of each quarter, and moves over the border."""

from __future__ import annotations

from datetime import date

import polars as pl

from sample_data.raw.families import AT_BIRTH, SNAPSHOT, last_snapshot, quarter_ends, spells
from sample_data.raw.outbox import Outbox, five_years, municipality_number

FIRST_DAY, REFORM, FORMER = date(1968, 4, 2), date(1970, 4, 1), 101
"""Some addresses lay in another municipality before the reform of municipalities, when nobody of the sample lived."""
FIRST_ADDRESS, EVERY_UNTOLD, EVERY_FORMER = 1_000_001, 7, 5


def deliver_homes(outbox: Outbox, families: pl.DataFrame) -> None:
    """Takes the spells of children whom the snapshots (or the birth register) can tell of."""
    how = families.select("child_id", "homes_told", "death_date")
    seen = spells(outbox).join(how.filter(homes_told=SNAPSHOT), on="child_id", maintain_order="left")
    told = how.filter(pl.col("homes_told").is_in([SNAPSHOT, AT_BIRTH]))["child_id"]
    outbox.take("residences", pl.col("child_id").is_in(told.implode()))
    housed = seen.with_columns((FIRST_ADDRESS + pl.int_range(pl.len())).alias("ADRESSE_ID"))
    _write_snapshots(outbox, housed)
    _write_addresses(outbox, housed)
    _write_border(outbox, seen)


def _write_snapshots(outbox: Outbox, seen: pl.DataFrame) -> None:
    """BEF: everybody who lives here that day, with the day of moving to the address; one file for five years.

    At every seventh address the municipality is missing: the register of addresses tells it.
    """
    first = seen.select(pl.col("from_date").min()).item() or last_snapshot(outbox)
    day = pl.col("REFERENCETID")
    days = quarter_ends(first, last_snapshot(outbox)).with_columns(five_years(day).alias("years"))
    is_there = (day < pl.col("end_date")).fill_null(value=True) & (day < pl.col("death_date")).fill_null(value=True)
    is_untold = pl.col("ADRESSE_ID") % EVERY_UNTOLD == 0
    told_place = pl.when(~is_untold).then(municipality_number("municipality_code"))
    rows = seen.with_columns(outbox.numbers.newest(seen["child_id"]).alias("PNR")).select(
        "PNR", told_place.alias("KOM"), "ADRESSE_ID", "from_date", "end_date", "death_date"
    )
    for (years,), quarters in days.partition_by("years", as_dict=True, maintain_order=True).items():
        snapshots = rows.join_where(quarters, pl.col("from_date") <= day).filter(is_there)
        told = snapshots.sort("REFERENCETID", "PNR").select(
            "PNR", "KOM", "ADRESSE_ID", pl.col("from_date").alias("BOP_VFRA"), "REFERENCETID"
        )
        outbox.parquet(told, f"registre/BEF_{years}.parquet")


def _write_addresses(outbox: Outbox, seen: pl.DataFrame) -> None:
    """BEFADR: the municipality of each address, and of some the one before the reform."""
    today = seen.select(
        "ADRESSE_ID",
        municipality_number("municipality_code").alias("KOM"),
        pl.lit(REFORM).alias("ADR_VFRA"),
        pl.lit(None, pl.Date).alias("ADR_VTIL"),
    )
    before = today.gather_every(EVERY_FORMER).with_columns(
        pl.lit(FORMER, pl.Int32).alias("KOM"), pl.lit(FIRST_DAY).alias("ADR_VFRA"), pl.lit(REFORM).alias("ADR_VTIL")
    )
    outbox.parquet(pl.concat([before, today]).sort("ADRESSE_ID", "ADR_VFRA"), "registre/BEFADR.parquet")


def _write_border(outbox: Outbox, seen: pl.DataFrame) -> None:
    """VNDS: out on the day a spell ends without the next one beginning, in on the day the next one begins."""
    is_out = pl.col("to_date").is_not_null() & pl.col("next_from_date").ne_missing(pl.col("to_date"))
    left = seen.filter(is_out)
    events = [
        left.select("child_id", pl.col("to_date").alias("HAEND_DATO"), pl.lit("U").alias("INDUD_KODE")),
        left.drop_nulls("next_from_date").select(
            "child_id", pl.col("next_from_date").alias("HAEND_DATO"), pl.lit("I").alias("INDUD_KODE")
        ),
    ]
    rows = pl.concat(events).sort("HAEND_DATO", "child_id", "INDUD_KODE")
    number = outbox.numbers.newest(rows["child_id"]).alias("PNR")
    outbox.parquet(rows.select(number, "HAEND_DATO", "INDUD_KODE"), "registre/VNDS.parquet")
