"""Conformance: which rows keep the contract, and which rule each of the others breaks first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

import polars as pl

from pipelines.definitions import contract, enumerations
from pipelines.definitions.contract import IDENTITY_FAULT, Column, Table
from pipelines.definitions.reference import Reference

FAULTS = "_faults"
KNOWN_SUFFIX = "_is_known"
MIDNIGHT = time(0)
PERSON_NUMBER = (
    r"(?i)^\s*(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}\s*-?\s*(?:[0-9]{4}|[01567][A-Z]{2}[0-9])\s*$"
)


@dataclass(frozen=True)
class Rule:
    """One way to break the contract: its name, the column at fault, and the expression that is true when broken."""

    name: str
    column: str
    broken: pl.Expr

    @property
    def label(self) -> str:
        """As written in quarantine: `rule:column`."""
        return f"{self.name}:{self.column}"


def parsed(column: Column, delivered: pl.DataType) -> pl.Expr:
    """The value in the contract's type; null where it cannot be read. Empty text is null (unknown)."""
    value = pl.col(column.name)
    if delivered == pl.String():
        text = pl.when(value != "").then(value)
        return _read_text(column, text)
    if isinstance(delivered, pl.Datetime):
        return _in_calendar(pl.when(value.dt.time() == MIDNIGHT).then(value.dt.date()))
    if isinstance(column.dtype, pl.Date):
        return _in_calendar(value.cast(pl.Date, strict=False))
    if isinstance(column.dtype, pl.Float64):
        number = value.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    if isinstance(column.dtype, pl.Int64) and delivered.is_float():
        return pl.when(value == value.floor()).then(value.cast(pl.Int64, strict=False))
    return value.cast(column.dtype, strict=False)


def looks_like_a_number(value: pl.Expr) -> pl.Expr:
    """A person's number where a pseudonym belongs; blanks, hyphen and small letters do not hide it."""
    return value.is_not_null() & value.str.contains(PERSON_NUMBER).fill_null(value=False)


def _read_text(column: Column, text: pl.Expr) -> pl.Expr:
    if isinstance(column.dtype, pl.Date):
        return _in_calendar(pl.when(text.str.len_chars() == 10).then(text.str.to_date("%Y-%m-%d", strict=False)))
    if isinstance(column.dtype, pl.Boolean):
        lower = text.str.to_lowercase()
        return pl.when(lower == "true").then(True).when(lower == "false").then(False)
    if isinstance(column.dtype, pl.Float64):
        number = text.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    return text.cast(column.dtype, strict=False)


def _in_calendar(value: pl.Expr) -> pl.Expr:
    earliest = pl.lit(contract.EARLIEST_DATE).str.to_date("%Y-%m-%d")
    latest = pl.lit(contract.LATEST_DATE).str.to_date("%Y-%m-%d")
    return pl.when(value.is_between(earliest, latest)).then(value)


def given(column: Column, delivered: pl.DataType) -> pl.Expr:
    """True where the sender wrote something. NaN is how some senders write nothing."""
    value = pl.col(column.name)
    if delivered == pl.String():
        return value.is_not_null() & (value != "")
    if delivered.is_float():
        return value.is_not_null() & value.is_not_nan()
    return value.is_not_null()


