"""The public keys of municipalities, as national coordination has registered them: one each, and its whole history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipelines.append_only import Lines, Refusals
from pipelines.definitions.reference import Reference
from pipelines.errors import UserError
from pipelines.returns.count_tables import REST
from pipelines.returns.signing import fingerprint, public_key, read_public_key
from pipelines.store import Store

FOLDER = "returns"
"""The folder of a national store with keys, refused files and the returns themselves; for its owner alone."""

REFUSALS = Refusals(
    unread="The registered keys cannot be read",
    busy="Somebody else registers a key just now",
    unwritten="The key could not be written, so nothing was registered",
)


@dataclass(frozen=True)
class Keys:
    """Of one national store."""

    store: Path

    def of(self, municipality_code: str) -> Ed25519PublicKey | None:
        """The key that holds; null when none is registered."""
        held = [line for line in self._lines.read() if line["municipality_code"] == municipality_code]
        return public_key(held[-1]["pem"].encode(), municipality_code) if held else None

    def all(self) -> dict[str, Ed25519PublicKey]:
        """The keys that hold, by municipality."""
        held = {line["municipality_code"]: line["pem"] for line in self._lines.read()}
        return {code: public_key(pem.encode(), code) for code, pem in held.items()}

    def register(self, municipality_codes: list[str], file: Path, by: str, *, replace: bool = False) -> str:
        """The fingerprint of the key, which the municipality should confirm by telephone.

        UserError when one of them has another key already and `replace` is not said: then none is registered.
        """
        pem = read_public_key(file)
        mark = fingerprint(public_key(pem, file.name))
        with Store(self.store).writing():
            pass  # a folder that holds something else is refused, and an empty one becomes a store
        with self._lines.alone():
            known = {code: fingerprint(key) for code, key in self.all().items()}
            taken = [code for code in municipality_codes if known.get(code, mark) != mark]
            if taken and not replace:
                raise UserError(
                    f"Another key is registered already for {len(taken)} of them",
                    where=", ".join(taken[:10]),
                    to_do="Ask the municipality whether its key is new; then say --replace.",
                )
            now = datetime.now(UTC).isoformat(timespec="seconds")
            said = {"pem": pem.decode(), "registered_by": by, "registered_at": now}
            new = [code for code in municipality_codes if known.get(code) != mark]
            self._lines.append(*({"municipality_code": code} | said for code in new))
        return mark

    @property
    def _lines(self) -> Lines:
        return Lines(self.store / FOLDER / "keys.jsonl", REFUSALS)


def those_who_return(reference: Reference) -> list[str]:
    """All municipalities, and the rest."""
    return [*reference.municipalities["municipality_code"].unique().sort().to_list(), REST]


def assert_returns(municipality_code: str, reference: Reference) -> None:
    """UserError when nobody of that code has anything to return."""
    if municipality_code not in those_who_return(reference):
        to_do = f"Give the four digits of a municipality, such as 0479; or {REST} for children of no municipality."
        raise UserError("There is no municipality of that code", to_do=to_do)
