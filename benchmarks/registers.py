"""Diagnoses in the layout of LPR_A_DIAGNOSE, filtered to the code list, against a bare scan of the two columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.definitions.reference import Reference

if TYPE_CHECKING:
    from benchmarks.__main__ import Measured

ROWS_OF_A_FILE = 10_000_000
OTHER_CONTACTS = 10_000_000
PERSONS = 4_000_000
CONTACTS_OF_A_PERSON = 3
SHARE_ON_THE_LIST = 0.003
MANY_CODES = 12_000
SEED = 3
DIAGNOSES = "LPR_A_DIAGNOSE DW_EK_KONTAKT DIAG_KODE"
CONTACTS = "LPR_A_KONTAKT DW_EK_KONTAKT PNR KONT_STARTTIDSPUNKT"
TARGET_RATIO, TARGET_GB = 2.0, 2.0

GENERATE = """
import sys
from pathlib import Path
from benchmarks.registers import generate
generate(Path(sys.argv[1]), int(sys.argv[2]))
"""
"""In a process of its own: a process that is started counts the memory of the one that started it."""

SCAN = """
import sys
import polars as pl
for table, *columns in (one.split(" ") for one in sys.argv[2:]):
    rows = pl.scan_parquet(f"{sys.argv[1]}/{table}_*.parquet")
    rows.select(pl.col(columns).hash().sum()).collect(engine="streaming")
"""
"""The needed columns are really decoded: every value is hashed."""

INGEST = """
import sys, tempfile
from pathlib import Path
from pipelines.definitions.reference import Reference
from pipelines.identity import Pseudonyms
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declared_source import read_declared_source
source = read_configuration(Path(sys.argv[1]) / "source.toml")
secret = Pseudonyms(b"of the benchmark only", test_numbers_only=True)
with tempfile.TemporaryDirectory() as staging:
    reading = read_declared_source(source, secret, Path(staging), Reference.load()).reading
    assert all(one.content_hash for one in reading.accounts) and not reading.faults
    print(sum(one.used for one in reading.accounts if one.delivery == "LPR_A_DIAGNOSE"), file=open(sys.argv[2], "w"))
