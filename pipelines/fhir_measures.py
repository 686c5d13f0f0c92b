"""The catalogue of measures as FHIR R4 `Measure` resources, and the names and codes that reports about them use.

The names of measures are URNs of our own: no address is invented that nobody answers. Gap status is told in the codes
of DEQM (HL7, Data Exchange for Quality Measures 5.0.0), which publishes them under an address of HL7.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.definitions.measures import Measure

Resource = dict[str, Any]

URN = "urn:roedtraad"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
DEQM = "http://hl7.org/fhir/us/davinci-deqm"
GAP_STATUS = f"{DEQM}/CodeSystem/gaps-status"
GAP_STATUS_EXTENSION = f"{DEQM}/StructureDefinition/extension-gapStatus"
GAP_NAMES = {
    "open-gap": "Open Gap",
    "closed-gap": "Closed Gap",
    "prospective-gap": "Prospective Gap",
    "not-applicable": "Not Applicable",
}
POPULATIONS = {
    "initial-population": "Initial Population",
    "denominator": "Denominator",
    "numerator": "Numerator",
}
OUR_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, URN)


def canonical(measure: Measure, version: str) -> str:
    """The name that reports refer to, with the version of the reference lists that define it."""
    return f"{canonical_name(measure)}|{version}"


def canonical_name(measure: Measure) -> str:
    """Without a version. A single contact has a colon in its name, which a URN allows."""
    return f"{URN}:measure:{measure.name}"


def full_url(*parts: str) -> str:
    """The address of a resource inside a bundle: the same parts have the same one, in every export."""
    return f"urn:uuid:{uuid.uuid5(OUR_NAMES, '/'.join(parts))}"


def entry(resource: Resource, *parts: str) -> Resource:
    """A resource in a bundle, under the id that follows from its parts."""
    url = full_url(*parts)
    named = {"resourceType": resource["resourceType"], "id": url.removeprefix("urn:uuid:")}
    return {"fullUrl": url, "resource": named | resource}


def coded(system: str, code: str, display: str | None = None) -> Resource:
    """A concept of one code."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def gap_status(code: str) -> Resource:
    """One of DEQM's four."""
    return coded(GAP_STATUS, code, GAP_NAMES[code])


def population(code: str) -> Resource:
    """One of the populations of a proportion."""
    return coded(f"{TERMINOLOGY}/measure-population", code, POPULATIONS[code])


def improvement(measure: Measure) -> Resource:
    """Whether high is good."""
    code = "increase" if measure.high_is_good else "decrease"
    return coded(
        f"{TERMINOLOGY}/measure-improvement-notation", code, f"{code.capitalize()}d score indicates improvement"
    )


def measure_resource(measure: Measure, version: str, published: date) -> Resource:
    """A measure in words: its populations are said in plain language, not as an expression that a machine runs."""
    told = measure.facts
    return {
        "resourceType": "Measure",
        "url": canonical_name(measure),
        "version": version,
        "name": _computable(measure.name),
        "title": told.title["da"],
        "_title": _translated(told.title),
        "status": "active",
        "date": published.isoformat(),
        "publisher": told.owner["da"],
        "_publisher": _translated(told.owner),
        "description": told.sentence["da"],
        "_description": _translated(told.sentence),
        "purpose": told.why["da"],
        "_purpose": _translated(told.why),
        "scoring": coded(f"{TERMINOLOGY}/measure-scoring", "proportion", "Proportion"),
        "type": [coded(f"{TERMINOLOGY}/measure-type", "process", "Process")],
        "improvementNotation": improvement(measure),
        "group": [{"population": [_criteria(code, measure) for code in POPULATIONS]}],
    }


def _criteria(code: str, measure: Measure) -> Resource:
    """Who is counted, for a reader; FHIR asks for a language of expressions, and names plain text by its media type."""
    numerator = f" Counted: {measure.numerator}." if measure.measure else f" Counted: inside {measure.step}."
    text = measure.facts.sentence["en"] + (numerator if code == "numerator" else "")
    return {"code": population(code), "criteria": {"language": "text/plain", "expression": text}}


def _translated(text: Mapping[str, str]) -> Resource:
    """The Danish text stands in the element; the English one beside it."""
    return {
        "extension": [
            {
                "url": TRANSLATION,
                "extension": [
                    {"url": "lang", "valueCode": "en"},
                    {"url": "content", "valueString": text["en"]},
                ],
            }
        ]
    }


def _computable(name: str) -> str:
    """Upper camel case, as FHIR wants the name of a definition for programs."""
    return "".join(part.capitalize() for part in name.replace(":", "_").split("_"))
