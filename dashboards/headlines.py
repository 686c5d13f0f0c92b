"""The measures that pages name: which published share they show, and whether high is good.

Titles, definitions and units are in the texts, under `headline.<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.definitions.reference import Reference


@dataclass(frozen=True)
class Headline:
    """A published share: `share_of` of the denominator of a `measure`, which may be a whole programme.

    A `step` instead of a measure means the share of exposed children that are inside that step of the continuity
    picture.
    """

    name: str
    measure: str | None = None
    share_of: str = "numerator_ever"
    high_is_good: bool = True
    step: str | None = None


KNOWN_BEFORE_BIRTH = Headline("known_before_birth", step="known_before_birth")
REGISTERED = Headline("registered", "registered", "numerator_timely")
ON_CHILD_RECORD = Headline("on_child_record", "on_child_record")
HANDED_OVER = Headline("handed_over", "handed_over", "numerator_timely")
CARRIED_IN_RECORD = Headline("carried_in_record", "carried_in_record")
CARRIED_AT_MOVE = Headline("carried_at_move", "carried_at_move")
SCHOOL_START = Headline("school_start", "carried_at_transition:school_start")
PLACEMENT = Headline("placement", "carried_at_transition:placement")
ADULTHOOD = Headline("adulthood", "carried_at_transition:adulthood")
SCREENED = Headline("screened", "screened")
REFERRED = Headline("referred", "referred")
PLAN_BEFORE_BIRTH = Headline("plan_before_birth", "plan_before_birth", "numerator_timely")


def followed_up(reference: Reference) -> Headline:
    """The follow-up made for exposed children only, all ages together: no other mixes exposed children with all."""
    return Headline("followed_up", _made_for_exposed_children(reference))


def lost_to_follow_up(reference: Reference) -> Headline:
    """Of the same contacts, those without any contact or with a no-show."""
    return Headline("lost_to_follow_up", _made_for_exposed_children(reference), "lost_to_follow_up", high_is_good=False)


def cards(reference: Reference) -> tuple[Headline, ...]:
    """At most eight, in the order of the thread."""
    return (
        KNOWN_BEFORE_BIRTH,
        REGISTERED,
        ON_CHILD_RECORD,
        HANDED_OVER,
        CARRIED_IN_RECORD,
        CARRIED_AT_MOVE,
        followed_up(reference),
        lost_to_follow_up(reference),
    )


def where_it_may_be_lost(reference: Reference) -> tuple[Headline, ...]:
    """The links that the first sentence compares: each share is what got through."""
    return (
        REGISTERED,
        ON_CHILD_RECORD,
        HANDED_OVER,
        CARRIED_IN_RECORD,
        CARRIED_AT_MOVE,
        SCHOOL_START,
        PLACEMENT,
        followed_up(reference),
    )


def selectable(reference: Reference) -> tuple[Headline, ...]:
    """What the trend and the map can show."""
    pregnancy = (SCREENED, REFERRED, PLAN_BEFORE_BIRTH)
    return (*cards(reference), SCHOOL_START, PLACEMENT, ADULTHOOD, *pregnancy)


def milestones(reference: Reference, programme: str) -> tuple[Headline, ...]:
    """The contacts of one programme in order of age."""
    in_days = {"days": 1.0, "months": 30.44}
    rows = reference.schedule.filter(reference.schedule["programme"] == programme).to_dicts()
    rows.sort(key=lambda row: row["due_age"] * in_days[row["due_unit"]])
    codes = [f"{programme}:{row['contact_code']}" for row in rows]
    return tuple(Headline(code, code) for code in codes)


def programmes(reference: Reference) -> list[str]:
    """Programmes of the schedule, the one made for exposed children first."""
    special = reference.schedule["applies_to"] == "exposed"
    first = reference.schedule.filter(special)["programme"].unique(maintain_order=True).to_list()
    rest = reference.schedule["programme"].unique(maintain_order=True).to_list()
    return [*first, *(programme for programme in rest if programme not in first)]


def _made_for_exposed_children(reference: Reference) -> str:
    """The programme whose contacts are for exposed children; the gate publishes each programme as a whole."""
    special: str = reference.schedule.filter(reference.schedule["applies_to"] == "exposed")["programme"][0]
    return special
