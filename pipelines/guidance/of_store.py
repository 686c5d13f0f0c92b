"""The target group of a store: one, from its first run on. Its guidance folder is kept in the store, so that pages on
another machine speak of it as the run did. A store without one is about the shipped target group."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.definitions import in_force
from pipelines.definitions.descriptions import (
    FACTS_FILE,
    Description,
    WrongGuidance,
    shipped_folder,
    shipped_names,
)
from pipelines.definitions.reference import Reference
from pipelines.definitions.target_group import EXPOSED_BEFORE_BIRTH
from pipelines.guidance.rules import checked

KEPT = "guidance"


def folder_named(name: str) -> Path:
    """A shipped description by its name, or a folder: `./rare_disabilities` is one that is called as a shipped one."""
    return shipped_folder() / name if name in shipped_names() else Path(name).resolve()


def of_store(store: Path) -> Path | None:
    """The guidance folder that the store keeps, under its name; null when it is about the shipped target group."""
    return next((facts.parent for facts in sorted((store / KEPT).glob(f"*/{FACTS_FILE}"))), None)


def chosen(store: Path | None, asked: str | None = None) -> Path | None:
    """The folder of the guidance asked for, else of the store's own; null for the shipped target group.

    WrongGuidance when the one asked for has faults, or is about the shipped target group.
    """
    if asked is not None:
        return _with_a_target_group(checked(folder_named(asked))).folder
    return of_store(store) if store is not None else None


def put_in_force(store: Path) -> None:
    """From now on definitions and words are of the target group of the store."""
    in_force.put(of_store(store))


def _with_a_target_group(described: Description) -> Description:
    if described.target is None:
        raise WrongGuidance(
            f"{described.name} is about the target group that is followed anyway",
            where=f"its {FACTS_FILE} has no [target]",
            to_do="Leave out --guidance.",
        )
    return described


def require_in_force(reference_version: str | None) -> None:
    """WrongGuidance when figures made with that version are about another target group than the one in force: a store
    that was copied without its `guidance` folder would be told in the words of the shipped group."""
    chosen = in_force.guidance()
    made, now = _group(reference_version or ""), chosen.folder.name if chosen else EXPOSED_BEFORE_BIRTH.name
    if made != now:
        raise WrongGuidance(
            "The store has lost its guidance",
            where=f"its figures are about {made}, and {KEPT}/{made} is not in it",
            to_do=f"Copy the folder {KEPT} of the store as well: it belongs beside its tables.",
        )


def require_same_group(last_version: str | None, reference: Reference, store: Path) -> None:
    """WrongGuidance when the store's last run was about another target group: two never mix in one store."""
    if last_version is None:
        return
    before, now = _group(last_version), _group(reference.version)
    if before != now:
        raise WrongGuidance(
            f"{store} is about another target group",
            where=f"its runs are about {before}, this one would be about {now}",
            to_do="Give a store of its own: --store FOLDER",
        )


def _group(reference_version: str) -> str:
    name, colon, _ = reference_version.partition(":")
    return name if colon else EXPOSED_BEFORE_BIRTH.name


def keep(store: Path) -> None:
    """The guidance in force, into the store: written beside what is there, then in its place, so that a reader finds a
    whole folder at every moment."""
    chosen, before = in_force.guidance(), of_store(store)
    if chosen is None or chosen.folder == before:
        return
    beside, kept = store / f".{KEPT}.part", store / KEPT
    shutil.rmtree(beside, ignore_errors=True)
    named = beside / chosen.folder.name
    named.mkdir(parents=True)
    for file in chosen.folder.iterdir():
        if file.suffix in in_force.HASHED:
            shutil.copyfile(file, named / file.name)
    if before is not None and before.name == chosen.folder.name:
        _replace_files(before, named)
    else:  # nothing was ever made of what may lie there: a run of another group is refused
        shutil.rmtree(kept, ignore_errors=True)
        beside.rename(kept)
    shutil.rmtree(beside, ignore_errors=True)


def _replace_files(kept: Path, new: Path) -> None:
    """One file after the other, and then without those that the guidance has no more."""
    names = {file.name for file in new.iterdir()}
    for name in sorted(names):
        (new / name).replace(kept / name)
    for file in kept.iterdir():
        if file.name not in names:
            file.unlink()
