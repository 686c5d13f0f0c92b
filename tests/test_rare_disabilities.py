"""A target group from files alone: rare disabilities, 0 to 25 years, worked out by hand and from its own sample."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from guided_children import as_text, lines, tables

from pipelines.cli import app
from pipelines.definitions.descriptions import WrongGuidance, shipped_folder
from pipelines.definitions.in_force import in_force, looked_at
from pipelines.definitions.measures import headline_measures
from pipelines.definitions.reference import Reference
from pipelines.in_memory import run_in_memory
from pipelines.store import Store

pytestmark = pytest.mark.slow

FOLDER = shipped_folder() / "rare_disabilities"
AS_OF = date(2026, 9, 30)
COPENHAGEN, SVENDBORG, ODENSE = "0101", "0479", "0461"
SHOWN = ["measure", "trigger_date", "due_date", "met_date", "status", "reason", "municipality_code"]


def worked_out(child: str, **rows: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    """Obligations that only this target group has, and whether the child is a member."""
    results = run_in_memory(tables(**rows), AS_OF, Reference.under(looked_at(FOLDER)))
    own = (pl.col("kind") != "follow_up") | pl.col("subject_id").str.starts_with("family_clinic")
    measure = pl.when(pl.col("kind").is_in(["follow_up", "carried_at_transition"])).then("subject_id").otherwise("kind")
    about = results["obligations"].filter(own & (pl.col("child_id") == child)).with_columns(measure=measure)
    return results | {"obligations": about}


def test_a_diagnosis_at_three_a_move_at_ten_and_the_years_after() -> None:
    """Known three weeks after the third birthday, so not early: no follow-up at 1 or 3 years was due."""
    found = worked_out(
        "maja",
        children=[{"child_id": "maja", "birth_date": "2010-05-10"}],
        residences=[
            {"child_id": "maja", "from_date": "2010-05-10", "municipality_code": COPENHAGEN, "to_date": "2020-08-01"},
            {"child_id": "maja", "from_date": "2020-08-01", "municipality_code": SVENDBORG},
        ],
        diagnoses=[{"person_id": "maja", "sks_code": "DG7101", "diagnosed_date": "2013-06-01"}],
        exposures=[{"child_id": "maja", "registered_date": "2013-07-15"}],
        handovers=[
            {
                "child_id": "maja", "kind": "referral",
                "from_actor": "paediatric_ward", "to_actor": "family_department",
                "sent_date": "2013-06-10", "received_date": "2013-06-20",
            },
            {
                "child_id": "maja", "kind": "school_start", "to_actor": "school",
                "sent_date": "2016-06-01", "received_date": "2016-06-10",
            },
        ],
        support_records=[
            {
                "child_id": "maja", "municipality_code": COPENHAGEN, "record_type": "disability_support",
                "opened_date": "2013-09-01", "exposure_status": "recorded", "exposure_recorded_date": "2013-09-20",
            }
        ],
        contacts=[{"child_id": "maja", "contact_code": "rare_year_6", "contact_date": "2016-03-01"}],
    )  # fmt: skip
    assert as_text(found["obligations"], SHOWN) == lines("""
    | measure                   | trigger    | due        | met        | status  | reason      | municipality |
    | registered                | 2013-06-01 | 2013-07-31 | 2013-07-15 | met     |             | 0101         |
    | on_child_record           | 2013-06-01 | 2013-07-31 | 2013-07-15 | met     |             | 0101         |
    | handed_over               | 2013-06-01 | 2013-07-01 | 2013-06-20 | met     |             | 0101         |
    | carried_in_record         | 2013-09-01 | 2013-10-01 | 2013-09-20 | met     |             | 0101         |
    | school_start              | 2016-08-01 | 2016-08-01 | 2016-06-10 | met     |             | 0101         |
    | carried_at_move           | 2020-08-01 | 2020-08-31 |            | overdue | no_handover | 0101         |
    | family_clinic:rare_year_6 | 2015-11-11 | 2016-09-06 | 2016-03-01 | met     |             | 0101         |
    | family_clinic:rare_year_12| 2021-11-11 | 2022-11-06 |            | overdue | no_contact  | 0479         |
    """)
    assert as_text(found["exposed"], ["first_known_date", "certainty", "substance_group", "known_before_birth"]) == [
        "2013-06-01 | confirmed | neuromuscular | False"
    ]


def test_adult_life_at_eighteen_and_follow_up_until_twenty_five() -> None:
    """Born 2001-03-03: what begins on the 25th birthday is no longer asked for, what begins the day before is."""
    found = worked_out(
        "noah",
        children=[{"child_id": "noah", "birth_date": "2001-03-03"}],
        residences=[
            {"child_id": "noah", "from_date": "2001-03-03", "municipality_code": ODENSE, "to_date": "2026-04-01"},
            {"child_id": "noah", "from_date": "2026-04-01", "municipality_code": SVENDBORG},
        ],
        diagnoses=[{"person_id": "noah", "sks_code": "DE76", "diagnosed_date": "2001-08-01"}],
        handovers=[
            {
                "child_id": "noah", "kind": "adulthood", "to_actor": "other",
                "sent_date": "2017-06-01", "received_date": "2017-06-20",
            }
        ],
        support_records=[
            {
                "child_id": "noah", "municipality_code": ODENSE, "record_type": "disability_support",
                "opened_date": opened, "exposure_status": "not_recorded",
            }
            for opened in ("2026-03-02", "2026-03-03")
        ],
        contacts=[{"child_id": "noah", "contact_code": "rare_year_24", "contact_date": "2025-09-10"}],
    )  # fmt: skip
    assert as_text(found["obligations"], SHOWN) == lines("""
    | measure                    | trigger    | due        | met        | status  | reason         | municipality |
    | registered                 | 2001-08-01 | 2001-09-30 |            | overdue | not_registered | 0461         |
    | on_child_record            | 2001-08-01 | 2001-09-30 |            | overdue | not_registered | 0461         |
    | handed_over                | 2001-08-01 | 2001-08-31 |            | overdue | no_handover    | 0461         |
    | school_start               | 2007-08-01 | 2007-08-01 |            | overdue | no_handover    | 0461         |
    | adulthood                  | 2019-03-03 | 2019-03-03 | 2017-06-20 | met     |                | 0461         |
    | carried_in_record          | 2026-03-02 | 2026-04-01 |            | overdue | silent         | 0461         |
    | family_clinic:rare_year_1  | 2002-01-02 | 2002-07-01 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_3  | 2003-12-04 | 2004-07-01 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_6  | 2006-09-05 | 2007-07-02 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_12 | 2012-09-04 | 2013-08-30 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_17 | 2017-09-04 | 2018-08-30 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_21 | 2021-09-04 | 2022-08-30 |            | overdue | no_contact     | 0461         |
    | family_clinic:rare_year_24 | 2024-09-04 | 2025-08-30 | 2025-09-10 | late    |                | 0461         |
    """)
    assert found["exposed"]["known_before_birth"].to_list() == [True]


@pytest.mark.parametrize(
    ("code", "day", "refuted", "is_member"),
    [
        ("DE700", "2026-03-02", False, True),
        ("de70.0", "2026-03-02", False, True),
        ("DE701", "2026-03-02", False, False),
        ("DP043", "2010-01-01", False, False),
        ("DQ992", "2010-01-01", True, False),
        ("DE700", "2026-03-03", False, False),
    ],
    ids=[
        "the day before the end",
        "however it is written",
        "next to the list",
        "of another group",
        "refuted",
        "on the birthday that ends it",
    ],
)
def test_whom_the_list_of_diagnoses_makes_a_member(code: str, day: str, refuted: bool, is_member: bool) -> None:
    found = worked_out(
        "ida",
        children=[{"child_id": "ida", "birth_date": "2001-03-03"}],
        diagnoses=[{"person_id": "ida", "sks_code": code, "diagnosed_date": day, "is_refuted": refuted}],
    )
    assert (found["exposed"].height == 1) == is_member
    assert ("registered" in found["obligations"]["kind"].to_list()) == is_member


def test_the_shipped_group_does_not_see_a_rare_diagnosis() -> None:
    rows = tables(
        children=[{"child_id": "ida", "birth_date": "2011-03-03"}],
        diagnoses=[{"person_id": "ida", "sks_code": "DE700", "diagnosed_date": "2012-01-01"}],
    )
    assert run_in_memory(rows, AS_OF)["exposed"].is_empty()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample of the group and a store made of it, by the commands."""
    place = tmp_path_factory.mktemp("rare")
    command("sample", place, "--guidance", "rare_disabilities", "--children", 3000, "--quiet")
    store, canonical = place / "store", place / "canonical"
    command(
        "run", "--guidance", "rare_disabilities", "--canonical", canonical, "--store", store, "--as-of", AS_OF, "-q"
    )
    return place


