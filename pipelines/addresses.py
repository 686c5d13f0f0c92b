"""Where the files of a table lie: in a folder of this machine, or under an address in object storage.

Endpoint and credentials come from the environment, by the names that delta-rs, Polars and obstore share
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`): each of them reads
them itself, so they are in no argument, no file and no error of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl

from pipelines.errors import StoreFailed, UserError

Place = Path | str
"""A path, or the address of an object or of what lies under it: `s3://bucket/prefix/tables/children`."""

RETRIES, PATIENCE = 3, timedelta(seconds=30)
"""How long a storage that does not answer is asked again: the libraries' own patience is three minutes a file."""

GONE = "a file that a table names is gone"
_KINDS = (
    (("nosuchbucket",), "there is no such bucket"),
    (("nosuchkey",), GONE),
    (
        ("forbidden", "accessdenied", "privileges", "signaturedoesnotmatch", "invalidaccesskeyid", "unauthorized"),
        "it refuses these credentials",
    ),
    (("error sending request", "timed out", "connect", "dns error"), "it does not answer"),
    (("commit",), "somebody else has written to this table"),
)
_OF_OBJECTS = ("object-store error", "generic s3 error", "s3://", "<code>")


def within(place: Place, name: str) -> Place:
    """What has this name in a folder, or under an address."""
    return place / name if isinstance(place, Path) else f"{place}/{name}"


def name_of(place: Place) -> str:
    """The last part of a path or an address."""
    return place.name if isinstance(place, Path) else place.rsplit("/", 1)[-1]


def limits(place: Place) -> dict[str, str] | None:
    """What delta-rs is told about a place beside its address; null for a folder."""
    if isinstance(place, Path):
        return None
    return {"max_retries": str(RETRIES), "retry_timeout": f"{PATIENCE.seconds}s"}


def scanned(files: Sequence[Place]) -> pl.LazyFrame:
    """The rows of Parquet files of one place, lazily. There must be at least one."""
    here = [file for file in files if isinstance(file, Path)]
    if here:
        return pl.scan_parquet(here, glob=False)
    return pl.scan_parquet([str(file) for file in files], glob=False, storage_options={"max_retries": RETRIES})


@contextmanager
def reaching(place: Place) -> Iterator[None]:
    """A fault of the object storage is one StoreFailed in our own words; of a folder it stays what it is."""
    try:
        yield
    except UserError:
        raise
    except Exception as fault:  # three libraries, whose errors share no base class
        if isinstance(place, Path):
            raise
        raise not_reached(place, fault) from fault


def is_of_objects(fault: BaseException) -> bool:
    """Whether a library speaks of object storage: rows are read long after their table was opened."""
    told = str(fault).lower()
    return any(mark in told for mark in _OF_OBJECTS)


def not_reached(address: str, fault: BaseException) -> StoreFailed:
    """Why, as far as the library tells; never its own words, which may quote what was sent."""
    told = str(fault).lower()
    why = next((said for marks, said in _KINDS if any(mark in told for mark in marks)), "an unexpected answer")
    to_do = (
        "Bring it back by the versions of the bucket, or make a new run."
        if why == GONE
        else "Look at the bucket and at AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of "
        "this command, then give it again. The last good version is untouched."
    )
    return StoreFailed(f"The object storage of the tables cannot be used: {why}", where=address, to_do=to_do)
