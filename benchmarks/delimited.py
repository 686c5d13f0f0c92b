"""Danish delimited text in cp1252 against a plain UTF-8 scan of the same rows."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

PART = 1_000_000
TARGET = 3
IN_UTF_8, IN_CP1252 = "utf-8.csv", "cp1252.csv"

WRITE = """
import sys
from pathlib import Path
from benchmarks.delimited import write_twins
write_twins(Path(sys.argv[1]), int(sys.argv[2]))
"""
"""In a process of its own, for a process counts the memory of the one that started it into its peak."""

PLAIN = """
import sys
import polars as pl
pl.scan_csv(sys.argv[1], separator=";").sink_parquet(sys.argv[2], compression="zstd", compression_level=1)
"""

OURS = """
import sys
from pathlib import Path
from pipelines.sources.declarations import Form
from pipelines.sources.forms import delimited
file, form = Path(sys.argv[1]), Form("delimited", encoding="cp1252")
for at, rows in enumerate(delimited.batches(file, form, delimited.heading(file, form))):
    rows.write_parquet(Path(sys.argv[2]) / f"{at}.parquet", compression="zstd", compression_level=1)
"""


def contacts(first: int, rows: int) -> pl.DataFrame:
    """Contacts as a municipal system exports them: test numbers (60 added to the day), Danish dates, text with æøå."""
    at = pl.int_range(first, first + rows)
    kinds = pl.Series(["hjemmebesøg", "småbørnskonsultation", "opfølgning", "åben rådgivning"])
    states = pl.Series(["gennemført", "udeblevet", "aflyst af familien", "planlagt"])
    return pl.select(
        pl.format("k{}", at.cast(pl.String).str.zfill(9)).alias("Id"),
        pl.format(
            "{}{}25-4{}",
            (61 + at % 28).cast(pl.String),
            (1 + at % 12).cast(pl.String).str.zfill(2),
            (at % 1000).cast(pl.String).str.zfill(3),
        ).alias("Barn"),
        pl.lit("sundhedspleje").alias("Område"),
        pl.lit(kinds).gather(at % kinds.len()).alias("Art"),
        pl.date(2025, 1 + at % 12, 1 + at % 28).dt.to_string("%d-%m-%Y").alias("Dato"),
        pl.lit(states).gather(at % 7 % states.len()).alias("Status"),
        (101 + at % 750).cast(pl.String).str.zfill(4).alias("Kommune"),
        pl.format("Set på Æblevej, næste besøg om {} uger", at % 9).alias("Bemærkning"),
    )


def write_twins(folder: Path, rows: int) -> None:
    """The same rows in UTF-8 and in cp1252, both with `;` and CR LF."""
    with (folder / IN_UTF_8).open("wb") as plain, (folder / IN_CP1252).open("wb") as danish:
        for first in range(0, rows, PART):
            part = contacts(first, min(PART, rows - first))
            text = part.write_csv(separator=";", line_terminator="\r\n", include_header=first == 0)
            plain.write(text.encode())
            danish.write(text.encode("cp1252"))


def measure(folder: Path, rows: int) -> list[str]:
    """The table for the README. Both processes end with all rows and columns in Parquet."""
    from benchmarks.__main__ import measured

    measured([sys.executable, "-c", WRITE, folder, rows])
    parts = folder / "parts"
    parts.mkdir()
    plain = measured([sys.executable, "-c", PLAIN, folder / IN_UTF_8, folder / "plain.parquet"])
    ours = measured([sys.executable, "-c", OURS, folder / IN_CP1252, parts])
    read = pl.scan_parquet(parts / "*.parquet").select(pl.len()).collect().item()
    if read != rows:
        raise SystemExit(f"{read} rows read of {rows}")
    megabytes = (folder / IN_CP1252).stat().st_size / 1e6
    return [
        f"{rows:,} rows of Danish delimited text, {megabytes:,.0f} MB "
        f"(target: at most {TARGET} times a plain UTF-8 `scan_csv` of the same rows):",
        "",
        "| process | wall s | CPU s | peak GB | ratio of wall |",
        "|---|---|---|---|---|",
        f"| `scan_csv` of the UTF-8 twin to Parquet | {plain.wall:.1f} | {plain.cpu:.1f} | {plain.peak_gb:.2f} | 1.0 |",
        f"| the source adapter's reader, cp1252 to Parquet | {ours.wall:.1f} | {ours.cpu:.1f} | {ours.peak_gb:.2f} "
        f"| {ours.wall / plain.wall:.1f} |",
    ]
