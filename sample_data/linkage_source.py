"""The files of the linkage truth set, in the form in which a municipality and a register deliver."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from sample_data.country import Country
from sample_data.raw.files import write_number_changes
from sample_data.raw.person_numbers import PersonNumbers
from sample_data.raw.senders import DATE_FORMAT

SOURCE_TOML = "source.toml"
SENDERS = {"with_numbers": True, "without_numbers": False}
"""The senders, and whether they write the child's number."""
NUMBER_CHANGES = "nummerskift.csv"
SEXES = {"female": "K", "male": "M", "unknown": ""}

TABLES = {
    "pregnancies": {"pregnancy_id": "Graviditet", "mother_id": "MorCPR", "outcome": "Udfald"},
    "children": {
        "child_id": "BarnCPR",
        "mother_id": "MorCPR",
        "pregnancy_id": "Graviditet",
        "birth_date": "Født",
        "sex": "Køn",
    },
    "residences": {"child_id": "BarnCPR", "from_date": "Fra", "municipality_code": "Kommune", "to_date": "Til"},
}
CONTACTS = {
    "contact_id": "Id",
    "programme": "Program",
    "contact_code": "Kontakt",
    "contact_date": "Dato",
    "status": "Status",
    "municipality_code": "Kommune",
}
DESCRIBED_BY = {
    "birth_date": "Barn født",
    "sex": "Køn",
    "municipality_code": "Kommune",
    "mother_birth_date": "Mor født",
}
NUMBER = "BarnCPR"


def write_source(out: Path, country: Country, numbers: PersonNumbers, records: Mapping[str, pl.DataFrame]) -> None:
    """Births, pregnancies, homes, number changes and each sender's contacts, and the TOML file that declares them."""
    known_by = {"pregnancies": None, "children": "birth_date", "residences": "from_date"}
    for name, columns in TABLES.items():
        rows = _with_numbers(country.tables[name], numbers, known_by[name])
        _write(rows.select(pl.col(column).alias(heading) for column, heading in columns.items()), out / f"{name}.csv")
    for name, rows in records.items():
        _write(_contacts(rows, has_number=SENDERS[name]), out / f"{name}.csv")
    write_number_changes(numbers.changes, out / NUMBER_CHANGES, first_day=date(2005, 1, 1))
    (out / SOURCE_TOML).write_text(source_toml(list(records)), encoding="utf-8")


def _with_numbers(rows: pl.DataFrame, numbers: PersonNumbers, known_by: str | None) -> pl.DataFrame:
    """Persons under the number that they had on the day; without a day the newest."""
    day = rows[known_by] if known_by else pl.repeat(None, rows.height, dtype=pl.Date, eager=True)
    people = [name for name in ("child_id", "mother_id") if name in rows.columns]
    return rows.with_columns(numbers.of(rows[name], day).alias(name) for name in people)


def _contacts(records: pl.DataFrame, *, has_number: bool) -> pl.DataFrame:
    """The visit that every child is offered in its first weeks, as the sender writes it."""
    told = records.with_columns(
        pl.lit("gp").alias("programme"), pl.lit("week_5").alias("contact_code"), pl.lit("attended").alias("status")
    )
    number = [pl.col("number").alias(NUMBER)] if has_number else []
    described = {name: heading for name, heading in DESCRIBED_BY.items() if name not in CONTACTS}
    columns = {**CONTACTS, **described}
    return told.select(*number, *(pl.col(name).alias(heading) for name, heading in columns.items()))


def _write(rows: pl.DataFrame, file: Path) -> None:
    """Semicolon text, dates as dd-mm-yyyy, the sexes as letters."""
    letters = [name for name in ("Køn",) if name in rows.columns]
    told = rows.with_columns(
        *(pl.col(name).cast(pl.String).replace(SEXES) for name in letters),
        *(pl.col(name).dt.to_string(DATE_FORMAT) for name, dtype in rows.schema.items() if dtype == pl.Date),
    )
    file.write_text(told.write_csv(separator=";"), encoding="utf-8")


def source_toml(senders: list[str]) -> str:
    """The declaration. The senders' own columns describe the child; the truth is not among the files."""
    head = [
        "# A truth set for linkage. Nobody in these files exists: the numbers are test numbers (day of birth + 60).",
        "[source]",
        'name = "linkage truth"',
        "demo = true",
        f'number_changes = "{NUMBER_CHANGES}"',
        "match_probability = 0.99",
    ]
    parts = [_part(name, name, columns, sex=name == "children") for name, columns in TABLES.items()]
    for sender in senders:
        number = {"child_id": NUMBER} if SENDERS[sender] else {}
        described = ["[delivery.person]", *_entries(DESCRIBED_BY)]
        parts.append("\n".join([_part("contacts", sender, {**CONTACTS, **number}, sex=True), *described]))
    return "\n".join([*head, *parts]) + "\n"


def _part(table: str, file: str, columns: Mapping[str, str], *, sex: bool) -> str:
    sexes = ["[delivery.codes.sex]", '"K" = "female"', '"M" = "male"', '"" = "unknown"'] if sex else []
    lines = [
        "",
        "[[delivery]]",
        f'name = "{file}"',
        f'table = "{table}"',
        f'path = "{file}.csv"',
        'form = "delimited"',
        f'date_format = "{DATE_FORMAT}"',
        "[delivery.columns]",
        *_entries(columns),
        *sexes,
    ]
    return "\n".join(lines)


def _entries(columns: Mapping[str, str]) -> list[str]:
    return [f'{column} = "{heading}"' for column, heading in columns.items()]
