"""Layouts of what municipalities report: notifications, support, placements, treatment, language and expenditure."""

from __future__ import annotations

from pipelines.definitions import enumerations as e
from pipelines.sources.registers.layout import Layout, Variable, needed, optional

OUT_OF_SCOPE = "out_of_scope"
TRUE_FALSE_UNKNOWN = ("true", "false", "unknown")
RECORD_TYPES = (*e.RECORD_TYPES, OUT_OF_SCOPE)
BACKGROUNDS = tuple(f"BAGGRUND{number}" for number in (*range(1, 19), 31))

_VERSION_DA = "Leveres en række igen med nyere VERSION, gælder den nyeste."
_VERSION_EN = "Where a row is delivered again with a newer VERSION, the newest one stands."

BUU = Layout(
    name="BUU",
    title_da="Underretninger om børn og unge",
    title_en="Notifications about children and young people",
    feeds=("support_records", "handovers"),
    variables=(
        *needed("person", "PNR"),
        *needed("municipality", "KOMNR"),
        *needed("date", "UNDERRETNINGSDATO"),
        *needed("code", "PERS_TYPE", meanings=("child", "unborn")),
        *needed("code", "UNDRETTYPE", meanings=e.ACTORS),
        *needed("whole", "AAR"),
        *needed("version", "VERSION"),
        *optional("whole", "ALLE_MDR", "BEREGN_ALDER", "ALDER_INDB"),
        *optional("code", *BACKGROUNDS, meanings=("exposure", "other")),
    ),
    quirks_da=(
        "Kommunerne retter bagud: for hvert AAR gælder kun den nyeste VERSION. Ufødte står under moderens nummer og "
        "bliver til overleveringer om graviditeten. Kode 7 i UNDRETTYPE blev i 2024 til 12 og 13. Personer på 18 år "
        "eller mere er uden for formålet. ALLE_MDR = 0: kommunen har ikke indberettet alle måneder."
    ),
    quirks_en=(
        "Municipalities correct earlier years: of each AAR only the newest VERSION stands. Notifications about the "
        "unborn stand under the mother's number and become hand-overs about the pregnancy. Code 7 of UNDRETTYPE became "
        "12 and 13 in 2024. Persons of 18 years or more are out of scope. ALLE_MDR = 0: the municipality has not "
        "reported all months."
    ),
)

BUFO = Layout(
    name="BUFO",
    title_da="Forebyggende foranstaltninger for børn og unge",
    title_en="Preventive measures for children and young people",
    feeds=("support_records",),
    variables=(
        *needed("person", "PNR"),
        *needed("code", "PGF", meanings=RECORD_TYPES),
        *needed("date", "SAG_VFRA", "SAG_VTIL"),
        *needed("municipality", "ADMKOM"),
        *optional("version", "VERSION"),
    ),
    quirks_da=_VERSION_DA,
    quirks_en=_VERSION_EN,
)

BUAF = Layout(
    name="BUAF",
    title_da="Anbragte børn og unge, forløbsregister",
    title_en="Children and young people placed in care, longitudinal register",
    feeds=("support_records",),
    variables=(
        *needed("person", "PNR"),
        *needed("code", "HAENDELSE", meanings=("placement", "other")),
        *needed("date", "STARTDATO", "SLUTDATO"),
        *needed("municipality", "NYKOM"),
        *optional("version", "VERSION"),
    ),
    quirks_da=(
        "Anbringelser i træk under samme kommune (den næste begynder senest dagen efter) er ét forløb. Andre hændelser "
        f"er uden for formålet. {_VERSION_DA}"
    ),
    quirks_en=(
        "Placements in a row under one municipality (the next begins at the latest on the day after) are one record. "
        f"Other events are out of scope. {_VERSION_EN}"
    ),
)

HANDICBU = Layout(
    name="HANDICBU",
    title_da="Handicapkompenserende indsatser for børn og unge",
    title_en="Disability-compensating measures for children and young people",
    feeds=("support_records",),
    variables=(
        *needed("person", "PNR"),
        *needed("code", "INDSATS_KODE", meanings=RECORD_TYPES),
        *needed("date", "INDSATS_STARTDATO", "INDSATS_SLUTDATO"),
        *needed("municipality", "ADMKOM"),
        *optional("version", "VERSION"),
    ),
    quirks_da=_VERSION_DA,
    quirks_en=_VERSION_EN,
)

