"""FHIR resources as senders make them, small and whole, and a source on disk that delivers them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.identity import Pseudonyms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.fhir.read import read_fhir
from pipelines.sources.number_changes import NumberChanges
from pipelines.sources.people import People
from pipelines.sources.reading import FileAccount, Reading

Json = dict[str, Any]

CHILD, OTHER_CHILD, MOTHER = "680125-4001", "6803251111", "6101902222"
"""Test numbers: 60 is added to the day."""
SOR, SOR_OF_0461 = "urn:oid:1.2.208.176.1.1", "451000016003"
CPR, FBOE = "urn:oid:1.2.208.176.1.2", "http://fhir.kl.dk/term/CodeSystem/FBOE"
SNOMED = "http://snomed.info/sct"
MONTH_2, IN_PREGNANCY = "51f30d1c-d60e-4e3e-ac22-ec9712ea962d", "d3c00541-f1d3-4c43-b5fc-16e8914ca1df"
COMMUNICATION, AS_EXPECTED = "653c2b0b-bb64-4906-888b-aea6fef3c3f8", "042d522d-0abe-46eb-a958-6e235b5d5408"
DIFFICULTY = "d9f00ad4-4305-4bd0-aedf-2e51bef602e2"
NOTIFICATION = "11bae71b-89f5-4903-ab59-c516e638b44a"
SENT = "2025-04-01T10:00:00Z"
TOPI = "http://fhir.kl.dk/children/Questionnaire/klgateway-children-topi"


def concept(code: str, system: str = FBOE) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def organisation(sor: str = SOR_OF_0461) -> Json:
    return {"identifier": {"system": SOR, "value": sor}}


def about(patient: str) -> Json:
    return {"reference": f"Patient/{patient}"}


def patient(id: str = "barn", number: str = CHILD, **more: Any) -> Json:
    identifier = {"use": "official", "system": CPR, "value": number}
    whole = {"resourceType": "Patient", "id": id, "identifier": [identifier], "managingOrganization": organisation()}
    return whole | more


def visit(id: str = "e1", kind: str = MONTH_2, start: str = "2025-03-08T10:15:00+01:00", **more: Any) -> Json:
    whole: Json = {"resourceType": "Encounter", "id": id, "status": "finished", "class": {"code": "HH"}}
    return whole | {"type": [concept(kind)], "subject": about("barn"), "period": {"start": start}} | more


def indicator(id: str = "o1", code: str = COMMUNICATION, finding: str = AS_EXPECTED, **more: Any) -> Json:
    whole: Json = {"resourceType": "Observation", "id": id, "status": "final", "code": concept(code)}
    whole |= {"subject": about("barn"), "encounter": {"reference": "Encounter/e1"}, "effectiveDateTime": "2025-03-08"}
    return whole | {"valueCodeableConcept": concept(finding)} | more


def form(id: str = "q1", questionnaire: str = TOPI, items: Json | None = None, **more: Any) -> Json:
    said = {"1vurdering": {"valueString": "Gul"}} if items is None else items
    whole: Json = {"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "subject": about("barn")}
    whole |= {"questionnaire": questionnaire, "authored": "2025-03-08"}
    return whole | {"item": [{"linkId": link, "answer": [value]} for link, value in said.items()]} | more


def intervention(id: str = "i1", code: str = NOTIFICATION, **more: Any) -> Json:
    whole: Json = {"resourceType": "CarePlan", "id": id, "status": "active", "intent": "plan", "subject": about("barn")}
    whole |= {"activity": [{"detail": {"status": "unknown", "code": concept(code)}}]}
    return whole | {"period": {"start": "2025-03-09"}} | more


def bundle(*resources: Json, sent: str | None = SENT, **more: Any) -> Json:
    entries = [{"fullUrl": f"urn:uuid:{at}", "resource": resource} for at, resource in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": sent, "entry": entries} | more


def mother(number: str = MOTHER, municipality: str | None = "0461") -> Json:
    lives = {
        "url": "http://hl7.dk/fhir/core/StructureDefinition/dk-core-municipalityCodes",
        "valueCodeableConcept": concept(municipality or "", "urn:oid:1.2.208.176.1.5"),
    }
    return patient("mor", number, extension=[lives] if municipality else [])


def episode(start: str = "2024-06-01", end: str | None = "2025-01-08", **more: Any) -> Json:
    period = {"start": start} | ({"end": end} if end else {})
    whole: Json = {"resourceType": "EpisodeOfCare", "id": "forloeb", "status": "finished", "period": period}
    return whole | {"patient": about("mor"), "managingOrganization": organisation()} | more


def component(code: str, qualifier: str | None = None, **value: Any) -> Json:
    codings = [{"system": SNOMED, "code": code}]
    codings += [{"system": "GM-qualifiers", "code": qualifier}] if qualifier else []
    return {"code": {"coding": codings}} | value


def page(id: str, code: str, *components: Json, on: str | None = "2024-06-05", **more: Any) -> Json:
    whole: Json = {"resourceType": "Observation", "id": id, "status": "final", "code": concept(code, SNOMED)}
    whole |= {"subject": about("mor")} | ({"effectiveDateTime": on} if on else {})
    return whole | ({"component": list(components)} if components else {}) | more


def record(*pages: Json, id: str | None = "GM-1", sent: str | None = SENT, of: Json | None = None) -> Json:
    named = {"identifier": {"system": "urn:record", "value": id}} if id else {}
    return bundle(of or mother(), *pages, sent=sent, **named)


HEAD = '[source]\nname = "test"\ndemo = true\n[[fhir]]\n'
CHILDREN_REPORTS = f"""profile = "children_reports"
path = "*.json"
form = "bundle"
[fhir.municipalities]
"{SOR_OF_0461}" = "0461"
"""
ANTENATAL_RECORD = f"""profile = "antenatal_record"
path = "*.ndjson"
form = "ndjson"
[fhir.codes.substance]
"398705004" = "cannabis"
"39953003" = "out_of_scope"
[fhir.codes.outcome]
"levende" = "live_birth"
[fhir.codes.care_level]
"577961000005103" = "3"
[fhir.municipalities]
"{SOR_OF_0461}" = "0851"
"""


def delivered(folder: Path, toml: str, **files: Json | bytes) -> Path:
    """The source on disk. A name `report_json` is the file `report.json`; several bundles of NDJSON come as bytes."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        written = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        (folder / ".".join(name.rsplit("_", 1))).write_bytes(written)
    (folder / "source.toml").write_text(HEAD + toml, encoding="utf-8")
    return folder / "source.toml"


