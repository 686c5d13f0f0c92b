"""What is published beside the counts: a real run of synthetic children, through the gate, as readers get it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.analysis import Analysis, CountsBeside
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import (
    BIRTH_TO_CONCERN,
    BIRTH_TO_EVIDENCE,
    CONCERN_TO_SUPPORT,
    EVIDENCE_TO_HANDOVER,
    TimeToEvent,
)
from pipelines.disclosure.beside_counts import BesideCounts, beside_counts
from pipelines.disclosure.breakdowns.cells import OTHER
from pipelines.disclosure.closed import CLOSED_BY, Closed
from pipelines.disclosure.course_tables import competing, course_breakdowns, horizon
from pipelines.disclosure.development_tables import development_breakdowns, has_passed, in_periods, periods_of_births
from pipelines.disclosure.gate import Passed
from pipelines.disclosure.holding_back import released_beside
from pipelines.disclosure.published_development import told as beside_rows
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.statistics.aalen_johansen import curves
from pipelines.store import Snapshot, Store
from sample_data.sample import make_sample

pytestmark = pytest.mark.slow

AS_OF, REFERENCE = date(2026, 9, 30), Reference.load()
VALUES = (
    "numerator",
    "denominator",
    "children",
    "share",
    "low",
    "high",
    "at_risk",
    "ratio",
    "mean_dkk",
    "difference_dkk",
    "median_days",
)
TABLES = (
    "published_development",
    "published_z_scores",
    "published_ratios",
    "published_curves",
    "published_medians",
    "published_participation",
    "published_costs",
    "published_cost_differences",
    "published_price_years",
)


TOLD_SHARES = pl.DataFrame({"programme": ["gp", "gp"], "period": ["2020-2022", "2023-2025"]})
"""What the gate is made to have told among the counts."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    sample, store = (tmp_path_factory.mktemp("children") / name for name in ("sample", "store"))
    make_sample(sample, children=8000, seed=4, as_of=AS_OF, forms=("canonical",))
    return run(Store(store), Source(canonical=sample / "canonical"), AS_OF, REFERENCE, Progress()).snapshot


@pytest.fixture(scope="module")
def beside(finished: Snapshot) -> BesideCounts:
    return beside_counts(finished, AS_OF, REFERENCE, 5)


@pytest.fixture(scope="module")
def passed(beside: BesideCounts) -> Passed:
    """As the auditor lets it through, without the counts of obligations, which are judged with it in a release."""
    made = beside.protected
    return released_beside(made.tables, made.hidden, made.belongs_to, [], None)


@pytest.fixture(scope="module")
def tables(beside: BesideCounts, passed: Passed) -> dict[str, pl.DataFrame]:
    return {name: rows.collect() for name, rows in beside.published(passed.hidden, TOLD_SHARES).items()}


@pytest.fixture(scope="module")
def counts(analysis: Analysis) -> CountsBeside:
    return analysis.counts({})


@pytest.fixture(scope="module")
def analysis(finished: Snapshot) -> Analysis:
    return Analysis(finished, REFERENCE, AS_OF)


@pytest.mark.parametrize(
    "name", [name for name in TABLES if name not in {"published_z_scores", "published_price_years"}]
)
def test_what_is_not_a_number_has_no_value(tables: dict[str, pl.DataFrame], name: str) -> None:
    table = tables[name]
    values = [column for column in VALUES if column in table.columns]
    absent = table.filter(pl.col("state") != "number")
    assert values
    assert absent.select(pl.all_horizontal(pl.col(values).is_null()).all()).item() is True


def test_no_small_count_and_no_whole_group_is_told(tables: dict[str, pl.DataFrame]) -> None:
    told = tables["published_development"].filter(pl.col("state") == "number")
    assert told.height > 100
    assert told.filter(pl.col("numerator").is_between(1, 4) | (pl.col("denominator") < 5)).is_empty()
    exact = told.filter(pl.col("share_of") != "assessed")
    assert exact.filter(pl.col("numerator") == pl.col("denominator")).is_empty()