def rules_of(table: Table, delivered: Mapping[str, pl.DataType], reference: Reference) -> list[Rule]:
    """All rules of a table in the order in which a row is judged: identity, type, required, list, reference, row.

    References to other tables read the flags `<column>_is_known` that `with_known_references` joins on.
    """
    listed = {
        "municipalities": reference.municipality_codes,
        "services": reference.services["service"].to_list(),
    }
    rules = []
    for column in table.columns:
        value, was_given = parsed(column, delivered[column.name]), given(column, delivered[column.name])
        if IDENTITY_FAULT + column.name in delivered:
            rules.append(Rule("identity", column.name, pl.col(IDENTITY_FAULT + column.name).is_not_null()))
        elif column.identifier == "person" and column.references is None:
            rules.append(Rule("identity", column.name, looks_like_a_number(value)))
        rules.append(Rule("type", column.name, was_given & value.is_null()))
        if not column.optional:
            rules.append(Rule("required", column.name, ~was_given))
        if column.allowed:
            rules.append(Rule("enumeration", column.name, value.is_not_null() & ~_is_one_of(value, column.allowed)))
        if column.lowest is not None:
            rules.append(Rule("enumeration", column.name, ~value.is_between(column.lowest, column.highest)))
        if column.references in listed:
            known = _is_one_of(value, listed[column.references])
            rules.append(Rule("reference", column.name, value.is_not_null() & ~known))
        elif column.references:
            rules.append(Rule("reference", column.name, was_given & ~pl.col(column.name + KNOWN_SUFFIX)))
    return rules + _rules_of_the_row(table, delivered, reference)


def _is_one_of(value: pl.Expr, codes: tuple[str, ...] | list[str]) -> pl.Expr:
    return value.cast(pl.Enum(codes), strict=False).is_not_null()


def _rules_of_the_row(table: Table, delivered: Mapping[str, pl.DataType], reference: Reference) -> list[Rule]:
    rules = []
    if table.at_least_one_of:
        nobody = pl.all_horizontal(~given(table.column(name), delivered[name]) for name in table.at_least_one_of)
        rules.append(Rule("at_least_one", "+".join(table.at_least_one_of), nobody))
    if table.ends_after:
        start, end = (parsed(table.column(name), delivered[name]) for name in table.ends_after)
        rules.append(Rule("ends_before_it_begins", table.ends_after[1], (end <= start).fill_null(value=False)))
    if table.pair_in_schedule:
        programme, contact_code = (parsed(table.column(name), delivered[name]) for name in table.pair_in_schedule)
        pairs = reference.schedule.select(pl.concat_str(table.pair_in_schedule, separator=":")).to_series()
        known = _is_one_of(pl.concat_str(programme, pl.lit(":"), contact_code), pairs.to_list())
        is_programme = _is_one_of(programme, enumerations.PROGRAMMES)
        broken = is_programme & contact_code.is_not_null() & ~known
        rules.append(Rule("reference", table.pair_in_schedule[1], broken))
    return rules


def with_known_references(
    rows: pl.LazyFrame, table: Table, known: Mapping[str, pl.LazyFrame], surrogate_of: Mapping[str, pl.Expr]
) -> pl.LazyFrame:
    """Joins a flag for each reference to another table: is the row's target among its accepted rows?

    `known` gives for `children` and `pregnancies` one column `id` of accepted surrogates.
    """
    for column in table.columns:
        if column.references is None or column.references not in known:
            continue
        flag = column.name + KNOWN_SUFFIX
        targets = known[column.references].select(pl.col("id").alias("_target"), pl.lit(value=True).alias(flag))
        rows = (
            rows.with_columns(surrogate_of[column.name].alias("_target"))
            .join(targets, on="_target", how="left")
            .with_columns(pl.col(flag).fill_null(value=False))
            .drop("_target")
        )
    return rows


def judged(rows: pl.LazyFrame, rules: list[Rule]) -> pl.LazyFrame:
    """Adds `_faults`: the labels of all broken rules, joined by `;` in the order of judgement, null when none is."""
    labels = [pl.when(rule.broken).then(pl.lit(rule.label)) for rule in rules]
    faults = pl.concat_str(labels, separator=";", ignore_nulls=True)
    return rows.with_columns(pl.when(pl.any_horizontal(rule.broken for rule in rules)).then(faults).alias(FAULTS))


def accepted(rows: pl.LazyFrame, table: Table, rules: list[Rule], delivered: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """The rows that break no rule, with the contract's columns and types, identifiers still as text."""
    broken = pl.any_horizontal(rule.broken for rule in rules).fill_null(value=False)
    return rows.filter(~broken).select(
        parsed(column, delivered[column.name]).alias(column.name) for column in table.columns
    )
