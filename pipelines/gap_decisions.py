"""What stewards decide about gaps: accepted until a day, assigned to somebody, noted, taken back.

Lines are only ever added, a file for each municipality, beside the tables of the store and under a lock of their own:
a run that writes does not stop a steward, and two stewards at once lose no answer. A decision is one line, so it is
there for all its gaps or for none, whenever the process dies. A gap is known by whom and what it is about, which is the
same in every run; a decision that accepts holds for the gap as it was found then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.append_only import Lines, Refusals
from pipelines.errors import UserError, WrongUse
from pipelines.free_text import holds_a_persons_number

FOLDER = "gap-decisions"
MUNICIPALITY = r"[0-9]{4}|unknown"
Kind = Literal["accepted", "assigned", "noted", "taken_back"]
KINDS: tuple[Kind, ...] = get_args(Kind)

ABOUT = ("subject_kind", "subject", "kind", "measure", "subject_id")
"""Whom and what a gap is about; `subject` is the pseudonym of a child or a pregnancy, `subject_id` a record or null."""

FOUND = ("due_date", "reason", "found_date")
"""As what it was found. When one of them changes, the gap is another than the one that was accepted."""

HISTORY: dict[str, pl.DataType] = {
    **dict.fromkeys(ABOUT, pl.String()),
    "due_date": pl.Date(),
    "reason": pl.String(),
    "found_date": pl.Date(),
    "decision": pl.String(),
    "until": pl.Date(),
    "text": pl.String(),
    "assigned_to": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
}
"""One row per decision and gap, in the order in which they were made."""

STANDING: dict[str, pl.DataType] = {
    "accepted_until": pl.Date(),
    "accepted_text": pl.String(),
    "is_back": pl.Boolean(),
    "assigned_to": pl.String(),
    "assigned_by": pl.String(),
    "note": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
}
"""Columns of a gap with what holds for it. `is_back`: it was accepted, and is open again because the day has passed or
another thing was found. `note`: the last one. `decided_by` and `decided_at`: of the last decision of any kind."""

LONGEST = timedelta(days=731)
"""Accepted for two years at most: then somebody looks again."""

LONGEST_TEXT = 200
MOST_GAPS = 5_000
"""Of one decision: more is no longer a decision that somebody has thought about."""

REFUSALS = Refusals(
    unread="Decisions about gaps cannot be read",
    busy="Somebody else is deciding just now",
    unwritten="The decision could not be written, so nothing was decided",
)
DANISH_CLOCK = ZoneInfo("Europe/Copenhagen")
"""A day that somebody gives is a day in Denmark: at half past midnight there it is still yesterday in UTC."""


class NotDecided(WrongUse):
    """A decision that cannot be. `fault`: why, for who says it in another language."""

    def __init__(self, fault: str, what: str, to_do: str) -> None:
        self.fault = fault
        super().__init__(what, to_do=to_do)


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom. `until` and a reason belong to `accepted`, `assigned_to` to `assigned`."""

    kind: Kind
    by: str
    text: str = ""
    until: date | None = None
    assigned_to: str | None = None

    def checked(self, today: date) -> Decision:
        """The same with its texts trimmed; NotDecided for one that does not say what it needs."""
        trimmed = Decision(self.kind, self.by, self.text.strip(), self.until, (self.assigned_to or "").strip() or None)
        for text in (trimmed.text, trimmed.assigned_to or ""):
            _assert_sayable(text)
        if self.kind == "accepted":
            _assert_accepts(trimmed, today)
        if self.kind == "assigned" and trimmed.assigned_to is None:
            raise NotDecided("nobody", "Nobody is named", "Say who takes it on.")
        if self.kind == "noted" and not trimmed.text:
            raise NotDecided("empty", "The note is empty", "Write it in a few words.")
        return trimmed


