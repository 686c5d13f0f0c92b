"""Every page: its script, whom it is for, and under which heading of the menu it stands.

One list for the menu, the doors and the tests of who may see what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.scope import ROLES, Role

Group = Literal["figures", "coordination", "stewards", "quality", "operation"]

EVERYBODY_WITH_FIGURES: tuple[Role, ...] = ("national", "leader", "steward")


@dataclass(frozen=True)
class Page:
    """A page of the menu. `under`: the page that leads to it, for one without a link of its own."""

    name: str
    group: Group
    roles: tuple[Role, ...] = EVERYBODY_WITH_FIGURES
    under: str | None = None

    @property
    def path(self) -> str:
        """Its script."""
        return f"dashboards/pages/{self.name}.py"

    @property
    def reads_rows(self) -> bool:
        """Whether it reads what only a machine with the tables of the run has."""
        return self.group in ("stewards", "quality")


PAGES = (
    Page("whats_new", "stewards", ("steward",)),
    Page("worklist", "stewards", ("steward",)),
    Page("child", "stewards", ("steward",)),
    Page("overview", "figures"),
    Page("compare", "figures", ("national",)),
    Page("changes", "figures", ("national",)),
    Page("municipality", "figures"),
    Page("follow_up", "figures"),
    Page("moves", "figures"),
    Page("development", "figures"),
    Page("costs", "figures"),
    Page("recommendations", "figures", ("national",)),
    Page("definitions", "figures"),
    Page("requests", "coordination"),
    Page("request_answer", "coordination", under="requests"),
    Page("guidance", "coordination"),
    Page("returns", "coordination", ("national",)),
    Page("quality", "quality"),
    Page("completeness", "quality", ("national",)),
    Page("quality_checks", "quality"),
    Page("quality_check", "quality", under="quality_checks"),
    Page("quality_findings", "quality", ("steward",)),
    Page("quality_quarantine", "quality"),
    Page("operations", "operation", ("operator",)),
    Page("audit", "operation", ("operator",)),
)
BY_NAME = {page.name: page for page in PAGES}
FIRST: dict[Role, str] = {
    "national": "overview",
    "leader": "overview",
    "steward": "worklist",
    "operator": "operations",
}
"""Where each role begins."""


def of_role(role: Role) -> tuple[Page, ...]:
    """The pages of a role, in the order of its menu."""
    return tuple(page for page in PAGES if role in page.roles)


def may_open(role: Role, name: str) -> bool:
    """Whether the page is for the role; a role or a page that is none may nothing."""
    return role in ROLES and name in BY_NAME and role in BY_NAME[name].roles