def test_numbers_of_nearly_the_same_children_are_told_in_tens(tables: dict[str, pl.DataFrame]) -> None:
    """Who lived through one band and who through the next, and who began a course: their differences are a few."""
    assessed = tables["published_development"].filter(
        (pl.col("share_of") == "assessed") & (pl.col("state") == "number")
    )
    curves = tables["published_curves"].filter(pl.col("state") == "number")
    assert assessed.filter(pl.col("denominator") % 10 != 0).is_empty()
    assert curves.filter((pl.col("children") % 10 != 0) | (pl.col("at_risk") % 10 != 0)).is_empty()
    assert "numerator" not in curves.columns
    assert (
        assessed.select(
            (pl.col("share") - (pl.col("numerator") / pl.col("denominator")).clip(0, 1).round(2)).abs().max()
        ).item()
        < 1e-9
    )
    steps = curves.with_columns(step=pl.when(pl.col("children") < 100).then(20).otherwise(100))
    assert steps.filter(
        ((pl.col("share") * pl.col("step")) - (pl.col("share") * pl.col("step")).round()).abs() > 1e-6
    ).is_empty()
    assert curves.filter(pl.col("children") < 20).is_empty()


def test_told_shares_are_those_of_the_children(tables: dict[str, pl.DataFrame], counts: CountsBeside) -> None:
    """Of all exposed and all others, from the exact counts; groups that are told together are left out."""
    exact = in_periods(counts.development().counts.lazy(), AS_OF).collect()
    keys = ["period", "age_band", "domain", "group_kind", "group_value"]
    assessed = exact.group_by(keys).agg(
        pl.col("children").filter(pl.col("outcome") != "not_assessed").sum().alias("assessed"),
        pl.col("children").filter(pl.col("outcome") == "concern").sum().alias("concern"),
        pl.col("children").sum().alias("children"),
    )
    told = (
        tables["published_development"]
        .filter((pl.col("state") == "number") & (pl.col("group_value") != OTHER))
        .join(assessed, on=keys)
    )
    for share_of in ("assessed", "concern"):
        rows = told.filter(pl.col("share_of") == share_of)
        assert rows.height > 5
        assert rows.filter(pl.col("numerator") != pl.col(share_of)).is_empty()
    concern = told.filter(pl.col("share_of") == "concern")
    assert concern.filter(pl.col("denominator") != pl.col("assessed")).is_empty()
    exact = pl.col("assessed") / pl.col("children")
    roughly = told.filter(pl.col("share_of") == "assessed")
    assert roughly.select(((pl.col("share") - exact).abs() <= 0.0501 * exact + 0.0051).all()).item() is True


def test_groups_that_are_told_together_add_up_with_the_others(beside: BesideCounts, passed: Passed) -> None:
    """Where a division of the exposed is told, its groups have all of the assessed children."""
    told = beside_rows(beside.protected.rows, passed.hidden).filter(pl.col("outcome").str.ends_with(":assessed"))
    place = ["breakdown", "outcome"]
    whole = told.filter(pl.col("group_value") == "exposed").select(*place, pl.col("count").alias("all"))
    kinds = ["substance_group", "certainty", "known_before_birth"]
    parts = told.filter(pl.col("group_kind").is_in(kinds)).group_by(*place, "group_kind").agg(pl.col("count").sum())
    added = parts.join(whole, on=place)
    assert added.height > 10
    assert added.filter(pl.col("count") != pl.col("all")).is_empty()


def test_a_band_that_a_birth_year_has_not_passed_is_not_yet_due(tables: dict[str, pl.DataFrame]) -> None:
    states = tables["published_development"].filter((pl.col("period") == "2023-2025") & (pl.col("age_band") == "0-1"))
    assert states["state"].unique().to_list() == ["not_yet_due"]
    band = AGE_BANDS[0]
    assert not has_passed([2023, 2024, 2025], band, date(2026, 12, 30))
    assert has_passed([2023, 2024, 2025], band, date(2026, 12, 31))


def test_periods_of_births_begin_on_the_same_years_for_ever() -> None:
    assert periods_of_births(2016, date(2026, 9, 30)) == [
        [2014, 2015, 2016],
        [2017, 2018, 2019],
        [2020, 2021, 2022],
        [2023, 2024, 2025],
    ]
    assert periods_of_births(2023, date(2026, 1, 1)) == [[2023, 2024, 2025]]
    assert periods_of_births(2023, date(2025, 12, 31)) == []


