"""The FHIR R4 resources that are read, declared field by field, and how each is laid flat in the same columns.

A value of another type or a status outside FHIR's list makes a resource unreadable; the place of the fault is told,
never the value.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from pipelines.sources.fhir.elements import (
    Address,
    Answer,
    Concept,
    Extension,
    Fhir,
    Id,
    Identifier,
    Moment,
    Period,
    Reference,
    Value,
)

CPR = "urn:oid:1.2.208.176.1.2"
MUNICIPALITY = "municipalityCodes"

EncounterStatus = Literal[
    "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"
]
ObservationStatus = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
ResponseStatus = Literal["in-progress", "completed", "amended", "entered-in-error", "stopped"]
PlanStatus = Literal["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
EpisodeStatus = Literal["planned", "waitlist", "active", "onhold", "finished", "cancelled", "entered-in-error"]


class Flat(msgspec.Struct):
    """What is read of any resource. Equal content means: says the same."""

    id: str | None = None
    status: str | None = None
    code: str | None = None
    at: str | None = None
    ends: str | None = None
    value: str | None = None
    is_absent: bool = False
    answers: tuple[Answer, ...] = ()
    number: str | None = None
    organisation: str | None = None
    municipality: str | None = None


class Component(Value):
    """A part of an observation."""

    code: Concept = msgspec.field(default_factory=Concept)


class Item(Fhir):
    """An item of a questionnaire with its answers."""

    link_id: str | None = None
    answer: tuple[Value, ...] = ()


class Detail(Fhir):
    """What a care plan's activity consists of."""

    code: Concept = msgspec.field(default_factory=Concept)
    status: str | None = None


class Activity(Fhir):
    """An activity of a care plan."""

    detail: Detail = msgspec.field(default_factory=Detail)


class Patient(Fhir):
    """The person: a number, and the municipality or the organisation that keeps the record."""

    id: Id | None = None
    subject: ClassVar[Reference | None] = None
    identifier: tuple[Identifier, ...] = ()
    managing_organization: Reference | None = None
    extension: tuple[Extension, ...] = ()
    address: tuple[Address, ...] = ()

    def flat(self) -> Flat:
        """The number is the CPR number, else the first identifier (replacement numbers have systems of their own)."""
        given = [one for one in self.identifier if one.value]
        numbers = [one for one in given if one.system == CPR] or given
        return Flat(
            id=self.id,
            number=numbers[0].value if numbers else None,
            organisation=self.managing_organization.organisation if self.managing_organization else None,
            municipality=self._municipality(),
        )

    def _municipality(self) -> str | None:
        told = [*self.extension, *(one for address in self.address for one in address.extension)]
        codes = [
            one.value_codeable_concept.code
            for one in told
            if one.value_codeable_concept and (one.url or "").endswith(MUNICIPALITY)
        ]
        return codes[0] if codes else None


class Encounter(Fhir):
    """A visit."""

    status: EncounterStatus
    id: Id | None = None
    type: tuple[Concept, ...] = ()
    subject: Reference | None = None
    period: Period = msgspec.field(default_factory=Period)

    def flat(self) -> Flat:
        """The first type says what the visit was."""
        code = self.type[0].code if self.type else None
        return Flat(id=self.id, status=self.status, code=code, at=self.period.start)


class CarePlan(Fhir):
    """An intervention: one activity from a day on."""

    status: PlanStatus
    id: Id | None = None
    subject: Reference | None = None
    period: Period = msgspec.field(default_factory=Period)
    activity: Annotated[tuple[Activity, ...], Meta(max_length=1)] = ()

    def flat(self) -> Flat:
        """`value` is the status of the activity, which may be cancelled by itself."""
        detail = self.activity[0].detail if self.activity else Detail()
        return Flat(id=self.id, status=self.status, code=detail.code.code, at=self.period.start, value=detail.status)


class Observation(Fhir):
    """An indicator, a measurement, or a page of the antenatal record with its components."""

    status: ObservationStatus
    id: Id | None = None
    code: Concept = msgspec.field(default_factory=Concept)
    subject: Reference | None = None
    effective_date_time: Moment | None = None
    value_codeable_concept: Concept | None = None
    data_absent_reason: Concept | None = None
    component: tuple[Component, ...] = ()

    def flat(self) -> Flat:
        """Components with a value are answers; those without say nothing."""
        value = self.value_codeable_concept
        return Flat(
            id=self.id,
            status=self.status,
            code=self.code.code,
            at=self.effective_date_time,
            value=value.code if value else None,
            is_absent=self.data_absent_reason is not None,
            answers=tuple(said for part in self.component for said in part.said(part.code.question)),
        )


class QuestionnaireResponse(Fhir):
    """A structured form: its name is the last part of the questionnaire's address."""

    status: ResponseStatus
    id: Id | None = None
    questionnaire: str | None = None
    subject: Reference | None = None
    authored: Moment | None = None
    item: tuple[Item, ...] = ()

    def flat(self) -> Flat:
        """The version after `|` is not part of the name."""
        name = (self.questionnaire or "").split("|")[0].rstrip("/").rpartition("/")[2]
        answers = tuple(said for item in self.item for value in item.answer for said in value.said(item.link_id))
        return Flat(id=self.id, status=self.status, code=name or None, at=self.authored, answers=answers)


class EpisodeOfCare(Fhir):
    """The course of a pregnancy in antenatal care."""

    status: EpisodeStatus
    id: Id | None = None
    patient: Reference | None = None
    period: Period = msgspec.field(default_factory=Period)
    managing_organization: Reference | None = None

    @property
    def subject(self) -> Reference | None:
        """Called the patient here."""
        return self.patient

    def flat(self) -> Flat:
        """First contact and end of the pregnancy."""
        return Flat(
            id=self.id,
            status=self.status,
            at=self.period.start,
            ends=self.period.end,
            organisation=self.managing_organization.organisation if self.managing_organization else None,
        )


Resource = Patient | Encounter | CarePlan | Observation | QuestionnaireResponse | EpisodeOfCare
READ: tuple[type[Resource], ...] = (Patient, Encounter, CarePlan, Observation, QuestionnaireResponse, EpisodeOfCare)
"""Other types of resources are nothing to us."""
