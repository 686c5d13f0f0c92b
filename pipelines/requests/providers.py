"""Providers of a store: who they are, who owns them, where they stand, what they offer. Lines are only ever added.

What they say of their flow, capacity, waiting time and competences is for one target group, so it is their answer to a
request and stands there.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from pipelines.append_only import Lines
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError, WrongUse
from pipelines.free_text import holds_a_persons_number
from pipelines.requests.actors import Actor, audited
from pipelines.requests.places import FOLDER, REFUSALS, assert_is_store

Owner = Literal["municipal", "regional", "private"]
OWNERS: tuple[Owner, ...] = get_args(Owner)
FILE = "providers.jsonl"
ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
LONGEST_NAME, LONGEST_OFFERS = 80, 500

PROVIDERS: dict[str, pl.DataType] = {
    "id": pl.String(),
    "name": pl.String(),
    "owner": pl.String(),
    "municipality_code": pl.String(),
    "offers": pl.String(),
    "changed_by": pl.String(),
    "changed_at": pl.Datetime("us", "UTC"),
}
"""One row per provider, as it was last described, by name."""


@dataclass(frozen=True)
class Provider:
    """A provider. `municipality_code`: where it stands; `offers`: what it offers, in plain words."""

    id: str
    name: str
    owner: Owner
    municipality_code: str
    offers: str = ""

    def checked(self, reference: Reference) -> Provider:
        """The same with its texts trimmed; WrongUse for one that does not say what it needs."""
        trimmed = Provider(self.id, self.name.strip(), self.owner, self.municipality_code, self.offers.strip())
        faults = {
            "The id has other letters than a-z, digits and -": ID.fullmatch(self.id) is None,
            f"The name has 1 to {LONGEST_NAME} characters": not 0 < len(trimmed.name) <= LONGEST_NAME,
            f"The owner is one of {', '.join(OWNERS)}": self.owner not in OWNERS,
            "The municipality is none": self.municipality_code not in reference.municipality_codes,
            f"The offers have at most {LONGEST_OFFERS} characters": len(trimmed.offers) > LONGEST_OFFERS,
            "A text holds something like a person's number": any(
                map(holds_a_persons_number, (trimmed.name, trimmed.offers))
            ),
        }
        if broken := [rule for rule, is_broken in faults.items() if is_broken]:
            raise WrongUse("The provider cannot be kept", where="; ".join(broken), to_do="Mend it and try again.")
        return trimmed


def profiles(store: Path) -> pl.DataFrame:
    """Every provider as it was last described (columns PROVIDERS)."""
    rows = [line | {"changed_at": datetime.fromisoformat(line["changed_at"])} for line in _lines(store).read()]
    kept = pl.DataFrame(rows, schema=PROVIDERS).unique("id", keep="last", maintain_order=True)
    return kept.sort("name", "id")


def describe(
    store: Path, provider: Provider, *, actor: Actor, reference: Reference, now: datetime | None = None
) -> None:
    """Add a provider, or describe it anew; returns when it is on the disk."""
    assert_is_store(store)
    told = asdict(provider.checked(reference))
    lines = _lines(store)
    with lines.alone():
        audited(store, actor, "setting", f"request:provider:{provider.id}")
        lines.append(told | {"changed_by": actor.who, "changed_at": (now or datetime.now(UTC)).isoformat()})


def profile(store: Path, provider_id: str) -> dict[str, object]:
    """One provider; UserError for an id that is none."""
    rows = profiles(store).filter(pl.col("id") == provider_id)
    if rows.is_empty():
        raise UserError(f"There is no provider {provider_id}", to_do="See: roedtraad request provider list")
    return rows.row(0, named=True)


def _lines(store: Path) -> Lines:
    return Lines(store / FOLDER / FILE, REFUSALS)
