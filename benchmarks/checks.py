"""43 checks on an 18-column table, by a hand-written query, by Great Expectations on our engine and on pandas.

`python -m benchmarks.checks [--rows N] [--others PYTHON]`. Each way runs in a process of its own: processor seconds and
peak memory of loading and checking, without the imports. All ways must find the same failures.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.check_ways import WAYS, Counts, suite, table

TARGETS = {"counts": 1.2, "ids": 2.0, "cpu of pandas": 0.1, "memory of pandas": 0.5}
OURS, OTHERS = ("hand", "counts", "ids", "pandas"), ("pandera", "dataframely", "pointblank")


@dataclass(frozen=True)
class Way:
    """Of loading and checking: processor and wall seconds, peak memory of the process, and of it beyond the imports."""

    cpu: float
    wall: float
    peak_mb: float
    beyond_imports_mb: float
    counts: Counts


def measure(folder: Path, rows: int, others: Path | None = None, times: int = 3) -> list[str]:
    """The table for the README. `others`: a Python that has pandera, dataframely and pointblank, which the project does
    not depend on. The best of `times` processes is taken (pandas, which takes long, runs once)."""
    file = folder / "checks.parquet"
    _process(sys.executable, "make", file, str(rows))
    found = {name: _best(sys.executable, name, file, 1 if name == "pandas" else times) for name in OURS}
    found |= {name: _best(str(others or sys.executable), name, file, times) for name in OTHERS}
    hand, counts, ids, pandas = (way for name in OURS if (way := found[name]))
    for name, way in found.items():
        if way and way.counts != hand.counts:
            raise SystemExit(f"{name} finds other failures than the hand-written query")
    lines = [
        f"{len(hand.counts)} checks on 18 columns and {rows:,} rows; {sum(hand.counts.values()):,} failures, "
        "the same by all ways:",
        "",
        "| way | CPU s | wall s | peak MB | of it beyond the imports | CPU against the first |",
        "|---|---|---|---|---|---|",
        *(_line(WAYS[name][0], way, hand) for name, way in found.items()),
        "",
    ]
    told = [
        _target("counts", counts.cpu / hand.cpu, TARGETS["counts"]),
        _target("with ids", ids.cpu / hand.cpu, TARGETS["ids"]),
        _target("counts against pandas", counts.cpu / pandas.cpu, TARGETS["cpu of pandas"]),
        _target(
            "memory against pandas", counts.beyond_imports_mb / pandas.beyond_imports_mb, TARGETS["memory of pandas"]
        ),
    ]
    return [*lines, "Targets: " + "; ".join(told) + "."]


def _target(name: str, ratio: float, at_most: float) -> str:
    return f"{name} {ratio:.2f} (at most {at_most:g}{'' if ratio <= at_most else ', missed'})"


def _line(what: str, way: Way | None, hand: Way) -> str:
    if way is None:
        return f"| {what} | not installed | | | | |"
    memory = f"{way.peak_mb:.0f} | {way.beyond_imports_mb:.0f}"
    return f"| {what} | {way.cpu:.2f} | {way.wall:.2f} | {memory} | {way.cpu / hand.cpu:.2f} |"


def _best(python: str, name: str, file: Path, times: int) -> Way | None:
    runs = [_process(python, name, file) for _ in range(times)]
    ways = [Way(**json.loads(each)) for each in runs if each != "not installed"]
    return min(ways, key=lambda way: way.cpu) if ways else None


def _process(python: str, *arguments: object) -> str:
    command = [python, "-m", "benchmarks.checks", "--way", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().rpartition("\n")[2]


def _one_way(name: str, file: Path, rows: str = "0") -> str:
    """In a process of its own: imports first, then what is measured."""
    if name == "make":
        table(int(rows)).collect().write_parquet(file)
        return "made"
    if name in OTHERS and importlib.util.find_spec(name) is None:
        return "not installed"
    _imports(name)
    imported, cpu, wall = _resident(), time.process_time(), time.perf_counter()
    counts = WAYS[name][1](file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    way = Way(time.process_time() - cpu, time.perf_counter() - wall, peak, peak - imported, counts)
    return json.dumps(asdict(way))


def _imports(name: str) -> None:
    warnings.simplefilter("ignore")
    if name in ("counts", "ids", "pandas"):
        importlib.import_module("checks.polars_engine")
        suite()
    elif name in OTHERS:
        importlib.import_module("pandera.polars" if name == "pandera" else name)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--others", type=Path)
    parser.add_argument("--way", nargs="+")
    given = parser.parse_args()
    if given.way:
        print(_one_way(given.way[0], Path(given.way[1]), *given.way[2:]))
        return
    with tempfile.TemporaryDirectory() as place:
        print("\n".join(measure(Path(place), given.rows, given.others)))


if __name__ == "__main__":
    main()
