"""What an answer may be, kind by kind: read from what somebody wrote in a form, a cell or a command.

Nothing is guessed: what is not plainly an answer is refused, and `fault` says why in a word that has a text in the
catalogue in both languages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

from pipelines.errors import WrongUse
from pipelines.free_text import holds_a_persons_number

if TYPE_CHECKING:
    from pipelines.requests.declared import Question, Request

Given = str | float | int | bool | None
"""As a cell, a field or a command hands it over; null and an empty text are no answer."""

LONGEST_TEXT, LONGEST_REASON, LONGEST_ITEM, MOST_ITEMS = 2000, 500, 100, 25
HIGHEST = {"number": 1_000_000, "amount": 100_000_000_000, "rate": 1_000_000, "days": 3650, "share": 100}
"""The largest answer of each kind of number; all begin at 0."""

WHOLE = re.compile(r"\d{1,3}(?:[.\s]\d{3})+|\d+")
YES_NO = ("yes", "no", "unknown")
YES_NO_WORDS = {"ja": "yes", "nej": "no", "ved ikke": "unknown", "yes": "yes", "no": "no", "unknown": "unknown"}
BETWEEN_ITEMS = "; "


class NotAnAnswer(WrongUse):
    """Something that is no answer to its question. `fault`: why; `limits`: the numbers that the text names."""

    def __init__(self, fault: str, what: str, to_do: str, **limits: int) -> None:
        self.fault, self.limits = fault, limits
        super().__init__(what, to_do=to_do)


@dataclass(frozen=True)
class Answer:
    """An answer to one question: a value for kinds of number, else a text; neither takes an earlier answer away.

    A choice is its code, a list its items with `; ` between them. `reason`: why it is another than the count.
    """

    question_id: str
    value: float | None = None
    text: str | None = None
    reason: str | None = None
    seen: int | None = field(default=None, compare=False)
    """The revision that its editor saw; null where nobody could have seen one."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self.value is None and self.text is None

    def says_the_same(self, value: float | None, text: str | None, reason: str | None) -> bool:
        """Whether it would change nothing."""
        return (self.value, self.text, self.reason) == (value, text, reason)


def read_answer(
    request: Request, question: Question, given: Given, reason: str | None = None, seen: int | None = None
) -> Answer:
    """The answer that was given; NotAnAnswer for what is none."""
    why = sayable(reason or "", LONGEST_REASON)
    if given is None or (isinstance(given, str) and not given.strip()):
        return Answer(question.id, None, None, why, seen)
    if question.is_number:
        return Answer(question.id, _number(question.kind, given), None, why, seen)
    return Answer(question.id, None, _text(request, question, given), why, seen)


def assert_reason(answer: Answer, counted: int | None) -> None:
    """An answer that is another than the count of the records says why."""
    if counted is not None and answer.value is not None and answer.value != counted and not answer.reason:
        raise NotAnAnswer("no_reason", "The answer is another than the count, and no reason is given", "Write why.")


def _number(kind: str, given: Given) -> float:
    highest = HIGHEST[kind]
    if isinstance(given, bool) or given is None:
        raise _no_number(highest)
    if isinstance(given, str):
        plain = given.strip().removesuffix("%").strip() if kind == "share" else given.strip()
        if not WHOLE.fullmatch(plain) or not plain.isascii():
            raise _no_number(highest)
        given = float(re.sub(r"[.\s]", "", plain))
    if not isfinite(given) or given != int(given):
        raise NotAnAnswer("not_whole", "The number is not whole", "Write a whole number.", highest=highest)
    if not 0 <= given <= highest:
        raise NotAnAnswer("out_of_range", f"The number is not from 0 to {highest}", "Mend it.", highest=highest)
    return float(given)


def _no_number(highest: int) -> NotAnAnswer:
    what = "This is a text where a number is asked for"
    return NotAnAnswer("not_a_number", what, "Write the number alone.", highest=highest)


def _text(request: Request, question: Question, given: Given) -> str:
    """Numbers that a spreadsheet has made of a text are the text again."""
    written = f"{given:g}" if isinstance(given, float) else str(given)
    if question.kind == "yes_no":
        return _among(written, YES_NO_WORDS, "not_yes_no")
    options = {
        said[language].casefold(): code for code, said in request.options(question).items() for language in ("da", "en")
    }
    options |= {code.casefold(): code for code in request.options(question)}
    if question.kind == "choice":
        return _among(written, options, "not_a_choice")
    if question.kind == "list":
        return _items(written, options)
    return sayable(written, LONGEST_TEXT) or ""


def _among(written: str, options: dict[str, str], fault: str) -> str:
    code = options.get(" ".join(written.split()).casefold())
    if code is None:
        raise NotAnAnswer(fault, "The answer is not among those to choose from", "Choose one of them.")
    return code


def _items(written: str, options: dict[str, str]) -> str:
    """Each once, in the order in which they were written."""
    items = list(dict.fromkeys(item for part in re.split(r"[;\n]", written) if (item := sayable(part, LONGEST_ITEM))))
    if len(items) > MOST_ITEMS:
        raise NotAnAnswer("too_many", f"The list is longer than {MOST_ITEMS}", "Name fewer.", most=MOST_ITEMS)
    if options:
        items = list(dict.fromkeys(_among(item, options, "not_in_list") for item in items))
    return BETWEEN_ITEMS.join(items)


def sayable(text: str, longest: int) -> str | None:
    """Trimmed, without what cannot be seen; it is kept for years and shown to others, so nobody's number is in it."""
    seen = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C").strip()
    if len(seen) > longest:
        raise NotAnAnswer("too_long", f"The text is longer than {longest} characters", "Shorten it.", longest=longest)
    if holds_a_persons_number(text) or holds_a_persons_number(seen):
        raise NotAnAnswer("a_number", "The text holds something like a person's number", "Leave the number out.")
    return seen or None
