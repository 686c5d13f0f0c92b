"""The defect bench runs the real pipeline and the real checks: what is planted is found, and nothing else.

It is no proof unless it can fail: a defect that no check finds and a false alarm are brought about and must be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO

import polars as pl
import pytest
from named_findings import named_before
from rich.console import Console
from typer.testing import CliRunner

import checks.polars_engine  # noqa: F401 - first: it keeps the warnings of another package's import away
from checks.catalogue import CATALOGUE
from checks.defects import DEFECTS, chosen_defects
from checks.defects.bench import FLOOR, SCORES, Bench, bench
from checks.defects.clean import FAMILY, ROW, Clean
from checks.defects.declared import Defect, Patch, Planting
from checks.defects.elsewhere import beside, false_alarms, touched
from checks.defects.found import SAID, Named
from checks.defects.planting import NUMBER, changed
from checks.defects.shown import COLUMNS, below_floor, defects_table, not_found, verdict
from checks.report import Words
from dashboards.language import LANGUAGES, Language
from pipelines.cli import app
from pipelines.commands.defects import defects as command
from pipelines.commands.shared import BELOW_FLOOR
from pipelines.errors import WrongUse

pytestmark = pytest.mark.slow

OF_EACH_SORT = (
    "children.born_twice",
    "children.sex_in_danish",
    "contacts.before_birth",
    "costs.on_new_years_day",
    "assessments.delivered_twice",
    "diagnoses.before_birth",
    "residences.all_lost",
    "residences.zero_lost",
    "links.lost",
    "obligations.late_as_met",
    "exposed.turned_round",
)
RATE = 0.05
NOWHERE = pl.DataFrame(schema={"check_id": pl.String, "row_key": pl.String})


@dataclass(frozen=True)
class HalfTold:
    """Plants what another planting does, but tells of one defect only: the others are nobody's."""

    planting: Planting

    @property
    def tables(self) -> tuple[str, ...]:
        return self.planting.tables

    def plant(self, clean: Clean, rate: float, seed: int) -> Sequence[Patch]:
        patches = self.planting.plant(clean, rate, seed)
        return [replace(patch, planted=patch.planted.filter(pl.col(NUMBER) == 0)) for patch in patches]


def looked_for_in_vain() -> Defect:
    """Costs below zero, of which only a check for too large ones is expected."""
    (defect,) = chosen_defects(["costs.negative"])
    return replace(defect, found_by=("costs.too_large",))


def half_told() -> Defect:
    (defect,) = chosen_defects(["assessments.percentile_instead_of_z_score"])
    return replace(defect, planting=HalfTold(defect.planting))


def changes_nothing() -> Defect:
    """Children without a birth weight lose it; their check names them before as it does after."""
    has_none = pl.col("birth_weight_g").is_null()
    planting = changed("children", has_none, birth_weight_g=pl.lit(None, pl.Int64))
    what = "Intet er galt.", "Nothing is wrong."
    return Defect("children.as_they_were", *what, planting, found_by=("children.without_weight",))


def half_told_of_a_store() -> Defect:
    (defect,) = chosen_defects(["counts.below_nought"])
    return replace(defect, planting=HalfTold(defect.planting))


@pytest.fixture(scope="module")
def small() -> Bench:
    return bench(children=4000, seed=3, rates=(RATE,), defects=chosen_defects(OF_EACH_SORT))


@pytest.fixture(scope="module")
def failed() -> Bench:
    return bench(children=500, seed=3, rates=(RATE,), defects=BAD)


BAD = [looked_for_in_vain(), half_told(), changes_nothing(), half_told_of_a_store()]


def told(result: Bench, language: Language) -> str:
    words, console = Words(language), Console(width=COLUMNS, record=True, file=StringIO())
    console.print(defects_table(result.scores, FLOOR, words))
    console.print(not_found(DEFECTS, below_floor(result.scores, FLOOR), words))
    console.print(verdict(result, FLOOR, words))
    return console.export_text()


def score(result: Bench, defect_id: str) -> dict[str, object]:
    return result.scores.row(by_predicate=pl.col("defect") == defect_id, named=True)


def test_defects_of_each_sort_are_planted_and_found(small: Bench) -> None:
    scores = small.scores
    assert scores.schema == SCORES
    assert set(scores["defect"]) == set(OF_EACH_SORT)
    assert scores.filter((pl.col("planted") == 0) | (pl.col("found") < pl.col("planted"))).is_empty()