@dataclass(frozen=True)
class GapDecisions:
    """Decisions of one municipality. Reading needs no lock; what is half-written is not read."""

    store: Path
    municipality_code: str

    def __post_init__(self) -> None:
        """The code becomes the name of a file."""
        if re.fullmatch(MUNICIPALITY, self.municipality_code) is None:
            raise WrongUse("This is no municipality", to_do="Four digits, such as 0479.")

    @staticmethod
    def of_all(store: Path) -> list[GapDecisions]:
        """Of every municipality that has any; a file that somebody else has put there is none of ours."""
        names = sorted(file.stem for file in (store / FOLDER).glob("*.jsonl"))
        return [GapDecisions(store, name) for name in names if re.fullmatch(MUNICIPALITY, name)]

    @property
    def file(self) -> Path:
        """Where they lie."""
        return self.store / FOLDER / f"{self.municipality_code}.jsonl"

    @property
    def _lines(self) -> Lines:
        return Lines(self.file, REFUSALS)

    def history(self) -> pl.DataFrame:
        """All decisions, the oldest first (columns HISTORY)."""
        rows = [row for line in self._lines.read() for row in _rows(line)]
        return pl.DataFrame(rows, schema=HISTORY, orient="row")

    def add(self, gaps: pl.DataFrame, decision: Decision, *, secret: str | None, now: datetime | None = None) -> None:
        """Decide about these gaps (with columns ABOUT and FOUND), and return when it is on the disk.

        `secret`: the fingerprint under which their pseudonyms were made; when the store has another one by now, nothing
        is written. NotDecided for a decision that cannot be; StoreInUse when the turn does not come; StoreFailed when
        the disk refuses.
        """
        moment = now or datetime.now(UTC)
        checked = decision.checked(moment.astimezone(DANISH_CLOCK).date())
        if not 0 < gaps.height <= MOST_GAPS:
            what = f"One decision is about at least one gap and at most {MOST_GAPS:,}"
            raise NotDecided("number_of_gaps", what, "Choose more or fewer gaps.")
        told = _line(gaps, checked, secret, moment)
        with self._lines.alone():
            if secret != secret_of(self.store):
                raise UserError("The store has a new secret since the page was opened", to_do="Open the page again.")
            self._lines.append(told)

    def lines(self) -> list[dict[str, Any]]:
        """The decisions as they stand in the file, the oldest first."""
        return list(self._lines.read())

    def keep_lines(self, stays: Callable[[dict[str, Any]], bool]) -> None:
        """Without the others, in one step; a file of which everything stays is not written, and none stays empty."""
        with self._lines.alone():
            before = self.lines()
            kept = [line for line in before if stays(line)]
            if before and not kept:
                self._lines.remove()
            elif len(kept) < len(before):
                self._lines.replace(f"{json.dumps(line, ensure_ascii=False)}\n" for line in kept)

    def rename(self, names: Mapping[str, Callable[[list[str]], list[str]]], secret: str) -> None:
        """After a new secret: every pseudonym under its new name, in one step, and nothing left of the old file.

        `names`: by the fingerprint of an old secret, what makes new texts of the texts that were written under it.
        """
        with self._lines.alone():
            self._lines.replace(_renamed(line, names, secret) for line in list(self._lines.read()))


def decisions_of(store: Path, municipality_code: str) -> pl.DataFrame:
    """The history of a municipality; empty for a code that is none, which others complain about."""
    if re.fullmatch(MUNICIPALITY, municipality_code) is None:
        return pl.DataFrame(schema=HISTORY)
    return GapDecisions(store, municipality_code).history()


def secret_of(store: Path) -> str | None:
    """The fingerprint of the secret behind the pseudonyms of a store's last run; null without one."""
    from pipelines.store import Store

    run = Store(store).last("run")
    return None if run is None else fingerprint_in(run.run)


def fingerprint_in(run: Mapping[str, Any]) -> str | None:
    """The fingerprint that a run names."""
    found: str | None = json.loads(run.get("inputs") or "{}").get("secret")
    return found


