"""Where a store's tables lie: in its folder, or at the address that a small file in the folder names.

The folder itself (lock, `runs`, decisions, ledger, secrets, staging) is always one of this machine. The address is
chosen once, by the first run; every later command finds it here.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.addresses import Place, within
from pipelines.errors import StoreFailed, UserError, WrongUse
from pipelines.private_file import write_private

FILE = "tables-at"
ADDRESS = re.compile(r"s3://[a-z0-9][a-z0-9.-]*[a-z0-9](/(?!\.{1,2}(/|$))[A-Za-z0-9_.-]+)*")


def address_of(store: Path) -> str | None:
    """Null for a store whose tables lie in its folder. StoreFailed when the file says no address."""
    try:
        told = (store / FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as fault:
        raise _unreadable(store) from fault
    if not ADDRESS.fullmatch(told):
        raise _unreadable(store)
    return told


def place_of(store: Path, table: str) -> Place:
    """Where a table lies: what the gate has passed stands apart, so that a machine of readers needs nothing else."""
    return within(within(address_of(store) or store, _part(table)), table)


def folder_of(store: Path, table: str) -> Path:
    """The same for whoever goes by files of this machine. UserError when the table lies in object storage."""
    assert_here(store, "This")
    return store / _part(table) / table


def assert_here(store: Path, what: str) -> None:
    """UserError when the tables lie in object storage, where `what` (a command, in a word) cannot do its work."""
    address = address_of(store)
    if address is not None:
        raise UserError(
            f"{what} works on tables in the folder of the store, and those of this one lie in object storage",
            where=address,
            to_do="Use the provider's own means (versions of the bucket, its copies). Or copy all that lies there into "
            f"{store}, move the file {FILE} away, and give the command again.",
        )


def lay(store: Path, asked: str | None) -> None:
    """Note the address that was asked for, of a store that is new; and see that the storage answers.

    WrongUse for another address than the store has, or one that is none; UserError where something lies there already.
    """
    from pipelines import objects

    recorded = address_of(store)
    if asked is not None and recorded is None:
        _begin(store, asked.rstrip("/"))
    elif asked is not None and recorded != asked.rstrip("/"):
        raise WrongUse(
            "The tables of this store lie elsewhere, and they stay there",
            where=str(recorded),
            to_do="Leave out --tables, or begin a new store: --store FOLDER",
        )
    elif recorded is not None and not (store / "runs").is_dir():
        objects.claim(recorded)  # the first run may have been stopped before it was tried
    elif recorded is not None:
        objects.assert_reached(recorded)


def _begin(store: Path, address: str) -> None:
    from pipelines import objects

    if not ADDRESS.fullmatch(address):
        raise WrongUse(
            "--tables is no address of object storage",
            to_do="Give s3://BUCKET/PREFIX, of letters, digits and . _ - alone. Credentials are not part of it.",
        )
    if any((store / part).is_dir() for part in ("runs", "tables", "published")):
        raise WrongUse(
            "The tables of this store lie in its folder, and they stay there",
            where=str(store),
            to_do="Leave out --tables, or begin a new store: --store FOLDER",
        )
    if objects.sizes(address):
        raise UserError(
            "Something lies at this address already, perhaps another store's tables; nothing was touched",
            where=address,
            to_do="Give an address where nothing lies.",
        )
    write_private(store / FILE, f"{address}\n".encode())
    try:
        objects.claim(address)
    except UserError:
        (store / FILE).unlink()
        raise


def _part(table: str) -> str:
    return "published" if table.startswith("published_") else "tables"


def _unreadable(store: Path) -> StoreFailed:
    return StoreFailed(
        "The store does not say where its tables lie",
        where=str(store / FILE),
        to_do="Mend the rights, or write the address again that was given with --tables.",
    )
