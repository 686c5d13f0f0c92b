"""A guidance folder that contradicts itself is refused with file, row, rule and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboards.own_texts import texts_that_fit_nowhere
from pipelines.definitions.descriptions import WrongGuidance, read_description, shipped, shipped_folder
from pipelines.definitions.in_force import content_of, in_force
from pipelines.guidance.of_store import folder_named, keep, of_store
from pipelines.guidance.rules import checked, faults_of
from pipelines.guidance.shown_by import Definitions, shown_by

MODEL = shipped_folder() / "rare_disabilities"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "rare_disabilities"))


def spoil(folder: Path, file: str, said: str, instead: str) -> list[str]:
    """The faults of the folder once the first such words of a file are others."""
    text = (folder / file).read_text("utf-8")
    assert said in text
    (folder / file).write_text(text.replace(said, instead, 1), "utf-8")
    return [str(fault) for fault in faults_of(read_description(folder))]


@pytest.mark.parametrize("described", shipped(), ids=lambda each: each.name)
def test_the_shipped_descriptions_keep_every_rule(described: object) -> None:
    assert faults_of(described) == []  # type: ignore[arg-type]


SPOILED = {
    "a recommendation that nothing shows": (
        ("recommendations.csv", "Whether a family has a coordinator stands in no record that is delivered.,", ","),
        "recommendations.csv, row 8: not_measured stands in one language only. Translate it",
    ),
    "a translation that is missing": (
        ("recommendations.csv", "Et sjældent handicap opdages tidligt", ""),
        "recommendations.csv, row 2: text_da is empty. Write it in both languages",
    ),
    "an id that stands twice": (
        ("recommendations.csv", "SH-2,", "SH-1,"),
        "recommendations.csv, row 2: the id stands twice. Keep one of the rows",
    ),
    "a kind that is none": (
        ("deadlines.csv", "handed_over", "handed_on"),
        "deadlines.csv, row 4: the kind is unknown. Known: registered, on_child_record, handed_over",
    ),
    "a measure that is none": (
        ("measures.csv", "school_start,", "school_end,"),
        "measures.csv, row 8: the name is unknown. Known: known_before_birth",
    ),
    "a programme that is none": (
        ("schedule.csv", "family_clinic,rare_year_3", "hospital,rare_year_3"),
        "schedule.csv, row 3: the programme is unknown. Known: family_clinic, gp, health_visitor",
    ),
    "a recommendation that is named and does not exist": (
        ("deadlines.csv", "SH-3", "SH-33"),
        "deadlines.csv, row 4: the recommendation is unknown. Known: SH-1",
    ),
    "a group that is none": (
        ("evidence.csv", "DE71,metabolic", "DE71,metabolism"),
        "evidence.csv, row 3: the group is unknown. Known: metabolic",
    ),
    "a day that is no number": (
        ("deadlines.csv", "handed_over,,30", "handed_over,,a month"),
        "deadlines.csv, row 4: days is no whole number. Write a whole number",
    ),
    "a follow-up before the publication": (
        ("guidance.toml", 'follow_up_due = "2019"', 'follow_up_due = "2017"'),
        "guidance.toml, follow_up_due: it lies before the publication. Set it about a year after",
    ),
    "a revision before the follow-up": (
        ("guidance.toml", 'revision_due = "2021"', 'revision_due = "2018"'),
        "guidance.toml, revision_due: it lies before the follow-up. Set it about three years after",
    ),
    "an age that ends before it begins": (
        ("guidance.toml", "from = 0\nto = 25", "from = 25\nto = 18"),
        "guidance.toml, ages: it ends before it begins. Set `to` above `from`",
    ),
    "an age outside of the target group": (
        ("schedule.csv", "288,months", "300,months"),
        "schedule.csv, row 8: the age lies outside of the target group. Mend due_age, or the ages",
    ),
    "a guidance that it builds on and that is none": (
        ("guidance.toml", "[ages]", 'builds_on = ["heart_disease"]\n\n[ages]'),
        "guidance.toml, builds_on: there is no guidance heart_disease.",
    ),
    "a circle": (
        ("guidance.toml", "[ages]", 'builds_on = ["rare_disabilities"]\n\n[ages]'),
        "guidance.toml, builds_on: rare_disabilities -> rare_disabilities goes round in a circle.",
    ),
    "a source that is no evidence": (
        ("guidance.toml", '"handover", "support_record"]', '"handover", "letter"]'),
        "guidance.toml, evidence: letter is no source of evidence here.",
    ),
    "a title in one language": (
        ("guidance.toml", ', en = "Metabolic diseases"', ""),
        "guidance.toml, groups.metabolic: the title in en is missing. Write both",
    ),
}


@pytest.mark.parametrize(("spoiled", "told"), SPOILED.values(), ids=SPOILED)
def test_a_folder_that_contradicts_itself_is_told_with_its_row(
    folder: Path, spoiled: tuple[str, str, str], told: str
) -> None:
    faults = spoil(folder, *spoiled)
    assert any(fault.startswith(told) for fault in faults), faults


def test_a_recommendation_that_no_obligation_and_no_measure_shows_is_refused(folder: Path) -> None:
    with (folder / "recommendations.csv").open("a", encoding="utf-8") as file:
        file.write("SH-9,plan,The child is heard,Barnet bliver hørt,,\n")
    with pytest.raises(WrongGuidance, match="no obligation and no measure shows the recommendation") as refused:
        checked(folder)
    assert "row 10" in refused.value.where
    assert "not_measured" in refused.value.where


def test_a_recommendation_cannot_be_shown_and_said_not_to_be(folder: Path) -> None:
    faults = spoil(
        folder, "recommendations.csv", "opdages tidligt,,", "opdages tidligt,Nobody counts it.,Ingen tæller."
    )
    assert faults == [
        "recommendations.csv, row 2: it is shown, and not_measured says that it is not. Take one of them out"
    ]


def test_a_circle_over_another_description_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The description builds on one that builds on it."""
    other = folder.parent / "shipped" / "heart_disease"
    shutil.copytree(MODEL, other)
    spoil(other, "guidance.toml", "[ages]", 'builds_on = ["rare_disabilities"]\n\n[ages]')
    for module in ("pipelines.guidance.rules", "pipelines.definitions.descriptions"):
        monkeypatch.setattr(f"{module}.shipped_folder", lambda: other.parent)
    faults = spoil(folder, "guidance.toml", "[ages]", 'builds_on = ["heart_disease"]\n\n[ages]')
    assert any("rare_disabilities -> heart_disease -> rare_disabilities" in fault for fault in faults), faults


