"""Development, times to event, participation, costs and comparisons of a large store: how long each takes, in how much
memory, each in a process of its own.

`python -m benchmarks.analysis STORE` (a copy: something is published from it).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipelines.store import Store

SECONDS, GIGABYTES = 90, 4.0
AFTER_A_QUARTER = 30

PARTS = {
    "development, times to event, participation": (
        "analysis.counts({name(years): years for years in Calendar(as_of).periods})"
    ),
    "pathways and costs, with bootstrap": "analysis.costs()",
}
OF_RUN = """
import sys
from pathlib import Path
from pipelines.analysis import Analysis
from pipelines.definitions.reference import Reference
from pipelines.disclosure.places_and_periods import Calendar, name
from pipelines.store import Store
run = Store(Path(sys.argv[1])).last("run")
as_of = run.run["as_of"]
analysis = Analysis(run, Reference.load(), as_of)
{part}
"""
OF_PUBLISHED = """
import sys
from dashboards.notebook import opened
figures = opened(sys.argv[1])
{part}
"""
PUBLISHED = {
    "comparison of all measures and municipalities": "figures.heat_table().rows; figures.spine('Aarhus').rows",
    "alerts of the country and its regions": "figures.alerts().rows",
}


def measure(store: Path) -> list[str]:
    """The table for the README; the store is published from."""
    from benchmarks.__main__ import _cells, measured, roedtraad

    publish = measured(roedtraad("publish", "--quiet", "--store", store))
    rows = {
        name: measured([sys.executable, "-c", OF_RUN.format(part=part), str(store)]) for name, part in PARTS.items()
    }
    rows |= {
        name: measured([sys.executable, "-c", OF_PUBLISHED.format(part=part), str(store)])
        for name, part in PUBLISHED.items()
    }
    whole = sum(each.wall for each in rows.values())
    published = Store(store).last("publish")
    stages = json.loads(published.run["stages"]) if published else {}
    told = ", ".join(f"{name} {stage['seconds']:.1f} s" for name, stage in stages.items())
    return [
        f"All figures in one process after another, start of Python and reading included: **{whole:.0f} s** "
        f"(target: under {SECONDS} s and {GIGABYTES:g} GB), highest memory "
        f"{max(each.peak_gb for each in rows.values()):.2f} GB. After a new quarter all of it is made again (target: "
        f"{AFTER_A_QUARTER} s{'' if whole <= AFTER_A_QUARTER else ', missed'}).",
        "",
        "| figures | wall s | CPU s | peak GB |",
        "|---|---|---|---|",
        *(f"| {name} | {_cells(process)} |" for name, process in rows.items()),
        f"| `roedtraad publish`, all of it with the counts and the auditor | {_cells(publish)} |",
        "",
        f"Within `publish`: {told}.",
    ]


if __name__ == "__main__":
    print("\n".join(measure(Path(sys.argv[1]))))
