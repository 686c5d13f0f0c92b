"""Texts that a guidance brings of its own: each must stand instead of one that we have, with the same placeholders."""

from __future__ import annotations

from string import Formatter

from dashboards.language import LANGUAGES, flat, shipped_texts
from pipelines.definitions.descriptions import TEXTS_FILE, Description


def texts_that_fit_nowhere(described: Description) -> list[str]:
    """File, key and fault of every text that stands instead of none, or asks for a value that is not given."""
    faults = []
    for language in LANGUAGES:
        file, ours = TEXTS_FILE.format(language=language), shipped_texts(language)
        for key, text in flat(described.texts(language).get("texts", {})).items():
            if key not in ours:
                faults.append(f"{file}, {key}: there is no such text")
            elif not _has_whole_braces(text):
                faults.append(f"{file}, {key}: a brace stands alone; write it twice where it is meant as a sign")
            elif not _values(text) <= _values(ours[key]):
                faults.append(f"{file}, {key}: it names a value that is not given")
    return faults


def _has_whole_braces(text: str) -> bool:
    try:
        _values(text)
    except ValueError:
        return False
    return True


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
