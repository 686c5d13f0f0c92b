"""How the last night went, in words: on the operator's page, and on the page that the night itself writes."""

from __future__ import annotations

from dashboards.language import Words
from pipelines.nightly.night import Night, StepTaken

CODES_WITH_WORDS = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    21,
    22,
    25,
    27,
    *range(31, 38),
    137,
)


def lead(night: Night, words: Words) -> str:
    """In a sentence: finished, stopped and where, or not over yet."""
    day, done = words.day(night.name), sum(step.outcome == "done" for step in night.steps)
    counts = {"day": day, "done": words.number(done), "all": words.number(len(night.steps))}
    failed = night.failed
    if failed is not None:
        return words("nightly.stopped", step=step_name(failed.name, words), **counts)
    return words("nightly.finished" if night.is_finished else "nightly.running", **counts)


def step_name(name: str, words: Words) -> str:
    """What a step does, in a word or two."""
    return words(f"nightly_step.{name}")


def step_title(name: str, words: Words) -> str:
    """The same at the beginning of a line."""
    told = step_name(name, words)
    return told[:1].upper() + told[1:]


def outcome(step: StepTaken, words: Words) -> str:
    """How it ended, in a word or two."""
    return words(f"nightly_outcome.{step.outcome}")


def what_happened(step: StepTaken, words: Words) -> str:
    """Of a step that failed or was left out: what its exit code means; empty for others."""
    if step.outcome == "left_out" and step.because:
        return words("nightly.because", step=step_name(step.because, words))
    return words(f"nightly_code.{_code(step)}", code=step.code) if step.outcome == "failed" else ""


def what_to_do(step: StepTaken, words: Words) -> str:
    """Of a step that failed."""
    return words(f"nightly_to_do.{_code(step)}", code=step.code) if step.outcome == "failed" else ""


def _code(step: StepTaken) -> str:
    return f"code_{step.code}" if step.code in CODES_WITH_WORDS else "other"
