"""The senders' own lists: every row that no register and no FHIR report has carried, one file per sender."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.definitions.tables import TABLES, table_named
from sample_data.raw.bad_rows import spoilt
from sample_data.raw.fhir_text import REGION
from sample_data.raw.files import in_their_words, write_file
from sample_data.raw.outbox import EXACT_DUPLICATES, QUARANTINED, Outbox
from sample_data.raw.senders import SENDERS, Delivered

FALLBACK_MUNICIPALITY, FALLBACK_REGION = "0101", "1084"
DELIVERED_TWICE = "kontakter"
"""Of these files the smallest of the older kind is delivered again under another name."""


def deliver_lists(outbox: Outbox, names: pl.DataFrame) -> None:
    """`names`: pregnancy_id and the number by which the senders know it."""
    for table in TABLES:
        rows = _with_sender(_with_numbers(outbox, table.name, names), outbox)
        for delivered in SENDERS:
            if delivered.table == table.name:
                outbox.expected += _write_parts(rows, delivered, outbox.out)


def _with_numbers(outbox: Outbox, name: str, names: pl.DataFrame) -> pl.DataFrame:
    """Persons under the number of the day, pregnancies under theirs, and the home beside them."""
    table, rows = table_named(name), outbox.left(name)
    on = rows[table.known_by]
    home = pl.Series("_home", [None], dtype=pl.String).new_from_index(0, rows.height)
    if "child_id" in rows.columns:
        home = rows.select("child_id").join(outbox.homes, on="child_id", how="left", maintain_order="left")["_home"]
    changed = [home.alias("_home")]
    for column in table.columns:
        if column.identifier == "person":
            changed.append(outbox.number_of(rows[column.name], on).alias(column.name))
        elif column.identifier == "pregnancy":
            asked = rows.select(pl.col(column.name).alias("pregnancy_id"))
            found = asked.join(names, on="pregnancy_id", how="left", maintain_order="left")["number"]
            changed.append(found.alias(column.name))
    return rows.with_columns(changed)


def _with_sender(rows: pl.DataFrame, outbox: Outbox) -> pl.DataFrame:
    """The municipality and the region that a row belongs to."""
    options = ("municipality_code", "to_municipality_code", "from_municipality_code", "_home")
    given = [pl.col(name) for name in options if name in rows.columns]
    listed = outbox.reference.municipalities.unique("municipality_code", keep="first", maintain_order=True)
    region = dict(zip(listed["municipality_code"], listed["region_code"], strict=True))
    home = pl.coalesce(*given, pl.lit(FALLBACK_MUNICIPALITY))
    return rows.with_columns(
        home.alias("_municipality"), home.replace_strict(region, default=FALLBACK_REGION).alias("_region")
    )


def _write_parts(rows: pl.DataFrame, delivered: Delivered, out: Path) -> Counter[tuple[str, str]]:
    """One file per sender. The sender with most rows has the bad ones, so that they lie in every sample."""
    parts = _parts(rows, delivered)
    by_size = sorted(parts, key=lambda sender: (parts[sender].height, sender))
    expected: Counter[tuple[str, str]] = Counter()
    for sender, part in parts.items():
        place = Path(delivered.place.format(sender=sender))
        theirs = in_their_words(part, delivered)
        if sender == by_size[-1] and delivered.encoding != "utf-8-sig":
            bad = spoilt(theirs, delivered, place.stem)
            theirs = bad.rows
            expected[delivered.table, QUARANTINED] += bad.quarantined
            expected[delivered.table, EXACT_DUPLICATES] += bad.exact_duplicates
        write_file(theirs, delivered, out / place)
        if delivered.earlier:
            write_file(_as_first_told(theirs), delivered, out / delivered.earlier)
        if (sender, place.stem, delivered.encoding) == (by_size[0], DELIVERED_TWICE, "cp1252"):
            write_file(theirs, delivered, out / place.with_stem(f"{place.stem} - kopi"))
            expected[delivered.table, EXACT_DUPLICATES] += theirs.height
    return expected


def _as_first_told(theirs: pl.DataFrame) -> pl.DataFrame:
    """The earlier delivery: half of the rows, and the receipts not yet there."""
    return theirs.gather_every(2).with_columns(pl.lit(None, pl.String).alias("Kvitteret"))


def _parts(rows: pl.DataFrame, delivered: Delivered) -> dict[str, pl.DataFrame]:
    """Rows by sender. With no rows at all one sender still delivers its heading."""
    own = rows.filter(_is_carried_by(delivered))
    if delivered.split == "nation":
        return {"": own}
    column = f"_{delivered.split}"
    parts = {str(key[0]): part for key, part in own.partition_by(column, as_dict=True, maintain_order=True).items()}
    fitting = {sender: parts[sender] for sender in sorted(parts) if delivered.is_of(sender)}
    return fitting or {_any_sender(delivered): own.clear()}


def _any_sender(delivered: Delivered) -> str:
    options = ("0101", "0851", "1084", "1081")
    by_split = [code for code in options if code.startswith("1") == (delivered.split == "region")]
    return next(code for code in by_split if delivered.is_of(code))


def _is_carried_by(delivered: Delivered) -> pl.Expr:
    """Which rows of a table go this way."""
    if delivered.table == "pregnancies":
        is_of_archive = pl.col("_region") == REGION
        return is_of_archive if delivered.name else ~is_of_archive
    if delivered.table == "contacts":
        codes = set(delivered.codes["contact_code"].values())
        programme = {"municipality": "health_visitor", "region": "family_clinic", "nation": "gp"}[delivered.split]
        return (pl.col("programme") == programme) & pl.col("contact_code").is_in(codes)
    if delivered.table == "handovers":
        has_municipality = pl.any_horizontal(pl.col("to_municipality_code", "from_municipality_code").is_not_null())
        return has_municipality if delivered.split == "municipality" else ~has_municipality
    if delivered.table == "costs":
        is_municipal = pl.col("payer") == "municipality"
        return is_municipal if delivered.split == "region" else ~is_municipal
    return pl.lit(value=True)
