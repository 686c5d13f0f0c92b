"""Keys and signatures: Ed25519, from the `cryptography` package. A private key is a file for its owner's eyes alone."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipelines.errors import StoreFailed, UserError
from pipelines.returns.form import Signature

DOMAIN = b"roedtraad-return-1\n"
"""Stands before what is signed, so that a signature of something else is never one of a return."""

LONGEST_KEY_FILE = 10_000


def new_key(private: Path) -> Path:
    """Write a private key for its owner alone, and the public one beside it (`.pub.pem`), which is given away.

    A file that is there already is never overwritten.
    """
    public = private.with_suffix(".pub.pem")
    for file in (private, public):
        if file.exists():
            raise UserError(f"{file} is there already", to_do="Choose another place; a key is never overwritten.")
    key = Ed25519PrivateKey.generate()
    _write(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(public, _public_pem(key.public_key()), 0o644)
    return public


def _write(file: Path, content: bytes, mode: int) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "wb") as writing:
            writing.write(content)
    except OSError as fault:
        raise StoreFailed(f"{file} cannot be written", to_do="Choose another place.") from fault


def private_key(file: Path) -> Ed25519PrivateKey:
    """UserError when it is no Ed25519 key, or when others may read it."""
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise UserError(f"Others may read the private key {file.name}", to_do=f"Close it: chmod 600 {file}")
        key = load_pem_private_key(_read(file), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise _no_key(file) from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(file)
    return key


def public_key(content: bytes, name: str) -> Ed25519PublicKey:
    """UserError when it is no Ed25519 public key in PEM."""
    try:
        key = load_pem_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise _no_key(Path(name)) from fault
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(Path(name))
    return key


def read_public_key(file: Path) -> bytes:
    """The PEM of a public key, in one form."""
    try:
        return _public_pem(public_key(_read(file), file.name))
    except OSError as fault:
        raise _no_key(file) from fault


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LONGEST_KEY_FILE)


def _no_key(file: Path) -> UserError:
    return UserError(f"{file.name} is no Ed25519 key", to_do="Make one with: roedtraad return key new FILE.pem")


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """Which key it is, in 16 hex digits: read aloud on the telephone when a key is registered."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def signed(canonical: bytes, key: Ed25519PrivateKey) -> Signature:
    """Over the canonical form."""
    value = base64.b64encode(key.sign(DOMAIN + canonical)).decode()
    return Signature("Ed25519", fingerprint(key.public_key()), value)


def is_signed_by(canonical: bytes, signature: Signature, key: Ed25519PublicKey) -> bool:
    """Whether the owner of the key has signed exactly this."""
    try:
        key.verify(base64.b64decode(signature.value, validate=True), DOMAIN + canonical)
    except (InvalidSignature, ValueError):
        return False
    return True