def test_what_was_set_aside_is_found_by_the_check_of_the_rows_as_delivered(small: Bench) -> None:
    assert score(small, "children.sex_in_danish")["found_by"] == "children_delivered.enumeration"
    assert score(small, "residences.zero_lost")["found_by"] == "residences_delivered.reference"


def test_nothing_is_named_in_families_in_which_nothing_was_planted(small: Bench) -> None:
    assert small.elsewhere.is_empty()
    assert small.scores["false_alarms"].sum() == 0


def test_before_planting_nothing_is_named_but_what_the_sample_has_itself(small: Bench) -> None:
    assert small.unexpected["check_id"].to_list() == []
    fails = pl.col("status").is_in(["failed", "error"])
    assert set(small.on_clean_data.filter(fails)["severity"]) <= {"info"}
    assert small.expected.height == small.on_clean_data.height > 0


def test_a_bench_that_finds_everything_and_nothing_else_is_good(small: Bench) -> None:
    assert small.is_good


def test_a_defect_that_its_check_does_not_look_for_is_missed(failed: Bench) -> None:
    missed = score(failed, "costs.negative")
    assert missed["planted"] == 4
    assert (missed["found"], missed["recall"], missed["found_by"]) == (0, 0.0, "")
    assert below_floor(failed.scores, FLOOR) == ["children.as_they_were", "costs.negative"]
    assert not replace(failed, elsewhere=failed.elsewhere.clear()).is_good


def test_a_defect_that_changes_nothing_is_not_found_by_a_check_that_named_its_rows_before(failed: Bench) -> None:
    nothing = score(failed, changes_nothing().id)
    assert (nothing["planted"], nothing["found"], nothing["recall"]) == (0, 0, None)
    of_others = failed.scores.filter(pl.col("defect") != "costs.negative")
    assert not replace(failed, scores=of_others, elsewhere=failed.elsewhere.clear()).is_good


def test_a_finding_about_rows_of_no_family_in_which_nothing_is_said_to_be_planted_is_a_false_alarm(
    failed: Bench,
) -> None:
    planted = score(failed, half_told_of_a_store().id)
    alarms = failed.elsewhere.filter(pl.col("check_id") == "counts.negative")
    assert planted["recall"] == 1.0
    assert planted["false_alarms"] == alarms.height > 0


def test_a_month_that_another_defect_of_the_same_feed_and_place_brings_about_is_no_false_alarm() -> None:
    stopped = Defect("a.stopped", "Tavs.", "Silent.", HalfTold(changed("contacts")), ("feeds.silent",), scope="feed")
    missing = replace(stopped, id="a.missing", found_by=("volume.drop",))
    planted = [
        (stopped, [Patch("contacts", pl.DataFrame({NUMBER: [0], "feed": ["visits"], "place": ["0101"]}))]),
        (
            missing,
            [Patch("contacts", pl.DataFrame({NUMBER: [0], "feed": ["visits"], "place": ["0147"], "month": ["1"]}))],
        ),
    ]
    keys = {"volume.drop": ("feed", "place", "month"), "feeds.silent": ("feed", "place")}
    found = ["visits|0101|5", "visits|0147|1", "visits|0147|2", "records|0101|5"]
    findings = [("volume.drop", key) for key in found] + [
        ("feeds.silent", "visits|0101"),
        ("feeds.silent", "visits|0461"),
    ]
    after = replace(named_before([("volume.drop", "failed", "warning")], findings), keys=keys)
    nobody = pl.DataFrame(schema={"part": pl.String, FAMILY: pl.String})
    alarms = beside(planted, after, named_before([("volume.drop", "passed", "warning")], []), nobody)
    assert alarms.rows() == [
        ("feeds.silent", "visits|0461"),
        ("volume.drop", "visits|0147|2"),
        ("volume.drop", "records|0101|5"),
    ]


def test_what_a_spoiled_feed_or_store_brings_about_in_a_family_that_it_did_not_touch_is_a_false_alarm() -> None:
    known = pl.DataFrame({"part": ["a", "#1", "b"], FAMILY: ["A", "A", "B"]})
    rows = pl.DataFrame({"child_id": [1, 2], "day": ["x", "y"]})
    removed = Patch("contacts", pl.DataFrame({NUMBER: [0]}), removed=pl.DataFrame({ROW: [0]}))
    hit = touched({"contacts": rows}, [removed], known)
    assert hit[FAMILY].to_list() == ["A"]
    findings = pl.DataFrame({"check_id": ["c.one", "c.one", "c.two"], "row_key": ["a|1", "b|1", "0101|2020"]})
    statuses = pl.DataFrame({"check_id": ["c.breaks"], "status": ["error"], "severity": ["info"]})
    after = Named(statuses, findings, keys={}, pseudonyms=pl.Series([], dtype=pl.String))
    before = replace(after, failures=findings.clear())
    assert false_alarms(after, before, hit, known).rows() == [("c.one", "b|1"), ("c.breaks", "")]
    assert false_alarms(after, replace(after, statuses=statuses.clear()), hit, known).rows() == [("c.breaks", "")]


