"""Returns of a small sample, as municipalities export them, and ways to spoil one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipelines.definitions.reference import Reference
from pipelines.flow import Source, run
from pipelines.progress import Progress
from pipelines.returns.exporting import export, file_name
from pipelines.returns.files import csv_of, sha256
from pipelines.returns.form import MANIFEST, canonical_form, checksum_of, table_file
from pipelines.returns.keys import Keys, those_who_return
from pipelines.returns.signing import DOMAIN, fingerprint, new_key, private_key
from pipelines.store import Store
from sample_data.sample import make_sample

AS_OF = date(2026, 9, 30)
Told = dict[str, Any]
Tables = dict[str, bytes]


@dataclass(frozen=True)
class Country:
    """A store with rows, the returns that were made from it, and the key that signed them."""

    rows: Store
    folder: Path
    key_file: Path

    @property
    def key(self) -> Ed25519PrivateKey:
        return private_key(self.key_file)

    def file(self, municipality_code: str) -> Path:
        return self.folder / file_name(municipality_code, AS_OF)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.zip"))

    def national(self, folder: Path) -> Store:
        """A national store without returns, in which the key is registered for everybody."""
        codes = those_who_return(Reference.load())
        Keys(folder).register(codes, self.key_file.with_suffix(".pub.pem"), "somebody")
        return Store(folder)


def country(folder: Path, children: int) -> Country:
    make_sample(folder / "sample", children=children, seed=6, as_of=AS_OF, forms=("canonical",))
    store, reference = Store(folder / "rows"), Reference.load()
    run(store, Source(canonical=folder / "sample" / "canonical"), AS_OF, reference, Progress())
    new_key(folder / "key.pem")
    (folder / "returns").mkdir(parents=True)
    made = Country(store, folder / "returns", folder / "key.pem")
    export(store, those_who_return(reference), made.folder, made.key, reference)
    return made


def opened(file: Path) -> tuple[Told, Tables]:
    """What a return says, and its tables as they stand in it."""
    with zipfile.ZipFile(file) as parts:
        told = json.loads(parts.read(MANIFEST))
        return told, {each["name"]: parts.read(table_file(each["name"])) for each in told["tables"]}


def written(out: Path, told: Told, tables: Tables) -> Path:
    """Just as it is told, whether it fits or not."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(MANIFEST, json.dumps(told))
        for name, content in tables.items():
            parts.writestr(table_file(name), content)
    return out


def sealed_again(out: Path, told: Told, tables: Tables, key: Ed25519PrivateKey) -> Path:
    """With hashes, checksum and signature that fit: what a sender does who is wrong, or means harm, and has a key."""
    import base64

    told["tables"] = [
        {"name": name, "rows": content.count(b"\n") - 1, "sha256": sha256(content)} for name, content in tables.items()
    ]
    own = canonical_form({name: value for name, value in told.items() if name not in {"checksum", "signature"}})
    value = base64.b64encode(key.sign(DOMAIN + own)).decode()
    signature = {"algorithm": "Ed25519", "key": fingerprint(key.public_key()), "value": value}
    return written(out, told | {"checksum": checksum_of(own), "signature": signature}, tables)


def changed(file: Path, out: Path, key: Ed25519PrivateKey, change: Callable[[Told, Tables], None]) -> Path:
    """A return with something changed in it, and sealed again."""
    told, tables = opened(file)
    change(told, tables)
    return sealed_again(out, told, tables, key)


__all__ = ["AS_OF", "Country", "Tables", "Told", "changed", "country", "csv_of", "opened", "sealed_again", "written"]
