"""Is a return whole, by these definitions, and signed by whom it says? Nothing of it is kept here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipelines.definitions.reference import Reference
from pipelines.definitions.tables import CONTRACT_VERSION
from pipelines.disclosure.places_and_periods import Calendar
from pipelines.returns.count_tables import MUNICIPALITY, TABLES
from pipelines.returns.definitions import definitions_hash
from pipelines.returns.files import Sealed, read_return
from pipelines.returns.form import Manifest, Period, other_form
from pipelines.returns.keys import those_who_return
from pipelines.returns.refusals import ReturnRefused
from pipelines.returns.rules import Context, broken_rules, refusal_of
from pipelines.returns.signing import fingerprint, is_signed_by

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
HASH_SHOWN = 12
TO_DO_KEY = "Ask the municipality for its public key, and register it: roedtraad return key register"


@dataclass(frozen=True)
class Verified:
    """What a return says, and whether its signature was compared with a key."""

    manifest: Manifest
    is_signature_known: bool


def verify(file: Path, reference: Reference, key: Ed25519PublicKey | None) -> Verified:
    """All that can be asked of one file alone. Without a key the signature is not compared. ReturnRefused otherwise."""
    sealed = read_return(file)
    assert_ours(sealed.manifest, reference)
    if key is not None:
        assert_signed(sealed, key)
    own = {name: with_owner(sealed, name, rows) for name, rows in sealed.tables().items()}
    broken = broken_rules(own, Context(reference, sealed.manifest.as_of))
    if broken.height:
        raise refusal_of(broken)
    return Verified(sealed.manifest, key is not None)


def with_owner(sealed: Sealed, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table with the municipality whose return it is; only that says whose they are."""
    owner = pl.lit(sealed.manifest.municipality_code).alias(MUNICIPALITY)
    return rows.select(owner, *TABLES[name].columns)


def assert_ours(manifest: Manifest, reference: Reference) -> None:
    """ReturnRefused when it was counted by another contract or by other definitions, or of other days than it says."""
    if manifest.contract_version != CONTRACT_VERSION:
        told = f"contract version {manifest.contract_version}, here {CONTRACT_VERSION}"
        to_do = "Ask the sender to take the same version as here, to run again and to export again."
        raise ReturnRefused("other_contract", "The return was made by another contract", where=told, to_do=to_do)
    if manifest.definitions.hash != definitions_hash(reference):
        theirs, ours = manifest.definitions.hash[:HASH_SHOWN], definitions_hash(reference)[:HASH_SHOWN]
        files = f"reference files {manifest.definitions.reference}, here {reference.version}"
        told = f"definitions {theirs}, here {ours}; {files}"
        to_do = "Take the same version and the same reference files on both sides, run again and export again."
        raise ReturnRefused("other_definitions", "The return was counted by other definitions", where=told, to_do=to_do)
    if manifest.municipality_code not in those_who_return(reference):
        raise other_form("The return is of no municipality")
    if not EARLIEST <= manifest.as_of <= LATEST or manifest.period != period_of(manifest.as_of):
        raise other_form("The period does not follow from the as-of date", "return.json: period")


def period_of(as_of: date) -> Period:
    """The days of due dates that a return counts: whole years that are over."""
    calendar = Calendar(as_of)
    return Period(date(calendar.years[0], 1, 1), date(calendar.last_year, 12, 31))


def assert_signed(sealed: Sealed, key: Ed25519PublicKey | None) -> None:
    """ReturnRefused unless the owner of the key has signed it."""
    signature = sealed.manifest.signature
    if signature is None:
        raise ReturnRefused("signature", "The return is not signed", to_do="Ask the sender to export it with --key.")
    if key is None:
        raise ReturnRefused("unknown_key", "No key is registered for this municipality", to_do=TO_DO_KEY)
    if signature.key != fingerprint(key):
        told = f"signed with {signature.key}, registered is {fingerprint(key)}"
        raise ReturnRefused("unknown_key", "The return is signed with another key", where=told, to_do=TO_DO_KEY)
    if not is_signed_by(sealed.canonical, signature, key):
        to_do = "Ask the municipality whether it has sent this file; do not use it."
        raise ReturnRefused("signature", "The signature does not fit what is signed", to_do=to_do)
