"""FHIR files as a whole: cut, in another encoding, no FHIR at all; broken lines and resources in a whole file."""

from __future__ import annotations

from pathlib import Path

import pytest
from fhir_resources import (
    CHILD,
    CHILDREN_REPORTS,
    MOTHER,
    about,
    bundle,
    delivered,
    faults,
    lines,
    patient,
    pseudonym,
    read,
    rows,
    shares,
    visit,
)

from pipelines.errors import RefusedDelivery
from pipelines.sources.fhir.validation import explain

NDJSON = CHILDREN_REPORTS.replace("*.json", "*.ndjson").replace('"bundle"', '"ndjson"')


def test_resources_without_an_id_or_of_other_types_are_told_apart(tmp_path: Path) -> None:
    nameless = visit()
    del nameless["id"]
    reading = read(
        delivered(
            tmp_path,
            CHILDREN_REPORTS,
            a_json=bundle(patient(), nameless, {"resourceType": "RelatedPerson", "id": "r"}, visit()),
        )
    )
    assert faults(reading) == [("contacts", 2, "required", "id")]
    assert shares(reading.accounts[0]) == (2, 1, 0, 1)


def test_one_broken_resource_is_one_fault(tmp_path: Path) -> None:
    reading = read(
        delivered(
            tmp_path,
            CHILDREN_REPORTS,
            a_json=bundle(patient(), visit(type="hjemmebesøg"), {"id": "uden type"}, visit()),
        )
    )
    assert faults(reading) == [("contacts", 2, "form", "Encounter.type"), ("contacts", 3, "form", "entry")]
    assert rows(reading, "contacts", "contact_id") == [("e1",)]


def test_one_broken_line_of_many_is_one_fault_with_its_number(tmp_path: Path) -> None:
    good = lines(*(bundle(patient(), visit(f"e{at}"), sent=f"2025-04-01T10:00:{at}Z") for at in range(10, 60)))
    loose = lines(patient("p"), visit("e9", subject=about("p")))
    content = good + b'{"resourceType": "Bundle", "entry": [{\n\n' + loose
    reading = read(delivered(tmp_path, NDJSON, a_ndjson=content))
    assert faults(reading) == [("contacts", 51, "form", "entry")]
    assert len(rows(reading, "contacts", "contact_id")) == 51
    assert rows(reading, "contacts", "contact_id", "_row")[-1] == ("e9", 54)


def test_loose_resources_of_a_file_refer_to_each_other_in_any_order(tmp_path: Path) -> None:
    reading = read(delivered(tmp_path, NDJSON, a_ndjson=lines(visit(), patient())))
    assert rows(reading, "contacts", "child_id") == [(pseudonym(CHILD),)]


WHOLE = b'{"resourceType": "Bundle", "entry": []}'
REFUSED = [
    (b"", "it is empty"),
    (WHOLE[:-3], "not one whole FHIR Bundle"),
    (b"Barn;Dato\n1;2\n", "not one whole FHIR Bundle"),
    (b"[]", "not one whole FHIR Bundle"),
    (b'{"resourceType": "Patient"}', "not one whole FHIR Bundle"),
    (b'{"resourceType": "Bundle", "entry": 5}', "not one whole FHIR Bundle"),
    (WHOLE.replace(b"[]", b"[" * 100_000 + b"]" * 100_000), "not one whole FHIR Bundle"),
    (WHOLE.decode().encode("utf-16"), "not in UTF-8"),
    (WHOLE.replace(b"[]", b'[{"resource": {"a": "B\xf8rn"}}]'), "not in UTF-8, as JSON must be .byte 58"),
]


@pytest.mark.parametrize(("content", "told"), REFUSED)
def test_a_file_that_is_no_whole_bundle_is_refused_with_one_message(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(RefusedDelivery, match=told):
        read(delivered(tmp_path, CHILDREN_REPORTS, a_json=content))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lines(patient())[:-9], "ends in the middle of line 1"),
        (lines(patient(), visit())[:-9], "ends in the middle of line 2"),
        (b'{"a": 1}\n{"b": 2}\n', "no line of it is a FHIR resource"),
        (b"Barn;Dato\n1;2\n", "no line of it is a FHIR resource"),
        (lines(patient()) + "Børn\n".encode("cp1252"), "not in UTF-8, as JSON must be .line 2, byte 1"),
    ],
)
def test_lines_that_are_cut_or_no_fhir_are_refused(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(RefusedDelivery, match=told):
        read(delivered(tmp_path, NDJSON, a_ndjson=content))


def test_a_folder_and_a_path_that_finds_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "mappe.json").mkdir()
    with pytest.raises(RefusedDelivery, match="folder"):
        read(delivered(tmp_path, CHILDREN_REPORTS))
    with pytest.raises(RefusedDelivery, match="No file matches"):
        read(delivered(tmp_path, CHILDREN_REPORTS.replace("*.json", "*.xml")))


def test_a_byte_order_mark_and_a_bundle_of_nothing_are_no_faults(tmp_path: Path) -> None:
    reading = read(delivered(tmp_path, CHILDREN_REPORTS, a_json=b"\xef\xbb\xbf" + WHOLE))
    assert [(account.rows_read, account.used) for account in reading.accounts] == [(0, 0)]


def test_the_library_explains_a_resource_by_elements_and_never_by_values() -> None:
    wrong = (
        b'{"resourceType":"Observation","status":5,"Kirsten":"6801254001","code":{},"effectiveDateTime":"yesterday"}'
    )
    told = explain(wrong)
    assert any(line.startswith("Observation.effectiveDateTime: ") for line in told)
    assert "Observation.?: extra_forbidden" in told
    assert not any(value in str(told) for value in ("Kirsten", "6801254001", "yesterday"))
    assert explain(b"nothing") == ["resource: not JSON with a resourceType"]
    assert explain(b'{"resourceType":"Kirsten"}') == ["resourceType: not a resource of FHIR R4"]
    assert MOTHER not in str(explain(b'{"resourceType":"Patient","gender":"%s"}' % MOTHER.encode()))
