"""What every command shares: the options, the console, and how an error is told."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.errors import StoreFailed, StoreIsEmpty, UserError

if TYPE_CHECKING:
    from pipelines.store import Snapshot, Store

EXIT_CODES = """
Exit codes: 0 done · 1 a request that cannot be met · 2 wrong use of the command · 3 a delivery was refused ·
4 the store is in use by another run · 5 the store is empty · 6 the store cannot be read or written ·
7 the secret is missing · 8 a floor was not reached, a number was found, or a mapping is to be mended ·
9 not allowed for this role · 10 not sample data · 11 a critical check failed · 12 a check could not be calculated ·
13 the gate did not let a release through · 14 the ledger of releases is broken · 15 the audit log cannot be written ·
16 the audit log is broken · 17 the rules of access are wrong · 18 sign-in is not set up whole ·
19 a return was refused · 21 a central request is declared wrongly · 22 a returned form was refused or is to be mended ·
25 a Word template cannot be used ·
27 a guidance contradicts itself, or the store is about another target group ·
31 the store is of a later release · 32 the store needs an upgrade that is not there · 33 the rows were deleted ·
34 the store or its publication is not healthy ·
35 a store is damaged · 36 a store is damaged and no run in it is whole ·
37 a backup is not whole
"""
BELOW_FLOOR = 8
READS_ANY_CONTRACT = frozenset({"doctor", "backup", "restore", "health"})
"""Commands that look at a store as files, or say what is wrong with it: also at one of a later release."""

app = typer.Typer(
    name="roedtraad",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Follows the knowledge of a child's prenatal exposure through public records, and shows where it is lost.\n\n"
    "Start with `roedtraad sample demo` and `roedtraad run --source demo/raw/source.toml --store demo/store "
    "--as-of 2026-09-30`.\n\n" + EXIT_CODES,
)
console = Console()
complaints = Console(stderr=True)

StoreOption = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
AsOfOption = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day whose knowledge is used.")]
CanonicalOption = Annotated[Path | None, typer.Option("--canonical", help="Folder with the canonical tables.")]
SourceOption = Annotated[Path | None, typer.Option("--source", help="TOML file that declares the deliveries.")]
GuidanceOption = Annotated[
    str | None,
    typer.Option("--guidance", help="Whose target group: a guidance by name, or its folder. A store keeps its own."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors; for schedulers.")]


def tell(error: UserError) -> None:
    """What, where and what to do, on the error stream."""
    complaints.print(escape(error.what), style="bold", highlight=False)
    for line in (error.where, error.to_do):
        if line:
            complaints.print(f"  {line}", highlight=False, markup=False)


def told_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """A UserError is a message and an exit code, never a stack trace. The operator finds every failure of a store."""

    @wraps(command)
    def told(*args: Any, **options: Any) -> Any:
        try:
            with _of_its_target_group(command.__name__, options):
                return command(*args, **options)
        except UserError as error:
            tell(error)
            _note(command, options, error)
            raise typer.Exit(error.exit_code) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as fault:
            damage = _damage(fault, options.get("store"))
            _note(command, options, damage or fault)
            if damage is None:
                raise
            tell(damage)
            raise typer.Exit(damage.exit_code) from None

    return told


OF_THE_MACHINE = (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
"""What a person or a full disk has done, and a person mends."""


def _damage(fault: Exception, store: object) -> StoreFailed | None:
    """What reading says of a file of a store that is gone or no longer what was written; null for any other fault.

    Rows are read when they are asked for, long after their table was opened. The library's own words may quote a row.
    """
    if isinstance(store, Path) and (reached := _unreached(fault, store)):
        return reached
    if isinstance(fault, OSError) and fault.errno in OF_THE_MACHINE:
        return _of_the_machine(fault)
    is_of_a_file = isinstance(fault, FileNotFoundError) and ".parquet" in str(fault)
    is_of_a_table = is_of_a_file or str(fault).startswith("parquet: ") or _is_of_a_log(fault)
    if not isinstance(store, Path) or not is_of_a_table:
        return None
    to_do = f"Look at: roedtraad doctor --store {store}"
    return StoreFailed("A table of the store is damaged and cannot be read", where=str(store), to_do=to_do)


def _of_the_machine(fault: OSError) -> StoreFailed:
    return StoreFailed(
        f"A file or folder could not be read or written: {os.strerror(fault.errno or 0)}",
        where=str(fault.filename or ""),
        to_do="Mend the rights or free space, then do it again. The last good version is untouched.",
    )


def _is_of_a_log(fault: Exception) -> bool:
    from deltalake.exceptions import DeltaError

    return isinstance(fault, DeltaError)


def _unreached(fault: Exception, store: Path) -> StoreFailed | None:
    from pipelines.addresses import is_of_objects, not_reached
    from pipelines.tables_at import address_of

    address = address_of(store)
    return not_reached(address, fault) if address is not None and is_of_objects(fault) else None


@contextmanager
def _of_its_target_group(command: str, options: dict[str, Any]) -> Iterator[None]:
    """A store of a later contract is refused. Definitions and words are those of the guidance that was asked for, or
    of the one that the store is about."""
    store, asked = options.get("store"), options.get("guidance")
    if isinstance(store, Path) and (store / "runs" / "_delta_log").is_dir() and command not in READS_ANY_CONTRACT:
        from pipelines.migrations.applying import assert_readable
        from pipelines.store import Store as StoreOf

        assert_readable(StoreOf(store))
    if not isinstance(store, Path) and asked is None:
        yield
        return
    from pipelines.definitions.in_force import in_force
    from pipelines.guidance.of_store import chosen

    with in_force(chosen(store if isinstance(store, Path) else None, asked)):
        yield


def _note(command: Callable[..., Any], options: dict[str, Any], fault: Exception) -> None:
    from pipelines.failures import noted_failure

    store = options.get("store")
    if isinstance(store, Path):
        noted_failure(store, command.__name__, fault)


def latest(store: Store) -> Snapshot:
    """The last run or ingest: both have rows to account for."""
    snapshot = store.last("run", "ingest")
    if snapshot is None:
        raise StoreIsEmpty(f"Nothing has been read into {store.folder}", to_do="Start with `roedtraad run`.")
    return snapshot


def noted(
    store: Path, action: str, what: str, *, municipality_code: str | None = None, rows: int | None = None
) -> None:
    """Into the audit log, under the name of whoever is signed in to this machine. AuditLogFailed: then do nothing."""
    from getpass import getuser

    from pipelines.audit_log import AuditLog

    AuditLog.of(store).add(action, what, who=getuser(), role="command", municipality_code=municipality_code, rows=rows)
