"""Children whose courses are followed: tables with defaults, random ones, and a judge in plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from pipelines.definitions.reference import Reference
from pipelines.residence import spells
from pipelines.time_to_event import Course, time_to_event

AS_OF = date(2026, 9, 30)
BIRTH = date(2024, 1, 10)
Rows = list[dict[str, Any]]

SCHEMAS: dict[str, dict[str, Any]] = {
    "children": {"child_id": pl.Int64, "birth_date": pl.Date, "death_date": pl.Date},
    "exposed": {
        "child_id": pl.Int64,
        "first_evidence_date": pl.Date,
        "municipal_first_knowers": pl.Int32,
        "substance_group": pl.String,
        "known_before_birth": pl.Boolean,
    },
    "handovers": {
        "child_id": pl.Int64,
        "from_actor": pl.String,
        "to_actor": pl.String,
        "received_date": pl.Date,
        "has_exposure": pl.Boolean,
    },
    "support_records": {
        "child_id": pl.Int64,
        "record_type": pl.String,
        "opened_date": pl.Date,
        "closed_date": pl.Date,
        "exposure_status": pl.String,
        "exposure_recorded_date": pl.Date,
    },
    "assessments": {"child_id": pl.Int64, "assessed_date": pl.Date, "result": pl.String},
    "residences": {"child_id": pl.Int64, "from_date": pl.Date, "to_date": pl.Date, "municipality_code": pl.String},
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "children": {"birth_date": BIRTH},
    "exposed": {"municipal_first_knowers": 0, "substance_group": "alcohol", "known_before_birth": False},
    "handovers": {"from_actor": "midwife", "to_actor": "health_visitor", "has_exposure": True},
    "support_records": {"record_type": "child_plan", "exposure_status": "not_recorded"},
    "assessments": {"result": "concern"},
    "residences": {"from_date": BIRTH, "municipality_code": "0461"},
}


def course(**tables: Rows) -> Course:
    """The tables that are not given are empty; a row without a column has the default or null; child 1 by default."""
    frames = {}
    for name, schema in SCHEMAS.items():
        rows = [{"child_id": 1, **DEFAULTS[name], **row} for row in tables.get(name, [])]
        frames[name] = pl.LazyFrame(rows, schema=schema)
    home = spells(frames.pop("residences"))
    return Course(**frames, spells=home, reference=Reference.load(), as_of=AS_OF)


def story(interval: str, **tables: Rows) -> tuple[int, str, bool] | None:
    """Days, ending, and whether it came before the origin, of the one child; none when it is not in the interval."""
    tables = {"children": [{}], "residences": [{}], "exposed": [{"first_evidence_date": day(10)}], **tables}
    rows = time_to_event(course(**tables)).filter(pl.col("interval") == interval).collect()
    return rows.select("days", "ending", "is_before_origin").row(0) if rows.height else None


def day(days: int) -> date:
    """So many days after birth."""
    return BIRTH + timedelta(days=days)


LAST = (AS_OF - BIRTH).days


def random_course(seed: int, children: int = 60) -> dict[str, Rows]:
    """Few different days, so that nearly everything falls on the same day as something else at some time."""
    random = Random(seed)

    def some_day(start: int = -6) -> date:
        return AS_OF - timedelta(days=random.randint(0, 40)) + timedelta(days=min(start, 0))

    def known(value: date) -> date | None:
        return value if value <= AS_OF and random.random() < 0.7 else None

    tables: dict[str, Rows] = {name: [] for name in SCHEMAS}
    for child in range(children):
        birth = some_day(0)
        later = [birth + timedelta(days=random.randint(0, 25)) for _ in range(6)]
        tables["children"].append(
            {"child_id": child, "birth_date": birth, "death_date": known(later[0]) if child % 3 == 0 else None}
        )
        if random.random() < 0.7:
            tables["exposed"].append(
                {
                    "child_id": child,
                    "first_evidence_date": some_day(),
                    "municipal_first_knowers": random.randint(0, 1),
                    "substance_group": random.choice(["alcohol", "opioids"]),
                    "known_before_birth": random.random() < 0.5,
                }
            )
        for _ in range(random.randint(0, 2)):
            tables["handovers"].append(
                {
                    "child_id": child,
                    "from_actor": random.choice(["midwife", "school"]),
                    "to_actor": random.choice(["school", "gp", "health_visitor"]),
                    "received_date": known(some_day()),
                    "has_exposure": random.choice([True, True, False, None]),
                }
            )
            opened = some_day()
            tables["support_records"].append(
                {
                    "child_id": child,
                    "record_type": random.choice(["child_plan", "other"]),
                    "opened_date": opened,
                    "closed_date": known(opened + timedelta(days=random.randint(0, 9))),
                    "exposure_status": random.choice(["recorded", "recorded", "denied", None]),
                    "exposure_recorded_date": known(opened + timedelta(days=random.randint(0, 9))),
                }
            )
            tables["assessments"].append(
                {"child_id": child, "assessed_date": some_day(), "result": random.choice(["concern", "typical"])}
            )
        start = birth
        for _ in range(random.randint(0, 3)):
            end = start + timedelta(days=random.randint(1, 20))
            code = random.choice(["0461", "0101", "0411"])
            tables["residences"].append(
                {"child_id": child, "from_date": start, "to_date": known(end), "municipality_code": code}
            )
            start = end + timedelta(days=random.randint(0, 9))
            if start > AS_OF:
                break
    return tables


MUNICIPAL = {
    "family_department",
    "substance_treatment",
    "health_visitor",
    "educational_psychology",
    "daycare",
    "school",
}


def judged(tables: dict[str, Rows]) -> set[tuple[Any, ...]]:
    """The rows of all intervals, from the words of docs/time-to-event.md, child by child."""
    rows = set()
    for child in tables["children"]:
        own = {name: [row for row in of if row["child_id"] == child["child_id"]] for name, of in tables.items()}
        evidence = own["exposed"][0]["first_evidence_date"] if own["exposed"] else None
        concerns = [(row["assessed_date"], None) for row in own["assessments"] if row["result"] == "concern"]
        handovers = [
            (row["received_date"], None)
            for row in own["handovers"]
            if row["received_date"] and row["has_exposure"]
            if row["to_actor"] in MUNICIPAL and row["from_actor"] not in MUNICIPAL
        ]
        records = [(row["opened_date"], row["closed_date"]) for row in own["support_records"]]
        carrying = [
            (row["exposure_recorded_date"] or row["opened_date"], None)
            for row in own["support_records"]
            if row["exposure_status"] == "recorded" and row["record_type"] != "other"
        ]
        concern = min(concerns)[0] if concerns else None
        intervals: list[tuple[str, date | None, list[tuple[date, date | None]]]] = [
            ("birth_to_first_concern", child["birth_date"], concerns),
            ("first_concern_to_support_record", concern, records),
        ]
        if evidence:
            intervals += [
                ("birth_to_first_evidence", child["birth_date"], [(evidence, None)]),
                ("first_evidence_to_support_record", evidence, records),
                ("first_evidence_to_carrying_record", evidence, carrying),
            ]
            if not own["exposed"][0]["municipal_first_knowers"]:
                intervals.append(("first_evidence_to_handover", evidence, handovers))
        left = date_left(own["residences"])
        for name, start, events in intervals:
            if start and (row := one_story(child, max(start, child["birth_date"]), events, left)):
                rows.add((name, child["child_id"], *row))
    return rows


def date_left(residences: Rows) -> date | None:
    ordered = sorted(residences, key=lambda row: row["from_date"])
    following: list[date | None] = [*(row["from_date"] for row in ordered[1:]), None]
    ends = [row["to_date"] or end for row, end in zip(ordered, following[: len(ordered)], strict=True)]
    return None if not ends or None in ends else max(ends)


def one_story(
    child: dict[str, Any], origin: date, events: list[tuple[date, date | None]], left: date | None
) -> tuple[int, str, bool] | None:
    if any(gone and gone < origin for gone in (child["death_date"], left)):
        return None
    open_then = [happened for happened, closed in events if closed is None or closed >= origin]
    endings = [(min(open_then), 0, "event")] if open_then else []
    endings += [
        (gone, order, name) for gone, order, name in ((child["death_date"], 1, "died"), (left, 2, "left")) if gone
    ]
    happened, _, name = min([*endings, (AS_OF, 3, "censored")])
    return max((happened - origin).days, 0), name, name == "event" and happened < origin
