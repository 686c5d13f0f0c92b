"""Who is who without a CPR number: keyed pseudonyms at the edge, Int64 surrogates inside."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipelines.definitions.contract import Identifier, Table
from pipelines.errors import SecretMissing, UserError

SECRET_VARIABLE = "ROEDTRAAD_SECRET"  # noqa: S105 - the name of a variable
SHORTEST_SECRET = 16
PSEUDONYM_LENGTH = 24

_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TEST_DAY = r"(?:6[1-9]|[78][0-9]|9[01])"
_MONTH_AND_YEAR = r"(?:0[1-9]|1[0-2])[0-9]{2}"
_SERIAL = r"(?:[0-9]{4}|[17][A-Z]{2}[0-9]|[056][A-Z]{2}[0-9])"
REAL_NUMBER = re.compile(f"^{_DAY}{_MONTH_AND_YEAR}{_SERIAL}$")
TEST_NUMBER = re.compile(f"^{_TEST_DAY}{_MONTH_AND_YEAR}{_SERIAL}$")
"""CPR numbers and both forms of replacement numbers; a test number has 60 added to the day and is nobody's."""

_SEEDS: dict[Identifier, int] = {"person": 1, "pregnancy": 2}


KIND = pl.Enum(list(_SEEDS))


def surrogate(pseudonym: pl.Expr, identifier: Identifier) -> pl.Expr:
    """Text to an Int64 that stands for it inside one store; null stays null.

    A 64-bit hash: two pseudonyms may in principle share one. `assert_no_shared_surrogates` looks, before anything is
    written.
    """
    hashed = pseudonym.hash(_SEEDS[identifier]).reinterpret(signed=True)
    return pl.when(pseudonym.is_not_null()).then(hashed)


def with_surrogates(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """The table with its persons and pregnancies as surrogates."""
    return rows.with_columns(
        surrogate(pl.col(column.name), column.identifier) for column in table.columns if column.identifier
    )


def identities_of(rows: pl.LazyFrame, table: Table, columns: Iterable[str]) -> list[pl.LazyFrame]:
    """`kind, id, pseudonym` of identifier columns of a table, duplicates included."""
    identifiers = [(name, table.column(name).identifier) for name in columns]
    return [
        rows.select(
            pl.lit(identifier, dtype=KIND).alias("kind"),
            surrogate(pl.col(name), identifier).alias("id"),
            pl.col(name).alias("pseudonym"),
        ).filter(pl.col("id").is_not_null())
        for name, identifier in identifiers
        if identifier
    ]


def assert_no_shared_surrogates(identities: pl.DataFrame) -> None:
    """Two pseudonyms behind one surrogate would join two lives: stop instead (chance below 1 in 100,000)."""
    shared = identities.height - identities.select(pl.struct("kind", "id").n_unique()).item()
    if shared:
        raise UserError(
            "Two pseudonyms were given the same internal number, so nothing was written",
            where=f"{shared} of {identities.height} identifiers",
            to_do="Pseudonymise the delivery again with another secret.",
        )


def with_pseudonyms(rows: pl.LazyFrame, identities: pl.LazyFrame, column: str, identifier: Identifier) -> pl.LazyFrame:
    """The inverse of `surrogate`, for the edge: the column as text again, in its place."""
    names = identities.filter(pl.col("kind") == identifier).select(
        pl.col("id").alias(column), pl.col("pseudonym").alias("_pseudonym")
    )
    return rows.join(names, on=column, how="left").with_columns(pl.col("_pseudonym").alias(column)).drop("_pseudonym")


def read_secret(file: Path | None = None, *, variable: str = SECRET_VARIABLE) -> bytes:
    """The key of the pseudonyms, from a file with owner-only rights or from the environment. SecretMissing says how."""
    if file and not file.is_file():
        raise SecretMissing("The file with the secret is not there", where=file.name, to_do="Check secret_file.")
    value = file.read_bytes().strip() if file else os.environ.get(variable, "").encode()
    if file and os.name == "posix" and file.stat().st_mode & 0o077:
        raise SecretMissing(
            "The file with the secret can be read by others",
            where=file.name,
            to_do=f"Make it yours alone: chmod 600 {file.name}",
        )
    if len(value) < SHORTEST_SECRET:
        raise SecretMissing(
            f"Persons' numbers need a secret of at least {SHORTEST_SECRET} characters to become pseudonyms",
            where=f"environment variable {variable}, or secret_file in the source's TOML",
            to_do="Make one that stays the same from delivery to delivery, and keep it outside the project.",
        )
    return value


def throw_away_secret(file: Path) -> bytes:
    """A secret for sample data, made once and kept beside them with owner-only rights."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(32))
    return read_secret(file)


class Pseudonyms:
    """Numbers as delivered (hyphen or not) to pseudonyms under one secret; each different number is worked out once.

    In demo mode only test numbers pass, elsewhere none of them does.
    """

    def __init__(self, secret: bytes, *, test_numbers_only: bool) -> None:
        self._secret = secret
        forms = (TEST_NUMBER, REAL_NUMBER) if test_numbers_only else (REAL_NUMBER, TEST_NUMBER)
        self._accepted, self._refused = forms
        self._known: dict[str, tuple[str | None, str | None]] = {}

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart without giving either away."""
        return hmac.digest(self._secret, b"fingerprint", "sha256").hex()[:PSEUDONYM_LENGTH]

    def of(self, numbers: pl.Series) -> pl.DataFrame:
        """`number, pseudonym, fault` for each different number.

        The fault is null, `not_a_number` or `test_number`; with a fault there is no pseudonym. The checksum (modulus
        11) is never a fault.
        """
        given = numbers.drop_nulls().unique().to_list()
        made = [self._known.get(number) or self._make(number) for number in given]
        schema = {"number": pl.String, "pseudonym": pl.String, "fault": pl.String}
        rows = {"number": given, "pseudonym": [name for name, _ in made], "fault": [fault for _, fault in made]}
        return pl.DataFrame(rows, schema=schema)

    def _make(self, number: str) -> tuple[str | None, str | None]:
        bare = number.replace("-", "").replace(" ", "")
        if self._accepted.match(bare):
            keyed = hmac.digest(self._secret, bare.encode(), "sha256").hex()[:PSEUDONYM_LENGTH]
            made: tuple[str | None, str | None] = (keyed, None)
        else:
            made = (None, "test_number" if self._refused.match(bare) else "not_a_number")
        self._known[number] = made
        return made