def test_curves_go_up_and_end_at_the_last_day_that_all_have_passed(tables: dict[str, pl.DataFrame]) -> None:
    curve = tables["published_curves"].filter(
        (pl.col("interval") == EVIDENCE_TO_HANDOVER.name)
        & (pl.col("group_kind") == "all")
        & (pl.col("state") == "number")
    )
    assert curve.height > 5
    for (_,), steps in curve.group_by("period", maintain_order=True):
        assert steps["share"].is_sorted()
        assert steps["at_risk"].is_sorted(descending=True)
        assert steps["days"].max() <= EVIDENCE_TO_HANDOVER.grid[-1]
    assert horizon(BIRTH_TO_CONCERN, [2023, 2024, 2025], AS_OF) == [0, 91, 182]


@pytest.mark.parametrize("declared", [EVIDENCE_TO_HANDOVER, CONCERN_TO_SUPPORT, BIRTH_TO_CONCERN])
def test_a_published_step_is_the_cumulative_incidence_of_all_that_is_known(
    tables: dict[str, pl.DataFrame], analysis: Analysis, declared: TimeToEvent
) -> None:
    """Aalen and Johansen on every row, with censoring on the as-of date: up to the horizon nobody is censored, so both
    agree to half a published step. A period of births instead of origins would not."""
    rows = analysis.courses_by_day().filter(
        (pl.col("interval") == declared.name)
        & pl.col("cohort").is_in([2020, 2021, 2022])
        & (pl.col("group_kind") == "all")
    )
    judged = curves(rows.lazy(), ["interval"], competing=("died", "left")).collect()
    steps = tables["published_curves"].filter(
        (pl.col("interval") == declared.name)
        & (pl.col("period") == "2020-2022")
        & (pl.col("group_kind") == "all")
        & (pl.col("state") == "number")
    )
    assert steps.height > 1
    for step in steps.iter_rows(named=True):
        by_then = judged.filter(pl.col("days") <= step["days"]).row(-1, named=True)
        assert step["share"] == pytest.approx(by_then["cumulative_incidence"], abs=0.0251)


def test_the_first_evidence_has_curves(tables: dict[str, pl.DataFrame], counts: CountsBeside) -> None:
    """All who are in it arrive; who is found after the horizon comes later, and known before birth is no group."""
    made = {each.name: each for each in course_breakdowns(counts.all_courses(), AS_OF)}
    own = made[f"course|{BIRTH_TO_EVIDENCE.name}|2020-2022"]
    assert (own.counts[:, :-1].sum(axis=1) == own.counts[:, -1]).all()
    told = tables["published_curves"].filter(
        (pl.col("interval") == BIRTH_TO_EVIDENCE.name) & (pl.col("state") == "number") & (pl.col("group_kind") == "all")
    )
    assert not told.is_empty()


def test_who_had_left_before_its_first_evidence_came_is_in_no_curve_of_it(counts: CountsBeside) -> None:
    """A municipality alone sees many such: its feed of homes ends where a child moves out. The parts still add up."""
    courses, own = counts.all_courses(), pl.col("interval") == BIRTH_TO_EVIDENCE.name
    nobody = pl.lit(0, pl.Int64)
    left = courses.filter(own & (pl.col("event") > 0)).with_columns(event=nobody, competing=pl.col("event"))
    with_left = pl.concat([courses, left.head(40)])
    before, after = (
        {each.name: each.counts.tolist() for each in course_breakdowns(rows, AS_OF)} for rows in (courses, with_left)
    )
    name = f"course|{BIRTH_TO_EVIDENCE.name}|2020-2022"
    assert left.height > 40
    assert before[name] == after[name]
    told = competing(with_left, AS_OF)
    assert BIRTH_TO_EVIDENCE.name not in told["interval"]
    assert told["competing"].sum() > 0


def test_participation_is_told_where_its_shares_are_told_among_the_counts(tables: dict[str, pl.DataFrame]) -> None:
    gap = tables["published_participation"]
    told = gap.filter(pl.col("state") == "number")
    assert set(told.select("programme", "period").unique().rows()) == {("gp", "2020-2022"), ("gp", "2023-2025")}
    assert told.select(((pl.col("low") < 0.8) & (pl.col("high") > 0.6)).all()).item()


