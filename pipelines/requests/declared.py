"""A request as it is declared: `request.toml` and `questions.csv` in a folder, which a steward edits.

Read and checked as a whole before anything is asked of anybody: a slip is told with file, row, rule and way out.
"""

from __future__ import annotations

import hashlib
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import polars as pl

from pipelines.errors import UserError
from pipelines.requests.declaration_rules import broken_rules

RespondentKind = Literal["municipality", "provider"]
RESPONDENT_KINDS: tuple[RespondentKind, ...] = get_args(RespondentKind)
AnswerKind = Literal["number", "amount", "rate", "days", "share", "choice", "yes_no", "text", "list"]
ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
NUMBERS: tuple[AnswerKind, ...] = ("number", "amount", "rate", "days", "share")
"""Kinds whose answer is a value; the answers of the others are texts."""

ADD_UP: tuple[AnswerKind, ...] = ("number", "amount")
"""Kinds of which a sum over respondents says something: a price of a day, days and percent have none."""

ANSWERS, DRAFT = "answers", "draft"
"""Steps that every request has: respondents have answered, the secretariat has drafted the reply."""

QUESTION_COLUMNS = (
    "id",
    "theme",
    "respondent",
    "kind",
    "unit_da",
    "unit_en",
    "required",
    "counts_people",
    "choices",
    "compared_with",
    "text_da",
    "text_en",
    "help_da",
    "help_en",
)
REQUEST_FILE, QUESTIONS_FILE = "request.toml", "questions.csv"


class DeclarationRefused(UserError):
    """A request is declared wrongly; nothing was asked of anybody."""

    exit_code = 21


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    da: str
    en: str

    def __getitem__(self, language: str) -> str:
        """In `da` or `en`."""
        return self.en if language == "en" else self.da


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something due so many days after the opening. `after`: steps that come first; `approves`: a forum decides it."""

    id: str
    days: int
    title: Said
    after: tuple[str, ...] = ()
    approves: bool = False


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of respondent is asked. `counts_people`: an answer of 1 to 4 is confidential.

    `choices`: the name of the answers to choose among; `compared_with`: the measure whose denominator the records have.
    """

    id: str
    theme: int
    respondent: RespondentKind
    kind: AnswerKind
    unit: Said
    text: Said
    help: Said
    required: bool = False
    counts_people: bool = False
    choices: str | None = None
    compared_with: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether its answer is a value and not a text."""
        return self.kind in NUMBERS

    @property
    def adds_up(self) -> bool:
        """Whether the answers of several respondents may be summed."""
        return self.kind in ADD_UP


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is asked. `tolerance`: a share of the count by which an answer may differ from it unmarked."""

    id: str
    version: int
    title: Said
    target_group: Said
    context: Said
    themes: dict[str, Said]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...] = ()
    choices: dict[str, dict[str, Said]] = {}
    tolerance: float = 0.0

    def of(self, kind: str) -> tuple[Question, ...]:
        """The questions to one kind of respondent, in their order."""
        return tuple(question for question in self.questions if question.respondent == kind)

    def question(self, question_id: str) -> Question:
        """By its id; KeyError for none of this request."""
        return {question.id: question for question in self.questions}[question_id]

    def options(self, question: Question) -> dict[str, Said]:
        """What may be chosen, by code; empty where anything may be written."""
        return self.choices.get(question.choices or "", {})

    @property
    def approvals(self) -> tuple[Step, ...]:
        """The forums, in their order."""
        return tuple(step for step in self.steps if step.approves)

    @property
    def fingerprint(self) -> str:
        """Of all that is asked: another word, another fingerprint."""
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=8).hexdigest()


def shipped() -> Path:
    """The folder of the requests that come with the product."""
    return Path(str(resources.files("pipelines.definitions") / "requests"))


def names(folder: Path | None = None) -> list[str]:
    """Requests that are declared, by name."""
    place = folder or shipped()
    return sorted(each.parent.name for each in place.glob(f"*/{REQUEST_FILE}"))


def load(name: str, folder: Path | None = None) -> Request:
    """A declared request. DeclarationRefused with file, row and rule; UserError for a name that is none."""
    known = names(folder)
    if name not in known:
        raise UserError(f"No request is named {name}", to_do=f"One of: {', '.join(known)}.")
    return read((folder or shipped()) / name)


def read(place: Path) -> Request:
    """The request of a folder."""
    declared = _toml(place / REQUEST_FILE)
    questions = _questions(place / QUESTIONS_FILE)
    request = converted(declared | {"questions": questions}, place / REQUEST_FILE)
    assert_sound(request, str(place))
    return request


def assert_sound(request: Request, where: str) -> None:
    """DeclarationRefused with every rule that a request breaks; for one that was made and not read, too."""
    if broken := broken_rules(request):
        raise DeclarationRefused(
            f"The request {request.id} cannot be asked", where="\n  ".join((where, *broken)), to_do="Mend the file."
        )


def converted(declared: dict[str, Any], file: Path) -> Request:
    """Of plain tables, as they stand in a file."""
    try:
        return msgspec.convert(declared, Request, strict=True)
    except msgspec.ValidationError as fault:
        raise DeclarationRefused(
            f"{file.name} is not as a request is declared", where=str(file.parent), to_do=f"{fault}."
        ) from fault


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise DeclarationRefused(
            f"{file.name} cannot be read", where=str(file.parent), to_do=str(fault).splitlines()[0]
        ) from fault


def _questions(file: Path) -> list[dict[str, Any]]:
    try:
        rows = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise DeclarationRefused(
            f"{file.name} cannot be read", where=str(file.parent), to_do=str(fault).splitlines()[0]
        ) from fault
    if tuple(rows.columns) != QUESTION_COLUMNS:
        raise DeclarationRefused(
            f"{file.name} has other columns", where=str(file.parent), to_do=f"They are: {', '.join(QUESTION_COLUMNS)}."
        )
    return [_question(row, at, file) for at, row in enumerate(rows.iter_rows(named=True), start=2)]


def _question(row: dict[str, str | None], at: int, file: Path) -> dict[str, Any]:
    """A row of the file as a question. `at`: its line in a spreadsheet, the heading is the first."""
    told = {name: (value or "").strip() for name, value in row.items()}
    wrong = [name for name in ("required", "counts_people") if told[name] not in ("true", "false")]
    wrong += ["theme"] if told["theme"] not in ("1", "2", "3", "4") else []
    wrong += ["respondent"] if told["respondent"] not in RESPONDENT_KINDS else []
    wrong += ["kind"] if told["kind"] not in ANSWER_KINDS else []
    if wrong:
        raise DeclarationRefused(
            f"{file.name}, row {at}: {', '.join(wrong)} is not one of the values that it may have",
            where=str(file.parent),
            to_do=f"theme is 1 to 4; respondent one of {', '.join(RESPONDENT_KINDS)}; kind one of "
            f"{', '.join(ANSWER_KINDS)}; required and counts_people true or false.",
        )
    said = {
        name: {language: told[f"{name}_{language}"] for language in ("da", "en")} for name in ("unit", "text", "help")
    }
    return said | {
        "id": told["id"],
        "theme": int(told["theme"]),
        "respondent": told["respondent"],
        "kind": told["kind"],
        "required": told["required"] == "true",
        "counts_people": told["counts_people"] == "true",
        "choices": told["choices"] or None,
        "compared_with": told["compared_with"] or None,
    }
