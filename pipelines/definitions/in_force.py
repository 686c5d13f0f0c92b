"""Which guidance's target group this process works on: one process, one store, one target group.

Null is the shipped reference as it stands: children exposed before birth, and the pregnancies before them. A command
or a page puts a guidance folder in force before it reads any definition; `roedtraad --store` finds it in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HASHED = (".csv", ".toml")


@dataclass(frozen=True)
class InForce:
    """A guidance folder with a hash of what stood in it when it was put in force: definitions are cached on both."""

    folder: Path
    content: str


_chosen: list[InForce] = []


def guidance() -> InForce | None:
    """The one in force; null for the shipped reference."""
    return _chosen[-1] if _chosen else None


def looked_at(folder: Path) -> InForce:
    """A folder as it is now, without putting it in force."""
    return InForce(folder, content_of(folder))


def put(folder: Path | None) -> None:
    """From now on definitions are those of this folder (null: the shipped reference alone)."""
    _chosen[:] = [] if folder is None else [looked_at(folder)]


@contextmanager
def in_force(folder: Path | None) -> Iterator[None]:
    """The same for the time of a block; what was in force before is so again."""
    before = list(_chosen)
    put(folder)
    try:
        yield
    finally:
        _chosen[:] = before


def content_of(folder: Path) -> str:
    """A hash of the names and bytes of the folder's files."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(each for each in folder.iterdir() if each.suffix in HASHED):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
