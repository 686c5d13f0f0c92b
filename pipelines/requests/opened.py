"""A request that is open: what is asked, of whom, since when, and everything that has happened since.

All of it is one file of lines in the store, in the order in which it happened. What was asked is copied into its first
line: a text that is edited afterwards changes no request that is open. Every change is in the audit log first.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from pipelines.append_only import Lines
from pipelines.disclosure.places_and_periods import A_FIRST_YEAR, PERIOD_OF_PLACES
from pipelines.errors import UserError, WrongUse
from pipelines.requests.actors import Actor, audited
from pipelines.requests.declared import ANSWERS, Request, assert_sound
from pipelines.requests.places import FOLDER, REFUSALS, assert_is_store
from pipelines.requests.respondents import RESPONDENTS

FILE = "log.jsonl"
ID = re.compile(r"[a-z][a-z0-9_-]{1,79}")
DANISH_CLOCK = ZoneInfo("Europe/Copenhagen")
PLACEHOLDER = "{period}"
"""In the text of a question: the years that the request is about."""


@dataclass(frozen=True)
class Opened:
    """A request as it stands. `region_code`: null when the country is asked; `period`: years, such as `2023-2025`;
    `key`: what its Excel forms are sealed with; `events`: what has happened since, the oldest first."""

    store: Path
    id: str
    request: Request
    opened_on: date
    opened_by: str
    region_code: str | None
    period: str
    key: str
    respondents: pl.DataFrame
    events: tuple[dict[str, Any], ...]

    @property
    def is_closed(self) -> bool:
        """Nothing more is answered."""
        return any(event["event"] == "closed" for event in self.events)

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """What has happened of these kinds, the oldest first."""
        return [event for event in self.events if event["event"] in kinds]

    def due(self, step_id: str) -> date:
        """The last day of a step: as it was moved last, else so many days after the opening."""
        moved = [date.fromisoformat(event["due"]) for event in self.of("moved") if event["step"] == step_id]
        days = {step.id: step.days for step in self.request.steps}[step_id]
        return moved[-1] if moved else self.opened_on + timedelta(days=days)

    @property
    def deadline(self) -> date:
        """The last day on which an answer is in time."""
        return self.due(ANSWERS)

    def has(self, kind: str, respondent: str) -> bool:
        """Whether somebody is asked."""
        asked = self.respondents.filter(pl.col("respondent_kind") == kind, pl.col("respondent") == respondent)
        return not asked.is_empty()

    def name_of(self, kind: str, respondent: str) -> str:
        """The name of a respondent; UserError for one who is not asked."""
        if not self.has(kind, respondent):
            raise UserError(
                f"{self.id} does not ask the {kind} {respondent}", to_do=f"See: roedtraad request status {self.id}"
            )
        asked = self.respondents.filter(pl.col("respondent_kind") == kind, pl.col("respondent") == respondent)
        return str(asked["name"][0])

    def asks(self, question_id: str, language: str) -> str:
        """The text of a question, with the years that it is about."""
        return self.request.question(question_id).text[language].replace(PLACEHOLDER, self.period)


def today() -> date:
    """In Denmark."""
    return datetime.now(DANISH_CLOCK).date()


def last_window(day: date) -> str:
    """The last three whole years that municipalities are counted in before the day, as published: `2023-2025`."""
    last = day.year - 1
    end = last - (last - A_FIRST_YEAR + 1) % PERIOD_OF_PLACES
    return f"{end - PERIOD_OF_PLACES + 1}-{end}"


def open_request(
    store: Path,
    request: Request,
    respondents: pl.DataFrame,
    *,
    actor: Actor,
    on: date,
    region_code: str | None = None,
    request_id: str | None = None,
    period: str | None = None,
    now: datetime | None = None,
) -> Opened:
    """Ask (respondents: columns RESPONDENTS). WrongUse when nobody is asked or the id is taken or none."""
    assert_is_store(store)
    assert_sound(request, request.id)
    name = request_id or f"{request.id}-{region_code or 'dk'}-{on.year}".lower()
    if ID.fullmatch(name) is None:
        raise WrongUse(f"{name} cannot be the id of a request", to_do="Small letters, digits, - and _ alone.")
    if respondents.is_empty():
        raise WrongUse("Nobody is asked", to_do="Name a region or a provider.")
    told = {
        "event": "opened",
        "by": actor.who,
        "at": _moment(now),
        "on": on,
        "request": msgspec.to_builtins(request),
        "region_code": region_code,
        "period": period or last_window(on),
        "key": secrets.token_hex(32),
        "respondents": respondents.select(list(RESPONDENTS)).rows(),
    }
    (store / FOLDER).mkdir(mode=0o700, exist_ok=True)
    lines = _lines(store, name)
    with lines.alone():
        if any(True for _ in lines.read()):
            raise WrongUse(f"A request named {name} is there already", to_do="Give another name with --id.")
        audited(store, actor, "setting", f"request:{name}:opened", rows=respondents.height)
        lines.append(told)
    return opened(store, name)


def ids(store: Path) -> list[str]:
    """Every request of a store; a folder that is none of ours is left out."""
    found = (each.parent.name for each in (store / FOLDER).glob(f"*/{FILE}"))
    return sorted(name for name in found if ID.fullmatch(name) and any(True for _ in _lines(store, name).read()))


def all_opened(store: Path) -> list[Opened]:
    """Every request, the one opened last first."""
    return sorted(
        (opened(store, name) for name in ids(store)), key=lambda each: (each.opened_on, each.id), reverse=True
    )


def opened(store: Path, request_id: str) -> Opened:
    """A request as it stands; UserError for an id that is none."""
    told = list(_lines(store, request_id).read()) if ID.fullmatch(request_id) else []
    if not told:
        known = ", ".join(ids(store)) or "none is open"
        raise UserError("There is no such request in the store", to_do=f"Known: {known}.")
    first, *events = told
    return Opened(
        store,
        request_id,
        msgspec.convert(first["request"], Request),
        date.fromisoformat(first["on"]),
        first["by"],
        first["region_code"],
        first["period"],
        first["key"],
        _asked(first["respondents"], events),
        tuple(events),
    )


def _asked(at_opening: list[list[str]], events: list[dict[str, Any]]) -> pl.DataFrame:
    """Municipalities, then providers, by name; those who were asked later too."""
    later = [event["row"] for event in events if event["event"] == "asked"]
    rows = pl.DataFrame([*at_opening, *later], schema=RESPONDENTS, orient="row")
    return rows.sort("respondent_kind", "name", maintain_order=True) if later else rows


@contextmanager
def changing(store: Path, request_id: str) -> Iterator[tuple[Opened, Callable[..., None]]]:
    """The request as it stands while nobody else writes, and what adds one event to it, the audit log first.

    WrongUse for one that is closed.
    """
    opened(store, request_id)
    lines = _lines(store, request_id)
    with lines.alone():
        state = opened(store, request_id)
        if state.is_closed:
            raise WrongUse("The request is closed", where=request_id, to_do="Nothing more is changed in it.")

        def add(event: str, actor: Actor, *, action: str, now: datetime | None = None, **told: Any) -> None:
            what = f"request:{request_id}:{event}"
            audited(store, actor, action, what, rows=len(told.get("answers", ())) or None, why=told.get("respondent"))
            lines.append({"event": event, "by": actor.who, "at": _moment(now)} | told)

        yield state, add


def close(store: Path, request_id: str, *, actor: Actor) -> None:
    """Nothing more is answered or approved; all that was stays."""
    with changing(store, request_id) as (_, add):
        add("closed", actor, action="setting")


def _lines(store: Path, request_id: str) -> Lines:
    return Lines(store / FOLDER / request_id / FILE, REFUSALS)


def _moment(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
