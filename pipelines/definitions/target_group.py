"""Whose knowledge is followed: what counts as evidence, what is due because of it, and until which age."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.definitions import enumerations as e

KINDS_OF_PREGNANCIES = ("screened", "referred", "plan_before_birth")
ON_CHILD_RECORD = ("child_diagnosis", "registration", "support_record")


@dataclass(frozen=True)
class TargetGroup:
    """What a guidance says of its own target group; `EXPOSED_BEFORE_BIRTH` is that of the shipped reference.

    `evidence`: the sources that show that a child belongs to the group. `on_child_record`: those of them that stand
    with the child itself. `obligations`: measures that apply, null for all. `until_age`: knowledge from that birthday
    on makes nobody a member, and nothing begins on or after it; null for no limit. Knowledge is early before the child
    has so many months (`early_months`), with 0 before its birth. `groups`: what the group is divided
    by, with titles by language; none for the substances of the contract.
    """

    name: str
    evidence: tuple[str, ...] = e.EVIDENCE_SOURCES
    on_child_record: tuple[str, ...] = ON_CHILD_RECORD
    obligations: frozenset[str] | None = None
    until_age: int | None = None
    early_months: int = 0
    groups: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)

    @property
    def is_about_pregnancies(self) -> bool:
        """Whether anything of a pregnancy is evidence, or is due."""
        asked = self.obligations is None or not self.obligations.isdisjoint(KINDS_OF_PREGNANCIES)
        return asked or not {"mother_diagnosis", "mother_treatment"}.isdisjoint(self.evidence)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Groups of members, in their order; unspecified is always one of them."""
        if not self.groups:
            return e.SUBSTANCES
        return (*(name for name in self.groups if name != "unspecified"), "unspecified")


EXPOSED_BEFORE_BIRTH = TargetGroup("exposed_before_birth")
