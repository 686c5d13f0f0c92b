"""A guidance description as it stands on disk: a folder with `guidance.toml` and the tables that it brings.

What a description must keep is checked in `pipelines.guidance.rules`; here it is read, and a file that cannot be read
is told with its name.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.definitions.target_group import ON_CHILD_RECORD, TargetGroup
from pipelines.errors import UserError

FACTS_FILE = "guidance.toml"
TEXTS_FILE = "texts.{language}.toml"
LANGUAGES = ("da", "en")
Texts = Mapping[str, str]


class WrongGuidance(UserError):
    """A guidance folder contradicts itself, or misses something."""

    exit_code = 27


@dataclass(frozen=True)
class SomeDay:
    """A day, a month or a year, as exactly as it is known: `2022-09-09`, `2018-11`, `2018`."""

    text: str

    @property
    def first(self) -> date:
        """The first day that it can mean; ValueError when it is no day, month or year."""
        return self._filled(1, 1)

    @property
    def last(self) -> date:
        """The last day that it can mean: something due then is overdue from the day after."""
        year, *rest = (int(part) for part in self.text.split("-"))
        month = rest[0] if rest else 12
        return self._filled(12, monthrange(year, month)[1])

    def _filled(self, month: int, day: int) -> date:
        parts = [int(part) for part in self.text.split("-")]
        return date(*(parts + [month, day][len(parts) - 1 :])[:3])


@dataclass(frozen=True)
class Description:
    """What `guidance.toml` says. `to_age` is the birthday with which the group ends; null where no age is given.

    `target` is there where the description brings a target group of its own; without it, its target group is the one
    that the shipped reference follows. `offers_to_all_show` is the recommendation that the offers to all children
    show in its figures; null where they are no part of it.
    """

    name: str
    folder: Path
    title: Texts
    short_title: Texts
    target_group: Texts
    publisher: Texts
    published: SomeDay
    follow_up_due: SomeDay
    revision_due: SomeDay
    sources: tuple[Texts, ...]
    from_age: int | None
    to_age: int | None
    builds_on: tuple[str, ...]
    target: TargetGroup | None
    offers_to_all_show: str | None

    @property
    def recommendations(self) -> pl.DataFrame:
        """`id, dimension, text_da, text_en, not_measured_da, not_measured_en`, all text, in their order."""
        return table_of(self.folder, "recommendations")

    def has(self, table: str) -> bool:
        """Whether the folder brings that table."""
        return (self.folder / f"{table}.csv").exists()

    def texts(self, language: str) -> dict[str, Any]:
        """`words` to say instead of others, and `texts` by key; empty without the file."""
        file = self.folder / TEXTS_FILE.format(language=language)
        return read_toml(file) if file.exists() else {}


def shipped_folder() -> Path:
    """Where the descriptions lie that come with the code."""
    return Path(str(resources.files("pipelines.definitions") / "guidance"))


def shipped_names() -> list[str]:
    """Their names, in the order of the alphabet."""
    return sorted(each.name for each in shipped_folder().iterdir() if (each / FACTS_FILE).exists())


@cache
def shipped() -> tuple[Description, ...]:
    """All of them, the latest published first."""
    read = [read_description(shipped_folder() / name) for name in shipped_names()]
    return tuple(sorted(read, key=lambda each: (-each.published.first.toordinal(), each.name != READ_FIRST)))


READ_FIRST = "pregnant_substance_use"
"""Of two published on one day: the pregnancy comes before the child."""


def read_description(folder: Path) -> Description:
    """The facts of a folder. WrongGuidance when there are none, or when one of them is missing or of a wrong kind."""
    if not (folder / FACTS_FILE).is_file():
        raise WrongGuidance(
            f"{folder} describes no guidance",
            where=f"there is no {FACTS_FILE}",
            to_do=f"Name one of {', '.join(shipped_names())}, or draft a folder: roedtraad guidance new FOLDER",
        )
    facts = read_toml(folder / FACTS_FILE)
    try:
        return _description(folder, facts)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        raise WrongGuidance(
            f"{FACTS_FILE} of {folder.name} cannot be read",
            where=f"{type(fault).__name__}: {fault}",
            to_do="See docs/guidance.md for what stands in it.",
        ) from fault


def _description(folder: Path, facts: dict[str, Any]) -> Description:
    ages = facts.get("ages", {})
    days = {name: SomeDay(str(facts[name])) for name in ("published", "follow_up_due", "revision_due")}
    for day in days.values():
        _ = day.first, day.last
    return Description(
        name=folder.name,
        folder=folder,
        title=dict(facts["title"]),
        short_title=dict(facts["short_title"]),
        target_group=dict(facts["target_group"]),
        publisher=dict(facts["publisher"]),
        sources=tuple(dict(each) for each in facts.get("sources", [])),
        from_age=ages.get("from"),
        to_age=ages.get("to"),
        builds_on=tuple(str(each) for each in facts.get("builds_on", [])),
        target=_target(folder, facts, ages.get("to")) if "target" in facts else None,
        offers_to_all_show=facts.get("target", {}).get("offers_to_all_show"),
        **days,
    )


def _target(folder: Path, facts: dict[str, Any], to_age: int | None) -> TargetGroup:
    said = facts["target"]
    return TargetGroup(
        name=folder.name,
        evidence=tuple(said["evidence"]),
        on_child_record=tuple(said.get("on_child_record", ON_CHILD_RECORD)),
        obligations=_obligations(folder),
        until_age=to_age,
        early_months=int(said.get("early_months", 0)),
        groups={name: dict(titles) for name, titles in facts.get("groups", {}).items()},
    )


def _obligations(folder: Path) -> frozenset[str]:
    """Measures that `deadlines.csv` of the folder has a row for: a kind, or a kind and its transition."""
    rows, key = table_of(folder, "deadlines"), ("kind", "transition")
    if missing := [name for name in key if name not in rows.columns]:
        raise KeyError(f"deadlines.csv has no column {missing[0]}")
    return frozenset(rows.select(pl.concat_str(key, separator=":", ignore_nulls=True)).to_series().drop_nulls())


def table_of(folder: Path, name: str) -> pl.DataFrame:
    """A table of the folder, all as text. WrongGuidance names the file when it is missing or no table."""
    file = folder / f"{name}.csv"
    try:
        return pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise WrongGuidance(
            f"{file.name} of the guidance {folder.name} cannot be read",
            where=str(fault).splitlines()[0],
            to_do="Mend the file; see docs/guidance.md for its columns.",
        ) from fault


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file. WrongGuidance names it when it is none."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongGuidance(
            f"{file.name} of the guidance {file.parent.name} cannot be read", where=str(fault), to_do="Mend the file."
        ) from fault
