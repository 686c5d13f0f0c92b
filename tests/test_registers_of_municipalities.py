"""Notifications, measures, placements, treatment, language and expenditure as municipalities report them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from registers_on_disk import NUMBERS, Row, read

pytestmark = pytest.mark.slow

NOTIFICATION: Row = {
    "PNR": NUMBERS["Ida"], "KOMNR": 461, "UNDERRETNINGSDATO": date(2025, 2, 1), "PERS_TYPE": 1, "UNDRETTYPE": 12,
    "AAR": 2025, "VERSION": 2025, "ALLE_MDR": 1, "BEREGN_ALDER": 0, "BAGGRUND5": None, "BAGGRUND6": None,
}  # fmt: skip
MEASURE: Row = {
    "PNR": NUMBERS["Ida"], "PGF": "52.3.2", "SAG_VFRA": date(2025, 3, 1), "SAG_VTIL": None, "ADMKOM": 461,
}  # fmt: skip
EVENT: Row = {
    "PNR": NUMBERS["Ida"], "HAENDELSE": 1, "STARTDATO": date(2025, 3, 1), "SLUTDATO": date(2025, 5, 31), "NYKOM": 461,
}  # fmt: skip
COURSE: Row = {
    "PNR": NUMBERS["mother"], "PERSONAKTUELTHOVEDSTOFKODE": 3, "IVAERKSATBEHANDLINGDATO": date(2024, 6, 1),
    "BEHANDLINGAFSLUTTETDATO": None, "KOMMUNEKODE": 461, "IVAERKSAETTELSEID": "i-1", "PERSONGRAVIDKODE": 1,
    "SMD_STATUS": "A",
}  # fmt: skip
COST: Row = {
    "PNR": NUMBERS["Ida"], "INDSATS": 11, "START_DATO": date(2025, 1, 1), "SLUT_DATO": date(2025, 12, 31),
    "UDGIFT": 1250.5, "KOM": 461,
}  # fmt: skip
RECORD = ("child_id", "record_type", "opened_date", "closed_date", "municipality_code")


def notifications(*changes: Row) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"BAGGRUND5": pl.Int64(), "BAGGRUND6": pl.Int64()})
    return pl.concat(
        [empty, pl.DataFrame([NOTIFICATION | one for one in changes], infer_schema_length=None)], how="diagonal_relaxed"
    )


def test_a_notification_is_a_support_record_and_says_nothing_of_exposure_unless_its_background_does(
    tmp_path: Path,
) -> None:
    told = read(tmp_path / "d", {"BUU": notifications({}, {"PNR": NUMBERS["Bo"], "BAGGRUND5": 1})})
    assert told.rows("support_records", *RECORD, "exposure_status", "exposure_recorded_date") == [
        ("Bo", "notification", "2025-02-01", None, "0461", "recorded", "2025-02-01"),
        ("Ida", "notification", "2025-02-01", None, "0461", None, None),
    ]


def test_only_the_newest_version_of_a_year_stands_and_older_rows_are_superseded(tmp_path: Path) -> None:
    before = [{"AAR": year, "VERSION": 2024, "UNDERRETNINGSDATO": date(year, 5, 1)} for year in (2022, 2023, 2024)]
    after = [{"AAR": year, "VERSION": 2025, "UNDERRETNINGSDATO": date(year, 6, 1)} for year in (2023, 2024, 2025)]
    told = read(tmp_path / "d", {"BUU#1": notifications(*before), "BUU#2": notifications(*after)})
    days = [day for (day,) in told.rows("support_records", "opened_date")]
    assert days == ["2022-05-01", "2023-06-01", "2024-06-01", "2025-06-01"]
    assert told.counts("BUU_1") == {"used": 1, "superseded": 2}
    assert told.counts("BUU_2") == {"used": 3}
    assert told.account("BUU_1").superseded_by is None


def test_a_file_without_a_standing_row_names_the_file_that_has_superseded_it(tmp_path: Path) -> None:
    old, new = notifications({"VERSION": 9}), notifications({"VERSION": 10, "UNDRETTYPE": 13})
    told = read(tmp_path / "d", {"BUU#1": old, "BUU#2": new})
    assert told.account("BUU_1").superseded_by == "BUU_2.parquet"
    assert told.counts("BUU_1") == {"superseded": 1}


def test_a_notification_has_the_same_name_in_every_redelivery(tmp_path: Path) -> None:
    first = read(tmp_path / "a", {"BUU": notifications({})}).rows("support_records", "record_id")
    again = read(tmp_path / "b", {"BUU": notifications({"PNR": NUMBERS["Bo"]}, {"VERSION": 2025})})
    assert set(first) < set(again.rows("support_records", "record_id"))


def test_two_notifications_of_a_day_are_two_and_a_row_delivered_twice_is_one(tmp_path: Path) -> None:
    told = read(tmp_path / "d", {"BUU": notifications({}, {}, {"UNDRETTYPE": 13}, {"UNDRETTYPE": 7})})
    names = told.rows("support_records", "record_id")
    assert (len(names), len(set(names))) == (4, 3)


def test_a_notification_about_the_unborn_waits_under_the_mother(tmp_path: Path) -> None:
    unborn = {"PNR": NUMBERS["mother"], "PERS_TYPE": 2, "UNDRETTYPE": 4, "BEREGN_ALDER": 34, "BAGGRUND5": 1}
    told = read(tmp_path / "d", {"BUU": notifications(unborn)})
    assert told.rows("support_records", "child_id") == []
    assert told.rows("handovers", "handover_id") == []
    columns = ("mother_id", "sent_date", "from_actor", "municipality_code", "has_exposure")
    assert told.named(told.reading.unborn, *columns) == [("mother", "2025-02-01", "midwife", "0461", True)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"PERS_TYPE": 2, "UNDRETTYPE": 55}, ("handovers", 1, "unmapped_code", "UNDRETTYPE")),
        ({"PERS_TYPE": 2, "UNDRETTYPE": None}, ("handovers", 1, "required", "UNDRETTYPE")),
        ({"PERS_TYPE": 2, "PNR": "not known"}, ("handovers", 1, "identity", "pregnancy_id")),
        ({"PERS_TYPE": 2, "PNR": None}, ("handovers", 1, "required", "pregnancy_id")),
        ({"PERS_TYPE": 3}, ("support_records", 1, "unmapped_code", "PERS_TYPE")),
        ({"PERS_TYPE": None}, ("support_records", 1, "required", "PERS_TYPE")),
    ],
)
def test_a_notification_that_cannot_be_read_is_set_aside(tmp_path: Path, row: Row, fault: tuple[Any, ...]) -> None:
    told = read(tmp_path / "d", {"BUU": notifications(row)})
    assert told.faults() == [fault]
    assert told.counts("BUU") == {"faulty": 1}


def test_adults_are_out_of_scope_but_count_as_reported(tmp_path: Path) -> None:
    told = read(
        tmp_path / "d",
        {"BUU": notifications({"BEREGN_ALDER": 17}, {"BEREGN_ALDER": 18}, {"BEREGN_ALDER": None, "ALDER_INDB": 40})},
    )
    assert told.counts("BUU") == {"used": 1, "out_of_scope": 2}
    columns = ("delivery", "municipality_code", "month", "rows")
    assert told.named(told.reading.reported, *columns) == [("BUU", "0461", date(2025, 2, 1), 3)]


def test_a_municipality_that_has_not_reported_all_months_says_so(tmp_path: Path) -> None:
    told = read(
        tmp_path / "d",
        {"BUU": notifications({"ALLE_MDR": 0, "AAR": 2018}, {"ALLE_MDR": 0, "AAR": 2018}, {"KOMNR": 101})},
    )
    columns = ("delivery", "municipality_code", "year")
    assert told.named(told.reading.declared_incomplete, *columns) == [("BUU", "0461", 2018)]


def test_codes_without_a_meaning_are_counted_and_shown_only_when_they_are_nobody(tmp_path: Path) -> None:
    told = read(tmp_path / "d", {"BUU": notifications({"BAGGRUND6": 44}, {"BAGGRUND6": 44}, {"PERS_TYPE": 680125400})})
    assert told.named(told.reading.unmapped, "source", "column", "code", "rows") == [
        ("BUU.parquet", "BAGGRUND6", "44", 2),
        ("BUU.parquet", "PERS_TYPE", None, 1),
    ]
    assert told.counts("BUU") == {"used": 2, "faulty": 1}


def test_the_section_says_what_a_measure_is_and_the_newest_version_of_it_stands(tmp_path: Path) -> None:
    rows = [
        MEASURE | {"VERSION": "2024"},
        MEASURE | {"VERSION": "2025", "SAG_VTIL": date(2025, 9, 1)},
        MEASURE | {"VERSION": "2025", "PGF": "54"},
        MEASURE | {"VERSION": "2025", "PGF": "999"},
    ]
    told = read(tmp_path / "d", {"BUFO": rows})
    assert told.rows("support_records", *RECORD) == [("Ida", "support_measure", "2025-03-01", "2025-09-01", "0461")]
    assert told.counts("BUFO") == {"used": 1, "superseded": 1, "out_of_scope": 1, "faulty": 1}
    assert told.faults() == [("support_records", 4, "unmapped_code", "PGF")]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("9", "10"),
        (9, 10),
        ("31-01-2024", "01-02-2024"),
        ("31.12.2023", "2024-01-01"),
        ("31DEC2023", "01-01-2024"),
        ("20231231", "01-01-2024"),
        (20231231, 20240101),
        ("31-12-2023 09:30", "31-12-2023 14:05"),
        ("31-12-2023 00:00:00", "2023-12-31T14:05:00"),
        (date(2023, 12, 31), date(2024, 1, 1)),
        (datetime(2023, 12, 31, 9), datetime(2023, 12, 31, 10)),  # noqa: DTZ001 - registers have no zone
        ("2023", "31-12-2023"),
        ("V1", "V2"),
    ],
)
def test_the_newer_of_two_versions_stands_however_it_is_written(tmp_path: Path, older: Any, newer: Any) -> None:
    rows = [MEASURE | {"VERSION": newer, "SAG_VTIL": date(2025, 9, 1)}, MEASURE | {"VERSION": older, "SAG_VTIL": None}]
    told = read(tmp_path / "a", {"BUFO#1": rows[:1], "BUFO#2": pl.DataFrame(rows[1:])})
    assert told.rows("support_records", "closed_date") == [("2025-09-01",)]
    told = read(
        tmp_path / "b", {"BUU#1": notifications({"VERSION": older}), "BUU#2": notifications({"VERSION": newer})}
    )
    assert told.account("BUU_1").superseded_by == "BUU_2.parquet"


def test_the_same_version_in_two_writings_is_one(tmp_path: Path) -> None:
    files: dict[str, list[Row] | pl.DataFrame] = {
        f"BUFO#{at}": [MEASURE | {"VERSION": told}] for at, told in enumerate(("31-12-2023", "2023-12-31"))
    }
    assert len(read(tmp_path / "d", files).rows("support_records", "record_id")) == 2


def test_persons_whose_numbers_are_refused_do_not_supersede_each_other(tmp_path: Path) -> None:
    rows = [MEASURE | {"PNR": "nobody", "VERSION": "2024"}, MEASURE | {"PNR": "no one", "VERSION": "2025"}]
    assert read(tmp_path / "d", {"BUFO": rows}).counts("BUFO") == {"used": 2}


def test_disability_support_is_a_support_record(tmp_path: Path) -> None:
    row = {"PNR": NUMBERS["Ida"], "INDSATS_KODE": 85, "INDSATS_STARTDATO": date(2025, 3, 1), "INDSATS_SLUTDATO": None}
    told = read(tmp_path / "d", {"HANDICBU": [row | {"ADMKOM": "0461"}]})
    assert told.rows("support_records", *RECORD) == [("Ida", "disability_support", "2025-03-01", None, "0461")]


PLACED = [
    ("a new place on the day after is the same placement",
     [{}, {"STARTDATO": date(2025, 6, 1), "SLUTDATO": date(2025, 8, 1)}], [("2025-03-01", "2025-08-01")]),
    ("a day between them makes two", [{}, {"STARTDATO": date(2025, 6, 2), "SLUTDATO": None}],
     [("2025-03-01", "2025-05-31"), ("2025-06-02", None)]),
    ("a course whose last event has no end is open", [{}, {"STARTDATO": date(2025, 5, 1), "SLUTDATO": None}],
     [("2025-03-01", None)]),
    ("an open event lasts until the next begins",
     [{"SLUTDATO": None}, {"STARTDATO": date(2026, 5, 1), "SLUTDATO": date(2026, 6, 1)}],
     [("2025-03-01", "2026-06-01")]),
    ("other events are no placement", [{}, {"HAENDELSE": 2, "STARTDATO": date(2025, 6, 1)}],
     [("2025-03-01", "2025-05-31")]),
    ("another municipality begins its own", [{}, {"STARTDATO": date(2025, 6, 1), "NYKOM": 101, "SLUTDATO": None}],
     [("2025-03-01", "2025-05-31"), ("2025-06-01", None)]),
    ("an event inside another changes nothing", [{}, {"STARTDATO": date(2025, 4, 1), "SLUTDATO": date(2025, 4, 9)}],
     [("2025-03-01", "2025-05-31")]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "events", "records"), PLACED, ids=[said for said, *_ in PLACED])
def test_placements_in_a_row_are_one_record(
    tmp_path: Path, said: str, events: list[Row], records: list[tuple[str, str | None]]
) -> None:
    told = read(tmp_path / "d", {"BUAF": [EVENT | one for one in reversed(events)]})
    assert told.rows("support_records", "opened_date", "closed_date") == records


TREATMENT = ("person_id", "substance", "start_date", "end_date", "was_pregnant")


def test_the_same_course_in_two_registers_is_one_treatment_and_ends_with_the_treatment(tmp_path: Path) -> None:
    initiated = COURSE | {"BEHANDLINGAFSLUTTETDATO": date(2024, 12, 1)}
    attached = {**COURSE, "TILBUDTILKNYTTETSLUTDATO": date(2024, 8, 1), "PERSONGRAVIDKODE": 2}
    told = read(tmp_path / "d", {"SMDB_VBGH": [initiated], "SMDB_VBGF": [attached]})
    assert told.rows("treatments", *TREATMENT) == [("mother", "cannabis", "2024-06-01", "2024-12-01", "true")]
    assert told.counts("SMDB_VBGF") == {"used": 1}


def test_courses_that_were_deleted_or_never_began_are_out_of_scope(tmp_path: Path) -> None:
    rows = [COURSE, COURSE | {"SMD_STATUS": "X"}, COURSE | {"IVAERKSATBEHANDLINGDATO": None}]
    told = read(tmp_path / "d", {"SMDB_VBGH": rows})
    assert told.counts("SMDB_VBGH") == {"used": 1, "out_of_scope": 2}


def test_a_drug_without_a_meaning_is_unknown_and_whether_she_was_pregnant_may_be_unknown(tmp_path: Path) -> None:
    rows = [COURSE | {"PERSONAKTUELTHOVEDSTOFKODE": 77, "PERSONGRAVIDKODE": 9}]
    told = read(tmp_path / "d", {"SMDB_VBGH": rows})
    assert told.rows("treatments", *TREATMENT) == [("mother", None, "2024-06-01", None, None)]
    assert told.named(told.reading.unmapped, "column", "code", "rows") == [("PERSONAKTUELTHOVEDSTOFKODE", "77", 1)]


def test_a_course_without_an_id_is_named_by_whose_it_is_and_when_it_began(tmp_path: Path) -> None:
    rows = [COURSE | {"IVAERKSAETTELSEID": None, "PNR": NUMBERS[who]} for who in ("mother", "mother", "other mother")]
    told = read(tmp_path / "d", {"SMDB_VBGH": pl.DataFrame(rows, schema_overrides={"IVAERKSAETTELSEID": pl.String()})})
    assert [who for who, *_ in told.rows("treatments", *TREATMENT)] == ["mother", "other mother"]


def test_an_enrolment_with_several_services_is_one_treatment(tmp_path: Path) -> None:
    row = {
        "INDSKRIVNINGID": 5, "PNR": NUMBERS["mother"], "INDSKRIVNINGDATO": date(2024, 6, 1), "UDSKRIVNINGDATO": None,
        "INDSKRIVNINGKOMMUNEKODE": 461, "PERSONGRAVIDKODE": 1, "ISDELETED": 0,
    }  # fmt: skip
    told = read(tmp_path / "d", {"SMDB_IBIB": [row, row, row | {"INDSKRIVNINGID": 6, "ISDELETED": 1}]})
    assert told.rows("treatments", *TREATMENT) == [("mother", None, "2024-06-01", None, "true")]


def test_a_language_assessment_has_a_score_and_a_group(tmp_path: Path) -> None:
    row = {
        "PNR": NUMBERS["Ida"],
        "DATO": date(2031, 9, 1),
        "Z_SCORE": -1.25,
        "INDSATSGRUPPE": "S",
        "DELOMRAADE": "Tale",
    }
    for form in ("parquet", "delimited"):
        told = read(tmp_path / form, {"UDD_SPROGVURDERING": [row, row | {"INDSATSGRUPPE": "?"}]}, form)
        assert told.rows("assessments", "child_id", "instrument", "domain", "z_score", "result") == [
            ("Ida", "Sprogvurdering", "communication", "-1.25", "concern")
        ]
        assert told.faults() == [("assessments", 2, "unmapped_code", "INDSATSGRUPPE")]


def test_expenditure_is_a_cost_that_the_municipality_paid(tmp_path: Path) -> None:
    rows = [COST, COST | {"INDSATS": 99}]
    for form in ("parquet", "delimited"):
        told = read(tmp_path / form, {"SIU_INDIVID_UDGIFTER_TOTAL": rows}, form)
        assert told.rows("costs", "child_id", "service", "payer", "start_date", "end_date", "amount_dkk") == [
            (
                "Ida",
                "family_support",
                "municipality",
                "2025-01-01",
                "2025-12-31",
                "1250.5",
            )
        ]
        assert told.counts("SIU") == {"used": 1, "out_of_scope": 1}
        assert told.named(told.reading.reported, "delivery", "rows") == [("SIU_INDIVID_UDGIFTER_TOTAL", 2)]