"""

SOURCE = """[source]
name = "benchmark"
demo = true
[[register]]
layout = "LPR_A_DIAGNOSE"
path = "LPR_A_DIAGNOSE_*.parquet"
form = "parquet"
[register.codes]
DIAG_KODE_TYPE = { A = "diagnosis", B = "diagnosis", H = "referral" }
SENERE_AFKRAEFTET = { Ja = "true", Nej = "false" }
[[register]]
layout = "LPR_A_KONTAKT"
path = "LPR_A_KONTAKT_*.parquet"
form = "parquet"
"""


def measure(folder: Path, rows: int) -> list[str]:
    """Writes `rows` diagnoses and their contacts, measures in processes of their own, gives a Markdown table."""
    from benchmarks.__main__ import measured  # it imports this module

    measured([sys.executable, "-c", GENERATE, folder, rows])
    scanned = measured([sys.executable, "-c", SCAN, folder, DIAGNOSES])
    both = measured([sys.executable, "-c", SCAN, folder, DIAGNOSES, CONTACTS])
    told = folder / "used.txt"
    ingested = measured([sys.executable, "-c", INGEST, folder, told])
    used = int(told.read_text())
    return [
        f"Ingest of {rows:,} rows of LPR_A_DIAGNOSE filtered to the code list ({used:,} used), with their contacts "
        f"among {OTHER_CONTACTS:,} others in LPR_A_KONTAKT (target: at most {TARGET_RATIO:.0f} times the scan, under "
        f"{TARGET_GB:.0f} GB):",
        "",
        "| process | wall s | CPU s | peak GB | ratio of wall | ratio of CPU |",
        "|---|---|---|---|---|---|",
        _row("lower bound: scan the two needed columns", scanned, scanned),
        _row("the same and the three needed columns of the contacts", both, scanned),
        _row("the adapter: hash of the files, filter, contacts, pseudonyms, staging", ingested, scanned),
    ]


def generate(folder: Path, rows: int) -> None:
    """Several files of diagnoses, the contacts of all that are on the code list, and other contacts."""
    random = np.random.default_rng(SEED)
    codes, chances = _codes(random)
    folder.mkdir(parents=True, exist_ok=True)
    for at, height in enumerate(_heights(rows)):
        diagnoses = _diagnoses(random, height, codes, chances)
        diagnoses.write_parquet(folder / f"LPR_A_DIAGNOSE_{at:03d}.parquet")
        on_the_list = diagnoses.filter(pl.col("DIAG_KODE").is_in(codes[-_on_the_list() :].implode()))
        contacts = _contacts(random, on_the_list["DW_EK_KONTAKT"], OTHER_CONTACTS * height // rows)
        contacts.write_parquet(folder / f"LPR_A_KONTAKT_{at:03d}.parquet")
    (folder / "source.toml").write_text(SOURCE, encoding="utf-8")


def _heights(rows: int) -> Iterator[int]:
    for start in range(0, rows, ROWS_OF_A_FILE):
        yield min(ROWS_OF_A_FILE, rows - start)


def _on_the_list() -> int:
    return Reference.load().exposure_codes.height


def _codes(random: np.random.Generator) -> tuple[pl.Series, npt.NDArray[np.float64]]:
    """Many codes, few of them frequent; those of the code list last, with the share that they have in all."""
    wanted = Reference.load().exposure_codes["prefix"]
    drawn = random.integers(0, [26, 100, 11], (MANY_CODES * 2, 3)).tolist()
    made = pl.Series(
        sorted({f"D{chr(65 + letter)}{group:02d}{'' if last == 10 else last}" for letter, group, last in drawn})
    )
    is_listed = pl.any_horizontal(pl.col("code").str.starts_with(prefix) for prefix in wanted)
    others = made.to_frame("code").filter(~is_listed).to_series().sample(MANY_CODES, seed=SEED)
    often = 1 / np.arange(1, MANY_CODES + 1) ** 0.8
    chances = [often / often.sum() * (1 - SHARE_ON_THE_LIST), np.full(len(wanted), SHARE_ON_THE_LIST / len(wanted))]
    return pl.concat([others.rename("code"), wanted.rename("code")]), np.concatenate(chances).cumsum()


def _diagnoses(
    random: np.random.Generator, height: int, codes: pl.Series, chances: npt.NDArray[np.float64]
) -> pl.DataFrame:
    drawn = np.searchsorted(chances, random.random(height)).clip(0, len(codes) - 1)
    return pl.DataFrame(
        {
            "DW_EK_KONTAKT": random.integers(1, 2**62, height),
            "DIAG_KODE": codes.gather(pl.Series(drawn)),
            "DIAG_KODE_TYPE": _drawn(random, height, ["A", "B"], 0.55),
            "SENERE_AFKRAEFTET": _drawn(random, height, ["Nej", "Ja"], 0.01),
            "DIAG_KODE_TEKST": pl.Series([None], dtype=pl.String).new_from_index(0, height),
        }
    )


def _drawn(random: np.random.Generator, height: int, words: list[str], share: float) -> pl.Series:
    return pl.Series(words).gather(pl.Series((random.random(height) < share).astype(np.uint32)))


def _contacts(random: np.random.Generator, wanted: pl.Series, others: int) -> pl.DataFrame:
    """The wanted contacts among others, in no order. Who has a diagnosis of the list has several."""
    keys = np.concatenate([wanted.to_numpy(), random.integers(2**62, 2**63 - 1, others)])
    ill = random.integers(0, max(1, len(wanted) // CONTACTS_OF_A_PERSON), len(wanted))
    persons = np.concatenate([ill, random.integers(0, PERSONS, others)])
    order = random.permutation(len(keys))
    first = np.datetime64(datetime(2019, 2, 1))  # noqa: DTZ001 - registers have no zone
    began = first + random.integers(0, 7 * 365 * 86400, len(keys)).astype("timedelta64[s]")
    return pl.DataFrame({"DW_EK_KONTAKT": keys[order], "PNR": _numbers(persons[order]), "KONT_STARTTIDSPUNKT": began})


def _numbers(persons: npt.NDArray[np.int64]) -> pl.Series:
    """Test numbers of numbered persons."""
    person = pl.col("person")
    day, month, year = person % 28 + 61, person // 28 % 12 + 1, person // 336 % 40 + 60
    two_digits = [part.cast(pl.String).str.zfill(2) for part in (day, month, year)]
    serial = (person // 13440).cast(pl.String).str.zfill(4)
    return pl.DataFrame({"person": persons}).select(pl.concat_str(*two_digits, serial)).to_series()


def _row(label: str, process: Measured, bound: Measured) -> str:
    cells = f"{process.wall:.1f} | {process.cpu:.1f} | {process.peak_gb:.2f}"
    return f"| {label} | {cells} | {process.wall / bound.wall:.1f} | {process.cpu / bound.cpu:.1f} |"


if __name__ == "__main__":
    print("\n".join(measure(Path(sys.argv[1]), int(sys.argv[2]))))
