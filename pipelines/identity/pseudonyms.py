"""Persons' numbers to pseudonyms under a secret; numbers stay in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import polars as pl

from pipelines.identity.numbers import (
    REAL_NUMBER,
    TEST_NUMBER,
    bare,
    birth_date_of,
    has_lost_its_zero,
    has_valid_checksum,
    is_number,
    is_replacement_number,
)

PSEUDONYM_LENGTH = 24
_BYTES = PSEUDONYM_LENGTH // 2
BLOCK = 64
"""Bytes of a block of SHA-256, to which a key is filled up."""

SEEN = {"bare": pl.String(), "key": pl.Binary()}
FEW = 4
"""A join makes a table of its right side. Where the numbers seen before are so many times more than those of a batch,
only the batch's own are joined."""

CHECKSUM_HELD_UNTIL = date(2007, 10, 1)
KEYED = f"[0-9a-f]{{{PSEUDONYM_LENGTH}}}"
AS_TOKEN = f"(?:^|[^0-9a-f]){KEYED}(?:$|[^0-9a-f])"
"""A pseudonym or a record's keyed name, wherever it stands in a text."""

RECORD = "record "
"""Before the text of a record's id: no id of a record is ever the pseudonym of a person."""


@dataclass(frozen=True)
class Hints:
    """What the numbers of a delivery look like, as plain counts: a steward's hint of typing errors, never a fault."""

    numbers: int
    replacement_numbers: int
    without_birth_date: int
    failing_checksum: int
    """Of CPR numbers of persons born before 1 October 2007, when modulus 11 still held for nearly all of them."""


class Pseudonyms:
    """Numbers as delivered (hyphen or not) to pseudonyms under one secret; each different number is worked out once.

    The secret is a key, or a chain of keys as rotation leaves them: the next key is used on the pseudonym that the one
    before has made. In demo mode only test numbers pass, elsewhere none of them does.
    """

    def __init__(self, secret: bytes | Sequence[bytes], *, test_numbers_only: bool) -> None:
        self._keys = (secret,) if isinstance(secret, bytes) else tuple(secret)
        forms = (TEST_NUMBER, REAL_NUMBER) if test_numbers_only else (REAL_NUMBER, TEST_NUMBER)
        self._accepted, self._refused = forms
        self._refusal = "real_number" if test_numbers_only else "test_number"
        self._seen = pl.DataFrame(schema=SEEN)

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart without giving either away."""
        return fingerprint_of(self._keys)

    def of(self, numbers: pl.Series) -> pl.DataFrame:
        """`number, pseudonym, fault` for each different number.

        The fault is null, `not_a_number`, `lost_leading_zero`, `test_number`, or in demo mode `real_number`; with a
        fault there is no pseudonym. The checksum (modulus 11) is never a fault.
        """
        given = numbers.cast(pl.String).drop_nulls().unique(maintain_order=True).alias("number").to_frame()
        formed = given.with_columns(bare(pl.col("number")).alias("bare")).with_columns(self._fault().alias("fault"))
        keys = self._with_keys(formed)
        return keys.select("number", pl.col("key").bin.encode("hex").alias("pseudonym"), "fault")

    def keyed(self, text: pl.Series) -> pl.Series:
        """A name for a record, made of what tells it apart: 24 hexadecimal digits under the secret; null stays null.

        The same text always gives the same name. Rotation finds these names again if nothing that could be a
        hexadecimal digit stands directly before or after them.
        """
        given = text.cast(pl.String)
        different = given.drop_nulls().unique().to_list()
        made = pl.Series(
            [key.hex() for key in hashed([RECORD + one for one in different], self._keys)], dtype=pl.String
        )
        return given.replace_strict(pl.Series(different, dtype=pl.String), made, default=None, return_dtype=pl.String)

    def birth_dates(self) -> pl.DataFrame:
        """`pseudonym, birth_date` of all numbers seen so far whose century is certain (no replacement numbers)."""
        dated = self._seen.with_columns(birth_date_of(pl.col("bare")).alias("birth_date"))
        named = pl.col("key").bin.encode("hex").alias("pseudonym")
        return dated.filter(pl.col("birth_date").is_not_null()).select(named, "birth_date")

    def hints(self) -> Hints:
        """Counts over all numbers seen so far."""
        born, number = birth_date_of(pl.col("bare")), pl.col("bare")
        failing = ~has_valid_checksum(number) & (born < CHECKSUM_HELD_UNTIL)
        counted = self._seen.select(
            pl.len().alias("numbers"),
            is_replacement_number(number).sum().alias("replacement_numbers"),
            born.is_null().sum().alias("without_birth_date"),
            failing.sum().alias("failing_checksum"),
        )
        return Hints(**counted.row(0, named=True))

    def _fault(self) -> pl.Expr:
        number = pl.col("bare")
        return (
            pl.when(is_number(number, self._accepted))
            .then(None)
            .when(is_number(number, self._refused))
            .then(pl.lit(self._refusal))
            .when(has_lost_its_zero(number))
            .then(pl.lit("lost_leading_zero"))
            .otherwise(pl.lit("not_a_number"))
        )

    def _with_keys(self, formed: pl.DataFrame) -> pl.DataFrame:
        """With a `key` for each number that has no fault; those that are new are worked out and remembered."""
        is_few = formed.height * FEW < self._seen.height
        among = self._seen.join(formed, on="bare", how="semi") if is_few else self._seen
        found = formed.join(among, on="bare", how="left", maintain_order="left")
        fresh = found.filter(pl.col("key").is_null() & pl.col("fault").is_null()).get_column("bare").unique()
        if fresh.is_empty():
            return found
        made = {"bare": fresh, "key": hashed(fresh.to_list(), self._keys)}
        self._seen = self._seen.extend(pl.DataFrame(made, schema=SEEN))
        return self._with_keys(formed)


def hashed(texts: Sequence[str], keys: Sequence[bytes]) -> list[bytes]:
    """The first 12 bytes of HMAC-SHA-256 of each text, under the keys one after the other.

    A later key is used on the hexadecimal text of what the one before has made, so that a store can be given the next
    key without the numbers.
    """
    made = _hashed([text.encode() for text in texts], keys[0])
    for key in keys[1:]:
        made = _hashed([one.hex().encode() for one in made], key)
    return made


def _hashed(messages: Sequence[bytes], key: bytes) -> list[bytes]:
    """HMAC as RFC 2104 defines it, with the two states of the key copied: three times as fast as `hmac.digest`."""
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    made = []
    for message in messages:
        inside, outside = inner.copy(), outer.copy()
        inside.update(message)
        outside.update(inside.digest())
        made.append(outside.digest()[:_BYTES])
    return made


def hashed_again(pseudonyms: Sequence[str], more: Sequence[bytes]) -> list[str]:
    """Pseudonyms (or keyed names of records) of a chain to those of the same chain with more keys at its end."""
    return [one.hex() for one in hashed(pseudonyms, more)]


def fingerprint_of(keys: Sequence[bytes]) -> str:
    """Of a chain, to recognise it by."""
    return hashed(["fingerprint"], keys)[0].hex()
