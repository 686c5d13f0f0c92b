"""One municipality's own files, as its systems export them, for practice: CSV with Danish headings and no declaration.

Declaring them is what `roedtraad source new` helps with. Nobody in them exists: the numbers are test numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.errors import UserError
from sample_data.country import Country, make_country
from sample_data.places import Places, make_places
from sample_data.raw import dialects as d
from sample_data.raw.files import in_their_words, write_file
from sample_data.raw.person_numbers import PersonNumbers, make_person_numbers
from sample_data.raw.senders import Delivered

OWN_SHARE = 0.8
"""So many of the births are in the municipality; the others are there so that children move in and out."""


def _file(
    table: str,
    name: str,
    columns: dict[str, str],
    codes: dict[str, dict[str, str]] | None = None,
    *,
    encoding: str = "utf-8-sig",
    has_hyphen: bool = False,
) -> Delivered:
    return Delivered(table, name, name, "delimited", columns, codes or {}, encoding=encoding, has_hyphen=has_hyphen)


FILES = (
    _file(
        "pregnancies",
        "graviditeter.csv",
        {
            "pregnancy_id": "Graviditetsnr",
            "mother_id": "Mors CPR",
            "municipality_code": "Kommunekode",
            "first_contact_date": "Første kontakt",
            "due_date": "Termin",
            "end_date": "Afsluttet",
            "outcome": "Udfald",
            "care_level": "Omsorgsniveau",
            "alcohol_asked": "Spurgt om alkohol",
            "substances_asked": "Spurgt om rusmidler",
            "asked_date": "Spurgt den",
        },
        {
            "outcome": {"Levendefødt": "live_birth", "Dødfødt": "stillbirth", "Abort": "loss", "Ukendt": "unknown"},
            "alcohol_asked": d.YES_NO,
            "substances_asked": d.YES_NO,
        },
    ),
    _file(
        "children",
        "foedsler.csv",
        {
            "child_id": "Barnets CPR",
            "pregnancy_id": "Graviditetsnr",
            "mother_id": "Mors CPR",
            "birth_date": "Fødselsdato",
            "sex": "Køn",
            "gestational_age_days": "Gestationsalder (dage)",
            "birth_weight_g": "Fødselsvægt",
            "death_date": "Dødsdato",
        },
        {"sex": {"Pige": "female", "Dreng": "male", "Ukendt": "unknown"}},
    ),
    _file(
        "residences",
        "adresser.csv",
        {"child_id": "CPR", "from_date": "Tilflytning", "municipality_code": "Kommunekode", "to_date": "Fraflytning"},
    ),
    _file(
        "exposures",
        "rusmidler.csv",
        {
            "exposure_id": "Løbenr",
            "pregnancy_id": "Graviditetsnr",
            "child_id": "Barnets CPR",
            "substance": "Rusmiddel",
            "certainty": "Sikkerhed",
            "detected_date": "Opdaget",
            "registered_date": "Registreret den",
            "recorded_by": "Registreret af",
        },
        {"substance": d.SUBSTANCES, "certainty": d.CERTAINTIES, "recorded_by": d.ACTORS},
    ),
    _file(
        "support_records",
        "sager.csv",
        {**d.RECORDS, "child_id": "CPR-nummer", "record_id": "Sagsnr"},
        {"record_type": d.RECORD_TYPES, "exposure_status": d.EXPOSURE_STATUSES},
        encoding="cp1252",
        has_hyphen=True,
    ),
    _file(
        "handovers",
        "overleveringer.csv",
        d.HANDOVERS,
        {
            "kind": d.HANDOVER_KINDS,
            "from_actor": d.ACTORS,
            "to_actor": d.ACTORS,
            "has_exposure": d.YES_NO,
            "legal_basis": d.LEGAL_BASES,
        },
        encoding="cp1252",
        has_hyphen=True,
    ),
    _file(
        "contacts",
        "besoeg.csv",
        {**d.CONTACTS, "contact_id": "Besøgs-id", "child_id": "Barnets CPR", "contact_date": "Besøgsdato"},
        {"programme": d.PROGRAMMES, "contact_code": d.VISITS, "status": d.CONTACT_STATUSES},
    ),
)


def make_own_files(
    out: Path,
    *,
    municipality: str,
    children: int,
    seed: int,
    as_of: date,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write the files of a municipality with about so many births to `out`; the same arguments give the same bytes."""
    country = make_country(children, seed, as_of, _mostly_in(municipality, seed))
    numbers = make_person_numbers(country.people, seed)
    own = _own(country, municipality)
    for declared in FILES:
        rows = _rows_of(country, declared.table, own, municipality)
        write_file(in_their_words(_with_numbers(rows, numbers), declared), declared, out / declared.place)
        if progress:
            progress(f"{declared.place}: {rows.height:,} rows")


def _mostly_in(municipality: str, seed: int) -> Places:
    places = make_places(seed)
    is_own = places.codes.to_numpy() == municipality
    if not is_own.any():
        raise UserError(f"No municipality has the code {municipality}", to_do="Four digits: 0479 is Svendborg.")
    others = places.population.sum() - places.population[is_own].sum()
    own = np.where(is_own, others * OWN_SHARE / (1 - OWN_SHARE), places.population)
    return replace(places, population=own)


def _own(country: Country, municipality: str) -> dict[str, pl.DataFrame]:
    """Children who were born or have lived there, and the pregnancies of those who live there or whose child does."""
    residences, children = country.tables["residences"], country.tables["children"]
    of_place = residences.filter(municipality_code=municipality).select("child_id").unique()
    of_its_children = children.join(of_place, on="child_id", how="semi").select("pregnancy_id").drop_nulls()
    living = country.tables["pregnancies"].filter(municipality_code=municipality).select("pregnancy_id")
    return {"child_id": of_place, "pregnancy_id": pl.concat([of_its_children, living]).unique()}


def _rows_of(country: Country, table: str, own: dict[str, pl.DataFrame], municipality: str) -> pl.DataFrame:
    """What the municipality has of its own children: of work only its own, of hand-overs those it sent or got."""
    rows = country.tables[table]
    if table == "pregnancies":
        return rows.join(own["pregnancy_id"], on="pregnancy_id", how="semi", maintain_order="left")
    if table in {"exposures", "handovers"}:
        rows = rows.filter(pl.any_horizontal(_is_of(rows, own[name], name) for name in own))
    else:
        rows = rows.join(own["child_id"], on="child_id", how="semi", maintain_order="left")
    if table == "contacts":
        return rows.filter(municipality_code=municipality, programme="health_visitor")
    if table in {"residences", "support_records"}:
        return rows.filter(municipality_code=municipality)
    if table == "handovers":
        ends = pl.any_horizontal(pl.col("from_municipality_code", "to_municipality_code") == municipality)
        return rows.filter(ends.fill_null(value=False))
    return rows


def _is_of(rows: pl.DataFrame, own: pl.DataFrame, name: str) -> pl.Series:
    return rows[name].is_in(own[name].implode()).fill_null(value=False)


def _with_numbers(rows: pl.DataFrame, numbers: PersonNumbers) -> pl.DataFrame:
    people = [name for name in ("child_id", "mother_id") if name in rows.columns]
    return rows.with_columns(numbers.newest(rows[name]).alias(name) for name in people)
