"""The pipeline and the judge, written apart, say the same of random small worlds full of edge cases."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from naive import Verdict, judge, read_reference
from naive.counts import counts_of
from naive.reference import FOLDER
from naive.view import as_of_view
from naive.world import Row, World
from worlds import AS_OF_DATES, REFERENCE, coverage, prefixed, random_world, union
from worlds.frames import PUBLISHED, deliver, in_order, pipeline_verdict

from pipelines import export
from pipelines.definitions.reference import Reference as PipelineReference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.store import Store

pytestmark = pytest.mark.slow

SEEDS = range(400)
EXCUSES_OF_A_CHILD = ("died", "not_resident")
HANDOVER_LOSSES = ("not_confirmed", "exposure_left_out", "no_handover")
CONTACT_LOSSES = ("no_show", "declined", "too_early", "undocumented", "no_contact")
REASONS_OF = {
    "registered": (EXCUSES_OF_A_CHILD, ("not_registered",)),
    "on_child_record": (EXCUSES_OF_A_CHILD, ("not_registered",)),
    "handed_over": (EXCUSES_OF_A_CHILD, HANDOVER_LOSSES),
    "carried_in_record": (EXCUSES_OF_A_CHILD, ("silent",)),
    "carried_at_move": (EXCUSES_OF_A_CHILD, HANDOVER_LOSSES),
    "carried_at_transition": (EXCUSES_OF_A_CHILD, HANDOVER_LOSSES),
    "follow_up": (EXCUSES_OF_A_CHILD, CONTACT_LOSSES),
    "screened": (("pregnancy_ended",), ("not_asked",)),
    "referred": (("pregnancy_ended",), ("no_referral",)),
    "plan_before_birth": (("pregnancy_ended",), ("exposure_left_out", "no_handover")),
}
"""The excuses that a kind can have, and the reasons for its losses."""


def allowed_outcomes() -> set[tuple[str, str, str | None]]:
    outcomes: set[tuple[str, str, str | None]] = {("carried_in_record", "contradicted", None)}
    for kind, (excuses, losses) in REASONS_OF.items():
        outcomes |= {(kind, status, None) for status in ("met", "late", "not_due")}
        outcomes |= {(kind, "excused", excuse) for excuse in excuses}
        outcomes |= {(kind, "overdue", loss) for loss in losses}
    return outcomes


@cache
def worlds_as_of(as_of: date) -> dict[int, World]:
    """The worlds that are to be judged on that day, by seed, with ids that tell them apart."""
    drawn = {seed: random_world(seed) for seed in SEEDS}
    return {seed: prefixed(world, f"{seed}.") for seed, (world, day) in drawn.items() if day == as_of}


@cache
def pipeline_says(as_of: date) -> Verdict:
    return pipeline_verdict(union(worlds_as_of(as_of).values()), as_of)


@cache
def judge_says(as_of: date) -> Verdict:
    """Each world judged alone; the counts are of them all."""
    verdicts = [judge(world, as_of, REFERENCE) for world in worlds_as_of(as_of).values()]
    obligations = [row for verdict in verdicts for row in verdict.obligations]
    return Verdict(
        evidence=[row for verdict in verdicts for row in verdict.evidence],
        exposed=[row for verdict in verdicts for row in verdict.exposed],
        obligations=obligations,
        counts=counts_of(obligations, as_of),
    )


def difference(table: str, pipeline: list[Row], judged: list[Row]) -> str:
    """The first rows that only one of the two has; the number before the first dot of an id is the seed."""
    by_pipeline, by_judge = Counter(in_order(table, pipeline)), Counter(in_order(table, judged))
    only_pipeline, only_judge = list((by_pipeline - by_judge).elements()), list((by_judge - by_pipeline).elements())
    if not only_pipeline and not only_judge:
        return ""
    lines = [f"{table}: {len(only_pipeline)} rows of the pipeline alone, {len(only_judge)} of the judge alone"]
    lines += [f"  pipeline: {[str(cell) for cell in row]}" for row in only_pipeline[:6]]
    lines += [f"  judge:    {[str(cell) for cell in row]}" for row in only_judge[:6]]
    return "\n".join(lines)


@pytest.mark.parametrize("table", PUBLISHED)
@pytest.mark.parametrize("as_of", AS_OF_DATES, ids=str)
def test_the_pipeline_and_the_judge_agree(as_of: date, table: str) -> None:
    found = difference(table, getattr(pipeline_says(as_of), table), getattr(judge_says(as_of), table))
    assert not found, found


def test_every_outcome_that_the_rules_allow_occurs_and_no_other() -> None:
    seen = coverage(range(301))
    assert set(seen) == allowed_outcomes()


def test_every_transition_meets_every_outcome() -> None:
    """Kind 6 is three kinds in one: each of them is met, late, lost and excused somewhere."""
    seen = {
        (row["subject_id"].partition(":")[0], row["status"], row["reason"])
        for as_of in AS_OF_DATES
        for row in judge_says(as_of).obligations
        if row["kind"] == "carried_at_transition"
    }
    expected = {
        (transition, status, reason)
        for transition in ("school_start", "adulthood", "placement")
        for kind, status, reason in allowed_outcomes()
        if kind == "carried_at_transition"
    }
    assert seen == expected


def test_most_children_of_the_worlds_are_exposed() -> None:
    children = sum(len(world["children"]) for as_of in AS_OF_DATES for world in worlds_as_of(as_of).values())
    exposed = sum(len(judge_says(as_of).exposed) for as_of in AS_OF_DATES)
    assert exposed > 0.6 * children


@pytest.mark.parametrize("as_of", AS_OF_DATES, ids=str)
class TestPropertiesOfThePipeline:
    def test_an_obligation_has_one_status_and_a_reason_when_it_is_lost_or_excused(self, as_of: date) -> None:
        outcomes = {(row["kind"], row["status"], row["reason"]) for row in pipeline_says(as_of).obligations}
        assert outcomes <= allowed_outcomes()

    def test_the_key_of_an_obligation_is_unique(self, as_of: date) -> None:
        keys = Counter(
            (row["child_id"], row["pregnancy_id"], row["kind"], row["subject_id"])
            for row in pipeline_says(as_of).obligations
        )
        assert max(keys.values()) == 1

    def test_an_obligation_is_about_a_child_or_a_pregnancy_and_never_both(self, as_of: date) -> None:
        assert all(
            (row["child_id"] is None) != (row["pregnancy_id"] is None) for row in pipeline_says(as_of).obligations
        )

    def test_what_becomes_known_later_is_not_seen(self, as_of: date) -> None:
        """Pregnancies and their links are made before the view; what is later elsewhere may as well not be there."""
        world = union(worlds_as_of(as_of).values())
        known = as_of_view(world, as_of) | {"pregnancies": world["pregnancies"]}
        assert known != world
        again = pipeline_verdict(known, as_of)
        for table in PUBLISHED:
            assert not difference(table, getattr(again, table), getattr(pipeline_says(as_of), table))

    def test_the_counts_of_municipalities_outside_and_unknown_add_up_to_the_country(self, as_of: date) -> None:
        verdict = pipeline_says(as_of)
        obligations, counts = verdict.obligations, verdict.counts
        due = [row for row in obligations if row["due_date"] < as_of]
        assert {row["municipality_code"] for row in counts} >= {"outside", "unknown"}
        assert _total(counts, "denominator", "early", "excused", "not_due") == len(obligations)
        assert _total(counts, "numerator_timely") == sum(row["status"] == "met" for row in due)
        assert _total(counts, "numerator_ever") == sum(row["status"] in ("met", "late") for row in due)
        assert _total(counts, "denominator") == sum(row["status"] not in ("excused", "not_due") for row in due)


def test_where_nothing_was_delivered_nothing_is_owed() -> None:
    nothing = union([])
    assert pipeline_verdict(nothing, AS_OF_DATES[0]) == judge(nothing, AS_OF_DATES[0], REFERENCE)


@pytest.mark.parametrize("as_of", AS_OF_DATES[:2], ids=str)
def test_the_order_of_the_rows_changes_nothing(as_of: date) -> None:
    world = union(worlds_as_of(as_of).values())
    shuffled = {table: Random(table).sample(rows, len(rows)) for table, rows in world.items()}
    again = pipeline_verdict(shuffled, as_of)
    for table in PUBLISHED:
        assert not difference(table, getattr(again, table), getattr(pipeline_says(as_of), table))


def test_they_agree_when_a_steward_has_changed_the_numbers(tmp_path: Path) -> None:
    """Days, windows, ages, code lists and record types are read from the files, not written in the code."""
    as_of = AS_OF_DATES[2]
    folder = tmp_path / "reference"
    with_other_numbers(FOLDER, folder)
    world = union(worlds_as_of(as_of).values())
    pipeline = pipeline_verdict(world, as_of, PipelineReference.load(folder))
    judged = judge(world, as_of, read_reference(folder))
    for table in PUBLISHED:
        assert not (found := difference(table, getattr(pipeline, table), getattr(judged, table))), found
        assert difference(table, getattr(judged, table), getattr(judge_says(as_of), table)), "nothing changed"


def with_other_numbers(original: Path, changed: Path) -> None:
    """Every number of the deadlines, the schedule and the parameters is another; prefixes lie within prefixes."""
    shutil.copytree(original, changed)
    for file in ("deadlines.csv", "schedule.csv", "parameters.csv"):
        with (changed / file).open(newline="", encoding="utf-8") as lines:
            rows = list(csv.reader(lines))
        with (changed / file).open("w", newline="", encoding="utf-8") as lines:
            csv.writer(lines).writerows([[_another(cell) for cell in row] for row in rows])
    codes = (changed / "exposure_codes.csv").read_text(encoding="utf-8")
    codes += "DP04,child,cannabis,true,\nDP043A,child,opioids,true,\nDF,mother,other,true,\nDO35,mother,cocaine,true,\n"
    (changed / "exposure_codes.csv").write_text(codes, encoding="utf-8")
    types = (changed / "record_types.csv").read_text(encoding="utf-8")
    types = types.replace("Other,Andet,false", "Other,Andet,true").replace("Underretning,true", "Underretning,false")
    (changed / "record_types.csv").write_text(types, encoding="utf-8")


def _another(cell: str) -> str:
    return str(int(cell) + 1 + int(cell) // 20) if cell.isdigit() else cell


def test_a_run_on_files_agrees_too_though_each_row_is_delivered_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through conformance, store and export, the children in buckets of a few."""
    as_of = AS_OF_DATES[2]
    monkeypatch.setattr("pipelines.buckets.CHILDREN_PER_BUCKET", 64)
    world = union(worlds_as_of(as_of).values())
    twice = {table: Random(table).sample(rows * 2, 2 * len(rows)) for table, rows in world.items()}
    deliver(twice, tmp_path / "delivery")
    source = Source(canonical=tmp_path / "delivery")
    snapshot = run(Store(tmp_path / "store"), source, as_of, PipelineReference.load(), Progress()).snapshot
    accounting = snapshot.table("row_accounting").collect()
    assert accounting["quarantined"].sum() == 0
    assert accounting["exact_duplicates"].sum() == sum(len(rows) for rows in world.values())
    for table in PUBLISHED:
        exported = export.as_specified(table, snapshot).collect().to_dicts()
        assert not difference(table, exported, getattr(judge_says(as_of), table))


def _total(counts: list[Row], *columns: str) -> int:
    return sum(row[column] for row in counts for column in columns)
