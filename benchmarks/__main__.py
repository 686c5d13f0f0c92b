"""`python -m benchmarks [--only PART...]`: measures, prints, and writes the tables into benchmarks/README.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks import analysis, catalogue, checks, delimited, disclosure, registers, scale, statistics
from benchmarks.faults import harness as faults
from benchmarks.processes import Measured, measured, roedtraad
from pipelines.definitions.tables import TABLE_NAMES

AS_OF = "2026-09-30"
DEMO_CHILDREN = 60_000
README = Path(__file__).parent / "README.md"
TARGETS = {"large": (60, 3.0), "demo": (20, None)}

COPY = """
import sys
from pathlib import Path
import polars as pl
for file in sorted(Path(sys.argv[1]).glob("*.parquet")):
    pl.scan_parquet(file).sink_parquet(Path(sys.argv[2]) / file.name, compression="zstd", compression_level=1)
"""


@dataclass(frozen=True)
class Asked:
    """How many children the large samples have, and a Python that has the libraries to compare with."""

    children: int
    others: Path | None


def stages(store: Path) -> pl.DataFrame:
    """Rows and seconds of each stage of the store's last run."""
    import json

    from pipelines.store import Store

    told = json.loads(Store(store).snapshot().run["stages"])
    return pl.DataFrame([{"stage": name, **stage} for name, stage in told.items()])


def measure_large(folder: Path, children: int) -> list[str]:
    sample = folder / "large"
    measured(roedtraad("sample", sample, "--children", children, "--forms", "canonical", "--as-of", AS_OF, "--quiet"))
    canonical = sample / "canonical"
    rows = sum(pl.scan_parquet(canonical / f"{n}.parquet").select(pl.len()).collect().item() for n in TABLE_NAMES)
    (folder / "copy").mkdir()
    copied = measured([sys.executable, "-c", COPY, canonical, folder / "copy"])
    command = roedtraad("run", "--quiet", "--canonical", canonical, "--store", folder / "store", "--as-of", AS_OF)
    run = measured(command)
    again = measured(command)
    seconds, gigabytes = TARGETS["large"]
    lines = [
        f"`roedtraad run` on canonical Parquet of {children:,} children, {rows:,} rows "
        f"(target for 1.5 million: under {seconds} s and {gigabytes} GB):",
        "",
        "| process | wall s | CPU s | peak GB | ratio of CPU |",
        "|---|---|---|---|---|",
        f"| lower bound: read every table and write it again, nothing else | {_cells(copied)} | 1.0 |",
        f"| the main job | {_cells(run)} | {run.cpu / copied.cpu:.1f} |",
        f"| the same again: nothing new | {_cells(again)} | {again.cpu / copied.cpu:.1f} |",
        "",
        "| stage | rows | seconds | rows per second |",
        "|---|---|---|---|",
    ]
    for row in stages(folder / "store").iter_rows(named=True):
        speed = f"{row['rows'] / row['seconds']:,.0f}" if row["seconds"] > 0 and row["stage"] != "read" else ""
        lines.append(f"| {row['stage']} | {row['rows']:,} | {row['seconds']:.2f} | {speed} |")
    return lines


def measure_demo(folder: Path) -> list[str]:
    demo = folder / "demo"
    sample = measured(roedtraad("sample", demo, "--children", DEMO_CHILDREN, "--as-of", AS_OF, "--quiet"))
    source = ("--source", demo / "raw" / "source.toml")
    run = measured(roedtraad("run", "--quiet", *source, "--store", demo / "store", "--as-of", AS_OF))
    return [
        f"The demo of {DEMO_CHILDREN:,} children from raw deliveries "
        f"(targets: sample under 60 s, main job under {TARGETS['demo'][0]} s):",
        "",
        "| process | wall s | CPU s | peak GB |",
        "|---|---|---|---|",
        f"| `roedtraad sample`, both forms | {_cells(sample)} |",
        f"| `roedtraad run` from the raw deliveries | {_cells(run)} |",
    ]


def _cells(process: Measured) -> str:
    return f"{process.wall:.1f} | {process.cpu:.1f} | {process.peak_gb:.2f}"


