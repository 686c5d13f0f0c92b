"""The antenatal record (Graviditetsmappen): one pregnancy for each record, and what it tells of exposure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_resources import (
    ANTENATAL_RECORD,
    MOTHER,
    OTHER_CHILD,
    Json,
    about,
    component,
    concept,
    delivered,
    episode,
    faults,
    lines,
    mother,
    page,
    patient,
    pseudonym,
    read,
    record,
    rows,
    shares,
    unmapped,
)

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources.reading import Reading
from pipelines.store import Store

pytestmark = pytest.mark.slow

ALCOHOL, SUBSTANCES, TYPE, ASSESSMENT, DUE = "363905002", "363908000", "373063009", "278844005", "161714006"
BEFORE, DURING, FIVE, UNITS, TWEAK = "568171000005100", "427013000", "228326007", "228958009", "568251000005102"
TWO_YEARS, CARE_LEVEL, NAEGELE, OUTCOME = "361055000", "710824005", "289206005", "63893-2"
CANNABIS, TOBACCO, LEVEL_3 = "398705004", "39953003", "577961000005103"

ASKED = ("alcohol_asked", "substances_asked", "asked_date")
EXPOSED = ("exposure_id", "pregnancy_id", "substance", "certainty", "registered_date", "recorded_by")


def told(folder: Path, *records: Json, toml: str = ANTENATAL_RECORD) -> Reading:
    return read(delivered(folder, toml, a_ndjson=lines(*records)))


def due(day: str, id: str = "termin", **more: Any) -> Json:
    return page(id, DUE, component(NAEGELE, valueDateTime=day), **more)


def outcome(code: str = "levende", **more: Any) -> Json:
    return page("udfald", OUTCOME, valueCodeableConcept=concept(code, "urn:udfald"), **more)


def level(code: str = LEVEL_3, id: str = "samlet", **more: Any) -> Json:
    return page(id, ASSESSMENT, component(CARE_LEVEL, valueString=code), **more)


def substance(code: str = CANNABIS, id: str = "stof", **more: Any) -> Json:
    return page(id, TYPE, component(TYPE, valueString=code), **more)


def drank(id: str = "alkohol", *, on: str = "2024-06-05", during: bool = True) -> Json:
    return page(id, ALCOHOL, component(DURING, valueBoolean=during), on=on)


def test_a_record_is_one_pregnancy_of_its_mother(tmp_path: Path) -> None:
    reading = told(tmp_path, record(episode(), due("2025-01-10"), outcome(), level()))
    columns = ("pregnancy_id", "mother_id", "first_contact_date", "end_date", "due_date", "outcome", "care_level")
    days = ("2024-06-01", "2025-01-08", "2025-01-10")
    assert rows(reading, "pregnancies", *columns) == [("GM-1", pseudonym(MOTHER), *days, "live_birth", "3")]
    assert shares(reading.accounts[0]) == (5, 0, 0, 0)


def test_a_record_with_nothing_in_it_is_a_pregnancy_of_which_nothing_is_known(tmp_path: Path) -> None:
    reading = told(tmp_path, record())
    assert rows(reading, "pregnancies", "outcome", "care_level", *ASKED) == [("unknown", None, None, None, None)]


@pytest.mark.parametrize(
    ("home", "courses", "code"),
    [("0461", [episode()], "0461"), (None, [episode()], "0851"), (None, [], "0851")],
)
def test_the_municipality_is_where_she_lives_else_of_the_organisation(
    tmp_path: Path, home: str | None, courses: list[Json], code: str
) -> None:
    reading = told(tmp_path, record(*courses, of=mother(municipality=home)))
    assert rows(reading, "pregnancies", "municipality_code") == [(code,)]


def test_an_organisation_without_a_municipality_is_counted(tmp_path: Path) -> None:
    elsewhere = {"identifier": {"value": "77"}}
    homeless = mother(municipality=None) | {"managingOrganization": elsewhere}
    reading = told(tmp_path, record(episode(managingOrganization=elsewhere), of=homeless))
    assert rows(reading, "pregnancies", "municipality_code") == [(None,)]
    assert unmapped(reading) == [("municipalities", "77", 1)]


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        ([drank(during=False)], ("true", None, "2024-06-05")),
        ([page("a", ALCOHOL)], ("false", None, None)),
        ([page("a", ALCOHOL), page("s", SUBSTANCES)], ("false", "false", None)),
        ([page("s", SUBSTANCES, component(TWO_YEARS, valueBoolean=False))], (None, "true", "2024-06-05")),
        ([substance()], (None, "true", "2024-06-05")),
        ([drank(on="2024-08-01"), drank("a2", on="2024-07-01")], ("true", None, "2024-07-01")),
        ([drank(on="2024-07"), drank("a2", on="2024-09-01")], ("true", None, "2024-09-01")),
        ([drank(on="2024-07")], ("true", None, None)),
        ([drank() | {"status": "entered-in-error"}], (None, None, None)),
    ],
    ids=[
        "answered",
        "opened",
        "both opened",
        "substances",
        "type",
        "twice",
        "a month and a day",
        "a month",
        "taken back",
    ],
)
def test_asked_means_answered_and_a_page_that_was_only_opened_is_a_no(
    tmp_path: Path, pages: list[Json], asked: tuple[str | None, ...]
) -> None:
    assert rows(told(tmp_path, record(*pages)), "pregnancies", *ASKED) == [asked]


@pytest.mark.parametrize(
    ("parts", "certainty"),
    [
        ([component(DURING, valueBoolean=True)], "confirmed"),
        ([component(FIVE, valueInteger=1)], "confirmed"),
        ([component(UNITS, "genstandePrUgeUnder", valueInteger=2)], "confirmed"),
        ([component(DURING, valueBoolean=False), component(FIVE, valueInteger=3)], "confirmed"),
        ([component(TWEAK, valueInteger=2)], "suspected"),
        ([component(TWEAK, valueInteger=4), component(DURING, valueBoolean=False)], "suspected"),
        ([component(TWEAK, valueInteger=1)], None),
        ([component(BEFORE, valueBoolean=True)], None),
        ([component(UNITS, "genstandePrUgeFør", valueInteger=9)], None),
        ([component(UNITS, valueInteger=9), component(UNITS, valueInteger=0)], None),
        ([component(DURING, valueBoolean=False), component(FIVE, valueInteger=0)], None),
    ],
    ids=["drank", "five", "units", "contradiction", "tweak", "tweak and no", "below", "before", "units before",
         "units some time", "no"],
)  # fmt: skip
def test_alcohol_in_pregnancy_is_confirmed_and_tweak_alone_suspected(
    tmp_path: Path, parts: list[Json], certainty: str | None
) -> None:
    reading = told(tmp_path, record(page("a1", ALCOHOL, *parts)))
    expected = [("a1", "GM-1", "alcohol", certainty, "2024-06-05", "midwife")] if certainty else []
    assert rows(reading, "exposures", *EXPOSED) == expected
    assert rows(reading, "pregnancies", "alcohol_asked") == [("true",)]


def test_a_type_of_substance_is_suspected_because_the_record_never_tells_when(tmp_path: Path) -> None:
    reading = told(tmp_path, record(substance(), substance(TOBACCO, "tobak")))
    assert rows(reading, "exposures", *EXPOSED) == [("stof", "GM-1", "cannabis", "suspected", "2024-06-05", "midwife")]
    assert shares(reading.accounts[0]) == (3, 0, 0, 0)


def test_codes_that_nobody_has_mapped_are_faults_of_their_page_alone(tmp_path: Path) -> None:
    reading = told(tmp_path, record(substance("45604009"), level("306133003"), outcome("abort")))
    tables = {"care_level": "pregnancies", "outcome": "pregnancies", "substance": "exposures"}
    assert sorted(fault[::3] for fault in faults(reading)) == sorted((tables[name], name) for name in tables)
    assert {fault[2] for fault in faults(reading)} == {"unmapped_code"}
    counted = [("care_level", "306133003", 1), ("outcome", "abort", 1), ("substance", "45604009", 1)]
    assert sorted(unmapped(reading)) == counted
    assert rows(reading, "pregnancies", "outcome", "care_level") == [("unknown", None)]


def test_the_newest_page_counts_for_what_is_told_several_times(tmp_path: Path) -> None:
    pages = due("2025-01-20", on="2024-07-01"), due("2025-01-10", "t2", on="2024-06-05")
    assert rows(told(tmp_path, record(*pages)), "pregnancies", "due_date") == [("2025-01-20",)]


def test_a_month_is_no_day_unknown_where_it_may_be_and_set_aside_where_not(tmp_path: Path) -> None:
    reading = told(tmp_path, record(episode("2024-06", None), due("2025-01"), drank(on="2024-07")))
    assert rows(reading, "pregnancies", "first_contact_date", "end_date", "due_date") == [(None, None, None)]
    assert rows(reading, "exposures", "registered_date") == [("?",)]


def test_a_record_told_again_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    later = record(episode(), sent="2025-06-01T10:00:00Z")
    reading = told(tmp_path, later, record(episode(), drank()))
    assert rows(reading, "exposures", "exposure_id") == []
    assert rows(reading, "pregnancies", "alcohol_asked", "_row") == [(None, 1)]
    assert shares(reading.accounts[0]) == (2, 0, 3, 0)


def test_the_same_record_twice_is_an_exact_duplicate_whatever_its_order(tmp_path: Path) -> None:
    again = record(drank(), episode(), sent="2025-06-01T10:00:00Z")
    reading = told(tmp_path, record(episode(), drank()), again)
    assert rows(reading, "pregnancies", "pregnancy_id") == [("GM-1",), ("GM-1",)]
    assert shares(reading.accounts[0]) == (6, 0, 0, 0)


def test_two_records_of_one_pregnancy_sent_at_once_are_both_faults(tmp_path: Path) -> None:
    reading = told(tmp_path, record(drank()), record(drank(during=False)))
    assert {fault[2:] for fault in faults(reading)} == {("key", "pregnancy_id")}
    assert shares(reading.accounts[0]) == (0, 0, 0, 4)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (record(drank(), id=None), ("required", "pregnancy_id")),
        (drank(), ("required", "pregnancy_id")),
        (record(drank(), of=drank("b")), ("reference", "mother_id")),
        (record(patient("anden", OTHER_CHILD), drank()), ("reference", "mother_id")),
    ],
    ids=["no name", "no bundle", "no mother", "two mothers"],
)
def test_a_record_without_a_name_or_one_mother_is_a_fault_of_all_its_resources(
    tmp_path: Path, broken: Json, fault: tuple[str, str]
) -> None:
    reading = told(tmp_path, broken, record(id="GM-2"))
    assert {told[2:] for told in faults(reading)} == {fault}
    assert rows(reading, "pregnancies", "pregnancy_id") == [("GM-2",)]


def test_a_page_about_somebody_else_or_told_in_two_ways_is_a_fault_of_its_own(tmp_path: Path) -> None:
    astray = drank("b") | {"subject": about("partner")}
    reading = told(tmp_path, record(astray, substance(), substance(TOBACCO), level(), level()))
    reasons = [fault[2:] for fault in faults(reading)]
    assert reasons == [("reference", "subject"), ("key", "id"), ("key", "id")]
    assert rows(reading, "pregnancies", "alcohol_asked", "care_level") == [(None, "3")]


def test_two_courses_that_contradict_each_other_are_faults(tmp_path: Path) -> None:
    reading = told(tmp_path, record(episode(), episode("2024-09-01", id="andet")))
    assert [fault[2:] for fault in faults(reading)] == [("key", "id")] * 2
    assert rows(reading, "pregnancies", "first_contact_date") == [(None,)]


def test_the_many_other_pages_of_the_record_are_out_of_scope(tmp_path: Path) -> None:
    reading = told(tmp_path, record(page("vaegt", "27113001"), {"resourceType": "List", "id": "l"}))
    assert shares(reading.accounts[0]) == (1, 2, 0, 0)
    assert unmapped(reading) == []


def test_a_component_with_a_value_of_another_type_is_told_by_its_place(tmp_path: Path) -> None:
    reading = told(tmp_path, record(page("a", ALCOHOL, component(FIVE, valueInteger="tre")), drank("b")))
    assert faults(reading) == [("pregnancies", 1, "form", "Observation.component[0].valueInteger")]


def test_free_text_of_the_record_goes_nowhere(tmp_path: Path) -> None:
    words = "Kirsten fortæller at hun drikker"
    pages = [page("s", ASSESSMENT, component("432678004", valueString=words)), level(words, "t"), substance(words, "u")]
    reading = told(tmp_path, record(*pages))
    written = b"".join(part.read_bytes() for parts in reading.parts.values() for part in parts)
    assert "Kirsten" not in str(unmapped(reading)) + str(faults(reading))
    assert b"Kirsten" not in written
    assert unmapped(reading) == [("care_level", None, 1), ("substance", None, 1)]


def test_records_reach_the_store_as_pregnancies_with_their_exposures(tmp_path: Path) -> None:
    content = lines(
        record(episode(), drank(), drank("b", on="2024-07"), outcome()), record(id="GM-2", of=mother("Kirsten"))
    )
    source = delivered(tmp_path / "d", ANTENATAL_RECORD, a_ndjson=content)
    outcome_of = ingest_into(Store(tmp_path / "s"), Source(declared=source), Reference.load(), Progress())
    pregnancy = outcome_of.snapshot.table("pregnancies").collect().row(0, named=True)
    assert (pregnancy["outcome"], pregnancy["alcohol_asked"]) == ("live_birth", True)
    exposures = outcome_of.snapshot.table("exposures").collect()
    assert exposures.select("exposure_id", "pregnancy_id").rows() == [("alkohol", pregnancy["pregnancy_id"])]
    set_aside = outcome_of.snapshot.table("quarantine").collect().sort("table")
    told = [("exposures", "type", "registered_date"), ("pregnancies", "identity", "mother_id")]
    assert set_aside.select("table", "rule", "column").rows() == told
