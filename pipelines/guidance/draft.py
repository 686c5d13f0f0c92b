"""A new guidance folder from a name: everything a description needs, with every guess marked as one.

The draft breaks rules on purpose where only a person knows (codes of the diagnoses, recommendations), so that it is not
taken for finished: `roedtraad guidance check` names what is left.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.definitions.descriptions import FACTS_FILE, shipped_folder, shipped_names
from pipelines.errors import StoreFailed, WrongUse
from pipelines.guidance.rules import fault_of_name

MODEL = "rare_disabilities"
"""The shipped description whose deadlines, schedule, measures and words a draft begins with."""

FACTS = """\
# Udkast / draft. Linjer med `gæt / guess` er gæt: ret dem, og fjern mærket.
title = {{ da = "{title}", en = "{title}" }}  # gæt / guess
short_title = {{ da = "{title}", en = "{title}" }}  # gæt / guess
target_group = {{ da = "", en = "" }}  # skriv målgruppen på begge sprog / write the target group in both languages
publisher = {{ da = "Social- og Boligstyrelsen", en = "Social- og Boligstyrelsen" }}  # gæt / guess
published = "{year}"  # gæt / guess
follow_up_due = "{follow_up}"  # gæt / guess: et år efter / a year after
revision_due = "{revision}"  # gæt / guess: tre år efter / three years after
sources = []

[ages]
from = 0
to = 25  # gæt / guess

[target]
evidence = ["registration", "child_diagnosis", "handover", "support_record"]
on_child_record = ["registration", "support_record"]
offers_to_all_show = "R-3"  # gæt / guess
early_months = 12  # gæt / guess: known early before this age

[groups]
unspecified = {{ da = "Uoplyst", en = "Not stated" }}
"""
EVIDENCE = "prefix,group,certainty,title_da,title_en\n"
RECOMMENDATIONS = """\
id,dimension,text_en,text_da,not_measured_en,not_measured_da
R-1,detected,,,,
R-2,carried,,,,
R-3,followed_up,,,,
"""
TO_OURS = {"SH-1": "R-1", "SH-2": "R-1", "SH-3": "R-2", "SH-4": "R-2", "SH-5": "R-2", "SH-6": "R-3"}
"""Which recommendation of the draft takes over what shows one of the model's: a guess, in three files."""

IN_GENERAL = {
    "Center for Sjældne Sygdommes": "behandlingsstedets",
    "Center for Sjældne Sygdomme": "behandlingsstedet",
    "centre for rare diseases": "treatment centre",
    "centres for rare diseases": "treatment centres",
    "Centre for rare diseases": "Treatment centre",
    "en kendt sjælden diagnose": "en kendt diagnose",
    "sjældne diagnoser": "diagnoser",
    "sjælden diagnose": "diagnose",
    "Sjældne sygdomme": "Sygdomme",
    "Rare diseases": "Diseases",
    "rare diagnoses": "diagnoses",
    "rare diagnosis": "diagnosis",
    "rare_year_": "year_",
    "a local setting": "gæt / guess",
}
"""What is said of the model's target group, said of any."""

TAKEN_OVER = ("deadlines.csv", "schedule.csv", "measures.csv", "texts.da.toml", "texts.en.toml")


def draft(folder: Path, *, year: int) -> list[str]:
    """Write the files into a new folder and return their names.

    WrongUse when something is there already, or no guidance can be called so; StoreFailed when the disk refuses.
    """
    folder = folder.resolve()
    _assert_new(folder)
    texts = _texts_of(folder.name, year)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as fault:
        to_do = "Give this user the right to write there, or name another folder."
        raise StoreFailed(f"{folder} cannot be written: {fault.strerror}", to_do=to_do) from fault
    return sorted(texts)


def _assert_new(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise WrongUse(f"{folder} is not empty", to_do="Name a new folder; nothing was touched.")
    fault = "a shipped guidance is called so" if folder.name in shipped_names() else fault_of_name(folder.name)
    if fault:
        raise WrongUse(f"No guidance can be called {folder.name}", where=fault, to_do="Give the folder another name.")


def _texts_of(name: str, year: int) -> dict[str, str]:
    """The files of the draft by their names."""
    title = name.replace("_", " ").capitalize()
    texts = {
        FACTS_FILE: FACTS.format(title=title, year=year, follow_up=year + 1, revision=year + 3),
        "evidence.csv": EVIDENCE,
        "recommendations.csv": RECOMMENDATIONS,
    }
    model = shipped_folder() / MODEL
    return texts | {file: _in_general((model / file).read_text("utf-8")) for file in TAKEN_OVER}


def _in_general(text: str) -> str:
    for theirs, ours in (TO_OURS | IN_GENERAL).items():
        text = text.replace(theirs, ours)
    return text
