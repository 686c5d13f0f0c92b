"""A sample country to walk through: Svendborg loses most at moves, and between two nights one gap closes there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from figure_frames import wilson
from published_frames import SVENDBORG
from published_stores import published_store

from dashboards.headlines import WHERE_IT_MAY_BE_LOST
from dashboards.scope import Scope
from dashboards.worklist_rows import worklist
from pipelines.definitions.measures import CARRIED_AT_MOVE, EVER, TIMELY, Measure
from pipelines.store import TAKEN_OVER, Snapshot, Store

CHILDREN = 3000
WINDOW = "2023-2025"
WEAKEST = CARRIED_AT_MOVE
AT_THE_WEAKEST, ELSEWHERE, OF = 24, 72, 80
OWN = (pl.col("group_kind") == "municipality") & (pl.col("group_value") == SVENDBORG)


def first_night(folder: Path) -> Path:
    """A store with a run that does not know the newest gap of Svendborg yet."""
    store = published_store(folder, CHILDREN)
    run = Store(store).snapshot()
    to_come, _ = _newest_gaps(run)
    _night(store, {"gaps": run.table("gaps").filter(~to_come)})
    return store


def second_night(store: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Another run: it knows the newest gap, and the one before has been closed. Gives both rows, the new one first."""
    run = Snapshot(store, Store(store).runs().filter(pl.col("kind") == "run").row(-1, named=True))
    to_come, closed = _newest_gaps(run)
    late = pl.when(closed).then(pl.lit("late")).otherwise("status").alias("status")
    _night(
        store, {"gaps": run.table("gaps").filter(~closed), "obligations": run.table("obligations").with_columns(late)}
    )
    return run.table("gaps").filter(to_come).collect(), run.table("gaps").filter(closed).collect()


def _newest_gaps(run: Snapshot) -> tuple[pl.Expr, pl.Expr]:
    """The two planned contacts of Svendborg's children that became gaps last, as expressions of who and what."""
    is_own = (pl.col("municipality_code") == SVENDBORG) & (pl.col("kind") == "follow_up")
    order = ["due_date", "child_id", "measure"]
    newest = run.table("gaps").filter(is_own).sort(order, descending=True).select("child_id", "measure").head(2)
    first, second = newest.collect().rows()
    return _is(*first), _is(*second)


def _is(child_id: int, measure: str) -> pl.Expr:
    return ((pl.col("child_id") == child_id) & (pl.col("measure") == measure)).fill_null(value=False)


def _night(store: Path, changed: Mapping[str, pl.LazyFrame]) -> None:
    """The last run with some tables changed, and its publication."""
    run, published = Store(store).snapshot(), Store(store).last("publish")
    assert published is not None
    shares = published.table("published_shares").with_columns(_shares_of_svendborg())
    for kind, source, new in (("run", run, changed), ("publish", published, {"published_shares": shares})):
        with Store(store).writing() as writer:
            for name in source.versions:
                writer.write(name, new.get(name, source.table(name)))
            facts = {name: source.run[name] for name in TAKEN_OVER}
            writer.commit(kind=kind, fingerprint=f"{kind}-of-the-night", **facts)


def _shares_of_svendborg() -> list[pl.Expr]:
    """The same wherever it may be lost, but for the weakest step."""
    links = [measure.measure for measure in WHERE_IT_MAY_BE_LOST]
    told = (
        OWN & (pl.col("period") == WINDOW) & pl.col("measure").is_in(links) & pl.col("share_of").is_in([EVER, TIMELY])
    )
    weak = pl.col("measure") == WEAKEST.measure
    low, high = wilson(AT_THE_WEAKEST, OF), wilson(ELSEWHERE, OF)
    values = {
        "numerator": (AT_THE_WEAKEST, ELSEWHERE),
        "denominator": (OF, OF),
        "share": (low.value, high.value),
        "low": (low.low, high.low),
        "high": (low.high, high.high),
        "state": ("number", "number"),
    }
    return [
        pl.when(told & weak).then(pl.lit(one)).when(told).then(pl.lit(other)).otherwise(name).alias(name)
        for name, (one, other) in values.items()
    ]


def own_gaps(store: Path) -> pl.DataFrame:
    """Svendborg's gaps of the last run, with pseudonyms."""
    return worklist(Store(store).snapshot(), Scope("steward", SVENDBORG))


def pseudonyms(store: Path) -> list[str]:
    """Of everybody whom a worklist of the country may name."""
    gaps, people = (Store(store).snapshot().table(name) for name in ("gaps", "identities"))
    ids = gaps.select(pl.coalesce("child_id", "pregnancy_id").alias("id")).unique()
    return people.join(ids, on="id", how="semi").collect()["pseudonym"].to_list()


def published_shares(store: Path, measure: Measure) -> dict[str, dict[str, Any]]:
    """What is published of the municipalities in the last window, by code."""
    published = Store(store).last("publish")
    assert published is not None
    asked = {"measure": measure.measure, "group_kind": "municipality", "share_of": measure.numerator, "period": WINDOW}
    rows = published.table("published_shares").filter(*(pl.col(name) == value for name, value in asked.items()))
    return {row["group_value"]: row for row in rows.collect().rows(named=True)}
