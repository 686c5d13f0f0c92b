"""Diagnoses on the code list, from the birth register and both editions of the national patient register."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.definitions.contract import IDENTITY_FAULT, ROW, SOURCE
from pipelines.sources.registers.births import Newborns
from pipelines.sources.registers.codes import is_unmapped
from pipelines.sources.registers.narrowing import on_the_code_list, with_keys
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.register import Register, person

DIAGNOSIS = ["person_id", "sks_code", "diagnosed_date", "is_refuted"]
PERSON_FAULT = IDENTITY_FAULT + "person_id"
DATED = [*DIAGNOSIS, PERSON_FAULT, SOURCE, ROW]


@dataclass(frozen=True)
class DiagnosisTable:
    """A table of diagnoses and the variables that tell its codes, their kind, refutation, and the key of the parent."""

    layout: str
    key: str
    codes: tuple[str, ...]
    kind: str
    refuted: str | None


@dataclass(frozen=True)
class ContactTable:
    """The table that knows whose contact it was and when it began."""

    layout: str
    started: str


PATIENT_REGISTERS = (
    (
        DiagnosisTable("LPR_A_DIAGNOSE", "DW_EK_KONTAKT", ("DIAG_KODE",), "DIAG_KODE_TYPE", "SENERE_AFKRAEFTET"),
        ContactTable("LPR_A_KONTAKT", "KONT_STARTTIDSPUNKT"),
    ),
    (
        DiagnosisTable("LPR_DIAG", "RECNUM", ("C_DIAG", "C_TILDIAG"), "C_DIAGTYPE", None),
        ContactTable("LPR_ADM", "D_INDDTO"),
    ),
)
BIRTH_REGISTERS = (
    (
        DiagnosisTable("MFR_BARN_DIAGNOSER", "DW_EK_NYFOEDT", ("DIAGNOSEKODE",), "DIAGNOSETYPE", "SENEREAFKRAEFTET"),
        "child_id",
    ),
    (
        DiagnosisTable("MFR_MOR_DIAGNOSER", "DW_EK_FOEDSEL", ("DIAGNOSEKODE",), "DIAGNOSETYPE", "SENEREAFKRAEFTET"),
        "mother_id",
    ),
)


def read_diagnoses(registers: Registers, newborns: Newborns | None) -> None:
    """All diagnoses together: one that is told several times of a day stands if any registration of it stands."""
    found = [
        _with_contacts(registers, diagnoses, contacts)
        for diagnoses, contacts in PATIENT_REGISTERS
        if registers.has(diagnoses.layout)
    ]
    if newborns:
        found += [
            _with_newborns(registers, diagnoses, newborns, who)
            for diagnoses, who in BIRTH_REGISTERS
            if registers.has(diagnoses.layout)
        ]
    if found:
        rows = pl.concat(one.select(DATED) for one in found)
        is_refuted = pl.when(pl.col("person_id").is_not_null()).then(
            (pl.col("is_refuted") == "true").all().over("person_id", "sks_code", "diagnosed_date")
        )
        told = pl.coalesce(is_refuted.cast(pl.String), "is_refuted")
        registers.reading.hand_on("diagnoses", rows.with_columns(told.alias("is_refuted")))


def sks(code: pl.Expr) -> pl.Expr:
    """A diagnosis as SKS writes it: capitals, no dots, and D before a bare ICD-10 code."""
    plain = code.str.replace_all(r"[.\s]", "").str.to_uppercase()
    return pl.when(plain.str.contains(r"^[A-Z]\d")).then("D" + plain).otherwise(plain)


def _with_contacts(registers: Registers, diagnoses: DiagnosisTable, contacts: ContactTable) -> pl.DataFrame:
    register = _on_the_list(registers, diagnoses)
    keys = register.rows.get_column(diagnoses.key).drop_nulls().unique()
    theirs = registers.read(contacts.layout, with_keys(diagnoses.key, keys)).rows.select(
        diagnoses.key, *person("PNR", "person_id"), pl.col(contacts.started).alias("diagnosed_date")
    )
    return _joined(register, diagnoses, theirs)


def _with_newborns(registers: Registers, diagnoses: DiagnosisTable, newborns: Newborns, who: str) -> pl.DataFrame:
    """The newborn or its mother, from the birth register; the day is that of the contact."""
    register = _on_the_list(registers, diagnoses)
    parents = newborns.every.select(
        diagnoses.key, pl.col(who).alias("person_id"), pl.col(IDENTITY_FAULT + who).alias(PERSON_FAULT)
    )
    return _joined(register, diagnoses, parents).with_columns(pl.col("STARTDATO_KONTAKT").alias("diagnosed_date"))


def _on_the_list(registers: Registers, diagnoses: DiagnosisTable) -> Register:
    """Rows of a table of diagnoses that are diagnoses (a referral is none) and on the code list."""
    prefixes = registers.reading.reference.exposure_codes["prefix"].to_list()
    register = registers.read(diagnoses.layout, on_the_code_list(prefixes, *diagnoses.codes))
    register.rows = register.rows.with_columns(
        _listed(register.rows.get_column(code), prefixes) for code in diagnoses.codes
    )
    register.leave_out(pl.all_horizontal(pl.col(code).is_null() for code in diagnoses.codes))
    register.set_aside_unknown_codes("diagnoses", diagnoses.kind)
    register.leave_out(pl.col(diagnoses.kind) == "referral")
    if diagnoses.refuted:
        register.set_aside(is_unmapped(diagnoses.refuted), "diagnoses", "unmapped_code", diagnoses.refuted)
    return register


def _listed(codes: pl.Series, prefixes: list[str]) -> pl.Series:
    """As SKS writes them where they are on the code list, else null. Each different code is looked at once."""
    different = codes.drop_nulls().unique()
    found = different.to_frame("written").with_columns(sks(pl.col("written")).alias("sks"))
    found = found.filter(pl.any_horizontal(pl.col("sks").str.starts_with(prefix) for prefix in prefixes))
    return codes.replace_strict(found["written"], found["sks"], default=None, return_dtype=pl.String)


def _each_once(parents: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row per key, with `_is_contradicted`. Few keys come again, so only those are compared in full."""
    again = pl.col(key).is_duplicated()
    repeated = parents.filter(again).unique().with_columns(again.alias("_is_contradicted")).unique(key)
    single = parents.filter(~again).with_columns(pl.lit(value=False).alias("_is_contradicted"))
    return pl.concat([single, repeated])


def _joined(register: Register, diagnoses: DiagnosisTable, parents: pl.DataFrame) -> pl.DataFrame:
    """One row per code. A parent that is not there, or is there with two contents, makes the row a fault."""
    once = _each_once(parents, diagnoses.key)
    register.rows = register.rows.join(once, on=diagnoses.key, how="left", maintain_order="left")
    register.set_aside(pl.col("_is_contradicted").is_null(), "diagnoses", "reference", "person_id")
    register.set_aside(pl.col("_is_contradicted"), "diagnoses", "key", "person_id")
    rows = register.rows
    refuted = pl.col(diagnoses.refuted).fill_null("false") if diagnoses.refuted else pl.lit("false")
    return pl.concat(
        rows.filter(pl.col(code).is_not_null()).with_columns(
            pl.col(code).alias("sks_code"), refuted.alias("is_refuted")
        )
        for code in diagnoses.codes
    )
