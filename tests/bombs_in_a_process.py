"""Reads each bomb that it is given under limits of memory and time, and says how that ended: a line of JSON each.

    python bombs_in_a_process.py FOLDER

A reader that ends the process, or that asks for more than the limit, leaves its line out.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import fastexcel  # noqa: F401 - loaded before memory is measured
import pyreadstat  # noqa: F401

from pipelines.errors import UserError
from pipelines.requests.forms.guard import assert_harmless
from pipelines.returns.files import read_return
from pipelines.scan import scan
from pipelines.sources.fhir.entries import entries
from pipelines.sources.file_look import look_at_file
from pipelines.sources.forms import parquet, sas
from pipelines.sources.forms.excel import read_sheet
from reports.documents.word_guard import accepted

LIMIT = 6 << 30
"""Of addresses, which Polars' threads reserve by the gigabyte; what is used of them is measured."""


def _rows_of_parquet(file: Path) -> None:
    for _ in parquet.batches(file, parquet.heading(file)):
        pass


def _rows_of_sas(file: Path) -> None:
    for _ in sas.batches(file, sas.heading(file)):
        pass


def _entries(file: Path) -> None:
    for _ in entries(file, "ndjson" if file.suffix == ".ndjson" else "bundle", count()):
        pass


READERS: dict[str, Callable[[Path], object]] = {
    "delivery": lambda file: read_sheet(file, None),
    "look": look_at_file,
    "parquet": _rows_of_parquet,
    "sas": _rows_of_sas,
    "fhir": _entries,
    "form": lambda file: assert_harmless(file.read_bytes(), file.name),
    "return": read_return,
    "template": accepted,
    "scan": lambda file: scan([file]),
}
"""By the first part of a bomb's name."""


def used(status: Path = Path("/proc/self/status")) -> int:
    """The most that the process has had since `forget`, in megabytes; elsewhere than on Linux, since it began."""
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) >> 10


def forget() -> None:
    """The most is what there is now (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def told(file: Path) -> dict[str, object]:
    """How reading it ended: a UserError's words, `read`, or the kind of any other exception."""
    forget()
    before, began = used(), time.process_time()
    try:
        found = READERS[file.name.split("-")[0]](file)
        ended, said = "read", str(getattr(found, "unread", ""))
    except UserError as refused:
        ended, said = "refused", refused.what
    except BaseException as fault:
        ended, said = type(fault).__name__, ""
    return {
        "bomb": file.name,
        "ended": ended,
        "said": said,
        "seconds": round(time.process_time() - began, 2),
        "megabytes": used() - before,
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    for bomb in sorted(Path(sys.argv[1]).iterdir()):
        print(json.dumps(told(bomb)), flush=True)  # noqa: T201
