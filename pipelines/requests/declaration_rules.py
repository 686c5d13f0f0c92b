"""What every request keeps to, whoever declares it. A broken rule is told with its row and what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.definitions.measures import HEADLINE_MEASURES

if TYPE_CHECKING:
    from pipelines.requests.declared import Question, Request, Step

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""Of a request, a step, a question: it becomes the name of a folder and of a cell."""

THEMES = ("1", "2", "3", "4")
NEEDED_STEPS = ("answers", "draft")
LONGEST_DAYS = 1000
MOST_QUESTIONS = 60
LONGEST_TEXT, LONGEST_HELP = 300, 500


def broken_rules(request: Request) -> list[str]:
    """Every rule that is broken, each with what to do; empty when all hold."""
    return [*_of_request(request), *_of_steps(request), *_of_questions(request)]


def _of_request(request: Request) -> Iterator[str]:
    if not NAME.fullmatch(request.id):
        yield "id: small letters, digits and _ alone, beginning with a letter"
    if request.version < 1:
        yield "version: 1 or more; count it up when a question is changed"
    if tuple(sorted(request.themes)) != THEMES:
        yield "themes: exactly 1, 2, 3 and 4; give each a title"
    if not 0 <= request.tolerance < 1:
        yield "tolerance: a share from 0 to under 1"
    texts = (request.title, request.target_group, request.context, *request.themes.values())
    options = (said for each in request.choices.values() for said in each.values())
    if not all(said.da.strip() and said.en.strip() for said in (*texts, *options)):
        yield "title, target_group, context, themes, choices: every text in Danish and in English"


def _of_steps(request: Request) -> Iterator[str]:
    known = [step.id for step in request.steps]
    if any(name not in known for name in NEEDED_STEPS):
        yield f"steps: {' and '.join(NEEDED_STEPS)} are needed; add the one that is missing"
    if twice := sorted(name for name, times in Counter(known).items() if times > 1):
        yield f"steps: {', '.join(twice)} stands twice; each step has one row"
    for at, step in enumerate(request.steps, start=1):
        yield from _of_step(step, at, set(known[: at - 1]))


def _of_step(step: Step, at: int, before: set[str]) -> Iterator[str]:
    if not NAME.fullmatch(step.id):
        yield f"step {at}: id has small letters, digits and _ alone"
    if not 0 < step.days <= LONGEST_DAYS:
        yield f"step {at} ({step.id}): days is 1 to {LONGEST_DAYS} after the opening"
    if unknown := sorted(set(step.after) - before):
        yield f"step {at} ({step.id}): after names {', '.join(unknown)}, which is no step above it; move or mend it"
    if not (step.title.da.strip() and step.title.en.strip()):
        yield f"step {at} ({step.id}): title in Danish and in English"


def _of_questions(request: Request) -> Iterator[str]:
    if not 0 < len(request.questions) <= MOST_QUESTIONS:
        yield f"questions.csv: 1 to {MOST_QUESTIONS} questions"
    twice = {name for name, times in Counter(question.id for question in request.questions).items() if times > 1}
    for at, question in enumerate(request.questions, start=2):
        told = [*_of_question(question, request), *(["id stands twice"] if question.id in twice else [])]
        yield from (f"questions.csv, row {at}: {rule}" for rule in told)


def _of_question(question: Question, request: Request) -> Iterator[str]:
    if not NAME.fullmatch(question.id):
        yield "id has small letters, digits and _ alone"
    if not (question.text.da and question.text.en):
        yield "text_da and text_en are both written"
    if any(len(text) > LONGEST_TEXT for text in (question.text.da, question.text.en)):
        yield f"text_da and text_en have at most {LONGEST_TEXT} characters"
    if any(len(text) > LONGEST_HELP for text in (question.help.da, question.help.en)):
        yield f"help_da and help_en have at most {LONGEST_HELP} characters"
    for said in (question.text, question.help, question.unit):
        if bool(said.da) != bool(said.en):
            yield "help and unit are written in both languages or in none"
    if question.choices is not None and question.choices not in request.choices:
        yield f"choices names {question.choices}, which request.toml does not declare"
    if question.kind == "choice" and question.choices is None:
        yield "a choice names the choices of request.toml"
    if question.choices is not None and question.kind not in ("choice", "list"):
        yield "choices belong to the kinds choice and list"
    if question.counts_people and question.kind != "number":
        yield "counts_people belongs to the kind number"
    yield from _of_comparison(question)


def _of_comparison(question: Question) -> Iterator[str]:
    if question.compared_with is None:
        return
    if question.compared_with not in {measure.measure for measure in HEADLINE_MEASURES} - {None}:
        yield f"compared_with names {question.compared_with}, whose denominator no measure counts (docs/measures.md)"
    if question.kind != "number" or question.respondent != "municipality":
        yield "compared_with belongs to a number that a municipality gives"
