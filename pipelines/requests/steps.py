"""The steps of a request with their days, and the forums that approve the reply, one after the other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from pipelines.errors import WrongUse
from pipelines.requests.actors import Actor
from pipelines.requests.answer_rules import LONGEST_REASON, sayable
from pipelines.requests.declared import DRAFT, Step
from pipelines.requests.opened import Opened, changing, today

Decided = Literal["approved", "sent_back"]
DECISIONS: tuple[Decided, ...] = get_args(Decided)
StepState = Literal["waiting", "open", "overdue", "approved", "sent_back", "drafted", "plain"]
STEP_STATES: tuple[StepState, ...] = get_args(StepState)
"""Of a forum: those before it have not approved; it is its turn; its turn, and the day is past; what it has decided.
`drafted`: the reply has been drafted; `plain`: another step that no forum decides."""

STEPS: dict[str, pl.DataType] = {
    "step": pl.String(),
    "title_da": pl.String(),
    "title_en": pl.String(),
    "due": pl.Date(),
    "approves": pl.Boolean(),
    "after": pl.List(pl.String()),
    "state": pl.Enum(STEP_STATES),
    "decided_by": pl.String(),
    "decided_on": pl.Date(),
    "note": pl.String(),
}
"""One row per step, in the order in which they are declared."""


def steps(opened: Opened, day: date) -> pl.DataFrame:
    """Every step as it stands on a day (columns STEPS)."""
    last = _last(opened)
    rows = [_row(opened, step, last, day) for step in opened.request.steps]
    return pl.DataFrame(rows, schema=STEPS, orient="row")


def decide(
    store: Path,
    request_id: str,
    step_id: str,
    decision: Decided,
    *,
    actor: Actor,
    note: str = "",
    on: date | None = None,
) -> None:
    """A forum approves the reply or sends it back; what came after it waits again then.

    WrongUse for a step that is no forum's, for one whose turn it is not, and for a day before its turn had come.
    """
    told = sayable(note, LONGEST_REASON)
    with changing(store, request_id) as (opened, add):
        step = _forum(opened, step_id)
        last = _last(opened)
        if waiting := [name for name in step.after if not _is_done(opened, name, last)]:
            raise WrongUse(
                f"It is not the turn of {step_id}",
                where=f"before it: {', '.join(waiting)}",
                to_do=_before(opened, waiting),
            )
        if later := _approved_after(opened, step_id, last):
            raise WrongUse(
                f"{step_id} cannot be decided anew",
                where=f"approved since: {', '.join(later)}",
                to_do="Begin with the last.",
            )
        day = on or today()
        before = [date.fromisoformat(last[name]["on"]) for name in step.after if name in last and name != DRAFT]
        first = max([opened.opened_on, *before])
        if not first <= day <= max(today(), first):
            raise WrongUse(f"{step_id} cannot have decided on {day}", to_do=f"From {first} until today.")
        add("decided", actor, action="approved", step=step_id, decision=decision, on=day, note=told)


def drafted(store: Path, request_id: str, *, actor: Actor, on: date | None = None) -> None:
    """The reply has been drafted, for the first time or anew: the first forum has its turn."""
    with changing(store, request_id) as (_, add):
        add("drafted", actor, action="setting", step=DRAFT, on=on or today())


def move(store: Path, request_id: str, step_id: str, due: date, *, actor: Actor) -> None:
    """Another last day for a step; WrongUse for a day before the opening or a step that is none."""
    with changing(store, request_id) as (opened, add):
        if step_id not in {step.id for step in opened.request.steps}:
            raise WrongUse(f"{step_id} is no step", to_do=f"One of: {', '.join(s.id for s in opened.request.steps)}.")
        if due < opened.opened_on:
            raise WrongUse(f"{due} is before the opening", to_do=f"Give a day from {opened.opened_on} on.")
        add("moved", actor, action="setting", step=step_id, due=due)


def _row(opened: Opened, step: Step, last: dict[str, dict[str, Any]], day: date) -> tuple[Any, ...]:
    told, due = last.get(step.id, {}), opened.due(step.id)
    by, on = told.get("by"), told.get("on") and date.fromisoformat(told["on"])
    named = (step.id, step.title.da, step.title.en, due, step.approves, list(step.after))
    return (*named, _state(opened, step, last, day), by, on, told.get("note"))


def _state(opened: Opened, step: Step, last: dict[str, dict[str, Any]], day: date) -> StepState:
    if not step.approves:
        return "drafted" if step.id in last else "plain"
    if step.id in last:
        decision: Decided = last[step.id]["decision"]
        return decision
    if not all(_is_done(opened, name, last) for name in step.after):
        return "waiting"
    return "overdue" if day > opened.due(step.id) else "open"


def _is_done(opened: Opened, step_id: str, last: dict[str, dict[str, Any]]) -> bool:
    """Nobody approves what is not drafted; another step that no forum decides stands in nobody's way."""
    step = next(each for each in opened.request.steps if each.id == step_id)
    if step_id == DRAFT:
        return DRAFT in last
    return not step.approves or last.get(step_id, {}).get("decision") == "approved"


def _before(opened: Opened, waiting: list[str]) -> str:
    return f"First: roedtraad reply draft {opened.id}" if DRAFT in waiting else "Wait."


def _approved_after(opened: Opened, step_id: str, last: dict[str, dict[str, Any]]) -> list[str]:
    later = [step.id for step in opened.request.steps if step_id in step.after]
    return [name for name in later if last.get(name, {}).get("decision") == "approved"]


def _last(opened: Opened) -> dict[str, dict[str, Any]]:
    """What each forum has decided last, and the last draft."""
    return {event["step"]: event for event in opened.of("decided", "drafted")}


def _forum(opened: Opened, step_id: str) -> Step:
    found = [step for step in opened.request.approvals if step.id == step_id]
    if not found:
        raise WrongUse(
            f"{step_id} is no forum that approves",
            to_do=f"One of: {', '.join(s.id for s in opened.request.approvals)}.",
        )
    return found[0]
