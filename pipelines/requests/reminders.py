"""Who is to be reminded of what, and the days of a request as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from icalendar import Alarm, Calendar, Event

from pipelines.requests.actors import Actor
from pipelines.requests.opened import Opened, changing
from pipelines.requests.progress import progress
from pipelines.requests.steps import steps
from pipelines.spreadsheet_text import without_formulas

WARNING = timedelta(days=14)
"""Before a deadline, a calendar tells of it."""

REMINDERS: dict[str, pl.DataType] = {
    "respondent_kind": pl.String(),
    "respondent": pl.String(),
    "name": pl.String(),
    "state": pl.String(),
    "lacking": pl.Int64(),
    "deadline": pl.Date(),
    "days_left": pl.Int64(),
    "reminded_on": pl.Date(),
}
"""One row per respondent who has not answered all that is required and has not withdrawn. `lacking`: how many answers;
`days_left`: negative after the deadline; `reminded_on`: when last, null for never."""


def to_remind(opened: Opened, day: date) -> pl.DataFrame:
    """Whom to remind (columns REMINDERS): those who have said nothing first."""
    rows = progress(opened).filter(pl.col("state").is_in(["missing", "begun"]))
    return rows.join(_reminded(opened), on=["respondent_kind", "respondent"], how="left", maintain_order="left").select(
        "respondent_kind",
        "respondent",
        "name",
        pl.col("state").cast(pl.String),
        pl.col("lacking").list.len().cast(pl.Int64),
        pl.lit(opened.deadline).alias("deadline"),
        pl.lit((opened.deadline - day).days, pl.Int64).alias("days_left"),
        "reminded_on",
    )


def remind(store: Path, request_id: str, *, actor: Actor, on: date) -> pl.DataFrame:
    """Note that everybody of `to_remind` was reminded; gives them. Nothing is sent: that is for people."""
    with changing(store, request_id) as (opened, add):
        rows = to_remind(opened, on)
        if not rows.is_empty():
            who = rows.select("respondent_kind", "respondent").rows()
            add("reminded", actor, action="decided", on=on, respondents=who)
    return rows


def as_csv(rows: pl.DataFrame) -> bytes:
    """For a Danish Excel: semicolons and a byte order mark; a name that begins like a formula gets an apostrophe."""
    return b"\xef\xbb\xbf" + rows.with_columns(without_formulas()).write_csv(separator=";").encode()


def calendar(opened: Opened, language: str) -> bytes:
    """Every step as a whole day, with a warning two weeks before. The same request makes the same file."""
    made = Calendar()
    made.add("prodid", "-//Rød tråd//Central udmelding//DA")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for step in steps(opened, opened.opened_on).iter_rows(named=True):
        made.add_component(_event(opened, step["step"], step[f"title_{language}"], step["due"], language))
    return bytes(made.to_ical())


def _event(opened: Opened, step_id: str, title: str, due: date, language: str) -> Event:
    """All day: its end is the day after, which is no part of it."""
    event = Event()
    event.add("uid", f"{opened.id}-{step_id}@roedtraad")
    event.add("dtstamp", datetime(opened.opened_on.year, opened.opened_on.month, opened.opened_on.day, tzinfo=UTC))
    event.add("sequence", len(opened.of("moved")))
    event.add("summary", f"{opened.request.title[language]}: {title}")
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -WARNING)
    event.add_component(alarm)
    return event


def _reminded(opened: Opened) -> pl.DataFrame:
    rows = [(*who, date.fromisoformat(event["on"])) for event in opened.of("reminded") for who in event["respondents"]]
    schema = {"respondent_kind": pl.String, "respondent": pl.String, "reminded_on": pl.Date}
    told = pl.DataFrame(rows, schema=schema, orient="row")
    return told.group_by("respondent_kind", "respondent").agg(pl.col("reminded_on").max())
