"""Follow-up contacts: for each milestone of each child it is decided what happens, and contacts are made from that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.definitions.enumerations import CONTACT_STATUSES, PROGRAMMES
from sample_data.chance import Chance, success
from sample_data.days import NEVER, Days, Flags, Rows, Shares, where, years_since_2021
from sample_data.knowledge import Knowledge
from sample_data.life import Life
from sample_data.losses import REASON, Ledger
from sample_data.schedule import Milestone, Window, milestones, windows

ATTENDED, NO_SHOW, DECLINED, CANCELLED = (CONTACT_STATUSES.index(status) for status in CONTACT_STATUSES)
EXPOSED_ATTENDANCE = 0.69
"""Participation of exposed children in the general practitioner's programme, relative to all others (Denmark)."""


@dataclass
class Course:
    """What happens at one milestone, a day per child and sort of contact; NEVER where it does not happen.

    `elsewhere` is a visit that was held in the window and filed under the code of another visit, `filed_as`.
    """

    attended: Days
    early: Days
    no_show: Days
    declined: Days
    cancelled: Days
    elsewhere: Days
    filed_as: Rows

    def dated(self) -> list[tuple[Days, int]]:
        """The contacts under the milestone's own code, with their status."""
        return [
            (self.attended, ATTENDED),
            (self.early, ATTENDED),
            (self.no_show, NO_SHOW),
            (self.declined, DECLINED),
            (self.cancelled, CANCELLED),
        ]


@dataclass(frozen=True)
class Contacts:
    """Written contacts: one place per row."""

    child: Rows
    programme: Rows
    code: list[str]
    code_place: Rows
    on: Days
    status: Rows


def follow_up(life: Life, knowledge: Knowledge, ledger: Ledger) -> Contacts:
    """All programmes; that for exposed children asks that the exposure is known by the day of that age."""
    parts, codes = [], [row.code for programme in PROGRAMMES for row in milestones(programme)]
    for programme in PROGRAMMES:
        rows = milestones(programme)
        spans = windows(rows, life.children.birth)
        courses = _courses(life, knowledge, rows, spans)
        _write_down(life, knowledge, rows, spans, courses, ledger)
        first_code = codes.index(rows[0].code)
        parts += [_rows_of(course, programme, place, first_code) for place, course in enumerate(courses)]
    columns = [np.concatenate([part[place] for part in parts]) for place in range(5)]
    child, of, code, on, status = columns
    return Contacts(child, of, codes, code, on, status)


def _courses(life: Life, knowledge: Knowledge, rows: list[Milestone], spans: list[Window]) -> list[Course]:
    courses = []
    for place, (row, span) in enumerate(zip(rows, spans, strict=True)):
        chance = life.chance(f"{row.programme} {place}")
        course = _course(chance, life, knowledge, row, span)
        _keep_possible(life, course)
        courses.append(course)
    for place in range(len(rows)):
        _file_elsewhere(courses, spans, place)
    return courses


def _course(chance: Chance, life: Life, knowledge: Knowledge, row: Milestone, span: Window) -> Course:
    """Seen in time, seen late, or not seen: and why not."""
    size = life.children.count
    is_known = knowledge.known < NEVER
    is_for_exposed = row.programme == "family_clinic"
    share = _attendance(life, row, span) * np.where(is_known, EXPOSED_ATTENDANCE, 1)
    is_seen, sort = chance.happens(share, size), chance.pick([0.84, 0.06, 0.03, 0.04, 0.015, 0.015], size)
    lapse = chance.pick([0.2, 0.05, 0.1, 0.02, 0.1, 0.12, 0.07, 0.34], size)
    if is_for_exposed:
        takes_part = knowledge.known <= span.due_on
        is_seen, lapse = is_seen & takes_part, where(takes_part, lapse, 7)
    held = _day_inside(chance, row, span)
    if is_for_exposed:
        held = np.maximum(held, np.minimum(knowledge.known, span.closes))
    first_half = chance.between(span.opens, np.maximum(span.opens, held - 1))
    late = chance.between(span.closes + 1, span.late_until)
    early = chance.between(span.early_from, span.opens - 1)
    has_room_before = span.opens > life.children.birth
    recall = where(chance.happens(0.6, size), held, late)
    return Course(
        attended=where(is_seen, where(np.isin(sort, (1, 5)), late, where(sort == 2, recall, held)), NEVER),
        early=where(~is_seen & (lapse == 6) & has_room_before, early, NEVER),
        no_show=where((is_seen & np.isin(sort, (2, 5))) | (~is_seen & (lapse <= 1)), first_half, NEVER),
        declined=_declined(chance, is_seen, sort, lapse, early, held, first_half, has_room_before),
        cancelled=where((is_seen & (sort == 3)) | (~is_seen & (lapse == 4)), first_half, NEVER),
        elsewhere=where(~is_seen & (lapse == 5), _day_alone(chance, row, span), NEVER),
        filed_as=np.full(size, -1),
    )


