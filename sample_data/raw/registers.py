"""The registers of the sample: their files and codes, from which the carriers write and `source.toml` declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sample_data.raw import dialects as d

FLAGS = {"Ja": "true", "Nej": "false"}
DIAGNOSIS_TYPES = {"A": "diagnosis", "B": "diagnosis", "H": "referral"}
"""Action diagnosis, additional diagnosis, and the referral's, which is no diagnosis."""
NOTIFIERS = {
    "1": "gp",
    "2": "midwife",
    "3": "maternity_ward",
    "4": "paediatric_ward",
    "5": "family_clinic",
    "6": "substance_treatment",
    "7": "school",
    "12": "school",
    "13": "daycare",
    "99": "other",
}
BIRTHS = {"L": "live_birth", "D": "stillbirth"}
BACKGROUNDS = {"16": "exposure", "1": "other", "9": "other"}
MAIN_DRUGS = {
    "10": "alcohol",
    "11": "cannabis",
    "12": "cocaine",
    "13": "amphetamines",
    "14": "opioids",
    "15": "opioid_substitution",
    "16": "benzodiazepines",
    "17": "z_drugs",
    "18": "other_medicine",
    "19": "other",
    "98": "unspecified",
}
DELETIONS = {"1": "valid", "9": "deleted"}
PREGNANT = {"1": "true", "2": "false", "9": "unknown"}
EXPENDITURES = {
    "BU01": "family_support",
    "BU02": "foster_care",
    "BU03": "institution",
    "BU04": "disability_support",
}
MEASURES = {"032": "support_measure", "099": "out_of_scope"}
DISABILITY_MEASURES = {"085": "disability_support", "099": "out_of_scope"}
LANGUAGE_GROUPS = {"Generel indsats": "typical", "Fokuseret indsats": "monitor", "Særlig indsats": "concern"}


@dataclass(frozen=True)
class Register:
    """One `[[register]]`."""

    layout: str
    path: str
    form: Literal["parquet", "delimited", "sas"] = "parquet"
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    encoding: str = "utf-8"


def theirs(codes: Mapping[str, str]) -> dict[str, str]:
    """Our word to the first of their codes for it."""
    found: dict[str, str] = {}
    for their, ours in codes.items():
        found.setdefault(ours, their)
    return found


REGISTERS = [
    Register(
        "MFR_NYFOEDTE",
        "registre/MFR_NYFOEDTE_*.parquet",
        codes={"KOEN_BARN": d.SEXES, "LEVENDEFOEDTDOEDFOEDT": BIRTHS},
    ),
    Register("LPR_A_MOR_BARN_RELATION", "registre/LPR_A_MOR_BARN_RELATION.parquet"),
    Register("DOD", "registre/DOD.csv", "delimited"),
    Register(
        "MFR_BARN_DIAGNOSER",
        "registre/MFR_BARN_DIAGNOSER.parquet",
        codes={"SENEREAFKRAEFTET": FLAGS, "DIAGNOSETYPE": DIAGNOSIS_TYPES},
    ),
    Register(
        "MFR_MOR_DIAGNOSER",
        "registre/MFR_MOR_DIAGNOSER.parquet",
        codes={"SENEREAFKRAEFTET": FLAGS, "DIAGNOSETYPE": DIAGNOSIS_TYPES},
    ),
    Register("LPR_ADM", "registre/LPR_ADM.parquet"),
    Register("LPR_DIAG", "registre/LPR_DIAG.parquet", codes={"C_DIAGTYPE": DIAGNOSIS_TYPES}),
    Register("LPR_A_KONTAKT", "registre/LPR_A_KONTAKT.parquet"),
    Register(
        "LPR_A_DIAGNOSE",
        "registre/LPR_A_DIAGNOSE.parquet",
        codes={"SENERE_AFKRAEFTET": FLAGS, "DIAG_KODE_TYPE": DIAGNOSIS_TYPES},
    ),
    Register(
        "BUU",
        "registre/BUU_*.parquet",
        codes={
            "PERS_TYPE": {"1": "child", "2": "unborn"},
            "UNDRETTYPE": NOTIFIERS,
            "BAGGRUND1": BACKGROUNDS,
        },
    ),
    Register("BUFO", "registre/BUFO.parquet", codes={"PGF": MEASURES}),
    Register("BUAF", "registre/BUAF.parquet", codes={"HAENDELSE": {"1": "placement", "9": "other"}}),
    Register("HANDICBU", "registre/HANDICBU.parquet", codes={"INDSATS_KODE": DISABILITY_MEASURES}),
    Register(
        "SMDB_VBGH",
        "registre/smdb_vbgh.sas7bdat",
        "sas",
        codes={"PERSONAKTUELTHOVEDSTOFKODE": MAIN_DRUGS, "PERSONGRAVIDKODE": PREGNANT},
    ),
    Register(
        "SMDB_VBGF",
        "registre/SMDB_VBGF.parquet",
        codes={"PERSONAKTUELTHOVEDSTOFKODE": MAIN_DRUGS, "PERSONGRAVIDKODE": PREGNANT, "SMD_STATUS": DELETIONS},
    ),
    Register("SMDB_IBIB", "registre/SMDB_IBIB.parquet", codes={"PERSONGRAVIDKODE": PREGNANT, "ISDELETED": FLAGS}),
    Register("BEF", "registre/BEF_*.parquet"),
    Register("BEFADR", "registre/BEFADR.parquet"),
    Register("VNDS", "registre/VNDS.parquet", codes={"INDUD_KODE": {"I": "in", "U": "out"}}),
    Register("UDD_SPROGVURDERING", "registre/UDD_SPROGVURDERING.parquet", codes={"INDSATSGRUPPE": LANGUAGE_GROUPS}),
    Register(
        "SIU_INDIVID_UDGIFTER_TOTAL",
        "registre/SIU_INDIVID_UDGIFTER_TOTAL.csv",
        "delimited",
        codes={"INDSATS": EXPENDITURES},
        encoding="latin-1",
    ),
]
