"""Files to object storage and back, by obstore: whole or not at all, and without holding them in memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import addresses
from pipelines.addresses import reaching
from pipelines.errors import StoreFailed, UserError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

MARK = "of-a-roedtraad-store"
"""The first object under an address: it says that a store has its tables there."""


def upload(file: Path, address: str) -> None:
    """Under this address, which is complete when the call returns. StoreFailed when the storage refuses."""
    folder, _, name = address.rpartition("/")
    store = _store(folder)
    with reaching(address):
        import obstore

        obstore.put(store, name, file)
        if obstore.head(store, name)["size"] != file.stat().st_size:
            raise StoreFailed("The object storage has not kept a file as it was sent", where=address)


def download(address: str, file: Path) -> None:
    """To a new file. StoreFailed when the storage refuses."""
    folder, _, name = address.rpartition("/")
    store = _store(folder)
    with reaching(address):
        import obstore

        with file.open("xb") as opened:
            for block in obstore.get(store, name).stream():
                opened.write(block)


def sizes(address: str) -> dict[str, int]:
    """Of everything under an address: its name from there on, to its bytes. Asking tells whether it can be reached."""
    store = _store(address)
    with reaching(address):
        import obstore

        return {one["path"]: one["size"] for chunk in obstore.list(store) for one in chunk}


def assert_reached(address: str) -> None:
    """StoreFailed, or UserError without the library, before any work is done that would be lost."""
    store = _store(address)
    with reaching(address):
        import obstore

        next(iter(obstore.list(store, chunk_size=1)), None)


def claim(address: str) -> None:
    """Put the mark there, twice: a storage that lets the second take the place of the first cannot hold tables, for
    a commit would do the same."""
    store = _store(address)
    with reaching(address):
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            obstore.put(store, MARK, b"", mode="overwrite")
            obstore.put(store, MARK, b"", mode="create")
        except AlreadyExistsError:
            return
        except Exception:
            with suppress(Exception):
                obstore.delete(store, MARK)
            raise
        obstore.delete(store, MARK)
    raise UserError(
        "This object storage overwrites what it is asked to keep, so a table there is not safe",
        where=address,
        to_do="Use one that knows conditional writes (If-None-Match), or leave out --tables.",
    )


def _store(address: str) -> ObjectStore:
    try:
        from obstore.store import from_url
    except ModuleNotFoundError as missing:
        raise UserError(
            "Object storage needs a library that is not installed",
            to_do="Install the extra `objects`: uv pip install 'roedtraad[objects]'.",
        ) from missing
    with reaching(address):
        return from_url(address, retry_config={"max_retries": addresses.RETRIES, "retry_timeout": addresses.PATIENCE})
