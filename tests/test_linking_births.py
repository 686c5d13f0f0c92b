"""Births find their pregnancy, and notifications about unborn children theirs: or none."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registers_on_disk import birth, read

from pipelines.definitions.reference import Reference
from pipelines.identity import Pseudonyms
from pipelines.linkage import linked
from pipelines.sources.linking.population import children_described
from pipelines.sources.linking.pregnancies import births_with_pregnancies, join_births_to_antenatal_records
from pipelines.sources.number_changes import NumberChanges
from pipelines.sources.people import People
from pipelines.sources.reading import FileAccount, Reading

REFERENCE = Reference.load()
SECRET = b"a secret of the tests, nobody's"
BIRTH: dict[str, Any] = {
    "birth_id": "mfr-1",
    "mother_id": "m1",
    "birth_date": "2025-01-08",
    "outcome": "live_birth",
    "municipality_code": "0461",
    "_source": "mfr.csv",
    "_row": 1,
}
PREGNANCY: dict[str, Any] = {
    "pregnancy_id": "p1",
    "mother_id": "m1",
    "municipality_code": "0461",
    "first_contact_date": "2024-06-01",
    "due_date": "2025-01-10",
    "end_date": None,
    "outcome": "unknown",
    "_source": "antenatal.csv",
    "_row": 1,
}
NOTIFICATION: dict[str, Any] = {
    "handover_id": "h1",
    "mother_id": "m1",
    "sent_date": "2024-09-01",
    "from_actor": "midwife",
    "municipality_code": "0461",
    "has_exposure": None,
    "_source": "buu.csv",
    "_row": 7,
}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: pl.Int64 if name == "_row" else pl.String for name in rows[0]})


def a_reading(folder: Path) -> Reading:
    staging = folder / "staging"
    staging.mkdir(exist_ok=True)
    return Reading(folder, People(Pseudonyms(SECRET, test_numbers_only=True), NumberChanges()), staging, REFERENCE)


def joined(
    folder: Path, births: list[dict[str, Any]], pregnancies: list[dict[str, Any]], unborn: list[dict[str, Any]]
) -> Reading:
    reading = a_reading(folder)
    reading.accounts = [FileAccount("mfr.csv", "mfr", "", rows_read=9), FileAccount("buu.csv", "buu", "", rows_read=9)]
    if pregnancies:
        reading.hand_on("pregnancies", frame(pregnancies))
    children = [
        {
            "child_id": f"c{at}",
            "pregnancy_id": one["birth_id"],
            "mother_id": one["mother_id"],
            "birth_date": one["birth_date"],
            "_source": "mfr.csv",
            "_row": one["_row"],
        }
        for at, one in enumerate(births, start=1)
        if one["outcome"] == "live_birth"
    ]
    if children:
        reading.hand_on("children", frame(children))
    reading.births = [frame(births)] if births else []
    reading.unborn = [frame(unborn)] if unborn else []
    join_births_to_antenatal_records(reading)
    return reading


def pregnancies_of(reading: Reading) -> list[tuple[str | None, ...]]:
    columns = ("pregnancy_id", "mother_id", "end_date", "outcome")
    return sorted(reading.table("pregnancies").select(columns).collect().rows())


def childrens_pregnancies(reading: Reading) -> list[str | None]:
    return reading.table("children").collect()["pregnancy_id"].to_list()


def pregnancies_found(reading: Reading) -> list[tuple[str | None, str]]:
    """The pregnancy and the link of each child, as the canonical tables tell them afterwards."""
    days = ("birth_date", "due_date", "end_date")
    children, pregnancies = (
        rows.with_columns(pl.col(name).str.to_date("%Y-%m-%d") for name in days if name in rows.collect_schema())
        for rows in (reading.table("children").unique(), reading.table("pregnancies").unique("pregnancy_id"))
    )
    numbered = children.with_row_index("at").with_columns(pl.col("at").cast(pl.String).alias("child_id"))
    return linked(numbered, pregnancies, REFERENCE).select("pregnancy_id", "link").collect().rows()


def told(reading: Reading) -> list[tuple[str, str]]:
    return [row for part in reading.record_links for row in part.select("table", "linked_by").rows()]


def test_a_birth_takes_the_pregnancy_of_the_antenatal_record_and_tells_it_its_end(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH], [PREGNANCY], [])
    assert pregnancies_found(reading) == [("p1", "found")]
    assert pregnancies_of(reading) == [("p1", "m1", "2025-01-08", "live_birth")]
    assert told(reading) == [("pregnancies", "found")]


def test_an_end_that_the_antenatal_record_has_is_kept(tmp_path: Path) -> None:
    known = PREGNANCY | {"end_date": "2025-01-07", "outcome": "live_birth"}
    assert pregnancies_of(joined(tmp_path, [BIRTH], [known], [])) == [("p1", "m1", "2025-01-07", "live_birth")]


def test_a_birth_without_an_antenatal_record_is_a_pregnancy_of_the_register(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH], [PREGNANCY | {"mother_id": "m2"}], [])
    assert childrens_pregnancies(reading) == ["mfr-1"]
    assert pregnancies_of(reading) == [("mfr-1", "m1", "2025-01-08", "live_birth"), ("p1", "m2", None, "unknown")]


def test_a_birth_of_an_unknown_mother_has_no_pregnancy_and_is_told(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH | {"mother_id": None}], [PREGNANCY], [])
    assert childrens_pregnancies(reading) == [None]
    assert pregnancies_of(reading) == [("p1", "m1", None, "unknown")]
    assert told(reading) == [("pregnancies", "none")]


def test_two_pregnancies_that_fit_are_not_chosen_between(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH], [PREGNANCY, PREGNANCY | {"pregnancy_id": "p2", "_row": 2}], [])
    assert childrens_pregnancies(reading) == [None]
    assert told(reading) == [("pregnancies", "ambiguous")]
    assert reading.faults[0].is_empty()


def test_the_same_pregnancy_delivered_twice_is_one_candidate(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH], [PREGNANCY, PREGNANCY | {"_row": 2}], [])
    assert pregnancies_found(reading) == [("p1", "found")]
    assert pregnancies_of(reading) == [("p1", "m1", "2025-01-08", "live_birth")] * 2


def test_twins_share_their_birth_and_so_their_pregnancy(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH, BIRTH | {"_row": 2}], [PREGNANCY], [])
    assert pregnancies_found(reading) == [("p1", "found")] * 2


def test_two_births_for_one_pregnancy_both_stay_without(tmp_path: Path) -> None:
    other = BIRTH | {"birth_id": "mfr-2", "birth_date": "2025-01-10", "_row": 2}
    reading = joined(tmp_path, [BIRTH, other], [PREGNANCY], [])
    assert childrens_pregnancies(reading) == [None, None]
    assert pregnancies_of(reading) == [("p1", "m1", None, "unknown")]


def test_one_birth_told_in_two_ways_is_not_linked(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH, BIRTH | {"mother_id": "m2", "_row": 2}], [PREGNANCY], [])
    assert told(reading) == [("pregnancies", "ambiguous")]


@pytest.mark.parametrize(
    ("born", "known_as", "found"),
    [
        ("stillbirth", "unknown", True),
        ("stillbirth", "stillbirth", True),
        ("stillbirth", "live_birth", False),
        ("live_birth", "stillbirth", False),
        ("live_birth", "loss", False),
        ("live_birth", None, True),
    ],
)
def test_outcome_of_birth_and_pregnancy_must_agree(
    tmp_path: Path, born: str, known_as: str | None, found: bool
) -> None:
    reading = joined(tmp_path, [BIRTH | {"outcome": born}], [PREGNANCY | {"outcome": known_as}], [])
    ids = [row[0] for row in pregnancies_of(reading)]
    assert ids == (["p1"] if found else ["mfr-1", "p1"])


def test_a_stillbirth_without_a_pregnancy_is_set_aside_and_its_file_says_so(tmp_path: Path) -> None:
    births = [BIRTH | {"outcome": "stillbirth", "mother_id": None}]
    reading = joined(tmp_path, births, [], [])
    assert reading.faults[0].rows() == [("pregnancies", "mfr.csv", 1, "not_linked", "pregnancy_id")]
    assert [account.faulty for account in reading.accounts] == [1, 0]


@pytest.mark.parametrize(("days", "found"), [(-281, False), (-280, True), (21, True), (22, False)])
def test_a_birth_fits_the_due_date_within_the_stated_days(tmp_path: Path, days: int, found: bool) -> None:
    born = date(2025, 1, 10) + timedelta(days=days)
    reading = joined(tmp_path, [BIRTH | {"birth_date": born.isoformat()}], [PREGNANCY], [])
    assert pregnancies_found(reading) == ([("p1", "found")] if found else [("mfr-1", "register")])


DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))
BIRTHS = st.lists(st.tuples(st.sampled_from(["m1", "m2", None]), DAYS, st.sampled_from(["live_birth", "stillbirth"])))
PREGNANCIES = st.lists(
    st.tuples(
        st.sampled_from(["m1", "m2"]),
        st.none() | DAYS,
        st.none() | DAYS,
        st.sampled_from(["live_birth", "stillbirth", "loss", "unknown"]),
    )
)


def judged_plainly(births: list[Any], pregnancies: list[Any]) -> list[str]:
    """The rule once more, pair by pair."""

    def fits(birth: Any, pregnancy: Any) -> bool:
        (mother, born, outcome), (of_mother, due, end, known_as) = birth, pregnancy
        by_date = abs((born - end).days) <= 7 if end else due is not None and -280 <= (born - due).days <= 21
        return mother == of_mother and by_date and known_as in (outcome, "unknown")

    fitting = [[at for at, one in enumerate(pregnancies) if fits(birth, one)] for birth in births]
    links = []
    for one_birth, candidates in zip(births, fitting, strict=True):
        claimed = any(sum(one in others for others in fitting) > 1 for one in candidates)
        if len(candidates) > 1 or claimed:
            links.append("ambiguous")
        else:
            links.append(f"p{candidates[0]}" if candidates else ("own" if one_birth[0] else "none"))
    return links


@given(BIRTHS, PREGNANCIES)
@settings(max_examples=80, deadline=None)
def test_births_are_linked_as_the_rule_says_pair_by_pair(births: list[Any], pregnancies: list[Any]) -> None:
    columns = {"pregnancy_id": pl.String, "mother_id": pl.String, "due_date": pl.Date, "end_date": pl.Date}
    known = [(f"p{at}", mother, due, end, outcome) for at, (mother, due, end, outcome) in enumerate(pregnancies)]
    theirs = pl.DataFrame(known, schema=columns | {"outcome": pl.String}, orient="row")
    rows = [
        BIRTH | {"birth_id": f"b{at}", "mother_id": mother, "birth_date": born.isoformat(), "outcome": outcome}
        for at, (mother, born, outcome) in enumerate(births)
    ]
    made = births_with_pregnancies(frame(rows or [BIRTH]).head(len(rows)), theirs, REFERENCE)
    is_found = pl.col("link") == "found"
    links = made.select(pl.when(is_found).then("pregnancy_id").otherwise("link")).to_series().to_list()
    assert links == judged_plainly(births, pregnancies)


def test_a_notification_finds_the_pregnancy_of_its_day_and_is_received_when_sent(tmp_path: Path) -> None:
    reading = joined(tmp_path, [], [PREGNANCY], [NOTIFICATION])
    handover = reading.table("handovers").collect().row(0, named=True)
    assert (handover["pregnancy_id"], handover["kind"]) == ("p1", "prebirth_notification")
    assert (handover["to_actor"], handover["to_municipality_code"]) == ("family_department", "0461")
    assert (handover["sent_date"], handover["received_date"]) == ("2024-09-01", "2024-09-01")
    assert (handover["legal_basis"], handover["from_actor"], handover["_row"]) == ("notification", "midwife", 7)


@pytest.mark.parametrize(
    ("change", "sent", "linked_by"),
    [
        ({}, "2024-04-05", "found"),
        ({}, "2024-04-04", "none"),
        ({}, "2025-01-31", "found"),
        ({}, "2025-02-01", "none"),
        ({"end_date": "2025-01-08"}, "2025-01-08", "found"),
        ({"end_date": "2025-01-08"}, "2025-01-09", "none"),
        ({"due_date": None, "first_contact_date": None, "end_date": "2025-01-08"}, "2024-03-14", "found"),
        ({"due_date": None, "first_contact_date": None}, "2024-09-01", "none"),
        ({"due_date": None}, "2025-03-28", "found"),
        ({"mother_id": "m2"}, "2024-09-01", "none"),
    ],
)
def test_the_days_on_which_she_is_notified_as_pregnant(
    tmp_path: Path, change: dict[str, Any], sent: str, linked_by: str
) -> None:
    reading = joined(tmp_path, [], [PREGNANCY | change], [NOTIFICATION | {"sent_date": sent}])
    assert told(reading) == ([] if linked_by == "found" else [("handovers", linked_by)])


def test_a_notification_on_a_day_with_two_pregnancies_is_a_fault_of_its_file(tmp_path: Path) -> None:
    twice = [PREGNANCY, PREGNANCY | {"pregnancy_id": "p2", "_row": 2}]
    reading = joined(tmp_path, [], twice, [NOTIFICATION])
    assert told(reading) == [("handovers", "ambiguous")]
    assert reading.faults[0].rows() == [("handovers", "buu.csv", 7, "not_linked", "pregnancy_id")]
    assert [account.faulty for account in reading.accounts] == [0, 1]
    assert reading.table("handovers").collect().is_empty()


def test_a_notification_finds_the_pregnancy_that_a_birth_has_made(tmp_path: Path) -> None:
    reading = joined(tmp_path, [BIRTH], [], [NOTIFICATION])
    assert reading.table("handovers").collect()["pregnancy_id"].to_list() == ["mfr-1"]


def test_the_birth_register_knows_the_mothers_birthday_better_than_her_number(tmp_path: Path) -> None:
    told = read(tmp_path / "d", {"MFR_NYFOEDTE": [birth(FOEDSELSDATO_MOR=date(1989, 12, 31))]})
    assert children_described(told.reading)["mother_birth_date"].to_list() == ["1989-12-31"]
    silent = read(tmp_path / "e", {"MFR_NYFOEDTE": [birth()]})
    assert children_described(silent.reading)["mother_birth_date"].to_list() == ["1990-01-01"]