@pytest.mark.parametrize(
    "file", ["recommendations.csv", "evidence.csv", "deadlines.csv", "schedule.csv", "measures.csv"]
)
def test_a_table_that_is_missing_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(WrongGuidance, match=file.removesuffix(".csv")):
        checked(folder)


def test_a_file_that_is_no_part_of_a_guidance_is_named(folder: Path) -> None:
    (folder / "mesures.csv").write_text("name\n", "utf-8")
    assert [str(fault) for fault in faults_of(read_description(folder))] == [
        "mesures.csv: no part of a guidance is called so. Remove it, or mend its name"
    ]


def test_facts_that_are_no_toml_are_told_with_their_line(folder: Path) -> None:
    (folder / "guidance.toml").write_text("title = \n", "utf-8")
    with pytest.raises(WrongGuidance, match=r"guidance\.toml"):
        read_description(folder)


def test_a_text_that_stands_instead_of_none_is_told(folder: Path) -> None:
    with (folder / "texts.da.toml").open("a", encoding="utf-8") as file:
        file.write('overview.no_such_text = "Hej"\n')
    assert texts_that_fit_nowhere(read_description(folder)) == [
        "texts.da.toml, overview.no_such_text: there is no such text"
    ]


def shown(described_as: str, recommendation: str) -> tuple[set[str], set[str]]:
    described = next(each for each in shipped() if each.name == described_as)
    found = shown_by(recommendation, Definitions.of(described))
    return set(found.obligations), {each.name for each in found.measures}


