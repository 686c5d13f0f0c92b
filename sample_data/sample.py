"""The sample on disk: canonical tables, raw deliveries, and the answer key beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from pipelines.errors import UserError
from sample_data.country import Country, joined, make_batches
from sample_data.folder import SAMPLE_MARK, Folder, mark_as_sample
from sample_data.raw.deliveries import write_deliveries

FORMS = ("canonical", "raw")


def make_sample(
    out: Path,
    *,
    children: int,
    seed: int,
    as_of: date,
    forms: Sequence[str] = FORMS,
    progress: Callable[[str], None] | None = None,
    canonical_csv: bool = False,
) -> None:
    """Write a synthetic country of so many children to `out`; the same arguments give the same bytes.

    OUT/canonical/<table>.parquet (or .csv), OUT/raw/ with source.toml, OUT/answer_key.parquet with the canonical names
    and OUT/answer_key_raw.parquet with the senders' numbers; OUT/names.parquet says who is who in both. Only the raw
    form needs the whole country in memory.
    """
    unknown = sorted(set(forms) - set(FORMS))
    if unknown or not forms or children < 1:
        raise UserError(
            f"No such sample: {children} children as {', '.join(forms)}", to_do=f"Forms: {', '.join(FORMS)}."
        )
    say = progress or (lambda _: None)
    parts = _told(make_batches(children, seed, as_of), children, say)
    if "raw" in forms:
        country = joined(list(parts))
        parts = iter([country])
        _clear_of_an_earlier_sample(out / "raw")
        mark_as_sample(out / "raw", children=children, seed=seed, as_of=as_of)
        with Folder(out) as beside:
            written = write_deliveries(country, out / "raw", seed=seed, as_of=as_of, say=say)
            beside.append("answer_key_raw", written.key)
            beside.append("names", written.names)
    if "canonical" in forms:
        _write_canonical(parts, out, as_csv=canonical_csv)
        mark_as_sample(out / "canonical", children=children, seed=seed, as_of=as_of)


def _clear_of_an_earlier_sample(raw: Path) -> None:
    """Files of senders who no longer deliver would be read with the new ones. Only what is marked as ours goes."""
    if (raw / SAMPLE_MARK).exists():
        shutil.rmtree(raw)


def _write_canonical(parts: Iterator[Country], out: Path, *, as_csv: bool) -> None:
    with Folder(out / "canonical", as_csv=as_csv) as canonical, Folder(out) as beside:
        for part in parts:
            for name, table in part.tables.items():
                canonical.append(name, table)
            beside.append("answer_key", part.key)


def _told(parts: Iterator[Country], children: int, say: Callable[[str], None]) -> Iterator[Country]:
    made = 0
    for part in parts:
        made += part.tables["children"].height
        say(f"{made:,} of {children:,} children, {part.rows:,} rows")
        yield part
