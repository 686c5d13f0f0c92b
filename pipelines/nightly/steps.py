"""The steps of a night: which command each is, what it is told, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["path", "text", "texts", "flag", "day", "guidance", "number"]
"""What a setting is in the configuration: a path is relative to its folder; a day is a date, or `today`; a guidance is
a shipped name, else a path; a number is whole and not below nothing."""


@dataclass(frozen=True)
class Step:
    """`settings` become the command's options of the same name. `one_of` must be given, exactly one of them.

    `after`: steps whose failure leaves this one undone; one that the configuration has not is not waited for.
    """

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, Kind]
    needed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    can_be_quiet: bool = True


STEPS = (
    Step(
        "ingest",
        ("ingest",),
        {"source": "path", "canonical": "path", "guidance": "guidance"},
        one_of=("source", "canonical"),
    ),
    Step("run", ("run",), {"as_of": "day", "guidance": "guidance"}, needed=("as_of",), after=("ingest",)),
    Step("check", ("check",), {"report": "path", "lang": "text"}, after=("ingest",)),
    Step("publish", ("publish",), {}, after=("ingest", "run", "check")),
    Step(
        "briefs",
        ("briefs",),
        {"out": "path", "language": "text", "municipality": "text", "no_pdf": "flag"},
        needed=("out",),
        after=("ingest", "run", "check", "publish"),
        can_be_quiet=False,
    ),
    Step(
        "report",
        ("report",),
        {"out": "path", "period": "text", "language": "text", "template": "path"},
        needed=("out", "period"),
        after=("ingest", "run", "check", "publish"),
    ),
    Step(
        "interchange",
        ("interchange",),
        {"out": "path", "only": "texts", "licence": "text"},
        needed=("out",),
        after=("ingest", "run", "check", "publish"),
    ),
    Step(
        "return",
        ("return", "export"),
        {"out": "path", "key": "path", "municipality": "text", "all": "flag"},
        needed=("out", "key"),
        one_of=("municipality", "all"),
        after=("ingest", "run", "check"),
    ),
    Step("retention", ("retention",), {"keep_rows_days": "number"}, needed=("keep_rows_days",)),
)
"""In the order in which they are done. A check is made of what was read, whether or not a run could be made of it: its
report says which rows stopped the run. Rows whose time is over go last, and whatever else has failed."""

NAMED = {step.name: step for step in STEPS}


def stopped_by(step: Step, failed: Iterable[str]) -> str | None:
    """The first failed step that this one waits for."""
    return next((name for name in step.after if name in set(failed)), None)
