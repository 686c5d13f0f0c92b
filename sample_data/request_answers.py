"""Synthetic answers to a central request, written into the very forms that respondents get.

It reads a form as a person would: what is asked, what may be chosen, what is on record. Nothing here knows what becomes
of an answer. Nobody in these answers exists.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path
from random import Random

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

SHEET, ID, ANSWER, COUNT, REASON = "Svar", 1, 3, 5, 6
"""Columns of a form, from 1."""

OFFERS = ("Døgnhuset Fyn", "Familieambulatoriet i Odense", "Sydvest Behandling", "Egen rusmiddelbehandling", "ingen")
TEXTS = {
    "across_regions": (
        "Vi holder faste møder med nabokommunerne og familieambulatoriet.",
        "Samarbejdet bygger på de enkelte forløb. Der er ingen fast aftale på tværs af regioner.",
    ),
    "challenges": (
        "Der går for lang tid, fra behovet er kendt, til en plads er fundet.",
        "Målgruppen er lille hos os, så medarbejderne møder den sjældent.",
        "Viden fra graviditeten når ikke altid frem til dem, der følger barnet bagefter.",
    ),
    "solutions": (
        "Et fælles døgntilbud i regionen og én indgang til rådgivning.",
        "En fast kontaktperson i hver kommune og en fælles vejledning om overlevering.",
        "Fælles kompetenceudvikling med nabokommunerne.",
    ),
}
OTHER_REASON = "Vi har talt borgere med, som endnu ikke er registreret."
USUAL_TEXT = "Vi har ikke mere at tilføje."


@dataclass(frozen=True)
class Plan:
    """Who answers otherwise than most. `late`: after the deadline; `deviating`: another number than is on record;
    `reminded`: only after it was reminded."""

    late: str
    deviating: str
    reminded: str


def fill_forms(folder: Path, out: Path, seed: int, plan: Plan) -> dict[str, list[Path]]:
    """Fill every form of a folder, and sort the filled ones by when they are sent: in time, late, reminded."""
    sent: dict[str, list[Path]] = {"in_time": [], "late": [], "reminded": []}
    for file in sorted(folder.glob("*.xlsx")):
        when = next((name for name in ("late", "reminded") if _is_of(file, getattr(plan, name))), "in_time")
        place = out / when.replace("_", "-") / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        fill_form(file, place, Random(f"{seed}:{file.stem}"), deviates=_is_of(file, plan.deviating))
        sent[when].append(place)
    return sent


def fill_form(form: Path, out: Path, chance: Random, *, deviates: bool = False) -> None:
    """One form, every cell that can be answered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(form)
    sheet = book[SHEET]
    allowed = {str(cells): rule for rule in sheet.data_validations.dataValidation for cells in rule.sqref.ranges}
    for row in range(1, sheet.max_row + 1):
        question = sheet.cell(row, ID).value
        if isinstance(question, str):
            cell = sheet.cell(row, ANSWER)
            _answer(sheet, cell, question, allowed.get(cell.coordinate), chance, deviates=deviates)
    book.save(out)


def _is_of(file: Path, respondent: str) -> bool:
    return file.stem.endswith(f"-{respondent}")


def _answer(
    sheet: Worksheet, cell: Cell, question: str, rule: DataValidation | None, chance: Random, *, deviates: bool
) -> None:
    count = sheet.cell(cell.row, COUNT).value
    if isinstance(count, int | float):
        cell.value = int(count) + 9 if deviates else int(count)
        sheet.cell(cell.row, REASON).value = OTHER_REASON if deviates else None
    elif rule is not None and rule.type == "list":
        cell.value = chance.choice(str(rule.formula1).strip('"').split(","))
    elif rule is not None and rule.type == "whole":
        cell.value = _number(question, chance)
    else:
        cell.value = _text(question, str(sheet.cell(cell.row, 2).value), chance)


def _number(question: str, chance: Random) -> int:
    """Small municipalities know few: some answers are confidential, and some are nobody."""
    if question == "spending":
        return chance.randrange(0, 60) * 50_000
    if question == "outside_region":
        return chance.choice((0, 20, 50, 100))
    if question == "daily_rate":
        return chance.randrange(30, 60) * 100
    if question == "waiting_time":
        return chance.choice((0, 7, 14, 21, 42))
    if question in ("inflow", "outflow", "capacity"):
        return chance.randrange(6, 24)
    return chance.choice((0, 1, 2, 3, 5, 6, 8, 9, 12, 15))


def _text(question: str, asked: str, chance: Random) -> str:
    """Of a list that names what may be chosen, some of it; else names of offers, or a sentence."""
    if question == "competences":
        options = asked.splitlines()[-1].partition(": ")[2].split("; ")
        return "; ".join(sorted(chance.sample(options, k=chance.randrange(2, 5))))
    if question == "offers_used":
        return "; ".join(sorted(chance.sample(OFFERS[:-1], k=chance.randrange(1, 3))))
    return chance.choice(TEXTS.get(question, (USUAL_TEXT,)))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("forms", type=Path, help="Folder with the forms.")
    arguments.add_argument("out", type=Path, help="Folder for the filled ones: in-time, late, reminded.")
    arguments.add_argument("--seed", type=int, default=1)
    for name in ("late", "deviating", "reminded"):
        arguments.add_argument(f"--{name}", required=True, help="Code of a municipality.")
    told = arguments.parse_args()
    fill_forms(told.forms, told.out, told.seed, Plan(told.late, told.deviating, told.reminded))
