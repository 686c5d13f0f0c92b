"""`RELATIONS.json`: the threshold, and what adds up to what. Everything that could be meant in two ways is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pipelines.disclosure.linked_tables import Relations
from pipelines.errors import RefusedDelivery

DEFAULT_THRESHOLD = 5
LOWEST_THRESHOLD = 3
FORM = '{"threshold": 5, "totals": [{"total": "cell", "parts": ["cell", ...]}, ...]}'
NAMED = 5
"""So many cells are named in an error."""


class RefusedTables(RefusedDelivery):
    """Cells or relations that are not what they must be; nothing was published."""


@dataclass(frozen=True)
class DeclaredRelations:
    """Threshold, and totals with their parts, by name. `file` is for errors."""

    file: str
    threshold: int
    totals: tuple[tuple[str, tuple[str, ...]], ...]

    def between(self, names: Sequence[str]) -> Relations:
        """The relations by number of the cell. RefusedTables where one names a cell that there is not."""
        number = {name: at for at, name in enumerate(names)}
        used = dict.fromkeys(name for total, parts in self.totals for name in (total, *parts))
        if unknown := [name for name in used if name not in number]:
            raise refused(self.file, f"names cells that have no count: {named(unknown)}", "Add the cells, or mend it.")
        return Relations.of((number[total], [number[part] for part in parts]) for total, parts in self.totals)


def read_relations(file: Path) -> DeclaredRelations:
    """Checked as far as it can be without counts: form, threshold, no cell that is part of itself by any way."""
    declared = _parsed(file)
    unknown = sorted(set(declared) - {"threshold", "totals"})
    if unknown or not isinstance(declared.get("totals"), list):
        raise refused(file.name, "has not the expected form", f"It must be {FORM}.")
    relations = DeclaredRelations(
        file.name,
        _threshold(file.name, declared.get("threshold", DEFAULT_THRESHOLD)),
        tuple(_total(file.name, at, each) for at, each in enumerate(declared["totals"], start=1)),
    )
    _assert_no_cycle(relations)
    return relations


def refused(where: str, what: str, to_do: str) -> RefusedTables:
    """One error: what is wrong with which file, and what to do; nothing was written."""
    return RefusedTables(f"{where} {what}", to_do=f"{to_do} Nothing was published.")


def named(cells: Sequence[str]) -> str:
    """The first cells by name; how many more there are."""
    shown = ", ".join(repr(cell) for cell in cells[:NAMED])
    return shown if len(cells) <= NAMED else f"{shown} and {len(cells) - NAMED} more"


def text_of(file: Path) -> str:
    """The file as text. RefusedTables when there is none, or it is no UTF-8 text."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refused(file.name, "is no text in UTF-8", "Save it as UTF-8.") from None
    except OSError as fault:
        raise refused(file.name, f"cannot be read: {fault.strerror}", "Look at the path.") from None
    if not text.strip():
        raise refused(file.name, "is empty", "Give the file that was meant.")
    return text


def _parsed(file: Path) -> Mapping[str, Any]:
    try:
        declared = json.loads(text_of(file), object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise refused(file.name, f"is no JSON ({place})", f"It must be {FORM}.") from None
    except (_Repeated, RecursionError):
        raise refused(file.name, "says the same thing twice, or is nested too deep", f"It must be {FORM}.") from None
    if not isinstance(declared, dict):
        raise refused(file.name, "is no JSON object", f"It must be {FORM}.")
    return declared


class _Repeated(ValueError):
    """A name stands twice in one object: the second would silently win."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Repeated
    return dict(pairs)


def _threshold(file: str, threshold: object) -> int:
    if isinstance(threshold, bool) or not isinstance(threshold, int):
        raise refused(file, "has a threshold that is no whole number", f"Give one of at least {LOWEST_THRESHOLD}.")
    if threshold < LOWEST_THRESHOLD:
        raise refused(file, f"has a threshold below {LOWEST_THRESHOLD}", "It can be raised, never lowered below that.")
    return threshold


def _total(file: str, at: int, declared: object) -> tuple[str, tuple[str, ...]]:
    where = f"{file} (total {at})"
    if not isinstance(declared, dict) or set(declared) != {"total", "parts"}:
        raise refused(where, "has not the expected form", f"It must be {FORM}.")
    total: str = declared["total"]
    parts: list[str] = declared["parts"]
    are_names = isinstance(parts, list) and all(isinstance(name, str) and name for name in [total, *parts])
    if not are_names or not parts:
        raise refused(where, "has no parts, or a cell without a name", f"It must be {FORM}.")
    if total in parts:
        raise refused(where, f"is a part of itself: {total!r}", "Take it out of its parts.")
    times = Counter(parts)
    if repeated := [part for part in times if times[part] > 1]:
        raise refused(where, f"names a part twice: {named(repeated)}", "Name each part once.")
    return total, tuple(parts)


def _assert_no_cycle(relations: DeclaredRelations) -> None:
    parts_of: dict[str, list[str]] = {}
    for total, parts in relations.totals:
        parts_of.setdefault(total, []).extend(parts)
    try:
        TopologicalSorter(parts_of).prepare()
    except CycleError as fault:
        cycle = named(list(dict.fromkeys(fault.args[1])))
        raise refused(
            relations.file, f"makes cells parts of each other: {cycle}", "A part is below its total."
        ) from None
