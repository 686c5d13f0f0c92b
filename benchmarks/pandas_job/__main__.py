"""The main job in pandas: canonical Parquet to evidence, exposed children, obligations, gaps and counts."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.pandas_job import carrying, deciding, evidence, follow_up, pregnancies
from benchmarks.pandas_job.contract import tables
from benchmarks.pandas_job.facts import Facts, read_facts
from benchmarks.pandas_job.homes import Homes
from benchmarks.pandas_job.known import KNOWN_BY, known_on
from benchmarks.pandas_job.links import linked
from benchmarks.pandas_job.reading import Reader
from benchmarks.pandas_job.results import Results

EVIDENCE = ["child", "source", "source_id", "evidence_date", "known_date", "certainty", "substance"]


def run(canonical: Path, out: Path, as_of: date, *, tells: bool = False) -> None:
    """Every stage, one after the other; `tells` prints what each took."""
    day, facts = pd.Timestamp(as_of).as_unit("s"), read_facts()
    with Results(out, day, facts) as results:
        with _told("reading", tells):
            reader = Reader(canonical, tables(facts))
            view, links = _read(reader, day, facts)
        with _told("evidence", tells):
            lives = evidence.lives_of(view["children"], links, view["pregnancies"], facts)
            about = {name: evidence.about_each_child(view[name], lives) for name in ("exposures", "handovers")}
            found = evidence.evidence_of(view, about, lives, reader.ids["child_id"], facts)
            exposed = evidence.exposed_of(found, lives)
        with _told("obligations", tells):
            _obligations(view, about["handovers"], lives, found, exposed, results)
        with _told("results", tells):
            results.write("evidence", found[EVIDENCE])
            results.write("exposed", exposed.rename_axis("child").reset_index())
            results.write("links", links.rename_axis("child").reset_index())
            results.write("counts", results.counts())
            results.write("row_accounting", pd.DataFrame(reader.accounting))
            for name, ids in (("children", "child_id"), ("pregnancies", "pregnancy_id")):
                numbered = reader.ids[ids].to_frame(index=False)
                results.write(name, numbered.rename_axis(ids.removesuffix("_id")).reset_index())


def _read(reader: Reader, as_of: pd.Timestamp, facts: Facts) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The as-of view of every table, and the links, which are made on all rows before it."""
    pregnant = reader.table("pregnancies")
    reader.number("pregnancy_id", pregnant)
    children = reader.table("children")
    reader.number("child_id", children)
    links = linked(children, pregnant, facts)
    view = {"pregnancies": known_on("pregnancies", pregnant, as_of), "children": known_on("children", children, as_of)}
    for name in reader.declared:
        if name not in view:
            rows = reader.table(name)
            if name in KNOWN_BY:
                view[name] = known_on(name, rows, as_of)
    return view, links


def _obligations(
    view: dict[str, pd.DataFrame],
    handovers: pd.DataFrame,
    lives: pd.DataFrame,
    found: pd.DataFrame,
    exposed: pd.DataFrame,
    results: Results,
) -> None:
    homes, facts, as_of = Homes(view["residences"]), results.facts, results.as_of
    types = view["support_records"].set_index("record_id").record_type.astype("str")
    known = exposed.join(lives[["birth_date"]]).rename_axis("child").reset_index()
    drafts = carrying.drafts_of_exposed(known, found, view["support_records"], handovers, homes, facts)
    results.obligations(deciding.of_children(drafts, lives, homes, facts, as_of), lives, types)
    for milestone in follow_up.drafts_of_follow_up(lives, exposed.first_known_date, view["contacts"], facts, as_of):
        results.obligations(deciding.of_children(milestone, lives, homes, facts, as_of), lives, types)
    results.obligations(pregnancies.of_pregnancies(view, facts, as_of), lives, types)


@contextmanager
def _told(stage: str, tells: bool) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    if tells:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(f"{stage:12} wall {wall:6.2f} s  CPU {processor:6.2f} s  peak {peak:5.2f} GB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pandas_job", description=__doc__)
    parser.add_argument("canonical", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    asked = parser.parse_args()
    run(asked.canonical, asked.out, asked.as_of, tells=True)


if __name__ == "__main__":
    main()
