"""The raw deliveries: the canonical tables in the senders' hands, with number changes and a few faults.

Registers and FHIR reports carry what they can carry without changing an obligation; everything else comes in the
senders' own lists. The raw form tells the same story as the canonical tables of the same seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.definitions.tables import TABLES
from sample_data.country import Country
from sample_data.raw.antenatal_bundles import deliver_antenatal_records
from sample_data.raw.births import Births, deliver_births
from sample_data.raw.families import families
from sample_data.raw.files import write_number_changes
from sample_data.raw.homes_register import deliver_homes
from sample_data.raw.hospital import deliver_diagnoses
from sample_data.raw.lists import deliver_lists
from sample_data.raw.notifications import deliver_notifications
from sample_data.raw.outbox import EXACT_DUPLICATES, QUARANTINED, Outbox
from sample_data.raw.person_numbers import PersonNumbers, make_person_numbers
from sample_data.raw.person_registers import deliver_expenditure, deliver_language_assessments
from sample_data.raw.source_toml import NUMBER_CHANGES, source_toml
from sample_data.raw.support_registers import deliver_support
from sample_data.raw.treatment_registers import deliver_treatments
from sample_data.raw.visitor_bundles import deliver_visitors_reports

FIRST_CHANGE = date(2005, 1, 1)
UNNAMED = "unnamed"
"""The subject of a loss whose support record came without a name."""


@dataclass(frozen=True)
class Written:
    """The answer key with the senders' ids, and `names`: kind (person, pregnancy, record), canonical, raw.

    `raw` is the newest number of a child, the record's own id of a pregnancy, and null for a support record that a
    register delivers without an id.
    """

    key: pl.DataFrame
    names: pl.DataFrame


def write_deliveries(
    country: Country, out: Path, *, seed: int, as_of: date, say: Callable[[str], None] = lambda _: None
) -> Written:
    """Write all files below `out`.

    `expected_accounting.csv` tells how many bad rows and copies there are: table, quarantined, exact_duplicates.
    """
    numbers = make_person_numbers(_everybody(country), seed)
    outbox = Outbox(country.tables, numbers, out, as_of)
    births = _deliver_registers(outbox, country)
    say("raw registers")
    names = _pregnancy_names(country, births)
    deliver_antenatal_records(outbox, births.told, names)
    deliver_visitors_reports(outbox)
    say("raw FHIR reports")
    deliver_lists(outbox, names)
    write_number_changes(numbers.changes, out / NUMBER_CHANGES, first_day=FIRST_CHANGE)
    outbox.text(source_toml(outbox.reference), "source.toml")
    _write_expected(outbox)
    say("raw lists")
    unnamed = pl.concat(outbox.record_names)
    return Written(_raw_key(country.key, numbers, names, unnamed), _names(country, numbers, names, unnamed))


def _deliver_registers(outbox: Outbox, country: Country) -> Births:
    people = families(outbox)
    births = deliver_births(outbox, people)
    deliver_homes(outbox, people)
    deliver_diagnoses(outbox, births)
    unseen = pl.col("pregnancy_id").is_in(births.unseen_by_care["pregnancy_id"].implode())
    deliver_notifications(
        outbox, people.select("child_id", "birth_date"), country.tables["pregnancies"].filter(~unseen)
    )
    deliver_support(outbox)
    deliver_treatments(outbox)
    deliver_expenditure(outbox)
    deliver_language_assessments(outbox)
    return births


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


def _pregnancy_names(country: Country, births: Births) -> pl.DataFrame:
    """pregnancy_id and the number by which the raw delivery knows it: the antenatal record's, else the birth's."""
    number = (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(7)
    own = pl.format("mfr-{}", "birth_number")
    return (
        country.tables["pregnancies"]
        .select("pregnancy_id", pl.concat_str(pl.lit("GM"), number).alias("of_care"))
        .join(births.unseen_by_care, on="pregnancy_id", how="left", maintain_order="left")
        .select("pregnancy_id", pl.coalesce(own, "of_care").alias("number"))
    )


def _write_expected(outbox: Outbox) -> None:
    columns = (QUARANTINED, EXACT_DUPLICATES)
    rows = {name: [outbox.expected[table.name, name] for table in TABLES] for name in columns}
    told = pl.DataFrame({"table": [table.name for table in TABLES], **rows})
    outbox.text(told.write_csv(), "expected_accounting.csv")


def _names(country: Country, numbers: PersonNumbers, pregnancies: pl.DataFrame, unnamed: pl.Series) -> pl.DataFrame:
    children = country.tables["children"]["child_id"]
    records = country.tables["support_records"]["record_id"]
    named = [
        ("person", pl.DataFrame({"canonical": children, "raw": numbers.newest(children)})),
        ("pregnancy", pregnancies.select(pl.col("pregnancy_id").alias("canonical"), pl.col("number").alias("raw"))),
        (
            "record",
            records.to_frame("canonical").with_columns(
                pl.when(~pl.col("canonical").is_in(unnamed.implode())).then("canonical").alias("raw")
            ),
        ),
    ]
    return pl.concat([rows.select(pl.lit(kind).alias("kind"), "canonical", "raw") for kind, rows in named])


def _raw_key(key: pl.DataFrame, numbers: PersonNumbers, pregnancies: pl.DataFrame, unnamed: pl.Series) -> pl.DataFrame:
    """The key with the newest number of each child, the raw name of each pregnancy, and no name of unnamed records."""
    child = numbers.newest(key["child_id"])
    pregnancy = key.join(pregnancies, on="pregnancy_id", how="left", maintain_order="left")["number"]
    subject = pl.col("subject_id")
    record = subject.str.strip_prefix("placement:")
    return key.with_columns(
        child.alias("child_id"),
        pregnancy.alias("pregnancy_id"),
        pl.when(subject == pl.col("child_id"))
        .then(pl.lit(child))
        .when(subject == pl.col("pregnancy_id"))
        .then(pl.lit(pregnancy))
        .when(record.is_in(unnamed.implode()))
        .then(subject.str.replace("[^:]+$", UNNAMED))
        .otherwise(subject)
        .alias("subject_id"),
    )