def test_a_finding_in_a_family_in_which_nothing_is_said_to_be_planted_is_a_false_alarm(failed: Bench) -> None:
    planted = score(failed, half_told().id)
    assert planted["recall"] == 1.0
    alarms = failed.elsewhere.filter(pl.col("check_id") == "assessments.z_score_implausible")
    assert planted["false_alarms"] == alarms.height > 0
    assert set(failed.elsewhere["check_id"]) == {"assessments.z_score_implausible", "counts.negative"}
    of_found = failed.scores.filter(pl.col("recall") == 1.0)
    assert not replace(failed, scores=of_found).is_good


def test_a_defect_that_could_not_be_planted_is_no_success(small: Bench) -> None:
    nowhere = small.scores.with_columns(pl.lit(0, pl.Int64).alias("planted"), pl.lit(None, pl.Float64).alias("recall"))
    assert below_floor(nowhere, FLOOR) == sorted(OF_EACH_SORT)
    assert not replace(small, scores=nowhere).is_good


def test_the_command_refuses_a_name_that_no_defect_has() -> None:
    ran = CliRunner().invoke(app, [command.__name__, "--only", "nonsense"])
    assert ran.exit_code == WrongUse.exit_code
    assert "nonsense" in ran.output


def test_the_command_says_what_was_missed_and_ends_with_the_code_for_it(
    failed: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checks.defects.bench.bench", lambda **_: failed)
    ran = CliRunner().invoke(app, [command.__name__, "--lang", "en", "--quiet"])
    assert ran.exit_code == BELOW_FLOOR
    assert "Not found\n" in ran.output
    assert "costs.negative" in ran.output
    alarms = f"nothing was planted: {failed.elsewhere.height}. assessments.z_score_implausible, counts.negative."
    assert alarms in " ".join(ran.output.split())
    assert Words("en")("defects.not_good") in ran.output


def test_the_command_ends_well_when_everything_was_found(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.defects.bench.bench", lambda **_: small)
    ran = CliRunner().invoke(app, [command.__name__, "--quiet"])
    assert ran.exit_code == 0
    assert f"Fundet ved alle andele: {len(OF_EACH_SORT)} af {len(OF_EACH_SORT)} slags fejl." in ran.output
    said = " ".join(ran.output.split())
    assert "Kontroller, der uventet nævner noget, før fejlene er plantet: 0." in said
    assert "prøvelandet selv har." in said
    assert "children.without_weight" in said
    assert f"Kontroller, der fandt en plantet fejl: {len(small.tried)} af {len(CATALOGUE)}" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_keeps_every_name_whole_in_eighty_columns(small: Bench, failed: Bench, language: Language) -> None:
    for result in (small, failed):
        lines = [line.strip() for line in told(result, language).splitlines()]
        assert max(map(len, lines)) <= COLUMNS
        assert {line.split()[0] for line in lines if line} >= set(result.scores["defect"])
    assert "children_delivered.enumeration" in told(small, language)
    assert Words(language)("defects.no_check") in told(failed, language)


def test_the_longest_names_at_three_rates_of_many_children_fit() -> None:
    longest = max((defect.id for defect in DEFECTS), key=len)
    found_by = max((check_id for defect in DEFECTS for check_id in defect.finders), key=len)
    row = {"defect": longest, "planted": 1200, "found": 1200, "recall": 1.0, "found_by": found_by, "false_alarms": 0}
    scores = pl.DataFrame([row | {"rate": rate} for rate in (0.001, 0.01, 0.1)], schema=SCORES)
    lines = told(Bench(scores, pl.DataFrame(schema=SAID), NOWHERE), "da").splitlines()
    assert max(map(len, lines)) <= COLUMNS
    at = lines.index(f"  {found_by}")
    assert lines[at - 1] == longest
    assert lines[at + 1].split() == [*["1200/1200"] * 3, "100", "%", "0"]
