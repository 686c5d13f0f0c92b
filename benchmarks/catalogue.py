"""The whole catalogue of checks on a store, and the gate before figures: seconds, peak memory, passes over the data.

`python -m benchmarks.catalogue STORE`. The store is left with one check more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from pipelines.store import Store

TARGET_SECONDS, TARGET_GB, TARGET_GATE = 60, 4.0, 5
SLOWEST = 8

CHECK = """
import json, sys
from pathlib import Path
import polars as pl
from checks.run import check
from pipelines.progress import Progress
from pipelines.store import Store

passes = 0
def counted(way):
    def each(rows, *args, **options):
        global passes
        passes += 1
        return way(rows, *args, **options)
    return each

pl.LazyFrame.collect, pl.LazyFrame.sink_ipc = counted(pl.LazyFrame.collect), counted(pl.LazyFrame.sink_ipc)
progress = Progress()
outcome = check(Store(Path(sys.argv[1])), progress=progress)
overall = outcome.results.filter(pl.col("municipality_code").is_null())
Path(sys.argv[2]).write_text(json.dumps({
    "checks": overall.height,
    "passes": passes,
    "results": outcome.results.height,
    "statuses": dict(overall["status"].value_counts().sort("status").iter_rows()),
    "frames": [(stage.name, stage.rows, stage.seconds) for stage in progress.stages],
}))
"""

GATE = """
import json, sys, time
from datetime import date
from pathlib import Path
from checks.catalogue import CATALOGUE
from checks.gate import ChecksFailed, gate_of, is_asked
from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import TABLE_NAMES
from pipelines.store import Store

store = Store(Path(sys.argv[1]))
snapshot = store.snapshot()
tables = {name: snapshot.table(name) for name in TABLE_NAMES}
started = time.perf_counter()
try:
    gate_of(store, Reference.load())(tables, snapshot.table("identities"), snapshot.run["as_of"])
    stopped = ""
except ChecksFailed as error:
    stopped = error.what
seconds = time.perf_counter() - started
asked = sum(map(is_asked, CATALOGUE))
Path(sys.argv[2]).write_text(json.dumps({"seconds": seconds, "checks": asked, "stopped": stopped}))
"""
"""Without the start of Python: a run has Polars and the tables at hand when it comes to the gate."""


def measure(folder: Path, store: Path) -> list[str]:
    """The tables for the README. `folder` is for what the processes tell."""
    from benchmarks.__main__ import measured

    said, at_the_gate = folder / "check.json", folder / "gate.json"
    gate = measured([sys.executable, "-c", GATE, store, at_the_gate])
    check = measured([sys.executable, "-c", CHECK, store, said])
    told, passed = json.loads(said.read_text()), json.loads(at_the_gate.read_text())
    run = Store(store).snapshot().table("children_in_view").select("child_id").collect(engine="streaming").height
    statuses = ", ".join(f"{count} {status}" for status, count in told["statuses"].items())
    return [
        f"`roedtraad check`: {told['checks']} checks in {len(told['frames'])} frames on a store of {run:,} children "
        f"(target for 1.5 million: under {TARGET_SECONDS} s and {TARGET_GB} GB, the gate under {TARGET_GATE} s): "
        f"{told['passes']} passes over data, {told['results']:,} results; {statuses}.",
        "",
        "| what | wall s | CPU s | peak GB |",
        "|---|---|---|---|",
        f"| all checks, from the start of Python | {check.wall:.1f} | {check.cpu:.1f} | {check.peak_gb:.2f} |",
        f"| the gate before a run: {passed['checks']} critical checks in plain Polars | {passed['seconds']:.1f} | "
        f"{gate.cpu:.1f} | {gate.peak_gb:.2f} |",
        "",
        "| frame, the slowest first | rows | seconds |",
        "|---|---|---|",
        *(f"| {name.removeprefix('check ')} | {rows:,} | {seconds:.1f} |" for name, rows, seconds in _slowest(told)),
    ]


def _slowest(told: dict[str, list[tuple[str, int, float]]]) -> list[tuple[str, int, float]]:
    return sorted(told["frames"], key=lambda stage: -stage[2])[:SLOWEST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(measure(Path(folder), parser.parse_args().store)))


if __name__ == "__main__":
    main()
