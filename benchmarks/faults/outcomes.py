"""How a fault ended, and what is said of all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.faults.processes import module, succeeded
from benchmarks.faults.state import UNREADABLE

OLD, NEW = "old", "new"
State = dict[str, Any]


@dataclass
class Outcome:
    """One fault. `version`: whether readers had what was before or what comes after; null where neither is meant.
    `wrong`: everything that is not as it should be; `how`: what to do to see it again."""

    fault: str
    what: str
    how: str
    version: str | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def ended_well(self) -> bool:
        return not self.wrong


QUICKLY, WHOLLY = ("--json", "--quick"), ("--json",)
"""How `roedtraad doctor` is asked: by sizes and footers of files, or by all that is in them."""


def seen(store: Path, doctor: Sequence[str] = ()) -> State:
    """What a new process sees of a store; with what the doctor says when it is asked."""
    told: State = json.loads(succeeded(module("state", store, *doctor)).said.splitlines()[-1])
    return told


def between(now: State, before: State, after: State) -> list[str]:
    """Pieces that are neither what they were nor what they become, and what may never be."""
    wrong = [
        f"{name} is neither old nor new: {told if told.startswith(UNREADABLE) else 'other rows'}"
        for name, told in now["pieces"].items()
        if told not in {before["pieces"][name], after["pieces"][name]}
    ]
    lost = [f"the audit log has lost entries: {now['audit']}"] if now["audit"] < before["audit"] else []
    return [*wrong, *lost, *now["faults"]]


def unlike(now: State, after: State) -> list[str]:
    """What is other than after undisturbed work, and what was left lying about."""
    wrong = [f"{name} is not that of undisturbed work" for name, told in now["pieces"].items()
             if told != after["pieces"][name]]  # fmt: skip
    left = [f"left behind: {name}" for name in now["leftovers"] if name not in after["leftovers"]]
    return [*wrong, *now["faults"], *left, *unsound(now, after)]


def unsound(now: State, undisturbed: State) -> list[str]:
    """What `roedtraad doctor` finds that it does not find in an undisturbed store."""
    known = {kind for kind, _ in (undisturbed["doctor"] or {}).get("findings", ())}
    found = (now["doctor"] or {}).get("findings", ())
    return [f"doctor finds {kind}: {where}" for kind, where in found if kind not in known]


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """One line per fault and what it met."""
    rows = [
        "| fault | what it met | times | ended well | then the old version | the new one |",
        "|---|---|---|---|---|---|",
    ]
    for fault, what in dict.fromkeys((each.fault, each.what) for each in outcomes):
        own = [each for each in outcomes if (each.fault, each.what) == (fault, what)]
        rows.append(f"| {fault} | {what} | {_counts(own)} |")
    return [*rows, f"| **all** | | {_counts(outcomes)} |"]


def _counts(outcomes: Sequence[Outcome]) -> str:
    well = sum(each.ended_well for each in outcomes)
    versions = [str(sum(each.version == name for each in outcomes) or "") for name in (OLD, NEW)]
    return " | ".join([f"{len(outcomes)}", f"{well}", *versions])


def failures(outcomes: Sequence[Outcome]) -> list[str]:
    """Everything that did not end well, with what to do to see it again."""
    return [
        f"- {each.fault}, {each.what}: {'; '.join(each.wrong)} ({each.how})" for each in outcomes if not each.ended_well
    ]
