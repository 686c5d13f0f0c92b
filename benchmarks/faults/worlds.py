"""Stores to do harm to, made once and copied for every fault; each with what comes next.

`rows`: a run of a small sample, checked, with decisions of stewards. `published`: a store of one child with a release,
a later run, and an open central request. `national`: a store made from returns.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.faults.of_the_tests import changed, deliver
from benchmarks.faults.processes import module, roedtraad, succeeded

AS_OF, EARLIER = "2026-09-30", "2024-05-01"
CHILDREN = 300
REQUEST, ODENSE, ASSENS = "asked", "0461", "0420"
QUESTION = "challenges"
IN_FIRST = (ODENSE, "0101", "0751")


@dataclass(frozen=True)
class Worlds:
    """A folder with a prepared store per name, and `given`: what is delivered to them."""

    folder: Path

    @property
    def given(self) -> Path:
        return self.folder / "given"

    @contextmanager
    def copied(self, name: str, to: Path | None = None) -> Iterator[Path]:
        """The store of a copy, with its audit log beside it; gone afterwards, unless it was put somewhere."""
        with TemporaryDirectory(prefix="roedtraad-fault-") as place:
            yield copy_of(self.folder / name, (to or Path(place)) / name)


def copy_of(world: Path, place: Path) -> Path:
    """Byte for byte: nothing is shared with the prepared one."""
    shutil.copytree(world, place)
    return place / "store"


def prepared(folder: Path, *names: str) -> Worlds:
    """The worlds of these names. Each is made by the real command."""
    worlds = Worlds(folder)
    worlds.given.mkdir(parents=True, exist_ok=True)
    for name in names:
        MAKERS[name](worlds)
    return worlds


def _rows(worlds: Worlds) -> None:
    store = worlds.folder / "rows" / "store"
    for name, seed in (("first", 1), ("second", 2)):
        asked = ("--children", CHILDREN, "--seed", seed, "--as-of", AS_OF, "--forms", "canonical")
        succeeded(roedtraad("sample", worlds.given / name, *asked, "--quiet"))
    (worlds.folder / "rows").mkdir()
    delivered = ("--canonical", worlds.given / "first" / "canonical")
    succeeded(roedtraad("run", "--quiet", *delivered, "--store", store, "--as-of", AS_OF))
    succeeded(roedtraad("check", "--quiet", "--table", "contacts", "--store", store))
    succeeded(module("decide", store, "steward", 3))
    succeeded(roedtraad("backup", "--store", store, "--to", worlds.given / "rows.zip"))


def _published(worlds: Worlds) -> None:
    store = worlds.folder / "published" / "store"
    (worlds.folder / "published").mkdir()
    more = [changed("contacts"), changed("contacts", contact_id="k2", contact_date="2025-06-12")]
    for name, changes in (("tiny", {}), ("less tiny", {"contacts": more})):
        deliver(worlds.given / name, changes)
    for as_of in (EARLIER, AS_OF):
        delivered = ("--canonical", worlds.given / "tiny", "--as-of", as_of)
        succeeded(roedtraad("run", "--quiet", *delivered, "--store", store))
        if as_of == EARLIER:
            succeeded(roedtraad("publish", "--quiet", "--store", store))
    _request(worlds, store)


def _request(worlds: Worlds, store: Path) -> None:
    """An open request with a drafted reply, so that a forum can approve it; and a form to read."""
    of_store = ("--store", store)
    provider = ("doegnhuset", "--name", "Døgnhuset", "--owner", "regional", "--municipality", ODENSE)
    opening = ("pregnant_substance_use", "--id", REQUEST, "--region", "1083", "--on", "2026-06-01")
    forms, filled = worlds.given / "forms", worlds.given / "filled"
    who = ("--late", "0492", "--deviating", "0450", "--reminded", "0563")
    succeeded(roedtraad("request", "provider", "add", *provider, *of_store))
    succeeded(roedtraad("request", "open", *opening, *of_store))
    succeeded(roedtraad("request", "forms", REQUEST, *of_store, "--out", forms))
    succeeded([*roedtraad()[:2], "sample_data.request_answers", str(forms), str(filled), *who])
    succeeded(roedtraad("reply", "draft", REQUEST, *of_store, "--out", worlds.folder / "reply"))


def _national(worlds: Worlds) -> None:
    place, store = worlds.folder / "national", worlds.folder / "national" / "store"
    place.mkdir()
    if not (worlds.folder / "rows").is_dir():
        _rows(worlds)
    key, returns = worlds.given / "key.pem", worlds.given / "returns"
    succeeded(roedtraad("return", "key", "new", key))
    of_rows = ("--store", worlds.folder / "rows" / "store", "--key", key, "--quiet")
    returns.mkdir()
    for code in (*IN_FIRST, ASSENS):
        succeeded(roedtraad("return", "export", *of_rows, "--municipality", code, "--out", returns / f"{code}.zip"))
    succeeded(roedtraad("return", "key", "register", key.with_suffix(".pub.pem"), "--store", store, "--all"))
    first = [returns / f"{code}.zip" for code in IN_FIRST]
    succeeded(roedtraad("return", "combine", *first, "--store", store, "--quiet"))


MAKERS: dict[str, Callable[[Worlds], None]] = {"rows": _rows, "published": _published, "national": _national}