def lines(*values: Json) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def read(source: Path) -> Reading:
    """The FHIR parts of a source, read with a secret of the test's own."""
    configuration = read_configuration(source)
    staging = source.parent / "staging"
    staging.mkdir(exist_ok=True)
    people = People(Pseudonyms(b"a secret of the tests", test_numbers_only=True), NumberChanges())
    reading = Reading(source.parent, people, staging, Reference.load())
    for declared in configuration.fhir:
        read_fhir(declared, reading)
    assert_accounted_for(reading)
    return reading


def assert_accounted_for(reading: Reading) -> None:
    """Nothing is lost, and no fault is told that is not counted."""
    for account in reading.accounts:
        assert account.used >= 0
        assert account.rows_read == account.used + account.out_of_scope + account.superseded + account.faulty
    assert sum(account.faulty for account in reading.accounts) == sum(rows.height for rows in reading.faults)


def shares(account: FileAccount) -> tuple[int, int, int, int]:
    """used, out of scope, superseded, faulty"""
    return account.used, account.out_of_scope, account.superseded, account.faulty


def rows(reading: Reading, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What was handed on, in the order of files and rows."""
    return reading.table(table).sort("_source", "_row", columns[0]).select(columns).collect().rows()


def faults(reading: Reading) -> list[tuple[Any, ...]]:
    """table, row, rule, column"""
    if not reading.faults:
        return []
    return pl.concat(reading.faults).select("table", "row_number", "rule", "column").rows()


def unmapped(reading: Reading) -> list[tuple[Any, ...]]:
    """column, code, rows"""
    told = [part for part in reading.unmapped if part.height]
    return pl.concat(told).select("column", "code", "rows").rows() if told else []


def pseudonym(number: str) -> str:
    made = Pseudonyms(b"a secret of the tests", test_numbers_only=True).of(pl.Series([number]))
    return str(made["pseudonym"].item())
