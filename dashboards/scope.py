"""Who may see what. Every function that reads for a page takes a scope; no page decides by itself.

| role     | figures                                  | rows of persons     |
|----------|------------------------------------------|---------------------|
| leader   | own municipality, its region, country    | none                |
| steward  | own municipality, its region, country    | own municipality's  |
| national | every municipality and region, country   | none                |
| operator | none                                     | none                |

An operator sees runs and their health.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pipelines.errors import UserError

Role = Literal["national", "leader", "steward", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
MUNICIPAL_ROLES: tuple[Role, ...] = ("leader", "steward")
PlaceKind = Literal["country", "region", "municipality"]


class NotAllowed(UserError):
    """The scope does not cover what was asked for."""

    exit_code = 9


@dataclass(frozen=True, order=True)
class Place:
    """A group that figures are counted for; `code` is a municipality or region code, `country` for the country."""

    kind: PlaceKind
    code: str


COUNTRY = Place("country", "country")


@dataclass(frozen=True)
class Scope:
    """A role, and for municipal roles the municipality and its region."""

    role: Role
    municipality_code: str | None = None
    region_code: str | None = None

    def __post_init__(self) -> None:
        """A municipal role without a municipality would see nothing, a national one with one would see too little."""
        if (self.role in MUNICIPAL_ROLES) != (self.municipality_code is not None):
            raise NotAllowed(
                f"The role {self.role} does not fit the municipality", to_do="Choose role and municipality"
            )

    @property
    def own_place(self) -> Place:
        """Where the eyes of this role rest first."""
        return COUNTRY if self.municipality_code is None else Place("municipality", self.municipality_code)

    def may_see(self, place: Place) -> bool:
        """Whether published figures of the place are for this scope."""
        if self.role == "operator":
            return False
        if self.role == "national" or place == COUNTRY:
            return True
        own = {"municipality": self.municipality_code, "region": self.region_code}
        return own.get(place.kind) == place.code

    def require(self, places: tuple[Place, ...]) -> None:
        """Raise NotAllowed unless every place is within the scope."""
        if not all(self.may_see(place) for place in places):
            raise NotAllowed("These figures belong to another municipality", to_do="Choose your own municipality")

    def require_rows(self) -> str:
        """The municipality whose worklist this scope may read; NotAllowed for all roles but its steward."""
        if self.role != "steward" or self.municipality_code is None:
            raise NotAllowed("The worklist is for the data steward of a municipality", to_do="Choose that role")
        return self.municipality_code

    def require_operations(self) -> None:
        """Raise NotAllowed unless runs, their health and the audit log are for this scope."""
        if self.role != "operator":
            raise NotAllowed("Runs and the audit log are for the operator", to_do="Sign in as operator")
