"""`source.toml`: the declaration that goes with the raw deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sample_data.raw.senders import DATE_FORMAT, SENDERS, Delivered

SHEET = "Ark1"
NUMBER_CHANGES = "identitet/nummerskift.csv"


def source_toml() -> str:
    """The whole file. Text is quoted as in JSON, which TOML reads the same way."""
    head = [
        "# Made with the sample data. Nobody in these files exists: the numbers are test numbers (day of birth + 60).",
        "[source]",
        'name = "demo"',
        "demo = true",
        f"number_changes = {_text(NUMBER_CHANGES)}",
        "",
        "[number_changes]",
        'encoding = "utf-8"',
        'separator = ";"',
    ]
    return "\n".join(head) + "\n" + "".join(_delivery(delivered) for delivered in SENDERS)


def _delivery(delivered: Delivered) -> str:
    lines = ["", "[[delivery]]", f"table = {_text(delivered.table)}", f"path = {_text(delivered.path)}"]
    lines.append(f"form = {_text(delivered.form)}")
    if delivered.form == "delimited":
        lines += [f"encoding = {_text(delivered.encoding)}", 'separator = ";"', 'decimal = ","']
    if delivered.form == "excel":
        lines.append(f"sheet = {_text(SHEET)}")
    if delivered.form != "parquet":
        lines.append(f"date_format = {_text(DATE_FORMAT)}")
    lines += _part("columns", delivered.columns, quote_names=False)
    for column, codes in delivered.codes.items():
        lines += _part(f"codes.{column}", codes, quote_names=True)
    return "\n".join(lines) + "\n"


def _part(name: str, entries: Mapping[str, str], *, quote_names: bool) -> list[str]:
    told = [f"{_text(key) if quote_names else key} = {_text(value)}" for key, value in entries.items()]
    return [f"[delivery.{name}]", *told]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
