"""Any JSON, and any report with something wrong in it: never a crash, never a person's value told, nothing lost."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from fhir_resources import (
    ANTENATAL_RECORD,
    CHILD,
    CHILDREN_REPORTS,
    MOTHER,
    Json,
    bundle,
    component,
    delivered,
    episode,
    faults,
    form,
    indicator,
    intervention,
    page,
    patient,
    read,
    record,
    unmapped,
    visit,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import RefusedDelivery
from pipelines.sources.fhir.validation import explain
from pipelines.sources.reading import Reading

pytestmark = pytest.mark.slow

NAME = "Kirsten Zeuthen"
PRIVATE = (CHILD, CHILD.replace("-", ""), MOTHER, NAME)

REPORT = bundle(
    patient(), visit(), indicator(), form(), intervention(), visit("e2"), bundle(patient("p2"), visit("e3"))
)
RECORD = record(
    episode(),
    page("a", "363905002", component("427013000", valueBoolean=True), component("228326007", valueInteger=3)),
    page("t", "373063009", component("373063009", valueString="398705004")),
    page("v", "278844005", component("710824005", valueString="577961000005103")),
    page("d", "161714006", component("289206005", valueDateTime="2025-01-10")),
)
PROFILES = {
    "children_reports": (CHILDREN_REPORTS, REPORT),
    "antenatal_record": (ANTENATAL_RECORD.replace("ndjson", "json").replace('"json"', '"bundle"'), RECORD),
}

quickly = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [*PRIVATE, "", "Patient/barn", "Bundle", "Patient", "final", "entered-in-error", "2025-02-31", "\x00"]
    )
)
anything = st.recursive(
    scalars,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=8) | st.just("resourceType"), parts),
    max_leaves=12,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value but the value itself."""
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [place for key, part in inside for place in ((*path, key), *places(part, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn, whole: Json) -> Json:
    """A bundle in which up to three places say something else, are told twice, or are gone."""
    broken = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(broken)))
        owner = broken
        for step in path:
            owner = owner[step]
        if draw(st.booleans()):
            owner[last] = draw(anything)
        elif isinstance(owner, list):
            owner.append(copy.deepcopy(owner[last]))
        else:
            del owner[last]
        if not places(broken):
            break
    return broken


def resources_in(value: Any, depth: int = 1) -> int:
    """Resources of a bundle, counted the plain way; a bundle in it that can be opened counts as what it holds."""
    total = 0
    for entry in value.get("entry") or []:
        inner = entry.get("resource") if isinstance(entry, dict) else None
        is_bundle = isinstance(inner, dict) and inner.get("resourceType") == "Bundle" and depth < 4
        can_be_opened = is_bundle and isinstance(inner.get("entry"), list | None)
        total += resources_in(inner, depth + 1) if can_be_opened else 1
    return total


def read_or_refused(toml: str, **files: Json | bytes) -> Reading | None:
    """What was read, and no person's value in anything that is told or written."""
    refusal, reading, handed_on = "", None, ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            reading = read(delivered(Path(folder) / "d", toml, **files))
            handed_on = str([reading.table(table).collect().rows() for table in reading.parts])
        except RefusedDelivery as refused:
            refusal = str(refused)
    told = str([faults(reading), unmapped(reading), [part.rows() for part in reading.reported]]) if reading else refusal
    assert not any(value in told + handed_on for value in PRIVATE)
    return reading


@pytest.mark.parametrize("profile", PROFILES)
@quickly
@given(data=st.data())
def test_a_damaged_bundle_is_accounted_for_to_the_last_resource(profile: str, data: st.DataObject) -> None:
    toml, whole = PROFILES[profile]
    broken = data.draw(damaged(whole))
    reading = read_or_refused(toml, a_json=broken)
    if reading is not None:
        assert [account.rows_read for account in reading.accounts] == [resources_in(broken)]


@pytest.mark.parametrize("profile", PROFILES)
@quickly
@given(data=st.data())
def test_damaged_lines_are_each_read_or_a_fault(profile: str, data: st.DataObject) -> None:
    toml, whole = PROFILES[profile]
    broken = data.draw(st.lists(damaged(whole) | anything, min_size=1, max_size=4))
    content = b"".join(json.dumps(line).encode() + b"\n" for line in [whole, *broken])
    reading = read_or_refused(toml.replace("json", "ndjson").replace('"bundle"', '"ndjson"'), a_ndjson=content)
    assert reading is not None
    opened = [
        isinstance(line, dict) and line.get("resourceType") == "Bundle" and isinstance(line.get("entry"), list | None)
        for line in broken
    ]
    counted = sum(resources_in(line) if is_open else 1 for line, is_open in zip(broken, opened, strict=True))
    assert reading.accounts[0].rows_read == resources_in(whole) + counted


@pytest.mark.parametrize("form", ["bundle", "ndjson"])
@quickly
@given(content=anything)
def test_any_json_is_refused_or_accounted_for(form: str, content: Any) -> None:
    toml = CHILDREN_REPORTS.replace('"bundle"', f'"{form}"')
    read_or_refused(toml, a_json=json.dumps(content).encode())


@pytest.mark.parametrize("form", ["bundle", "ndjson"])
@quickly
@given(data=st.data())
def test_bytes_that_are_changed_or_missing_crash_nothing(form: str, data: st.DataObject) -> None:
    content = bytearray(json.dumps(REPORT).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read_or_refused(CHILDREN_REPORTS.replace('"bundle"', f'"{form}"'), a_json=bytes(content))


@quickly
@given(data=st.data())
def test_explanations_name_elements_only(data: st.DataObject) -> None:
    broken = data.draw(damaged(REPORT))
    for resource in (json.dumps(entry).encode() for entry in (broken, *(broken.get("entry") or []))):
        assert not any(value in str(explain(resource)) for value in PRIVATE)