_PREGNANT = optional("code", "PERSONGRAVIDKODE", meanings=TRUE_FALSE_UNKNOWN)
_STATUS = optional("code", "SMD_STATUS", meanings=("valid", "deleted"))
_COURSE_DA = (
    "Samme forløb i flere filer eller rækker er én behandling. Et forløb uden startdato er ikke begyndt og er uden for "
    "formålet, ligesom slettede rækker."
)
_COURSE_EN = (
    "The same course in several files or rows is one treatment. A course without a start has not begun and is out of "
    "scope, as are deleted rows."
)


def _waiting_times(name: str, title_da: str, title_en: str, end: tuple[Variable, ...]) -> Layout:
    """The two registers of the treatment guarantee differ in how they tell the end."""
    return Layout(
        name=name,
        title_da=title_da,
        title_en=title_en,
        feeds=("treatments",),
        variables=(
            *needed("person", "PNR"),
            *needed("code", "PERSONAKTUELTHOVEDSTOFKODE", meanings=e.SUBSTANCES),
            *needed("date", "IVAERKSATBEHANDLINGDATO"),
            *end,
            *needed("municipality", "KOMMUNEKODE"),
            *optional("id", "IVAERKSAETTELSEID", "KONTAKTFORLOEBID"),
            *_PREGNANT,
            *_STATUS,
        ),
        quirks_da=_COURSE_DA,
        quirks_en=_COURSE_EN,
    )


SMDB_VBGH = _waiting_times(
    "SMDB_VBGH",
    "Stofmisbrugsbehandling, ventetider (iværksatte)",
    "Substance treatment, waiting times (initiated)",
    needed("date", "BEHANDLINGAFSLUTTETDATO"),
)
SMDB_VBGF = _waiting_times(
    "SMDB_VBGF",
    "Stofmisbrugsbehandling, ventetider (forløb)",
    "Substance treatment, waiting times (courses)",
    needed("date", "TILBUDTILKNYTTETSLUTDATO"),
)
SMDB_IBIB = Layout(
    name="SMDB_IBIB",
    title_da="Stofmisbrugsbehandling, indskrevne",
    title_en="Substance treatment, enrolled",
    feeds=("treatments",),
    variables=(
        *needed("id", "INDSKRIVNINGID"),
        *needed("person", "PNR"),
        *needed("date", "INDSKRIVNINGDATO", "UDSKRIVNINGDATO"),
        *needed("municipality", "INDSKRIVNINGKOMMUNEKODE"),
        *_PREGNANT,
        *_STATUS,
        *optional("code", "ISDELETED", meanings=("true", "false")),
    ),
    quirks_da=f"{_COURSE_DA} Registret kender ikke stoffet.",
    quirks_en=f"{_COURSE_EN} The register does not tell the substance.",
)

UDD_SPROGVURDERING = Layout(
    name="UDD_SPROGVURDERING",
    title_da="Sprogvurderinger i børnehaveklassen",
    title_en="Language assessments in the pre-school class",
    feeds=("assessments",),
    variables=(
        *needed("person", "PNR"),
        *needed("date", "DATO"),
        *needed("code", "INDSATSGRUPPE", meanings=e.RESULTS),
        *optional("text", "DELOMRAADE"),
        *optional("number", "Z_SCORE"),
    ),
)

SIU_INDIVID_UDGIFTER_TOTAL = Layout(
    name="SIU_INDIVID_UDGIFTER_TOTAL",
    title_da="Individuelle udgifter efter serviceloven",
    title_en="Individually attributable expenditure under the Social Services Act",
    feeds=("costs",),
    variables=(
        *needed("person", "PNR"),
        *needed("code", "INDSATS"),
        *needed("date", "START_DATO", "SLUT_DATO"),
        *needed("number", "UDGIFT"),
        *needed("municipality", "KOM"),
        *optional("text", "KONTOSTRENG"),
        *optional("version", "VERSION"),
    ),
    quirks_da=f"INDSATS oversættes til en ydelse i services.csv eller til out_of_scope. {_VERSION_DA}",
    quirks_en=f"INDSATS is mapped to a service of services.csv or to out_of_scope. {_VERSION_EN}",
)

MUNICIPALITIES = (
    BUU,
    BUFO,
    BUAF,
    HANDICBU,
    SMDB_VBGH,
    SMDB_VBGF,
    SMDB_IBIB,
    UDD_SPROGVURDERING,
    SIU_INDIVID_UDGIFTER_TOTAL,
)
