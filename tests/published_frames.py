"""A small country as the store would show it: plausible published tables in memory, for tests of pages and charts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.continuity import STEPS
from pipelines.counts import ALL_NUMBERS
from pipelines.definitions.reference import Reference
from pipelines.store import Store

AS_OF = date(2026, 9, 30)
SVENDBORG, LAESOE, COPENHAGEN = "0479", "0825", "0101"
YEARS = range(2018, 2031)
REASONS_OF_STEP = {
    "known_before_birth": ("first_known_after_birth",),
    "registered": ("not_registered",),
    "on_child_record": ("not_registered",),
    "handed_over": ("no_handover", "not_confirmed", "exposure_left_out"),
    "carried_in_record": ("silent", "contradicted"),
    "carried_at_move_and_transition": ("no_handover", "not_confirmed"),
    "followed_up": ("no_contact", "no_show", "declined", "undocumented"),
}
QUALITY = {
    "registered": 0.83,
    "on_child_record": 0.71,
    "handed_over": 0.66,
    "carried_in_record": 0.64,
    "carried_at_move": 0.42,
    "carried_at_transition:school_start": 0.5,
    "carried_at_transition:placement": 0.6,
    "carried_at_transition:adulthood": 0.4,
    "screened": 0.78,
    "referred": 0.55,
    "plan_before_birth": 0.5,
}


def run_facts(**changes: Any) -> dict[str, Any]:
    now = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
    facts = {
        "run_id": "r1",
        "as_of": AS_OF,
        "started_at": now,
        "finished_at": now,
        "duration_seconds": 12.5,
        "is_sample": True,
        "contract_version": "1",
        "reference_version": Reference.load().version,
        "code_version": "0.1.0",
        "inputs_hash": "abc",
    }
    return facts | changes


@dataclass(frozen=True)
class FakeSnapshot:
    """Any object with `run` and `table(name)` will do for the pages."""

    tables: dict[str, pl.DataFrame]
    run: dict[str, Any] = field(default_factory=run_facts)

    def table(self, name: str) -> pl.LazyFrame:
        return self.tables[name].lazy()


def write_store(folder: Path, snapshot: FakeSnapshot) -> Path:
    """The same tables in a real store, as one finished run."""
    with Store(folder).writing() as writer:
        for name, rows in snapshot.tables.items():
            writer.write(name, rows.lazy())
        facts = ("as_of", "is_sample", "contract_version", "reference_version", "code_version", "inputs_hash")
        writer.commit(kind="run", **{name: snapshot.run[name] for name in facts})
    return folder


def country(seed: int = 1, gaps_in_svendborg: int = 120) -> FakeSnapshot:
    chance = random.Random(seed)
    counts = counts_by_group(chance)
    return FakeSnapshot(
        {
            "counts_by_group": counts,
            "continuity": continuity(chance),
            **worklist_tables(chance, gaps_in_svendborg),
        }
    )


def counts_row(measure: str, kind: str, group: str, period_kind: str, period: str, **numbers: int) -> dict[str, Any]:
    zeros = dict.fromkeys(ALL_NUMBERS, 0)
    keys = {
        "measure": measure,
        "attribution": "responsible",
        "group_kind": kind,
        "group_value": group,
        "period_kind": period_kind,
        "period": period,
    }
    return keys | zeros | numbers


def counts_by_group(chance: random.Random) -> pl.DataFrame:
    """Municipalities by year; regions, country and windows are their sums, as in the real table."""
    reference = Reference.load()
    places = reference.municipalities.filter(pl.col("valid_from") < AS_OF)
    rows = []
    for code, region, population in places.select("municipality_code", "region_code", "population_2016").iter_rows():
        skill = chance.gauss(0, 0.09)
        for measure in (*QUALITY, *_milestones(reference)):
            special = ":" not in measure or measure.startswith(("carried", "family_clinic"))
            births = population * 0.0105 * (0.02 if special else 1.0)
            rate = 0.3 if measure.startswith("carried_at") else 1.0
            for year in YEARS:
                numbers = _year(chance, births * rate, measure, skill + (year - 2022) * 0.02, year)
                rows.append({"measure": measure, "municipality": code, "region": region, "year": year} | numbers)
    municipal = pl.DataFrame(rows)
    by_year = municipal.with_columns(
        pl.lit("year").alias("period_kind"), pl.col("year").cast(pl.String).alias("period")
    )
    windows = [
        municipal.with_columns(
            pl.lit("three_years").alias("period_kind"),
            pl.concat_str(pl.col("year") + later - 2, pl.lit("-"), pl.col("year") + later).alias("period"),
        )
        for later in range(3)
    ]
    everything = pl.concat([by_year, *windows])
    keys = ["measure", "attribution", "group_kind", "group_value", "period_kind", "period"]
    groups = [
        everything.with_columns(group_kind=pl.lit(kind), group_value=value, attribution=pl.lit("responsible"))
        for kind, value in (
            ("municipality", pl.col("municipality")),
            ("region", pl.col("region")),
            ("country", pl.lit("country")),
        )
    ]
    numbers = [name for name in ALL_NUMBERS if name in municipal.columns]
    summed = pl.concat([group.select(*keys, *numbers) for group in groups]).group_by(keys).agg(pl.col(numbers).sum())
    rest = [pl.lit(0, pl.Int64).alias(name) for name in ALL_NUMBERS if name not in numbers]
    return summed.with_columns(rest).select(*keys, *ALL_NUMBERS).sort(keys)


def _milestones(reference: Reference) -> list[str]:
    return [f"{p}:{c}" for p, c in reference.schedule.select("programme", "contact_code").iter_rows()]


def _year(chance: random.Random, expected: float, measure: str, shift: float, year: int) -> dict[str, int]:
    due = max(0, round(chance.gauss(expected, expected**0.5)))
    if year > AS_OF.year:
        return {"denominator": 0, "not_due": due}
    share = min(0.98, max(0.05, QUALITY.get(measure, 0.8) + shift))
    ever = sum(chance.random() < share for _ in range(due)) if due < 200 else round(due * share)
    timely = round(ever * 0.9)
    lost = due - ever
    return {
        "denominator": due,
        "numerator_ever": ever,
        "numerator_timely": timely,
        "lost_to_follow_up": lost // 2 if ":" in measure else 0,
        "lost_to_documentation": lost // 4 if ":" in measure else 0,
        "overdue": lost,
        "not_due": due // 3 if year == AS_OF.year else 0,
    }


def continuity(chance: random.Random) -> pl.DataFrame:
    """A funnel per place and window, and one of all birth years as large as the latest window."""
    places = Reference.load().municipalities.filter(pl.col("valid_from") < AS_OF)
    people = places.select("municipality_code", "region_code", "population_2016").rows()
    rows: list[dict[str, Any]] = []
    for last in range(AS_OF.year - 8, AS_OF.year + 1):
        sums: dict[tuple[str, str], Counter[str]] = {}
        for code, region, population in people:
            chain = _chain(chance, round(population * 0.0105 * 0.06))
            for group in (("municipality", code), ("region", region), ("country", "country")):
                sums.setdefault(group, Counter()).update(chain)
        periods = [("three_years", f"{last - 2}-{last}")] + ([("all", "all")] if last == AS_OF.year else [])
        rows += [row for group, chain in sums.items() for period in periods for row in funnel(group, period, chain)]
    return pl.DataFrame(rows, schema_overrides={"position": pl.Int32, "children": pl.Int64, "lost": pl.Int64})


def _chain(chance: random.Random, exposed: int) -> Counter[str]:
    chain = Counter({"exposed": exposed})
    left = exposed
    for step, reasons in REASONS_OF_STEP.items():
        lost = sum(chance.random() < 0.16 for _ in range(left))
        chain.update(f"{step}|{chance.choice(reasons)}" for _ in range(lost))
        left -= lost
    return chain


def funnel(group: tuple[str, str], period: tuple[str, str], chain: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows of one funnel: `chain` holds `exposed` and `step|reason` counts."""
    rows = []
    left = chain["exposed"]
    for position, step in enumerate(STEPS):
        lost = {key.split("|")[1]: number for key, number in chain.items() if key.startswith(f"{step}|")}
        left -= sum(lost.values())
        shape = {
            "group_kind": group[0],
            "group_value": group[1],
            "birth_period_kind": period[0],
            "birth_period": period[1],
            "step": step,
            "position": position,
        }
        rows.append({**shape, "children": left, "lost": sum(lost.values()), "lost_reason": None})
        rows += [{**shape, "children": None, "lost": n, "lost_reason": reason} for reason, n in lost.items() if n]
    return rows


