"""Who is who without a CPR number: keyed pseudonyms at the edge, Int64 surrogates inside."""

from pipelines.identity.event_keys import with_event_keys_of_our_own
from pipelines.identity.numbers import (
    NUMBER_AS_TOKEN,
    NUMBER_FOUND,
    NUMBER_IN_TEXT,
    REAL_NUMBER,
    TEST_NUMBER,
    bare,
    birth_date_of,
    has_valid_checksum,
    is_replacement_number,
    masked,
)
from pipelines.identity.pseudonyms import AS_TOKEN, KEYED, Hints, Pseudonyms, fingerprint_of, hashed_again
from pipelines.identity.secret import (
    SECRET_VARIABLE,
    SHORTEST_SECRET,
    begin_rotation,
    finish_rotation,
    make_secret,
    next_of,
    read_secret,
    throw_away_secret,
)
from pipelines.identity.surrogates import (
    KIND,
    assert_no_shared_surrogates,
    identities_of,
    surrogate,
    with_pseudonyms,
    with_surrogates,
)

__all__ = [
    "AS_TOKEN",
    "KEYED",
    "KIND",
    "NUMBER_AS_TOKEN",
    "NUMBER_FOUND",
    "NUMBER_IN_TEXT",
    "REAL_NUMBER",
    "SECRET_VARIABLE",
    "SHORTEST_SECRET",
    "TEST_NUMBER",
    "Hints",
    "Pseudonyms",
    "assert_no_shared_surrogates",
    "bare",
    "begin_rotation",
    "birth_date_of",
    "fingerprint_of",
    "finish_rotation",
    "has_valid_checksum",
    "hashed_again",
    "identities_of",
    "is_replacement_number",
    "make_secret",
    "masked",
    "next_of",
    "read_secret",
    "surrogate",
    "throw_away_secret",
    "with_event_keys_of_our_own",
    "with_pseudonyms",
    "with_surrogates",
]