def command(*arguments: object) -> None:
    app([str(each) for each in arguments], standalone_mode=False)


def test_its_own_sample_gives_obligations_gaps_and_coverage(place: Path) -> None:
    run = Store(place / "store").snapshot()
    assert str(run.run["reference_version"]).startswith("rare_disabilities:")
    exposed = run.table("exposed").collect()
    assert 80 < exposed.height < 160
    assert set(exposed["substance_group"]) == {
        *("metabolic", "neuromuscular", "skeletal", "chromosomal", "syndrome", "unspecified")
    }
    kinds = run.table("obligations").select(pl.col("kind").cast(pl.String).unique()).collect()["kind"]
    assert set(kinds) == {
        *("registered", "on_child_record", "handed_over", "carried_in_record"),
        *("carried_at_move", "carried_at_transition", "follow_up"),
    }
    gaps = run.table("gaps").filter(pl.col("kind") != "follow_up").collect()
    assert gaps.height > 0
    assert gaps["child_id"].is_in(exposed["child_id"].implode()).all()
    counts = run.table("counts").filter(pl.col("measure").cast(pl.String) == "registered")
    due, done = counts.select(pl.col("denominator", "numerator_ever").sum()).collect().row(0)
    assert 0.3 < done / due < 0.8


def test_the_same_arguments_give_the_same_sample(place: Path, tmp_path: Path) -> None:
    command("sample", tmp_path, "--guidance", "rare_disabilities", "--children", 3000, "--quiet")
    for file in sorted((place / "canonical").iterdir()):
        assert file.read_bytes() == (tmp_path / "canonical" / file.name).read_bytes(), file.name


