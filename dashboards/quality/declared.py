"""The declared checks by id, and their words in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Literal

from checks.declared import Check
from checks.faults import Fault
from dashboards.language import Words
from pipelines.definitions.rewording import reworded

AS_DELIVERED = "_delivered"
"""Ends the name of a frame of all rows that came, those set aside included."""

Part = Literal["claim", "supplier", "reader"]


@cache
def declared() -> dict[str, Check]:
    """All checks of the catalogue, in its order."""
    from checks.catalogue import CATALOGUE

    return {check.id: check for check in CATALOGUE}


def said(check_id: str, part: Part, words: Words) -> str:
    """The claim, what the supplier must do, or what a reader must know; the id of a check that is declared no more."""
    check = declared().get(check_id)
    return check_id if check is None else reworded(str(getattr(check, f"{part}_{words.language}")), words.language)


def fault_in_words(error: str | None, words: Words, detail: str | None = None) -> str:
    """Why a check could not be calculated, and what to do; `detail` stands for what is English in any language."""
    fault = Fault.of(error or "")
    if fault is None:
        return words("fault.other")
    told = fault.detail if detail is None else detail
    return words(f"fault.{fault.code}", table=table_name(fault.frame, words), detail=told)


def unit_of(frame: str, words: Words) -> str:
    """What a row of the frame is: files, months, municipalities; rows where the frame has nothing better."""
    key = f"unit.{frame}"
    return words(key if words.known(key) else "unit.row")


def table_name(name: str, words: Words) -> str:
    """A table or delivery in the reader's words; the sender's own name where we have none."""
    table = name.removesuffix(AS_DELIVERED)
    if table != name:
        return words("rows_of.delivered", table=table_name(table, words))
    return words(f"rows_of.{name}") if words.known(f"rows_of.{name}") else name
