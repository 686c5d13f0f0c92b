"""The words in which a register's layout is declared: its variables, what they hold, and what the register feeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VariableKind = Literal[
    "person", "id", "date", "moment", "period", "code", "municipality", "whole", "number", "text", "version"
]
"""`moment`: a date with a time of day, of which the day is read. `period`: a day, a month (`202403`) or a quarter
(`2024Q1`), read as its last day. `version`: the newest one of a redelivered row stands."""


@dataclass(frozen=True)
class Variable:
    """One variable that is read. `meanings`: what a code may be mapped to (empty: the kind says enough)."""

    name: str
    kind: VariableKind
    is_needed: bool = True
    meanings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """One register: the variables that are read, and what it feeds. `joins`: layouts without which it says nothing."""

    name: str
    title_da: str
    title_en: str
    feeds: tuple[str, ...]
    variables: tuple[Variable, ...]
    quirks_da: str = ""
    quirks_en: str = ""
    joins: tuple[str, ...] = ()

    @property
    def variable_names(self) -> tuple[str, ...]:
        """All that may be read."""
        return tuple(variable.name for variable in self.variables)

    @property
    def coded(self) -> tuple[str, ...]:
        """Variables whose codes are mapped in the TOML file."""
        return tuple(variable.name for variable in self.variables if variable.kind == "code")

    @property
    def people(self) -> tuple[str, ...]:
        """Variables that hold persons' numbers."""
        return tuple(variable.name for variable in self.variables if variable.kind == "person")


def needed(kind: VariableKind, *names: str, meanings: tuple[str, ...] = ()) -> tuple[Variable, ...]:
    """Variables that every file of the register must have; single values may still be empty."""
    return tuple(Variable(name, kind, True, meanings) for name in names)


def optional(kind: VariableKind, *names: str, meanings: tuple[str, ...] = ()) -> tuple[Variable, ...]:
    """Variables that are read when they are there."""
    return tuple(Variable(name, kind, False, meanings) for name in names)
