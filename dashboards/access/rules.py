"""The rules of access: which value of which claim gives which role and municipality. A TOML file of the deployment.

It holds no secret. Every fault in it keeps everybody out, and says what is wrong, where and what to do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.scope import MUNICIPAL_ROLES, ROLES, Role
from pipelines.errors import UserError

ACCESS_VARIABLE = "ROEDTRAAD_ACCESS"
"""The environment variable that names the file."""

CODE = "{municipality}"
"""Where the code of a municipality stands in a value."""

SETTINGS = {"issuer", "audience", "claim", "who", "grants"}
SETTINGS_OF_A_GRANT = {"value", "role", "municipality"}
TO_DO = "Mend the file as docs/sign-in.md shows; nobody gets in until then."


class RulesAreWrong(UserError):
    """The rules of access cannot be read or used."""

    exit_code = 17


@dataclass(frozen=True)
class Grant:
    """Whoever has `value` in the claim has `role`; where it has a place for the code, in that municipality."""

    value: str
    role: Role
    municipality: str | None = None

    def code_in(self, value: str) -> str | None:
        """What stands in the code's place, whatever it is; null when the value is another one."""
        before, _, after = self.value.partition(CODE)
        found = re.fullmatch(f"{re.escape(before)}(.*){re.escape(after)}", value, re.DOTALL)
        return found[1] if found else None


@dataclass(frozen=True)
class Rules:
    """What a token must be, and what its claim gives. `audience`: the client id of the provider, unless it is said."""

    issuer: str
    claim: str
    grants: tuple[Grant, ...]
    municipalities: frozenset[str]
    who: str = "sub"
    audience: str | None = None


def read_rules(file: Path, municipalities: Collection[str]) -> Rules:
    """The rules of a file. RulesAreWrong when it cannot be read, or says something that is not understood."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except OSError as fault:
        raise RulesAreWrong(
            f"The rules of access cannot be read: {fault.strerror}",
            where=f"{file} (named by {ACCESS_VARIABLE})",
            to_do=TO_DO,
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise RulesAreWrong(f"The rules of access are not TOML: {fault}", where=str(file), to_do=TO_DO) from fault
    try:
        return _rules(said, frozenset(municipalities))
    except ValueError as fault:
        raise RulesAreWrong(f"The rules of access are wrong: {fault}", where=str(file), to_do=TO_DO) from fault


def _rules(said: Mapping[str, Any], municipalities: frozenset[str]) -> Rules:
    _known(said, SETTINGS, "the file")
    grants = said.get("grants")
    if not isinstance(grants, list) or not grants:
        raise ValueError("it needs at least one [[grants]]")
    return Rules(
        issuer=_text(said, "issuer"),
        claim=_text(said, "claim"),
        grants=tuple(_grant(each, at, municipalities) for at, each in enumerate(grants, start=1)),
        municipalities=municipalities,
        who=_text({"who": "sub", **said}, "who"),
        audience=_text(said, "audience") if "audience" in said else None,
    )


def _grant(said: Any, at: int, municipalities: frozenset[str]) -> Grant:
    place = f"grant {at}"
    if not isinstance(said, dict):
        raise ValueError(f"{place} is no table")
    _known(said, SETTINGS_OF_A_GRANT, place)
    value, named = _text(said, "value", place), _text(said, "role", place)
    role = next((known for known in ROLES if known == named), None)
    if role is None:
        raise ValueError(f"{place}: role is one of {', '.join(ROLES)}")
    grant = Grant(value, role, _text(said, "municipality", place) if "municipality" in said else None)
    _check_place(grant, place, municipalities)
    return grant


def _check_place(grant: Grant, place: str, municipalities: frozenset[str]) -> None:
    """A municipal role has its municipality from the value or from the grant, not from both; others have none."""
    ways = (CODE in grant.value) + (grant.municipality is not None)
    if ways != (grant.role in MUNICIPAL_ROLES):
        needs = f"either {CODE} in value, or municipality" if grant.role in MUNICIPAL_ROLES else "no municipality"
        raise ValueError(f"{place}: the role {grant.role} needs {needs}")
    if grant.value.count(CODE) > 1 or grant.value == CODE:
        raise ValueError(f"{place}: value needs one {CODE} and a text around it")
    if grant.municipality is not None and grant.municipality not in municipalities:
        raise ValueError(f"{place}: municipality is a code of four digits that reference/municipalities.csv knows")


def _known(said: Mapping[str, Any], names: set[str], place: str) -> None:
    if unknown := sorted(said.keys() - names):
        raise ValueError(f"{place} says {', '.join(unknown)}, which is not a setting: {', '.join(sorted(names))}")


def _text(said: Mapping[str, Any], name: str, place: str = "the file") -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{place} needs {name}, a text")
    return value
