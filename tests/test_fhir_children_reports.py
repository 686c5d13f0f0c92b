"""Municipal health visitors' reports (KLChildren): what becomes of each resource, and that none is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fhir_resources import (
    AS_EXPECTED,
    CHILD,
    CHILDREN_REPORTS,
    DIFFICULTY,
    IN_PREGNANCY,
    NOTIFICATION,
    TOPI,
    Json,
    bundle,
    concept,
    delivered,
    faults,
    form,
    indicator,
    intervention,
    patient,
    pseudonym,
    read,
    rows,
    shares,
    unmapped,
    visit,
)

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources.reading import Reading
from pipelines.store import Store


def report(folder: Path, *resources: Json, toml: str = CHILDREN_REPORTS, **more: Any) -> Reading:
    return read(delivered(folder, toml, report_json=bundle(patient(), *resources, **more)))


def test_a_finished_visit_is_an_attended_contact_of_the_type_that_it_says(tmp_path: Path) -> None:
    reading = report(tmp_path, visit())
    told = rows(reading, "contacts", "contact_id", "child_id", "programme", "contact_code", "contact_date", "status")
    assert told == [("e1", pseudonym(CHILD), "health_visitor", "month_2", "2025-03-08", "attended")]
    assert rows(reading, "contacts", "municipality_code", "_source", "_row") == [("0461", "report.json", 2)]
    assert shares(reading.accounts[0]) == (2, 0, 0, 0)


def test_the_type_of_a_visit_follows_its_content_and_never_the_age(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(start="2034-01-01"))
    assert rows(reading, "contacts", "contact_code", "contact_date") == [("month_2", "2034-01-01")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-03-08", "2025-03-08"),
        ("2025-03-08T23:30:00Z", "2025-03-08"),
        ("2025-03-08T00:15:00.000+01:00", "2025-03-08"),
        ("2025-03", "?"),
        ("2025", "?"),
    ],
)
def test_a_day_is_the_day_that_was_written_and_is_never_invented(tmp_path: Path, written: str, day: str) -> None:
    assert rows(report(tmp_path, visit(start=written)), "contacts", "contact_date") == [(day,)]


@pytest.mark.parametrize("written", ["9999-12-31", "2500", "1850-02"])
def test_what_lies_outside_the_calendar_is_reported_in_no_month(tmp_path: Path, written: str) -> None:
    reading = report(tmp_path, visit(), visit("e2", start=written))
    assert [part.select("month", "rows").rows() for part in reading.reported] == [[(date(2025, 3, 1), 1)]]


@pytest.mark.parametrize("written", ["08-03-2025", "25-03-08", "2025-3-8", "infinity", "20250308", "2025-03-08 10:15"])
def test_a_date_in_no_form_of_fhir_is_a_fault_with_its_place(tmp_path: Path, written: str) -> None:
    reading = report(tmp_path, visit(start=written), visit("e2"))
    assert faults(reading) == [("contacts", 2, "form", "Encounter.period.start")]
    assert rows(reading, "contacts", "contact_id") == [("e2",)]


@pytest.mark.parametrize("status", ["planned", "arrived", "in-progress", "cancelled", "entered-in-error", "unknown"])
def test_a_visit_that_was_not_finished_did_not_take_place(tmp_path: Path, status: str) -> None:
    reading = report(tmp_path, visit(status=status))
    assert rows(reading, "contacts", "contact_id") == []
    assert shares(reading.accounts[0]) == (0, 2, 0, 0)


def test_a_status_that_fhir_does_not_have_is_a_fault(tmp_path: Path) -> None:
    assert faults(report(tmp_path, visit(status="færdig"))) == [("contacts", 2, "form", "Encounter.status")]


def test_a_visit_in_pregnancy_is_known_and_not_in_the_schedule(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(kind=IN_PREGNANCY))
    assert shares(reading.accounts[0]) == (0, 2, 0, 0)
    assert unmapped(reading) == []


def test_an_unknown_type_of_visit_is_a_fault_and_its_code_is_shown(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(kind="aben-konsultation"), visit("e2", kind="aben-konsultation"))
    assert faults(reading) == [("contacts", row, "unmapped_code", "contact_code") for row in (2, 3)]
    assert unmapped(reading) == [("encounter_type", "aben-konsultation", 2)]


def test_a_sender_maps_its_own_type_of_visit(tmp_path: Path) -> None:
    toml = CHILDREN_REPORTS + '[fhir.codes.encounter_type]\n"K7" = "months_4_6"\n'
    reading = report(tmp_path, visit(kind="K7"), toml=toml)
    assert rows(reading, "contacts", "contact_code") == [("months_4_6",)]


@pytest.mark.parametrize(
    ("finding", "result"),
    [(AS_EXPECTED, "typical"), ("851ad2f2-a805-4d81-a1d8-15c3b09f5949", "monitor"), (DIFFICULTY, "concern")],
)
def test_an_indicator_is_an_assessment_of_its_domain(tmp_path: Path, finding: str, result: str) -> None:
    reading = report(tmp_path, indicator(finding=finding))
    told = rows(reading, "assessments", "assessment_id", "instrument", "domain", "result", "z_score")
    assert told == [("o1", "KLChildren", "communication", result, None)]


def test_data_absent_means_that_nothing_was_found_out_never_a_no(tmp_path: Path) -> None:
    absent = indicator(dataAbsentReason=concept("unknown"))
    del absent["valueCodeableConcept"]
    reading = report(tmp_path, absent)
    assert rows(reading, "assessments", "assessment_id") == []
    assert shares(reading.accounts[0]) == (0, 2, 0, 0)


def test_an_indicator_with_neither_a_finding_nor_a_reason_is_a_fault(tmp_path: Path) -> None:
    silent = indicator()
    del silent["valueCodeableConcept"]
    assert faults(report(tmp_path, silent)) == [("assessments", 2, "required", "result")]


def test_an_unknown_finding_is_a_fault_of_its_own_list(tmp_path: Path) -> None:
    reading = report(tmp_path, indicator(finding="K99"))
    assert faults(reading) == [("assessments", 2, "unmapped_code", "result")]
    assert unmapped(reading) == [("finding", "K99", 1)]


def test_a_weight_is_out_of_scope_without_a_reference_curve(tmp_path: Path) -> None:
    weight = indicator(code="29463-7", valueQuantity={"value": 3100, "unit": "g"})
    assert shares(report(tmp_path, weight).accounts[0]) == (0, 2, 0, 0)


@pytest.mark.parametrize(("light", "result"), [("Grøn", "typical"), ("Gul", "monitor"), ("Rød", "concern")])
def test_topi_is_one_assessment_of_wellbeing(tmp_path: Path, light: str, result: str) -> None:
    reading = report(tmp_path, form(items={"1vurdering": {"valueString": light}}))
    told = rows(reading, "assessments", "assessment_id", "instrument", "domain", "result", "assessed_date")
    assert told == [("q1", "TOPI", "wellbeing", result, "2025-03-08")]


def test_topi_with_mapped_items_is_one_assessment_for_each_domain(tmp_path: Path) -> None:
    mapped = {"tilknytning": "attachment", "sprog": "communication"}
    told = [f'"klgateway-children-topi#{item}" = "{domain}"' for item, domain in mapped.items()]
    toml = "\n".join([CHILDREN_REPORTS, "[fhir.codes.questionnaire]", *told])
    items = {name: {"valueString": "Grøn"} for name in ("1vurdering", "sprog", "tilknytning", "bemærkning")}
    reading = report(tmp_path, form(items=items, questionnaire=TOPI + "|2.1.0"), toml=toml)
    made = rows(reading, "assessments", "assessment_id", "domain")
    assert made == [("q1-1vurdering", "wellbeing"), ("q1-sprog", "communication"), ("q1-tilknytning", "attachment")]
    assert shares(reading.accounts[0]) == (2, 0, 0, 0)


@pytest.mark.parametrize("name", ["adbb", "epds", "puf", "sdq4-10", "sdq11-17", "aims"])
def test_a_form_whose_score_has_no_sourced_cut_off_is_out_of_scope(tmp_path: Path, name: str) -> None:
    total = form(questionnaire=TOPI.replace("topi", name), items={"score": {"valueInteger": 3}})
    assert shares(report(tmp_path, total).accounts[0]) == (0, 2, 0, 0)


def test_a_score_becomes_an_assessment_through_the_senders_own_answers(tmp_path: Path) -> None:
    toml = (
        f'{CHILDREN_REPORTS}[fhir.codes.questionnaire]\n"klgateway-children-adbb" = "social"\n'
        '[fhir.codes.answer]\n"klgateway-children-adbb=3" = "typical"\n'
    )
    adbb = TOPI.replace("topi", "adbb")
    known, unknown = (form(f"q{score}", adbb, {"score": {"valueInteger": score}}) for score in (3, 9))
    reading = report(tmp_path, known, unknown, toml=toml)
    assert rows(reading, "assessments", "assessment_id", "instrument", "result") == [("q3", "ADBB", "typical")]
    assert faults(reading) == [("assessments", 3, "unmapped_code", "result")]
    assert unmapped(reading) == [("answer", "klgateway-children-adbb#score=9", 1)]


def test_an_answer_in_the_senders_own_words_is_counted_and_not_shown(tmp_path: Path) -> None:
    reading = report(tmp_path, form(items={"1vurdering": {"valueString": "Kirsten"}}))
    assert unmapped(reading) == [("answer", "klgateway-children-topi#1vurdering", 1)]


def test_a_form_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    reading = report(tmp_path, form(questionnaire="http://kommune.dk/Questionnaire/trivsel"))
    assert faults(reading) == [("assessments", 2, "unmapped_code", "instrument")]
    assert unmapped(reading) == [("questionnaire", "trivsel", 1)]


def test_a_notification_is_a_handover_whose_receipt_and_exposure_are_unknown(tmp_path: Path) -> None:
    reading = report(tmp_path, intervention())
    told = rows(reading, "handovers", "handover_id", "kind", "from_actor", "to_actor", "legal_basis", "sent_date")
    assert told == [("i1", "other", "health_visitor", "family_department", "notification", "2025-03-09")]
    unknown = rows(reading, "handovers", "received_date", "has_exposure", "to_municipality_code")
    assert unknown == [(None, None, None)]
    assert rows(reading, "handovers", "child_id", "from_municipality_code") == [(pseudonym(CHILD), "0461")]


def test_a_sender_says_which_transition_a_coordination_belongs_to(tmp_path: Path) -> None:
    code = "02c1e91e-475f-4b56-9731-755087329982"
    toml = f'{CHILDREN_REPORTS}[fhir.codes.intervention]\n"{code}" = "school_start/school"\n'
    reading = report(tmp_path, intervention(code=code), toml=toml)
    assert rows(reading, "handovers", "kind", "to_actor", "legal_basis") == [("school_start", "school", None)]


def test_an_intervention_that_was_cancelled_or_hands_nothing_over_is_out_of_scope(tmp_path: Path) -> None:
    cancelled = intervention(activity=[{"detail": {"status": "cancelled", "code": concept(NOTIFICATION)}}])
    breastfeeding = intervention("i2", code="712ef286-161c-4b9d-b2b9-b43e3f432646")
    reading = report(tmp_path, cancelled, breastfeeding, intervention("i3", status="draft"))
    assert shares(reading.accounts[0]) == (0, 4, 0, 0)


def test_what_a_municipality_reported_is_counted_before_anything_is_left_out(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(), visit("e2", IN_PREGNANCY, "2025-04"), indicator("o1"), visit("e3", "K9"))
    counted = [row[1:] for part in reading.reported for row in part.with_columns(part["month"].dt.month()).rows()]
    assert counted == [("0461", 3, 3), ("0461", 4, 1)]


def test_no_number_is_written_even_when_it_stands_in_an_id(tmp_path: Path) -> None:
    bare = CHILD.replace("-", "")
    reading = report(tmp_path, visit(bare), form(bare), visit("e2", bare))
    written = b"".join(part.read_bytes() for parts in reading.parts.values() for part in parts)
    told = str(rows(reading, "contacts", "contact_id") + rows(reading, "assessments", "assessment_id"))
    assert bare not in told + str(unmapped(reading)) + str(faults(reading))
    assert bare.encode() not in written


CHILDREN = """[[delivery]]
table = "children"
path = "boern.csv"
form = "delimited"
[delivery.columns]
child_id = "Barn"
birth_date = "Dato"
sex = "Sex"
"""


def test_contacts_of_known_children_reach_the_store_and_partial_days_are_set_aside(tmp_path: Path) -> None:
    reported = bundle(patient(), visit(), visit("e2", start="2025-03"))
    source = delivered(tmp_path / "d", CHILDREN_REPORTS, a_json=reported)
    (source.parent / "boern.csv").write_text(f"Barn;Dato;Sex\n{CHILD};08-01-2025;female\n", encoding="utf-8")
    source.write_text(source.read_text(encoding="utf-8") + CHILDREN, encoding="utf-8")
    outcome = ingest_into(Store(tmp_path / "s"), Source(declared=source), Reference.load(), Progress())
    assert outcome.snapshot.table("contacts").collect()["contact_id"].to_list() == ["e1"]
    set_aside = outcome.snapshot.table("quarantine").collect()
    assert set_aside.select("table", "row_number", "rule", "column").rows() == [("contacts", 3, "type", "contact_date")]
