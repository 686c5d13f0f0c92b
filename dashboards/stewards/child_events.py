"""The rows of one child as a thread: every event with its words and whether knowledge went along.

Knowledge is lost from the day on which it should have gone along (a hand-over, a move, a transition) until the
obligation is met, or until the municipality shows that it has it: a hand-over confirmed with the exposure in it, or a
record that mentions it. A single place that does not have it (no registration, a silent record) is an event of its own
and leaves the thread whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboards.charts.child_layout import Band, ChildThread, Moment, State, merged
from dashboards.child_rows import ChildRows
from dashboards.language import Words
from pipelines.definitions.enumerations import MUNICIPAL_ACTORS
from pipelines.definitions.reference import Reference

Row = Mapping[str, Any]
CARRYING = ("handed_over", "carried_at_move", "carried_at_transition")
BEFORE_BIRTH = ("screened", "referred", "plan_before_birth")
PREGNANCY = timedelta(days=280)
STATE_OF_FOLLOW_UP: dict[str, State] = {"met": "done", "late": "late", "excused": "excused", "not_due": "due"}
STATE_OF_CARRYING: dict[str, State] = {
    "met": "carried",
    "late": "late",
    "overdue": "lost",
    "contradicted": "contradicted",
    "excused": "excused",
}
SOON = timedelta(days=365)
"""What falls due later than this is not drawn."""


@dataclass(frozen=True)
class Telling:
    """What makes words of rows."""

    words: Words
    reference: Reference
    place: Callable[[str | None], str]
    as_of: date

    def actor(self, name: str | None) -> str:
        """Who it is, in words; unknown when nobody is named."""
        return self.words(f"actor.{name or 'unknown'}")

    def record(self, record_type: str) -> str:
        """The type of a support record."""
        types = self.reference.record_types.select("record_type", f"title_{self.words.language}")
        titles: dict[str, str] = dict(types.iter_rows())
        return titles.get(record_type, record_type)

    def contact(self, measure: str) -> str:
        """A planned contact: `Sundhedspleje 2 måneder`."""
        rows = self.reference.schedule.select(
            pl.concat_str("programme", pl.lit(":"), "contact_code"), f"title_{self.words.language}"
        )
        titles: dict[str, str] = dict(rows.iter_rows())
        return titles.get(measure, measure)

    def loss(self, reason: str | None, found: date | None) -> str:
        """Why something was lost: as on the worklist."""
        day = self.words.day(found) if found else self.words("found.no_day")
        return self.words(f"found.{reason or 'contradicted'}", day=day)

    def brief(self, reason: str | None) -> str:
        """The same without its day, where there is little room."""
        return self.words(f"loss.{reason or 'contradicted'}")


def thread_of(rows: ChildRows, telling: Telling) -> ChildThread:
    """The whole picture. The thread ends with the child's death, with a pregnancy that no child came of, and where the
    child left the municipality; whether knowledge went along from there is kept in `lost`."""
    moments = sorted(_moments(rows, telling), key=lambda moment: (moment.day, moment.what))
    end = rows.death_date or (telling.as_of if rows.birth_date else _pregnancy_end(rows, telling.as_of))
    return ChildThread(
        tuple(moments),
        tuple(bands(rows, telling)),
        _known_since(rows),
        merged(lost(rows, min(end, telling.as_of))),
        telling.as_of,
        min(rows.left_date or end, end),
    )


def _moments(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    words = telling.words
    if rows.birth_date is not None:
        yield Moment(rows.birth_date, words("event.birth"), "", "neutral", words("event.born"))
    if rows.death_date is not None:
        yield Moment(rows.death_date, words("event.death"), "", "neutral", words("event.dead"))
    yield from _known(rows, telling)
    yield from (_handover(row, telling) for row in rows.handovers.iter_rows(named=True))
    yield from _moves(rows, telling)
    yield from _records(rows, telling)
    yield from _obligations(rows, telling)


def _known(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    """First knowledge, and each registration after it. Hand-overs and records that say it are told as themselves."""
    words = telling.words
    if rows.subject_kind == "pregnancy":
        yield from _registrations(rows, telling)
    recorded_by = dict(rows.exposures.select("exposure_id", "recorded_by").iter_rows())
    told: set[tuple[date, str]] = set()
    for row in rows.evidence.iter_rows(named=True):
        source, day = row["source"], row["known_date"]
        is_first = day == rows.first_known_date
        if (day, source) in told or (source in {"handover", "support_record"} and not is_first):
            continue
        told.add((day, source))
        who = telling.actor(recorded_by.get(row["source_id"])) if source == "registration" else ""
        found = words("event.first_known" if is_first else "event.known")
        brief = words("event.first_known_brief") if is_first else ""
        yield Moment(day, words(f"event.{source}"), who, "carried", found, brief=brief)


def _registrations(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    """Of a pregnancy, which has no evidence of its own: each registration that does not rule the exposure out."""
    words, known = telling.words, _known_since(rows)
    for row in rows.exposures.filter(pl.col("certainty") != "ruled_out").iter_rows(named=True):
        day, name = row["registered_date"], "first_known" if row["registered_date"] == known else "known"
        brief = words("event.first_known_brief") if day == known else ""
        who = telling.actor(row["recorded_by"])
        yield Moment(day, words("event.registration"), who, "carried", words(f"event.{name}"), brief=brief)


def _handover(row: Row, telling: Telling) -> Moment:
    words = telling.words
    who = words("event.from_to", sender=telling.actor(row["from_actor"]), receiver=telling.actor(row["to_actor"]))
    what = words("event.handed_to", receiver=telling.actor(row["to_actor"]))
    if not row["has_exposure"]:
        brief = words("event.not_mentioned")
        return Moment(row["sent_date"], what, who, "lost", words("event.left_out"), brief=brief)
    if row["received_date"] is None:
        return Moment(row["sent_date"], what, who, "lost", words("event.unconfirmed"))
    confirmed = words("event.confirmed", day=words.day(row["received_date"]))
    return Moment(row["sent_date"], what, who, "carried", confirmed, brief=words("event.confirmed_brief"))


def _moves(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    """Each change of municipality, with what became of the knowledge when there was any."""
    words = telling.words
    obligations = {row["trigger_date"]: row for row in _of(rows, "carried_at_move")}
    before: str | None = None
    for spell in rows.residences.iter_rows(named=True):
        code, day = spell["municipality_code"], spell["from_date"]
        if before is not None and code != before:
            what = words("event.move", place=telling.place(code))
            yield _became(obligations.get(day), Moment(day, what, telling.place(before), "neutral", ""), telling)
        before = code


def _became(row: Row | None, moment: Moment, telling: Telling) -> Moment:
    """With what became of an obligation to carry the knowledge; of one that does not exist, that nothing was due."""
    words = telling.words
    if row is None or row["status"] == "not_due":
        return replace(moment, found=words("event.nothing_due" if row is None else "event.not_yet_due"))
    state = STATE_OF_CARRYING[row["status"]]
    if row["status"] in {"overdue", "contradicted"}:
        found = telling.loss(row["reason"], row["found_date"])
        return replace(moment, state=state, found=found, brief=telling.brief(row["reason"]))
    return replace(moment, state=state, found=words(f"event.{row['status']}"))


def _records(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    """Each support record: mentions the exposure, is silent, or denies it."""
    words = telling.words
    obligations = {row["subject_id"]: row for row in _of(rows, "carried_in_record")}
    for row in rows.support_records.iter_rows(named=True):
        day = row["opened_date"] or row["exposure_recorded_date"]
        if day is None:
            continue
        state, found = _record_state(row, obligations.get(row["record_id"]), words)
        yield Moment(day, telling.record(row["record_type"]), telling.place(row["municipality_code"]), state, found)


def _record_state(row: Row, obligation: Row | None, words: Words) -> tuple[State, str]:
    match row["exposure_status"]:
        case "recorded":
            is_late = obligation is not None and obligation["status"] == "late"
            return ("late", words("event.mentioned_late")) if is_late else ("carried", words("event.mentioned"))
        case "denied":
            return "contradicted", words("event.denied")
    if obligation is not None and obligation["status"] == "overdue":
        return "lost", words("event.silent")
    return "neutral", words("event.not_mentioned")


def _obligations(rows: ChildRows, telling: Telling) -> Iterator[Moment]:
    """What was due and has no event of its own: planned contacts, transitions, what was never done, what comes next."""
    for row in rows.obligations.iter_rows(named=True):
        if row["status"] == "not_due":
            if row["due_date"] <= telling.as_of + SOON:
                yield _coming(row, telling)
        elif row["kind"] == "follow_up":
            yield _contact(row, telling)
        elif row["kind"] == "carried_at_transition":
            what, who = telling.words(f"at.{row['measure'].split(':')[-1]}"), telling.place(row["municipality_code"])
            yield _became(row, Moment(row["trigger_date"], what, who, "neutral", ""), telling)
        elif row["kind"] in BEFORE_BIRTH or (row["status"] == "overdue" and _has_no_event(row)):
            yield _single(row, telling)


def _has_no_event(row: Row) -> bool:
    """A missing registration, or a hand-over that never was; moves and records are told as themselves."""
    is_unsent = row["kind"] == "handed_over" and row["reason"] == "no_handover"
    return is_unsent or row["kind"] in {"registered", "on_child_record"}


def _contact(row: Row, telling: Telling) -> Moment:
    words, programme = telling.words, row["measure"].split(":")[0]
    day = row["met_date"] or row["found_date"] or row["due_date"]
    if row["status"] == "overdue":
        state: State = "undocumented" if row["reason"] == "undocumented" else "missed"
        found = telling.loss(row["reason"], row["found_date"])
    else:
        state, found = STATE_OF_FOLLOW_UP[row["status"]], words(f"event.follow_up_{row['status']}")
    return Moment(day, telling.contact(row["measure"]), words(f"programme.{programme}"), state, found, programme)


def _coming(row: Row, telling: Telling) -> Moment:
    words, programme = telling.words, row["measure"].split(":")[0] if row["kind"] == "follow_up" else ""
    name = row["measure"].split(":")[-1] if row["kind"] == "carried_at_transition" else row["kind"]
    what = telling.contact(row["measure"]) if programme else words(f"coming.{name}")
    who = words(f"programme.{programme}") if programme else telling.place(row["municipality_code"])
    return Moment(row["due_date"], what, who, "due", words("event.due"), programme)


def _single(row: Row, telling: Telling) -> Moment:
    words = telling.words
    if row["status"] == "overdue":
        found, who = telling.loss(row["reason"], row["found_date"]), telling.place(row["municipality_code"])
        what, brief = words(f"gap.{row['kind']}"), words("event.overdue_brief")
        return Moment(row["due_date"], what, who, "lost", found, brief=brief)
    state: State = {"met": "carried", "late": "late"}.get(row["status"], "excused")  # type: ignore[assignment]
    day = row["met_date"] or row["due_date"]
    return Moment(day, words(f"event.{row['kind']}"), "", state, words(f"event.{row['status']}"))


def bands(rows: ChildRows, telling: Telling) -> Iterator[Band]:
    """The pregnancy until birth, then each municipality; spells in the same one that touch are one.

    A child that has moved abroad or has died lives nowhere from that day on; one that has moved away lives elsewhere,
    wherever that is by now.
    """
    if rows.birth_date is not None or rows.pregnancy.height:
        end = rows.birth_date or _pregnancy_end(rows, telling.as_of)
        yield Band(_pregnancy_start(rows, end), end, telling.words("child.pregnancy"))
    last, left = rows.death_date or telling.as_of, rows.left_date or date.max
    spells = rows.residences.with_columns(pl.col("from_date").shift(-1).alias("next")).iter_rows(named=True)
    homes: list[tuple[date, date, str | None]] = []
    for row in spells:
        if row["from_date"] >= left:
            continue
        start, code = row["from_date"], row["municipality_code"]
        end = max(start, min(day for day in (row["to_date"], row["next"], last, left) if day is not None))
        if homes and homes[-1][1:] == (start, code):
            start = homes.pop()[0]
        homes.append((start, end, code))
    yield from (Band(max(start, rows.birth_date or start), end, telling.place(code)) for start, end, code in homes)
    yield from (Band(day, telling.as_of, telling.words("child.elsewhere")) for day in _moved_on(rows, left))


def _moved_on(rows: ChildRows, left: date) -> list[date]:
    """The day on which the child came to live elsewhere, of one that has left."""
    return [day for day in rows.residences["from_date"].to_list() if day >= left][:1]


def _pregnancy_end(rows: ChildRows, as_of: date) -> date:
    """Of a pregnancy without a child: when it ended, else when it was due; the day of the run while it goes on."""
    known = rows.pregnancy.row(0, named=True) if rows.pregnancy.height else {}
    return min(known.get("end_date") or known.get("due_date") or as_of, as_of)


def _pregnancy_start(rows: ChildRows, end: date) -> date:
    """280 days before the due date, else before birth; never after the first contact."""
    known = rows.pregnancy.row(0, named=True) if rows.pregnancy.height else {}
    start = (known.get("due_date") or end) - PREGNANCY
    return min(start, known.get("first_contact_date") or start, end)


def lost(rows: ChildRows, as_of: date) -> Iterator[tuple[date, date]]:
    """Intervals in which knowledge did not follow the child."""
    signs = sorted(_signs(rows))
    for row in rows.obligations.filter(pl.col("kind").is_in(CARRYING)).iter_rows(named=True):
        if row["status"] in {"late", "overdue"}:
            start = row["trigger_date"]
            until = row["met_date"] or next((day for day in signs if day > start), as_of)
            yield start, min(until, as_of)


def _signs(rows: ChildRows) -> Iterator[date]:
    """Days on which the municipality shows that it has the knowledge."""
    for row in rows.handovers.iter_rows(named=True):
        if row["has_exposure"] and row["received_date"] and row["to_actor"] in MUNICIPAL_ACTORS:
            yield row["received_date"]
    for row in rows.support_records.iter_rows(named=True):
        day = row["exposure_recorded_date"] or row["opened_date"]
        if row["exposure_status"] == "recorded" and day:
            yield day


def _known_since(rows: ChildRows) -> date | None:
    """First knowledge of an exposed child. Of a pregnancy: the day on which it should have been referred, which is when
    the exposure was first known; else the first registration or hand-over that says it. That somebody asked says
    nothing, and a child that is not exposed has none.
    """
    if rows.subject_kind == "person":
        return rows.first_known_date
    referred = next((row["trigger_date"] for row in _of(rows, "referred")), None)
    registered = rows.exposures.filter(pl.col("certainty") != "ruled_out")["registered_date"]
    sent = rows.handovers.filter(pl.col("has_exposure").fill_null(value=False))["sent_date"]
    return referred or min((*registered, *sent), default=None)


def _of(rows: ChildRows, kind: str) -> Iterator[Row]:
    return rows.obligations.filter(pl.col("kind") == kind).iter_rows(named=True)
