"""The answer key of the sample, and how the gaps are compared with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from functools import cache

import polars as pl
import pytest
from naive import judge, read_reference
from naive.world import TABLE_NAMES, Row, World

from checks.answer_key import compare, reaches, verdicts
from pipelines.definitions.enumerations import KINDS, LOSS_REASONS
from sample_data.country import Country, make_country

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)
KEY = ["child_id", "pregnancy_id", "kind", "subject_id", "status", "reason"]
HANDOVER_LOSSES = ("no_handover", "not_confirmed", "exposure_left_out")
EVERY_LOSS = {
    ("registered", "not_registered"),
    ("on_child_record", "not_registered"),
    *(("handed_over", reason) for reason in HANDOVER_LOSSES),
    ("carried_in_record", "silent"),
    ("carried_in_record", None),
    *(("carried_at_move", reason) for reason in HANDOVER_LOSSES),
    *(("carried_at_transition", reason) for reason in HANDOVER_LOSSES),
    *(("follow_up", reason) for reason in ("no_contact", "no_show", "declined", "too_early", "undocumented")),
    ("screened", "not_asked"),
    ("referred", "no_referral"),
    ("plan_before_birth", "no_handover"),
    ("plan_before_birth", "exposure_left_out"),
}


@cache
def planted(children: int = 5000, as_of: date = AS_OF) -> pl.DataFrame:
    return make_country(children, 1, as_of).key


def test_the_key_has_one_row_per_loss() -> None:
    key = planted()
    assert key.columns == KEY
    assert not key.select(pl.struct("child_id", "pregnancy_id", "kind", "subject_id").is_duplicated().any()).item()
    assert set(key["kind"]) <= set(KINDS)
    assert set(key["reason"].drop_nulls()) <= set(LOSS_REASONS)
    assert key.filter(pl.col("child_id").is_null() == pl.col("pregnancy_id").is_null()).is_empty()


def test_every_kind_and_reason_is_planted() -> None:
    assert set(planted().select("kind", "reason").unique().iter_rows()) == EVERY_LOSS


def test_every_transition_is_planted() -> None:
    subjects = planted(20_000).filter(kind="carried_at_transition")["subject_id"]
    assert set(subjects.str.extract(r"^([a-z_]+)")) == {"school_start", "adulthood", "placement"}


def test_a_contradiction_has_no_reason_and_nothing_else_lacks_one() -> None:
    assert (planted()["reason"].is_null() == (planted()["status"] == "contradicted")).all()


def test_municipalities_lose_unequally_on_purpose() -> None:
    country = make_country(5000, 1, AS_OF)
    homes = country.tables["residences"].unique("child_id").select("child_id", "municipality_code")
    no_shows = country.key.filter(pl.col("kind") == "follow_up").join(homes, on="child_id")
    lost = no_shows.group_by("municipality_code").len("lost")
    shares = homes.group_by("municipality_code").len("children").join(lost, on="municipality_code")
    rates = shares.filter(pl.col("children") >= 60).select(pl.col("lost") / pl.col("children")).to_series()
    assert rates.max() > 1.8 * rates.min()  # type: ignore[operator]


def families(country: Country) -> list[World]:
    """The country as one small world per mother, so that a judge that loops over rows can read it."""
    tables = country.tables
    mother_of_pregnancy = dict(tables["pregnancies"].select("pregnancy_id", "mother_id").iter_rows())
    mother_of_child = {
        child["child_id"]: child["mother_id"] or mother_of_pregnancy.get(child["pregnancy_id"]) or child["child_id"]
        for child in tables["children"].iter_rows(named=True)
    }

    def family(row: Row) -> str:
        if row.get("person_id"):
            return str(mother_of_child.get(row["person_id"], row["person_id"]))
        return str(mother_of_child.get(row.get("child_id"), mother_of_pregnancy.get(row.get("pregnancy_id"))))

    worlds: dict[str, World] = defaultdict(lambda: {name: [] for name in TABLE_NAMES})
    for name in set(TABLE_NAMES) - {"assessments", "costs"}:
        for row in tables[name].iter_rows(named=True):
            worlds[family(row)][name].append(row)
    return list(worlds.values())


@pytest.mark.parametrize("as_of", [AS_OF, date(2024, 2, 29), date(2026, 12, 31)], ids=str)
def test_a_judge_that_knows_only_the_rows_finds_exactly_the_planted_losses(as_of: date) -> None:
    country = make_country(1500, 4, as_of)
    reference = read_reference()
    found = Counter(
        tuple(obligation[name] for name in KEY)
        for world in families(country)
        for obligation in judge(world, as_of, reference).obligations
        if obligation["status"] in ("overdue", "contradicted")
    )
    key = Counter(country.key.rows())
    assert (key - found, found - key) == (Counter(), Counter())


# --- comparing


def losses(*rows: tuple[str | None, str | None, str, str | None, str, str | None]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=dict.fromkeys(KEY, pl.String), orient="row")


PLANTED = losses(
    ("c1", None, "registered", "c1", "overdue", "not_registered"),
    ("c2", None, "registered", "c2", "overdue", "not_registered"),
    ("c1", None, "carried_in_record", "s1", "contradicted", None),
    (None, "p1", "referred", "p1", "overdue", "no_referral"),
    ("c1", None, "handed_over", "c1", "overdue", "no_handover"),
)
FOUND = losses(
    ("c1", None, "registered", None, "overdue", "not_registered"),
    ("c3", None, "registered", "c3", "overdue", "not_registered"),
    ("c4", None, "registered", "c4", "overdue", "not_registered"),
    ("c5", None, "registered", "c5", "late", None),
    ("c1", None, "carried_in_record", "s1", "contradicted", None),
    (None, "p1", "referred", "p1", "overdue", "no_referral"),
    ("c1", None, "handed_over", "c1", "overdue", "not_confirmed"),
)


def compared_rows(found: pl.LazyFrame, key: pl.LazyFrame) -> dict[tuple[str, str | None], tuple[object, ...]]:
    rows = compare(found, key)
    return {
        (row["kind"], row["reason"]): (row["planted"], row["found"], row["both"], row["recall"], row["precision"])
        for row in rows.to_dicts()
    }


def test_recall_and_precision_are_counted_per_kind_and_reason() -> None:
    assert compared_rows(FOUND, PLANTED) == {
        ("registered", "not_registered"): (2, 3, 1, 0.5, 1 / 3),
        ("carried_in_record", None): (1, 1, 1, 1.0, 1.0),
        ("referred", "no_referral"): (1, 1, 1, 1.0, 1.0),
        ("handed_over", "no_handover"): (1, 0, 0, 0.0, None),
        ("handed_over", "not_confirmed"): (0, 1, 0, None, 0.0),
    }


def test_a_loss_found_under_a_wrong_reason_is_below_the_floor_under_both() -> None:
    told = {(row["kind"], row["reason"]): row["verdict"] for row in verdicts(compare(FOUND, PLANTED)).to_dicts()}
    assert told["handed_over", "no_handover"] == told["handed_over", "not_confirmed"] == "below"
    assert told["referred", "no_referral"] == "reached"
    assert not reaches(compare(FOUND, PLANTED))


def test_everything_found_reaches_the_floor_and_nothing_planted_is_no_pass() -> None:
    assert reaches(compare(PLANTED, PLANTED), 1.0)
    assert not reaches(compare(losses(), losses()))
    assert not reaches(compare(PLANTED, losses()))
    assert not reaches(compare(losses(), PLANTED))


def test_a_gap_counts_once_however_often_it_is_delivered() -> None:
    assert compare(pl.concat([PLANTED, PLANTED]), PLANTED).equals(compare(PLANTED, PLANTED))
