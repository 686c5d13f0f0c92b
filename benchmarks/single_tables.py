"""Single tables with margins: through `roedtraad protect`, and by the same measure through Tau-Argus.

Tau-Argus cannot express the national release (linked tables with outcomes below each other, earlier releases), but a
table of municipalities by outcomes in one region and period, or of 98 municipalities by 6 categories.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.attacker import attack
from benchmarks.public_knowledge import Shown, sensitive
from pipelines.disclosure.linked_tables import Flags, LinkedTables, Published
from pipelines.disclosure.national import NationalRelease
from pipelines.disclosure.suppressor import suppress
from pipelines.disclosure.utility import Utility

THRESHOLD = 5
MUNICIPALITIES, CATEGORIES = 98, 6
SECONDS = 10
WAYS = {"MOD(1)": "modular", "OPT(1)": "optimal"}
OUTCOMES = ("numerator_timely", "late", "missed")
SEVERAL = 40
Counts = NDArray[np.int64]


def with_margins(counts: Counts) -> LinkedTables:
    """Cells `0,0`, margins `0,-1` and `-1,0`, and all."""
    rows, columns = counts.shape
    cells = {f"{row},{column}": int(counts[row, column]) for row in range(rows) for column in range(columns)}
    cells |= {f"{row},-1": int(counts[row].sum()) for row in range(rows)}
    cells |= {f"-1,{column}": int(counts[:, column].sum()) for column in range(columns)}
    cells["-1,-1"] = int(counts.sum())
    across = [(f"{row},-1", [f"{row},{column}" for column in range(columns)]) for row in range(-1, rows)]
    down = [(f"-1,{column}", [f"{row},{column}" for row in range(rows)]) for column in range(-1, columns)]
    return LinkedTables.of(cells, [*across, *down], threshold=THRESHOLD)


def drawn(random: np.random.Generator, mean: float) -> Counts:
    """Municipalities of very different size by categories of very different size."""
    size = random.lognormal(0, 0.9, MUNICIPALITIES)
    share = random.dirichlet(np.full(CATEGORIES, 2.0)) * CATEGORIES
    return np.asarray(random.poisson(mean * np.outer(size / size.mean(), share)), dtype=np.int64)


def of_release(national: NationalRelease, random: np.random.Generator) -> list[Counts]:
    """Municipalities by outcomes of one measure, one region and one fixed period, as the release counts them."""
    is_asked = (
        (pl.col("attribution") == "responsible")
        & (pl.col("group_kind") == "municipality")
        & (pl.col("period_kind") == "three_years")
        & pl.col("outcome").is_in(OUTCOMES)
        & pl.col("cell").is_not_null()
    )
    rows = (
        national.obligations(national.hidden)
        .filter(is_asked)
        .with_columns(pl.col("group_value").str.head(2).alias("region"))
    )
    tables = [_table(rows) for _, rows in rows.group_by("measure", "period", "region", maintain_order=True)]
    worth = [
        table for table in tables if len(table) > 2 and table.sum() >= 10 * THRESHOLD and (table < THRESHOLD).any()
    ]
    return [worth[at] for at in sorted(random.permutation(len(worth))[:SEVERAL].tolist())]


def _table(rows: pl.DataFrame) -> Counts:
    wide = rows.pivot("outcome", index="group_value", values="count").fill_null(0)
    return np.asarray(wide.select(each for each in OUTCOMES if each in wide.columns).to_numpy(), dtype=np.int64)


@dataclass(frozen=True)
class Protected:
    """By one way: what stays of the cells of at least t, and what an attacker makes of the rest. None: no answer."""

    shown: int
    publishable: int
    narrowed: int
    sensitive: int
    seconds: float
    unanswered: int = 0

    def row(self, name: str) -> str:
        share = f"{self.shown / self.publishable:.1%}" if self.publishable else "–"
        return (
            f"| {name} | {share} of {self.publishable:,} | {self.narrowed:,} of {self.sensitive:,} | "
            f"{self.seconds:.2f} | {self.unanswered} |"
        )


def judged(tables: list[LinkedTables], hidden: list[Flags | None], seconds: float) -> Protected:
    """Everything together; tables without an answer count as not shown at all."""
    shown = publishable = narrowed = asked = 0
    for each, flags in zip(tables, hidden, strict=True):
        pattern = np.ones(len(each), dtype=np.bool_) if flags is None else flags
        made = attack([Shown(Published.of(each, pattern), each)], np.random.default_rng(0))
        large = each.counts >= THRESHOLD
        shown += int((large & ~pattern).sum())
        publishable += Utility.of(each, pattern).publishable
        narrowed += len(made.broken)
        asked += made.sensitive
    return Protected(shown, publishable, narrowed, asked, seconds, sum(int(each is None) for each in hidden))


def compared(folder: Path, tables: list[Counts], others: Path | None) -> list[str]:
    """The rows of one table of the README."""
    linked = [with_margins(each) for each in tables]
    started = time.perf_counter()
    ours: list[Flags | None] = [suppress(each) for each in linked]
    seconds = time.perf_counter() - started
    lines = [
        judged(linked, ours, seconds).row("the gate's suppressor"),
        judged(linked, [sensitive(each) for each in linked], 0.0).row("small counts alone (leaky)"),
    ]
    told = _by_argus(folder, tables, others)
    for way, name in WAYS.items():
        if told is None:
            lines.append(f"| `pytauargus`, {name} | not installed | | | |")
            continue
        hidden = [_flags(each, found) for each, found in zip(linked, told[way], strict=True)]
        spent = sum(each["seconds"] for each in told[way] if each)
        lines.append(judged(linked, hidden, spent).row(f"`pytauargus`, {name}"))
    return lines


def _by_argus(folder: Path, tables: list[Counts], others: Path | None) -> dict[str, list[dict[str, Any] | None]] | None:
    asked, out = folder / "tables.json", folder / "protected.json"
    told = {"tables": [each.tolist() for each in tables], "threshold": THRESHOLD, "ways": list(WAYS)}
    asked.write_text(json.dumps(told))
    out.unlink(missing_ok=True)
    root = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}  # it leaves files where it runs
    subprocess.run(
        [str(others or sys.executable), "-m", "benchmarks.argus", asked, out], check=True, cwd=folder, env=root
    )
    return dict(json.loads(out.read_text())) if out.exists() else None


def _flags(tables: LinkedTables, found: dict[str, Any] | None) -> Flags | None:
    """What it hides, and what the rules hide in any case."""
    if found is None:
        return None
    names = {f"{row},{column}" for row, column in found["hidden"]}
    return np.array([name in names for name in tables.names]) | sensitive(tables)


def by_command(folder: Path, random: np.random.Generator) -> list[str]:
    """`roedtraad protect` on files, from the start of Python to the audited file."""
    from benchmarks.__main__ import measured, roedtraad

    lines = ["| mean count | cells | sensitive | wall s | CPU s | peak GB |", "|---|---|---|---|---|---|"]
    for mean in (3.0, 10.0, 40.0):
        tables = with_margins(drawn(random, mean))
        cells, relations, out = (folder / name for name in ("cells.csv", "relations.json", "published.csv"))
        rows = zip(tables.names, tables.counts.tolist(), strict=True)
        cells.write_text("cell,count\n" + "".join(f'"{name}",{count}\n' for name, count in rows), encoding="utf-8")
        totals = [
            {"total": tables.names[total], "parts": [tables.names[part] for part in parts]}
            for total, parts in tables.relations
        ]
        relations.write_text(json.dumps({"threshold": THRESHOLD, "totals": totals}), encoding="utf-8")
        out.unlink(missing_ok=True)
        run = measured(roedtraad("protect", cells, relations, "--out", out))
        told = f"{mean:g} | {len(tables):,} | {int(sensitive(tables).sum()):,}"
        lines.append(f"| {told} | {run.wall:.1f} | {run.cpu:.1f} | {run.peak_gb:.2f} |")
    return lines


def measure(folder: Path, national: NationalRelease, others: Path | None) -> list[str]:
    """What the README says of single tables."""
    random = np.random.default_rng(5)
    small = of_release(national, random)
    large = [drawn(random, mean) for mean in (3.0, 10.0, 40.0)]
    heading = [
        "| way | cells of at least 5 that stay | small counts that are narrowed | s | tables without an answer |",
        "|---|---|---|---|---|",
    ]
    return [
        f"`roedtraad protect` on a table of {MUNICIPALITIES} municipalities by {CATEGORIES} categories with margins, "
        f"from files to the audited file (target: under {SECONDS} s):",
        "",
        *by_command(folder, random),
        "",
        f"{len(small)} tables of the demo's release (municipalities of a region by outcomes, one measure and fixed "
        "period, with margins, without shares), protected one by one:",
        "",
        *heading,
        *compared(folder, small, others),
        "",
        f"{len(large)} tables of {MUNICIPALITIES} by {CATEGORIES}:",
        "",
        *heading,
        *compared(folder, large, others),
    ]
