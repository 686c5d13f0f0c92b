"""Bundles: who their resources are about, and which of several versions of a resource counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir_resources import (
    CHILD,
    CHILDREN_REPORTS,
    CPR,
    OTHER_CHILD,
    Json,
    about,
    bundle,
    delivered,
    faults,
    indicator,
    organisation,
    patient,
    pseudonym,
    read,
    rows,
    shares,
    unmapped,
    visit,
)

from pipelines.sources.reading import Reading


def report(folder: Path, *resources: Json, toml: str = CHILDREN_REPORTS, **more: Any) -> Reading:
    return read(delivered(folder, toml, report_json=bundle(patient(), *resources, **more)))


def test_a_visit_entered_in_error_is_taken_back_by_a_later_file(tmp_path: Path) -> None:
    back = bundle(visit(status="entered-in-error"), sent="2025-05-01T10:00:00Z")
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(patient(), visit()), b_json=back))
    assert rows(reading, "contacts", "contact_id") == []
    assert [shares(account) for account in reading.accounts] == [(0, 1, 1, 0), (0, 1, 0, 0)]


def test_the_newest_bundle_counts_and_not_the_order_of_the_files(tmp_path: Path) -> None:
    newer = bundle(patient(), visit(start="2025-03-09"), sent="2025-04-01T13:00:00+02:00")
    older = bundle(patient(), visit(start="2025-03-08"), sent="2025-04-01T10:30:00Z")
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=newer, b_json=older))
    assert rows(reading, "contacts", "contact_date") == [("2025-03-09",)]
    assert [shares(account) for account in reading.accounts] == [(2, 0, 0, 0), (0, 1, 1, 0)]


def test_the_same_told_again_is_handed_on_again_as_an_exact_duplicate(tmp_path: Path) -> None:
    again = bundle(patient("x7"), visit(subject=about("x7")), sent="2025-05-01T10:00:00Z")
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(patient(), visit()), b_json=again))
    told = rows(reading, "contacts", "contact_id", "child_id", "contact_date", "municipality_code")
    assert told == [told[0]] * 2


def test_two_senders_with_the_same_ids_do_not_replace_each_other(tmp_path: Path) -> None:
    toml = CHILDREN_REPORTS.replace("*.json", "rapport-{sender}.json")
    files = {
        f"rapport-{sender}_json": bundle(patient(), visit(start=f"2025-03-0{day}"), sent=f"2025-04-0{day}T10:00:00Z")
        for day, sender in enumerate(("0461", "0851"), start=1)
    }
    reading = read(delivered(tmp_path, toml, **files))
    assert len(rows(reading, "contacts", "contact_id")) == 2
    assert [account.sender for account in reading.accounts] == ["0461", "0851"]


def test_one_id_with_two_contents_in_one_bundle_is_a_fault_of_both(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(), visit(start="2025-03-10"), visit("e2"), visit("e2"))
    assert faults(reading) == [("contacts", row, "key", "id") for row in (2, 3)]
    assert rows(reading, "contacts", "contact_id") == [("e2",), ("e2",)]


def test_a_dangling_reference_is_a_fault_of_that_resource_alone(tmp_path: Path) -> None:
    reading = report(tmp_path, visit(subject=about("borte")), indicator())
    assert faults(reading) == [("contacts", 2, "reference", "subject")]
    assert rows(reading, "assessments", "assessment_id") == [("o1",)]


@pytest.mark.parametrize("reference", ["Patient/barn", "urn:uuid:0", "https://a.dk/fhir/Patient/barn/_history/3", "0"])
def test_a_reference_may_be_relative_absolute_or_the_address_in_the_bundle(tmp_path: Path, reference: str) -> None:
    reading = report(tmp_path, visit(subject={"reference": reference}))
    assert rows(reading, "contacts", "child_id") == [(pseudonym(CHILD),)]


def test_patients_of_two_bundles_with_the_same_id_are_not_mixed_up(tmp_path: Path) -> None:
    inner = [bundle(patient("p", number), visit(f"e{number}", subject=about("p"))) for number in (CHILD, OTHER_CHILD)]
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(*inner)))
    told = rows(reading, "contacts", "child_id")
    assert told == [(pseudonym(CHILD),), (pseudonym(OTHER_CHILD),)]


def test_two_patients_with_one_id_in_a_bundle_are_nobody(tmp_path: Path) -> None:
    reading = report(tmp_path, patient(number=OTHER_CHILD), visit())
    told = [("contacts", 1, "key", "id"), ("contacts", 2, "key", "id"), ("contacts", 3, "reference", "subject")]
    assert faults(reading) == told


def test_a_number_that_is_none_is_an_identity_fault_for_quarantine(tmp_path: Path) -> None:
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(patient(number="Kirsten"), visit())))
    assert rows(reading, "contacts", "child_id", "_identity_fault_child_id") == [(None, "not_a_number")]


def test_a_replacement_number_is_a_person_too(tmp_path: Path) -> None:
    newborn = patient(identifier=[{"system": "urn:oid:1.2.208.176.1.6", "value": "6801251AB2"}])
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(newborn, visit())))
    assert rows(reading, "contacts", "child_id") == [(pseudonym("6801251AB2"),)]


def test_the_cpr_number_is_chosen_among_identifiers(tmp_path: Path) -> None:
    both = patient(identifier=[{"system": "urn:journal", "value": "77"}, {"system": CPR, "value": CHILD}])
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=bundle(both, visit())))
    assert rows(reading, "contacts", "child_id") == [(pseudonym(CHILD),)]


def test_an_organisation_that_is_not_in_the_list_is_counted_unless_the_sender_is_a_municipality(tmp_path: Path) -> None:
    elsewhere = bundle(patient(managingOrganization=organisation("99")), visit())
    nobody = read(delivered(tmp_path / "a", CHILDREN_REPORTS, rapport_json=elsewhere))
    assert unmapped(nobody) == [("municipalities", "99", 1)]
    toml = CHILDREN_REPORTS.replace("*.json", "{sender}.json")
    sender = read(delivered(tmp_path / "b", toml, **{"0461_json": elsewhere}))
    assert rows(sender, "contacts", "municipality_code") == [("0461",)]
    assert unmapped(sender) == []
