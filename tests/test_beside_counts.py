"""What is published beside the counts: a real run of synthetic children, through the gate, as readers get it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.analysis import Analysis
from pipelines.definitions.age_bands import AGE_BANDS
from pipelines.definitions.reference import Reference
from pipelines.definitions.times_to_event import BIRTH_TO_CONCERN, BIRTH_TO_EVIDENCE, EVIDENCE_TO_HANDOVER
from pipelines.disclosure.beside_counts import BesideCounts, beside_counts
from pipelines.disclosure.breakdowns.cells import OTHER
from pipelines.disclosure.course_tables import course_breakdowns, horizon
from pipelines.disclosure.development_tables import has_passed, in_periods, periods_of_births
from pipelines.disclosure.gate import Passed
from pipelines.disclosure.holding_back import released_beside
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Snapshot, Store
from sample_data.sample import make_sample

AS_OF, REFERENCE = date(2026, 9, 30), Reference.load()
VALUES = ("numerator", "denominator", "share", "low", "high", "at_risk", "ratio", "mean_dkk", "difference_dkk")
TABLES = (
    "published_development",
    "published_z_scores",
    "published_ratios",
    "published_curves",
    "published_medians",
    "published_participation",
    "published_costs",
    "published_cost_differences",
)


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
    return {name: rows.collect() for name, rows in beside.published(passed.hidden).items()}


@pytest.fixture(scope="module")
def analysis(finished: Snapshot) -> Analysis:
    return Analysis(finished, REFERENCE, AS_OF)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_not_a_number_has_no_value(tables: dict[str, pl.DataFrame], name: str) -> None:
    table = tables[name]
    if "state" not in table.columns:
        pytest.fail(f"{name} has no state") if name != "published_z_scores" else None
        return
    values = [column for column in VALUES if column in table.columns]
    absent = table.filter(pl.col("state") != "number")
    assert absent.select(pl.all_horizontal(pl.col(values).is_null()).all()).item() is True


@pytest.mark.parametrize("name", ["published_development", "published_curves"])
def test_no_small_count_and_no_whole_group_is_told(tables: dict[str, pl.DataFrame], name: str) -> None:
    told = tables[name].filter(pl.col("state") == "number")
    assert told.height > 100
    assert told.filter(pl.col("numerator").is_between(1, 4) | (pl.col("denominator") < 5)).is_empty()
    development = told.filter(pl.lit(name == "published_development"))
    assert development.filter(pl.col("numerator") == pl.col("denominator")).is_empty()


def test_told_shares_are_those_of_the_children(tables: dict[str, pl.DataFrame], analysis: Analysis) -> None:
    """Of all exposed and all others, from the exact counts; groups that are told together are left out."""
    exact = in_periods(analysis.development().counts.lazy(), AS_OF).collect()
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
    for share_of, part, whole in (("assessed", "assessed", "children"), ("concern", "concern", "assessed")):
        rows = told.filter(pl.col("share_of") == share_of)
        assert rows.height > 10
        assert rows.filter((pl.col("numerator") != pl.col(part)) | (pl.col("denominator") != pl.col(whole))).is_empty()


def test_groups_that_are_told_together_add_up_with_the_others(tables: dict[str, pl.DataFrame]) -> None:
    """Where a division of the exposed is told, its groups have all of the assessed children."""
    told = tables["published_development"].filter((pl.col("share_of") == "assessed") & (pl.col("state") == "number"))
    place = ["period", "age_band", "domain"]
    whole = told.filter(pl.col("group_value") == "exposed").select(*place, pl.col("numerator").alias("all"))
    kinds = ["substance_group", "certainty", "known_before_birth"]
    parts = told.filter(pl.col("group_kind").is_in(kinds)).group_by(*place, "group_kind").agg(pl.col("numerator").sum())
    beside = parts.join(whole, on=place)
    assert beside.height > 10
    assert beside.filter(pl.col("numerator") != pl.col("all")).is_empty()


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
    for (_,), steps in curve.group_by("period"):
        assert steps["numerator"].is_sorted()
        assert steps["denominator"].n_unique() == 1
        assert steps["days"].max() <= EVIDENCE_TO_HANDOVER.grid[-1]
    assert horizon(BIRTH_TO_CONCERN, [2023, 2024, 2025], AS_OF) == [0, 91, 182]


def test_the_last_step_of_a_curve_is_the_share_with_the_event_by_then(
    tables: dict[str, pl.DataFrame], analysis: Analysis
) -> None:
    """Where nobody's following ends before the horizon, the cumulative incidence is the plain share."""
    binned = analysis.courses()
    years, name = [2020, 2021, 2022], EVIDENCE_TO_HANDOVER.name
    own = binned.filter((pl.col("interval") == name) & pl.col("cohort").is_in(years) & (pl.col("group_kind") == "all"))
    by = own.filter(pl.col("bin") <= EVIDENCE_TO_HANDOVER.grid[-1])["event"].sum()
    everybody = own.select(pl.sum_horizontal("event", "competing", "censored").sum()).item()
    curve = tables["published_curves"].filter(
        (pl.col("interval") == name) & (pl.col("period") == "2020-2022") & (pl.col("group_kind") == "all")
    )
    last = curve.row(-1, named=True)
    assert (last["numerator"], last["denominator"]) == (by, everybody)


def test_a_course_that_all_reach_has_no_child_who_comes_later(analysis: Analysis) -> None:
    made = {each.name: each for each in course_breakdowns(analysis.courses(), AS_OF)}
    own = made[f"course|{BIRTH_TO_EVIDENCE.name}|2020-2022"]
    assert (own.counts[:, :-1].sum(axis=1) == own.counts[:, -1]).all()


def test_the_planted_gap_is_published_with_its_interval(tables: dict[str, pl.DataFrame]) -> None:
    gap = tables["published_participation"].filter(pl.col("state") == "number")
    assert set(gap["programme"]) == {"gp", "health_visitor"}
    assert gap.select(((pl.col("low") < 0.8) & (pl.col("high") > 0.6)).all()).item()


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
