"""Respondents who are asked after the opening: a municipality that was forgotten, a provider described since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.requests.actors import Actor
from pipelines.requests.opened import changing, today
from pipelines.requests.providers import profiles
from pipelines.requests.respondents import COUNTRY, RESPONDENTS, municipalities, providers


def ask_also(
    store: Path, request_id: str, respondent: str, *, actor: Actor, reference: Reference, on: date | None = None
) -> str:
    """Ask one more, with the deadline of all the others; gives its name. `on`: whose municipalities it is among.

    UserError for a code or an id that is none, and for one who is asked already.
    """
    with changing(store, request_id) as (opened, add):
        row = _found(store, respondent, reference, on or today())
        kind, name = row["respondent_kind"][0], str(row["name"][0])
        if opened.has(kind, respondent):
            raise UserError(f"{name} is asked already", to_do=f"See: roedtraad request status {request_id}")
        add("asked", actor, action="setting", respondent=respondent, row=row.row(0))
    return name


def _found(store: Path, respondent: str, reference: Reference, day: date) -> pl.DataFrame:
    offering = providers(profiles(store).to_dicts(), reference, day)
    everybody = pl.concat([municipalities(reference, day, COUNTRY), offering])
    row = everybody.filter(pl.col("respondent") == respondent).select(list(RESPONDENTS))
    if row.is_empty():
        raise UserError(
            f"{respondent} is no municipality on {day} and no provider of the store",
            to_do="Give the four digits of a municipality, or an id of: roedtraad request provider list",
        )
    return row
