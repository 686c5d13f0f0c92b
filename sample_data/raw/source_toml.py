"""`source.toml`: the declaration that goes with the raw deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipelines.definitions.reference import Reference
from sample_data.raw import antenatal_bundles as antenatal
from sample_data.raw.fhir_text import REGION, organisations
from sample_data.raw.registers import REGISTERS, Register
from sample_data.raw.senders import DATE_FORMAT, SENDERS, Delivered
from sample_data.raw.visitor_bundles import ITEMS, PLACE

SHEET = "Ark1"
NUMBER_CHANGES = "identitet/nummerskift.csv"


HEAD = """\
# Made with the sample data. Nobody in these files exists: the numbers are test numbers (day of birth + 60).
# The codes of registers and reports are those of this sample; a real delivery's stand in its documentation.
[source]
name = "demo"
demo = true
number_changes = "identitet/nummerskift.csv"

[number_changes]
encoding = "utf-8"
separator = ";"
"""


def source_toml(reference: Reference) -> str:
    """The whole file. Text is quoted as in JSON, which TOML reads the same way."""
    listed = reference.municipalities.filter(region_code=REGION)["municipality_code"].unique().sort().to_list()
    parts = [*map(_register, REGISTERS), *_fhir(organisations(listed)), *map(_delivery, SENDERS)]
    return HEAD + "".join(parts)


def _register(register: Register) -> str:
    lines = ["", "[[register]]", f"layout = {_text(register.layout)}", f"path = {_text(register.path)}"]
    lines.append(f"form = {_text(register.form)}")
    if register.form == "delimited":
        lines += _of_text(register.encoding)
    for variable, codes in register.codes.items():
        lines += _part(f"register.codes.{variable}", codes, quote_names=True)
    return "\n".join(lines) + "\n"


def _fhir(municipalities: Mapping[str, str]) -> list[str]:
    """The two profiles, with the organisations of the region's municipalities."""
    forms = {f"klgateway-children-topi#{item}": domain for domain, item in ITEMS.items()}
    records = {
        "substance": antenatal.SUBSTANCE_CODES,
        "outcome": antenatal.OUTCOME_CODES,
        "care_level": antenatal.CARE_LEVEL_CODES,
    }
    reports = PLACE.format(sender="{sender}", delivery="*")
    return [
        _profile("antenatal_record", antenatal.PLACE, "ndjson", records, municipalities),
        _profile("children_reports", reports, "bundle", {"questionnaire": forms}, municipalities),
    ]


def _profile(
    name: str, path: str, form: str, codes: Mapping[str, Mapping[str, str]], municipalities: Mapping[str, str]
) -> str:
    lines = ["", "[[fhir]]", f"profile = {_text(name)}", f"path = {_text(path)}", f"form = {_text(form)}"]
    lines += _part("fhir.municipalities", municipalities, quote_names=True)
    for listed, entries in codes.items():
        lines += _part(f"fhir.codes.{listed}", entries, quote_names=True)
    return "\n".join(lines) + "\n"


def _of_text(encoding: str) -> list[str]:
    return [f"encoding = {_text(encoding)}", 'separator = ";"', 'decimal = ","', f"date_format = {_text(DATE_FORMAT)}"]


def _delivery(delivered: Delivered) -> str:
    lines = ["", "[[delivery]]", f"table = {_text(delivered.table)}", f"path = {_text(delivered.path)}"]
    lines.append(f"form = {_text(delivered.form)}")
    if delivered.name:
        lines.append(f"name = {_text(delivered.name)}")
    if delivered.earlier:
        lines.append('redelivery = "replaces"')
    if delivered.form == "delimited":
        lines += _of_text(delivered.encoding)
    if delivered.form == "excel":
        lines += [f"sheet = {_text(SHEET)}", f"date_format = {_text(DATE_FORMAT)}"]
    lines += _part("delivery.columns", delivered.columns, quote_names=False)
    for column, codes in delivered.codes.items():
        lines += _part(f"delivery.codes.{column}", codes, quote_names=True)
    return "\n".join(lines) + "\n"


def _part(name: str, entries: Mapping[str, str], *, quote_names: bool) -> list[str]:
    told = [f"{_text(key) if quote_names else key} = {_text(value)}" for key, value in entries.items()]
    return [f"[{name}]", *told]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
