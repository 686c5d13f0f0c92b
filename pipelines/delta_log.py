"""The log of a Delta table as it lies on the disk: read by itself, so that a damaged entry does not hide the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipelines.content_sum import SUM

ENTRY = re.compile(r"\d{20}\.json")


@dataclass(frozen=True)
class Part:
    """A file that a log names. `rows` and `sha256` are null where the log does not tell them."""

    file: Path
    bytes: int
    rows: int | None
    sha256: str | None


@dataclass(frozen=True)
class DeltaLog:
    """Of the table in a folder."""

    table: Path

    @property
    def folder(self) -> Path:
        """Where the entries lie."""
        return self.table / "_delta_log"

    @cached_property
    def entries(self) -> dict[int, list[dict[str, Any]] | None]:
        """Version to what it did, the first one first; null for an entry that cannot be read."""
        named = [file for file in self.folder.iterdir() if ENTRY.fullmatch(file.name)] if self.folder.is_dir() else []
        return {int(file.stem): _actions(file) for file in sorted(named)}

    @property
    def last(self) -> int:
        """The newest version; -1 when there is none."""
        return max(self.entries, default=-1)

    @property
    def missing(self) -> list[int]:
        """Versions whose entry is gone though a later one is there."""
        return [version for version in range(self.last + 1) if version not in self.entries]

    @property
    def damaged(self) -> list[int]:
        """Versions whose entry cannot be read."""
        return [version for version, actions in self.entries.items() if actions is None]

    def entry(self, version: int) -> Path:
        """The file of a version."""
        return self.folder / f"{version:020}.json"

    def parts(self, version: int) -> dict[str, Part] | None:
        """The files of a version by name; null when the log cannot tell."""
        return self._until.get(version)

    @cached_property
    def named(self) -> set[str]:
        """Every file that any entry ever added."""
        return {part for parts in self._until.values() for part in parts}

    @cached_property
    def _until(self) -> dict[int, dict[str, Part]]:
        """Of every version that can be told: a version stands on all before it."""
        parts: dict[str, Part] = {}
        found: dict[int, dict[str, Part]] = {}
        for version in range(self.last + 1):
            actions = self.entries.get(version)
            if actions is None:
                break
            parts = dict(self._after(parts, actions))
            found[version] = parts
        return found

    def _after(self, parts: dict[str, Part], actions: list[dict[str, Any]]) -> Iterator[tuple[str, Part]]:
        gone = {unquote(action["remove"]["path"]) for action in actions if "remove" in action}
        added = [self._part(action["add"]) for action in actions if "add" in action]
        yield from ((name, part) for name, part in parts.items() if name not in gone)
        yield from ((part.file.name, part) for part in added)

    def _part(self, add: dict[str, Any]) -> Part:
        told = json.loads(add.get("stats") or "{}")
        return Part(self.table / unquote(add["path"]), add["size"], told.get("numRecords"), told.get(SUM))


def _actions(file: Path) -> list[dict[str, Any]] | None:
    """Null unless every line is one action, and at least one is there."""
    try:
        actions = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
        whole = bool(actions) and all(isinstance(action, dict) for action in actions)
        assert_known = [(action["add"]["path"], action["add"]["size"]) for action in actions if "add" in action]
        return actions if whole and all(isinstance(size, int) for _, size in assert_known) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