def _declined(
    chance: Chance,
    is_seen: Flags,
    sort: Rows,
    lapse: Rows,
    early: Days,
    held: Days,
    first_half: Days,
    has_room_before: Flags,
) -> Days:
    """Declined on the day; after a no-show; or long before, and then sometimes seen after all."""
    size = len(held)
    after_no_show = first_half + chance.between(0, 12, size)
    beforehand = where(has_room_before, early, held)
    day = where(lapse == 1, after_no_show, where(lapse == 3, beforehand, held))
    day = where(~is_seen & np.isin(lapse, (1, 2, 3)), day, NEVER)
    return where(is_seen & (sort == 4) & has_room_before & (early < held), early, day)


def _attendance(life: Life, row: Milestone, span: Window) -> Shares:
    home = life.of_child(life.pregnancies.home)
    return success(row.attendance, 0.6 * life.places.recall[home], years_since_2021(span.due_on))


def _day_inside(chance: Chance, row: Milestone, span: Window) -> Days:
    """A day in the window, most often near the age; the maternity visit mostly in the first week."""
    size = len(span.opens)
    if row.code == "maternity_visit":
        return where(chance.happens(0.8, size), span.opens + chance.between(2, 6, size), span.opens + 7)
    spread = np.maximum((span.closes - span.opens) / 5, 1)
    near = np.rint(chance.normal(span.due_on + 2, spread, size)).astype(np.int64)
    return np.clip(near, span.opens, span.closes)


def _day_alone(chance: Chance, row: Milestone, span: Window) -> Days:
    """A day that lies in no other window of the programme: the first two visits of the health visitor share a week."""
    if row.code == "maternity_visit":
        return span.opens + chance.between(0, 6, len(span.opens))
    if row.code == "establishing_visit":
        return span.opens + chance.between(8, 21, len(span.opens))
    return chance.between(span.opens, span.closes)


def _keep_possible(life: Life, course: Course) -> None:
    """Nobody sees a child who is dead or abroad."""
    for name in ("attended", "early", "no_show", "declined", "cancelled", "elsewhere"):
        on: Days = getattr(course, name)
        setattr(course, name, where(life.is_about(on), on, NEVER))


def _file_elsewhere(courses: list[Course], spans: list[Window], place: int) -> None:
    """A visit is filed under a neighbour's code, but only where the neighbour was itself held in its window.

    So it changes nothing for the neighbour. Where there is no such neighbour, the visit is not filed at all.
    """
    course = courses[place]
    for neighbour in (place - 1, place + 1):
        if not 0 <= neighbour < len(courses):
            continue
        on_time = courses[neighbour].attended <= spans[neighbour].closes
        is_free = (course.elsewhere < NEVER) & (course.filed_as < 0) & on_time
        course.filed_as = where(is_free, neighbour, course.filed_as)
    course.elsewhere = where(course.filed_as >= 0, course.elsewhere, NEVER)


def _write_down(
    life: Life,
    knowledge: Knowledge,
    rows: list[Milestone],
    spans: list[Window],
    courses: list[Course],
    ledger: Ledger,
) -> None:
    """Who was not seen by the as-of day though the window had closed, and why."""
    for place, (row, span, course) in enumerate(zip(rows, spans, courses, strict=True)):
        lost = life.is_lost(trigger=span.opens, due=span.closes, met=course.attended)
        if row.programme == "family_clinic":
            lost &= (knowledge.known <= span.due_on) & (knowledge.known <= life.as_of)
        reason = _reason(life, course, _was_there(spans, courses, place, life.as_of))
        ledger.of_children("follow_up", lost, reason, f"{row.programme}:{row.code}")


def _was_there(spans: list[Window], courses: list[Course], place: int, as_of: int) -> Flags:
    """The programme saw the child in this window under another code: by mistake, or as a neighbouring visit."""
    span = spans[place]
    seen = courses[place].elsewhere <= as_of
    for neighbour in (place - 1, place + 1):
        if 0 <= neighbour < len(courses):
            for on in (courses[neighbour].attended, courses[neighbour].early):
                seen = seen | ((on >= span.opens) & (on <= span.closes) & (on <= as_of))
    return seen


def _reason(life: Life, course: Course, was_there: Flags) -> Rows:
    """A no-show or a refusal, the later of the two (the same day: the refusal); too early; undocumented; nothing."""
    as_of = life.as_of
    refused = (course.declined <= as_of) & ((course.no_show > as_of) | (course.declined >= course.no_show))
    reason = where(was_there, REASON["undocumented"], REASON["no_contact"])
    reason = where(course.early <= as_of, REASON["too_early"], reason)
    reason = where(course.no_show <= as_of, REASON["no_show"], reason)
    return where(refused, REASON["declined"], reason)


def _rows_of(course: Course, programme: str, place: int, first_code: int) -> list[Rows]:
    """The written contacts of one milestone: child, programme, code, day, status."""
    written = [(on, status, np.full(len(on), place)) for on, status in course.dated()]
    written.append((course.elsewhere, ATTENDED, course.filed_as))
    rows = [np.flatnonzero(on < NEVER) for on, _, _ in written]
    child = np.concatenate(rows)
    return [
        child,
        np.full(len(child), PROGRAMMES.index(programme)),
        np.concatenate([code[row] for (_, _, code), row in zip(written, rows, strict=True)]) + first_code,
        np.concatenate([on[row] for (on, _, _), row in zip(written, rows, strict=True)]),
        np.concatenate([np.full(len(row), status) for (_, status, _), row in zip(written, rows, strict=True)]),
    ]
