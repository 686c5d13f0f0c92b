"""A request as tests open it: four municipalities of Funen and a provider are asked what is shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from dashboards.language import Words
from pipelines.definitions.reference import Reference
from pipelines.requests.actors import Actor
from pipelines.requests.answer_rules import Answer, Given, read_answer
from pipelines.requests.answers import Outcome, give
from pipelines.requests.declared import Request, load
from pipelines.requests.deviations import COUNTS
from pipelines.requests.opened import Opened, open_request, opened
from pipelines.requests.providers import Provider, describe, profiles
from pipelines.requests.respondents import municipalities, providers

DA = Words("da")
ME = Actor("somebody")
OPENED = date(2026, 6, 1)
IN_TIME, LATE = date(2026, 7, 31), date(2026, 8, 1)
"""The last day of the deadline (60 days), and the day after."""

NYBORG, ODENSE, SVENDBORG, LANGELAND = "0450", "0461", "0479", "0482"
CODES = (NYBORG, ODENSE, SVENDBORG, LANGELAND)
ID = "asked"
REQUEST: Request = load("pregnant_substance_use")
EVERYTHING: dict[str, Given] = {
    "pregnant": 12,
    "children": 8,
    "day_and_night": 5,
    "expected_development": "Stigende",
    "offers_used": "Døgnhuset; Ambulatoriet",
    "access": "Ja",
    "agreement": "Nej",
    "challenges": "For få pladser.",
    "solutions": "Et fælles tilbud.",
    "one_offer": "Ved ikke",
}
"""An answer to each required question of a municipality."""


def asked(folder: Path, *, kinds: tuple[str, ...] = ("municipality", "provider")) -> Opened:
    """Opened in an empty store in the folder."""
    store = folder / "store"
    store.mkdir(exist_ok=True)
    reference = Reference.load()
    describe(store, Provider("fyn", "Døgnhuset Fyn", "regional", ODENSE), actor=ME, reference=reference)
    of_funen = municipalities(reference, OPENED, "1083").filter(pl.col("respondent").is_in(CODES))
    everybody = pl.concat([of_funen, providers(profiles(store).to_dicts(), reference, OPENED)])
    who = everybody.filter(pl.col("respondent_kind").is_in(kinds))
    return open_request(store, REQUEST, who, actor=ME, on=OPENED, region_code="1083", request_id=ID)


def said(question: str, given: Given, reason: str | None = None, seen: int | None = None) -> Answer:
    return read_answer(REQUEST, REQUEST.question(question), given, reason, seen)


def given(
    made: Opened,
    code: str,
    *answers: Answer,
    by: str = "somebody",
    on: date = IN_TIME,
    counted: dict[str, int] | None = None,
) -> Outcome:
    who = ("provider" if code == "fyn" else "municipality", code)
    return give(made.store, made.id, who, answers, actor=Actor(by), how="page", received_on=on, counted=counted)


def again(made: Opened) -> Opened:
    """As it stands now."""
    return opened(made.store, made.id)


def counts(**told: int | None) -> pl.DataFrame:
    """Published counts of children by municipality (`m0450=8`); None is one that the gate has hidden."""
    rows = [
        (name[1:], "children", count, "number" if count is not None else "suppressed") for name, count in told.items()
    ]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")
