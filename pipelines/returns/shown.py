"""What the command tells of returns: who is missing first. Counts of municipalities are never shown here."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.table import Table

from pipelines.definitions.reference import Reference
from pipelines.returns.combining import Combination
from pipelines.returns.standing import missing, standing
from pipelines.returns.verifying import Verified
from pipelines.store import Snapshot

SHOWN = 12


def verified_lines(verified: Verified) -> Iterator[str]:
    """Whose it is, of which day, and how sure that is."""
    manifest = verified.manifest
    sample = ", sample data" if manifest.is_sample else ""
    period = f"{manifest.period.first_day} to {manifest.period.last_day}"
    yield f"Return of {manifest.municipality_code}, as of {manifest.as_of}{sample}: whole, and its counts hold together"
    yield f"Due dates {period}, definitions {manifest.definitions.hash[:12]}"
    if verified.is_signature_known:
        yield "Signed with the key that was given."
    else:
        yield "The signature was not compared with a key: give --store NATIONAL or --key PUBLIC.pem."


def combined_lines(made: Combination, reference: Reference) -> Iterator[str]:
    """How many are in it now, who was refused, who is missing."""
    yield f"{len(made.accepted)} returns were accepted."
    for each in made.refused:
        yield f"refused: {each.file}: {each.what}. {each.to_do}"
    yield from status_lines(made.snapshot, reference)


def status_lines(run: Snapshot, reference: Reference) -> Iterator[str]:
    """Who has not reported, before anything else."""
    returns, as_of = standing(run), run.run["as_of"]
    absent = missing(returns, reference, as_of)
    shown = ", ".join(absent[:SHOWN]) + (f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else "")
    accepted = returns.filter(returns["state"] == "accepted").height
    yield f"Missing: {shown}." if absent else "No municipality is missing."
    yield f"{accepted} returns as of {as_of} are combined. This store holds counts, and no row of a person."


def returns_table(run: Snapshot) -> Table:
    """One line for each municipality that has reported."""
    shown = Table(
        "Return of", "State", "As of", "Accepted (UTC)", "Definitions", "Months", box=SIMPLE, padding=(0, 1, 0, 0)
    )
    for row in standing(run).iter_rows(named=True):
        shown.add_row(
            row["municipality_code"],
            row["state"],
            str(row["as_of"]),
            f"{row['accepted_at']:%Y-%m-%d %H:%M}",
            row["definitions"][:12],
            f"{row['months_reported']}/{row['months_expected']}",
        )
    return shown
