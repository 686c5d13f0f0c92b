"""What is damaged in a store, in words: what, where, what still works, what to do. Never a value of a person's row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RUN_AGAIN = (
    "Restore a backup: roedtraad restore BACKUP --store NEW. Without one: roedtraad doctor --store STORE "
    "--set-aside RUN for each run that is named here, then run again. Delete nothing by hand."
)
RESTORE = "Restore a backup: roedtraad restore BACKUP --store NEW. Delete nothing by hand."
REPAIR = "roedtraad doctor --store STORE --repair"

Table = tuple[str, int]
"""A table at one of its versions."""


@dataclass(frozen=True)
class Finding:
    """One damage. `kind` is the name by which documentation and schedulers know it; `breaks`: tables at versions that
    cannot be read because of it; `works`: said for itself where no table is touched; `repair`: what mends it without
    losing anything, null when nothing can."""

    kind: str
    where: str
    what: str
    to_do: str
    works: str = ""
    breaks: frozenset[Table] = frozenset()
    breaks_all: bool = False
    repair: Callable[[], None] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Looked:
    """What an examination goes by, and how thoroughly it looks."""

    store: Path
    quick: bool = False
    secret_file: Path | None = None

    def name_of(self, file: Path) -> str:
        """Where a file lies, from the store on."""
        return str(file.relative_to(self.store)) if file.is_relative_to(self.store) else str(file)
