"""Small registers on disk, a source that declares them, and what comes of reading it, in names that a reader knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.identity import Pseudonyms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
from pipelines.sources.reading import FileAccount, Reading
from sample_data.raw.sas_file import write_sas

Row = dict[str, Any]

NUMBERS = {
    "Ida": "680125-4001",
    "Bo": "690125-4002",
    "Eva": "620324-4003",
    "Ida before": "680125-1AB1",
    "mother": "610190-2222",
    "other mother": "620291-3333",
    "adult": "650380-1111",
}
"""Test numbers: 60 is added to the day."""

CODES = {
    "MFR_NYFOEDTE": {
        "KOEN_BARN": {"K": "female", "M": "male"},
        "LEVENDEFOEDTDOEDFOEDT": {"L": "live_birth", "D": "stillbirth"},
    },
    "MFR_BARN_DIAGNOSER": {
        "DIAGNOSETYPE": {"A": "diagnosis", "H": "referral"},
        "SENEREAFKRAEFTET": {"Ja": "true", "Nej": "false"},
    },
    "MFR_MOR_DIAGNOSER": {
        "DIAGNOSETYPE": {"A": "diagnosis", "H": "referral"},
        "SENEREAFKRAEFTET": {"Ja": "true", "Nej": "false"},
    },
    "LPR_A_DIAGNOSE": {
        "DIAG_KODE_TYPE": {"A": "diagnosis", "B": "diagnosis", "H": "referral"},
        "SENERE_AFKRAEFTET": {"Ja": "true", "Nej": "false"},
    },
    "LPR_DIAG": {"C_DIAGTYPE": {"A": "diagnosis", "H": "referral"}},
    "BUU": {
        "PERS_TYPE": {"1": "child", "2": "unborn"},
        "UNDRETTYPE": {"4": "midwife", "7": "school", "12": "school", "13": "daycare"},
        "BAGGRUND5": {"1": "exposure"},
        "BAGGRUND6": {"1": "other"},
    },
    "BUFO": {"PGF": {"52.3.2": "support_measure", "54": "out_of_scope"}},
    "BUAF": {"HAENDELSE": {"1": "placement", "2": "other"}},
    "HANDICBU": {"INDSATS_KODE": {"85": "disability_support"}},
    "SMDB_VBGH": {
        "PERSONAKTUELTHOVEDSTOFKODE": {"3": "cannabis", "5": "opioids"},
        "PERSONGRAVIDKODE": {"1": "true", "2": "false", "9": "unknown"},
        "SMD_STATUS": {"X": "deleted", "A": "valid"},
    },
    "SMDB_VBGF": {"PERSONAKTUELTHOVEDSTOFKODE": {"3": "cannabis"}, "PERSONGRAVIDKODE": {"1": "true", "2": "false"}},
    "SMDB_IBIB": {"PERSONGRAVIDKODE": {"1": "true"}, "ISDELETED": {"1": "true", "0": "false"}},
    "VNDS": {"INDUD_KODE": {"I": "in", "U": "out"}},
    "UDD_SPROGVURDERING": {"INDSATSGRUPPE": {"G": "typical", "F": "monitor", "S": "concern"}},
    "SIU_INDIVID_UDGIFTER_TOTAL": {"INDSATS": {"11": "family_support", "99": "out_of_scope"}},
}
FORMS = {"parquet": "parquet", "delimited": "csv", "sas": "sas7bdat", "excel": "xlsx"}

BIRTH: Row = {
    "PNR_BARN": NUMBERS["Ida"], "PNR_MOR": NUMBERS["mother"], "FOEDSELSDATO_BARN": date(2025, 1, 8), "KOEN_BARN": "K",
    "LEVENDEFOEDTDOEDFOEDT": "L", "DW_EK_FOEDSEL": 71, "DW_EK_NYFOEDT": 171, "GESTATIONSALDER": 278,
    "GESTATIONSALDERUGER": 39, "VAEGT_BARN": 3200, "BOPAELSKOMMUNE_MOR": 461,
}  # fmt: skip


def birth(**values: Any) -> Row:
    """A birth with other values; the child is Ida and the mother `mother` unless others are named."""
    return BIRTH | values


@dataclass(frozen=True)
class Told:
    """What a source told: persons under their names here, everything as text."""

    reading: Reading

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows handed on to a canonical table, sorted."""
        rows = self.reading.table(table).select(columns).collect()
        return sorted(self._named(rows).rows(), key=str)

    def named(self, parts: list[pl.DataFrame], *columns: str) -> list[tuple[Any, ...]]:
        """The same of what waits for a later step."""
        return sorted(self._named(pl.concat(parts).select(columns)).rows(), key=str) if parts else []

    def faults(self) -> list[tuple[Any, ...]]:
        """Table, row, rule and column of rows that could not be read."""
        return self.named(self.reading.faults, "table", "row_number", "rule", "column")

    def account(self, source: str) -> FileAccount:
        """Where the rows of a file went."""
        return next(one for one in self.reading.accounts if one.source.startswith(source))

    def counts(self, source: str) -> dict[str, int]:
        """What of a file was not simply used."""
        one = self.account(source)
        counts = {name: getattr(one, name) for name in ("used", "out_of_scope", "superseded", "faulty")}
        return {name: count for name, count in counts.items() if count}

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        people = self.reading.people.of(pl.Series(list(NUMBERS.values())))
        names = dict(zip(NUMBERS.values(), NUMBERS, strict=True))
        known = {row["pseudonym"]: names[row["number"]] for row in people.sort("number").to_dicts()}
        return rows.with_columns(pl.col(pl.String).replace(known))


