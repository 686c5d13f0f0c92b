"""The birth register and the patient register, in every form."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from registers_on_disk import NUMBERS, Row, birth, declare, read

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

BO = {"PNR_BARN": NUMBERS["Bo"], "DW_EK_NYFOEDT": 172, "KOEN_BARN": "M"}
CHILD = ("child_id", "mother_id", "pregnancy_id", "birth_date", "sex", "gestational_age_days", "birth_weight_g")
BIRTH = ("birth_id", "mother_id", "birth_date", "outcome", "municipality_code")
DIAGNOSIS = ("person_id", "sks_code", "diagnosed_date", "is_refuted")
EVENING = datetime(2024, 7, 1, 22, 30)  # noqa: DTZ001 - registers have no zone


def contact(key: int = 1, who: str = "mother", at: Any = EVENING) -> Row:
    return {"DW_EK_KONTAKT": key, "PNR": NUMBERS[who], "KONT_STARTTIDSPUNKT": at}


def diagnosis(code: str | None = "DF102", **values: Any) -> Row:
    return {"DW_EK_KONTAKT": 1, "DIAG_KODE": code, "DIAG_KODE_TYPE": "A", "SENERE_AFKRAEFTET": "Nej"} | values


def lpr3(folder: Path, diagnoses: list[Row], contacts: list[Row] | None = None, form: str = "parquet") -> Any:
    return read(folder, {"LPR_A_DIAGNOSE": diagnoses, "LPR_A_KONTAKT": contacts or [contact()]}, form)


EVERY_REGISTER: dict[str, list[Row] | pl.DataFrame] = {
    "MFR_NYFOEDTE": [birth(), birth(**BO), birth(PNR_BARN=None, PNR_MOR=NUMBERS["other mother"], DW_EK_FOEDSEL=72,
                                                 DW_EK_NYFOEDT=173, LEVENDEFOEDTDOEDFOEDT="D")],
    "DOD": [{"PNR": NUMBERS["Bo"], "DODDATO": date(2025, 6, 1)}],
    "BEF": [{"PNR": NUMBERS["Ida"], "KOM": 461, "BOP_VFRA": date(2025, 1, 8), "REFERENCETID": date(2025, 3, 31)}],
    "LPR_A_DIAGNOSE": [diagnosis(), diagnosis("DI109"), diagnosis("DF112", DIAG_KODE_TYPE="H")],
    "LPR_A_KONTAKT": [contact(), contact(2, "adult")],
    "UDD_SPROGVURDERING": [{"PNR": NUMBERS["Ida"], "DATO": date(2031, 9, 1), "Z_SCORE": -0.5, "INDSATSGRUPPE": "F"}],
    "SMDB_VBGF": [{"PNR": NUMBERS["mother"], "PERSONAKTUELTHOVEDSTOFKODE": 3, "KOMMUNEKODE": 461,
                   "IVAERKSATBEHANDLINGDATO": date(2024, 6, 1), "TILBUDTILKNYTTETSLUTDATO": date(2024, 9, 1),
                   "KONTAKTFORLOEBID": 8}],
}  # fmt: skip
FED = {
    "children": CHILD,
    "residences": ("child_id", "municipality_code", "from_date", "to_date"),
    "diagnoses": DIAGNOSIS,
    "assessments": ("assessment_id", "child_id", "assessed_date", "z_score", "result"),
    "treatments": ("treatment_id", "person_id", "substance", "start_date", "end_date"),
}


def test_the_same_rows_in_every_form_are_the_same_canonical_rows(tmp_path: Path) -> None:
    forms = ("parquet", "delimited", "sas", "excel")
    read_as = {form: read(tmp_path / form, EVERY_REGISTER, form) for form in forms}
    for table, columns in FED.items():
        rows = read_as["parquet"].rows(table, *columns)
        assert rows
        for form in forms[1:]:
            assert (form, read_as[form].rows(table, *columns)) == (form, rows)
    counts = [[one.counts(layout) for layout in EVERY_REGISTER] for one in read_as.values()]
    assert counts == [counts[0]] * len(forms)


def test_what_registers_hand_on_keeps_the_contract_and_the_ledger_knows_every_file(tmp_path: Path) -> None:
    source = declare(tmp_path / "d", EVERY_REGISTER)
    snapshot = ingest_into(Store(tmp_path / "s"), Source(declared=source), Reference.load(), Progress()).snapshot
    assert snapshot.table("quarantine").collect().is_empty()
    accepted = {name: snapshot.table(name).collect().height for name in FED}
    assert accepted == {"children": 2, "residences": 1, "diagnoses": 1, "assessments": 1, "treatments": 1}
    assert snapshot.table("deliveries").collect()["delivery"].sort().to_list() == sorted(EVERY_REGISTER)


def test_every_row_of_every_file_is_accounted_for_with_the_hash_of_its_content(tmp_path: Path) -> None:
    for one in read(tmp_path / "d", EVERY_REGISTER).reading.accounts:
        height = len(EVERY_REGISTER[one.delivery])
        assert one.rows_read == height == one.used + one.out_of_scope + one.superseded + one.faulty
        assert len(one.content_hash) == 32
        assert one.bytes > 0


def test_twins_share_a_pregnancy_and_a_birth_with_a_live_child_is_a_live_birth(tmp_path: Path) -> None:
    stillborn = birth(PNR_BARN=None, DW_EK_NYFOEDT=173, LEVENDEFOEDTDOEDFOEDT="D", FOEDSELSDATO_BARN=date(2025, 1, 9))
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(), birth(**BO), stillborn]})
    assert [row[:3] for row in made.rows("children", *CHILD)] == [
        ("Bo", "mother", "mfr-71"),
        ("Ida", "mother", "mfr-71"),
    ]
    assert made.named(made.reading.births, *BIRTH) == [("mfr-71", "mother", "2025-01-09", "live_birth", "0461")]


def test_a_stillbirth_is_a_birth_and_no_child(tmp_path: Path) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(PNR_BARN=None, LEVENDEFOEDTDOEDFOEDT="D")]})
    assert made.rows("children", "child_id") == []
    assert made.named(made.reading.births, *BIRTH) == [("mfr-71", "mother", "2025-01-08", "stillbirth", "0461")]
    assert made.counts("MFR") == {"used": 1}


def test_a_live_born_child_without_a_number_is_set_aside_but_its_birth_is_known(tmp_path: Path) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(PNR_BARN=None)]})
    assert made.faults() == [("children", 1, "identity", "child_id")]
    assert made.named(made.reading.births, "birth_id", "outcome") == [("mfr-71", "live_birth")]


def test_weeks_stand_in_for_days_and_an_unwritten_sex_is_unknown(tmp_path: Path) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(GESTATIONSALDER=None, KOEN_BARN=None)]})
    assert [row[4:6] for row in made.rows("children", *CHILD)] == [("unknown", "273")]


def test_the_relation_gives_a_mother_where_the_birth_register_has_none(tmp_path: Path) -> None:
    pairs = [{"PNR_BARN": NUMBERS["Ida"], "PNR_MOR": NUMBERS["other mother"]}]
    both = {"PNR_BARN": [NUMBERS["Bo"]] * 2, "PNR_MOR": [NUMBERS["mother"], NUMBERS["other mother"]]}
    born = [birth(PNR_MOR=None), birth(**BO, PNR_MOR=None, DW_EK_FOEDSEL=72)]
    made = read(
        tmp_path / "d",
        {"MFR_NYFOEDTE": born, "LPR_A_MOR_BARN_RELATION": pl.concat([pl.DataFrame(pairs), pl.DataFrame(both)])},
    )
    assert [row[:2] for row in made.rows("children", *CHILD)] == [("Bo", None), ("Ida", "other mother")]
    assert made.named(made.reading.births, "birth_id", "mother_id") == [("mfr-71", "other mother"), ("mfr-72", None)]


def test_an_id_of_a_birth_that_looks_like_a_number_gets_a_name_of_our_own(tmp_path: Path) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(DW_EK_FOEDSEL=6801254001)]})
    ((name,),) = made.rows("children", "pregnancy_id")
    assert "6801254001" not in name
    assert made.named(made.reading.births, "birth_id") == [(name,)]


@pytest.mark.parametrize(
    ("written", "code"),
    [("DF102", "DF102"), ("F10.2", "DF102"), (" df10.2 ", "DF102"), ("P044", "DP044"), ("DP043A", "DP043A"),
     ("DI109", None), ("XDF102", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_code_is_found_on_the_code_list_however_it_is_written(
    tmp_path: Path, written: str | None, code: str | None
) -> None:
    rows = lpr3(tmp_path / "d", [diagnosis("DF112"), diagnosis(written)]).rows("diagnoses", "sks_code")
    assert [found for (found,) in rows if found != "DF112"] == ([code] if code else [])


def test_a_diagnosis_has_the_person_and_the_day_of_its_contact(tmp_path: Path) -> None:
    made = lpr3(tmp_path / "d", [diagnosis()], [contact(), contact(2, "adult")])
    assert made.rows("diagnoses", *DIAGNOSIS) == [("mother", "DF102", "2024-07-01", "false")]
    assert made.counts("LPR_A_KONTAKT") == {"used": 1, "out_of_scope": 1}


@pytest.mark.parametrize(
    ("rows", "is_refuted"),
    [(["Nej"], "false"), (["Ja"], "true"), ([None], "false"), (["Ja", "Nej"], "false"), (["Ja", "Ja"], "true")],
)
def test_a_diagnosis_stands_if_any_registration_of_it_that_day_stands(
    tmp_path: Path, rows: list[str | None], is_refuted: str
) -> None:
    frame = pl.DataFrame(
        [diagnosis(SENERE_AFKRAEFTET=one) for one in rows], schema_overrides={"SENERE_AFKRAEFTET": pl.String()}
    )
    made = read(tmp_path / "d", {"LPR_A_DIAGNOSE": frame, "LPR_A_KONTAKT": [contact()]})
    assert {refuted for (refuted,) in made.rows("diagnoses", "is_refuted")} == {is_refuted}


@pytest.mark.parametrize(
    ("row", "contacts", "fault"),
    [
        (diagnosis(DIAG_KODE_TYPE="?"), [contact()], "unmapped_code"),
        (diagnosis(DIAG_KODE_TYPE=None), [contact()], "required"),
        (diagnosis(SENERE_AFKRAEFTET="?"), [contact()], "unmapped_code"),
        (diagnosis(DW_EK_KONTAKT=5), [contact()], "reference"),
        (diagnosis(), [contact(), contact(who="adult")], "key"),
    ],
)
def test_a_diagnosis_that_cannot_be_read_is_set_aside(
    tmp_path: Path, row: Row, contacts: list[Row], fault: str
) -> None:
    made = lpr3(tmp_path / "d", [diagnosis("DI109"), row], contacts)
    assert [(table, at, rule) for table, at, rule, _ in made.faults()] == [("diagnoses", 2, fault)]
    assert made.counts("LPR_A_DIAGNOSE") == {"out_of_scope": 1, "faulty": 1}


def test_a_referral_is_no_diagnosis(tmp_path: Path) -> None:
    made = lpr3(tmp_path / "d", [diagnosis(DIAG_KODE_TYPE="H")])
    assert made.counts("LPR_A_DIAGNOSE") == {"out_of_scope": 1}


def test_an_additional_code_of_lpr2_is_a_diagnosis_of_its_own_and_none_is_refuted(tmp_path: Path) -> None:
    rows = [
        {"RECNUM": "0017", "C_DIAG": "DO354", "C_TILDIAG": "DF102", "C_DIAGTYPE": "A"},
        {"RECNUM": "0017", "C_DIAG": "DO800", "C_TILDIAG": "DF112", "C_DIAGTYPE": "A"},
        {"RECNUM": "0017", "C_DIAG": "DO800", "C_TILDIAG": None, "C_DIAGTYPE": "A"},
    ]
    stays = [{"RECNUM": 17, "PNR": NUMBERS["mother"], "D_INDDTO": date(2010, 5, 1)}]
    made = read(tmp_path / "d", {"LPR_DIAG": rows, "LPR_ADM": stays})
    assert made.rows("diagnoses", *DIAGNOSIS) == [
        ("mother", code, "2010-05-01", "false") for code in ("DF102", "DF112", "DO354")
    ]
    assert made.counts("LPR_DIAG") == {"used": 2, "out_of_scope": 1}


def test_diagnoses_of_the_birth_register_are_the_childs_and_the_mothers(tmp_path: Path) -> None:
    of_birth = {"DIAGNOSETYPE": "A", "SENEREAFKRAEFTET": "Nej", "STARTDATO_KONTAKT": date(2025, 1, 8)}
    registers: dict[str, list[Row] | pl.DataFrame] = {
        "MFR_NYFOEDTE": [birth(), birth(**BO)],
        "MFR_BARN_DIAGNOSER": [{"DW_EK_NYFOEDT": 172, "DIAGNOSEKODE": "DP961"} | of_birth],
        "MFR_MOR_DIAGNOSER": [{"DW_EK_FOEDSEL": 71, "DIAGNOSEKODE": "DF112"} | of_birth],
    }
    made = read(tmp_path / "d", registers)
    assert made.rows("diagnoses", *DIAGNOSIS) == [
        ("Bo", "DP961", "2025-01-08", "false"),
        ("mother", "DF112", "2025-01-08", "false"),
    ]


def test_a_row_delivered_twice_is_handed_on_twice_and_is_a_copy(tmp_path: Path) -> None:
    made = read(tmp_path / "d", {"MFR_NYFOEDTE#1": [birth()], "MFR_NYFOEDTE#2": [birth()]})
    assert made.rows("children", *CHILD, "_source") == [
        ("Ida", "mother", "mfr-71", "2025-01-08", "female", "278", "3200", f"MFR_NYFOEDTE_{at}.parquet")
        for at in (1, 2)
    ]


def test_no_number_is_in_anything_that_is_told(tmp_path: Path) -> None:
    made = read(tmp_path / "d", EVERY_REGISTER)
    staged = b"".join(part.read_bytes() for part in (tmp_path / "d" / "staging").iterdir())
    said = str((made.reading.faults, made.reading.unmapped, made.reading.reported, made.reading.births))
    for number in NUMBERS.values():
        for form in (number, number.replace("-", "")):
            assert form.encode() not in staged
            assert form not in said
