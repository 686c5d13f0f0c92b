"""The elements of FHIR that resources are made of, as far as they are read: codes, references, dates, values.

Everything else in them is skipped. What is declared is checked: a value of another type, or a date in no form of FHIR,
makes the resource unreadable.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9.\-]{1,64}\Z")]
Moment = Annotated[
    str, Meta(pattern=r"\A[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]{5,20}(Z|[+\-][0-9]{2}:[0-9]{2})?)?)?)?\Z")
]
"""A FHIR dateTime: a year, a month or a day is all that may be told of it."""
Whole = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]

FBOE = "FBOE"
QUALIFIERS = "GM-qualifiers"


class Answer(NamedTuple):
    """What was asked (a code or a link id) and what was said, as text; `is_text`: in the sender's own words."""

    question: str | None
    answer: str
    is_text: bool


class Fhir(msgspec.Struct, rename="camel"):
    """FHIR names its elements in camel case."""


class Coding(Fhir):
    """A code of a system."""

    system: str | None = None
    code: str | None = None


class Concept(Fhir):
    """A concept in one or more codings; ours is the one of FBOE, else the first."""

    coding: tuple[Coding, ...] = ()

    @property
    def code(self) -> str | None:
        """The code by which the concept is looked up."""
        coded = [coding for coding in self.coding if coding.code]
        ours = [coding for coding in coded if (coding.system or "").endswith(FBOE)]
        return (ours or coded)[0].code if coded else None

    @property
    def question(self) -> str | None:
        """A component's code. Units a week before and during pregnancy share one; a qualifier tells which."""
        qualified = [coding.code for coding in self.coding if coding.system == QUALIFIERS and coding.code]
        return qualified[0] if qualified else self.code


class Identifier(Fhir):
    """An identifier in a system."""

    system: str | None = None
    value: str | None = None


class Reference(Fhir):
    """Another resource of the bundle, or an organisation by its identifier."""

    reference: str | None = None
    identifier: Identifier | None = None

    @property
    def organisation(self) -> str | None:
        """The SOR id."""
        return self.identifier.value if self.identifier else None


class Period(Fhir):
    """From and to, as precisely as told."""

    start: Moment | None = None
    end: Moment | None = None


class Extension(Fhir):
    """Only extensions with a concept are read."""

    url: str | None = None
    value_codeable_concept: Concept | None = None


class Address(Fhir):
    """Of an address only its extensions are read: no street, no town."""

    extension: tuple[Extension, ...] = ()


class Value(Fhir):
    """`value[x]` of an answer or a component."""

    value_boolean: bool | None = None
    value_integer: Whole | None = None
    value_date_time: Moment | None = None
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    value_string: str | None = None

    def said(self, question: str | None) -> list[Answer]:
        """The answer as text; none when no value is given."""
        if self.value_boolean is not None:
            return [Answer(question, "true" if self.value_boolean else "false", is_text=False)]
        if self.value_integer is not None:
            return [Answer(question, str(self.value_integer), is_text=False)]
        coding = self.value_coding.code if self.value_coding else None
        concept = self.value_codeable_concept.code if self.value_codeable_concept else None
        told = self.value_date_time or coding or concept
        if told:
            return [Answer(question, told, is_text=False)]
        return [Answer(question, self.value_string, is_text=True)] if self.value_string else []
