"""The participation gap: by hand, against statsmodels, and the one that is planted in the sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pytest

from pipelines.band_populations import homes_at_birth
from pipelines.definitions.reference import Reference
from pipelines.in_memory import run_in_memory
from pipelines.participation_gap import (
    ALIKE,
    CRUDE,
    OF_CHILD,
    contact_pairs,
    contact_strata,
    contacts_of_children,
    participation,
    participation_gap,
    universal_contacts,
    with_what_is_held_alike,
)
from pipelines.residence import spells
from pipelines.statistics.standardisation import Strata, with_weights
from sample_data.country import make_country
from sample_data.follow_up import EXPOSED_ATTENDANCE

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
REFERENCE = Reference.load()


def obligations(*rows: tuple[int, str, str, str]) -> pl.LazyFrame:
    """Child, contact, due date, status."""
    told = [(child, "follow_up", contact, date.fromisoformat(due), status) for child, contact, due, status in rows]
    schema = {"child_id": pl.Int64, "kind": pl.String, "measure": pl.String, "due_date": pl.Date, "status": pl.String}
    return pl.LazyFrame(told, schema=schema, orient="row")


def test_universal_programmes_are_those_of_the_practitioner_and_the_health_visitor() -> None:
    contacts = universal_contacts(REFERENCE)
    assert set(contacts.values()) == {"gp", "health_visitor"}
    assert contacts["gp:week_5"] == "gp"


@pytest.mark.parametrize(
    ("due", "status", "held"),
    [
        ("2026-09-29", "met", 1),
        ("2026-09-29", "late", 1),
        ("2026-09-29", "overdue", 0),
        ("2026-09-29", "excused", None),
        ("2026-09-30", "met", None),
        ("2026-10-02", "not_due", None),
    ],
)
def test_which_contacts_are_in_the_denominator_and_which_were_held(due: str, status: str, held: int | None) -> None:
    told = contacts_of_children(
        obligations((1, "gp:week_5", due, status), (1, "gp:year_1", "2026-01-01", "met")), REFERENCE, AS_OF
    )
    assert told.collect()["gp:week_5"].to_list() == [held]


def test_contacts_of_a_programme_for_exposed_children_are_not_compared() -> None:
    rows = obligations((1, "family_clinic:month_3", "2026-01-01", "met"), (1, "gp:week_5", "2026-01-01", "met"))
    told = contacts_of_children(rows, REFERENCE, AS_OF).collect()
    assert not [name for name in told.columns if name.startswith("family_clinic")]


def gap(contacts: pl.LazyFrame, shape: Strata) -> dict[str, dict[str, float]]:
    told = participation(contact_pairs(contacts, REFERENCE), shape)
    return {row["programme"]: row for row in participation_gap(told).collect().iter_rows(named=True)}


def test_a_gap_by_hand() -> None:
    """In 0101 the exposed child comes to one contact of two, the others to all at week 5 and to none of one at month 5.

    Standardised to the exposed, others come to (1 + 0 + 1/2) of 3; crude to 3 of 5.
    """
    rows = [
        (child, contact, "2025-01-01", status)
        for child, contact, status in (
            (1, "gp:week_5", "met"), (1, "gp:month_5", "overdue"),
            (2, "gp:week_5", "late"), (2, "gp:month_5", "overdue"), (3, "gp:week_5", "met"),
            (4, "gp:week_5", "overdue"),
            (5, "gp:week_5", "met"), (6, "gp:week_5", "overdue"),
        )
    ]  # fmt: skip
    born = pl.LazyFrame({"child_id": range(1, 7), "birth_date": [date(2024, 1, 1)] * 6})
    known = pl.LazyFrame({"child_id": [1, 4]})
    lived = pl.LazyFrame({"child_id": range(1, 7), "municipality_code": ["0101"] * 3 + ["0461"] * 3})
    contacts = with_what_is_held_alike(contacts_of_children(obligations(*rows), REFERENCE, AS_OF), born, known, lived)
    crude, alike = gap(contacts, CRUDE)["gp"], gap(contacts, ALIKE)["gp"]
    assert (crude["people"], crude["events"], crude["reference_people"], crude["reference_events"]) == (3, 1, 5, 3)
    assert crude["ratio"] == pytest.approx((1 / 3) / (3 / 5))
    assert alike["ratio"] == pytest.approx((1 / 3) / ((1 + 0 + 1 / 2) / 3))


def test_without_contacts_there_is_no_gap_and_without_exposed_children_nobody_to_compare() -> None:
    born = pl.LazyFrame({"child_id": [1], "birth_date": [date(2024, 1, 1)]})
    nobody = pl.LazyFrame({"child_id": []}, schema={"child_id": pl.Int64})
    lived = pl.LazyFrame({"child_id": [1], "municipality_code": ["0101"]})
    for due, reasons in (([], {}), ([(1, "gp:week_5", "2025-01-01", "met")], {"gp": "nobody"})):
        contacts = contacts_of_children(obligations(*due), REFERENCE, AS_OF)
        told = gap(with_what_is_held_alike(contacts, born, nobody, lived), ALIKE)
        assert {programme: row["reason"] for programme, row in told.items()} == reasons


@cache
def sample(children: int) -> pl.DataFrame:
    tables = {name: rows.lazy() for name, rows in make_country(children, 7, AS_OF).tables.items()}
    told = run_in_memory(tables, AS_OF)
    homes = homes_at_birth(tables["children"], spells(tables["residences"]))
    due = told["obligations"].lazy().with_columns(pl.col("subject_id").alias("measure"))
    contacts = contacts_of_children(due, REFERENCE, AS_OF)
    return with_what_is_held_alike(contacts, tables["children"], told["exposed"].lazy(), homes).collect()


@pytest.mark.parametrize("programme", ["gp", "health_visitor"])
@pytest.mark.parametrize("shape", [CRUDE, ALIKE], ids=["crude", "standardised"])
def test_the_gap_that_is_planted_in_the_sample_is_recovered_within_its_interval(programme: str, shape: Strata) -> None:
    found = gap(sample(25_000).lazy(), shape)[programme]
    assert found["low"] <= EXPOSED_ATTENDANCE <= found["high"]
    assert found["high"] - found["low"] < 0.06


@pytest.mark.parametrize("group", ["exposed", "others"])
@pytest.mark.parametrize("shape", [CRUDE, ALIKE], ids=["crude", "standardised"])
def test_contacts_of_a_child_go_together_and_widen_the_interval_when_they_are_alike(shape: Strata, group: str) -> None:
    """The variance is that of statsmodels for clusters of children, with the same weights."""
    import statsmodels.api as sm

    rows = sample(25_000)
    pairs = contact_pairs(rows.lazy(), REFERENCE).collect().lazy()
    weights = with_weights(contact_strata(pairs), shape, "exposed").filter(programme="gp", group=group).collect()
    mine = weights["measure"].unique().to_list()
    long = (
        rows.unpivot(mine, index=["child_id", *OF_CHILD], variable_name="measure", value_name="held")
        .drop_nulls("held")
        .join(weights.select("measure", *OF_CHILD, "weight").drop_nulls("weight"), on=["measure", *OF_CHILD])
    )
    held = long["held"].cast(pl.Float64).to_numpy()
    of_children = {"groups": long["child_id"].rank("dense").to_numpy(), "use_correction": False}
    model = sm.WLS(held, held * 0 + 1, weights=long["weight"].to_numpy())
    fit = model.fit(cov_type="cluster", cov_kwds=of_children)
    found = participation(pairs, shape).filter(programme="gp", group=group).collect().row(0, named=True)
    assert found["proportion"] == pytest.approx(fit.params[0], abs=1e-9)
    assert found["variance"] == pytest.approx(fit.cov_params()[0][0], abs=1e-9)


def test_without_offers_to_all_children_there_is_nothing_to_compare() -> None:
    """A guidance may follow its own group alone."""
    own = replace(REFERENCE, schedule=REFERENCE.schedule.filter(pl.col("applies_to") != "all"))
    contacts = sample(500).select("child_id", *OF_CHILD).lazy()
    pairs = contact_pairs(contacts, own)
    assert pairs.collect_schema() == contact_pairs(sample(500).lazy(), REFERENCE).collect_schema()
    assert participation_gap(participation(pairs, ALIKE)).collect().is_empty()
