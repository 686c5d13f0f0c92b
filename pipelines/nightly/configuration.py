"""The TOML file of a night, read strictly: what is not known here is a slip, and is told with its place.

store = "store"

[ingest]
source = "deliveries/source.toml"

[run]
as_of = "today"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.definitions.descriptions import shipped_names
from pipelines.errors import WrongUse
from pipelines.nightly.steps import NAMED, STEPS, Kind, Step

LANGUAGES = ("da", "en")
TODAY = "today"
AT_THE_TOP = {"store", "language"}
Setting = str | bool | tuple[str, ...]


@dataclass(frozen=True)
class Configuration:
    """`steps`: those that the file has, in the order in which they are done, with their settings as options are told.

    Paths are whole. A day of `today` is still to be said.
    """

    file: Path
    store: Path
    language: str
    steps: Mapping[str, Mapping[str, Setting]]

    def arguments(self, name: str, as_of: date) -> list[str]:
        """What the command of a step is called with."""
        step = NAMED[name]
        told = [*step.command, "--store", str(self.store)]
        for setting, value in self.steps[name].items():
            is_day = step.settings[setting] == "day"
            told += _option(setting, as_of.isoformat() if is_day and value == TODAY else value)
        return [*told, "--quiet"] if step.can_be_quiet else told

    def as_of(self, today: date) -> date:
        """The day whose knowledge is used: as the file says, or today."""
        told = self.steps.get("run", {}).get("as_of", TODAY)
        return today if told == TODAY else date.fromisoformat(str(told))

    def path(self, step: str, setting: str) -> Path | None:
        """A path that the file names; none where it does not."""
        value = self.steps.get(step, {}).get(setting)
        return Path(value) if isinstance(value, str) else None


def read_configuration(file: Path) -> Configuration:
    """WrongUse names the place in the file and what is allowed there."""
    content = _toml(file)
    sections = [name for name, value in content.items() if isinstance(value, dict)]
    plain = {name: value for name, value in content.items() if name not in sections}
    _assert_known(plain, AT_THE_TOP, file.name)
    _assert_known(sections, NAMED, file.name)
    if not isinstance(plain.get("store"), str) or not plain["store"]:
        raise WrongUse(f"{file.name} names no store", to_do='Write at its top: store = "FOLDER"')
    language = plain.get("language", "da")
    if language not in LANGUAGES:
        raise WrongUse(f"{file.name} has a language that there is none of", to_do="It is da or en.")
    if not sections:
        raise WrongUse(f"{file.name} has no step", to_do=f"Its parts may be: {_listed(NAMED)}.")
    steps = {step.name: _settings(content[step.name], step, file) for step in STEPS if step.name in sections}
    return Configuration(file, _path(plain["store"], file), language, steps)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as fault:
        raise WrongUse(f"{file} cannot be opened: {fault.strerror}", to_do="Check the path.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise WrongUse(f"{file.name} is not valid TOML", where=str(fault), to_do="Mend it and run again.") from fault


def _settings(told: Mapping[str, Any], step: Step, file: Path) -> dict[str, Setting]:
    place = f"{file.name}, [{step.name}]"
    _assert_known(told, step.settings, place)
    if missing := [name for name in step.needed if name not in told]:
        raise WrongUse(f"{place} lacks {_listed(missing)}", to_do="Write it there.")
    if step.one_of and sum(name in told for name in step.one_of) != 1:
        raise WrongUse(f"{place} needs one of {_listed(step.one_of)}", to_do="Give exactly one.")
    return {name: _setting(value, step.settings[name], f"{place}, {name}", file) for name, value in told.items()}


def _setting(value: object, kind: Kind, place: str, file: Path) -> Setting:
    if kind == "flag" and isinstance(value, bool):
        return value
    if kind == "texts" and isinstance(value, list) and all(isinstance(each, str) and each for each in value):
        return tuple(value)
    if kind == "number" and type(value) is int and value >= 0:
        return str(value)
    if kind == "day" and _is_day(value):
        return str(value)
    if kind == "guidance" and value in shipped_names():
        return str(value)
    if kind in {"path", "text", "guidance"} and isinstance(value, str) and value:
        return value if kind == "text" else str(_path(value, file))
    raise WrongUse(f"{place} is not what it should be", to_do=f"It is {MEANT[kind]}.")


MEANT: Mapping[Kind, str] = {
    "path": "a path, in quotes",
    "text": "a text, in quotes",
    "texts": 'a list of texts, such as ["csv", "json"]',
    "guidance": "the name of a shipped guidance, or the path of a folder, in quotes",
    "number": "a whole number, 0 or more, without quotes",
    "flag": "true or false, without quotes",
    "day": f'"{TODAY}", or a day such as 2026-09-30',
}


def _is_day(value: object) -> bool:
    """`today`, a day of TOML (and no moment), or a day in quotes."""
    if isinstance(value, datetime) or not isinstance(value, str | date):
        return False
    try:
        return value == TODAY or bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def _path(told: str, file: Path) -> Path:
    return (file.resolve().parent / Path(told).expanduser()).absolute()


def _option(setting: str, value: Setting) -> list[str]:
    option = f"--{setting.replace('_', '-')}"
    if isinstance(value, bool):
        return [option] if value else []
    return [option, value] if isinstance(value, str) else [part for each in value for part in (option, each)]


def _assert_known(told: Sequence[str] | Mapping[str, Any], known: Mapping[str, Any] | set[str], place: str) -> None:
    if unknown := sorted(set(told) - set(known)):
        raise WrongUse(f"{place} has something unknown: {_listed(unknown)}", to_do=f"There may be: {_listed(known)}.")


def _listed(names: Sequence[str] | Mapping[str, Any] | set[str]) -> str:
    return ", ".join(sorted(names) if isinstance(names, set) else names) or "nothing"
