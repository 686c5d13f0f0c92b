"""A returned form from file to answers: read, beside the counts, kept as a whole or marked and not kept at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.requests.actors import Actor, audited
from pipelines.requests.answers import Outcome, give
from pipelines.requests.deviations import visible
from pipelines.requests.forms.guard import LARGEST_FILE, FormRefused
from pipelines.requests.forms.read_back import Returned, marked, read_form, with_reasons
from pipelines.requests.forms.written import Words, form
from pipelines.requests.opened import Opened


@dataclass(frozen=True)
class Received:
    """What became of a form. `outcome`: null when cells are to be mended; `marked`: then the form with marks."""

    returned: Returned
    outcome: Outcome | None
    marked: bytes | None


def receive(
    opened: Opened,
    content: bytes,
    counts: pl.DataFrame,
    words: Words,
    *,
    actor: Actor,
    name: str = "",
    respondent: tuple[str, str] | None = None,
    received_on: date | None = None,
) -> Received:
    """Keep a form (`counts`: columns COUNTS), or hand it back with its faults marked.

    FormRefused for a file that is no form of this request or not this respondent's; the audit log knows of it.
    """
    try:
        read = read_form(content, opened, name=name, respondent=respondent)
        told = visible(counts, read.respondent)
        returned = with_reasons(read, opened, told)
    except FormRefused as refused:
        audited(opened.store, actor, "refused", f"request:{opened.id}:form", why=refused.fault)
        raise
    if returned.faults:
        why = f"{len(returned.faults)} cells to mend"
        audited(opened.store, actor, "refused", f"request:{opened.id}:form", why=why)
        return Received(returned, None, marked(returned, opened, told, words))
    outcome = give(
        opened.store,
        opened.id,
        returned.who,
        returned.answers,
        actor=actor,
        how="form",
        counted=told,
        received_on=received_on,
    )
    return Received(returned, outcome, None)


def content_of(file: Path) -> bytes:
    """The bytes of a returned file; FormRefused for one that cannot be read or is too large to be looked at."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise FormRefused("too_large", "The file is larger than a form can be", "Fill in the form that was sent.")
        return file.read_bytes()
    except OSError as fault:
        raise FormRefused("not_excel", f"{file.name} cannot be read", "Name a file that is there.") from fault


def forms(opened: Opened, counts: pl.DataFrame, words: Words) -> Mapping[str, bytes]:
    """The form of every respondent, by the name of its file."""
    return {
        file_name(opened, respondent): form(opened, kind, respondent, visible(counts, respondent), words)
        for kind, respondent in opened.respondents.select("respondent_kind", "respondent").iter_rows()
    }


def file_name(opened: Opened, respondent: str) -> str:
    """The name of a form's file."""
    return f"{opened.id}-{respondent}.xlsx"
