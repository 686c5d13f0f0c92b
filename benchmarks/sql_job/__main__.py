"""The main job as DuckDB SQL: the yardstick of speed, with two threads.

Done as in a run: rows that break type, required, enumeration, reference or row rules stay out, copies count once, rows
that contradict each other under one key all stay out; links, as-of view, evidence, exposed, obligations of all ten
kinds, gaps and counts; the results as Parquet with small numbers for persons, and their ids beside them.

Not done: other forms than Parquet in the contract's own types, quarantine with reasons (rows read and accepted are
counted), a copy of the canonical tables, number changes, a guidance's own target group, hashes of the inputs,
critical checks, linkage quality, counts by other groups and periods, continuity, and a version of a store. A run does
all of these, so a ratio against it is no fault of the SQL.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date
from pathlib import Path

import duckdb

STAGES = sorted(Path(__file__).parent.glob("[0-9][0-9]_*.sql"))
REFERENCE = Path(__file__).parents[2] / "pipelines" / "definitions" / "reference"


def run(canonical: Path, out: Path, as_of: date, memory_limit: str | None = None, *, tells: bool = False) -> None:
    """All stages, one after the other, in one database in memory; what does not fit spills into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 2, "temp_directory": str(out / "spilled")}) as database:
        database.execute("SET preserve_insertion_order = false")
        if memory_limit:
            database.execute(f"SET memory_limit = '{memory_limit}'")
        for name, value in {"canonical": str(canonical), "out": str(out), "reference": str(REFERENCE)}.items():
            database.execute(f"SET VARIABLE {name} = $value", {"value": value})
        database.execute("SET VARIABLE as_of = $value", {"value": as_of})
        for stage in STAGES:
            wall, processor = time.perf_counter(), time.process_time()
            database.execute(stage.read_text(encoding="utf-8"))
            if tells:
                wall, processor = time.perf_counter() - wall, time.process_time() - processor
                print(f"{stage.stem:20} wall {wall:6.2f} s  CPU {processor:6.2f} s", flush=True)
    if tells:
        print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sql_job", description=__doc__)
    parser.add_argument("canonical", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--memory-limit", help="as DuckDB writes it, for example 1.5GB")
    asked = parser.parse_args()
    run(asked.canonical, asked.out, asked.as_of, asked.memory_limit, tells=True)


if __name__ == "__main__":
    main()
