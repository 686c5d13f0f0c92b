"""What a guidance description must keep. Every fault says the file, the row, the rule, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.definitions.descriptions import (
    FACTS_FILE,
    LANGUAGES,
    Description,
    WrongGuidance,
    read_description,
    shipped_folder,
    shipped_names,
)
from pipelines.definitions.target_group import EXPOSED_BEFORE_BIRTH
from pipelines.errors import UserError
from pipelines.guidance.faults import Fault, of_a_list
from pipelines.guidance.shape_rules import of_shape, of_texts
from pipelines.guidance.shown_by import Definitions, shown_by
from pipelines.guidance.target_rules import of_target

PLAIN_NAME = re.compile("[a-z][a-z0-9_]*")
DIMENSIONS = ("detected", "registered", "carried", "followed_up", "plan", "offers")


def checked(folder: Path) -> Description:
    """The description, when it keeps every rule. WrongGuidance lists all faults that were found."""
    described = read_description(folder)
    faults = faults_of(described)
    if faults:
        raise WrongGuidance(
            f"The guidance {described.name} has {len(faults)} fault{'s' if len(faults) > 1 else ''}",
            where="\n  ".join(str(fault) for fault in faults),
            to_do="Mend the files, then look again: roedtraad guidance check FOLDER",
        )
    return described


def faults_of(described: Description) -> list[Fault]:
    """First of its shape (files, columns, double rows), then of its facts, and only then of what needs them whole."""
    for step in (of_shape, _of_facts, _of_definitions):
        if faults := list(step(described)):
            return faults
    return []


def _of_facts(described: Description) -> Iterator[Fault]:
    if fault := fault_of_name(described.name):
        yield Fault(described.name, "", fault, "Rename the folder")
    for name in ("title", "short_title", "target_group", "publisher"):
        for language in LANGUAGES:
            if not str(getattr(described, name).get(language, "")).strip():
                yield Fault(FACTS_FILE, name, f"the text in {language} is missing", "Write it in both languages")
    yield from _of_days(described)
    yield from _of_ages(described)
    yield from _of_what_it_builds_on(described)
    yield from of_target(described)
    yield from of_texts(described)


def fault_of_name(name: str) -> str | None:
    """Stores, versions and surveys are called after it: it may not be that of the shipped group, nor need quotes."""
    if name == EXPOSED_BEFORE_BIRTH.name:
        return "the target group that is followed without a guidance is called so"
    return None if PLAIN_NAME.fullmatch(name) else "a folder's name has only a-z, 0-9 and _, and begins with a letter"


def _of_days(described: Description) -> Iterator[Fault]:
    if described.follow_up_due.last <= described.published.first:
        yield Fault(FACTS_FILE, "follow_up_due", "it lies before the publication", "Set it about a year after")
    if described.revision_due.last <= described.follow_up_due.first:
        yield Fault(FACTS_FILE, "revision_due", "it lies before the follow-up", "Set it about three years after")


def _of_ages(described: Description) -> Iterator[Fault]:
    given = [age for age in (described.from_age, described.to_age) if age is not None]
    if not all(isinstance(age, int) and 0 <= age <= 120 for age in given):
        yield Fault(FACTS_FILE, "ages", "an age is no whole number from 0 to 120", "Write whole years")
    elif len(given) == 2 and given[0] >= given[1]:
        yield Fault(FACTS_FILE, "ages", "it ends before it begins", "Set `to` above `from`")
    elif described.target and described.to_age is None:
        yield Fault(FACTS_FILE, "ages", "a target group of its own needs an age at which it ends", "Set `to`")


def _of_what_it_builds_on(described: Description) -> Iterator[Fault]:
    for name in described.builds_on:
        if name != described.name and name not in shipped_names():
            to_do = f"Name one of {', '.join(shipped_names())}"
            yield Fault(FACTS_FILE, "builds_on", f"there is no guidance {name}", to_do)
    if cycle := _cycle(described):
        yield Fault(FACTS_FILE, "builds_on", f"{' -> '.join(cycle)} goes round in a circle", "Take one of them out")


def _cycle(described: Description) -> list[str]:
    """The way back to the description along what each builds on; empty when there is none."""
    ways = [[described.name, name] for name in described.builds_on]
    while ways:
        way = ways.pop()
        if way[-1] in way[:-1]:
            return way
        if way[-1] in shipped_names():
            ways += [[*way, name] for name in read_description(shipped_folder() / way[-1]).builds_on]
    return []


def _of_definitions(described: Description) -> Iterator[Fault]:
    """What is seen only with the reference and the measures under the description."""
    try:
        definitions = Definitions.of(described)
    except UserError as fault:
        yield Fault(described.name, fault.where or "", fault.what, fault.to_do or "Mend the file")
        return
    yield from _of_recommendations(described, definitions)


def _of_recommendations(described: Description, definitions: Definitions) -> Iterator[Fault]:
    """Each is shown by an obligation or a measure, or says in both languages why it is not: never both, never none."""
    file = "recommendations.csv"
    for at, row in enumerate(described.recommendations.iter_rows(named=True), start=2):
        shown = shown_by(row["id"], definitions)
        said = [bool(row[f"not_measured_{language}"]) for language in LANGUAGES]
        if row["dimension"] not in DIMENSIONS:
            yield Fault(file, f"row {at}", "the dimension is unknown", f"Known: {', '.join(DIMENSIONS)}")
        if any(said) and not all(said):
            yield Fault(file, f"row {at}", "not_measured stands in one language only", "Translate it")
        elif shown.is_empty and not any(said):
            to_do = "Name it in deadlines.csv, schedule.csv or measures.csv, or say why in not_measured_da and _en"
            yield Fault(file, f"row {at}", "no obligation and no measure shows the recommendation", to_do)
        elif not shown.is_empty and any(said):
            yield Fault(file, f"row {at}", "it is shown, and not_measured says that it is not", "Take one of them out")
    if described.target:
        yield from _of_names_that_are_none(described)


def _of_names_that_are_none(described: Description) -> Iterator[Fault]:
    known = described.recommendations["id"].to_list()
    for table in ("deadlines", "schedule", "measures"):
        yield from of_a_list(described.folder, table, "recommendation", known)
    if described.offers_to_all_show not in {None, *known}:
        yield Fault(FACTS_FILE, "offers_to_all_show", "there is no such recommendation", f"Known: {', '.join(known)}")
