"""The canonical tables of such a country, with the names, types and order of the contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.definitions import enumerations as e
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLES, table_named
from sample_data.days import NEVER, Days, Rows, day_number
from sample_data.folder import Folder, mark_as_sample
from sample_data.naming import event_names
from sample_data.target_group.lives import Lives, make_lives
from sample_data.target_group.seen import Assessments, Contacts, assess, see
from sample_data.target_group.told import Told, tell

SUPPORT_COSTS = {"disability_support": 42_000, "special_education": 88_000, "educational_psychology": 9_500}
"""Half a year of each, in Danish kroner: invented."""


def make_country(out: Path, *, children: int, seed: int, as_of: date, as_csv: bool = False) -> None:
    """OUT/canonical/<table> for the target group in force; the same arguments and files give the same bytes."""
    lives = make_lives(Reference.load(), children=children, seed=seed, as_of=day_number(as_of))
    told = tell(lives)
    contacts = see(lives, told.known)
    tables = {table.name: pl.DataFrame(schema=table.schema) for table in TABLES} | {
        "children": _children(lives),
        "residences": _residences(lives),
        "diagnoses": _diagnoses(lives, told),
        "exposures": _registrations(lives, told),
        "handovers": _handovers(lives, told),
        "support_records": _support_records(lives, told),
        "contacts": _contacts(lives, contacts),
        "assessments": _assessments(lives, assess(lives, contacts)),
        "costs": _costs(lives, told),
    }
    with Folder(out / "canonical", as_csv=as_csv) as canonical:
        for name, rows in tables.items():
            canonical.append(name, rows)
    mark_as_sample(out / "canonical", children=children, seed=seed, as_of=as_of)


def _rows(lives: Lives, on: Days, **columns: object) -> pl.DataFrame:
    """The children for whom it happened, on its day; other days are dates too, and places municipalities."""
    frame = pl.DataFrame({"child_id": lives.names, "on": on, **columns}).filter(pl.col("on") < NEVER)
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Int64 and name.endswith(("on", "_date"))]
    return frame.with_columns(_date(name) for name in days)


def _date(name: str) -> pl.Expr:
    day = pl.col(name)
    return pl.when(day < NEVER).then(day).cast(pl.Int32).cast(pl.Date).alias(name)


def _codes(lives: Lives, places: Rows) -> pl.Series:
    return lives.places.codes.gather(places)


def _of_table(name: str, rows: pl.DataFrame, letter: str = "") -> pl.DataFrame:
    """The rows in the contract's shape; what they do not say is unknown, and events get names in their order."""
    table = table_named(name)
    if letter:
        rows = rows.with_columns(event_names(letter, np.arange(rows.height)).alias(table.key[0]))
    said = [pl.col(column) if column in rows.columns else pl.lit(None).alias(column) for column in table.column_names]
    return rows.select(expr.cast(dtype) for expr, dtype in zip(said, table.schema.values(), strict=True))


def _children(lives: Lives) -> pl.DataFrame:
    chance = lives.chance("births")
    sex = pl.Series(["female", "male"]).gather(chance.pick([0.487, 0.513], lives.count))
    death = np.where(lives.death <= lives.as_of, lives.death, NEVER)
    rows = _rows(lives, lives.birth, sex=sex, death_date=death).rename({"on": "birth_date"})
    return _of_table("children", rows)


def _residences(lives: Lives) -> pl.DataFrame:
    first = _rows(lives, lives.birth, to_date=lives.moved, municipality_code=_codes(lives, lives.home))
    second = _rows(lives, lives.moved, municipality_code=_codes(lives, lives.new_home))
    rows = pl.concat([first, second], how="diagonal").rename({"on": "from_date"})
    return _of_table("residences", rows.sort("child_id", "from_date"))


