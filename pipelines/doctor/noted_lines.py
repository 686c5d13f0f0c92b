"""Lines beside what was noted of them when they were written: lines that are gone, and lines that are others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.doctor.findings import RESTORE, Finding, Looked
from pipelines.doctor.lines import SECONDS_TO_WAIT, files_of_lines, is_line
from pipelines.failures import FILE as FAILED
from pipelines.line_sums import SUFFIX, fitting, noted, whole_lines
from pipelines.requests.opened import FILE as LOG

FITS = ""


def lost_lines(looked: Looked) -> Iterator[Finding]:
    """A file of lines that holds none, a request without its file, a file that was noted and is gone: retention leaves
    no empty file behind, and no note."""
    requests = looked.store / "requests"
    folders = [each for each in requests.iterdir() if each.is_dir()] if requests.is_dir() else []
    empty = [file for file in files_of_lines(looked.store) if file.stat().st_size == 0 and file.name != FAILED]
    asked = [each / LOG for each in folders if not (each / LOG).exists()]
    gone = [file for file in _files_noted(looked.store) if not file.exists() and _fault_of(file) != FITS]
    for file in sorted({*empty, *asked, *gone}):
        yield Finding(
            "lost_lines",
            looked.name_of(file),
            "There are no lines: the first was never confirmed, or what stood here is gone",
            RESTORE,
            works="The tables read; what these lines told is not shown.",
        )


def changed_lines(looked: Looked) -> Iterator[Finding]:
    """Lines that are not those that were noted. One that cannot be read is told by its number already."""
    for file in _files_noted(looked.store):
        lines = whole_lines(file.read_bytes()) if file.exists() else []
        if lines and all(map(is_line, lines)) and (what := _fault_of(file)) != FITS:
            yield Finding(
                "changed_lines",
                looked.name_of(file),
                what,
                RESTORE,
                works="The tables read; what these lines tell may be wrong.",
            )


def _fault_of(file: Path) -> str:
    """What is wrong with lines beside their note, or FITS. Looked at again when nobody writes."""
    what = _unlike_its_note(file)
    if what != FITS:
        with suppress(OSError, Timeout), FileLock(file.with_suffix(".lock"), timeout=SECONDS_TO_WAIT):
            what = _unlike_its_note(file)
    return what


def _unlike_its_note(file: Path) -> str:
    try:
        known = noted(file)
    except ValueError:
        return "The note of how many lines there are cannot be read"
    lines = whole_lines(file.read_bytes()) if file.exists() else []
    if known is None or fitting(known, lines):
        return FITS
    if len(lines) < known[0].lines:
        return f"There are {len(lines):,} lines; {known[0].lines:,} were written"
    return "They are other than those that were written"


def _files_noted(store: Path) -> list[Path]:
    """Files of lines of which somebody has noted what they hold, whether they are there or not."""
    notes = [*(store / "gap-decisions").glob(f"*{SUFFIX}"), *(store / "requests").rglob(f"*{SUFFIX}")]
    return sorted(each.with_suffix(".jsonl") for each in [*notes, *(store / "returns").glob(f"*{SUFFIX}")])
