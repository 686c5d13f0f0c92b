"""The secret under which pseudonyms are made: from a file that is yours alone, or from the environment.

It is one key, or a chain of keys, one a line: rotation adds a line and keeps those before.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pipelines.errors import SecretMissing, UserError

SECRET_VARIABLE = "ROEDTRAAD_SECRET"  # noqa: S105 - the name of a variable
SHORTEST_SECRET = 16
OWNER_ONLY = 0o600
Keys = tuple[bytes, ...]


def read_secret(file: Path | None = None, *, variable: str = SECRET_VARIABLE) -> Keys:
    """The keys of the pseudonyms, the oldest first. SecretMissing says what to do; the value is in no message.

    While a rotation is unfinished nobody can say which keys the store has: nothing is read until it is finished.
    """
    if file and next_of(file).exists():
        raise SecretMissing(
            "The rotation of this secret was interrupted",
            where=file.name,
            to_do="Give the same `roedtraad secret rotate` again: it goes on where it was, and loses nothing.",
        )
    return _keys(file, variable)


def next_of(file: Path) -> Path:
    """Where the new secret stands until the store has it; then it takes the old one's place."""
    return file.with_name(file.name + ".next")


def begin_rotation(file: Path) -> Keys:
    """The keys with a new one at their end, which stand beside the old ones on the disk from now on.

    What an interrupted rotation left is taken up again.
    """
    beside = next_of(file)
    if not beside.exists():
        keys = _keys(file, SECRET_VARIABLE)
        unfinished = beside.with_name(beside.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        write_secret(unfinished, (*keys, new_key()))
        unfinished.replace(beside)
        _flush_folder(file.parent)
    return _keys(beside, SECRET_VARIABLE)


def finish_rotation(file: Path) -> None:
    """The new secret in the old one's place, in one step."""
    next_of(file).replace(file)
    _flush_folder(file.parent)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keys(file: Path | None, variable: str) -> Keys:
    if file and not file.is_file():
        raise SecretMissing("The file with the secret is not there", where=file.name, to_do="Check secret_file.")
    if file and os.name == "posix" and file.stat().st_mode & 0o077:
        raise SecretMissing(
            "The file with the secret can be read by others",
            where=file.name,
            to_do=f"Make it yours alone: chmod 600 {file.name}",
        )
    value = file.read_bytes() if file else os.environ.get(variable, "").encode()
    keys = tuple(line.strip() for line in value.splitlines() if line.strip())
    if not keys or min(map(len, keys)) < SHORTEST_SECRET:
        raise SecretMissing(
            f"Persons' numbers need a secret of at least {SHORTEST_SECRET} characters a line to become pseudonyms",
            where=file.name if file else f"environment variable {variable}, or secret_file in the source's TOML",
            to_do="`roedtraad secret new FILE` makes one: keep it outside the project, the same for every delivery.",
        )
    return keys


def make_secret(file: Path) -> None:
    """A new secret of 32 random bytes, yours alone. What is there already is never written over."""
    try:
        write_secret(file, (new_key(),))
    except FileExistsError:
        raise UserError(
            f"{file.name} exists, and a secret that is lost cannot be made again, so it was left as it is",
            to_do="Choose another name. To replace a secret: `roedtraad secret rotate`.",
        ) from None
    except OSError as fault:
        raise UserError(f"{file} cannot be written: {fault.strerror}", to_do="Choose another place.") from None


def new_key() -> bytes:
    """32 random bytes as hexadecimal text."""
    return secrets.token_hex(32).encode()


def write_secret(file: Path, keys: Keys) -> None:
    """A new file, yours alone from its first moment, safely on the disk. FileExistsError when it is there."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as out:
        out.write(b"\n".join(keys) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def throw_away_secret(file: Path) -> Keys:
    """A secret for sample data, made once and kept beside them with owner-only rights."""
    if not file.exists():
        write_secret(file, (new_key(),))
    return read_secret(file)
