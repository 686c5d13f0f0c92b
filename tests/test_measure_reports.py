"""FHIR measure reports say what is published and no more; gap reports say what one municipality can close."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.measurereport import MeasureReport
from fhir.resources.R4B.parameters import Parameters
from interchange_tables import country_with_counts, published_as
from published_frames import SVENDBORG, run_facts, written
from typer.testing import CliRunner

from pipelines.audit_log import FOLDER_VARIABLE, AuditLog
from pipelines.care_gaps import STATUS, care_gaps, gap_rows
from pipelines.cli import app
from pipelines.definitions.enumerations import STATUSES
from pipelines.definitions.measures import Measure, all_measures
from pipelines.definitions.reference import Reference
from pipelines.store import Store
from reports.interchange.exporting import export
from reports.interchange.measure_figures import GAPS
from reports.interchange.measure_reports import ABSENT, days_of
from reports.interchange.reading import told_measures

pytestmark = pytest.mark.slow

Figure = tuple[int | None, int | None, float | None, str]
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
GAP_STATUS = "http://hl7.org/fhir/us/davinci-deqm/CodeSystem/gaps-status"


@pytest.fixture(scope="module")
def shown() -> dict[str, pl.DataFrame]:
    return country_with_counts()


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory, shown: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("fhir")
    publication = Store(published_as(folder / "store", shown)).last("publish")
    assert publication is not None
    files = export(publication, folder / "out", ("fhir",))
    return {file.stem: json.loads(file.read_text("utf-8")) for file in files}


def reports(bundles: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, bundle in bundles.items():
        if name != "measures":
            yield from (entry["resource"] for entry in bundle["entry"])


def key_of(report: Mapping[str, Any]) -> tuple[str, ...]:
    place = report["subject"]["identifier"]
    name = report["measure"].split("|")[0].removeprefix("urn:roedtraad:measure:")
    kind = place["system"].removeprefix("urn:roedtraad:")
    return name, kind, place["value"], report["period"]["start"], report["period"]["end"]


def counts_of(populations: list[dict[str, Any]]) -> dict[str, int | str]:
    """Population to its count, or to the reason why there is none."""
    return {
        each["code"]["coding"][0]["code"]: each.get(
            "count", each.get("_count", {}).get("extension", [{}])[0].get("valueCode")
        )
        for each in populations
    }


def measures_of_obligations() -> list[Measure]:
    return [each for each in told_measures(Reference.load()) if each.measure]


@pytest.fixture(scope="module")
def expected(shown: Mapping[str, pl.DataFrame]) -> dict[tuple[str, ...], Figure]:
    """Straight from the published tables, row by row."""
    told: dict[tuple[str, ...], Figure] = {}
    shares = shown["published_shares"].filter(pl.col("attribution") == "responsible")
    for measure in measures_of_obligations():
        for row in shares.filter(measure=measure.measure, share_of=measure.numerator).iter_rows(named=True):
            key = (measure.name, row["group_kind"], row["group_value"], *map(str, days_of(row["period"])))
            told[key] = (row["numerator"], row["denominator"], row["share"], row["state"])
    for row in shown["published_continuity"].filter(quantity="inside", step="known_before_birth").to_dicts():
        key = ("known_before_birth", row["group_kind"], row["group_value"], *map(str, days_of(row["birth_period"])))
        state = row["share_state"] or row["state"]
        told[key] = (row["children"] if state == "number" else None, row["exposed"], row["share"], state)
    return told


def test_every_published_figure_is_in_exactly_one_report_and_no_other_is(
    bundles: Mapping[str, Any], expected: Mapping[tuple[str, ...], Figure]
) -> None:
    seen = {key_of(report): report for report in reports(bundles)}
    assert len(seen) == sum(1 for _ in reports(bundles))
    assert seen.keys() == expected.keys()
    for key, (numerator, denominator, share, state) in expected.items():
        group = seen[key]["group"][0]
        absent = ABSENT.get(state)
        counts = counts_of(group["population"])
        assert counts["numerator"] == (absent if numerator is None else numerator)
        assert counts["denominator"] == counts["initial-population"] == (absent if denominator is None else denominator)
        assert group["measureScore"].get("value") == share
        assert (state == "number") == (share is not None)


def test_what_is_hidden_is_masked_and_never_a_number(
    bundles: Mapping[str, Any], expected: Mapping[tuple[str, ...], Figure]
) -> None:
    hidden = {key for key, figure in expected.items() if figure[3] == "suppressed"}
    assert len(hidden) > 20
    for report in reports(bundles):
        if key_of(report) in hidden:
            told = json.dumps(report["group"][0]["population"])
            assert '"count"' not in told
            assert set(counts_of(report["group"][0]["population"]).values()) == {"masked"}
            assert report["group"][0]["measureScore"] == {"extension": [{"url": DATA_ABSENT, "valueCode": "masked"}]}


def test_every_state_without_a_number_has_a_reason_of_its_own_from_fhir() -> None:
    known = {"unknown", "temp-unknown", "masked", "not-applicable"}
    assert set(ABSENT) == {"suppressed", "missing", "not_applicable", "not_yet_due"}
    assert set(ABSENT.values()) == known


def test_a_period_that_is_not_over_is_pending(bundles: Mapping[str, Any]) -> None:
    pending = [report for report in reports(bundles) if report["status"] == "pending"]
    for report in pending:
        assert set(counts_of(report["group"][0]["population"]).values()) == {"temp-unknown"}
    assert {report["status"] for report in reports(bundles)} <= {"pending", "complete"}


def test_gaps_are_counted_by_the_status_that_deqm_has_for_them(
    bundles: Mapping[str, Any], shown: Mapping[str, pl.DataFrame]
) -> None:
    names = ("measure", "group_kind", "group_value", "period", "outcome")
    counts = {
        tuple(row[name] for name in names): (row["count"], row["state"]) for row in shown["published_counts"].to_dicts()
    }
    counted = {measure.name: measure.measure for measure in measures_of_obligations()}
    compared = 0
    for report in reports(bundles):
        name, kind, place, start, end = key_of(report)
        period = start[:4] if start[:4] == end[:4] else f"{start[:4]}-{end[:4]}"
        for stratum in (s for each in report["group"][0].get("stratifier", []) for s in each["stratum"]):
            code = stratum["value"]["coding"][0]
            assert code["system"] == GAP_STATUS
            count, state = counts[counted[name], kind, place, period, GAPS[code["code"]]]
            told = counts_of(stratum["population"])["initial-population"]
            assert told == (count if count is not None else ABSENT[state])
            compared += 1
    assert compared > 100


def test_every_report_and_every_measure_is_valid_fhir(bundles: Mapping[str, Any]) -> None:
    Bundle.model_validate(bundles["measures"])
    Bundle.model_validate(bundles["country"])
    Bundle.model_validate(bundles[f"municipality-{SVENDBORG}"])
    shapes = {json.dumps(_shape(report), sort_keys=True): report for report in reports(bundles)}
    for report in shapes.values():
        MeasureReport.model_validate(report)
    assert len(shapes) > 4


def _shape(told: Any) -> Any:
    """A report without its names and numbers: what a validator of FHIR looks at. Each shape is validated once."""
    if isinstance(told, dict):
        return {name: _shape(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_shape(value) for value in told]
    return type(told).__name__


def test_reports_refer_to_measures_that_are_sent_along(bundles: Mapping[str, Any]) -> None:
    sent = {f"{entry['resource']['url']}|{entry['resource']['version']}" for entry in bundles["measures"]["entry"]}
    assert {report["measure"] for report in reports(bundles)} <= sent
    assert all(url.startswith("urn:roedtraad:measure:") for url in sent)
    urls = [entry["fullUrl"] for bundle in bundles.values() for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2023-2025", "2023-01-01", "2025-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
    ],
)
def test_a_period_is_its_first_and_its_last_day(period: str, first: str, last: str) -> None:
    assert days_of(period) == (date.fromisoformat(first), date.fromisoformat(last))


OBLIGATIONS: dict[str, Any] = {
    "child_id": pl.Int64(),
    "pregnancy_id": pl.Int64(),
    "measure": pl.String(),
    "subject_id": pl.String(),
    "trigger_date": pl.Date(),
    "due_date": pl.Date(),
    "status": pl.String(),
    "reason": pl.String(),
    "municipality_code": pl.String(),
    "severity": pl.String(),
}
DUE, BEFORE = date(2025, 3, 15), date(2025, 3, 1)


def obligation(
    child: int | None, measure: str, status: str, place: str | None = SVENDBORG, **changes: Any
) -> dict[str, Any]:
    plain = {
        "child_id": child,
        "measure": measure,
        "status": status,
        "municipality_code": place,
        "severity": "critical",
    }
    return dict.fromkeys(OBLIGATIONS) | plain | {"trigger_date": BEFORE, "due_date": DUE} | changes


@pytest.fixture
def run(tmp_path: Path) -> Path:
    rows = [
        obligation(1, "handed_over", "overdue", reason="no_handover"),
        obligation(1, "carried_in_record", "contradicted", subject_id="s1"),
        obligation(1, "registered", "met"),
        obligation(1, "family_clinic:month_4", "not_due"),
        obligation(2, "handed_over", "late"),
        obligation(3, "handed_over", "excused"),
        obligation(4, "handed_over", "overdue", "0101", reason="not_confirmed"),
        obligation(None, "screened", "overdue", pregnancy_id=9, reason="not_asked", severity="warning"),
    ]
    names = [("person", each, f"child-{each}") for each in (1, 2, 3, 4)] + [("pregnancy", 9, "pregnancy-9")]
    identities = pl.DataFrame(names, schema={"kind": pl.String, "id": pl.Int64, "pseudonym": pl.String}, orient="row")
    tables = {"obligations": pl.DataFrame(rows, schema=OBLIGATIONS), "identities": identities}
    written(tmp_path / "store", "run", tables, run_facts())
    return tmp_path / "store"


def test_every_status_of_an_obligation_has_a_gap_status() -> None:
    assert set(STATUS) == set(STATUSES)


def test_a_gap_report_has_what_can_still_be_closed_of_one_municipality_and_nothing_else(run: Path) -> None:
    source = Store(run).snapshot()
    told = care_gaps(gap_rows(source, SVENDBORG), all_measures(Reference.load()), source.run, SVENDBORG)
    Parameters.model_validate(told)
    documents = [parameter["resource"] for parameter in told["parameter"]]
    found = [
        (
            resource["modifierExtension"][0]["valueCodeableConcept"]["coding"][0]["code"],
            resource.get("detail"),
            resource["severity"],
        )
        for document in documents
        for resource in (entry["resource"] for entry in document["entry"])
        if resource["resourceType"] == "DetectedIssue"
    ]
    assert sorted(found, key=str) == sorted(
        [
            ("open-gap", None, "high"),
            ("prospective-gap", None, "high"),
            ("open-gap", "no_handover", "high"),
            ("open-gap", "not_asked", "moderate"),
        ],
        key=str,
    )
    patients = [entry["resource"] for document in documents for entry in document["entry"]]
    named = [each["identifier"][0]["value"] for each in patients if each["resourceType"] == "Patient"]
    assert sorted(named) == ["child-1", "pregnancy-9"]


def test_every_reference_of_a_gap_report_is_in_its_document(run: Path) -> None:
    source = Store(run).snapshot()
    told = care_gaps(gap_rows(source, SVENDBORG), all_measures(Reference.load()), source.run, SVENDBORG)
    for document in (parameter["resource"] for parameter in told["parameter"]):
        there = {entry["fullUrl"] for entry in document["entry"]}
        assert document["entry"][0]["resource"]["resourceType"] == "Composition"
        assert set(_references(document)) <= there


def _references(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if isinstance(told.get("reference"), str):
            yield told["reference"]
        for value in told.values():
            yield from _references(value)
    elif isinstance(told, list):
        for value in told:
            yield from _references(value)


def test_the_command_writes_for_the_owner_alone_and_the_audit_log_has_it(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "audit"))
    file = tmp_path / "gaps.json"
    file.write_text("an older one")
    file.chmod(0o644)
    told = CliRunner().invoke(app, ["gaps", "--store", str(run), "--municipality", SVENDBORG, "--fhir", str(file)])
    assert told.exit_code == 0, told.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "child-1" not in told.output
    entry = AuditLog.of(run).entries().select("action", "what", "municipality_code", "rows").row(0)
    assert entry == ("exported", "care gaps (FHIR)", SVENDBORG, 4)


def test_a_municipality_that_is_none_is_told_and_nothing_is_written(run: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(
        app, ["gaps", "--store", str(run), "--municipality", "0000", "--fhir", str(tmp_path / "f")]
    )
    assert told.exit_code == 1
    assert not (tmp_path / "f").exists()