GAPS = (
    ("registered", None, "not_registered", "critical"),
    ("on_child_record", None, "not_registered", "critical"),
    ("handed_over", None, "not_confirmed", "critical"),
    ("handed_over", None, "exposure_left_out", "critical"),
    ("carried_in_record", None, "silent", "critical"),
    ("carried_in_record", None, None, "critical"),
    ("carried_at_move", None, "no_handover", "critical"),
    ("carried_at_transition", "school_start", "no_handover", "warning"),
    ("carried_at_transition", "placement", "not_confirmed", "critical"),
    ("follow_up", "family_clinic:month_9", "no_show", "warning"),
    ("follow_up", "gp:year_2", "no_contact", "info"),
    ("follow_up", "health_visitor:month_2", "declined", "info"),
    ("follow_up", "family_clinic:year_5", "undocumented", "critical"),
    ("screened", None, "not_asked", "warning"),
    ("plan_before_birth", None, "no_handover", "critical"),
)


def worklist_tables(chance: random.Random, number: int) -> dict[str, pl.DataFrame]:
    gaps, people = [], []
    for at in range(number):
        kind, detail, reason, severity = GAPS[at % len(GAPS)]
        of_pregnancy = kind in {"screened", "plan_before_birth"}
        due = AS_OF - timedelta(days=chance.randrange(1, 1500))
        found = reason in {"not_confirmed", "exposure_left_out", "no_show", "declined", "undocumented"}
        transition = detail if kind == "carried_at_transition" else None
        gaps.append(
            {
                "child_id": None if of_pregnancy else 1000 + at,
                "pregnancy_id": 1000 + at if of_pregnancy else None,
                "kind": kind,
                "measure": detail if kind == "follow_up" else (f"{kind}:{transition}" if transition else kind),
                "subject_id": None,
                "trigger_date": due - timedelta(days=30),
                "due_date": due,
                "status": "contradicted" if reason is None else "overdue",
                "record_type": "child_assessment" if kind == "carried_in_record" else None,
                "reason": reason,
                "found_date": due - timedelta(days=12) if found or reason is None else None,
                "municipality_code": SVENDBORG,
                "sector": "region" if kind in {"handed_over", "screened"} else "municipality",
                "severity": severity,
                "recommendation": "FBB-2",
                "age_days": (AS_OF - due).days,
                "birth_date": None if of_pregnancy else due - timedelta(days=chance.randrange(30, 2000)),
            }
        )
        people.append(
            {
                "kind": "pregnancy" if of_pregnancy else "person",
                "id": 1000 + at,
                "pseudonym": f"{chance.getrandbits(96):024x}",
            }
        )
    shape = {
        "child_id": pl.Int64,
        "pregnancy_id": pl.Int64,
        "subject_id": pl.String,
        "record_type": pl.String,
        "reason": pl.String,
        "found_date": pl.Date,
        "birth_date": pl.Date,
        "age_days": pl.Int64,
    }
    columns = {
        "kind": pl.String,
        "measure": pl.String,
        "trigger_date": pl.Date,
        "due_date": pl.Date,
        "status": pl.String,
        "municipality_code": pl.String,
        "sector": pl.String,
        "severity": pl.String,
        "recommendation": pl.String,
    }
    gap_rows = pl.DataFrame(gaps, schema_overrides=shape) if gaps else pl.DataFrame(schema=shape | columns)
    identities = pl.DataFrame(people, schema={"kind": pl.String, "id": pl.Int64, "pseudonym": pl.String})
    return {"gaps": gap_rows, "identities": identities}
