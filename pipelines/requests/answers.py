"""Answers to a request: only ever added. Two editors at once lose nothing, and the later one is told what stands.

An answer is written upon the revision that its editor saw. Where another stands by then, the new one is kept in the
history beside it and does not stand until somebody who has seen both gives it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from pipelines.errors import WrongUse
from pipelines.requests.actors import Actor
from pipelines.requests.answer_rules import LONGEST_REASON, Answer, NotAnAnswer, assert_reason, sayable
from pipelines.requests.opened import Opened, changing, today

How = Literal["page", "form", "command"]
ANSWERS: dict[str, pl.DataType] = {
    "respondent_kind": pl.String(),
    "respondent": pl.String(),
    "question_id": pl.String(),
    "value": pl.Float64(),
    "text": pl.String(),
    "reason": pl.String(),
    "counted": pl.Int64(),
    "answered_by": pl.String(),
    "answered_at": pl.Datetime("us", "UTC"),
    "received_on": pl.Date(),
    "is_late": pl.Boolean(),
    "revision": pl.Int64(),
    "stands": pl.Boolean(),
    "how": pl.String(),
}
"""One row per answer that was ever given, in order. `value`: of kinds of number (percent of a share), else null;
`text`: of the others (a code of a choice; `yes`, `no`, `unknown`; items with `; ` between); both null takes an answer
away. `counted`: the published count then; `revision`: 1, 2, ... of a respondent's question; `stands`: false for one
that met another revision than its editor had seen, and was not given again."""

OF_A_QUESTION = ("respondent_kind", "respondent", "question_id")


@dataclass(frozen=True)
class Clash:
    """An answer that met another one: what stands, by whom."""

    question_id: str
    value: float | None
    text: str | None
    by: str
    revision: int


@dataclass(frozen=True)
class Outcome:
    """What became of answers: ids of questions whose answer stands now, of those that said nothing new, and clashes."""

    stored: tuple[str, ...]
    unchanged: tuple[str, ...]
    clashes: tuple[Clash, ...]
    is_late: bool


def history(opened: Opened) -> pl.DataFrame:
    """Everything that was ever answered (columns ANSWERS), the oldest first."""
    rows = [_row(event, answer) for event in opened.of("answered") for answer in event["answers"]]
    return pl.DataFrame(rows, schema=ANSWERS, orient="row")


def answers(opened: Opened, *, with_withdrawn: bool = False) -> pl.DataFrame:
    """The answers that stand (columns ANSWERS): the last of each question, without those of who has withdrawn."""
    stands = history(opened).filter("stands").unique(list(OF_A_QUESTION), keep="last", maintain_order=True)
    told = stands.filter(pl.col("value").is_not_null() | pl.col("text").is_not_null())
    if with_withdrawn:
        return told
    gone = [f"{kind}:{respondent}" for kind, respondent in withdrawn(opened)]
    return told.filter(~pl.concat_str("respondent_kind", "respondent", separator=":").is_in(gone))


def revisions(opened: Opened, kind: str, respondent: str) -> dict[str, int]:
    """By question: the revision that stands, 0 for one that nobody has answered."""
    seen = _standing(_past(opened, kind, respondent))
    return {each.id: seen.get(each.id, {}).get("revision", 0) for each in opened.request.of(kind)}


def give(
    store: Path,
    request_id: str,
    respondent: tuple[str, str],
    given: Sequence[Answer],
    *,
    actor: Actor,
    how: How,
    counted: Mapping[str, int] | None = None,
    received_on: date | None = None,
    now: datetime | None = None,
) -> Outcome:
    """Answer, all at once or not at all. `respondent`: its kind and code; `counted`: by question, the published count.

    WrongUse for a question that is not theirs, for one who has withdrawn, for a day before the opening or after today;
    NotAnAnswer for another number than the count without a reason. An answer after the deadline is kept and marked.
    """
    counts, (kind, code) = counted or {}, respondent
    with changing(store, request_id) as (opened, add):
        _assert_may_answer(opened, kind, code, given)
        on = _received(opened, received_on)
        past = _past(opened, kind, code)
        standing = _standing(past)
        told = [_judged(answer, standing.get(answer.question_id), counts) for answer in given]
        new = [each for each in told if each is not None]
        is_late = on > opened.deadline
        if new:
            add(
                "answered",
                actor,
                action="decided",
                now=now,
                respondent_kind=kind,
                respondent=code,
                how=how,
                received_on=on,
                is_late=is_late,
                answers=[[*each, past.filter(question_id=each[0]).height + 1] for each in new],
            )
    clashes = tuple(_clash(each[0], standing[each[0]]) for each in new if not each[-1])
    stored = tuple(each[0] for each in new if each[-1])
    changed = {each[0] for each in new}
    return Outcome(stored, tuple(a.question_id for a in given if a.question_id not in changed), clashes, is_late)


def withdraw(store: Path, request_id: str, respondent: tuple[str, str], reason: str, *, actor: Actor) -> None:
    """A respondent answers no more, or declined from the beginning; what was answered is kept, and counts no more."""
    _stay(store, request_id, respondent, reason, actor, "withdrew")


def resume(store: Path, request_id: str, respondent: tuple[str, str], reason: str, *, actor: Actor) -> None:
    """Who had withdrawn answers again; what was answered before counts again."""
    _stay(store, request_id, respondent, reason, actor, "resumed")


def withdrawn(opened: Opened) -> dict[tuple[str, str], str]:
    """Who has withdrawn, with the reason."""
    told: dict[tuple[str, str], str] = {}
    for event in opened.of("withdrew", "resumed"):
        told.pop((event["respondent_kind"], event["respondent"]), None)
        if event["event"] == "withdrew":
            told[(event["respondent_kind"], event["respondent"])] = event["reason"]
    return told


def _stay(store: Path, request_id: str, respondent: tuple[str, str], reason: str, actor: Actor, event: str) -> None:
    why = sayable(reason, LONGEST_REASON)
    if why is None:
        raise NotAnAnswer("no_reason", "No reason is given", "Write why, in a few words.")
    kind, code = respondent
    with changing(store, request_id) as (opened, add):
        name = opened.name_of(kind, code)
        if (event == "withdrew") == (respondent in withdrawn(opened)):
            raise WrongUse(f"{name} {'has withdrawn already' if event == 'withdrew' else 'has not withdrawn'}")
        add(event, actor, action="decided", respondent_kind=kind, respondent=code, reason=why)


def _assert_may_answer(opened: Opened, kind: str, code: str, given: Sequence[Answer]) -> None:
    name = opened.name_of(kind, code)
    known = {question.id for question in opened.request.of(kind)}
    if unknown := sorted({answer.question_id for answer in given} - known):
        raise WrongUse(
            f"{', '.join(unknown)} is no question to a {kind}", to_do=f"They are: {', '.join(sorted(known))}."
        )
    if len({answer.question_id for answer in given}) < len(given):
        raise WrongUse("A question is answered twice at once", to_do="Answer it once.")
    if (kind, code) in withdrawn(opened):
        raise WrongUse(f"{name} has withdrawn", to_do=f"First: roedtraad request withdraw {opened.id} {code} --undo")


def _received(opened: Opened, day: date | None) -> date:
    on = day or today()
    if not opened.opened_on <= on <= max(today(), opened.opened_on):
        raise WrongUse(f"An answer cannot have come on {on}", to_do=f"Give a day from {opened.opened_on} until today.")
    return on


def _judged(answer: Answer, standing: dict[str, Any] | None, counts: Mapping[str, int]) -> list[Any] | None:
    """What is written of an answer, its last part whether it stands; none for one that says nothing new."""
    before = standing or {"value": None, "text": None, "reason": None, "revision": 0}
    if answer.says_the_same(before["value"], before["text"], before["reason"]):
        return None
    count = counts.get(answer.question_id)
    assert_reason(answer, count)
    stands = answer.seen is None or answer.seen == before["revision"]
    return [answer.question_id, answer.value, answer.text, answer.reason, count, stands]


def _past(opened: Opened, kind: str, respondent: str) -> pl.DataFrame:
    """All that one respondent has answered."""
    return history(opened).filter(respondent_kind=kind, respondent=respondent)


def _standing(past: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By question: the row that stands, of one that was taken back too."""
    return {row["question_id"]: row for row in past.filter("stands").iter_rows(named=True)}


def _clash(question_id: str, row: dict[str, Any]) -> Clash:
    return Clash(question_id, row["value"], row["text"], row["answered_by"], row["revision"])


def _row(event: dict[str, Any], answer: list[Any]) -> tuple[Any, ...]:
    question_id, value, text, reason, counted, stands, revision = answer
    of = (event["respondent_kind"], event["respondent"], question_id)
    at, on = datetime.fromisoformat(event["at"]), date.fromisoformat(event["received_on"])
    told = (value, text, reason, counted, event["by"], at, on, event["is_late"])
    return (*of, *told, revision, stands, event["how"])
