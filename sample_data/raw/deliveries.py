"""The raw deliveries: the canonical tables in the senders' hands, with number changes and a few faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from sample_data.country import Country
from sample_data.raw.bad_rows import spoilt
from sample_data.raw.files import in_their_words, write_file, write_number_changes
from sample_data.raw.person_numbers import PersonNumbers, make_person_numbers
from sample_data.raw.senders import SENDERS, Delivered
from sample_data.raw.source_toml import NUMBER_CHANGES, source_toml

SENDER = "_sender"
FALLBACK_MUNICIPALITY = "0101"
DELIVERED_TWICE = ("0825", "kontakter")
"""The smallest municipality sends its contacts again under another name."""
FIRST_CHANGE = date(2005, 1, 1)


def write_deliveries(
    country: Country, out: Path, *, seed: int, say: Callable[[str], None] = lambda _: None
) -> pl.DataFrame:
    """Write all files below `out` and return the answer key with the senders' ids.

    `expected_accounting.csv` tells how many bad rows and copies there are: table, quarantined, exact_duplicates.
    """
    numbers = make_person_numbers(_everybody(country), seed)
    pregnancies = _pregnancy_numbers(country)
    homes = _homes(country)
    expected: Counter[tuple[str, str]] = Counter()
    for table in TABLES:
        rows = _with_sender(_with_numbers(country.tables[table.name], table.name, numbers, pregnancies, homes))
        for delivered in SENDERS:
            if delivered.table == table.name:
                expected += _write_parts(rows, delivered, out)
        say(f"raw {table.name}")
    write_number_changes(numbers.changes, out / NUMBER_CHANGES, first_day=FIRST_CHANGE)
    (out / "source.toml").write_text(source_toml(), encoding="utf-8")
    _write_expected(expected, out)
    return _raw_key(country.key, numbers, pregnancies)


def _everybody(country: Country) -> pl.DataFrame:
    """Children and mothers, and the strangers of whom only a diagnosis is known."""
    strangers = (
        country.tables["diagnoses"]
        .select("person_id")
        .unique(maintain_order=True)
        .join(country.people, on="person_id", how="anti", maintain_order="left")
        .with_columns(
            (pl.lit(date(1975, 1, 1)) + pl.duration(days=pl.int_range(pl.len()) * 37 % 9000)).alias("birth_date"),
            pl.lit(value=True).alias("is_female"),
            pl.lit(value=False).alias("is_child"),
        )
    )
    return country.people.vstack(strangers)


def _pregnancy_numbers(country: Country) -> pl.DataFrame:
    """pregnancy_id and the antenatal record's own number."""
    rows = country.tables["pregnancies"].select("pregnancy_id")
    number = (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(7)
    return rows.with_columns(pl.concat_str(pl.lit("GM"), number).alias("number"))


def _homes(country: Country) -> pl.DataFrame:
    """child_id and the municipality of its first spell: by this the costs and the clinics find their sender."""
    spells = country.tables["residences"].sort("child_id", "from_date")
    return spells.unique("child_id", keep="first", maintain_order=True).select(
        "child_id", pl.col("municipality_code").alias("_home")
    )


def _with_numbers(
    rows: pl.DataFrame, name: str, numbers: PersonNumbers, pregnancies: pl.DataFrame, homes: pl.DataFrame
) -> pl.DataFrame:
    """Persons under the number of the day, pregnancies under theirs, and the home beside them."""
    table = table_named(name)
    on = rows[table.known_by]
    home = pl.Series("_home", [None], dtype=pl.String).new_from_index(0, rows.height)
    if "child_id" in rows.columns:
        home = rows.select("child_id").join(homes, on="child_id", how="left", maintain_order="left")["_home"]
    changed = [home.alias("_home")]
    for column in table.columns:
        if column.identifier == "person":
            changed.append(numbers.of(rows[column.name], on).alias(column.name))
        elif column.identifier == "pregnancy":
            asked = rows.select(pl.col(column.name).alias("pregnancy_id"))
            found = asked.join(pregnancies, on="pregnancy_id", how="left", maintain_order="left")["number"]
            changed.append(found.alias(column.name))
    return rows.with_columns(changed)


def _with_sender(rows: pl.DataFrame) -> pl.DataFrame:
    """The municipality and the region that a row belongs to."""
    options = ("municipality_code", "to_municipality_code", "from_municipality_code", "_home")
    given = [pl.col(name) for name in options if name in rows.columns]
    listed = Reference.load().municipalities.unique("municipality_code", keep="first", maintain_order=True)
    region = dict(zip(listed["municipality_code"], listed["region_code"], strict=True))
    home = pl.coalesce(*given, pl.lit(FALLBACK_MUNICIPALITY))
    return rows.with_columns(home.alias("_municipality"), home.replace_strict(region, default="1084").alias("_region"))


def _write_parts(rows: pl.DataFrame, delivered: Delivered, out: Path) -> Counter[tuple[str, str]]:
    """One file per sender. The sender with most rows has the bad ones, so that they lie in every sample."""
    parts = _parts(rows, delivered)
    largest = max(parts, key=lambda sender: parts[sender].height)
    expected: Counter[tuple[str, str]] = Counter()
    for sender, part in parts.items():
        place = Path(delivered.place.format(sender=sender))
        theirs = in_their_words(part, delivered)
        if sender == largest and delivered.encoding != "utf-8-sig":
            bad = spoilt(theirs, delivered, place.stem)
            theirs = bad.rows
            expected[delivered.table, "quarantined"] += bad.quarantined
            expected[delivered.table, "exact_duplicates"] += bad.exact_duplicates
        write_file(theirs, delivered, out / place)
        if (sender, place.stem) == DELIVERED_TWICE:
            write_file(theirs, delivered, out / place.with_stem(f"{place.stem} - kopi"))
            expected[delivered.table, "exact_duplicates"] += theirs.height
    return expected


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
    by_split = [code for code in options if (len(code) == 4 and code.startswith("1")) == (delivered.split == "region")]
    return next(code for code in by_split if delivered.is_of(code))


def _is_carried_by(delivered: Delivered) -> pl.Expr:
    """Which rows of a table go this way."""
    if delivered.table == "contacts":
        codes = set(delivered.codes["contact_code"].values())
        programme = {"municipality": "health_visitor", "region": "family_clinic", "nation": "gp"}[delivered.split]
        return (pl.col("programme") == programme) & pl.col("contact_code").is_in(codes)
    if delivered.table == "handovers":
        has_municipality = pl.any_horizontal(pl.col("to_municipality_code", "from_municipality_code").is_not_null())
        return has_municipality if delivered.split == "municipality" else ~has_municipality
    if delivered.table == "costs":
        is_municipal = pl.col("payer") == "municipality"
        return is_municipal if delivered.split == "municipality" else ~is_municipal
    return pl.lit(value=True)


def _write_expected(expected: Counter[tuple[str, str]], out: Path) -> None:
    columns = ("quarantined", "exact_duplicates")
    rows = {name: [expected[table.name, name] for table in TABLES] for name in columns}
    pl.DataFrame({"table": [table.name for table in TABLES], **rows}).write_csv(out / "expected_accounting.csv")


def _raw_key(key: pl.DataFrame, numbers: PersonNumbers, pregnancies: pl.DataFrame) -> pl.DataFrame:
    """The key with the newest number of each child and the antenatal record's number of each pregnancy."""
    child = numbers.newest(key["child_id"])
    pregnancy = key.join(pregnancies, on="pregnancy_id", how="left", maintain_order="left")["number"]
    subject = pl.col("subject_id")
    return key.with_columns(
        child.alias("child_id"),
        pregnancy.alias("pregnancy_id"),
        pl.when(subject == pl.col("child_id"))
        .then(pl.lit(child))
        .when(subject == pl.col("pregnancy_id"))
        .then(pl.lit(pregnancy))
        .otherwise(subject)
        .alias("subject_id"),
    )