def test_the_store_keeps_the_guidance_and_a_later_run_is_of_the_same_group(place: Path) -> None:
    command("run", "--store", place / "store", "--as-of", "2026-06-30", "-q")
    last = Store(place / "store").snapshot()
    assert str(last.run["reference_version"]).startswith("rare_disabilities:")
    assert (place / "store" / "guidance" / "rare_disabilities" / "guidance.toml").is_file()


@pytest.mark.parametrize("guidance", ["prenatal_exposure_child", "no_such_guidance"])
def test_a_guidance_that_brings_no_target_group_cannot_be_run(
    place: Path, guidance: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("run", "--guidance", guidance, "--store", place / "store", "--as-of", AS_OF)
    assert app([str(each) for each in arguments], standalone_mode=False) == WrongGuidance.exit_code
    assert "guidance" in capsys.readouterr().err


def test_two_target_groups_never_mix_in_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("sample", tmp_path, "--children", 100, "--forms", "canonical", "--quiet")
    store = tmp_path / "store"
    command("run", "--canonical", tmp_path / "canonical", "--store", store, "--as-of", AS_OF, "-q")
    before = Store(store).snapshot().run["run_id"]
    arguments = ("run", "--guidance", "rare_disabilities", "--store", store, "--as-of", AS_OF)
    assert app([str(each) for each in arguments], standalone_mode=False) == WrongGuidance.exit_code
    assert "its runs are about exposed_before_birth" in capsys.readouterr().err
    assert Store(store).snapshot().run["run_id"] == before
    assert not (store / "guidance").exists()


def test_measures_that_the_group_has_not_are_left_out_and_the_others_in_its_own_words() -> None:
    with in_force(FOLDER):
        names = [each.name for each in headline_measures()]
        told = [each.facts for each in headline_measures()]
    assert not {"screened", "referred", "plan_before_birth"} & set(names)
    said = " ".join(f"{each.title} {each.sentence} {each.why}" for each in told).lower()
    assert not [word for word in ("ekspon", "exposed", "exposure", "family clinic", "familieamb") if word in said]
