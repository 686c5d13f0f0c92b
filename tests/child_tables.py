"""One child's rows worked out by hand: known before birth, moved from København to Svendborg, lost on the way."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
from figure_frames import AS_OF
from published_frames import COPENHAGEN, SVENDBORG, FakeSnapshot

from pipelines.obligations.status import OBLIGATIONS

CHILD, OTHERS_CHILD, PREGNANCY = "7f3ac21e" + "0" * 16, "19ce0b7f" + "0" * 16, "b04d91aa" + "0" * 16
NUMBER, OTHERS, EXPECTING = 1, 2, 9
D = date.fromisoformat


def table(rows: list[dict[str, object]], **types: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=types) if rows else pl.DataFrame(schema=types)


def obligation(kind: str, trigger: str, due: str, status: str, **facts: object) -> dict[str, object]:
    told = {"child_id": NUMBER, "kind": kind, "measure": kind, "status": status, "municipality_code": COPENHAGEN}
    days = {"trigger_date": D(trigger), "due_date": D(due), "severity": "critical", "sector": "municipality"}
    return dict.fromkeys(OBLIGATIONS) | told | days | facts


DUE = [
    obligation("screened", "2022-07-10", "2022-08-07", "met", met_date=D("2022-08-01"), child_id=None, pregnancy_id=8),
    obligation("registered", "2022-09-15", "2023-02-01", "met", met_date=D("2022-09-15")),
    obligation("handed_over", "2023-02-01", "2023-02-15", "met", met_date=D("2023-02-09")),
    obligation(
        "carried_at_move", "2026-03-20", "2026-04-19", "overdue",
        reason="not_confirmed", found_date=D("2026-03-22"), subject_id="2026-03-20", municipality_code=SVENDBORG,
    ),
    obligation(
        "carried_in_record", "2026-06-01", "2026-07-01", "overdue",
        reason="silent", subject_id="r2", municipality_code=SVENDBORG,
    ),
    obligation(
        "follow_up", "2023-03-15", "2023-05-01", "met", met_date=D("2023-04-05"), measure="health_visitor:month_2"
    ),
    obligation("follow_up", "2024-01-01", "2024-02-15", "late", met_date=D("2024-02-20"), measure="gp:year_1"),
    obligation(
        "follow_up", "2025-01-01", "2025-03-15", "overdue",
        reason="undocumented", found_date=D("2025-03-01"), measure="family_clinic:year_2",
    ),
    obligation(
        "follow_up", "2026-01-01", "2026-02-28", "overdue",
        reason="no_show", found_date=D("2026-02-10"), measure="gp:year_3", municipality_code=SVENDBORG,
    ),
    obligation("follow_up", "2026-09-01", "2026-11-18", "not_due", measure="gp:year_4", municipality_code=SVENDBORG),
    obligation(
        "screened", "2026-07-01", "2026-07-29", "overdue",
        reason="not_asked", child_id=None, pregnancy_id=EXPECTING, municipality_code=SVENDBORG,
    ),
]  # fmt: skip


def record(key: str, kind: str, opened: str, status: str, municipality: str, recorded: str | None = None) -> dict:
    return {
        "record_id": key,
        "child_id": NUMBER,
        "municipality_code": municipality,
        "record_type": kind,
        "opened_date": D(opened),
        "closed_date": None,
        "exposure_status": status,
        "exposure_recorded_date": D(recorded) if recorded else None,
    }


def handover(key: str, to: str, sent: str, received: str | None, *places: str | None) -> dict[str, object]:
    """`places`: the municipality that sends and the one that receives."""
    return {
        "handover_id": key,
        "child_id": NUMBER,
        "pregnancy_id": None,
        "kind": "discharge",
        "from_actor": "maternity_ward",
        "to_actor": to,
        "from_municipality_code": places[0],
        "to_municipality_code": places[1],
        "sent_date": D(sent),
        "received_date": D(received) if received else None,
        "has_exposure": True,
    }


def lived(child: int, since: str, until: str | None, municipality: str) -> dict[str, object]:
    days = {"from_date": D(since), "to_date": D(until) if until else None}
    return {"child_id": child, "municipality_code": municipality, **days}


def pregnancy(number: int, contact: str, due: str) -> dict[str, object]:
    days = {"first_contact_date": D(contact), "due_date": D(due)}
    return {"pregnancy_id": number, "mother_id": 77, "municipality_code": SVENDBORG, **days}


@cache
def source() -> FakeSnapshot:
    """A run with the child, one of another municipality, and a pregnancy without a child."""
    obligations = table(DUE, pregnancy_id=pl.Int64(), met_date=pl.Date(), found_date=pl.Date(), subject_id=pl.String())
    births = pl.DataFrame({"child_id": [NUMBER], "birth_date": [D("2023-02-01")]})
    is_gap = pl.col("status") == "overdue"
    aged = (pl.lit(AS_OF) - pl.col("due_date")).dt.total_days().alias("age_days")
    kept = {"severity": pl.String(), "recommendation": pl.String(), "reason": pl.String(), "sector": pl.String()}
    gaps = obligations.filter(is_gap).with_columns(aged, pl.lit(None, pl.String).alias("record_type"))
    own_gaps = gaps.filter((pl.col("municipality_code") == SVENDBORG) | (pl.col("due_date") < D("2020-01-01")))
    first = {"certainty": "confirmed", "first_known_date": D("2022-09-15")}
    evidence = {"child_id": NUMBER, "source": "registration", "source_id": "e1", "person_id": None}
    return FakeSnapshot(
        {
            "obligations": obligations.with_columns(pl.col(name).cast(dtype) for name, dtype in kept.items()),
            "gaps": own_gaps.join(births, on="child_id", how="left").with_columns(
                pl.col(name).cast(dtype) for name, dtype in kept.items()
            ),
            "identities": pl.DataFrame(
                {
                    "kind": ["person", "person", "pregnancy"],
                    "id": [NUMBER, OTHERS, EXPECTING],
                    "pseudonym": [CHILD, OTHERS_CHILD, PREGNANCY],
                }
            ),
            "exposed": pl.DataFrame([{"child_id": NUMBER, **first}, {"child_id": OTHERS, **first}]),
            "children_in_view": pl.DataFrame(
                {
                    "child_id": [NUMBER, OTHERS],
                    "birth_date": [D("2023-02-01")] * 2,
                    "death_date": [None, None],
                    "pregnancy_id": [8, None],
                },
                schema_overrides={"death_date": pl.Date, "pregnancy_id": pl.Int64},
            ),
            "pregnancies": pl.DataFrame(
                [pregnancy(8, "2022-07-10", "2023-02-01"), pregnancy(EXPECTING, "2026-07-01", "2027-01-20")]
            ),
            "residences": pl.DataFrame(
                [
                    lived(NUMBER, "2023-02-01", "2026-03-20", COPENHAGEN),
                    lived(NUMBER, "2026-03-20", None, SVENDBORG),
                    lived(OTHERS, "2023-02-01", None, COPENHAGEN),
                ]
            ),
            "evidence": pl.DataFrame([evidence | {"known_date": D("2022-09-15")}]),
            "exposures": pl.DataFrame(
                [
                    {
                        "exposure_id": "e1",
                        "child_id": None,
                        "pregnancy_id": 8,
                        "certainty": "confirmed",
                        "registered_date": D("2022-09-15"),
                        "recorded_by": "midwife",
                    }
                ],
                schema_overrides={"child_id": pl.Int64},
            ),
            "handovers": pl.DataFrame(
                [
                    handover("h1", "health_visitor", "2023-02-03", "2023-02-09", None, COPENHAGEN),
                    handover("h2", "family_department", "2026-03-22", "2026-10-05", COPENHAGEN, SVENDBORG),
                    handover("h3", "school", "2026-10-02", None, SVENDBORG, SVENDBORG),
                ],
                schema_overrides={"pregnancy_id": pl.Int64},
            ),
            "support_records": pl.DataFrame(
                [
                    record("r1", "child_assessment", "2024-05-10", "recorded", COPENHAGEN, "2024-05-10"),
                    record("r2", "child_plan", "2026-06-01", "not_recorded", SVENDBORG),
                    record("r3", "notification", "2026-08-01", "denied", SVENDBORG, "2026-08-01"),
                ]
            ),
        }
    )
