"""What pages tell the audit log: who saw or exported what, and who was turned away."""

from __future__ import annotations

from dashboards.visit import Visit


def saw(visit: Visit, what: str, *, record: str | None = None) -> None:
    """Rows of persons are about to be shown: say so first. `what`: the page; `record`: the pseudonym of one child."""


def exported(visit: Visit, what: str, rows: int) -> None:
    """A file of rows is made."""


def decided(visit: Visit, what: str, *, record: str | None = None) -> None:
    """A steward has accepted, assigned or noted something."""