def _diagnoses(lives: Lives, told: Told) -> pl.DataFrame:
    codes = lives.reference.exposure_codes["prefix"].gather(lives.code)
    chance, size = lives.chance("other diagnoses"), lives.count
    other = lives.happens_on(np.where(chance.happens(0.05, size), lives.birth + chance.waiting(1500, size), NEVER))
    mistaken = lives.happens_on(np.where(chance.happens(0.002, size), lives.birth + chance.waiting(900, size), NEVER))
    parts = [
        _rows(lives, told.diagnosed, sks_code=codes).with_columns(is_refuted=pl.lit(value=False)),
        _rows(lives, other).with_columns(sks_code=pl.lit("DJ459"), is_refuted=pl.lit(value=False)),
        _rows(lives, np.where(lives.is_member, NEVER, mistaken), sks_code=codes).with_columns(
            is_refuted=pl.lit(value=True)
        ),
    ]
    rows = pl.concat(parts).rename({"child_id": "person_id", "on": "diagnosed_date"})
    return _of_table("diagnoses", rows)


def _registrations(lives: Lives, told: Told) -> pl.DataFrame:
    """What is registered names no substance: the group comes from the diagnosis."""
    rows = _rows(lives, told.registered).rename({"on": "registered_date"})
    said = {"substance": "unspecified", "certainty": "confirmed", "recorded_by": "family_department"}
    return _of_table("exposures", rows.with_columns(**{name: pl.lit(value) for name, value in said.items()}), "e")


def _handovers(lives: Lives, told: Told) -> pl.DataFrame:
    parts = [
        _rows(
            lives,
            one.sent,
            received_date=one.received,
            from_municipality_code=_codes(lives, one.from_home),
            to_municipality_code=_codes(lives, one.to_home),
            has_exposure=one.states_it,
        ).with_columns(
            kind=pl.lit(one.kind),
            from_actor=pl.lit(one.from_actor),
            to_actor=pl.lit(one.to_actor),
            legal_basis=pl.lit("consent"),
        )
        for one in told.handovers
    ]
    rows = pl.concat(parts).rename({"on": "sent_date"})
    return _of_table("handovers", rows.sort("sent_date", "child_id"), "h")


def _support_records(lives: Lives, told: Told) -> pl.DataFrame:
    is_written = pl.col("exposure_recorded_date").is_not_null()
    status = pl.when(is_written).then(pl.lit("recorded")).when("is_denied").then(pl.lit("denied"))
    parts = [
        _rows(
            lives,
            one.opened,
            closed_date=one.closed,
            exposure_recorded_date=one.recorded,
            is_denied=one.is_denied,
            municipality_code=_codes(lives, one.home),
        ).with_columns(
            status.otherwise(pl.lit("not_recorded")).alias("exposure_status"), record_type=pl.lit(one.record_type)
        )
        for one in told.records
    ]
    rows = pl.concat(parts).rename({"on": "opened_date"})
    return _of_table("support_records", rows.sort("opened_date", "child_id", "record_type"), "r")


def _contacts(lives: Lives, contacts: list[Contacts]) -> pl.DataFrame:
    statuses = pl.Series(e.CONTACT_STATUSES)
    parts = [
        _rows(
            lives, one.on, status=statuses.gather(one.status), municipality_code=_codes(lives, lives.home_on(one.on))
        ).with_columns(programme=pl.lit(one.programme), contact_code=pl.lit(one.code))
        for one in contacts
    ]
    return _of_table("contacts", pl.concat(parts).rename({"on": "contact_date"}), "k")


def _assessments(lives: Lives, assessed: list[Assessments]) -> pl.DataFrame:
    results = pl.Series(e.RESULTS)
    parts = [
        _rows(lives, one.on, z_score=one.z_score, result=results.gather(one.result)).with_columns(
            domain=pl.lit(one.domain), instrument=pl.lit("sample")
        )
        for one in assessed
    ]
    return _of_table("assessments", pl.concat(parts).rename({"on": "assessed_date"}), "a")


def _costs(lives: Lives, told: Told) -> pl.DataFrame:
    """Half a year of what the record is about, paid by the municipality."""
    parts = [
        _rows(lives, one.opened).with_columns(
            service=pl.lit(one.record_type), amount_dkk=pl.lit(float(SUPPORT_COSTS[one.record_type]))
        )
        for one in told.records
        if one.record_type in SUPPORT_COSTS
    ]
    rows = pl.concat(parts).rename({"on": "start_date"})
    paid = rows.with_columns(end_date=pl.col("start_date") + pl.duration(days=182), payer=pl.lit("municipality"))
    return _of_table("costs", paid, "u")
