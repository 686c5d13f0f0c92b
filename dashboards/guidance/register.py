"""The descriptions that a store can speak of, and when each was or is due. Pure: store and day are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from dashboards.language import Words
from pipelines.definitions.descriptions import Description, SomeDay, read_description, shipped
from pipelines.definitions.target_group import EXPOSED_BEFORE_BIRTH
from pipelines.guidance.of_store import of_store

Standing = Literal["done", "asked", "ahead", "over"]


@dataclass(frozen=True)
class Milestone:
    """A day in the life of a description. `over`: it was due, and nothing here says that it was done."""

    name: str
    day: SomeDay
    standing: Standing


def descriptions(store: Path) -> list[Description]:
    """The shipped ones, and first of all the store's own; those of the store's target group come first."""
    own = of_store(store)
    known = {each.name: each for each in shipped()}
    if own is not None:
        known = {own.name: read_description(own)} | {name: each for name, each in known.items() if name != own.name}
    return sorted(known.values(), key=lambda each: not is_of_store(each, store))


def is_of_store(described: Description, store: Path) -> bool:
    """Whether the figures of the store are about the target group of the description."""
    own = of_store(store)
    name = described.target.name if described.target else EXPOSED_BEFORE_BIRTH.name
    return name == (own.name if own is not None else EXPOSED_BEFORE_BIRTH.name)


def milestones(described: Description, today: date, followed_up: date | None) -> list[Milestone]:
    """Published, followed up, revised. The follow-up is asked for when a survey of it has been opened."""
    asked: Standing = "asked"
    follow_up = asked if followed_up else _standing(described.follow_up_due, today)
    return [
        Milestone("published", described.published, "done" if described.published.first <= today else "ahead"),
        Milestone("follow_up", SomeDay(followed_up.isoformat()) if followed_up else described.follow_up_due, follow_up),
        Milestone("revision", described.revision_due, _standing(described.revision_due, today)),
    ]


def _standing(due: SomeDay, today: date) -> Standing:
    return "over" if due.last < today else "ahead"


def day_words(day: SomeDay, words: Words) -> str:
    """As exactly as it is known: `9. september 2022`, `september 2023`, `2018`."""
    parts = day.text.split("-")
    if len(parts) == 3:
        return words.day(day.first)
    return f"{words.month(day.first.month)} {parts[0]}" if len(parts) == 2 else parts[0]


def years_over(day: SomeDay, today: date, words: Words) -> str:
    """How long ago it was due, in whole years or months."""
    months = (today.year - day.last.year) * 12 + today.month - day.last.month
    if months < 24:
        return words("guidance_page.months_ago", number=words.number(max(months, 1)))
    return words("guidance_page.years_ago", number=words.number(months // 12))