def declare(
    folder: Path, registers: dict[str, list[Row] | pl.DataFrame], form: str = "parquet", **settings: str
) -> Path:
    """Writes each register in the form, and `source.toml`. `settings` are further lines of every `[[register]]`.

    A register's name may end in `#2`: another file of the same layout.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = ['[source]\nname = "registers"\ndemo = true\n']
    for name, content in registers.items():
        layout = name.split("#", maxsplit=1)[0]
        file = f"{name.replace('#', '_')}.{FORMS[form]}"
        rows = content if isinstance(content, pl.DataFrame) else pl.DataFrame(content, infer_schema_length=None)
        write(rows, folder / file, form)
        lines = [f'layout = "{layout}"', f'path = "{file}"', f'form = "{form}"']
        lines += [f"{key} = {value}" for key, value in settings.items()]
        parts.append("[[register]]\n" + "\n".join(lines + _codes(layout)) + "\n")
    (folder / "source.toml").write_text("\n".join(parts), encoding="utf-8")
    return folder / "source.toml"


def write(rows: pl.DataFrame, file: Path, form: str) -> None:
    """One file, as the sender's program writes it: Danish dates and decimals in text."""
    if form == "parquet":
        rows.write_parquet(file)
    elif form == "excel":
        rows.write_excel(file)
    elif form == "sas":
        write_sas(rows, file, "register")
    else:
        danish = rows.with_columns(
            pl.col(pl.Date).dt.to_string("%d-%m-%Y"),
            pl.col(pl.Float64).cast(pl.String).str.replace(".", ",", literal=True),
        )
        danish.write_csv(file, separator=";")


def told(source: Path) -> Told:
    """Everything that the declared source tells; registers are read as in a run."""
    staging = source.parent / "staging"
    staging.mkdir()
    pseudonyms = Pseudonyms(b"a secret for these tests only", test_numbers_only=True)
    delivery = read_declared_source(read_configuration(source), pseudonyms, staging, Reference.load())
    assert delivery.reading is not None
    return Told(delivery.reading)


def read(folder: Path, registers: dict[str, list[Row] | pl.DataFrame], form: str = "parquet", **settings: str) -> Told:
    """Declared, written and read."""
    return told(declare(folder, registers, form, **settings))


def _codes(layout: str) -> list[str]:
    lines = []
    for variable, codes in CODES.get(layout, {}).items():
        lines += [f"[register.codes.{variable}]", *(f'"{code}" = "{word}"' for code, word in codes.items())]
    return lines