def test_a_division_with_a_group_of_few_z_scores_has_no_mean(
    beside: BesideCounts, tables: dict[str, pl.DataFrame]
) -> None:
    """Their sum would follow from the whole and the other groups."""
    told, sums = tables["published_z_scores"], beside.development.z_sums
    keys = ["period", "age_band", "domain", "group_kind"]
    divisions = told.filter(pl.col("group_kind") != "exposure")
    assert not divisions.is_empty()
    members = divisions.explode("members").join(
        sums.group_by(*keys, "group_value").agg(pl.col("z_children").sum()),
        left_on=[*keys, "members"],
        right_on=[*keys, "group_value"],
        how="left",
    )
    classes = members.group_by(*keys, "group_value", "mean").agg(pl.col("z_children").sum())
    assert classes.filter(pl.col("z_children") < 5).is_empty()


def test_a_pathway_with_few_children_is_suppressed_in_words(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables["published_costs"]["pathway"].cast(pl.String)) >= {"never", "lost", "late", "early", "others"}
    assert set(tables["published_costs"]["state"]) <= {"number", "suppressed", "missing", "not_applicable"}


def test_years_without_a_price_index_are_named(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["published_price_years"].rows() == [(2026, None)]


def test_closed_periods_are_taken_over_as_they_were(finished: Snapshot, tables: dict[str, pl.DataFrame]) -> None:
    """Three months later nothing told changes; what has closed since comes beside it."""
    later = date(2026, 12, 31)
    closed = Closed({name: tables[name] for name in CLOSED_BY}, later)
    anew = beside_counts(finished, later, REFERENCE, 5, closed)
    names = {name.rsplit("|", 2)[0] for name in anew.protected.tables.names}
    assert "development|2023-2025|0-1" in names
    assert "development|2020-2022|0-1" not in names
    assert "published_curves" not in CLOSED_BY, "a curve grows with its horizon"
    assert any(name.startswith("course|first_evidence_to_handover|2020-2022") for name in anew.protected.tables.names)
    after = anew.published(anew.protected.hidden, TOLD_SHARES)["published_development"].collect()
    before = tables["published_development"]
    of = (pl.col("period") == "2020-2022") & (pl.col("age_band") == "0-1")
    assert after.filter(of).equals(before.filter(of))
    assert after.filter(of)["as_of"].unique().to_list() == [AS_OF]
    fresh = after.filter((pl.col("period") == "2023-2025") & (pl.col("age_band") == "0-1"))
    assert fresh["as_of"].unique().to_list() == [later]
    assert "not_yet_due" not in fresh["state"]


def test_the_same_day_again_is_no_closed_period(tables: dict[str, pl.DataFrame], beside: BesideCounts) -> None:
    """So that publishing a run twice makes the same release."""
    again = Closed({name: tables[name] for name in CLOSED_BY}, AS_OF)
    breakdowns = [next(development_breakdowns(in_periods(pl.LazyFrame(COUNTS), AS_OF).collect()))]
    assert again.without(breakdowns) == breakdowns


COUNTS = {
    "cohort": [2020],
    "age_band": ["0-1"],
    "domain": ["growth"],
    "group_kind": ["exposure"],
    "group_value": ["exposed"],
    "outcome": ["typical"],
    "children": [9],
}


def test_ratios_are_told_only_where_both_shares_are(tables: dict[str, pl.DataFrame]) -> None:
    told = tables["published_ratios"].filter(pl.col("state") == "number")
    assert not told.is_empty()
    shares = tables["published_development"].filter(
        (pl.col("group_kind") == "exposure") & (pl.col("state") == "number")
    )
    keys = ["period", "age_band", "domain"]
    both = shares.group_by(*keys, pl.col("share_of").alias("outcome")).len("groups").filter(pl.col("groups") == 2)
    assert told.join(both, on=[*keys, "outcome"], how="anti").is_empty()


def test_costs_stand_in_round_figures(tables: dict[str, pl.DataFrame]) -> None:
    told = tables["published_costs"].filter(pl.col("state") == "number")
    assert not told.is_empty()
    assert told.filter(pl.col("children") % 10 != 0).is_empty()


def test_the_auditor_has_seen_every_hidden_group(beside: BesideCounts, passed: Passed) -> None:
    named = zip(beside.protected.tables.names, passed.hidden, strict=True)
    hidden = {name.split("|")[0] for name, is_hidden in named if is_hidden}
    assert hidden == {"development", "course"}


def test_tables_of_development_and_courses_are_those_that_are_read(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables) == set(TABLES)