def test_what_shows_a_recommendation_comes_from_the_files_of_its_own_group() -> None:
    assert shown("rare_disabilities", "SH-3") == ({"handed_over"}, {"handed_over"})
    assert shown("pregnant_substance_use", "FBG-1") == ({"handed_over"}, {"handed_over"})
    assert shown("rare_disabilities", "SH-7") == (set(), set())


def test_every_recommendation_of_the_shipped_group_is_shown_or_says_why_not() -> None:
    for described in shipped():
        for row in described.recommendations.iter_rows(named=True):
            is_shown = any(shown(described.name, row["id"]))
            assert is_shown != bool(row["not_measured_da"]), row["id"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[words]\nexposed = 1\n", "texts.en.toml, exposed: it is no text"),
        ('words = "exposed"\n', "texts.en.toml, words: it is no text"),
        ('[words]\nexposed = "ill"\n', "texts.en.toml, sign_in.lead: it stands in the other language only"),
    ],
)
def test_words_and_texts_are_texts_and_stand_in_both_languages(folder: Path, text: str, told: str) -> None:
    (folder / "texts.en.toml").write_text(text, "utf-8")
    assert told in "\n".join(str(fault) for fault in faults_of(read_description(folder)))


def test_a_brace_that_stands_alone_is_told(folder: Path) -> None:
    texts = folder / "texts.da.toml"
    texts.write_text(texts.read_text("utf-8").replace("for {share}.", "for {share."), "utf-8")
    assert [fault.split(";")[0] for fault in texts_that_fit_nowhere(read_description(folder))] == [
        "texts.da.toml, ask.known_before_birth: a brace stands alone"
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("exposed_before_birth", "the target group that is followed without a guidance is called so"),
        ("rare:1", "a folder's name has only a-z, 0-9 and _"),
        ("Sjældne handicap", "a folder's name has only a-z, 0-9 and _"),
    ],
)
def test_a_folder_is_not_called_as_the_shipped_group_nor_what_a_version_cannot_hold(
    folder: Path, name: str, told: str
) -> None:
    """A store would take figures of two groups for those of one."""
    with pytest.raises(WrongGuidance) as fault:
        checked(folder.rename(folder.with_name(name)))
    assert told in (fault.value.where or "")


def test_a_folder_has_its_name_from_wherever_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert checked(folder_named(".")).name == "rare_disabilities"


@pytest.mark.parametrize("spoiled", [("deadlines.csv", "kind,"), ("guidance.toml", '"2018"')], ids=["column", "year"])
def test_facts_that_cannot_be_read_are_told_and_never_a_trace(folder: Path, spoiled: tuple[str, str]) -> None:
    file, said = spoiled
    text = (folder / file).read_text("utf-8")
    (folder / file).write_text(text.replace(said, said.replace("kind", "sort").replace("2018", "9" * 12), 1), "utf-8")
    with pytest.raises(WrongGuidance, match="cannot be read"):
        read_description(folder)


def test_a_store_keeps_the_files_that_the_guidance_has_now(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    with in_force(folder):
        keep(store)
    (folder / "README.md").write_text("not a file of definitions", "utf-8")
    (folder / "texts.en.toml").unlink()
    (folder / "deadlines.csv").write_text("kind,transition\n", "utf-8")
    with in_force(folder):
        keep(store)
    kept = store / "guidance" / "rare_disabilities"
    assert of_store(store) == kept
    assert content_of(kept) == content_of(folder)
    assert sorted(each.name for each in store.iterdir()) == ["guidance"]