def measure_catalogue(folder: Path, children: int) -> list[str]:
    sample, store = folder / "large", folder / "store"
    measured(roedtraad("sample", sample, "--children", children, "--forms", "canonical", "--as-of", AS_OF, "--quiet"))
    measured(roedtraad("run", "--quiet", "--canonical", sample / "canonical", "--store", store, "--as-of", AS_OF))
    return catalogue.measure(folder, store)


def measure_checks(folder: Path, others: Path | None) -> list[str]:
    return [
        *checks.measure(folder, 1_000_000, others),
        "",
        *checks.measure(folder, 10_000_000, others, times=1),
    ]


def measure_disclosure(folder: Path, asked: Asked) -> list[str]:
    stores = {}
    for name, children in (("demo", DEMO_CHILDREN), ("country", asked.children)):
        sample, store = folder / name, folder / f"{name} store"
        told = ("--children", children, "--forms", "canonical", "--as-of", AS_OF, "--quiet")
        measured(roedtraad("sample", sample, *told))
        measured(roedtraad("run", "--quiet", "--canonical", sample / "canonical", "--store", store, "--as-of", AS_OF))
        stores[name] = store
    return disclosure.measure(folder, stores, asked.others)


def measure_analysis(folder: Path, asked: Asked) -> list[str]:
    sample, store = folder / "large", folder / "store"
    measured(
        roedtraad("sample", sample, "--children", asked.children, "--forms", "canonical", "--as-of", AS_OF, "--quiet")
    )
    measured(roedtraad("run", "--quiet", "--canonical", sample / "canonical", "--store", store, "--as-of", AS_OF))
    return analysis.measure(store)


PARTS: dict[str, Callable[[Path, Asked], list[str]]] = {
    "demo": lambda folder, _: measure_demo(folder),
    "large": lambda folder, asked: measure_large(folder, asked.children),
    "text": lambda folder, _: delimited.measure(folder, 10_000_000),
    "registers": lambda folder, _: registers.measure(folder, 100_000_000),
    "checks": lambda folder, asked: measure_checks(folder, asked.others),
    "catalogue": lambda folder, asked: measure_catalogue(folder, asked.children),
    "disclosure": measure_disclosure,
    "statistics": lambda _folder, _: statistics.measure(),
    "analysis": measure_analysis,
    "municipality": lambda folder, _: scale.measure(folder, 150_000, scale.Ways()),
    "scale": lambda folder, _: scale.measure(folder, 1_500_000, scale.Ways()),
    "three countries": lambda folder, _: scale.measure(
        folder, 1_500_000, scale.Ways(pandas=False, cluster=False, corrections=False, buckets=16), times=3
    ),
    "a union": lambda folder, _: scale.measure(
        folder,
        1_500_000,
        scale.Ways(sql=False, pandas=False, plain=False, cluster=False, corrections=False, buckets=64),
        times=10,
    ),
    "faults": lambda folder, _: faults.measure(folder),
}
"""What is measured, each in a folder of its own and in its own place of the README."""


def write(part: str, lines: list[str]) -> None:
    """Between the part's marks of the README; what stands around them stays."""
    text = README.read_text(encoding="utf-8")
    start, end = f"<!-- measured: {part} -->", f"<!-- /measured: {part} -->"
    before, rest = text.split(start)
    after = rest.split(end)[1]
    README.write_text("\n".join([before + start, *lines, end + after]), encoding="utf-8")


def main() -> None:
    """All parts, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=1_500_000)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument(
        "--others", type=Path, help="a Python with the libraries to compare with, as far as it has them"
    )
    given = parser.parse_args()
    asked = Asked(given.children, given.others)
    about = (
        f"Measured on {date.today().isoformat()} with {os.cpu_count()} cores, Python {platform.python_version()}, "  # noqa: DTZ011
        f"Polars {pl.__version__}."
    )
    for part in given.only:
        with tempfile.TemporaryDirectory() as place:
            lines = [about, "", *PARTS[part](Path(place), asked)]
        print("\n".join(lines), flush=True)
        write(part, lines)


if __name__ == "__main__":
    main()