def with_decisions(gaps: pl.DataFrame, history: pl.DataFrame, today: date) -> pl.DataFrame:
    """The gaps (columns ABOUT and FOUND) with what holds for each on `today`: adds STANDING, all null without any.

    Of two decisions the later one holds; an acceptance through its last day, for the gap as it was found then.
    """
    told = gaps.join(_standing(history), on=list(ABOUT), how="left", nulls_equal=True, maintain_order="left")
    is_as_found = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"_{name}")) for name in FOUND)
    holds = (pl.col("_until") >= today).fill_null(value=False) & is_as_found
    return told.with_columns(
        pl.when(holds).then("_until").alias("accepted_until"),
        pl.when(holds).then("_text").alias("accepted_text"),
        (pl.col("_until").is_not_null() & ~holds).alias("is_back"),
    ).select(*gaps.columns, *STANDING)


def _standing(history: pl.DataFrame) -> pl.DataFrame:
    """One row per gap that was ever decided about."""
    as_it_was = [pl.col(name).alias(f"_{name}") for name in (*FOUND, "until", "text")]
    accepted = _last(history, "accepted").select(*ABOUT, *as_it_was)
    assigned = _last(history, "assigned").select(*ABOUT, "assigned_to", pl.col("decided_by").alias("assigned_by"))
    noted = history.filter(pl.col("decision") == "noted").unique(list(ABOUT), keep="last", maintain_order=True)
    standing = history.unique(list(ABOUT), keep="last", maintain_order=True).select(*ABOUT, "decided_by", "decided_at")
    for part in (accepted, assigned, noted.select(*ABOUT, pl.col("text").alias("note"))):
        standing = standing.join(part, on=list(ABOUT), how="left", nulls_equal=True)
    return standing


def _last(history: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """The last decision of a kind about each gap that nobody has taken back since."""
    meant = history.filter(pl.col("decision").is_in([kind, "taken_back"]))
    return meant.unique(list(ABOUT), keep="last", maintain_order=True).filter(pl.col("decision") == kind)


def _line(gaps: pl.DataFrame, decision: Decision, secret: str | None, now: datetime) -> dict[str, Any]:
    return {
        "decision": decision.kind,
        "until": decision.until,
        "text": decision.text or None,
        "assigned_to": decision.assigned_to,
        "decided_by": decision.by,
        "decided_at": now.astimezone(UTC).isoformat(timespec="microseconds"),
        "secret": secret,
        "gaps": gaps.select(*ABOUT, *FOUND).rows(),
    }


def _rows(line: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    until = line["until"] and date.fromisoformat(line["until"])
    at = datetime.fromisoformat(line["decided_at"])
    for *about, due, reason, found in line["gaps"]:
        days = (due and date.fromisoformat(due), reason, found and date.fromisoformat(found))
        yield (*about, *days, line["decision"], until, line["text"], line["assigned_to"], line["decided_by"], at)


def _renamed(line: dict[str, Any], names: Mapping[str, Callable[[list[str]], list[str]]], secret: str) -> str:
    if line["secret"] in names:
        places = [(gap, at) for gap in line["gaps"] for at in (1, 4) if gap[at]]
        text, *new = names[line["secret"]]([line["text"] or "", *(gap[at] for gap, at in places)])
        for (gap, at), name in zip(places, new, strict=True):
            gap[at] = name
        line |= {"text": text or None, "secret": secret}
    return f"{json.dumps(line, ensure_ascii=False)}\n"


def _assert_sayable(text: str) -> None:
    """What a steward writes stays for years and is shown: short, and nobody's number in it."""
    if len(text) > LONGEST_TEXT:
        raise NotDecided("too_long", f"The text is longer than {LONGEST_TEXT} characters", "Say it in fewer words.")
    if holds_a_persons_number(text):
        raise NotDecided("a_number", "The text holds something like a person's number", "Leave the number out.")


def _assert_accepts(decision: Decision, today: date) -> None:
    if not decision.text:
        raise NotDecided("no_reason", "An acceptance needs a reason", "Write it in a few words.")
    if decision.until is None or not today <= decision.until <= today + LONGEST:
        raise NotDecided("no_day", "An acceptance needs an end date", f"Give a day until {today + LONGEST}.")
