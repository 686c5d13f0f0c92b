"""The first sentences of the pages about data quality, made from figures by rules (already markup)."""

from __future__ import annotations

from html import escape

import polars as pl

from dashboards.language import Words
from dashboards.quality.accounts import Account
from dashboards.quality.declared import fault_in_words, unit_of
from dashboards.quality.months import Completeness
from dashboards.quality.statuses import failing_critical, number_of


def of_rows(accounts: list[Account], words: Words, *, adds_up: bool) -> str:
    """Whether every row is accounted for, and what was set aside: a number of one's own rows, else deliveries."""
    first = words("quality.adds_up" if adds_up else "quality.does_not_add_up")
    return f"{escape(first)} {_set_aside(accounts, words)}"


def _set_aside(accounts: list[Account], words: Words) -> str:
    own = [account for account in accounts if account.sums]
    if own:
        rows = sum(count for account in own for told in account.sums for part, count in told.parts if _is_aside(part))
        return words("quality.own_set_aside", rows=_bold(words, rows)) if rows else words("quality.own_none_set_aside")
    number = sum(account.has_set_aside for account in accounts)
    key = "quality.some_set_aside" if number else "quality.none_set_aside"
    return words(key, number=_bold(words, number), all=words.number(len(accounts)))


def _is_aside(part: str) -> bool:
    return part in {"quarantined", "faulty"}


def of_months(months: Completeness, words: Words) -> str:
    """How many months lack their report."""
    if not months.expected:
        return words("quality.no_months")
    if not months.missing and not months.declared:
        return words("quality.months_complete")
    share = f"<b>{words.percent(months.share or 0.0)}</b>"
    lacking = words.number(months.missing + months.declared)
    return words("quality.months_lacking", share=share, lacking=lacking)


def of_checks(checks: pl.DataFrame, words: Words) -> str:
    """How many checks have failed, and whether figures can be used."""
    numbers = number_of(checks)
    bad = numbers["failed"] + numbers["error"]
    judged = numbers["all"] - numbers["not_applicable"]
    if not bad:
        key = "quality.checks_well" if judged else "quality.checks_nothing"
        return words(key, judged=words.number(judged), all=words.number(numbers["all"]))
    critical = failing_critical(checks)
    key = "quality.checks_critical" if critical else "quality.checks_failed"
    return words(key, bad=_bold(words, bad), all=words.number(numbers["all"]), critical=words.number(critical))


def of_check(row: dict[str, object], words: Words, place: str, threshold: str) -> str:
    """One check in the reader's place, with its count where it may be shown."""
    status, unit = str(row["status"]), unit_of(str(row["frame"]), words)
    failing, applicable = row["failing"], row["applicable"]
    if status != "error" and isinstance(failing, int) and isinstance(applicable, int) and applicable:
        numbers = {"failing": _bold(words, failing), "applicable": words.number(applicable)}
        told = words(
            "check.counted", place=escape(place), **numbers, unit=unit, share=words.percent(failing / applicable)
        )
        return f"{escape(words(f'check.{status}', unit=unit))} {told} {escape(threshold)}"
    why = [fault_in_words(str(row["error"]), words)] if status == "error" else []
    return escape(" ".join([words(f"check.{status}", unit=unit), *why]))


def _bold(words: Words, number: int) -> str:
    return f"<b>{words.number(number)}</b>"
