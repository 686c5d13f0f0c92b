"""FHIR R4 deliveries: the municipal health visitors' reports (KLChildren) and the antenatal record (Graviditetsmappen).

Two forms. `bundle`: a file is one JSON Bundle, or a Bundle of Bundles. `ndjson`: each line is a Bundle or a resource.
What a Bundle of each profile holds stands in `children_reports` and `antenatal_record`.
"""

from __future__ import annotations

PROFILES = ("children_reports", "antenatal_record")
CODE_LISTS: dict[str, tuple[str, ...]] = {
    "children_reports": ("encounter_type", "indicator", "finding", "questionnaire", "answer", "intervention"),
    "antenatal_record": ("substance", "outcome", "care_level"),
}
"""The names under `[fhir.codes.*]` of each profile: codes that a sender uses beside the profile's own."""
