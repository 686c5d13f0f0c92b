"""Who delivers what: the declarations from which both the files and `source.toml` are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sample_data.raw import dialects as d

DATE_FORMAT = "%d-%m-%Y"
Split = Literal["nation", "municipality", "region"]
UTF8_MUNICIPALITIES = "08"
"""Municipalities whose code starts so export UTF-8 with a byte order mark; all others cp1252."""
PARQUET_REGIONS = ("1084", "1085")
ARCHIVE = "pregnancies of the archive"
"""Pregnancies of the region that now delivers antenatal records in FHIR, from before it did."""


@dataclass(frozen=True)
class Delivered:
    """One `[[delivery]]`. `place` is where a part goes ({sender}: its code); `path` the glob that finds all parts."""

    table: str
    place: str
    path: str
    form: Literal["delimited", "parquet", "excel"]
    columns: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    split: Split = "nation"
    encoding: str = "utf-8"
    has_hyphen: bool = False
    has_date_cells: bool = False
    name: str = ""
    """What the ledger calls it, where that is not the table."""
    earlier: str | None = None
    """Where an earlier delivery of the same lies, which this one replaces."""

    def is_of(self, sender: str) -> bool:
        """Does this sender deliver in this way?"""
        if self.split == "municipality":
            return sender.startswith(UTF8_MUNICIPALITIES) == (self.encoding == "utf-8-sig")
        if self.split == "region" and self.table == "exposures":
            return (sender in PARQUET_REGIONS) == (self.form == "parquet")
        return True


def _list(table: str, file: str, columns: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> Delivered:
    return Delivered(table, f"lister/{file}.parquet", f"lister/{file}.parquet", "parquet", columns, codes)


def _of_municipalities(
    table: str, file: str, columns: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]
) -> list[Delivered]:
    """The same export from two systems: one writes cp1252 and a hyphen in the number, the other UTF-8 with a mark."""
    older = Delivered(
        table,
        f"kommuner/{{sender}}/{file}.csv",
        f"kommuner/{{sender}}/{file}*.csv",
        "delimited",
        columns,
        codes,
        split="municipality",
        encoding="cp1252",
        has_hyphen=True,
    )
    place = f"kommuner/{{sender}}/ny_{file}.csv"
    return [older, replace(older, place=place, path=place, encoding="utf-8-sig", has_hyphen=False)]


HANDOVER_CODES = {
    "kind": d.HANDOVER_KINDS,
    "from_actor": d.ACTORS,
    "to_actor": d.ACTORS,
    "has_exposure": d.YES_NO,
    "legal_basis": d.LEGAL_BASES,
}
ASSESSMENT_CODES = {"domain": d.DOMAINS, "result": d.RESULTS}
EXPOSURE_CODES = {"substance": d.SUBSTANCES, "certainty": d.CERTAINTIES, "recorded_by": d.ACTORS}
FLAGS_OF_EXPOSURE = dict.fromkeys(("is_prescribed", "trimester_1", "trimester_2", "trimester_3"), d.YES_NO)

NATIONAL_LISTS = [
    _list("pregnancies", "graviditeter", d.PREGNANCIES, {"outcome": d.OUTCOMES}),
    replace(_list("pregnancies", "graviditeter_arkiv", d.PREGNANCIES, {"outcome": d.OUTCOMES}), name=ARCHIVE),
    _list("children", "foedsler", d.CHILDREN, {"sex": d.SEXES}),
    _list("residences", "bopael", d.RESIDENCES, {}),
    _list("diagnoses", "diagnoser", d.DIAGNOSES, {}),
]
"""What has no register of its own, or what the registers cannot tell."""
REGIONS = [
    Delivered(
        "exposures",
        "regioner/{sender}/svangreomsorg.parquet",
        "regioner/{sender}/svangreomsorg.parquet",
        "parquet",
        d.EXPOSURES,
        EXPOSURE_CODES,
        split="region",
    ),
    Delivered(
        "exposures",
        "regioner/{sender}/svangreomsorg.xlsx",
        "regioner/{sender}/svangreomsorg.xlsx",
        "excel",
        d.EXPOSURES,
        EXPOSURE_CODES | FLAGS_OF_EXPOSURE,
        split="region",
        has_date_cells=True,
    ),
    Delivered(
        "contacts",
        "regioner/{sender}/familieambulatorium.xlsx",
        "regioner/{sender}/familieambulatorium.xlsx",
        "excel",
        {name: heading for name, heading in d.CONTACTS.items() if name != "municipality_code"},
        {"programme": d.PROGRAMMES, "contact_code": d.CLINIC_EXAMINATIONS, "status": d.CONTACT_STATUSES},
        split="region",
        has_hyphen=True,
    ),
]
NATIONAL_FILES = [
    Delivered(
        "contacts",
        "almen_praksis/boerneundersoegelser.csv",
        "almen_praksis/*.csv",
        "delimited",
        d.CONTACTS,
        {"programme": d.PROGRAMMES, "contact_code": d.EXAMINATIONS, "status": d.CONTACT_STATUSES},
        encoding="cp1252",
    ),
    Delivered(
        "handovers",
        "henvisninger/henvisninger_2.csv",
        "henvisninger/henvisninger_*.csv",
        "delimited",
        d.HANDOVERS,
        HANDOVER_CODES,
        has_hyphen=True,
        earlier="henvisninger/henvisninger_1.csv",
    ),
    Delivered(
        "assessments", "vurderinger/vurderinger.csv", "vurderinger/*.csv", "delimited", d.ASSESSMENTS, ASSESSMENT_CODES
    ),
    Delivered(
        "costs",
        "udgifter/region_og_stat.csv",
        "udgifter/*.csv",
        "delimited",
        d.COSTS,
        {"service": d.SERVICES, "payer": d.PAYERS},
        encoding="latin-1",
    ),
    Delivered(
        "costs",
        "flis/{sender}/udgifter.csv",
        "flis/{sender}/udgifter.csv",
        "delimited",
        d.COSTS,
        {"service": d.SERVICES, "payer": d.PAYERS},
        split="region",
        encoding="cp1252",
        has_hyphen=True,
    ),
]
"""FLIS, the municipalities' common system of figures, delivers their expenditure region by region."""
MUNICIPALITIES = [
    *_of_municipalities(
        "contacts",
        "kontakter",
        d.CONTACTS,
        {"programme": d.PROGRAMMES, "contact_code": d.VISITS, "status": d.CONTACT_STATUSES},
    ),
    *_of_municipalities(
        "support_records",
        "sager",
        d.RECORDS,
        {"record_type": d.RECORD_TYPES, "exposure_status": d.EXPOSURE_STATUSES},
    ),
    *_of_municipalities("handovers", "overleveringer", d.HANDOVERS, HANDOVER_CODES),
]
SENDERS: list[Delivered] = [*NATIONAL_LISTS, *REGIONS, *NATIONAL_FILES, *MUNICIPALITIES]
